-- Notices to people of the house (XY-12) and webhooks to other machines. No row holds a citizen's name, number or words.
create table outbox_notice (
    id uuid primary key,
    at timestamptz not null,
    kind text not null,                      -- outbox.words
    org_id uuid references org,              -- to the people of this org who hold one of `roles` (all when empty)
    roles text[] not null default '{}',
    user_id uuid references app_user,        -- or to one person
    order_id uuid references work_order,
    words jsonb not null default '{}',       -- what the kind's text has slots for
    must_read boolean not null,
    rung_at timestamptz,                     -- unread too long: the centre was asked to telephone
    check (org_id is not null or user_id is not null)
);
create index outbox_notice_org on outbox_notice (org_id, at desc, id desc) where org_id is not null;
create index outbox_notice_user on outbox_notice (user_id, at desc, id desc) where user_id is not null;
create index outbox_notice_order on outbox_notice (order_id) where order_id is not null;
create index outbox_notice_unread on outbox_notice (at) where must_read and rung_at is null;

create table notice_read (
    notice_id uuid not null references outbox_notice,
    user_id uuid not null references app_user,
    at timestamptz not null,
    primary key (notice_id, user_id)
);

-- One way out to the outside, at least once.
create table notice_delivery (
    notice_id uuid not null references outbox_notice,
    adapter text not null,                   -- wecom, sms
    state text not null default 'pending',   -- pending, sent, failed
    attempts smallint not null default 0,
    tried_at timestamptz,
    cause text not null default '',
    primary key (notice_id, adapter)
);
create index notice_delivery_pending on notice_delivery (notice_id) where state = 'pending';

create table webhook (
    id uuid primary key,
    org_id uuid not null references org,
    org_path text not null,                  -- only orders of this subtree
    name text not null,
    url text not null,
    secret text not null,                    -- sealed
    moves text[] not null default '{}',      -- empty: every move
    channel text,                            -- only orders of this channel: status back to where it came from (JC-15)
    created_by uuid not null references app_user,
    created_at timestamptz not null,
    disabled_at timestamptz
);

create table webhook_delivery (
    id uuid primary key,
    webhook_id uuid not null references webhook,
    event_id uuid not null references order_event,
    order_id uuid not null,
    state text not null default 'pending',   -- pending, sent, failed
    attempts smallint not null default 0,
    status smallint,                         -- HTTP status of the last try
    cause text not null default '',
    at timestamptz not null,
    tried_at timestamptz,
    unique (webhook_id, event_id)
);
create index webhook_delivery_pending on webhook_delivery (at) where state = 'pending';
create index webhook_delivery_newest on webhook_delivery (webhook_id, at desc, id desc);

-- In the transaction of the move, so that none is lost; costs nothing while there is no webhook.
create function queue_webhooks() returns trigger language plpgsql as $$
begin
    if exists (select from webhook where disabled_at is null) then
        insert into webhook_delivery (id, webhook_id, event_id, order_id, at)
        select gen_random_uuid(), h.id, e.id, e.order_id, e.at
        from fresh e
        join work_order w on w.id = e.order_id
        join webhook h on h.disabled_at is null
            and (h.moves = '{}' or e.move = any(h.moves))
            and (h.channel is null or h.channel = w.channel)
            and (starts_with(w.owner_org_path, h.org_path) or starts_with(w.intake_org_path, h.org_path));
    end if;
    return null;
end $$;
create trigger order_event_webhooks after insert on order_event
    referencing new table as fresh for each statement execute function queue_webhooks();
