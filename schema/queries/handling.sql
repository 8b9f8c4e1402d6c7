-- name: detail_contact(order_id, actor_id, direction, counterpart_name, channel, purpose, duration_s, call_id, recording_id, round_no)!
-- The contact that the move in this transaction has just written.
update order_contact
set direction = :direction, counterpart_name = :counterpart_name, channel = :channel, purpose = :purpose,
    duration_s = :duration_s, call_id = coalesce(:call_id, call_id), recording_id = :recording_id, round_no = :round_no
where id = (select id from order_contact where order_id = :order_id and actor_id = :actor_id order by at desc, id desc limit 1);

-- name: insert_contact(id, order_id, kind, outcome, note, at, actor_id, call_id, direction, counterpart, counterpart_name, channel, purpose, duration_s, recording_id, round_no)!
insert into order_contact
    (id, order_id, kind, outcome, note, at, actor_id, call_id, direction, counterpart, counterpart_name, channel, purpose,
     duration_s, recording_id, round_no)
values (:id, :order_id, :kind, :outcome, :note, :at, :actor_id, :call_id, :direction, :counterpart, :counterpart_name,
        :channel, :purpose, :duration_s, :recording_id, :round_no);

-- name: contacts_of(order_id)
select c.id, c.kind, c.outcome, c.note, c.at, c.direction, c.counterpart, c.counterpart_name, c.channel, c.purpose,
       c.duration_s, c.call_id, c.recording_id, c.round_no, c.actor_id, u.name as actor
from order_contact c join app_user u on u.id = c.actor_id
where c.order_id = :order_id order by c.at, c.id;

-- name: insert_paper(id, order_id, round_no, kind, at, actor_id, body)!
insert into handling_record (id, order_id, round_no, kind, at, actor_id, body)
values (:id, :order_id, :round_no, :kind, :at, :actor_id, :body);

-- name: papers_of(order_id)
select p.id, p.round_no, p.kind, p.at, p.body, p.actor_id, u.name as actor
from handling_record p join app_user u on u.id = p.actor_id
where p.order_id = :order_id order by p.at, p.id;

-- name: facts_of(order_id)^
-- All that a submission rests on, in one look.
select w.id,
    (select count(*) from order_contact c
     where c.order_id = w.id and c.counterpart = 'citizen' and c.outcome = 'reached') as contacts,
    exists (select 1 from order_contact c
            where c.order_id = w.id and c.counterpart = 'citizen' and c.purpose = 'result' and c.round_no = w.round_no
              and (c.outcome = 'reached' or c.channel in ('message', 'letter'))) as told,
    coalesce((select jsonb_object_agg(kind, found) from
        (select kind, count(*) as found from handling_record p where p.order_id = w.id group by kind) k), '{}') as ever,
    coalesce((select jsonb_object_agg(kind, found) from
        (select kind, count(*) as found from handling_record p
         where p.order_id = w.id and p.round_no = w.round_no group by kind) k), '{}') as papers,
    (select count(*) from sub_task s where s.order_id = w.id and s.state = 'open') as open_tasks,
    (select count(*) from ledger_milestone m where m.order_id = w.id) as milestones,
    (select count(*) from ledger_milestone m where m.order_id = w.id and m.done_at is null) as milestones_open,
    greatest(w.reopened + 1, (select count(*) from work_order o where o.matter_id = w.matter_id)) as repeats,
    exists (select 1 from presumption_departure d
            where d.order_id = w.id and d.matter = 'solvability' and d.upheld) as departed,
    coalesce((select r.head_user is not null from handling_round r
              where r.order_id = w.id and r.round_no = w.round_no), false) as head_named,
    coalesce((select r.confirmed_at is not null from handling_round r
              where r.order_id = w.id and r.round_no = w.round_no), false) as head_confirmed
from work_order w where w.id = :order_id;

-- name: insert_task(id, order_id, aim, title, org_id, due_at, created_by, created_at)$
insert into sub_task (id, order_id, place, aim, title, org_id, due_at, created_by, created_at)
select :id, :order_id, coalesce(max(place), 0) + 1, :aim, :title, :org_id, :due_at, :created_by, :created_at
from sub_task where order_id = :order_id
returning place;

