-- Oversight (督办、质控、问责): supervision, quality control, violations, cases, key list, meetings (requirements A2, A3.6).

-- What happened to orders and is still to be looked at. Filled in the transaction of the event, emptied in the transaction
-- that drew the conclusions: nothing is lost or counted twice, whenever the program is ended.
create table oversight_inbox (
    id bigint generated always as identity primary key,
    event_id uuid not null references order_event,
    order_id uuid not null references work_order,
    refused text not null default ''                             -- the code of the error that stopped it, '' while new
);
create function oversight_notes() returns trigger language plpgsql as $$
begin
    insert into oversight_inbox (event_id, order_id) values (new.id, new.order_id);
    return null;
end $$;
create trigger order_event_overseen after insert on order_event for each row
    when (new.move in ('timer_breached', 'dispatched', 'redispatched', 'signed', 'claimed', 'return_requested',
                       'return_granted', 'return_rejected', 'submitted', 'reviewed', 'warned', 'rehandled', 'closed',
                       'reopened', 'whistle_confirmed', 'sign_needed', 'flag_decided')
          or new.changes ?| array['category', 'category_code', 'duty_org_id', 'solvability', 'result_type'])
    execute function oversight_notes();

create table oversight_number (                                  -- 督〔2026〕1号: counted by kind and year
    kind text not null,
    year int not null,
    last int not null,
    primary key (kind, year)
);

create table order_supervision (
    id uuid primary key,
    order_id uuid not null references work_order,
    number text not null default '',                             -- given when it is opened
    mode text not null check (mode in ('urge', 'phone', 'written', 'joint_meeting', 'on_site', 'escalated')),
    state text not null check (state in ('proposed', 'open', 'replied', 'closed', 'dismissed')),
    trigger text not null,                                       -- by_hand, repeat_calls, aged, overdue, two_rounds ...
    basis text not null default '',
    source_key text unique,                                      -- a rule proposes once
    initiator_id uuid references app_user,                       -- null: proposed by rule, not yet confirmed
    initiator_org_id uuid references org,
    target_org_id uuid not null references org,
    requirement text not null default '',
    due_on date,
    due_at timestamptz,
    higher_org_id uuid references org,                           -- escalated: to whom
    leader_id uuid references app_user,
    meeting_id uuid,
    record text not null default '',                             -- phone note, site record
    dissatisfied_at timestamptz,                                 -- JC-29: the order's first dissatisfaction
    proposed_at timestamptz not null,
    opened_at timestamptz,
    reply text not null default '',
    replied_by uuid references app_user,
    replied_at timestamptz,
    verdict text check (verdict in ('fulfilled', 'poor')),
    result text not null default '',
    closed_by uuid references app_user,
    closed_at timestamptz,
    criticised_at timestamptz                                    -- B-18: an unanswered reminder was written up
);
create index order_supervision_order on order_supervision (order_id);
create index order_supervision_state on order_supervision (state, proposed_at desc, id desc);

create table oversight_meeting (
    id uuid primary key,
    kind text not null,                                          -- supervision, coordination, special, joint_meeting, on_site, office
    title text not null,
    convener_org_id uuid not null references org,
    called_by uuid not null references app_user,
    place text not null default '',
    held_at timestamptz not null,
    participants jsonb not null default '[]',                    -- [{body, name, external}]
    orders uuid[] not null default '{}',
    minutes text not null default ''
);
create table meeting_item (
    id uuid primary key,
    meeting_id uuid not null references oversight_meeting,
    order_id uuid references work_order,
    matter text not null,
    owner_org_id uuid not null references org,
    owner_body text not null default '',                         -- an external body that does it
    due_on date not null,
    report text not null default '',
    done_at timestamptz,
    done_by uuid references app_user
);
create index meeting_item_due on meeting_item (due_on);
create table bulletin_line (                                     -- XY-40: told once, done or not
    id uuid primary key,
    source text not null,
    source_id uuid not null,
    org_id uuid not null references org,
    due_on date not null,
    done_at timestamptz,
    at timestamptz not null,
    unique (source, source_id)
);

create table leader_instruction (
    id uuid primary key,
    order_id uuid references work_order,
    leader_id uuid not null references app_user,
    text text not null,
    at timestamptz not null,
    target_org_id uuid not null references org,
    requirement text not null,
    due_on date not null,
    feedback text not null default '',
    fed_back_by uuid references app_user,
    fed_back_at timestamptz
);
create index leader_instruction_order on leader_instruction (order_id);

