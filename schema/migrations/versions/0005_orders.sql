-- Work orders (工单): the row, its events, its clocks, its contacts. A row changes stage only together with an event row.
create sequence order_number;

create table work_order (
    id uuid primary key,
    number text not null unique,             -- yyyymmdd-nnnnnn, date in the city
    idempotency_key text,                    -- the client's: a double click makes one order
    stage text not null,                     -- requirements A3.2, lower case
    kind text not null default 'ordinary',   -- XY-24: ordinary, urgent, semi_urgent, snapshot, city_review
    request_type text not null,              -- B-22: inquiry, help, complaint, report, suggestion, praise
    urgency text not null default 'normal',
    channel text not null default 'phone',
    title text not null,
    content text not null,
    category text not null default '',
    address text not null default '',
    place text not null default '',          -- what orders.places makes of the address: near is equal
    happened_at timestamptz,                 -- B-26: when the matter happened, as far as told
    caller_name text not null default '',
    caller_number text not null default '',
    confidential boolean not null default false,
    call_id uuid references call,
    created_by uuid not null references app_user,
    owner_org_id uuid not null references org,   -- who holds it now
    owner_org_path text not null,
    intake_org_path text not null,               -- where it was taken: also sees it
    centre_org_id uuid not null references org,  -- the centre that dispatched it, and answers for it
    round_no smallint not null default 1,
    ruleset text,                                -- XY-01: kept from dispatch on
    ruleset_version integer,
    missed_contacts smallint not null default 0, -- fruitless attempts so far (XY-08)
    contacted_at timestamptz,
    reply text,
    solvability text,                            -- XY-04: solvable, coordinate, hard_now
    result_type text,                            -- XY-37: resolved, partly, explained, noted
    handled_by uuid references app_user,         -- who submitted last: may not review
    flagged boolean not null default false,      -- the citizen was not satisfied or not resolved (XY-11)
    flag_reason text,
    callback_exhausted boolean not null default false, -- A-20: every attempt made, a human decides
    resolved boolean,
    satisfied boolean,
    close_reason text,                           -- why it closed without the citizen's answer (XY-02)
    created_at timestamptz not null,
    dispatched_at timestamptz,
    accepted_at timestamptz,
    submitted_at timestamptz,
    closed_at timestamptz,
    version integer not null default 1,          -- raised by each move: optimistic locking
    events integer not null default 1,           -- event rows so far: the last one's seq
    unique (created_by, idempotency_key)
);
create index work_order_newest on work_order (created_at desc, id desc);
create index work_order_holder on work_order (owner_org_id, created_at desc, id desc);
create index work_order_holder_path on work_order (owner_org_path text_pattern_ops);
create index work_order_creator on work_order (created_by, created_at desc, id desc);
create index work_order_stage on work_order (stage, created_at desc, id desc) where closed_at is null;
create index work_order_caller on work_order (caller_number, created_at desc) where caller_number <> '';
create index work_order_open_place on work_order (place, created_at desc) where closed_at is null and place <> '';
create index work_order_open_category on work_order (category, created_at desc)
    where closed_at is null and category <> '';
create index work_order_call on work_order (call_id);

create table order_event (
    id uuid primary key,
    order_id uuid not null references work_order,
    seq integer not null,
    at timestamptz not null,
    actor_id uuid references app_user,           -- null: the machine
    move text not null,
    stage_before text,
    stage_after text not null,
    body jsonb not null default '{}',
    unique (order_id, seq)
);

create table order_timer (
    order_id uuid not null references work_order,
    name text not null,                      -- accept, contact, handle, callback ...
    round_no smallint not null default 1,
    owner_org_id uuid not null references org,
    ruleset text not null,
    ruleset_version integer not null,
    calendar text not null,
    start_event text not null,
    started_at timestamptz not null,
    due_at timestamptz not null,             -- the first instant that is late
    stopped_at timestamptz,
    breached_at timestamptz,
    primary key (order_id, name, round_no)
);
create index order_timer_due on order_timer (due_at) where stopped_at is null and breached_at is null;
create index order_timer_breached on order_timer (name) where stopped_at is null and breached_at is not null;

create table order_contact (
    id uuid primary key,
    order_id uuid not null references work_order,
    kind text not null,                      -- first_contact, further, direct_answer
    outcome text not null,                   -- reached, unreachable
    note text not null default '',
    at timestamptz not null,
    actor_id uuid not null references app_user,
    call_id uuid references call
);
create index order_contact_order on order_contact (order_id, at);

-- The digest of each rule set version at its first start: a changed file is refused (XY-01).
create table ruleset_seen (
    id text not null,
    version integer not null,
    sha256 text not null,
    first_seen_at timestamptz not null default now(),
    primary key (id, version)
);
