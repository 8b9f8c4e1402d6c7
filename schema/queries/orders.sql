-- Work orders. Each change is one statement: the row, its event, its clocks and its contact together, or nothing.

-- name: create_order(day, fields, event_id, move, entered, started)^
-- One round trip. No row comes back when the creator has used this idempotency key before, or the channel this id.
with placed as (
    insert into work_order
        (id, number, centre_org_id,
         kind, request_type, urgency, channel, title, content, category, address, place, happened_at, caller_name,
         caller_number, caller_key, confidential, call_id, created_by, owner_org_id, owner_org_path, intake_org_path,
         created_at, origin, source_hotline, external_id, upper_ref, upper_due_at, origin_order_id, caller_type,
         caller_needs, special_groups, emotion, anonymous, location_type, latitude, longitude, grid_code,
         reported_body, reported_org_id, barred_path, tags, season, level, category_code, held_since,
         idempotency_key, stage)
    select o.id, :day || '-' || lpad(n.no::text, greatest(6, length(n.no::text)), '0'), o.owner_org_id,
           o.kind, o.request_type, o.urgency, o.channel, o.title, o.content, o.category, o.address, o.place,
           o.happened_at, o.caller_name, o.caller_number, o.caller_key, o.confidential, o.call_id, o.created_by,
           o.owner_org_id, o.owner_org_path, o.intake_org_path, o.created_at, o.origin, o.source_hotline,
           o.external_id, o.upper_ref, o.upper_due_at, o.origin_order_id, o.caller_type, o.caller_needs,
           o.special_groups, o.emotion, o.anonymous, o.location_type, o.latitude, o.longitude, o.grid_code,
           o.reported_body, o.reported_org_id, o.barred_path, o.tags, o.season, o.level, o.category_code,
           o.held_since, o.idempotency_key, o.stage
    from jsonb_populate_record(null::work_order, :fields) o, (select nextval('order_number') as no) n
    on conflict do nothing
    returning id, round_no, owner_org_path, created_at, created_by, stage
), logged as (
    insert into order_event (id, order_id, seq, at, actor_id, move, stage_before, stage_after, body, changes)
    select :event_id, id, 1, created_at, created_by, :move, 'new', stage, '{}', :entered
    from placed
), started as (
    select start_clocks(placed.id, placed.round_no, placed.owner_org_path, :started, placed.created_at) as clocks
    from placed where :started <> '[]'::jsonb
)
select placed.id, (select clocks from started) as clocks,
       (select array_agg(coalesce((s.signs -> 0 ->> 'at')::timestamptz, s.due_at))
        from jsonb_to_recordset(:started) as s (signs jsonb, due_at timestamptz)) as dues_started
from placed;

-- name: order_of_key(created_by, key)^
select * from work_order where created_by = :created_by and idempotency_key = :key;

