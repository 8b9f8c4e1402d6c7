-- Dispatch: the responsibility list, hops, tasks of co-handlers, claims, returns, signed dispatch.

-- name: dispatch_org(id)^
select id, path, level, kind, name from org where id = :id;

-- name: dispatch_orgs(ids)
select id, path, level, kind, name from org where id = any(:ids::uuid[]);

-- name: orgs_of_codes(codes)
select id, code, path, kind, name from org where code = any(:codes::text[]);

-- name: next_duty_version(centre_org_id, code)$
select coalesce(max(version), 0) + 1 from duty_item where centre_org_id = :centre_org_id and code = :code;

-- name: insert_duty(id, code, version, centre_org_id, title, category, keywords, areas, lead_org_id, co_org_ids, basis, exceptions, level, functional, valid_from, valid_to, proposed_by, proposed_at)!
insert into duty_item
    (id, code, version, centre_org_id, title, category, keywords, areas, lead_org_id, co_org_ids, basis, exceptions,
     level, functional, valid_from, valid_to, proposed_by, proposed_at)
values
    (:id, :code, :version, :centre_org_id, :title, :category, :keywords, :areas, :lead_org_id, :co_org_ids, :basis,
     :exceptions, :level, :functional, :valid_from, :valid_to, :proposed_by, :proposed_at);

-- name: withdraw_waiting(centre_org_id, code, at)!
-- A newer proposal takes the place of one that still waits.
update duty_item set retired_at = :at
where centre_org_id = :centre_org_id and code = :code and agreed_at is null and retired_at is null;

-- name: lock_duty(id)^
select d.*, c.path as centre_path from duty_item d join org c on c.id = d.centre_org_id where d.id = :id for update of d;

-- name: duty_by_id(id)^
select d.*, c.path as centre_path from duty_item d join org c on c.id = d.centre_org_id where d.id = :id;

-- name: duty_answers(item_id)
select a.org_id, a.agreed, a.note, a.at, o.name as org, u.name as decided_by
from duty_approval a join org o on o.id = a.org_id join app_user u on u.id = a.decided_by
where a.item_id = :item_id order by a.at;

-- name: answer_duty(item_id, org_id, agreed, note, decided_by, at)!
insert into duty_approval (item_id, org_id, agreed, note, decided_by, at)
values (:item_id, :org_id, :agreed, :note, :decided_by, :at)
on conflict (item_id, org_id) do update
set agreed = excluded.agreed, note = excluded.note, decided_by = excluded.decided_by, at = excluded.at;

-- name: settle_duty(id, agreed_at, refused_at)!
update duty_item set agreed_at = :agreed_at, refused_at = :refused_at where id = :id;

-- name: retire_duty(id, at)$
update duty_item set retired_at = :at where id = :id and retired_at is null returning id;

-- name: duties(path, words, after, limit)
-- The versions of the lists that serve the reader's area, or that name the reader's org: newest version of each state.
select d.*, c.name as centre, l.name as lead,
       coalesce((select array_agg(o.name order by o.name) from org o where o.id = any(d.co_org_ids)), '{}') as co,
       (select count(*) from duty_approval a where a.item_id = d.id and a.agreed) as answers
from duty_item d join org c on c.id = d.centre_org_id join org l on l.id = d.lead_org_id
where (starts_with(:path, c.path) or starts_with(c.path, :path))
  and d.retired_at is null
  and not exists (
      select 1 from duty_item n where n.centre_org_id = d.centre_org_id and n.code = d.code and n.version > d.version
        and n.agreed_at is not null and n.retired_at is null and d.agreed_at is not null
  )
  and (:words = '' or position(:words in d.title || ' ' || d.code || ' ' || array_to_string(d.keywords, ' ')) > 0)
  and d.code || '/' || lpad(d.version::text, 6, '0') || '/' || d.id::text > :after
order by d.code || '/' || lpad(d.version::text, 6, '0') || '/' || d.id::text
limit :limit;

-- name: duty_versions(centre_org_id, code)
select d.*, c.name as centre, l.name as lead,
       coalesce((select array_agg(o.name order by o.name) from org o where o.id = any(d.co_org_ids)), '{}') as co,
       (select count(*) from duty_approval a where a.item_id = d.id and a.agreed) as answers
