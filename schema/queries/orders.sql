-- Work orders. Each change is one statement: the row, its event, its clocks and its contact together, or nothing.

-- name: create_order(day, fields, event_id)^
-- One round trip. No row comes back when the creator has used this idempotency key before.
with placed as (
    insert into work_order
        (id, number, idempotency_key, stage, kind, request_type, urgency, channel, title, content, category, address,
         place, happened_at, caller_name, caller_number, caller_key, confidential, call_id, created_by,
         owner_org_id, owner_org_path, intake_org_path, centre_org_id, created_at)
    select o.id, :day || '-' || lpad(n.no::text, greatest(6, length(n.no::text)), '0'), o.idempotency_key, o.stage,
           o.kind, o.request_type, o.urgency, o.channel, o.title, o.content, o.category, o.address, o.place,
           o.happened_at, o.caller_name, o.caller_number, o.caller_key, o.confidential, o.call_id, o.created_by, o.owner_org_id,
           o.owner_org_path, o.intake_org_path, o.owner_org_id, o.created_at
    from jsonb_populate_record(null::work_order, :fields) o, (select nextval('order_number') as no) n
    on conflict (created_by, idempotency_key) do nothing
    returning *
), logged as (
    insert into order_event (id, order_id, seq, at, actor_id, move, stage_before, stage_after, body)
    select :event_id, id, 1, created_at, created_by, 'created', 'new', stage, '{}'
    from placed
)
select * from placed;

-- name: order_of_key(created_by, key)^
select * from work_order where created_by = :created_by and idempotency_key = :key;

-- name: move_order(stage_after, changes, id, version, event_id, at, actor_id, move, stage_before, body, contacts, stopped, resumed, calendar, started)^
-- One round trip, guarded by the version that was read. No row comes back when somebody else was faster.
with moved as (
    update work_order w
    set stage = :stage_after,
        version = w.version + 1,
        events = w.events + 1,
        owner_org_id = coalesce(c.owner_org_id, w.owner_org_id),
        owner_org_path = coalesce(c.owner_org_path, w.owner_org_path),
        centre_org_id = coalesce(c.centre_org_id, w.centre_org_id),
        ruleset = coalesce(c.ruleset, w.ruleset),
        ruleset_version = coalesce(c.ruleset_version, w.ruleset_version),
        missed_contacts = coalesce(c.missed_contacts, w.missed_contacts),
        contacted_at = coalesce(w.contacted_at, c.contacted_at),
        reply = coalesce(c.reply, w.reply),
        solvability = coalesce(c.solvability, w.solvability),
        result_type = coalesce(c.result_type, w.result_type),
        handled_by = coalesce(c.handled_by, w.handled_by),
        flagged = coalesce(c.flagged, w.flagged),
        flag_reason = coalesce(c.flag_reason, w.flag_reason),
        callback_exhausted = coalesce(c.callback_exhausted, w.callback_exhausted),
        resolved = coalesce(c.resolved, w.resolved),
        satisfied = coalesce(c.satisfied, w.satisfied),
        close_reason = coalesce(c.close_reason, w.close_reason),
        dispatched_at = coalesce(c.dispatched_at, w.dispatched_at),
        accepted_at = coalesce(c.accepted_at, w.accepted_at),
        submitted_at = coalesce(c.submitted_at, w.submitted_at),
        closed_at = coalesce(c.closed_at, w.closed_at)
    from jsonb_populate_record(null::work_order, :changes) c
    where w.id = :id and w.version = :version
    returning w.*
), logged as (
    insert into order_event (id, order_id, seq, at, actor_id, move, stage_before, stage_after, body)
    select :event_id, id, events, :at, :actor_id, :move, :stage_before, stage, :body
    from moved
), contacted as (
    insert into order_contact (id, order_id, kind, outcome, note, at, actor_id, call_id)
    select c.id, moved.id, c.kind, c.outcome, c.note, :at, c.actor_id, c.call_id
    from moved, jsonb_to_recordset(:contacts)
        as c (id uuid, kind text, outcome text, note text, actor_id uuid, call_id uuid)
), stopped as (
    update order_timer t set stopped_at = :at
    from moved
    where t.order_id = moved.id and t.stopped_at is null
      and (t.name = any(:stopped::text[]) or moved.closed_at is not null)
), resumed as (
    update order_timer t set stopped_at = null
    from moved
    where t.order_id = moved.id and t.round_no = moved.round_no and t.stopped_at is not null
      and t.name = any(:resumed::text[])
), started as (
    insert into order_timer
        (order_id, name, round_no, owner_org_id, ruleset, ruleset_version, calendar, start_event, started_at, due_at)
    select moved.id, s.name, moved.round_no, s.owner, moved.ruleset, moved.ruleset_version, :calendar, s.start_event,
           s.started_at, s.due_at
    from moved, jsonb_to_recordset(:started)
        as s (name text, owner uuid, start_event text, started_at timestamptz, due_at timestamptz)
    on conflict (order_id, name, round_no) do update
    set owner_org_id = excluded.owner_org_id, ruleset = excluded.ruleset, ruleset_version = excluded.ruleset_version,
        calendar = excluded.calendar, start_event = excluded.start_event, started_at = excluded.started_at,
        due_at = excluded.due_at, stopped_at = null, breached_at = null
)
select moved.*,
       (select array_agg(s.due_at) from jsonb_to_recordset(:started) as s (due_at timestamptz)) as dues_started,
       (select array_agg(t.due_at) from order_timer t
        where t.order_id = moved.id and t.name = any(:resumed::text[])) as dues_resumed
from moved;