-- name: move_order(stage_after, changes, kept_out, id, version, event_id, at, actor_id, move, stage_before, body, contacts, stopped, resumed, started)^
-- One round trip, guarded by the version that was read. No row comes back when somebody else was faster. `changes` are
-- columns, null included; what is not named stays. The event keeps them, without `kept_out`, so that events give the row.
with moved as (
    update work_order w
    set (stage, version, events,
         owner_org_id, owner_org_path, intake_org_path, centre_org_id, round_no, ruleset, ruleset_version, kind,
         request_type, urgency, category, title, content, address, place, happened_at, confidential, missed_contacts,
         contacted_at, reply, solvability, result_type, handled_by, flagged, flag_reason, callback_exhausted,
         resolved, satisfied, close_reason, dispatched_at, accepted_at, submitted_at, closed_at, origin,
         source_hotline, external_id, upper_ref, upper_due_at, origin_order_id, caller_type, caller_needs,
         special_groups, emotion, anonymous, location_type, latitude, longitude, grid_code, reported_body, tags,
         season, level, category_code, item_id, article_id, first_org_id, territory_org_id, duty_org_id, duty_body,
         block_reason, locked, dispatch_kind, redispatches, returns, hops, held_since, case_owner, head_user,
         reasonableness, reasonableness_confirmed, replied_at, finished_at, supervisions, violations, exclusion,
         key_listed, difficult, matter_id, master, extended, ledger_due, reopened, satisfied_late, again,
         assigned_by_org_id, assigned_at, effect_due, effect_holds, reported_org_id, barred_path) = (
        select :stage_after, w.version + 1, w.events + 1,
               c.owner_org_id, c.owner_org_path, c.intake_org_path, c.centre_org_id, c.round_no, c.ruleset,
               c.ruleset_version, c.kind, c.request_type, c.urgency, c.category, c.title, c.content, c.address,
               c.place, c.happened_at, c.confidential, c.missed_contacts, c.contacted_at, c.reply, c.solvability,
               c.result_type, c.handled_by, c.flagged, c.flag_reason, c.callback_exhausted, c.resolved, c.satisfied,
               c.close_reason, c.dispatched_at, c.accepted_at, c.submitted_at, c.closed_at, c.origin,
               c.source_hotline, c.external_id, c.upper_ref, c.upper_due_at, c.origin_order_id, c.caller_type,
               c.caller_needs, c.special_groups, c.emotion, c.anonymous, c.location_type, c.latitude, c.longitude,
               c.grid_code, c.reported_body, c.tags, c.season, c.level, c.category_code, c.item_id, c.article_id,
               c.first_org_id, c.territory_org_id, c.duty_org_id, c.duty_body, c.block_reason, c.locked,
               c.dispatch_kind, c.redispatches, c.returns, c.hops, c.held_since, c.case_owner, c.head_user,
               c.reasonableness, c.reasonableness_confirmed, c.replied_at, c.finished_at, c.supervisions,
               c.violations, c.exclusion, c.key_listed, c.difficult, c.matter_id, c.master, c.extended, c.ledger_due,
               c.reopened, c.satisfied_late, c.again, c.assigned_by_org_id, c.assigned_at, c.effect_due,
               c.effect_holds, c.reported_org_id, c.barred_path
        from jsonb_populate_record(w, :changes) c)
    where w.id = :id and w.version = :version
    returning w.*
), logged as (
    insert into order_event (id, order_id, seq, at, actor_id, move, stage_before, stage_after, body, changes)
    select :event_id, id, events, :at, :actor_id, :move, :stage_before, stage, :body,
           :changes::jsonb - :kept_out::text[]
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
    select start_clocks(moved.id, moved.round_no, moved.owner_org_path, :started, :at) as clocks
    from moved where :started <> '[]'::jsonb
)
select moved.*, (select clocks from started) as clocks,
       (select array_agg(coalesce((s.signs -> 0 ->> 'at')::timestamptz, s.due_at))
        from jsonb_to_recordset(:started) as s (signs jsonb, due_at timestamptz)) as dues_started,
       (select array_agg(coalesce(t.sign_at, t.due_at)) from order_timer t
        where t.order_id = moved.id and t.round_no = moved.round_no and t.name = any(:resumed::text[])) as dues_resumed
from moved;

-- name: notify_moved(orders, due_at)
-- By itself, after the commit (see orders.notices): to whoever entered it, and to the orgs that hold it or answer for it.
with moved as materialized (
    select id, created_by, owner_org_id, centre_org_id from work_order where id = any(:orders::uuid[])
)
select pg_notify('desk', json_build_object('user', created_by, 'kind', 'order', 'id', id)::text) from moved
union all
select pg_notify('desk', json_build_object('org', owner_org_id, 'kind', 'order', 'id', id)::text) from moved
union all
select pg_notify('desk', json_build_object('org', centre_org_id, 'kind', 'order', 'id', id)::text) from moved
where centre_org_id <> owner_org_id
union all
select pg_notify('order_timer', json_build_object('due_at', :due_at::timestamptz)::text)
where :due_at::timestamptz is not null;

-- name: order_by_id(id)^
-- With the due times of the outer clocks that its round has started: they cut the clocks to come (A-02, A-05).
select w.*, (select jsonb_object_agg(t.name, t.due_at) from order_timer t
             where t.order_id = w.id and t.round_no = w.round_no and t.outer_clock) as outer_dues
