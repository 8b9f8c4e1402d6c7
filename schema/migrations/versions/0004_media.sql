-- Recordings and transcripts.
create table recording (
    id uuid primary key,
    call_id uuid not null references call,
    pbx text not null,
    leg text not null,
    source text not null,                    -- what Asterisk was told: YYYYMMDD/<uniqueid>, under its monitor folder
    status text not null,                    -- recording, sealed, damaged (a voice is missing), empty, missing
    path text,                               -- relative to the media folder
    started_at timestamptz not null,
    sealed_at timestamptz,
    seconds double precision,
    bytes bigint,
    sha256 text,
    channels smallint,
    sample_rate integer,
    repaired boolean not null default false,
    fault text not null default '',          -- caller-missing, agent-unreadable, storage-full ...
    unique (pbx, source)
);
create index recording_call on recording (call_id, started_at);
create index recording_open on recording (pbx, started_at) where status = 'recording';
create index recording_open_leg on recording (pbx, leg) where status = 'recording';
create unique index recording_path on recording (path);
create index recording_source on recording (source);

create table transcript (
    id uuid primary key,
    recording_id uuid not null unique references recording,
    call_id uuid not null references call,
    status text not null,                    -- waiting, awaiting_model, running, ready, empty, failed
    model text,
    text text not null default '',
    error text,                              -- code of the failure, or why the model is awaited
    created_at timestamptz not null,
    finished_at timestamptz
);
create index transcript_call on transcript (call_id, created_at);
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
