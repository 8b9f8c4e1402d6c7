-- Call-backs (回访). An attempt row is the durable claim that precedes the dial (D8).
create table callback (
    id uuid primary key,
    order_id uuid not null references work_order,
    round_no smallint not null default 1,
    number text not null,
    status text not null,                    -- waiting, dialling, done, exhausted
    attempts smallint not null default 0,
    next_at timestamptz,                     -- null when nothing is left to do
    resolved boolean,
    satisfied boolean,
    created_at timestamptz not null,
    finished_at timestamptz,
    unique (order_id, round_no)
);
create index callback_due on callback (next_at) where status = 'waiting';

create table callback_attempt (
    id uuid primary key,
    callback_id uuid not null references callback,
    no smallint not null,
    pbx text not null,
    status text not null,                    -- claimed, sent, settled
    outcome text,                            -- answered, no_answer, busy, failed, refused, unknown
    call_id uuid references call,
    answers jsonb not null default '{}',
    claimed_at timestamptz not null,
    sent_at timestamptz,
    answered_at timestamptz,
    settled_at timestamptz,
    unique (callback_id, no)
);
create index callback_attempt_open on callback_attempt (pbx) where settled_at is null;
