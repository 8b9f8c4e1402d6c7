-- Oversight: supervision, meetings, quality control, rulings.

-- name: reach_of(org_id)$
-- The subtree that an org oversees: a discipline body stands beside the departments, below the same parent.
select coalesce(p.path, o.path) from org o left join org p on p.id = o.parent_id and o.kind = 'discipline'
where o.id = :org_id;

-- name: org_place(id)^
select o.id, o.path, o.name, o.kind, o.parent_id from org o where o.id = :id;

-- name: next_number(kind, year)$
insert into oversight_number (kind, year, last) values (:kind, :year, 1)
on conflict (kind, year) do update set last = oversight_number.last + 1
returning last;

-- name: insert_supervision(id, order_id, number, mode, state, trigger, basis, source_key, initiator_id, initiator_org_id, target_org_id, requirement, due_on, due_at, higher_org_id, leader_id, meeting_id, record, parties, visit_at, decide_by, dissatisfied_at, at)$
-- Nothing when a rule has proposed it before.
insert into order_supervision
    (id, order_id, number, mode, state, trigger, basis, source_key, initiator_id, initiator_org_id, target_org_id,
     requirement, due_on, due_at, higher_org_id, leader_id, meeting_id, record, parties, visit_at, decide_by,
     dissatisfied_at, proposed_at, opened_at)
values (:id, :order_id, :number, :mode, :state, :trigger, :basis, :source_key, :initiator_id, :initiator_org_id,
        :target_org_id, :requirement, :due_on, :due_at, :higher_org_id, :leader_id, :meeting_id, :record, :parties,
        :visit_at, :decide_by, :dissatisfied_at, :at, case when :state = 'open' then :at::timestamptz end)
on conflict (source_key) do nothing
returning id;

-- name: first_dissatisfied(order_id)$
-- Of the matter: the citizen may have said no to an earlier order of it.
select min(at) from order_event where order_id in (select order_family(:order_id)) and move = 'warned';

-- name: last_close(order_id, seq)$
select max(at) from order_event
where order_id = :order_id and seq < :seq and stage_after = 'closed' and stage_before <> 'closed';

-- name: open_of_family(order_id)^
-- The order of the matter that a unit handles now, the oldest first.
select w.* from work_order w
where w.id in (select order_family(:order_id)) and w.closed_at is null and w.dispatched_at is not null
order by w.created_at, w.id limit 1;

-- name: parties_of(order_id)
-- JC-29: holder, centre, owner and administrator of the place, helpers, those who held it before; then bodies outside.
with named as (
    select o.id as org_id, o.name as body, o.kind = 'external' as external, p.rank
    from work_order w
    cross join lateral (
        select * from (values (w.owner_org_id, 1), (w.centre_org_id, 2), (w.duty_org_id, 3), (w.territory_org_id, 4)) v (id, rank)
        union all
        select t.org_id, 5 from co_task t where t.order_id = w.id and t.org_id is not null and t.cancelled_at is null
        union all
        select d.to_org_id, 6 from order_dispatch d where d.order_id = w.id
    ) p
    join org o on o.id = p.id
    where w.id = :order_id
    union all
    select null, t.body, true, 7 from co_task t where t.order_id = :order_id and t.org_id is null and t.cancelled_at is null
    union all
    select null, w.duty_body, true, 8 from work_order w where w.id = :order_id and w.duty_body <> ''
)
select body, '' as name, external, org_id from named group by body, external, org_id order by min(rank), body limit 30;

-- name: orgs_below(path, limit)
select id, name, kind from org where starts_with(path, :path) and kind <> 'discipline' order by path limit :limit;

-- name: centres_above(path)
select id, name, kind from org where kind = 'centre' and starts_with(:path, path) order by path;

-- name: leaders_about(path, limit)
-- Who leads the area, or one that holds it.
select u.id, u.name, o.name as org from app_user u join org o on o.id = u.org_id
where u.disabled_at is null and u.roles && '{deputy,leader}'
  and (starts_with(o.path, :path) or starts_with(:path, o.path))