from duty_item d join org c on c.id = d.centre_org_id join org l on l.id = d.lead_org_id
where d.centre_org_id = :centre_org_id and d.code = :code order by d.version desc;

-- name: duties_in_force(path, today)
-- What counts for orders of a centre: its own list and those of the centres above, of each matter the newest version
-- that began.
select distinct on (d.centre_org_id, d.code) d.*
from duty_item d join org c on c.id = d.centre_org_id
where starts_with(:path, c.path) and d.agreed_at is not null and d.retired_at is null and d.valid_from <= :today
order by d.centre_org_id, d.code, d.version desc;

-- name: insert_gap(id, order_id, centre_org_id, reason, noted_by, at)!
insert into duty_gap (id, order_id, centre_org_id, reason, noted_by, at)
values (:id, :order_id, :centre_org_id, :reason, :noted_by, :at);

-- name: open_gaps(path, before_at, before_id, limit)
select g.id, g.order_id, w.number, w.title, w.category, g.reason, g.at, u.name as noted_by, o.name as unit
from duty_gap g join work_order w on w.id = g.order_id join org c on c.id = g.centre_org_id
     join app_user u on u.id = g.noted_by join org o on o.id = w.owner_org_id
where g.settled_at is null and starts_with(c.path, :path) and (g.at, g.id) < (:before_at, :before_id)
order by g.at desc, g.id desc limit :limit;

-- name: settle_gap(id, path, outcome, note, settled_by, at)$
update duty_gap g set settled_at = :at, settled_by = :settled_by, outcome = :outcome, note = :note
from org c
where g.id = :id and c.id = g.centre_org_id and starts_with(c.path, :path) and g.settled_at is null
returning g.id;

-- name: duty_coverage(path, today, since)
-- SG-05: the categories that citizens brought, and whether an item in force serves each.
select w.category, count(*) as orders,
       exists (select 1 from duty_item d join org c on c.id = d.centre_org_id
               where d.category = w.category and d.agreed_at is not null and d.retired_at is null
                 and d.valid_from <= :today and (d.valid_to is null or d.valid_to >= :today)
                 and (starts_with(:path, c.path) or starts_with(c.path, :path))) as covered
from work_order w
where w.created_at >= :since and w.category <> ''
  and (starts_with(w.owner_org_path, :path) or starts_with(w.intake_org_path, :path))
group by w.category order by count(*) desc, w.category limit 500;

-- name: save_contact(id, org_id, matter, keywords, contact, backup, phone, hours, updated_by, updated_at)!
insert into duty_contact (id, org_id, matter, keywords, contact, backup, phone, hours, updated_by, updated_at)
values (:id, :org_id, :matter, :keywords, :contact, :backup, :phone, :hours, :updated_by, :updated_at)
on conflict (id) do update
set org_id = excluded.org_id, matter = excluded.matter, keywords = excluded.keywords, contact = excluded.contact,
    backup = excluded.backup, phone = excluded.phone, hours = excluded.hours, updated_by = excluded.updated_by,
    updated_at = excluded.updated_at;

-- name: duty_contacts(words, after, limit)
select d.*, o.name as org from duty_contact d join org o on o.id = d.org_id
where (:words = '' or position(:words in d.matter || ' ' || array_to_string(d.keywords, ' ')) > 0
       or exists (select 1 from unnest(d.keywords) k where position(k in :words) > 0))
  and d.matter || '/' || d.id::text > :after
order by d.matter || '/' || d.id::text limit :limit;

-- name: precedents(category, place, since, path)
-- Where orders like this one stayed: of this category, and of this place and category; returned ones say nothing.
select w.owner_org_id as org, count(*)::int as orders, w.place = :place and w.place <> '' as same_place
from work_order w join org o on o.id = w.owner_org_id
where w.category = :category and w.category <> '' and w.dispatched_at >= :since and w.submitted_at is not null
  and o.kind <> 'centre' and starts_with(w.owner_org_path, :path)
group by w.owner_org_id, w.place = :place and w.place <> ''
order by count(*) desc limit 20;

