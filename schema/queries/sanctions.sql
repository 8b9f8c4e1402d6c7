-- What oversight concludes: violations, cases, the key list, and the inbox from which they are drawn.

-- name: take_inbox(limit)
-- The event with its order; whoever else takes meanwhile passes them by.
select i.id as inbox_id, e.id, e.order_id, e.seq, e.at, e.actor_id, e.move, e.stage_after, e.body, e.changes,
       a.org_id as actor_org_id
from oversight_inbox i
join order_event e on e.id = i.event_id
left join app_user a on a.id = e.actor_id
where i.refused = ''
order by i.id limit :limit
for update of i skip locked;

-- name: done_inbox(ids)!
delete from oversight_inbox where id = any(:ids::bigint[]);

-- name: refuse_inbox(id, code)!
update oversight_inbox set refused = :code where id = :id;

-- name: retry_inbox()!
update oversight_inbox set refused = '' where refused <> '';

-- name: order_row(id)^
select * from work_order where id = :id;

-- name: events_before(order_id, seq)
-- Changes before this event, oldest first, to tell what it changed.
select seq, move, changes, actor_id, at from order_event where order_id = :order_id and seq < :seq order by seq;

-- name: returns_asked(order_id)
-- Who asked to give the order back, in order.
select u.org_id from order_event e join app_user u on u.id = e.actor_id
where e.order_id = :order_id and e.move = 'return_requested' order by e.seq;

-- name: evidence_counts(order_id)^
select (select count(*)::int from order_contact where order_id = :order_id) as contacts,
       (select count(*)::int from order_file where order_id = :order_id) as files,
       (select count(*)::int from handling_record where order_id = :order_id and kind like '%visit%') as visits;

-- name: insert_violation(id, order_id, org_id, flag, source_key, round_no, at, due_at, state, reason, proposed_by, slot, person_id)$
insert into violation (id, order_id, org_id, flag, source_key, round_no, at, due_at, state, reason, proposed_by, slot,
                       person_id)
values (:id, :order_id, :org_id, :flag, :source_key, :round_no, :at, :due_at, :state, :reason, :proposed_by, :slot,
        :person_id)
on conflict (source_key) do nothing
returning id;

-- name: lock_violation(id, path)^
select v.* from violation v join org o on o.id = v.org_id
where v.id = :id and starts_with(o.path, :path) for update of v;

-- name: decide_violation(id, state, reason, by, at)!
update violation set state = :state, confirmed_by = :by, decided_at = :at,
                     reason = case when :reason = '' then reason else :reason end
where id = :id;

-- name: list_violations(path, state, flag, order_id, before_at, before_id, limit)
select v.*, w.number as order_number, w.title, o.name as org, coalesce(p.name, '') as person,
       coalesce(b.name, '') as proposer
from violation v
join work_order w on w.id = v.order_id
join org o on o.id = v.org_id
left join app_user p on p.id = v.person_id
left join app_user b on b.id = v.proposed_by
where starts_with(o.path, :path) and (:state::text is null or v.state = :state)
  and (:flag::text is null or v.flag = :flag) and (:order_id::uuid is null or v.order_id = :order_id)
  and (v.at, v.id) < (:before_at, :before_id)
order by v.at desc, v.id desc limit :limit;

-- name: confirmed_flags(order_id, org_id)
-- Of one org, or (null) of any.
select distinct flag from violation
where order_id = :order_id and state = 'confirmed' and (:org_id::uuid is null or org_id = :org_id);

-- name: unjudged(limit)
-- One at a time and org: two processes never count the same violations.
select v.*, o.kind as org_kind from violation v join org o on o.id = v.org_id
where v.state = 'confirmed' and v.judged_at is null
order by v.at, v.id limit :limit for update of v skip locked;

-- name: lock_count(key)$
select pg_advisory_xact_lock(hashtextextended(:key, 0));

-- name: counted_with(org_id, flag, since, until)
-- What a trigger has looked at before: under the lock of its count, so that two processes see each other's.
select id, at from violation
where org_id = :org_id and flag = :flag and state = 'confirmed' and judged_at is not null
  and at >= :since and at < :until;

-- name: spent_on(org_id, trigger)
select c.violation_id from case_violation c join violation v on v.id = c.violation_id
where v.org_id = :org_id and c.trigger = :trigger;

-- name: mark_judged(id, at)!
update violation set judged_at = :at where id = :id;