order by o.path, u.name limit :limit;

-- name: order_of_number(number)$
select id from work_order where number = :number;

-- name: stands_above(higher, org_id)$
select exists (select from org h join org o on o.id = :org_id
               where h.id = :higher and h.kind = 'centre' and h.id <> o.id and starts_with(o.path, h.path));

-- name: leads(user_id)$
select exists (select from app_user where id = :user_id and disabled_at is null and roles && '{deputy,leader}');

-- name: works_for(user_id, org_id)$
-- Of the org itself, or of one below it.
select exists (select from app_user u join org o on o.id = u.org_id join org t on t.id = :org_id
               where u.id = :user_id and u.disabled_at is null and starts_with(o.path, t.path));

-- name: orgs_named(ids, path)
select id, name from org where id = any(:ids::uuid[]) and starts_with(path, :path);

-- name: lock_supervision(id)^
select * from order_supervision where id = :id for update;

-- name: confirm_supervision(id, number, mode, initiator_id, initiator_org_id, requirement, due_on, due_at, higher_org_id, leader_id, meeting_id, record, parties, visit_at, dissatisfied_at, at)!
update order_supervision
set state = 'open', number = :number, mode = :mode, initiator_id = :initiator_id, initiator_org_id = :initiator_org_id,
    requirement = :requirement, due_on = :due_on, due_at = :due_at, higher_org_id = :higher_org_id,
    leader_id = :leader_id, meeting_id = :meeting_id, record = :record, parties = coalesce(:parties::jsonb, parties),
    visit_at = :visit_at, dissatisfied_at = coalesce(dissatisfied_at, :dissatisfied_at), lapsed_at = null, opened_at = :at
where id = :id;

-- name: dismiss_supervision(id, result, closed_by, at)!
update order_supervision set state = 'dismissed', result = :result, closed_by = :closed_by, closed_at = :at
where id = :id;

-- name: reply_supervision(id, reply, replied_by, at)!
update order_supervision set state = 'replied', reply = :reply, replied_by = :replied_by, replied_at = :at
where id = :id;

-- name: close_supervision(id, verdict, result, record, meeting_id, closed_by, at)!
update order_supervision
set state = 'closed', verdict = :verdict, result = :result, record = :record, meeting_id = :meeting_id,
    closed_by = :closed_by, closed_at = :at
where id = :id;

-- name: urged_before(order_id)$
select exists (select from order_supervision where order_id = :order_id and mode = 'urge' and state <> 'proposed');

-- name: supervision_by_id(id, path, user_id)^
select s.*, w.number as order_number, w.title, w.category, o.name as target_org, i.name as initiator_org,
       u.name as initiator, h.name as higher_org, l.name as leader, m.title as meeting
from order_supervision s
join work_order w on w.id = s.order_id
join org o on o.id = s.target_org_id
left join org i on i.id = s.initiator_org_id
left join app_user u on u.id = s.initiator_id
left join org h on h.id = s.higher_org_id
left join app_user l on l.id = s.leader_id
left join oversight_meeting m on m.id = s.meeting_id
where s.id = :id and (starts_with(o.path, :path) or starts_with(i.path, :path) or s.initiator_id = :user_id);

-- name: list_supervisions(path, user_id, state, order_id, before_at, before_id, limit)
select s.*, w.number as order_number, w.title, w.category, o.name as target_org, i.name as initiator_org,
       u.name as initiator, h.name as higher_org, l.name as leader, m.title as meeting
from order_supervision s
join work_order w on w.id = s.order_id
join org o on o.id = s.target_org_id
left join org i on i.id = s.initiator_org_id
left join app_user u on u.id = s.initiator_id
left join org h on h.id = s.higher_org_id
left join app_user l on l.id = s.leader_id
left join oversight_meeting m on m.id = s.meeting_id
where (starts_with(o.path, :path) or starts_with(i.path, :path) or s.initiator_id = :user_id)
  and (:state::text is null or s.state = :state)
  and (:order_id::uuid is null or s.order_id = :order_id)
  and (s.proposed_at, s.id) < (:before_at, :before_id)
