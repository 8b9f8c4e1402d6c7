-- The call ledger: append-only facts, and the call and leg rows projected from them.
create table call (
    id uuid primary key,
    pbx text not null,
    linked text not null,                    -- Asterisk's Linkedid when the call began
    direction text not null,                 -- inbound, outbound
    purpose text not null default 'citizen', -- citizen, callback, contact, test ...
    caller_number text not null default '',  -- E.164 where possible, else as presented, '' when withheld
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
    related_call_id uuid references call,
    unique (pbx, linked)
);
create index call_open on call (pbx) where ended_at is null;
create index call_by_caller on call (caller_number, started_at desc) where caller_number <> '';
create index call_by_time on call (started_at desc);

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
    id uuid not null,
    at timestamptz not null,                 -- Asterisk's time
    received_at timestamptz not null,
    pbx text not null,
    call_id uuid not null,
    leg text,
    kind text not null,                      -- class name of the fact in callcenter.pbx.facts, or flow step
    source text not null,                    -- ami, cel, snapshot, agi
    fingerprint bytea not null,              -- the same fact twice is one row
    body jsonb not null,
    primary key (at, id),
    unique (at, fingerprint)
) partition by range (at);
create index call_fact_call on call_fact (call_id, at);
create table call_fact_default partition of call_fact default;

create table pbx_gap (
    id uuid primary key,
    pbx text not null,
    since timestamptz not null,
    until timestamptz not null,
    reason text not null,
    recovered_facts integer not null default 0
);
create index pbx_gap_time on pbx_gap (pbx, since);