-- name: insert_dispatch(id, order_id, seq, kind, role, from_org_id, to_org_id, dispatched_by, at, reason, item_id, grassroots_reason, suggested_org_id, rank)!
insert into order_dispatch
    (id, order_id, seq, kind, role, from_org_id, to_org_id, dispatched_by, at, reason, item_id, grassroots_reason,
     suggested_org_id, rank, dues)
select :id, :order_id, :seq, :kind, :role, :from_org_id, :to_org_id, :dispatched_by, :at, :reason, :item_id,
       :grassroots_reason, :suggested_org_id, :rank,
       coalesce((select jsonb_object_agg(t.name, t.due_at) from order_timer t
                 where t.order_id = :order_id and t.stopped_at is null), '{}');

-- name: dispatches_of(order_id)
select d.*, f.name as from_org, o.name as to_org, coalesce(u.name, '') as by_name, i.code as item_code,
       i.version as item_version, i.title as item_title, s.name as suggested_org
from order_dispatch d
     join org f on f.id = d.from_org_id join org o on o.id = d.to_org_id
     left join app_user u on u.id = d.dispatched_by left join duty_item i on i.id = d.item_id
     left join org s on s.id = d.suggested_org_id
where d.order_id = :order_id order by d.seq, d.role desc, o.name;

-- name: came_to(order_id)
-- Each time the order changed hands, from its events.
select (e.changes ->> 'owner_org_id')::uuid as org, e.at from order_event e
where e.order_id = :order_id and e.changes ? 'owner_org_id' order by e.seq;

-- name: org_names(ids)
select id, name, kind from org where id = any(:ids::uuid[]);

-- name: files_of_order(order_id)$
select count(*) from order_file where order_id = :order_id;

-- name: save_station(org_id, roads, grid_codes, updated_by, updated_at)!
insert into station_area (org_id, roads, grid_codes, updated_by, updated_at)
values (:org_id, :roads, :grid_codes, :updated_by, :updated_at)
on conflict (org_id) do update
set roads = excluded.roads, grid_codes = excluded.grid_codes, updated_by = excluded.updated_by,
    updated_at = excluded.updated_at;

-- name: stations(path)
select s.*, o.name, o.path from station_area s join org o on o.id = s.org_id
where starts_with(o.path, :path) order by o.name;

-- name: units_named(path, names)
select id, name from org where starts_with(path, :path) and name = any(:names::text[]) and kind <> 'centre' order by id;

-- name: insert_task(id, order_id, kind, org_id, body, task, asked_by, asked_org_id, asked_at, accept_due_at, due_at, whistle_id, meeting_id)!
insert into co_task
    (id, order_id, kind, org_id, body, task, asked_by, asked_org_id, asked_at, accept_due_at, due_at, whistle_id,
     meeting_id)
values
    (:id, :order_id, :kind, :org_id, :body, :task, :asked_by, :asked_org_id, :asked_at, :accept_due_at, :due_at,
     :whistle_id, :meeting_id);

-- name: task_by_id(id)^
select t.*, coalesce(o.name, t.body) as helper, a.name as asked_org, w.number, w.title, w.content, w.address,
       w.category, w.request_type, w.confidential, w.stage, w.latitude as order_latitude,
       w.longitude as order_longitude
from co_task t join work_order w on w.id = t.order_id join org a on a.id = t.asked_org_id
     left join org o on o.id = t.org_id
where t.id = :id;

-- name: tasks_of_order(order_id)
select t.*, coalesce(o.name, t.body) as helper, a.name as asked_org from co_task t
     join org a on a.id = t.asked_org_id left join org o on o.id = t.org_id
where t.order_id = :order_id order by t.asked_at, t.id;

-- name: tasks_of_org(org_id, open, before_at, before_id, limit)
select t.*, o.name as helper, a.name as asked_org, w.number, w.title, w.content, w.address, w.category,
       w.request_type, w.confidential, w.stage, w.latitude as order_latitude, w.longitude as order_longitude
from co_task t join work_order w on w.id = t.order_id join org a on a.id = t.asked_org_id join org o on o.id = t.org_id
where t.org_id = :org_id and (not :open or (t.done_at is null and t.cancelled_at is null))
  and (t.asked_at, t.id) < (:before_at, :before_id)