-- name: climbing(before)
-- JC-05: breaches of orders that are still late, the next level not told yet.
select v.id, v.org_id, v.order_id, v.flag, v.at, v.climbed, w.number, w.centre_org_id, o.name as org
from violation v
join work_order w on w.id = v.order_id
join org o on o.id = v.org_id
where v.state = 'confirmed' and w.closed_at is null and v.due_at is not null and v.climbed < 4 and v.at < :before
  and exists (select from order_timer t where t.order_id = v.order_id and t.breached_at is not null
              and t.stopped_at is null and t.owner_org_id = v.org_id)
order by v.at limit 200 for update of v skip locked;

-- name: mark_climbed(id, climbed)!
update violation set climbed = :climbed where id = :id;

-- name: insert_case(id, number, kind, state, trigger, org_id, slot, person_id, by_role, reason_code, reason, order_id, meeting_id, supervision_id, previous_id, evidence, opened_by, opened_at, due_at)!
insert into sanction_case (id, number, kind, state, trigger, org_id, slot, person_id, by_role, reason_code, reason, order_id,
                           meeting_id, supervision_id, previous_id, evidence, opened_by, opened_at, due_at)
values (:id, :number, :kind, :state, :trigger, :org_id, :slot, :person_id, :by_role, :reason_code, :reason, :order_id,
        :meeting_id, :supervision_id, :previous_id, :evidence, :opened_by, :opened_at, :due_at);

-- name: spend(case_id, violation_id, trigger)!
insert into case_violation (case_id, violation_id, trigger) values (:case_id, :violation_id, :trigger)
on conflict (violation_id, trigger) do nothing;

-- name: case_by_id(id, path, user_id)^
select c.*, coalesce(o.name, '') as org, coalesce(p.name, '') as person, coalesce(b.name, '') as opener,
       coalesce(s.name, '') as second, coalesce(x.name, '') as closer, coalesce(w.number, '') as order_number, m.title as meeting
from sanction_case c
left join org o on o.id = c.org_id
left join app_user p on p.id = c.person_id
left join app_user b on b.id = c.opened_by
left join app_user s on s.id = c.second_by
left join app_user x on x.id = c.closed_by
left join work_order w on w.id = c.order_id
left join oversight_meeting m on m.id = c.meeting_id
left join app_user opener on opener.id = c.opened_by
left join org oo on oo.id = opener.org_id
where c.id = :id and (starts_with(coalesce(o.path, oo.path), :path) or c.opened_by = :user_id);

-- name: list_cases(path, user_id, kind, state, org_id, before_at, before_id, limit)
select c.*, coalesce(o.name, '') as org, coalesce(p.name, '') as person, coalesce(b.name, '') as opener,
       coalesce(s.name, '') as second, coalesce(x.name, '') as closer, coalesce(w.number, '') as order_number, m.title as meeting
from sanction_case c
left join org o on o.id = c.org_id
left join app_user p on p.id = c.person_id
left join app_user b on b.id = c.opened_by
left join app_user s on s.id = c.second_by
left join app_user x on x.id = c.closed_by
left join work_order w on w.id = c.order_id
left join oversight_meeting m on m.id = c.meeting_id
left join org oo on oo.id = b.org_id
where (starts_with(coalesce(o.path, oo.path), :path) or c.opened_by = :user_id)
  and (:kind::text is null or c.kind = :kind) and (:state::text is null or c.state = :state)
  and (:org_id::uuid is null or c.org_id = :org_id)
  and (c.opened_at, c.id) < (:before_at, :before_id)
order by c.opened_at desc, c.id desc limit :limit;

-- name: case_evidence(case_id)
select v.id, v.flag, v.at, v.due_at, v.reason, w.number as order_number, w.id as order_id
from case_violation c
join violation v on v.id = c.violation_id
join work_order w on w.id = v.order_id
where c.case_id = :case_id order by v.at, v.id;

-- name: lock_case(id)^
select * from sanction_case where id = :id for update;

-- name: lapsed_cases(at, limit)
-- T-EXPLAIN: nobody wrote or held it in time; each is told once.
select id, number, kind, org_id, order_id, due_at from sanction_case
where lapsed_at is null and state in ('pending', 'returned') and due_at <= :at
order by due_at limit :limit for update skip locked;

-- name: mark_case_lapsed(id, at)!
update sanction_case set lapsed_at = :at where id = :id;

-- name: tell_case(case_id, org_id, due_on, at)!
insert into bulletin_line (id, source, source_id, org_id, due_on, at)
values (gen_random_uuid(), 'case', :case_id, :org_id, :due_on, :at)
on conflict (source, source_id) do nothing;

