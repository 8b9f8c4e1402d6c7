-- Handling and call-back (requirements A2: HANDLE, CONTACT, FIELD, COLLAB, LEDGER, CALLBACK, WARN, REHANDLE, EXCLUDE).

-- The contact log (SJ-11): with whom, which way, by what, how long. No name of a citizen stands in it.
alter table order_contact
    add column direction text not null default 'out',        -- out, in
    add column counterpart text not null default 'citizen',  -- citizen, department, enterprise
    add column counterpart_name text not null default '',    -- of a department or an enterprise
    add column channel text not null default 'phone',        -- phone, visit, message, video, letter
    add column purpose text not null default '',             -- progress, result, explain, interim, coordinate; '' as it was
    add column duration_s integer check (duration_s >= 0),
    add column recording_id uuid references recording,
    add column round_no smallint not null default 1;

-- What is written once and never changes: visits, joint visits, mediation, coordination, plans, exemptions, hand-overs.
create table handling_record (
    id uuid primary key,
    order_id uuid not null references work_order,
    round_no smallint not null,
    kind text not null,                      -- handling.papers.Paper
    at timestamptz not null,
    actor_id uuid not null references app_user,
    body jsonb not null
);
create index handling_record_order on handling_record (order_id, at);

create table handling_round (                -- XY-13: every round after the first; rounds are kept
    order_id uuid not null references work_order,
    round_no smallint not null,
    reason text not null,
    started_at timestamptz not null,
    head_user uuid references app_user,      -- XY-14
    confirmed_at timestamptz,                -- the head's own confirmation
    primary key (order_id, round_no)
);

create table sub_task (                      -- SG-02
    id uuid primary key,
    order_id uuid not null references work_order,
    place smallint not null,                 -- first things first
    aim text not null,                       -- mitigate, root_cause, other
    title text not null,
    org_id uuid not null references org,     -- who does it
    due_at timestamptz,
    state text not null default 'open',      -- open, done, waived
    note text not null default '',           -- what was done, or why it is waived
    evidence uuid[] not null default '{}',   -- order_file ids
    settled_by uuid references app_user,
    settled_at timestamptz,
    created_by uuid not null references app_user,
    created_at timestamptz not null,
    unique (order_id, place)
);

create table solution_option (               -- SJ-12
    id uuid primary key,
    order_id uuid not null references work_order,
    proposal text not null,
    proposer text not null,                  -- a body, not a person
    feasible boolean,                        -- null: not judged yet
    verdict_reason text not null default '',
    chosen boolean not null default false,
    created_by uuid not null references app_user,
    created_at timestamptz not null,
    judged_at timestamptz
);
create index solution_option_order on solution_option (order_id, created_at);

create table ledger_milestone (              -- XY-04, SJ-04
    id uuid primary key,
    order_id uuid not null references work_order,
    title text not null,
    due_on date not null,                    -- the last day that is in time
    done_at timestamptz,
    done_by uuid references app_user,
    evidence uuid[] not null default '{}',
    reminded_at timestamptz,
    created_by uuid not null references app_user,
    created_at timestamptz not null
);
create index ledger_milestone_order on ledger_milestone (order_id, due_on);
create index ledger_milestone_due on ledger_milestone (due_on) where done_at is null and reminded_at is null;

create table interim_contact (               -- GH-13: while an order is in the ledger
    order_id uuid primary key references work_order,
    due_at timestamptz not null,
    reminded_at timestamptz
);
create index interim_contact_due on interim_contact (due_at) where reminded_at is null;

create table presumption_departure (         -- GH-21, JC-20: away from a default, by two persons
    id uuid primary key,
    order_id uuid not null references work_order,
    org_id uuid not null references org,     -- whose departure it is, for the rate of overturns
    matter text not null,                    -- reasonableness, solvability, fault, responsibility
    value text not null,
    reason text not null,
    evidence text not null,                  -- policy basis, or what proves it
    files uuid[] not null default '{}',
    proposed_by uuid not null references app_user,
    proposed_at timestamptz not null,
    decided_by uuid references app_user,
    decided_at timestamptz,
    upheld boolean,
    opinion text not null default '',
    check (decided_by is distinct from proposed_by)
);
create index presumption_departure_order on presumption_departure (order_id, proposed_at);
create unique index presumption_departure_open on presumption_departure (order_id, matter) where decided_at is null;

create table exclusion_request (             -- XY-27, A-09: not counted in the citizens' evaluation
    id uuid primary key,
    order_id uuid not null references work_order,
    org_id uuid not null references org,     -- the unit that asked
    state text not null,                     -- proposed, confirmed, granted, signed, rejected
    reason_code text not null,
    reason text not null,
    files uuid[] not null default '{}',
    proposed_by uuid not null references app_user,
    proposed_at timestamptz not null,
    confirmed_by uuid references app_user,
    confirmed_at timestamptz,
    superior_ref text not null default '',   -- the superior's own number of its review
    superior_by uuid references app_user,
    superior_at timestamptz,
    signed_by uuid references app_user,
    signed_at timestamptz,
    digest text,                             -- SHA-256 of what was signed
    rejected_why text not null default ''
);
create unique index exclusion_request_one on exclusion_request (order_id) where state <> 'rejected';
create index exclusion_request_state on exclusion_request (state, proposed_at desc, id desc);

create table order_warning (                 -- XY-11, XY-12, XY-33: one for each round that ended in dissatisfaction
    order_id uuid not null references work_order,
    round_no smallint not null,
    org_id uuid not null references org,     -- the unit that is warned
    at timestamptz not null,
    outcome text not null,                   -- rehandled, escalated, decided_by_leader
    primary key (order_id, round_no)
);
create index order_warning_org on order_warning (org_id, at desc);

create table callback_record (               -- XY-10, SJ-06, JC-26: what a person heard, or why nobody was heard
    id uuid primary key,
    order_id uuid not null references work_order,
    round_no smallint not null,
    tier smallint not null,                  -- level of the org that rang: 3 street, 2 district, 1 city
    reached text not null,                   -- reached, unreached, refused, exempt
    resolved boolean,
    satisfied text,                          -- satisfied, basic, dissatisfied
    first_contacted boolean,                 -- did the unit contact you first
    told boolean,                            -- did anybody tell you the result (JC-25)
    attitude smallint check (attitude between 1 and 5),
    timeliness smallint check (timeliness between 1 and 5),
    service smallint check (service between 1 and 5),
    measures smallint check (measures between 1 and 5),
    tendency boolean not null default false, -- XY-11: ticked by the person who rang
    praise boolean not null default false,   -- SG-23
    emotion text not null default 'calm',    -- SG-28
    reason text not null default '',         -- of dissatisfaction, refusal or exemption
    comment text not null default '',
    call_id uuid references call,
    recording_id uuid references recording,
    by_user uuid not null references app_user,
    at timestamptz not null,
    corrects uuid references callback_record,
    check (corrects is null or recording_id is not null)     -- XY-54
);
create index callback_record_order on callback_record (order_id, at);
create unique index callback_record_corrected on callback_record (corrects) where corrects is not null;

-- SG-09: kinds of articles; a reply template has slots in 【】 that must be filled.
alter table knowledge_article
    add column kind text not null default 'article',         -- article, regulation, policy, faq, reply_template
    add column source_no text not null default '',
    add column effective_on date,
    add column expires_on date,
    add column area text not null default '',
    add column owner_org_id uuid references org,
    add column review_months smallint check (review_months between 1 and 60),
    add column used integer not null default 0;
create index knowledge_article_kind on knowledge_article (kind, updated_at desc, id desc) where retired_at is null;
