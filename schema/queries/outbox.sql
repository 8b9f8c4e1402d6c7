-- Notices and webhooks.

-- name: insert_notices(notices)!
insert into outbox_notice (id, at, kind, org_id, roles, user_id, order_id, words, must_read)
select n.id, n.at, n.kind, n.org_id, n.roles, n.user_id, n.order_id, n.words, n.must_read
from jsonb_to_recordset(:notices)
    as n (id uuid, at timestamptz, kind text, org_id uuid, roles text[], user_id uuid, order_id uuid, words jsonb,
          must_read boolean);

-- name: insert_deliveries(notice_ids, adapters)!
insert into notice_delivery (notice_id, adapter)
select n, a from unnest(:notice_ids::uuid[]) n, unnest(:adapters::text[]) a;

-- name: notices_of(user_id, org_id, roles, unread, before_at, before_id, limit)
-- What is addressed to one person: by name, or to the person's org and one of the roles held.
select n.*, o.name as org, r.at as read_at,
       coalesce((select jsonb_object_agg(d.adapter, d.state) from notice_delivery d where d.notice_id = n.id), '{}') as sent
from (
    (select * from outbox_notice
     where user_id = :user_id and (at, id) < (:before_at, :before_id)
       and (not :unread or not exists (
            select from notice_read x where x.notice_id = outbox_notice.id and x.user_id = :user_id))
     order by at desc, id desc limit :limit)
    union
    (select * from outbox_notice
     where org_id = :org_id and user_id is null and (roles = '{}' or roles && :roles::text[])
       and (at, id) < (:before_at, :before_id)
       and (not :unread or not exists (
            select from notice_read x where x.notice_id = outbox_notice.id and x.user_id = :user_id))
     order by at desc, id desc limit :limit)
) n
left join org o on o.id = n.org_id
left join notice_read r on r.notice_id = n.id and r.user_id = :user_id
order by n.at desc, n.id desc limit :limit;

-- name: mark_read(id, user_id, org_id, roles, at)$
-- Gives the id when the notice is addressed to this person; read twice, the first time stays.
with mine as (
    select id from outbox_notice
    where id = :id and (user_id = :user_id
        or (org_id = :org_id and user_id is null and (roles = '{}' or roles && :roles::text[])))
), marked as (
    insert into notice_read (notice_id, user_id, at) select id, :user_id, :at from mine
    on conflict do nothing
)
select id from mine;

-- name: unread_since(before, limit)
-- Notices that must be read, older than `before`, that nobody has read: claimed by the caller's transaction.
select n.id, n.kind, n.order_id, n.org_id, n.user_id, coalesce(o.name, u.name) as org, coalesce(o.parent_id, p.id) as above
from outbox_notice n
left join org o on o.id = n.org_id
left join app_user u on u.id = n.user_id
left join org p on p.id = u.org_id
where n.must_read and n.rung_at is null and n.at < :before
  and not exists (select from notice_read r where r.notice_id = n.id)
order by n.at limit :limit
for update of n skip locked;

-- name: mark_rung(id, at)!
update outbox_notice set rung_at = :at where id = :id;

-- name: delivery_of(notice_id, adapter)^
select d.state, d.attempts, n.kind, n.words, n.org_id, o.phone, o.code as org_code
from notice_delivery d
join outbox_notice n on n.id = d.notice_id
left join app_user u on u.id = n.user_id
left join org o on o.id = coalesce(n.org_id, u.org_id)
where d.notice_id = :notice_id and d.adapter = :adapter;

-- name: pending_deliveries(limit)
select notice_id, adapter from notice_delivery where state = 'pending' order by notice_id limit :limit;

-- name: settle_delivery(notice_id, adapter, state, cause, at)!
update notice_delivery set state = :state, attempts = attempts + 1, cause = :cause, tried_at = :at
where notice_id = :notice_id and adapter = :adapter and state <> 'sent';

-- name: insert_webhook(id, org_id, org_path, name, url, secret, moves, channel, created_by, created_at)!
insert into webhook (id, org_id, org_path, name, url, secret, moves, channel, created_by, created_at)
values (:id, :org_id, :org_path, :name, :url, :secret, :moves, :channel, :created_by, :created_at);

-- name: webhooks_below(org_path)
select h.*, (select count(*) from webhook_delivery d where d.webhook_id = h.id and d.state = 'failed') as failed,
       (select count(*) from webhook_delivery d where d.webhook_id = h.id and d.state = 'pending') as pending
from webhook h where starts_with(h.org_path, :org_path) and h.disabled_at is null order by h.created_at, h.id;

-- name: disable_webhook(id, org_path, at)$
update webhook set disabled_at = :at
where id = :id and starts_with(org_path, :org_path) and disabled_at is null returning id;

-- name: pending_webhooks(limit)
select id from webhook_delivery where state = 'pending' order by at limit :limit;

-- name: webhook_to_send(id)^
select d.id, d.state, d.attempts, h.url, h.secret, h.disabled_at, e.move, e.stage_after as stage, e.at, e.seq,
       w.id as order_id, w.number, w.channel, w.external_id
from webhook_delivery d
join webhook h on h.id = d.webhook_id
join order_event e on e.id = d.event_id
join work_order w on w.id = d.order_id
where d.id = :id;

-- name: settle_webhook(id, state, status, cause, at)!
update webhook_delivery set state = :state, attempts = attempts + 1, status = :status, cause = :cause, tried_at = :at
where id = :id and state <> 'sent';

-- name: deliveries_of(webhook_id, org_path, before_at, before_id, limit)
select d.id, d.at, d.state, d.attempts, d.status, d.cause, d.tried_at, e.move, w.number
from webhook_delivery d
join webhook h on h.id = d.webhook_id
join order_event e on e.id = d.event_id
join work_order w on w.id = d.order_id
where d.webhook_id = :webhook_id and starts_with(h.org_path, :org_path) and (d.at, d.id) < (:before_at, :before_id)
order by d.at desc, d.id desc limit :limit;

-- name: retry_webhooks(webhook_id, org_path)$
with again as (
    update webhook_delivery d set state = 'pending', attempts = 0
    from webhook h
    where h.id = d.webhook_id and h.id = :webhook_id and starts_with(h.org_path, :org_path) and d.state = 'failed'
    returning d.id
)
select count(*) from again;