order by t.asked_at desc, t.id desc limit :limit;

-- name: accept_task(id, by, at)$
update co_task set accepted_at = :at, accepted_by = :by
where id = :id and accepted_at is null and done_at is null and cancelled_at is null returning id;

-- name: attend_task(id, by, at, latitude, longitude)$
update co_task
set attended_at = coalesce(attended_at, :at), latitude = :latitude, longitude = :longitude,
    accepted_at = coalesce(accepted_at, :at), accepted_by = coalesce(accepted_by, :by)
where id = :id and done_at is null and cancelled_at is null returning id;

-- name: finish_task(id, by, at, opinion, result)$
update co_task
set opinion = :opinion, result = :result, done_at = :at, done_by = :by,
    accepted_at = coalesce(accepted_at, :at), accepted_by = coalesce(accepted_by, :by),
    late_at = case when due_at <= :at then coalesce(late_at, :at) else late_at end
where id = :id and done_at is null and cancelled_at is null returning id;

-- name: cancel_task(id, at)$
update co_task set cancelled_at = :at where id = :id and done_at is null and cancelled_at is null returning id;

-- name: late_tasks(at, limit)
-- Marked once: whose own due passed (SG-25), and who did not report in time (GH-12).
with late as (
    select id from co_task
    where (due_at <= :at and done_at is null and late_at is null and cancelled_at is null)
       or (accept_due_at <= :at and accepted_at is null and absent_at is null and cancelled_at is null)
    order by due_at limit :limit for update skip locked
), before as (
    select t.id, t.late_at is null and t.done_at is null and t.due_at <= :at as now_late,
           t.absent_at is null and t.accepted_at is null and t.accept_due_at <= :at as now_absent
    from co_task t join late using (id)
)
update co_task t
set late_at = case when b.now_late then :at else t.late_at end,
    absent_at = case when b.now_absent then :at else t.absent_at end
from before b where b.id = t.id
returning t.id, t.order_id, t.kind, t.org_id, t.body, t.asked_org_id, t.due_at, coalesce(b.now_late, false) as now_late,
          coalesce(b.now_absent, false) as now_absent,
          (select number from work_order w where w.id = t.order_id) as number,
          coalesce((select name from org o where o.id = t.org_id), t.body) as helper,
          (select centre_org_id from work_order w where w.id = t.order_id) as centre_org_id;

-- name: next_task_due()$
select least(
    (select min(due_at) from co_task where done_at is null and late_at is null and cancelled_at is null),
    (select min(accept_due_at) from co_task
     where accepted_at is null and absent_at is null and cancelled_at is null));

-- name: insert_whistle(id, order_id, org_id, matter, place, urgency, blown_by, blown_at, report_due_at)!
insert into whistle (id, order_id, org_id, matter, place, urgency, blown_by, blown_at, report_due_at)
values (:id, :order_id, :org_id, :matter, :place, :urgency, :blown_by, :blown_at, :report_due_at);

-- name: whistle_by_id(id)^
select w.*, o.name as org from whistle w join org o on o.id = w.org_id where w.id = :id;

-- name: whistles_of(order_id)
select w.*, o.name as org from whistle w join org o on o.id = w.org_id where w.order_id = :order_id order by w.blown_at;

-- name: confirm_whistle(id, by, at)$
update whistle set confirmed_at = :at, confirmed_by = :by where id = :id and confirmed_at is null returning id;

-- name: rate_attendance(whistle_id, org_id, attended, rating, at)!
update co_task
set rating = :rating, absent_at = case when :attended then absent_at else coalesce(absent_at, :at) end,
    attended_at = case when :attended then coalesce(attended_at, :at) else attended_at end
where whistle_id = :whistle_id and org_id = :org_id;

-- name: insert_meeting(id, order_id, held_at, place, participants, minutes, decisions, noted_by, at)!
insert into order_meeting (id, order_id, held_at, place, participants, minutes, decisions, noted_by, at)
values (:id, :order_id, :held_at, :place, :participants, :minutes, :decisions, :noted_by, :at);

