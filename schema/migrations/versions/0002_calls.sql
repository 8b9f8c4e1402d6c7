-- The call ledger: append-only facts, and the call and leg rows projected from them.
-- Ids are worked out from Asterisk's (calls/identity.py), so that every writer is idempotent.
create table call (
    id uuid primary key,
    pbx text not null,
    linked text not null,                    -- Asterisk's Linkedid when the call began
    direction text not null,                 -- inbound, outbound, internal
    purpose text not null default 'citizen', -- citizen, callback, contact, test ...
    caller_number text not null default '',  -- the citizen's: E.164 where possible, else as presented, '' when withheld
    caller_region text not null default '',
    dialled text not null default '',
    hotline text not null default '',        -- name from the hotline registry
    stage text not null,                     -- arrived, in_menu, queued, ringing, talking, ended
    outcome text,                            -- answered, abandoned, self_service, failed, unknown
    queue text,
    extension text,                          -- the agent who answered last
    menu_path jsonb not null default '[]',   -- [{flow,node,key,seconds}]
    started_at timestamptz not null,
    queued_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    waited interval,
    talked interval,
    has_gap boolean not null default false,
    related_call_id uuid,                    -- no foreign key: a fact is never refused, in whatever order calls arrive
    last_at timestamptz not null default '-infinity', -- the newest fact in this row: an older projection never wins
    unique (pbx, linked)
);
create index call_open on call (pbx) where ended_at is null;
create index call_by_caller on call (caller_number, started_at desc, id desc) where caller_number <> '';
create index call_by_time on call (started_at desc, id desc);

create table call_leg (
    pbx text not null,
    leg text not null,                       -- Asterisk's Uniqueid
    call_id uuid not null references call,
    channel text not null,
    role text not null,                      -- caller, agent, citizen, local, other
    started_at timestamptz not null,
    ended_at timestamptz,
    primary key (pbx, leg)
);
create index call_leg_call on call_leg (call_id);
create index call_leg_open on call_leg (pbx) where ended_at is null;

create table call_fact (
    at timestamptz not null,                 -- Asterisk's time
    fingerprint uuid not null,               -- the same fact twice is one row
    received_at timestamptz not null,
    pbx text not null,
    call_id uuid,                            -- null when nothing in the fact says whose it is
    leg text,
    kind text not null,                      -- class name of the fact in callcenter.pbx.facts or callcenter.calls.facts
    source text not null,                    -- ami, cel, snapshot, agi, house
    body jsonb not null,
    primary key (at, fingerprint)
) partition by range (at);
create index call_fact_call on call_fact (call_id, at);
create table call_fact_default partition of call_fact default;

-- A month's partition, made before its time. Facts of that month that the default partition caught move into it.
create function ensure_call_fact_month(day date) returns boolean language plpgsql as $$
declare
    first timestamptz := (date_trunc('month', day::timestamp) at time zone 'UTC');
    next timestamptz := (date_trunc('month', day::timestamp) + interval '1 month') at time zone 'UTC';
    name text := 'call_fact_' || to_char(day, 'YYYY_MM');
begin
    perform pg_advisory_xact_lock(hashtext('call_fact'));
    if to_regclass(name) is not null then
        return false;
    end if;
    execute format('create table %I (like call_fact including defaults including constraints)', name);
    lock table call_fact_default in access exclusive mode;
    execute format(
        'with moved as (delete from call_fact_default where at >= %L and at < %L returning *) '
        'insert into %I select * from moved', first, next, name);
    execute format('alter table call_fact attach partition %I for values from (%L) to (%L)', name, first, next);
    return true;
end $$;

create table pbx_gap (
    id uuid primary key,
    pbx text not null,
    since timestamptz not null,
    until timestamptz not null,
    reason text not null,
    recovered_facts integer not null default 0,
    unique (pbx, since, until)
);