-- name: task_by_id(id, order_id)^
select id, order_id, org_id, state from sub_task where id = :id and order_id = :order_id;

-- name: settle_task(id, state, note, evidence, settled_by, settled_at)$
update sub_task set state = :state, note = :note, evidence = :evidence, settled_by = :settled_by, settled_at = :settled_at
where id = :id and state = 'open' returning id;

-- name: tasks_of(order_id)
select t.id, t.place, t.aim, t.title, t.org_id, o.name as org, t.due_at, t.state, t.note, t.evidence, t.settled_at
from sub_task t join org o on o.id = t.org_id where t.order_id = :order_id order by t.place;

-- name: insert_option(id, order_id, proposal, proposer, created_by, created_at)!
insert into solution_option (id, order_id, proposal, proposer, created_by, created_at)
values (:id, :order_id, :proposal, :proposer, :created_by, :created_at);

-- name: judge_option(id, order_id, feasible, reason, at)$
update solution_option
set feasible = :feasible, verdict_reason = :reason, judged_at = :at, chosen = chosen and :feasible
where id = :id and order_id = :order_id returning id;

-- name: choose_option(id, order_id)$
-- One at a time; only what was found feasible.
with one as (
    select id from solution_option where id = :id and order_id = :order_id and feasible
), marked as (
    update solution_option s set chosen = (s.id = one.id) from one where s.order_id = :order_id returning s.id
)
select id from one where exists (select 1 from marked);

-- name: options_of(order_id)
select id, proposal, proposer, feasible, verdict_reason, chosen, created_at, judged_at
from solution_option where order_id = :order_id order by created_at, id;

-- name: insert_milestone(id, order_id, title, due_on, created_by, created_at)!
insert into ledger_milestone (id, order_id, title, due_on, created_by, created_at)
values (:id, :order_id, :title, :due_on, :created_by, :created_at);

-- name: reach_milestone(id, order_id, done_by, done_at, evidence)$
update ledger_milestone set done_by = :done_by, done_at = :done_at, evidence = :evidence
where id = :id and order_id = :order_id and done_at is null returning id;

-- name: milestones_of(order_id)
select id, title, due_on, done_at, evidence from ledger_milestone where order_id = :order_id order by due_on, id;

-- name: late_milestones(today, limit)
select m.id, m.order_id, m.due_on, w.owner_org_id, w.number, w.category
from ledger_milestone m join work_order w on w.id = m.order_id
where m.done_at is null and m.reminded_at is null and m.due_on < :today and w.closed_at is null
order by m.due_on, m.id limit :limit;

-- name: mark_milestone_reminded(id, at)$
update ledger_milestone set reminded_at = :at where id = :id and reminded_at is null returning id;

-- name: set_interim(order_id, due_at)!
insert into interim_contact (order_id, due_at) values (:order_id, :due_at)
on conflict (order_id) do update set due_at = excluded.due_at, reminded_at = null;

-- name: interim_of(order_id)$
select due_at from interim_contact where order_id = :order_id;

-- name: late_interims(at, limit)
select i.order_id, i.due_at, w.owner_org_id, w.number, w.category, w.case_owner
from interim_contact i join work_order w on w.id = i.order_id
where i.reminded_at is null and i.due_at <= :at and w.stage = 'ledger'
order by i.due_at limit :limit;

-- name: mark_interim_reminded(order_id, at)$
update interim_contact set reminded_at = :at where order_id = :order_id and reminded_at is null returning order_id;

-- name: next_interim()$
select min(i.due_at) from interim_contact i join work_order w on w.id = i.order_id
where i.reminded_at is null and w.stage = 'ledger';

-- name: ledger_without_interim(limit)
-- Orders that came into the ledger while nobody listened.
select w.* from work_order w
where w.stage = 'ledger' and w.closed_at is null
  and not exists (select 1 from interim_contact i where i.order_id = w.id) limit :limit;

-- name: insert_missing_rounds()!
-- A round that a person began is kept like one that the machine began.
insert into handling_round (order_id, round_no, reason, started_at)
select w.id, w.round_no, coalesce(e.body->>'reason', ''), coalesce(e.at, w.held_since, w.created_at)
from work_order w
left join lateral (
    select at, body from order_event e where e.order_id = w.id and e.move = 'rehandled' order by e.seq desc limit 1
) e on true
where w.stage = 'rehandling' and w.closed_at is null
  and not exists (select 1 from handling_round r where r.order_id = w.id and r.round_no = w.round_no)
