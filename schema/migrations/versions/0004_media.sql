-- Recordings and transcripts.
create table recording (
    id uuid primary key,
    call_id uuid not null references call,
    leg text not null,
    status text not null,                    -- recording, sealed, damaged, missing
    path text,                               -- relative to the media folder
    started_at timestamptz not null,
    sealed_at timestamptz,
    seconds double precision,
    bytes bigint,
    sha256 text,
    channels smallint,
    sample_rate integer,
    repaired boolean not null default false,
    unique (call_id, leg, started_at)
);
create index recording_call on recording (call_id);
create index recording_open on recording (started_at) where status = 'recording';

create table transcript (
    id uuid primary key,
    recording_id uuid not null unique references recording,
    call_id uuid not null references call,
    status text not null,                    -- waiting, awaiting_model, running, ready, empty, failed
    model text,
    text text not null default '',
    error text,
    created_at timestamptz not null,
    finished_at timestamptz
);
create index transcript_call on transcript (call_id);
create index transcript_waiting on transcript (created_at) where status in ('waiting', 'awaiting_model', 'running');

create table transcript_segment (
    transcript_id uuid not null references transcript on delete cascade,
    idx integer not null,
    party text not null,                     -- caller, agent
    start_ms integer not null,
    end_ms integer not null,
    text text not null,
    confidence real,
    primary key (transcript_id, idx)
);