order by s.proposed_at desc, s.id desc limit :limit;

-- name: unanswered_urges(before)
-- B-18: reminders that nobody answered.
select s.*, o.path as target_path from order_supervision s join org o on o.id = s.target_org_id
where s.mode = 'urge' and s.state = 'open' and s.criticised_at is null and s.opened_at < :before
for update of s skip locked;

-- name: mark_criticised(id, at)!
update order_supervision set criticised_at = :at where id = :id;

-- name: dissatisfied_to_supervised(path, since)
-- JC-29's figure: one line an order, its first dissatisfaction and its first supervision after it.
select s.order_id, w.number, min(s.dissatisfied_at) as dissatisfied_at, min(s.opened_at) as opened_at
from order_supervision s
join work_order w on w.id = s.order_id
join org o on o.id = s.target_org_id
where s.dissatisfied_at is not null and s.opened_at >= :since and s.mode <> 'urge' and starts_with(o.path, :path)
group by s.order_id, w.number
order by 4 desc limit 500;

-- name: dissatisfied_waiting(path)
-- JC-29: open orders whose citizen said no and that nobody has taken under supervision, the longest first.
select w.id as order_id, w.number, w.title, o.name as org, n.at as dissatisfied_at
from work_order w
join org o on o.id = w.owner_org_id
cross join lateral (select min(at) as at from order_event where order_id = w.id and move = 'warned') n
where w.flagged and w.closed_at is null and w.satisfied is not true and starts_with(o.path, :path) and n.at is not null
  and not exists (select from order_supervision s
                  where s.order_id = w.id and s.mode <> 'urge' and s.opened_at is not null)
order by n.at limit 200;

-- name: lapsed_supervisions(at, limit)
-- Proposals that nobody decided in time, supervisions that nobody answered; each is told once.
select s.id, s.state, s.mode, s.number, s.order_id, s.target_org_id, s.initiator_org_id, w.number as order_number,
       w.centre_org_id
from order_supervision s join work_order w on w.id = s.order_id
where s.lapsed_at is null and s.state in ('proposed', 'open') and coalesce(s.due_at, s.decide_by) <= :at
order by coalesce(s.due_at, s.decide_by) limit :limit for update of s skip locked;

-- name: mark_lapsed(ids, at)!
update order_supervision set lapsed_at = :at where id = any(:ids::uuid[]);

-- name: aged_orders(rulesets, versions, days, at, limit)
-- JC-29: not closed, not satisfied, older than its rule set waits, never proposed for it in this round.
select w.* from work_order w
join unnest(:rulesets::text[], :versions::int[], :days::int[]) as r (ruleset, version, days)
    on r.ruleset = w.ruleset and r.version = w.ruleset_version
where w.closed_at is null and w.created_at < :at::timestamptz - make_interval(days => r.days)
  and w.satisfied is not true and w.dispatched_at is not null
  and not exists (select from order_supervision s where s.source_key = 'aged:' || w.id || ':' || w.round_no)
order by w.created_at limit :limit;

-- name: repeats_of(order_id)$
-- Calls on the matter after the first: the other orders of it, and calls that were added to one of them.
select (count(*) - 1)::int + coalesce(sum(e.urges), 0)::int
from order_family(:order_id) as f (id)
cross join lateral (select count(*) as urges from order_event where order_id = f.id and move = 'urged') e;

-- name: insert_meeting(id, kind, title, convener_org_id, called_by, place, held_at, participants, orders, minutes)!
insert into oversight_meeting (id, kind, title, convener_org_id, called_by, place, held_at, participants, orders, minutes)
values (:id, :kind, :title, :convener_org_id, :called_by, :place, :held_at, :participants, :orders, :minutes);

-- name: write_minutes(id, minutes)!
update oversight_meeting set minutes = :minutes where id = :id;