on conflict do nothing;

-- name: insert_departure(id, order_id, org_id, matter, value, reason, evidence, files, proposed_by, proposed_at)!
insert into presumption_departure
    (id, order_id, org_id, matter, value, reason, evidence, files, proposed_by, proposed_at)
values (:id, :order_id, :org_id, :matter, :value, :reason, :evidence, :files, :proposed_by, :proposed_at);

-- name: departure_by_id(id, order_id)^
select id, matter, value, proposed_by, decided_at from presumption_departure where id = :id and order_id = :order_id;

-- name: decide_departure(id, decided_by, decided_at, upheld, opinion)$
update presumption_departure
set decided_by = :decided_by, decided_at = :decided_at, upheld = :upheld, opinion = :opinion
where id = :id and decided_at is null returning id;

-- name: departures_of(order_id)
select d.id, d.matter, d.value, d.reason, d.evidence, d.files, d.proposed_at, d.decided_at, d.upheld, d.opinion,
       p.name as proposed_by, coalesce(c.name, '') as decided_by
from presumption_departure d join app_user p on p.id = d.proposed_by left join app_user c on c.id = d.decided_by
where d.order_id = :order_id order by d.proposed_at;

-- name: overturns(path)
-- GH-21: how often a unit's departures did not hold.
select d.org_id, o.name as org, d.matter, count(*) as proposed, count(*) filter (where d.decided_at is not null) as decided,
       count(*) filter (where d.upheld = false) as overturned
from presumption_departure d join org o on o.id = d.org_id
where starts_with(o.path, :path) group by d.org_id, o.name, d.matter order by o.name, d.matter;

-- name: insert_round(order_id, round_no, reason, started_at)!
insert into handling_round (order_id, round_no, reason, started_at)
values (:order_id, :round_no, :reason, :started_at) on conflict do nothing;

-- name: name_head(order_id, round_no, head_user, started_at)!
insert into handling_round (order_id, round_no, reason, started_at, head_user)
values (:order_id, :round_no, '', :started_at, :head_user)
on conflict (order_id, round_no) do update set head_user = excluded.head_user, confirmed_at = null;

-- name: confirm_head(order_id, round_no, head_user, at)$
update handling_round set confirmed_at = :at
where order_id = :order_id and round_no = :round_no and head_user = :head_user returning round_no;

-- name: rounds_of(order_id)
select r.round_no, r.reason, r.started_at, r.head_user, coalesce(u.name, '') as head, r.confirmed_at,
       (select t.due_at from order_timer t where t.order_id = r.order_id and t.round_no = r.round_no
        and t.name = 'T-HANDLE2') as due_at
from handling_round r left join app_user u on u.id = r.head_user
where r.order_id = :order_id order by r.round_no;

-- name: user_in(id, path)^
select u.id, u.roles, u.org_id, u.name from app_user u join org o on o.id = u.org_id
where u.id = :id and u.disabled_at is null and starts_with(o.path, :path);

-- name: colleagues(org_id)
select id, name, roles from app_user where org_id = :org_id and disabled_at is null order by name;

-- name: org_in(id, path)^
select id, name from org where id = :id and starts_with(path, :path);

-- name: insert_exclusion(id, order_id, org_id, reason_code, reason, files, proposed_by, proposed_at)!
insert into exclusion_request (id, order_id, org_id, state, reason_code, reason, files, proposed_by, proposed_at)
values (:id, :order_id, :org_id, 'proposed', :reason_code, :reason, :files, :proposed_by, :proposed_at);

-- name: exclusion_of(order_id)^
select e.*, p.name as proposer, coalesce(c.name, '') as confirmer, coalesce(s.name, '') as signer
from exclusion_request e join app_user p on p.id = e.proposed_by
left join app_user c on c.id = e.confirmed_by left join app_user s on s.id = e.signed_by
where e.order_id = :order_id order by e.proposed_at desc, e.id desc limit 1;

