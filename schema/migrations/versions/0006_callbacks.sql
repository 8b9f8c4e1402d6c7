-- Call-backs (回访). An attempt row is the durable claim that precedes the dial (D8).
create table callback (
    id uuid primary key,
    order_id uuid not null references work_order,
    round_no smallint not null default 1,
    number text not null,                    -- digits as dialled, '' when the order's number cannot be dialled
    status text not null,                    -- waiting, dialling, done, exhausted
    attempts smallint not null default 0,
    next_at timestamptz,                     -- null when nothing is left to do
    outcome text,                            -- of the whole, once finished
    resolved boolean,
    satisfied boolean,
    created_at timestamptz not null,
    finished_at timestamptz,
    told_at timestamptz,                     -- when the order was told the outcome
    unique (order_id, round_no)
);
create index callback_due on callback (next_at) where status = 'waiting';
create unique index callback_number_in_the_air on callback (number) where status = 'dialling';
create index callback_untold on callback (finished_at) where finished_at is not null and told_at is null;

create table callback_attempt (
    id uuid primary key,
    callback_id uuid not null references callback,
    no smallint not null,
    pbx text not null,
    status text not null,                    -- claimed, sent, settled
    outcome text,                            -- answered, no_survey, no_answer, busy, failed, unsent, unknown
    call_id uuid,                            -- no foreign key: the ledger may still be spooling the call
    answers jsonb not null default '{}',     -- survey node -> key pressed
    claimed_at timestamptz not null,
    sent_at timestamptz,
    answered_at timestamptz,
    settled_at timestamptz,
    swept_at timestamptz,                    -- when the PBX forgot the attempt
    unique (callback_id, no)
);
create index callback_attempt_open on callback_attempt (pbx) where settled_at is null;
create index callback_attempt_unswept on callback_attempt (pbx, settled_at) where settled_at is not null and swept_at is null;