-- name: meeting_by_id(id, path)^
-- Seen by the convener's side, by those who take part, and by those who owe an item.
select m.*, o.name as convener_org, u.name as caller
from oversight_meeting m
join org o on o.id = m.convener_org_id
join app_user u on u.id = m.called_by
where m.id = :id and (starts_with(o.path, :path)
    or exists (select from meeting_item i join org io on io.id = i.owner_org_id
               where i.meeting_id = m.id and starts_with(io.path, :path))
    or exists (select from jsonb_array_elements(m.participants) p join org po on po.id = (p ->> 'org_id')::uuid
               where starts_with(po.path, :path)));

-- name: list_meetings(path, kind, before_at, before_id, limit)
select m.*, o.name as convener_org, u.name as caller,
       (select count(*)::int from meeting_item i where i.meeting_id = m.id and i.done_at is null) as open_items
from oversight_meeting m
join org o on o.id = m.convener_org_id
join app_user u on u.id = m.called_by
where (starts_with(o.path, :path)
    or exists (select from meeting_item i join org io on io.id = i.owner_org_id
               where i.meeting_id = m.id and starts_with(io.path, :path))
    or exists (select from jsonb_array_elements(m.participants) p join org po on po.id = (p ->> 'org_id')::uuid
               where starts_with(po.path, :path)))
  and (:kind::text is null or m.kind = :kind) and (m.held_at, m.id) < (:before_at, :before_id)
order by m.held_at desc, m.id desc limit :limit;

-- name: insert_item(id, meeting_id, order_id, matter, owner_org_id, owner_body, due_on)!
insert into meeting_item (id, meeting_id, order_id, matter, owner_org_id, owner_body, due_on)
values (:id, :meeting_id, :order_id, :matter, :owner_org_id, :owner_body, :due_on);

-- name: items_of(meeting_id)
select i.*, o.name as owner_org from meeting_item i join org o on o.id = i.owner_org_id
where i.meeting_id = :meeting_id order by i.due_on, i.id;

-- name: finish_item(id, report, done_by, path, at)^
update meeting_item i set report = :report, done_by = :done_by, done_at = :at
from org o, oversight_meeting m
where i.id = :id and o.id = i.owner_org_id and m.id = i.meeting_id and starts_with(o.path, :path) and i.done_at is null
returning i.order_id, m.convener_org_id;

-- name: tell_items(today, at)
-- XY-40: the day after due an item is told, done or not, once.
insert into bulletin_line (id, source, source_id, org_id, due_on, done_at, at)
select gen_random_uuid(), 'meeting_item', i.id, i.owner_org_id, i.due_on, i.done_at, :at
from meeting_item i
where i.due_on < :today
  and not exists (select from bulletin_line b where b.source = 'meeting_item' and b.source_id = i.id)
on conflict (source, source_id) do nothing
returning source_id;

-- name: bulletin(path, since, until)
select b.source, b.due_on, b.done_at, b.at, o.name as org, coalesce(i.matter, c.reason) as matter,
       coalesce(m.title, c.number) as meeting, w.number as order_number
from bulletin_line b
join org o on o.id = b.org_id
left join meeting_item i on b.source = 'meeting_item' and i.id = b.source_id
left join oversight_meeting m on m.id = i.meeting_id
left join sanction_case c on b.source = 'case' and c.id = b.source_id
left join work_order w on w.id = coalesce(i.order_id, c.order_id)
where starts_with(o.path, :path) and b.at >= :since and b.at < :until
order by b.at, b.id limit 1000;

-- name: insert_instruction(id, order_id, leader_id, text, at, target_org_id, requirement, due_on)!
insert into leader_instruction (id, order_id, leader_id, text, at, target_org_id, requirement, due_on)
values (:id, :order_id, :leader_id, :text, :at, :target_org_id, :requirement, :due_on);

-- name: feed_back(id, feedback, by, path, at)^
update leader_instruction i set feedback = :feedback, fed_back_by = :by, fed_back_at = :at
from org o where i.id = :id and o.id = i.target_org_id and starts_with(o.path, :path)
returning i.*;