-- name: step_exclusion(id, from_state, to_state, actor_id, at, ref, digest, why)$
-- One step of the way; nothing comes back when it does not stand where it was read.
update exclusion_request
set state = :to_state,
    confirmed_by = case when :to_state = 'confirmed' then :actor_id::uuid else confirmed_by end,
    confirmed_at = case when :to_state = 'confirmed' then :at::timestamptz else confirmed_at end,
    superior_by = case when :from_state = 'confirmed' then :actor_id::uuid else superior_by end,
    superior_at = case when :from_state = 'confirmed' then :at::timestamptz else superior_at end,
    superior_ref = case when :from_state = 'confirmed' then :ref else superior_ref end,
    signed_by = case when :to_state = 'signed' then :actor_id::uuid else signed_by end,
    signed_at = case when :to_state = 'signed' then :at::timestamptz else signed_at end,
    digest = coalesce(:digest::text, digest),
    rejected_why = :why
where id = :id and state = :from_state returning id;

-- name: exclusion_rates(path)
-- A-09: told for each unit, so that leaving orders out stays rare.
select o.id as org_id, o.name as org, count(distinct w.id) as orders,
       count(distinct w.id) filter (where w.exclusion = 'approved') as excluded
from org o join work_order w on w.owner_org_id = o.id
where starts_with(o.path, :path) and o.kind in ('unit', 'village')
group by o.id, o.name order by o.name;

-- name: unanswered_warnings(limit)
-- Warned, and nothing has followed yet: also what was warned while the house was down (XY-12).
select w.*
from work_order w
where w.stage = 'warned' and w.closed_at is null
  and not exists (select 1 from order_warning g where g.order_id = w.id and g.round_no = w.round_no)
order by w.id limit :limit;

-- name: next_clock(order_id)$
select min(due_at) from order_timer where order_id = :order_id and stopped_at is null;

-- name: insert_warning(order_id, round_no, org_id, at, outcome)$
-- XY-33: with the commit, the unit's open desks hear of it.
with made as (
    insert into order_warning (order_id, round_no, org_id, at, outcome)
    values (:order_id, :round_no, :org_id, :at, :outcome) on conflict do nothing returning order_id, org_id
)
select order_id, pg_notify('desk', json_build_object('org', org_id, 'kind', 'warned', 'id', order_id)::text) from made;

-- name: warnings_of(path, only_open, before_at, before_id, limit)
-- XY-33: the heads' own list; a row names no citizen. `head` is of the round that followed.
select g.order_id, w.number, w.category, g.round_no, g.at, g.outcome, w.stage, w.resolved, w.satisfied, o.name as org,
       w.round_no as round_now, w.closed_at is null as open, coalesce(u.name, '') as head, r.confirmed_at,
       (select min(t.due_at) from order_timer t where t.order_id = w.id and t.stopped_at is null) as due_at
from order_warning g join work_order w on w.id = g.order_id join org o on o.id = g.org_id
left join handling_round r on r.order_id = w.id and r.round_no = w.round_no
left join app_user u on u.id = r.head_user
where starts_with(o.path, :path) and (g.at, g.order_id) < (:before_at, :before_id)
  and (not :only_open or w.closed_at is null)
order by g.at desc, g.order_id desc limit :limit;

-- name: decisions_to_ask(limit)
-- A-10: warned, no further round begins by itself, and nobody has been asked yet; found in the tables, so that a restart
-- forgets none.
select w.id as order_id, w.number, w.category, w.round_no, w.centre_org_id,
       case g.outcome when 'escalated' then 'two_rounds' else 'unreasonable' end as cause,
       (select l.user_id from domain_leader l join app_user u on u.id = l.user_id
        where l.org_id = w.centre_org_id and starts_with(w.category, l.domain) and u.disabled_at is null
          and u.roles && '{deputy,leader}'
        order by length(l.domain) desc limit 1) as user_id
from order_warning g join work_order w on w.id = g.order_id and w.round_no = g.round_no and w.stage = 'warned'
where g.outcome in ('escalated', 'decided_by_leader')
  and not exists (select 1 from leader_decision d where d.order_id = w.id and d.round_no = w.round_no)
limit :limit;

-- name: insert_decision(id, order_id, round_no, cause, org_id, user_id, asked_at, due_at)$
insert into leader_decision (id, order_id, round_no, cause, org_id, user_id, asked_at, due_at)
values (:id, :order_id, :round_no, :cause, :org_id, :user_id, :asked_at, :due_at)
on conflict do nothing returning id;

