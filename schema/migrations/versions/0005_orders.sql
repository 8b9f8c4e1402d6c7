-- Work orders (工单): the row, its events, its clocks, its contacts. A row changes stage only together with an event row.
create sequence order_number;

create table work_order (
    id uuid primary key,
    number text not null unique,             -- yyyymmdd-nnnnnn, Beijing date
    stage text not null,                     -- requirements A3.2, lower case
    kind text not null default 'ordinary',   -- XY-24: ordinary, urgent, semi_urgent, snapshot, city_review
    request_type text not null,              -- B-22: inquiry, help, complaint, report, suggestion, praise
    urgency text not null default 'normal',
    channel text not null default 'phone',
    title text not null,
    content text not null,
    category text not null default '',
    address text not null default '',
    caller_name text not null default '',
    caller_number text not null default '',
    confidential boolean not null default false,
    call_id uuid references call,
    created_by uuid not null references app_user,
    owner_org_id uuid not null references org,   -- who holds it now
    owner_org_path text not null,
    intake_org_path text not null,               -- where it was taken: also sees it
    round_no smallint not null default 1,
    ruleset text,                                -- XY-01: kept from dispatch on
    flagged boolean not null default false,      -- the citizen was not satisfied or not resolved (XY-11)
    resolved boolean,
    satisfied boolean,
    created_at timestamptz not null,
    dispatched_at timestamptz,
    closed_at timestamptz,
    version integer not null default 1
);
create index work_order_owner on work_order (owner_org_path text_pattern_ops, created_at desc, id desc);
create index work_order_intake on work_order (intake_org_path text_pattern_ops, created_at desc, id desc);
create index work_order_creator on work_order (created_by, created_at desc, id desc);
create index work_order_open_caller on work_order (caller_number) where closed_at is null and caller_number <> '';
create index work_order_call on work_order (call_id);

create table order_event (
    id uuid primary key,
    order_id uuid not null references work_order,
    seq integer not null,
    at timestamptz not null,
    actor_id uuid references app_user,
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
    calendar text not null,
    start_event text not null,
    started_at timestamptz not null,
    due_at timestamptz not null,
    stopped_at timestamptz,
    breached_at timestamptz,
    primary key (order_id, name, round_no)
);
create index order_timer_due on order_timer (due_at) where stopped_at is null and breached_at is null;

create table order_contact (
    id uuid primary key,
    order_id uuid not null references work_order,
    kind text not null,                      -- first_contact, explanation ...
    outcome text not null,                   -- reached, unreachable
    note text not null default '',
    at timestamptz not null,
    actor_id uuid not null references app_user,
    call_id uuid references call
);
create index order_contact_order on order_contact (order_id, at);