-- name: meetings_of(order_id)
select m.*, u.name as noted_by_name from order_meeting m join app_user u on u.id = m.noted_by
where m.order_id = :order_id order by m.held_at, m.id;

-- name: insert_claim(id, order_id, org_id, reason, offered_by, at)!
insert into order_claim (id, order_id, org_id, reason, offered_by, at)
values (:id, :order_id, :org_id, :reason, :offered_by, :at);

-- name: claims_of(order_id)
select c.*, o.name as org, o.path, o.kind from order_claim c join org o on o.id = c.org_id
where c.order_id = :order_id order by c.at, c.id;

-- name: decide_claim(id, accepted, note, by, at)!
update order_claim set decided_at = :at, decided_by = :by, accepted = :accepted, note = :note
where id = :id and decided_at is null;

-- name: refuse_other_claims(order_id, by, at, note)!
update order_claim set decided_at = :at, decided_by = :by, accepted = false, note = :note
where order_id = :order_id and decided_at is null;

-- name: claimable(path, before_at, before_id, limit)
-- What a unit may offer to take: held by a centre above it, not confidential, the matter and the place only.
select w.id, w.number, w.title, w.category, w.place, w.stage, w.created_at
from work_order w
where w.stage in ('pending_dispatch', 'redispatch', 'sign_pending') and starts_with(:path, w.owner_org_path)
  and not w.confidential and w.request_type <> 'report' and (w.created_at, w.id) < (:before_at, :before_id)
order by w.created_at desc, w.id desc limit :limit;

-- name: insert_difficulty(id, order_id, org_id, reason, applied_by, at)!
insert into order_difficulty (id, order_id, org_id, reason, applied_by, at)
values (:id, :order_id, :org_id, :reason, :applied_by, :at);

-- name: difficulties_of(order_id)
select d.*, o.name as org from order_difficulty d join org o on o.id = d.org_id
where d.order_id = :order_id order by d.at, d.id;

-- name: decide_difficulty(id, granted, opinion, by, at)$
update order_difficulty set granted = :granted, opinion = :opinion, decided_by = :by, decided_at = :at
where id = :id and decided_at is null returning id;

-- name: granted_returns(order_id)
select distinct org_id from return_form where order_id = :order_id and decision = 'granted';

-- name: end_sign(order_id, at)!
-- A claim made the signature needless.
update sign_form set ended_at = :at where order_id = :order_id and decided_at is null and ended_at is null;

-- name: settle_dispute(order_id, at)!
update dispatch_dispute set settled_at = :at where order_id = :order_id and settled_at is null;

-- name: insert_return(id, order_id, org_id, reason_code, reason_text, basis, suggested_org_id, drafted_by, drafted_at, dispatched_at, window_due_at)!
insert into return_form
    (id, order_id, org_id, reason_code, reason_text, basis, suggested_org_id, drafted_by, drafted_at, dispatched_at,
     window_due_at)
values
    (:id, :order_id, :org_id, :reason_code, :reason_text, :basis, :suggested_org_id, :drafted_by, :drafted_at,
     :dispatched_at, :window_due_at);

-- name: redraft_return(order_id, org_id, reason_code, reason_text, basis, suggested_org_id, drafted_by, drafted_at)$
update return_form
set reason_code = :reason_code, reason_text = :reason_text, basis = :basis, suggested_org_id = :suggested_org_id,
    drafted_by = :drafted_by, drafted_at = :drafted_at
where order_id = :order_id and org_id = :org_id and signed_at is null and decided_at is null and withdrawn_at is null
returning id;

-- name: withdraw_return(order_id, org_id, at)$
update return_form set withdrawn_at = :at
where order_id = :order_id and org_id = :org_id and signed_at is null and withdrawn_at is null returning id;

-- name: open_return(order_id)^
select * from return_form where order_id = :order_id and decided_at is null and withdrawn_at is null;

-- name: sign_return(id, drafted_at, by, at, delegation_id, digest)$
update return_form set signed_by = :by, signed_at = :at, delegation_id = :delegation_id, digest = :digest
where id = :id and drafted_at = :drafted_at and signed_at is null and withdrawn_at is null returning id;