-- name: move_case(id, state, text, commitments, opinion, outcome, due_at, replied_by, replied_at, second_by, second_at, closed_by, closed_at)!
update sanction_case
set state = :state, text = :text, commitments = :commitments, opinion = :opinion, outcome = :outcome, due_at = :due_at,
    replied_by = :replied_by, replied_at = :replied_at, second_by = :second_by, second_at = :second_at,
    closed_by = :closed_by, closed_at = :closed_at
where id = :id;

-- name: interviews(path, since, until)
select c.number, c.kind, c.state, c.reason, c.opened_at, c.closed_at, c.commitments, o.name as org,
       coalesce(p.name, '') as person, c.slot
from sanction_case c join org o on o.id = c.org_id left join app_user p on p.id = c.person_id
where c.kind in ('interview', 'reminding_interview', 'leader_interview') and starts_with(o.path, :path)
  and c.opened_at >= :since and c.opened_at < :until
order by c.opened_at, c.id limit 500;

-- name: late_in_period(path, flags, since, until, year_since)
-- XY-42, XY-44: by org, what was late in the period and what was owed when.
select o.name as org, o.kind as org_kind, v.flag, w.number as order_number, v.due_at, v.at, t.stopped_at,
       (select count(*)::int from violation y where y.org_id = v.org_id and y.flag = v.flag and y.state = 'confirmed'
        and y.at >= :year_since and y.at < :until) as in_year
from violation v
join org o on o.id = v.org_id
join work_order w on w.id = v.order_id
left join lateral (
    select stopped_at from order_timer
    where order_id = v.order_id and round_no = v.round_no and due_at = v.due_at and consequence = v.flag
    union all
    select stopped_at from order_timer_past
    where order_id = v.order_id and round_no = v.round_no and due_at = v.due_at and consequence = v.flag
    limit 1
) t on true
where v.flag = any(:flags::text[]) and v.state = 'confirmed' and starts_with(o.path, :path)
  and v.at >= :since and v.at < :until
order by o.name, v.at limit 2000;

-- name: begin_week(week, at)$
insert into oversight_week (week, made_at) values (:week, :at) on conflict do nothing returning week;

-- name: week_lists(since, until)
-- SG-11: one line for each list and order, with the org that held it then.
select distinct on (list, order_id) list, order_id, org_id from (
    select 'dissatisfied' as list, e.order_id, w.owner_org_id as org_id
    from order_event e join work_order w on w.id = e.order_id
    where e.move = 'warned' and e.at >= :since and e.at < :until
    union all
    select 'overdue', v.order_id, v.org_id from violation v
    where v.flag in ('overdue', 'internal_overdue', 'superior_overdue') and v.state = 'confirmed'
      and v.at >= :since and v.at < :until
    union all
    select 'perfunctory', v.order_id, v.org_id from violation v
    where v.flag = 'perfunctory' and v.state <> 'dismissed' and v.at >= :since and v.at < :until
) found;

-- name: insert_entry(id, week, list, order_id, org_id, at)!
insert into key_entry (id, week, list, order_id, org_id, state, proposed_at)
values (:id, :week, :list, :order_id, :org_id, 'proposed', :at)
on conflict (week, list, order_id) do nothing;

-- name: lock_entry(id, path)^
select k.*, o.path as org_path from key_entry k join org o on o.id = k.org_id
where k.id = :id and starts_with(o.path, :path) for update of k;

-- name: decide_entry(id, state, by, at, case_id)!
update key_entry set state = :state, decided_by = :by, decided_at = :at, case_id = :case_id where id = :id;

-- name: remove_entry(id, by, at, removal)!
update key_entry set state = 'removed', removed_by = :by, removed_at = :at, removal = :removal where id = :id;

-- name: listed_still(order_id)$
select count(*)::int from key_entry where order_id = :order_id and state = 'listed';

-- name: list_entries(path, state, list, week, before_at, before_id, limit)
select k.*, w.number as order_number, w.title, w.round_no, w.satisfied, o.name as org, coalesce(u.name, '') as decider
from key_entry k
join work_order w on w.id = k.order_id
join org o on o.id = k.org_id
left join app_user u on u.id = k.decided_by
where starts_with(o.path, :path) and (:state::text is null or k.state = :state)
  and (:list::text is null or k.list = :list) and (:week::date is null or k.week = :week)
  and (k.proposed_at, k.id) < (:before_at, :before_id)
order by k.proposed_at desc, k.id desc limit :limit;

