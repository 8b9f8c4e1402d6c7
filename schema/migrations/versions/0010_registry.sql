-- The hotline registry's memory (JC-07 ... JC-16): what its file said and when, merge checklists and closing tasks, test
-- calls and drills, cases that other platforms hand over, and calls that came from them.
create table registry_change (
    seq bigint generated always as identity primary key,
    id uuid not null unique,
    number text not null,
    at timestamptz not null,
    actor_id uuid references app_user,       -- null: taken up when the server started
    kind text not null,                      -- added, changed, removed
    fields text[] not null,                  -- what differs
    before jsonb,                            -- the entry, null when added
    after jsonb,                             -- null when removed
    sha256 text not null,                    -- of the file
    version integer not null                 -- as the file names itself
);
create index registry_change_newest on registry_change (at desc, id desc);
create index registry_change_number on registry_change (number, seq desc);

create table merge_check (
    number text not null,
    since date not null,                     -- first day of the notice: a number merged again begins anew
    item text not null,                      -- orders_migrated, knowledge_loaded, test_call_ok, service_level_kept
    done_at timestamptz not null,
    done_by uuid not null references app_user,
    note text not null default '',
    primary key (number, since, item)
);

create table closing_task (                  -- 销号
    id uuid primary key,
    number text not null,
    since date not null,
    opened_at timestamptz not null,
    opened_by uuid not null references app_user,
    closed_at timestamptz,
    closed_by uuid references app_user,
    note text not null default '',
    unique (number, since)
);

create table hotline_probe (
    id uuid primary key,
    number text not null,
    kind text not null,                      -- daily, manual, drill
    day date not null,                       -- in the city
    pbx text,                                -- which PBX rings; null until one has taken it
    status text not null,                    -- waiting, running, ok, failed, unknown
    reason text not null default '',         -- why it failed: a word of transfers.probe
    asked_by uuid references app_user,       -- null: the daily one
    asked_at timestamptz not null,
    began_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    call_id uuid                             -- no foreign key: the ledger may still be spooling the call
);
create unique index hotline_probe_daily on hotline_probe (number, day) where kind = 'daily';
create unique index hotline_probe_in_the_air on hotline_probe (number, kind) where status in ('waiting', 'running');
create index hotline_probe_newest on hotline_probe (asked_at desc, id desc);
create index hotline_probe_number on hotline_probe (number, asked_at desc, id desc);

create table link_case (
    id uuid primary key,
    link text not null,                      -- number of the registry: 110, 12366 ...
    external text not null,                  -- their case number
    summary text not null default '',
    caller_number text not null default '',  -- E.164 where possible, '' when withheld
    machine_id uuid not null references app_user,
    received_at timestamptz not null,
    expires_at timestamptz not null,         -- a call after this is no longer taken for the case's
    call_id uuid,
    matched_at timestamptz,
    matched_by uuid references app_user,     -- null: by the server
    unique (link, external)
);
create index link_case_waiting on link_case (expires_at) where call_id is null;
create index link_case_call on link_case (call_id) where call_id is not null;
create index link_case_newest on link_case (received_at desc, id desc);

create table link_arrival (                  -- a call that came from another platform
    call_id uuid primary key,
    link text not null,
    how text not null,                       -- entry (the number dialled), caller (the number presented), case, hand
    at timestamptz not null,
    earlier_call_id uuid                     -- the same caller's call before this one
);

create index call_by_dialled on call (dialled, started_at) where direction = 'inbound';