-- name: decide_return(id, decision, opinion, by, at)$
update return_form set decision = :decision, opinion = :opinion, decided_by = :by, decided_at = :at
where id = :id and signed_at is not null and decided_at is null returning id;

-- name: signed_returns(order_id)
select org_id, suggested_org_id from return_form where order_id = :order_id and signed_at is not null order by signed_at;

-- name: insert_late(id, order_id, org_id, tried_by, at, window_due_at)!
insert into return_late (id, order_id, org_id, tried_by, at, window_due_at)
values (:id, :order_id, :org_id, :tried_by, :at, :window_due_at);

-- name: delegation_for(org_id, deputy_user, at)^
-- In force now, of somebody who still is a head of the unit.
select d.id from head_delegation d join app_user h on h.id = d.head_user
where d.org_id = :org_id and d.deputy_user = :deputy_user and d.from_at <= :at and :at < d.until_at
  and d.ended_at is null and h.org_id = d.org_id and h.disabled_at is null and 'unit_head' = any(h.roles)
order by d.recorded_at desc limit 1;

-- name: insert_delegation(id, org_id, head_user, deputy_user, reason, from_at, until_at, recorded_at, recorded_by)!
insert into head_delegation (id, org_id, head_user, deputy_user, reason, from_at, until_at, recorded_at, recorded_by)
values (:id, :org_id, :head_user, :deputy_user, :reason, :from_at, :until_at, :recorded_at, :recorded_by);

-- name: head_of_unit(id)^
select u.org_id, o.path from app_user u join org o on o.id = u.org_id
where u.id = :id and u.disabled_at is null and 'unit_head' = any(u.roles);

-- name: deputy_of_org(id, org_id)$
select id from app_user
where id = :id and org_id = :org_id and disabled_at is null and roles && '{unit_operator,unit_head}';

-- name: signatories(path)
select u.id, u.name, u.org_id, o.name as org, 'unit_head' = any(u.roles) as head
from app_user u join org o on o.id = u.org_id
where starts_with(o.path, :path) and u.disabled_at is null and u.roles && '{unit_operator,unit_head}'
order by o.name, head desc, u.name, u.id limit 500;

-- name: lock_delegation(id)^
select d.*, o.path from head_delegation d join org o on o.id = d.org_id where d.id = :id for update of d;

-- name: end_delegation(id, by, at)!
update head_delegation set ended_at = :at, ended_by = :by where id = :id;

-- name: delegations(path, since)
select d.id, o.name as org, o.path, h.name as head, d.head_user, u.name as deputy, d.reason, d.from_at, d.until_at,
       r.name as recorded_by, d.ended_at, e.name as ended_by
from head_delegation d join org o on o.id = d.org_id join app_user h on h.id = d.head_user
     join app_user u on u.id = d.deputy_user join app_user r on r.id = d.recorded_by
     left join app_user e on e.id = d.ended_by
where starts_with(o.path, :path) and d.until_at > :since order by d.from_at desc, d.id limit 500;

-- name: returns_of(order_id)
select f.*, o.name as org, s.name as suggested_org, d.name as drafted_name, h.name as signed_name,
       x.name as decided_name, g.name as delegated_name
from return_form f join org o on o.id = f.org_id join org s on s.id = f.suggested_org_id
     join app_user d on d.id = f.drafted_by left join app_user h on h.id = f.signed_by
     left join app_user x on x.id = f.decided_by left join head_delegation e on e.id = f.delegation_id
     left join app_user g on g.id = e.head_user
where f.order_id = :order_id order by f.drafted_at, f.id;

-- name: open_sign(id, order_id, centre_org_id, cause, cause_text, opened_at, opened_by)!
insert into sign_form (id, order_id, centre_org_id, cause, cause_text, opened_at, opened_by)
values (:id, :order_id, :centre_org_id, :cause, :cause_text, :opened_at, :opened_by);

-- name: open_sign_form(order_id)^
select * from sign_form where order_id = :order_id and decided_at is null and ended_at is null;

-- name: propose_sign(order_id, opinion, lead_org_id, co_org_ids, due_at, by, at)$
update sign_form
set opinion = :opinion, lead_org_id = :lead_org_id, co_org_ids = :co_org_ids, due_at = :due_at, proposed_by = :by,
    proposed_at = :at
