-- name: write_batch(facts, calls, legs)!
-- Facts, calls and legs of one batch in one statement, which is one transaction. Arrays of JSON objects; repetition
-- changes nothing, and an older projection never replaces a newer one.
with fact as (
    insert into call_fact (at, fingerprint, received_at, pbx, call_id, leg, kind, source, body)
    select f.at, f.fingerprint, f.received_at, f.pbx, f.call_id, f.leg, f.kind, f.source, f.body
    from jsonb_to_recordset(:facts) as f (
        at timestamptz, fingerprint uuid, received_at timestamptz, pbx text, call_id uuid, leg text, kind text,
        source text, body jsonb
    )
    on conflict (at, fingerprint) do nothing
), held as (
    insert into call (
        id, pbx, linked, direction, purpose, caller_number, caller_key, caller_region, dialled, hotline, stage, outcome,
        queue, extension, menu_path, transfers, started_at, queued_at, answered_at, ended_at, waited, talked, has_gap,
        related_call_id, last_at
    )
    select
        c.id, c.pbx, c.linked, c.direction, c.purpose, c.caller_number, c.caller_key, c.caller_region, c.dialled,
        c.hotline, c.stage, c.outcome, c.queue, c.extension, c.menu_path, coalesce(c.transfers, '[]'), c.started_at,
        c.queued_at, c.answered_at, c.ended_at, c.waited, c.talked, c.has_gap, c.related_call_id, c.last_at
    from jsonb_to_recordset(:calls) as c (
        id uuid, pbx text, linked text, direction text, purpose text, caller_number text, caller_key bytea,
        caller_region text, dialled text, hotline text, stage text, outcome text, queue text, extension text,
        menu_path jsonb, transfers jsonb, started_at timestamptz, queued_at timestamptz, answered_at timestamptz, ended_at timestamptz,
        waited interval, talked interval, has_gap boolean, related_call_id uuid, last_at timestamptz
    )
    on conflict (id) do update set
        direction = excluded.direction, purpose = excluded.purpose, caller_number = excluded.caller_number,
        caller_key = excluded.caller_key, caller_region = excluded.caller_region, dialled = excluded.dialled, hotline = excluded.hotline,
        stage = excluded.stage, outcome = excluded.outcome, queue = excluded.queue, extension = excluded.extension,
        menu_path = excluded.menu_path, transfers = excluded.transfers,
        started_at = excluded.started_at, queued_at = excluded.queued_at,
        answered_at = excluded.answered_at, ended_at = excluded.ended_at, waited = excluded.waited,
        talked = excluded.talked, has_gap = excluded.has_gap, related_call_id = excluded.related_call_id,
        last_at = excluded.last_at
    where call.last_at <= excluded.last_at
)
insert into call_leg (pbx, leg, call_id, channel, role, started_at, ended_at)
select l.pbx, l.leg, l.call_id, l.channel, l.role, l.started_at, l.ended_at
from jsonb_to_recordset(:legs) as l (
    pbx text, leg text, call_id uuid, channel text, role text, started_at timestamptz, ended_at timestamptz
)
on conflict (pbx, leg) do update set
    channel = excluded.channel, role = excluded.role, started_at = excluded.started_at,
    ended_at = coalesce(excluded.ended_at, call_leg.ended_at);

-- name: facts_of_call(call_id)
select f.at, f.received_at, f.pbx, f.kind, f.source, f.body
from call_fact f
where f.call_id = :call_id
order by f.at, f.received_at;

-- name: facts_of_open_calls(pbx)
-- A call's facts never lie more than a day before its row's start.
select f.at, f.pbx, f.kind, f.body
from call c join call_fact f on f.call_id = c.id and f.at >= c.started_at - interval '1 day'
where c.pbx = :pbx and c.ended_at is null
order by f.at, f.received_at;

-- name: last_fact_at(pbx)$
select f.at from call_fact f where f.pbx = :pbx order by f.at desc limit 1;

-- name: write_gap(id, pbx, since, until, reason, recovered)!
insert into pbx_gap (id, pbx, since, until, reason, recovered_facts)
values (:id, :pbx, :since, :until, :reason, :recovered)
on conflict (pbx, since, until) do update set
    recovered_facts = greatest(pbx_gap.recovered_facts, excluded.recovered_facts);

-- name: ensure_month(day)$
select ensure_call_fact_month(:day);

-- name: get_call(call_id)^
select * from call where id = :call_id;

-- name: legs_of_call(call_id)
select leg, channel, role, started_at, ended_at from call_leg where call_id = :call_id order by started_at, leg;

-- name: recent_of_number(keys, most)
select * from call
where caller_key = any(:keys::bytea[]) and caller_key <> ''
order by started_at desc, id desc
limit :most;

-- name: open_calls(most)
select * from call where ended_at is null order by started_at, id limit :most;

-- name: page_of_calls(before_at, before_id, outcome, extension, has_gap, org_path, most)
-- Newest first, after the given row; a filter that is null filters nothing. `within` tells calls of the org's subtree.
select call.*, :org_path::text is not null and call_within(id, call.extension, :org_path) as within
from call
where (started_at, id) < (:before_at::timestamptz, :before_id::uuid)
    and (:outcome::text is null or outcome = :outcome)
    and (:extension::text is null or call.extension = :extension)
    and (:has_gap::boolean is null or has_gap = :has_gap)
order by started_at desc, id desc
limit :most;

-- name: is_within(call_id, org_path)$
select call_within(id, call.extension, :org_path) from call where id = :call_id;

-- name: extension_of_user(user_id)$
select extension from app_user where id = :user_id;
