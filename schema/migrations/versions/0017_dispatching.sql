-- Dispatch: the responsibility list, dispatches, tasks of co-handlers, claims, returns, signed dispatch.

-- One version of one matter of the 责任清单 (SG-06). It counts once every named org has agreed.
create table duty_item (
    id uuid primary key,
    code text not null,
    version integer not null,
    centre_org_id uuid not null references org,   -- whose list it is: it serves that centre's whole area
    title text not null,
    category text not null default '',
    keywords text[] not null default '{}',
    areas text[] not null default '{}',           -- words of an address or grid codes; empty: the whole area
    lead_org_id uuid not null references org,
    co_org_ids uuid[] not null default '{}',
    basis text not null,                          -- law, 三定, 权责清单 (B-06)
    exceptions text not null default '',
    level text not null default 'normal',         -- default SLA level: normal, semi_urgent, urgent
    functional boolean not null default true,     -- a functional department's matter: not for the grassroots (B-06)
    valid_from date not null,
    valid_to date,                                -- last day; null: open
    proposed_by uuid not null references app_user,
    proposed_at timestamptz not null,
    agreed_at timestamptz,                        -- when the last named org agreed
    refused_at timestamptz,
    retired_at timestamptz,
    unique (centre_org_id, code, version)
);
create index duty_item_counting on duty_item (centre_org_id, code, version desc)
    where agreed_at is not null and retired_at is null;

create table duty_approval (
    item_id uuid not null references duty_item,
    org_id uuid not null references org,
    agreed boolean not null,
    note text not null default '',
    decided_by uuid not null references app_user,
    at timestamptz not null,
    primary key (item_id, org_id)
);

-- 清单外: what no item of the list covered when it was dispatched; the list is improved from here.
create table duty_gap (
    id uuid primary key,
    order_id uuid not null references work_order,
    centre_org_id uuid not null references org,
    reason text not null,
    noted_by uuid not null references app_user,
    at timestamptz not null,
    settled_at timestamptz,
    settled_by uuid references app_user,
    outcome text,                                 -- listed, dismissed
    note text not null default ''
);
create index duty_gap_open on duty_gap (centre_org_id, at desc, id desc) where settled_at is null;

-- GH-05: who answers for a matter, and who stands in.
create table duty_contact (
    id uuid primary key,
    org_id uuid not null references org,
    matter text not null,
    keywords text[] not null default '{}',
    contact text not null,                        -- a member of staff, never a citizen
    backup text not null default '',
    phone text not null,
    hours text not null,
    updated_by uuid not null references app_user,
    updated_at timestamptz not null
);
create index duty_contact_order on duty_contact (matter, id);

-- XY-06: each hop, and each co-handler of it.
create table order_dispatch (
    id uuid primary key,
    order_id uuid not null references work_order,
    seq integer not null,                         -- of the event that made it
    kind text not null,                           -- assigned, ordinary, redispatch, signed, claimed
    role text not null,                           -- lead, co
    from_org_id uuid not null references org,
    to_org_id uuid not null references org,
    dispatched_by uuid references app_user,
    at timestamptz not null,
    reason text not null,
    item_id uuid references duty_item,            -- null: outside the list
    grassroots_reason text not null default '',   -- B-06
    suggested_org_id uuid references org,         -- the first of the suggestions at that moment
    rank smallint,                                -- place of the chosen one among them; null: it was not suggested
    dues jsonb not null default '{}',             -- timer -> due time, as computed at that moment
    unique (order_id, seq, to_org_id)
);
create index order_dispatch_at on order_dispatch (at);

-- XY-34: the stations of joint duty and their areas.
create table station_area (
    org_id uuid primary key references org,
    roads text[] not null default '{}',
    grid_codes text[] not null default '{}',
    updated_by uuid not null references app_user,
    updated_at timestamptz not null
);

-- 吹哨 (GH-12).
create table whistle (
    id uuid primary key,
    order_id uuid not null references work_order,
    org_id uuid not null references org,          -- the initiator
    matter text not null,
    place text not null,
    urgency text not null,
    blown_by uuid not null references app_user,
    blown_at timestamptz not null,
    report_due_at timestamptz not null,
    confirmed_at timestamptz,
    confirmed_by uuid references app_user
);
create index whistle_order on whistle (order_id);

-- SJ-02: a coordination of many bodies, of whom some are outside the house.
create table order_meeting (
    id uuid primary key,
    order_id uuid not null references work_order,
    held_at timestamptz not null,
    place text not null,
    participants jsonb not null,                  -- [{"org_id": ... or null, "body": ...}]
    minutes text not null,
    decisions text not null,
    noted_by uuid not null references app_user,
    at timestamptz not null
);
create index order_meeting_order on order_meeting (order_id);

