-- Voice messages that callers leave, query codes of orders, and the versions of flows that callers heard.
create table voice_message (
    id uuid primary key,
    pbx text not null,
    source text not null,                    -- the file's name in Asterisk's monitor folder
    leg text not null,                       -- the caller's channel: call_leg leads to the call
    caller_number text not null default '',  -- a number's key, '' when withheld
    dialled text not null default '',
    queue text not null default '',
    flow text not null,
    node text not null,
    recorded_at timestamptz not null,
    seconds double precision not null,
    path text not null,                      -- below the media folder
    bytes bigint not null,
    sha256 text not null,
    state text not null default 'new',       -- new, handled
    handled_by uuid references app_user,
    handled_at timestamptz,
    note text not null default '',
    unique (pbx, source)
);
create index voice_message_newest on voice_message (recorded_at desc, id desc);
create index voice_message_new on voice_message (recorded_at desc, id desc) where state = 'new';
create index voice_message_path on voice_message (path);

-- A code is made when somebody who may see the order first asks for it, and is told to the citizen.
create table order_query_code (
    order_id uuid primary key references work_order,
    code text not null,                      -- six digits
    created_at timestamptz not null
);

-- Fruitless inquiries of the last day bound the guessing; rows older than that are removed as new ones come.
create table progress_miss (
    id uuid primary key,
    at timestamptz not null,
    caller_number text not null,             -- a number's key, '' when withheld
    order_number text not null               -- as pressed
);
create index progress_miss_caller on progress_miss (caller_number, at);
create index progress_miss_order on progress_miss (order_number, at);
create index progress_miss_at on progress_miss (at);

-- What callers heard: the steps of a call carry flow and version ('3-0a1b2c...'), this table its content.
create table flow_version (
    flow text not null,
    version text not null,
    content jsonb not null,
    first_used_at timestamptz not null,
    primary key (flow, version)
);
