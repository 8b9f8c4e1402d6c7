-- Open311 GeoReport v2: public services, what may be shown of their orders, tokens, orders handed to other servers.

-- name: services()
select * from public_service where active order by group_name, name_zh;

-- name: service_of(code)^
select * from public_service where code = :code and active;

-- name: every_service()
select * from public_service order by group_name, name_zh;

-- name: put_service(code, name_zh, name_en, description, keywords, group_name, request_type, attributes, active)!
insert into public_service
    (code, name_zh, name_en, description, keywords, group_name, request_type, attributes, active)
values (:code, :name_zh, :name_en, :description, :keywords, :group_name, :request_type, :attributes, :active)
on conflict (code) do update
set name_zh = excluded.name_zh, name_en = excluded.name_en, description = excluded.description,
    keywords = excluded.keywords, group_name = excluded.group_name, request_type = excluded.request_type,
    attributes = excluded.attributes, active = excluded.active;

-- name: public_orders(ids, codes, since, until, open, closed, showable, limit)
-- Only of public services, and never what is confidential, anonymous or a report against somebody (B-46). `picture` is
-- what a unit published, or what the citizen sent for everybody by Open311; no other attachment.
select w.number, w.stage, w.closed_at, w.content, w.title, w.address, w.location_type, w.latitude, w.longitude,
       w.caller_name, w.category_code, w.created_at, w.upper_due_at, w.confidential, w.anonymous, w.request_type,
       s.name_zh, case when o.kind <> 'centre' then o.name end as agency,
       (select max(e.at) from order_event e where e.order_id = w.id) as updated_at,
       (select f.id from order_file f
        where f.order_id = w.id and f.media_type = any(:showable::text[]) and f.scan in ('none', 'clean')
          and (f.published_at is not null or (f.kind = 'citizen' and w.channel = 'open311' and exists(
               select from app_user u where u.id = f.uploaded_by and 'service' = any(u.roles))))
        order by f.published_at desc nulls last, f.at limit 1) as picture
from work_order w
join public_service s on s.code = w.category_code and s.active
join org o on o.id = w.owner_org_id
where not w.confidential and not w.anonymous and w.request_type <> 'report'
  and (case when cardinality(:ids::text[]) > 0 then w.number = any(:ids::text[])
       else w.created_at >= :since and w.created_at <= :until
            and (cardinality(:codes::text[]) = 0 or w.category_code = any(:codes::text[]))
            and ((:open and w.closed_at is null) or (:closed and w.closed_at is not null)) end)
order by w.created_at desc, w.id desc limit :limit;

-- name: order_of_token(token)^
select w.number, t.token from open311_token t join work_order w on w.id = t.order_id where t.token = :token;

-- name: keep_token(token, order_id, at)!
insert into open311_token (token, order_id, at) values (:token, :order_id, :at) on conflict do nothing;

-- name: ask_peer(id, order_id, peer, by_user, at)$
-- null when it was sent there before, or the outcome of a try is not known.
insert into open311_sent (id, order_id, peer, by_user, at) values (:id, :order_id, :peer, :by_user, :at)
on conflict (order_id, peer) where state <> 'refused' do nothing
returning id;

-- name: settle_peer(id, state, remote_id, token, cause, at)!
update open311_sent
set state = :state, remote_id = :remote_id, token = :token, cause = :cause, settled_at = :at
where id = :id;

-- name: sent_of(order_id)
select peer, state, remote_id, token, cause, at, settled_at from open311_sent
where order_id = :order_id order by at desc;

-- name: public_picture(id, showable)^
-- The same rules as in `public_orders`, asked again whenever somebody follows a link.
select f.sha256 from order_file f join work_order w on w.id = f.order_id
join public_service s on s.code = w.category_code and s.active
where f.id = :id and f.media_type = any(:showable::text[]) and f.scan in ('none', 'clean')
  and (f.published_at is not null or (f.kind = 'citizen' and w.channel = 'open311' and exists(
               select from app_user u where u.id = f.uploaded_by and 'service' = any(u.roles))))
  and not w.confidential and not w.anonymous and w.request_type <> 'report';

-- name: ask_public(asker, now, step, room)$
-- null when it is too much. Rows of the past say nothing: each asker takes some of them away, so that the table holds
-- those of the last minute.
with past as (
    delete from public_allowance where asker in (
        select asker from public_allowance where due < :now and asker <> :asker order by due limit 20
        for update skip locked)
)
insert into public_allowance as p (asker, due) values (:asker, :now::timestamptz + :step::interval)
on conflict (asker) do update set due = greatest(p.due, :now) + :step
where p.due <= :now::timestamptz + :room::interval
returning due;