where order_id = :order_id and decided_at is null and ended_at is null returning id;

-- name: approve_sign(id, proposed_at, decision, instruction, lead_org_id, co_org_ids, due_at, by, at, digest)$
update sign_form
set decision = :decision, instruction = :instruction, lead_org_id = :lead_org_id, co_org_ids = :co_org_ids,
    due_at = :due_at, decided_by = :by, decided_at = :at, digest = :digest
where id = :id and proposed_at = :proposed_at and decided_at is null and ended_at is null returning id;

-- name: refuse_sign(order_id, instruction, at)$
update sign_form
set refusals = refusals || jsonb_build_array(jsonb_build_object(
        'at', :at::timestamptz, 'opinion', opinion, 'lead_org_id', lead_org_id, 'instruction', :instruction::text)),
    opinion = null, lead_org_id = null, co_org_ids = '{}', due_at = null, proposed_by = null, proposed_at = null
where order_id = :order_id and proposed_at is not null and decided_at is null and ended_at is null returning id;

-- name: signs_of(order_id)
select f.*, o.name as lead_org, p.name as proposed_name, d.name as decided_name,
       coalesce((select array_agg(c.name order by c.name) from org c where c.id = any(f.co_org_ids)), '{}') as co_orgs
from sign_form f left join org o on o.id = f.lead_org_id left join app_user p on p.id = f.proposed_by
     left join app_user d on d.id = f.decided_by
where f.order_id = :order_id order by f.opened_at;

-- name: open_dispute(id, order_id, cause, org_ids, block_reason, opened_at)$
insert into dispatch_dispute (id, order_id, cause, org_ids, block_reason, opened_at)
values (:id, :order_id, :cause, :org_ids, :block_reason, :opened_at)
on conflict (order_id) where settled_at is null do update
set org_ids = excluded.org_ids where cardinality(excluded.org_ids) > cardinality(dispatch_dispute.org_ids)
returning id;

-- name: dispute_of_order(order_id)^
select * from dispatch_dispute where order_id = :order_id and settled_at is null;

-- name: dispatch_figures(path, since, until)
-- One row an order that was first dispatched in the period.
with seen as (
    select distinct order_id from order_dispatch where at >= :since and at < :until
), hop as (
    select d.order_id, min(d.at) as first_at, max(d.at) as last_at, count(*)::int as hops,
           count(distinct d.to_org_id)::int as distinct_orgs, bool_or(d.kind = 'claimed') as claimed,
           (array_agg(d.id order by d.seq))[1] as first_id
    from order_dispatch d join seen on seen.order_id = d.order_id
    where d.role = 'lead' and d.kind <> 'assigned' group by d.order_id
), form as (
    select r.order_id, count(*)::int as applied, (count(*) filter (where r.decision = 'rejected'))::int as rejected
    from return_form r join seen on seen.order_id = r.order_id where r.signed_at is not null group by r.order_id
)
select h.hops > 1 or w.returns > 0 as returned, extract(epoch from h.last_at - w.created_at)::float8 / 60 as minutes,
       f.rank, f.suggested_org_id is not null as suggested,
       f.item_id is null and f.kind = 'ordinary' as outside, h.hops, h.distinct_orgs, h.claimed,
       coalesce(r.applied, 0) as applied, coalesce(r.rejected, 0) as rejected
from hop h join order_dispatch f on f.id = h.first_id join org c on c.id = f.from_org_id
     join work_order w on w.id = h.order_id left join form r on r.order_id = h.order_id
where h.first_at >= :since and h.first_at < :until and starts_with(c.path, :path);