-- name: lapsed_instructions(today, limit)
select id, order_id, leader_id, target_org_id, due_on from leader_instruction
where lapsed_at is null and fed_back_at is null and due_on < :today
order by due_on limit :limit for update skip locked;

-- name: mark_instructions_lapsed(ids, at)!
update leader_instruction set lapsed_at = :at where id = any(:ids::uuid[]);

-- name: list_instructions(path, order_id, before_at, before_id, limit)
select i.*, o.name as target_org, u.name as leader, w.number as order_number
from leader_instruction i
join org o on o.id = i.target_org_id
join app_user u on u.id = i.leader_id
left join work_order w on w.id = i.order_id
where starts_with(o.path, :path) and (:order_id::uuid is null or i.order_id = :order_id)
  and (i.at, i.id) < (:before_at, :before_id)
order by i.at desc, i.id desc limit :limit;

-- name: insert_task(id, order_id, hook, qc_class, origin, source_key, checks, diff, hints, org_id, opened_at, due_at)$
insert into qc_task (id, order_id, hook, class, origin, source_key, checks, diff, hints, org_id, opened_at, due_at)
values (:id, :order_id, :hook, :qc_class, :origin, :source_key, :checks, :diff, :hints, :org_id, :opened_at, :due_at)
on conflict (source_key) do nothing
returning id;

-- name: lock_task(id)^
select * from qc_task where id = :id for update;

-- name: had_a_hand(order_id, user_id)$
-- Separation of duties: who handled, reviewed or dispatched the order does not inspect it.
select exists (select from order_event where order_id = :order_id and actor_id = :user_id
               and move in ('dispatched', 'redispatched', 'signed', 'accepted', 'contacted', 'contact_attempted',
                            'submitted', 'reviewed', 'sent_back', 'return_requested'))
    or exists (select from work_order where id = :order_id and (handled_by = :user_id or case_owner = :user_id));

-- name: insert_review(id, task_id, order_id, inspector_id, focus, indicator, finding, severity, action, due_on, verdict, checklist, at)!
insert into qc_review
    (id, task_id, order_id, inspector_id, focus, indicator, finding, severity, action, due_on, verdict, checklist, at)
values (:id, :task_id, :order_id, :inspector_id, :focus, :indicator, :finding, :severity, :action, :due_on, :verdict,
        :checklist, :at);

-- name: answer_review(task_id, org_id, answer, by, at)^
-- Once, by the org that was told to put it right.
update qc_review r set answer = :answer, answered_by = :by, answered_at = :at
from qc_task t
where t.id = :task_id and r.task_id = t.id and r.verdict = 'rectify' and t.org_id = :org_id and r.answered_at is null
returning r.order_id, r.inspector_id;

-- name: finish_task(id)!
update qc_task set state = 'reviewed' where id = :id;

-- name: list_tasks(path, state, qc_class, hook, order_id, before_at, before_id, limit)
select t.*, w.number as order_number, w.title, w.category, o.name as org,
       r.verdict, r.finding, r.focus, r.indicator, r.severity, r.action, r.due_on as action_due,
       coalesce(r.answer, '') as answer, r.answered_at, u.name as inspector, r.at as reviewed_at
from qc_task t
join work_order w on w.id = t.order_id
join org o on o.id = t.org_id
left join qc_review r on r.task_id = t.id
left join app_user u on u.id = r.inspector_id
where starts_with(o.path, :path)
  and (:state::text is null or t.state = :state) and (:qc_class::text is null or t.class = :qc_class)
  and (:hook::text is null or t.hook = :hook) and (:order_id::uuid is null or t.order_id = :order_id)
  and (t.opened_at, t.id) < (:before_at, :before_id)
order by t.opened_at desc, t.id desc limit :limit;

-- name: insert_ruling(id, question, text, category, place, duty_org_id, order_id, drafted_by, drafted_at)!
insert into ruling (id, question, text, category, place, duty_org_id, order_id, state, drafted_by, drafted_at)
values (:id, :question, :text, :category, :place, :duty_org_id, :order_id, 'draft', :drafted_by, :drafted_at);

