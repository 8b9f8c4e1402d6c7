-- Queues and seats: skills with penalties, supervisors' orders, rosters, experts, told waits, kept places.
alter table agent_seat
    add column penalties jsonb not null default '{}', -- by queue; a queue that is not named has 0
    add column forced jsonb,                          -- a supervisor's order: presence, reason, by, at, pending
    add column rest text not null default 'ready',    -- the presence to go back to when a ring came to nothing
    add column rest_reason text not null default '';

create table shift (
    id uuid primary key,
    user_id uuid not null references app_user,
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    breaks jsonb not null default '[]',      -- [[from, until]] inside the shift
    note text not null default ''
);
create unique index shift_once on shift (user_id, starts_at);
create index shift_by_time on shift (ends_at, starts_at);

create table expert_slot (
    id uuid primary key,
    org text not null,
    person text not null,
    skill text not null,                     -- a queue's name
    target text not null,                    -- digits of a number, or seat/<extension>
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at)
);
create index expert_slot_by_time on expert_slot (ends_at, starts_at);

create table expert_consultation (
    id uuid primary key,
    slot_id uuid not null references expert_slot,
    call_id uuid,
    agent_id uuid not null references app_user,
    at timestamptz not null,
    title text not null,
    outcome text not null,
    state text not null,                     -- candidate, accepted, declined
    decided_by uuid references app_user,
    decided_at timestamptz,
    article_id uuid                          -- the article that was made of it
);
create index expert_consultation_state on expert_consultation (state, at desc, id desc);

create table told_wait (
    id uuid primary key,
    pbx text not null,
    leg text not null,                       -- Asterisk's Uniqueid of the waiting caller
    queue text not null,
    joined_at timestamptz not null,
    ahead integer not null,
    told interval,                           -- null: nothing was promised
    basis text not null,                     -- estimated, nobody_on_duty, beyond_reach
    waited interval,
    outcome text,                            -- answered, abandoned, left; null while waiting
    unique (pbx, leg, joined_at)
);
create index told_wait_by_time on told_wait (joined_at desc, queue);
create index told_wait_open on told_wait (pbx) where outcome is null;

create table kept_place (
    id uuid primary key,
    pbx text not null,
    queue text not null,
    number text not null,                    -- E.164, or as presented
    dialled text not null default '',        -- the hotline number of the call that took the offer
    call_id uuid,                            -- the call that took the offer
    joined_at timestamptz not null,          -- when the caller joined: the place that is kept
    kept_at timestamptz not null,
    state text not null,                     -- waiting, ringing, queued, served, cancelled, given_up
    attempts integer not null default 0,
    attempt uuid,                            -- the dialling in the air, or the last one
    next_at timestamptz not null,
    rang_at timestamptz,
    ended_at timestamptz,
    reason text not null default ''
);
create unique index kept_place_once on kept_place (number) where state in ('waiting', 'ringing', 'queued');
create index kept_place_open on kept_place (pbx, joined_at) where state in ('waiting', 'ringing', 'queued');
create index kept_place_attempt on kept_place (attempt) where attempt is not null;
create index kept_place_by_time on kept_place (kept_at desc, id desc);
