-- The gate for numbers dialled out: counters of its limits, and what it refused.
create table dial_count (
    counter text not null,                   -- actor-limit, number-limit, purpose-limit
    key text not null,                       -- purpose:user id, purpose:digest of the number, purpose:
    begins timestamptz not null,
    ends timestamptz not null,
    times integer not null,
    primary key (counter, key, begins)
);
create index dial_count_over on dial_count (ends);

create table dial_refusal (
    id uuid primary key,
    at timestamptz not null,
    source text not null,                    -- gate, seat (dialled by hand), trunk (a stranger's attempt)
    actor_id uuid references app_user,
    purpose text not null,
    reason text not null,
    masked text not null,                    -- the last four digits of what was wanted
    place text not null                      -- the extension or the trunk, '' at the gate
);
create index dial_refusal_recent on dial_refusal (at desc, id desc);
