-- Seats: presence of agents and the cards offered to them. A call's row can come later than its facts (the ledger
-- spools while the database is away), so that call ids here are no foreign keys.
create table agent_seat (
    user_id uuid primary key references app_user,
    extension text not null unique,
    sip_secret text not null default '',     -- password of the seat's phone
    queues text[] not null default '{}',     -- queues that the agent's skills allow
    presence text not null default 'offline', -- offline, ready, paused, ringing, talking, after_call
    reason text not null default '',
    since timestamptz not null,
    call_id uuid,
    offer_id uuid,                           -- the card on the desk
    reachable boolean not null default true, -- the phone is registered
    version bigint not null default 0
);

create table agent_presence (
    id uuid primary key,
    user_id uuid not null references app_user,
    presence text not null,
    reason text not null default '',
    since timestamptz not null,
    until timestamptz
);
create index agent_presence_user on agent_presence (user_id, since desc);
create unique index agent_presence_open on agent_presence (user_id) where until is null;

create table call_offer (
    id uuid primary key,
    call_id uuid not null,
    user_id uuid not null references app_user,
    card jsonb not null,                     -- the screen-pop as shown
    offered_at timestamptz not null,
    answered_at timestamptz,
    ended_at timestamptz,
    outcome text                             -- answered, missed, abandoned, elsewhere
);
create index call_offer_user on call_offer (user_id, offered_at desc, id desc);
create index call_offer_call on call_offer (call_id);
create unique index call_offer_open on call_offer (call_id, user_id) where ended_at is null;

-- Whether a call is of the subtree of an org (XY-03): by the org of the agent who answered it last. A call that no
-- agent answered is the root's.
create function call_within(call_id uuid, extension text, org_path text) returns boolean stable language sql as $$
    select coalesce(
        (
            select starts_with(o.path, call_within.org_path)
            from call_offer f join app_user u on u.id = f.user_id join org o on o.id = u.org_id
            where f.call_id = call_within.call_id and f.answered_at is not null
            order by f.answered_at desc limit 1
        ),
        (
            select starts_with(o.path, call_within.org_path)
            from app_user u join org o on o.id = u.org_id
            where u.extension = call_within.extension
        ),
        exists (select from org o where o.path = call_within.org_path and o.parent_id is null)
    )
$$;
