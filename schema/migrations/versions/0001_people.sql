-- Org tree (XY-03), users, sessions, machine tokens, audit trail (B-29: who viewed what).
create table org (
    id uuid primary key,
    parent_id uuid references org,
    code text not null unique,
    path text not null unique,               -- materialised codes: '/chengwan/xilan/'
    level smallint not null check (level between 1 and 4), -- 1 city, 2 district, 3 street or town, 4 unit or village
    kind text not null,                      -- centre, unit, village, discipline ...
    name text not null,
    phone text
);
create index org_path_prefix on org (path text_pattern_ops);

create table app_user (
    id uuid primary key,
    username text not null unique,
    name text not null,
    org_id uuid not null references org,
    roles text[] not null,
    password_hash text not null,
    extension text unique,                   -- agents only: the SIP user and queue member name
    created_at timestamptz not null,
    disabled_at timestamptz
);

create table user_session (
    token_hash bytea primary key,
    user_id uuid not null references app_user,
    csrf text not null,
    created_at timestamptz not null,
    seen_at timestamptz not null,            -- last use, to the minute: idle sessions end
    expires_at timestamptz not null
);
create index user_session_expiry on user_session (expires_at);
create index user_session_user on user_session (user_id);

create table api_token (
    id uuid primary key,
    user_id uuid not null references app_user,
    name text not null,
    token_hash bytea not null unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);
create index api_token_user on api_token (user_id, created_at);

create table login_failure (
    name_hash bytea not null,                -- of what was typed: people type passwords into the wrong field
    at timestamptz not null
);
create index login_failure_recent on login_failure (name_hash, at);
create index login_failure_age on login_failure (at);

create table audit_log (
    id uuid primary key,
    at timestamptz not null,
    actor_id uuid references app_user,
    action text not null,
    subject_type text not null,
    subject_id text not null,
    detail jsonb not null default '{}'
);
create index audit_log_subject on audit_log (subject_type, subject_id, at desc, id desc);