-- A piece of an order that another body does: 1+N (SG-25), whistle, joint handling, letter (SJ-09), station (XY-35).
create table co_task (
    id uuid primary key,
    order_id uuid not null references work_order,
    kind text not null,                           -- co, whistle, joint, letter, station, meeting
    org_id uuid references org,                   -- null: a body without log-in
    body text not null default '',
    task text not null,
    asked_by uuid not null references app_user,
    asked_org_id uuid not null references org,
    asked_at timestamptz not null,
    accept_due_at timestamptz,
    due_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid references app_user,
    attended_at timestamptz,
    latitude double precision,
    longitude double precision,
    opinion text not null default '',
    result text not null default '',
    done_at timestamptz,
    done_by uuid references app_user,
    late_at timestamptz,                          -- its own due passed: this body's lateness, not the lead's
    absent_at timestamptz,                        -- did not report in time (GH-12)
    rating smallint,
    cancelled_at timestamptz,
    whistle_id uuid references whistle,
    meeting_id uuid references order_meeting,
    check (org_id is not null or body <> '')
);
create index co_task_order on co_task (order_id);
create index co_task_org on co_task (org_id, asked_at desc, id desc);
create index co_task_due on co_task (due_at) where done_at is null and late_at is null and cancelled_at is null;
create index co_task_accept on co_task (accept_due_at)
    where accepted_at is null and absent_at is null and cancelled_at is null;

-- XY-55: a unit offers itself.
create table order_claim (
    id uuid primary key,
    order_id uuid not null references work_order,
    org_id uuid not null references org,
    reason text not null,
    offered_by uuid not null references app_user,
    at timestamptz not null,
    decided_at timestamptz,
    decided_by uuid references app_user,
    accepted boolean,
    note text not null default ''
);
create unique index order_claim_open on order_claim (order_id, org_id) where decided_at is null;

-- 申报疑难 (XY-16).
create table order_difficulty (
    id uuid primary key,
    order_id uuid not null references work_order,
    org_id uuid not null references org,
    reason text not null,
    applied_by uuid not null references app_user,
    at timestamptz not null,
    decided_at timestamptz,
    decided_by uuid references app_user,
    granted boolean,
    opinion text not null default ''
);
create unique index order_difficulty_open on order_difficulty (order_id) where decided_at is null;

-- 退单申请表 (XY-17 ... XY-21, XY-51).
create table return_form (
    id uuid primary key,
    order_id uuid not null references work_order,
    org_id uuid not null references org,
    reason_code text not null,
    reason_text text not null,
    basis text not null,
    suggested_org_id uuid not null references org,
    check (suggested_org_id <> org_id),
    drafted_by uuid not null references app_user,
    drafted_at timestamptz not null,
    dispatched_at timestamptz not null,           -- what the window counts from
    window_due_at timestamptz not null,
    signed_by uuid references app_user,
    signed_at timestamptz,
    delegation_id uuid,
    digest text,
    decision text,                                -- granted, rejected
    opinion text not null default '',
    decided_by uuid references app_user,
    decided_at timestamptz,
    withdrawn_at timestamptz
);
create unique index return_form_open on return_form (order_id) where decided_at is null and withdrawn_at is null;
create index return_form_order on return_form (order_id);
create index return_form_signed on return_form (signed_at) where signed_at is not null;

-- XY-20, XY-46: who came too late.
create table return_late (
    id uuid primary key,
    order_id uuid not null references work_order,
    org_id uuid not null references org,
    tried_by uuid not null references app_user,
    at timestamptz not null,
    window_due_at timestamptz not null
);
create index return_late_order on return_late (order_id);

-- XY-19: who may sign in a head's place, on whose word and until when.
create table head_delegation (
    id uuid primary key,
    org_id uuid not null references org,
    head_user uuid not null references app_user,
    deputy_user uuid not null references app_user,
    reason text not null,
    from_at timestamptz not null,
    until_at timestamptz not null,
    check (from_at < until_at and head_user <> deputy_user),
    recorded_at timestamptz not null
);
create index head_delegation_deputy on head_delegation (deputy_user, until_at);
alter table return_form add foreign key (delegation_id) references head_delegation;

-- 签派批办单 (XY-22, XY-23): opinion, then approval.
create table sign_form (
    id uuid primary key,
    order_id uuid not null references work_order,
    centre_org_id uuid not null references org,
    cause text not null,                          -- returned, no_main_unit, passing_buck
    cause_text text not null default '',
    opened_at timestamptz not null,
    opened_by uuid references app_user,
    opinion text,
    lead_org_id uuid references org,
    co_org_ids uuid[] not null default '{}',
    due_at timestamptz,
    proposed_by uuid references app_user,
    proposed_at timestamptz,
    decision text,                                -- approved, modified; a rejection is kept in `refusals`
    instruction text not null default '',
    decided_by uuid references app_user,
    decided_at timestamptz,
    digest text,
    refusals jsonb not null default '[]',         -- [{"at", "by", "opinion", "lead_org_id", "instruction"}]
    ended_at timestamptz                          -- a claim made it needless
);
create unique index sign_form_open on sign_form (order_id) where decided_at is null and ended_at is null;
create index sign_form_order on sign_form (order_id);

-- SJ-24, Q1: departments disagree on who is in charge. Oversight rules on it.
create table dispatch_dispute (
    id uuid primary key,
    order_id uuid not null references work_order,
    cause text not null,                          -- counter_return, units_refuse, no_main_unit, passing_buck
    org_ids uuid[] not null,
    block_reason text,
    opened_at timestamptz not null,
    settled_at timestamptz
);
create unique index dispatch_dispute_open on dispatch_dispute (order_id) where settled_at is null;
