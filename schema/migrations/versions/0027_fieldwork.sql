-- Field work before and beside orders (SG-21, SG-41), pictures of what is no order, what the public sees of attachments,
-- and how often the public may ask.

-- A patrol: its area and shift, and who walks it. Planned by a centre; what is found enters that centre's intake.
create table patrol (
    id uuid primary key,                     -- the client's: the same plan again is the same patrol
    area text not null,
    task text not null,                      -- what is looked for
    category text not null default '',
    begins_at timestamptz not null,
    ends_at timestamptz not null,
    centre_id uuid not null references org,
    org_path text not null,                  -- of the centre
    planned_by uuid not null references app_user,
    at timestamptz not null,
    ended_at timestamptz,
    ended_by uuid references app_user,
    summary text not null default '',
    cancelled_at timestamptz,
    cancelled_by uuid references app_user,
    cancel_reason text not null default '',
    check (ends_at > begins_at)
);
create index patrol_newest on patrol (begins_at desc, id desc);
create table patrol_member (
    patrol_id uuid not null references patrol,
    user_id uuid not null references app_user,
    primary key (patrol_id, user_id)
);
create index patrol_member_of on patrol_member (user_id);

create table patrol_check_in (
    id uuid primary key,                     -- the client's: sent again after a lost answer it is one
    patrol_id uuid not null references patrol,
    user_id uuid not null references app_user,
    at timestamptz not null,
    place text not null,
    latitude double precision,
    longitude double precision,
    note text not null default ''
);
create index patrol_check_in_of on patrol_check_in (patrol_id, at);

-- Written before its order: a process that ends in between leaves a finding that is sent again and completed.
create table patrol_finding (
    id uuid primary key,                     -- the client's
    patrol_id uuid not null references patrol,
    user_id uuid not null references app_user,
    at timestamptz not null,
    place text not null,
    latitude double precision,
    longitude double precision,
    content text not null,
    category text not null,
    order_id uuid references work_order
);
create index patrol_finding_of on patrol_finding (patrol_id, at);
create unique index patrol_finding_order on patrol_finding (order_id);

-- What the law's arm did about a finding; the newest row counts, the others are its history.
create table patrol_enforcement (
    id uuid primary key,
    finding_id uuid not null references patrol_finding,
    result text not null,                    -- none, persuaded, corrected, ordered, fined, referred
    note text not null,
    at timestamptz not null,
    by_user uuid not null references app_user
);
create index patrol_enforcement_of on patrol_enforcement (finding_id, at desc, id desc);

-- 座谈会、现场协商、公益活动 about a topic: a category, a matter, or both.
create table activity (
    id uuid primary key,                     -- the client's
    kind text not null,                      -- forum, negotiation, welfare
    title text not null,
    held_on date not null,
    place text not null,
    participants integer not null check (participants >= 0),
    who text not null default '',            -- which bodies and groups took part; no citizen's name
    outcome text not null default '',
    category text not null default '',
    matter_id uuid references matter,
    org_id uuid not null references org,
    org_path text not null,
    noted_by uuid not null references app_user,
    at timestamptz not null,
    outcome_at timestamptz,
    outcome_by uuid references app_user,
    check (category <> '' or matter_id is not null)
);
create index activity_newest on activity (held_on desc, id desc);
create index activity_category on activity (category, held_on desc) where category <> '';
create index activity_matter on activity (matter_id) where matter_id is not null;

-- Pictures of records that are no orders; the files lie beside the attachments, under their sha256.
create table record_picture (
    id uuid primary key,
    subject text not null,                   -- activity
    subject_id uuid not null,
    name text not null,
    media_type text not null,
    bytes bigint not null,
    sha256 text not null,
    uploaded_by uuid not null references app_user,
    at timestamptz not null,
    unique (subject, subject_id, sha256)
);
create index record_picture_content on record_picture (sha256);

-- Attachments that everybody may see (Open311 media_url), and what the virus scanner said of them.
alter table order_file
    add column published_at timestamptz,
    add column published_by uuid references app_user,
    add column scan text not null default 'none';   -- none (no scanner), clean, waiting (it was away), infected
create index order_file_waiting on order_file (at) where scan = 'waiting';

-- How often the public asks, for all processes: `due` is when the asker's last request is paid off. A row in the past
-- says nothing and is taken away by the next asker. Nothing is lost with it: no log of it is needed.
create unlogged table public_allowance (
    asker bytea primary key,                 -- keyed hash
    due timestamptz not null
);
create index public_allowance_due on public_allowance (due);