-- name: holder_figures(path, since, until, now)
-- SG-07: how long each org held the orders that were first dispatched in the period, from their events.
with seen as (
    select distinct d.order_id from order_dispatch d join org c on c.id = d.from_org_id
    where d.at >= :since and d.at < :until and d.role = 'lead' and d.kind <> 'assigned' and starts_with(c.path, :path)
), came as (
    select e.order_id, e.seq, (e.changes ->> 'owner_org_id')::uuid as org_id, e.at
    from order_event e join seen on seen.order_id = e.order_id where e.changes ? 'owner_org_id'
), stay as (
    select c.order_id, c.org_id,
           extract(epoch from coalesce(lead(c.at) over (partition by c.order_id order by c.seq), w.closed_at, :now)
                              - c.at)::float8 / 3600 as hours
    from came c join work_order w on w.id = c.order_id
), held as (
    select order_id, org_id, sum(hours) as hours from stay group by order_id, org_id
)
select o.id as org_id, o.name as org, o.kind, count(*)::int as orders, avg(h.hours) as mean_hours, max(h.hours) as most_hours
from held h join org o on o.id = h.org_id
group by o.id order by avg(h.hours) desc, o.name limit 500;

-- name: return_figures(path, since, until)
-- XY-46, by the unit that applied. Wrong: granted, and yet the order was sent to it again afterwards.
with form as (
    select f.*, exists (
               select 1 from order_dispatch d
               where d.order_id = f.order_id and d.to_org_id = f.org_id and d.role = 'lead' and d.at > f.decided_at
           ) as wrong
    from return_form f join org o on o.id = f.org_id
    where f.signed_at >= :since and f.signed_at < :until and starts_with(o.path, :path)
), late as (
    select l.org_id, count(distinct l.order_id)::int as late from return_late l join org o on o.id = l.org_id
    where l.at >= :since and l.at < :until and starts_with(o.path, :path) group by l.org_id
), counted as (
    select org_id, count(*)::int as applied,
           (count(*) filter (where decision = 'granted'))::int as granted,
           (count(*) filter (where decision = 'rejected'))::int as rejected,
           (count(*) filter (where decision = 'granted' and wrong))::int as wrong,
           (avg(extract(epoch from decided_at - dispatched_at) / 86400) filter (where decision = 'granted'))::float8
               as extra_days,
           mode() within group (order by reason_code) as top_reason
    from form group by org_id
)
select o.id as org_id, o.name as org, coalesce(c.applied, 0) as applied, coalesce(c.granted, 0) as granted,
       coalesce(c.rejected, 0) as rejected, coalesce(l.late, 0) as late, coalesce(c.wrong, 0) as wrong, c.extra_days,
       c.top_reason
from counted c full join late l on l.org_id = c.org_id join org o on o.id = coalesce(c.org_id, l.org_id)
order by coalesce(c.applied, 0) desc, o.name limit 500;

-- name: bodies_below(path, words, limit)
select id, code, name, kind from org
where starts_with(path, :path) and (:words = '' or position(:words in name) > 0)
order by kind, name, id limit :limit;

-- name: waiting_by_org(at_unit, at_centre)
-- SG-27: the orders on which somebody of this org has to act (orders.filters.WAITING).
select o.id as org_id, o.name, o.kind, o.parent_id, c.waiting from (
    select org_id, sum(waiting)::int as waiting from (
        select owner_org_id as org_id, count(*) as waiting from work_order
        where closed_at is null and stage = any(:at_unit::text[]) group by owner_org_id
        union all
        select centre_org_id, count(*) from work_order
        where closed_at is null and stage = any(:at_centre::text[]) group by centre_org_id
    ) counted group by org_id
) c join org o on o.id = c.org_id;

-- name: raise_backlog(org_id, at, waiting)$
insert into org_backlog (org_id, since, waiting) values (:org_id, :at, :waiting) on conflict do nothing returning org_id;

-- name: count_backlogs(orgs, counts)!
update org_backlog b set waiting = n.waiting
from unnest(:orgs::uuid[], :counts::int[]) as n (org_id, waiting) where b.org_id = n.org_id and b.waiting <> n.waiting;

-- name: end_backlogs(still)!
delete from org_backlog where not org_id = any(:still::uuid[]);

-- name: backlogs(path)
select b.org_id, o.name as org, o.kind, b.waiting, b.since from org_backlog b join org o on o.id = b.org_id
where starts_with(o.path, :path) order by b.waiting desc, o.name limit 200;

-- name: barred_among(order_id, org_ids)
-- Orgs that a report keeps out.
select o.id from org o join work_order w on w.id = :order_id
where o.id = any(:org_ids::uuid[]) and w.barred_path <> '' and starts_with(o.path, w.barred_path);