-- name: notify_moved(orders, due_at)
-- By itself, after the commit (see orders.notices).
select pg_notify('desk', json_build_object('user', created_by, 'kind', 'order', 'id', id)::text)
from work_order where id = any(:orders::uuid[])
union all
select pg_notify('order_timer', json_build_object('due_at', :due_at::timestamptz)::text)
where :due_at::timestamptz is not null;

-- name: order_by_id(id)^
select * from work_order where id = :id;

-- name: order_by_number(number)^
select * from work_order where number = :number;

-- name: events_of(order_id)
select e.seq, e.at, e.move, e.stage_before, e.stage_after, e.body, coalesce(u.name, '') as actor_name
from order_event e left join app_user u on u.id = e.actor_id
where e.order_id = :order_id order by e.seq;

-- name: timers_of(order_id)
select t.*, o.name as owner_name
from order_timer t join org o on o.id = t.owner_org_id
where t.order_id = :order_id order by t.due_at, t.name;

-- name: contacts_of(order_id)
select c.id, c.kind, c.outcome, c.note, c.at, c.call_id, u.name as actor_name
from order_contact c join app_user u on u.id = c.actor_id
where c.order_id = :order_id order by c.at, c.id;

-- name: list_created(user_id, stage, before_at, before_id, limit)
select w.*, o.name as owner_name
from work_order w join org o on o.id = w.owner_org_id
where w.created_by = :user_id and (:stage::text is null or w.stage = :stage)
  and (w.created_at, w.id) < (:before_at, :before_id)
order by w.created_at desc, w.id desc limit :limit;

-- name: list_held(org_id, stage, before_at, before_id, limit)
select w.*, o.name as owner_name
from work_order w join org o on o.id = w.owner_org_id
where w.owner_org_id = :org_id and (:stage::text is null or w.stage = :stage)
  and (w.created_at, w.id) < (:before_at, :before_id)
order by w.created_at desc, w.id desc limit :limit;

-- name: list_visible(org_path, user_id, stage, before_at, before_id, limit)
select w.*, o.name as owner_name
from work_order w join org o on o.id = w.owner_org_id
where (starts_with(w.owner_org_path, :org_path) or starts_with(w.intake_org_path, :org_path)
       or w.created_by = :user_id)
  and (:stage::text is null or w.stage = :stage)
  and (w.created_at, w.id) < (:before_at, :before_id)
order by w.created_at desc, w.id desc limit :limit;

-- name: org_by_id(id)^
select id, path, level, kind, name from org where id = :id;

-- name: awaiting_callback(after_id, limit)
-- Orders in call-back that no human has to decide yet, oldest first, after the given id.
select id, round_no, caller_number
from work_order
where stage = 'callback' and not callback_exhausted and closed_at is null
  and (:after_id::uuid is null or id > :after_id)
order by id limit :limit;


-- name: open_of_caller(caller, limit)
select id, number, stage, title, category, address, created_at
from work_order
where caller_key = :caller and caller_key <> '' and closed_at is null
order by created_at desc limit :limit;

-- name: similar_near(caller, limit, since)
-- Open orders of other callers: at the place of the caller's last order with one, else of its category in `since`.
with last as (
    select place, category from work_order
    where caller_key = :caller and caller_key <> ''
    order by created_at desc limit 1
), last_place as (
    select place from work_order
    where caller_key = :caller and caller_key <> '' and place <> ''
    order by created_at desc limit 1
), near as (
    (select w.*, 0 as rank from work_order w, last_place l
     where w.place = l.place and w.place <> '' and w.closed_at is null and w.caller_key <> :caller
       and not w.confidential
     order by w.created_at desc limit :limit)
    union all
    (select w.*, 1 as rank from work_order w, last l
     where w.category = l.category and w.category <> '' and w.closed_at is null and w.created_at >= :since
       and w.caller_key <> :caller and not w.confidential
       and w.place is distinct from (select place from last_place)
     order by w.created_at desc limit :limit)
)
select id, number, stage, title, category, address, created_at
from near order by rank, created_at desc limit :limit;

-- name: mark_breaches(at, limit)
-- Marks what is late, once: the order's row is locked first (as a move does), rows that are being moved are left for
-- the next pass, and a clock that a move has just stopped is seen as stopped.
with late as (
    select t.order_id, t.name, t.round_no
    from order_timer t join work_order w on w.id = t.order_id
    where t.stopped_at is null and t.breached_at is null and t.due_at <= :at
    order by t.due_at, t.order_id limit :limit
    for update of w skip locked
), marked as (
    update order_timer t set breached_at = :at
    from late
    where t.order_id = late.order_id and t.name = late.name and t.round_no = late.round_no
      and t.stopped_at is null and t.breached_at is null
    returning t.order_id, t.name, t.round_no, t.due_at
), counted as (
    update work_order w set events = w.events + m.found
    from (select order_id, count(*)::int as found from marked group by order_id) m
    where w.id = m.order_id
    returning w.id, w.events - m.found as before, w.stage
), logged as (
    insert into order_event (id, order_id, seq, at, actor_id, move, stage_before, stage_after, body)
    select gen_random_uuid(), m.order_id,
           c.before + row_number() over (partition by m.order_id order by m.due_at, m.name), :at, null,
           'timer_breached', c.stage, c.stage,
           jsonb_build_object('timer', m.name, 'round', m.round_no, 'due_at', m.due_at)
    from marked m join counted c on c.id = m.order_id
)
select order_id, name, due_at from marked order by due_at;

-- name: next_due()$
select min(due_at) from order_timer where stopped_at is null and breached_at is null;

-- name: enrol_ruleset(id, version, sha256)$
insert into ruleset_seen (id, version, sha256) values (:id, :version, :sha256)
on conflict (id, version) do update set sha256 = ruleset_seen.sha256
returning sha256;