from work_order w where w.id = :id;

-- name: lock_order(id)!
-- Before it is read for a move. A statement of its own: what waited for the lock reads with the snapshot it began with.
select from work_order where id = :id for no key update;

-- name: order_of_channel(channel, external_id)^
select * from work_order where channel = :channel and external_id = :external_id;

-- name: order_by_number(number)^
select * from work_order where number = :number;

-- name: events_of(order_id)
select e.seq, e.at, e.move, e.stage_before, e.stage_after, e.body, coalesce(u.name, '') as actor_name
from order_event e left join app_user u on u.id = e.actor_id
where e.order_id = :order_id order by e.seq;

-- name: timers_of(order_id)
select t.*, o.name as owner_name, o.level as owner_level
from order_timer t join org o on o.id = t.owner_org_id
where t.order_id = :order_id order by t.due_at, t.name;

-- name: contacts_of(order_id)
select c.id, c.kind, c.outcome, c.note, c.at, c.call_id, u.name as actor_name
from order_contact c join app_user u on u.id = c.actor_id
where c.order_id = :order_id order by c.at, c.id;

-- name: closed_unanswered(org_path, limit)
-- SJ-10: must find nothing.
select id, number, stage, title, category, address, created_at
from work_order
where stage = 'closed' and starts_with(owner_org_path, :org_path)
  and (reply is null or reply = '' or contacted_at is null or result_type is null
       or (not coalesce(resolved and satisfied, false) and coalesce(close_reason, '') = ''))
order by created_at desc limit :limit;

-- name: effects_due(org_path, day, limit)
select id, number, stage, title, category, address, created_at
from work_order
where stage = 'closed' and effect_due <= :day and effect_holds is null and starts_with(owner_org_path, :org_path)
order by effect_due, id limit :limit;

-- name: centre_above(path)^
-- The nearest centre that does not lie under this path.
select id, path from org
where kind = 'centre' and path <> :path and starts_with(:path, path)
order by length(path) desc limit 1;

-- name: org_by_id(id)^
select id, path, level, kind, name from org where id = :id;

-- name: awaiting_callback(after_id, limit)
-- Orders in call-back that no human has to decide yet, oldest first, after the given id.
select id, round_no, caller_number
from work_order
where stage = 'callback' and not callback_exhausted and closed_at is null
  and (:after_id::uuid is null or id > :after_id)
order by id limit :limit;


-- name: open_of_caller(callers, limit)
select id, number, stage, title, category, address, created_at
from work_order
where caller_key = any(:callers::bytea[]) and caller_key <> '' and closed_at is null
order by created_at desc limit :limit;

-- name: similar_near(callers, limit, since)
-- Open orders of other callers: at the place of the caller's last order with one, else of its category in `since`.
with last as (
    select place, category from work_order
    where caller_key = any(:callers::bytea[]) and caller_key <> ''
    order by created_at desc limit 1
), last_place as (
    select place from work_order
    where caller_key = any(:callers::bytea[]) and caller_key <> '' and place <> ''
    order by created_at desc limit 1
), near as (
    (select w.*, 0 as rank from work_order w, last_place l
     where w.place = l.place and w.place <> '' and w.closed_at is null and w.caller_key <> all(:callers::bytea[])
       and not w.confidential and w.request_type <> 'report'
     order by w.created_at desc limit :limit)
    union all
    (select w.*, 1 as rank from work_order w, last l
     where w.category = l.category and w.category <> '' and w.closed_at is null and w.created_at >= :since
       and w.caller_key <> all(:callers::bytea[]) and not w.confidential
       and w.request_type <> 'report'
       and w.place is distinct from (select place from last_place)
     order by w.created_at desc limit :limit)
)
select id, number, stage, title, category, address, created_at
from near order by rank, created_at desc limit :limit;

-- name: enrol_ruleset(id, version, sha256)$
insert into ruleset_seen (id, version, sha256) values (:id, :version, :sha256)
on conflict (id, version) do update set sha256 = ruleset_seen.sha256
returning sha256;
