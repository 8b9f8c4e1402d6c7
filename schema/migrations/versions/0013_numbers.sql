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
create index dial_refusal_tolls on dial_refusal (at) where source <> 'gate';

-- What is known of a caller. Numbers stand here as in the call ledger beside it (E.164): a digest of an eleven-digit
-- number is found again in minutes, and would only pretend to hide it. Lists and screens show them masked.
create table care_entry (
    id uuid primary key,
    number text not null check (number <> ''),
    category text not null,                  -- elderly, disabled, ... (numbers/care.py)
    note text not null default '',
    set_by uuid not null references app_user,
    set_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_by uuid references app_user,
    check (expires_at > set_at)
);
create unique index care_entry_standing on care_entry (number) where ended_at is null;
create index care_entry_recent on care_entry (set_at desc, id desc);

create table harassment_entry (
    id uuid primary key,
    number text not null check (number <> ''),
    policy text not null,                    -- notice, lower, refuse (numbers/harassment.py)
    reason text not null,
    evidence uuid[] not null,                -- calls of this number; no foreign key: ledgers are partitioned and purged
    state text not null,                     -- proposed, approved, rejected, ended
    proposed_by uuid not null references app_user,
    proposed_at timestamptz not null,
    lasts interval not null,
    decided_by uuid references app_user,
    decided_at timestamptz,
    opinion text not null default '',
    expires_at timestamptz,                  -- from the approval on
    ended_by uuid references app_user,
    ended_at timestamptz,
    reviewed_by uuid references app_user,
    reviewed_at timestamptz,
    finding text not null default '',        -- what the review after the expiry came to
    check (decided_by is null or decided_by <> proposed_by),
    check ((state = 'approved') <= (decided_by is not null and expires_at is not null)),
    check (cardinality(evidence) > 0)
);
create unique index harassment_entry_standing on harassment_entry (number) where state in ('proposed', 'approved')
    and ended_at is null and reviewed_at is null;
create index harassment_entry_recent on harassment_entry (proposed_at desc, id desc);

create table caller_language (
    number text primary key check (number <> ''),
    language text not null,
    set_at timestamptz not null,
    expires_at timestamptz not null
);

-- An agent's call out: the row is written before the Originate, and settled from the ledger's facts.
create table outbound_call (
    id uuid primary key,                     -- the channel's Uniqueid is hl-<id>
    purpose text not null,                   -- contact, missed, manual
    pbx text not null,
    actor_id uuid not null references app_user,
    extension text not null,
    call_id uuid not null,                   -- in the ledger; no foreign key: the ledger may still be spooling it
    order_id uuid references work_order,
    missed_id uuid,
    related_call_id uuid,
    placed_at timestamptz not null,
    outcome text,                            -- reached, too_short, no_answer, busy, failed, agent_absent, unsent, unknown
    talked interval,
    settled_at timestamptz,
    told text                                -- what the order made of it: 'ok' or an error's code; '' when there was nothing to tell
);
create index outbound_call_open on outbound_call (pbx) where settled_at is null;
create unique index outbound_call_one_at_a_time on outbound_call (actor_id) where settled_at is null;
create index outbound_call_untold on outbound_call (settled_at) where settled_at is not null and told is null;
create index outbound_call_of_order on outbound_call (order_id, placed_at desc) where order_id is not null;
create index outbound_call_recent on outbound_call (actor_id, placed_at desc, id desc);