-- name: insert_party(ruling_id, org_id)!
insert into ruling_party (ruling_id, org_id) values (:ruling_id, :org_id) on conflict do nothing;

-- name: agree(ruling_id, org_id, user_id, at)$
update ruling_party set agreed_by = :user_id, agreed_at = :at
where ruling_id = :ruling_id and org_id = :org_id and agreed_at is null
  and exists (select from ruling where id = :ruling_id and state = 'draft')
returning ruling_id;

-- name: lock_ruling(id)^
select r.*, (select count(*)::int from ruling_party p where p.ruling_id = r.id and p.agreed_at is null) as waiting
from ruling r where r.id = :id for update of r;

-- name: approve_ruling(id, number, approved_by, effective_from, article_id)!
update ruling set state = 'approved', number = :number, approved_by = :approved_by, effective_from = :effective_from,
                  article_id = :article_id
where id = :id;

-- name: withdraw_ruling(id)!
update ruling set state = 'withdrawn' where id = :id;

-- name: list_rulings(path, state, before_at, before_id, limit)
select r.*, o.name as duty_org, u.name as drafter, a.name as approver,
       (select coalesce(jsonb_agg(jsonb_build_object('org_id', p.org_id, 'org', po.name, 'agreed_at', p.agreed_at)
                                  order by po.name), '[]')
        from ruling_party p join org po on po.id = p.org_id where p.ruling_id = r.id) as parties
from ruling r
join org o on o.id = r.duty_org_id
join app_user u on u.id = r.drafted_by
left join app_user a on a.id = r.approved_by
where (:state::text is null or r.state = :state)
  and (starts_with(o.path, :path) or exists (
      select from ruling_party p join org po on po.id = p.org_id
      where p.ruling_id = r.id and starts_with(po.path, :path)))
  and (r.drafted_at, r.id) < (:before_at, :before_id)
order by r.drafted_at desc, r.id desc limit :limit;

-- name: rulings_for(category, place, today)
-- Precedents of dispatch: of this category, everywhere or at this place; the place's own first, the newest first.
select r.id, r.number, r.question, r.text, r.duty_org_id, o.name as duty_org, r.place, r.effective_from
from ruling r join org o on o.id = r.duty_org_id
where r.state = 'approved' and r.category = :category
  and (:place::text is null or r.place in ('', :place)) and r.effective_from <= :today
order by r.place = '', r.effective_from desc, r.id desc limit 20;

-- name: handled_by_org(org_id, category, not_order, limit)
-- Q2: orders of the same category that this org has submitted before.
select w.id, w.number, w.owner_org_id as org_id from work_order w
where w.owner_org_id = :org_id and w.category = :category and w.category <> '' and w.id <> :not_order
  and w.submitted_at is not null
order by w.created_at desc limit :limit;

-- name: month_counts(path)^
select (select count(*)::int from order_supervision s join org o on o.id = s.target_org_id
        where starts_with(o.path, :path) and s.state in ('open', 'replied') and s.mode <> 'urge') as open_supervisions,
       (select count(*)::int from sanction_case c join org o on o.id = c.org_id
        where starts_with(o.path, :path) and c.closed_at is null and c.state not in ('accepted', 'dismissed')) as open_cases,
       (select count(*)::int from qc_task t join org o on o.id = t.org_id
        where starts_with(o.path, :path) and t.state = 'open') as open_tasks,
       (select count(*)::int from knowledge_article where kind = 'reply_template' and retired_at is null) as templates;

-- name: take_upset(limit)
-- Callers in great anger of whom nobody has heard; where they were taken is null when that was no centre.
with taken as (
    delete from upset_caller where order_id in (
        select order_id from upset_caller limit :limit for update skip locked
    ) returning order_id
)
select w.id, w.number, w.centre_org_id, o.id as taken_at_org_id
from taken t
join work_order w on w.id = t.order_id and w.closed_at is null
left join app_user u on u.id = w.created_by
left join org o on o.id = u.org_id and o.kind = 'centre';