-- name: pack_entries(path, since, until)
-- SG-13: what came onto the list and what left it.
select k.list, k.state, w.number as order_number, w.title, o.name as org, k.decided_at, k.removed_at, k.removal
from key_entry k join work_order w on w.id = k.order_id join org o on o.id = k.org_id
where starts_with(o.path, :path)
  and ((k.decided_at >= :since and k.decided_at < :until and k.state in ('listed', 'removed'))
       or (k.removed_at >= :since and k.removed_at < :until))
order by k.list, o.name, w.number limit 1000;

-- name: pack_counts(path, week)
select o.name as org, k.list, count(*)::int as count
from key_entry k join org o on o.id = k.org_id
where starts_with(o.path, :path) and k.week = :week and k.state <> 'dismissed'
group by o.name, k.list order by o.name, k.list;

-- name: unfinished(limit)
-- XY-38: what is not closed and was dispatched.
select id, category, place, difficult, centre_org_id from work_order
where closed_at is null and dispatched_at is not null and (difficult or (place <> '' and category <> ''))
order by created_at limit :limit;

-- name: insert_topic(id, week, kind, category, place, orders, org_id)!
insert into joint_candidate (id, week, kind, category, place, orders, org_id)
values (:id, :week, :kind, :category, :place, :orders, :org_id)
on conflict do nothing;

-- name: list_topics(path, week)
select j.*, o.name as org,
       (select coalesce(array_agg(w.number order by k.at), '{}') from unnest(j.orders) with ordinality as k (id, at)
        join work_order w on w.id = k.id) as numbers
from joint_candidate j join org o on o.id = j.org_id
where starts_with(o.path, :path) and (:week::date is null or j.week = :week)
order by j.week desc, j.kind, j.category, j.place limit 500;

-- name: problem_counts(path, since, until)
-- SJ-07: by unit, what was a problem in the period, and what of it became satisfaction.
select o.id as org_id, o.name as org, count(*)::int as problems,
       count(*) filter (where w.closed_at is not null and w.resolved and w.satisfied)::int as satisfied
from work_order w join org o on o.id = w.owner_org_id
where starts_with(o.path, :path) and w.dispatched_at >= :since and w.dispatched_at < :until
group by o.id, o.name order by o.name;

-- name: problem_orders(path, org_id, satisfied, since, until, before_at, before_id, limit)
select w.id, w.number, w.title, w.category, w.stage, w.dispatched_at, w.closed_at, o.name as org
from work_order w join org o on o.id = w.owner_org_id
where starts_with(o.path, :path) and (:org_id::uuid is null or o.id = :org_id)
  and w.dispatched_at >= :since and w.dispatched_at < :until
  and (w.closed_at is not null and w.resolved is true and w.satisfied is true) = :satisfied
  and (w.dispatched_at, w.id) < (:before_at, :before_id)
order by w.dispatched_at desc, w.id desc limit :limit;

-- name: live_ledger(path, after_at, after_id, limit)
-- JC-32: every running clock, the most urgent first.
select t.order_id, t.name as timer, t.round_no, t.due_at, t.breached_at, w.number, w.title, w.stage, o.name as org
from order_timer t
join work_order w on w.id = t.order_id
join org o on o.id = t.owner_org_id
where t.stopped_at is null and starts_with(o.path, :path) and (t.due_at, t.order_id) > (:after_at, :after_id)
order by t.due_at, t.order_id limit :limit;

-- name: bodies_above(org_id)
-- The nearest centre above an org, and the discipline body that stands below it.
with own as (select path from org where id = :org_id), centre as (
    select c.id from org c, own
    where c.kind = 'centre' and c.path <> own.path and starts_with(own.path, c.path)
    order by c.path desc limit 1
)
select id from centre
union all
select d.id from org d, centre where d.parent_id = centre.id and d.kind = 'discipline';

-- name: breached_timer(order_id, name, round_no, event_at)^
-- The clock that an event says was late: it may have been replaced since, by a re-dispatch.
select owner_org_id, consequence, due_at from (
    select owner_org_id, consequence, due_at, breached_at from order_timer
    where order_id = :order_id and name = :name and round_no = :round_no
    union all
    select owner_org_id, consequence, due_at, breached_at from order_timer_past
    where order_id = :order_id and name = :name and round_no = :round_no
) clocks
where breached_at = :event_at
limit 1;

-- name: superior_due(order_id)$
-- SJ-19: the window must end before it.
select min(due_at) from order_timer where order_id = :order_id and consequence = 'superior_overdue' and stopped_at is null;
