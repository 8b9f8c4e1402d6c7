-- Intrusions of supervisors into calls: who, whose call, why, and in which mode from when to when. Written before the
-- supervisor's telephone rings, so that none is without a row.
create table supervision_session (
    id uuid primary key,                     -- the supervisor's leg is hl-<id>
    supervisor_id uuid not null references app_user,
    agent_id uuid not null references app_user, -- whose leg is listened to
    spied text not null,                     -- that agent's extension
    call_id uuid not null,                   -- no foreign key: the ledger may still be spooling the call
    pbx text not null,
    extension text not null,                 -- the supervisor's telephone
    asked_mode text not null,                -- listen, whisper, barge, take_over: what it began as
    reason text not null,
    asked_at timestamptz not null,
    answered_at timestamptz,
    ended_at timestamptz,
    outcome text                             -- done, unanswered, refused; null while open
);
create unique index supervision_session_open on supervision_session (supervisor_id) where ended_at is null;
create index supervision_session_open_agent on supervision_session (agent_id) where ended_at is null;
create index supervision_session_time on supervision_session (asked_at desc, id desc);

create table supervision_mode (
    session_id uuid not null references supervision_session,
    mode text not null,
    since timestamptz not null,              -- by Asterisk's clock
    until timestamptz,
    told boolean not null,                   -- the agent's desk showed it
    primary key (session_id, since)
);
create unique index supervision_mode_open on supervision_mode (session_id) where until is null;
