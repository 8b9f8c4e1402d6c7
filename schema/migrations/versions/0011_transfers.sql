-- Transfers (转接). The list of matters is kept as it was taken up: a version never changes (JC-14).
create table matter_list (
    version integer primary key,
    sha256 text not null,
    content jsonb not null,
    taken_up_at timestamptz not null
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a list of matters that was taken up is never changed' using errcode = 'restrict_violation';
end
$$;
create trigger matter_list_stands before update or delete on matter_list
    for each row execute function refuse_change();

-- One row for each press, from the asking to the end. A call's row can come later than this one (the ledger spools
-- while the database is away), so that call ids here are no foreign keys.
create table transfer_attempt (
    id uuid primary key,
    call_id uuid not null,
    pbx text not null,
    room text not null,                      -- Uniqueid of the citizen's leg
    actor_id uuid not null references app_user,
    extension text not null,                 -- whose call it is: there the caller comes back to
    place text not null,                     -- line, number, seat, queue
    target text not null,
    mode text not null,                      -- B-05: one_key, warm, three_way, order, guidance
    matter text not null default '',         -- '' when the target was chosen without one
    matter_version integer not null references matter_list (version),
    doubtful boolean not null,
    emergency boolean not null,
    drill boolean not null,
    keeper text not null,                    -- B-02: which side keeps the order
    fallback text not null default '',
    consult boolean not null,
    held boolean not null,
    order_id uuid,
    summary text not null default '',
    asked_at timestamptz not null,
    ringing_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    step text not null default '',           -- target, fallback, agent, queue: how far it came
    failure text not null default '',        -- why the target did not answer
    used_fallback boolean not null default false,
    outcome text,                            -- null while it is under way
    back_to_agent boolean generated always as (outcome = 'back_to_agent') stored,
    time_to_answer interval generated always as (answered_at - asked_at) stored,
    remote_case_no text not null default '',
    case_noted_at timestamptz
);
create index transfer_attempt_call on transfer_attempt (call_id, asked_at);
create index transfer_attempt_open on transfer_attempt (pbx) where ended_at is null;
create index transfer_attempt_target on transfer_attempt (target, asked_at desc);