create table qc_task (
    id uuid primary key,
    order_id uuid not null references work_order,
    hook text not null check (hook in ('before', 'during', 'after')),
    class text not null default '' check (class in ('', 'Q1', 'Q2', 'Q3')),
    origin text not null,                                        -- rule, sample, window, by_hand
    source_key text not null unique,
    checks jsonb not null default '[]',                          -- [{code, passed}] of the automatic rules
    diff jsonb not null default '{}',                            -- Q3: {column: [before, after]}
    hints jsonb not null default '[]',                           -- Q2: duty items and precedents against the return
    org_id uuid not null references org,                         -- whose work is looked at
    opened_at timestamptz not null,
    due_at timestamptz,
    state text not null default 'open' check (state in ('open', 'reviewed'))
);
create index qc_task_open on qc_task (state, opened_at desc, id desc);
create index qc_task_order on qc_task (order_id);
create table qc_review (
    id uuid primary key,
    task_id uuid not null references qc_task,
    order_id uuid not null references work_order,
    inspector_id uuid not null references app_user,
    focus text not null,
    indicator text not null,
    finding text not null,
    severity text not null check (severity in ('none', 'minor', 'serious')),
    action text not null default '',
    due_on date,
    verdict text not null check (verdict in ('passed', 'rectify', 'far_fetched', 'justified')),
    checklist jsonb not null default '{}',
    at timestamptz not null
);
create index qc_review_order on qc_review (order_id);

create table ruling (                                            -- 口径 (SJ-27)
    id uuid primary key,
    number text not null default '',
    question text not null,
    text text not null,
    category text not null default '',
    place text not null default '',
    duty_org_id uuid not null references org,
    order_id uuid references work_order,
    state text not null check (state in ('draft', 'approved', 'withdrawn')),
    drafted_by uuid not null references app_user,
    drafted_at timestamptz not null,
    approved_by uuid references app_user,
    effective_from date,
    article_id uuid
);
create index ruling_precedent on ruling (category, place) where state = 'approved';
create table ruling_party (
    ruling_id uuid not null references ruling,
    org_id uuid not null references org,
    agreed_by uuid references app_user,
    agreed_at timestamptz,
    primary key (ruling_id, org_id)
);

create table violation (
    id uuid primary key,
    order_id uuid not null references work_order,
    org_id uuid not null references org,
    flag text not null,
    source_key text not null unique,                             -- each breach, each flag: one row
    round_no smallint not null default 1,
    at timestamptz not null,                                     -- when it happened
    due_at timestamptz,
    state text not null check (state in ('proposed', 'confirmed', 'dismissed')),
    reason text not null default '',
    proposed_by uuid references app_user,                        -- null: rule or clock
    confirmed_by uuid references app_user,
    decided_at timestamptz,
    slot text not null default '',                               -- JC-04: who held which slot then
    person_id uuid references app_user,
    climbed smallint not null default 0,                         -- JC-05: levels told so far
    judged_at timestamptz                                        -- the sanction triggers have looked at it
);
create index violation_org on violation (org_id, flag, at);
create index violation_order on violation (order_id);
create index violation_unjudged on violation (at) where state = 'confirmed' and judged_at is null;
create index violation_listed on violation (state, at desc, id desc);

create table sanction_case (
    id uuid primary key,
    number text not null,
    kind text not null,
    state text not null,
    trigger text not null,                                       -- flag:action of the rule set, or by_hand
    org_id uuid references org,                                  -- null: a malicious caller
    slot text not null default '',
    person_id uuid references app_user,
    by_role text not null,
    reason_code text not null default '',
    reason text not null default '',
    order_id uuid references work_order,
    meeting_id uuid references oversight_meeting,
    supervision_id uuid references order_supervision,
    previous_id uuid references sanction_case,
    evidence jsonb not null default '[]',                        -- [{kind, id}]
    opened_by uuid references app_user,                          -- null: by rule
    opened_at timestamptz not null,
    due_at timestamptz,
    second_by uuid references app_user,
    second_at timestamptz,
    text text not null default '',                               -- the explanation, the record of the interview
    commitments text not null default '',
    replied_by uuid references app_user,
    replied_at timestamptz,
    outcome text check (outcome in ('done', 'poor')),
    opinion text not null default '',
    closed_by uuid references app_user,
    closed_at timestamptz,
    constraint two_persons check (second_by is null or opened_by is null or second_by <> opened_by)
);
create index sanction_case_listed on sanction_case (opened_at desc, id desc);
create index sanction_case_org on sanction_case (org_id);
create table case_violation (
    case_id uuid not null references sanction_case,
    violation_id uuid not null references violation,
    trigger text not null,
    primary key (case_id, violation_id),
    unique (violation_id, trigger)                               -- A-04: one violation counts once for one trigger
);

create table key_entry (
    id uuid primary key,
    week date not null,                                          -- its Monday
    list text not null check (list in ('dissatisfied', 'overdue', 'perfunctory')),
    order_id uuid not null references work_order,
    org_id uuid not null references org,
    state text not null check (state in ('proposed', 'listed', 'dismissed', 'removed')),
    proposed_at timestamptz not null,
    decided_by uuid references app_user,
    decided_at timestamptz,
    case_id uuid references sanction_case,
    removed_by uuid references app_user,
    removed_at timestamptz,
    removal text not null default '',
    unique (week, list, order_id)
);
create index key_entry_order on key_entry (order_id);
create table joint_candidate (                                   -- XY-38
    id uuid primary key,
    week date not null,
    kind text not null check (kind in ('concentrated', 'difficult')),
    category text not null,
    place text not null,
    orders uuid[] not null,
    org_id uuid not null references org,                         -- the centre whose deputy decides
    unique (week, kind, category, place, org_id)
);
create table oversight_week (
    week date primary key,
    made_at timestamptz not null
);