-- name: settle_decisions(at)!
update leader_decision d set decided_at = :at where d.decided_at is null and not decision_owed(d);

-- name: lapsed_decisions(at, limit)
select d.id, d.order_id, d.cause, d.org_id, d.due_at, w.number, w.category, o.parent_id
from leader_decision d join work_order w on w.id = d.order_id join org o on o.id = d.org_id
where d.decided_at is null and d.lapsed_at is null and d.due_at <= :at and decision_owed(d)
order by d.due_at limit :limit;

-- name: mark_lapsed(id, at)$
update leader_decision set lapsed_at = :at where id = :id and lapsed_at is null and decided_at is null returning id;

-- name: next_decision()$
select min(due_at) from leader_decision where decided_at is null and lapsed_at is null;

-- name: decisions_owed(path, order_id, before_at, before_id, limit)
-- Of one order, or (null) of all centres of the reader's subtree.
select d.id, d.order_id, w.number, w.category, d.round_no, d.cause, o.name as org, d.user_id,
       coalesce(u.name, '') as leader, d.asked_at, d.due_at, d.lapsed_at
from leader_decision d
join work_order w on w.id = d.order_id join org o on o.id = d.org_id
left join app_user u on u.id = d.user_id
where decision_owed(d) and (:order_id::uuid is null or d.order_id = :order_id)
  and (:order_id::uuid is not null or starts_with(o.path, :path))
  and (d.asked_at, d.id) < (:before_at, :before_id)
order by d.asked_at desc, d.id desc limit :limit;

-- name: satisfaction(path, since)
-- The two answers beside each other, never one alone (SJ-32); left out is what was left out by its approvals (XY-27).
-- A person's latest record of the round counts before the machine's keys.
select o.id as org_id, o.name as org,
       count(*) as heard,
       count(*) filter (where w.resolved) as resolved,
       count(*) filter (where w.satisfied) as satisfied,
       count(*) filter (where w.result_type = 'resolved') as claimed,
       (select count(*) from order_warning g where g.org_id = o.id and g.at >= :since) as warnings
from work_order w join org o on o.id = w.owner_org_id
where starts_with(o.path, :path) and w.submitted_at >= :since and w.exclusion is distinct from 'approved'
  and (w.resolved is not null or w.satisfied is not null)
group by o.id, o.name order by o.name;

-- name: effort(path, before_at, before_id, limit)
-- SJ-14: contacts of each order, newest order first.
select w.id, w.number, w.category, w.stage, w.created_at, coalesce(u.name, '') as case_owner, k.contacts, k.citizen,
       k.seconds
from work_order w
left join app_user u on u.id = w.case_owner,
lateral (select count(*) as contacts, count(*) filter (where counterpart = 'citizen') as citizen,
                coalesce(sum(duration_s), 0) as seconds
         from order_contact c where c.order_id = w.id) k
where starts_with(w.owner_org_path, :path) and k.contacts > 0 and (w.created_at, w.id) < (:before_at, :before_id)
order by w.created_at desc, w.id desc limit :limit;

-- name: effort_of_people(path, since)
select u.id as user_id, u.name, o.name as org, count(*) as contacts, count(distinct c.order_id) as orders,
       coalesce(sum(c.duration_s), 0) as seconds
from order_contact c join app_user u on u.id = c.actor_id join org o on o.id = u.org_id
where starts_with(o.path, :path) and c.at >= :since
group by u.id, u.name, o.name order by contacts desc, u.name limit 200;

-- name: earlier_replies(order_id, org_id)
-- Of this order's former rounds, and the unit's latest.
select reply from (
    select body->>'reply' as reply, at from order_event where order_id = :order_id and move = 'submitted'
    union all
    (select w.reply, w.submitted_at from work_order w
     where w.owner_org_id = :org_id and w.id <> :order_id and w.reply is not null and w.submitted_at is not null
     order by w.submitted_at desc limit 20)
) r where reply is not null order by at desc limit 40;

-- name: name_of(id)$
select name from app_user where id = :id;

-- name: org_name(id)$
select name from org where id = :id;
