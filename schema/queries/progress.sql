-- name: code_of(order_id, code, at)$
-- The order's code (sealed): the one it has, else the one given.
with made as (
    insert into order_query_code (order_id, code, created_at) values (:order_id, :code, :at)
    on conflict (order_id) do nothing
    returning code
)
select code from made union all select code from order_query_code where order_id = :order_id limit 1;

-- name: asked_for(number)^
select o.id, o.stage, o.created_at, q.code from work_order o join order_query_code q on q.order_id = o.id
where o.number = :number;

-- name: steps_of(order_id)
-- When the order came to which stage; nothing of what was written there.
select at, stage_after from order_event
where order_id = :order_id and stage_before is distinct from stage_after order by seq;

-- name: misses(caller, order, caller_since, order_since)^
select
    (select count(*) from progress_miss where caller_number = :caller and at > :caller_since) as of_caller,
    (select count(*) from progress_miss where order_number = :order and at > :order_since) as of_order;

-- name: note_miss(id, at, caller, order, forget)!
with gone as (delete from progress_miss where at < :forget)
insert into progress_miss (id, at, caller_number, order_number) values (:id, :at, :caller, :order);

-- name: ask(id, at, asker, place, since)$
-- How often this address asked since; the new asking is counted too, what is older is forgotten.
with gone as (delete from public_ask where at < :since),
made as (insert into public_ask (id, at, asker, place) values (:id, :at, :asker, :place))
select count(*) + 1 from public_ask where asker = :asker and at >= :since;

-- name: make_link(id, order_id, round_no, token_hash, at, expires_at)!
insert into rating_link (id, order_id, round_no, token_hash, made_at, expires_at)
values (:id, :order_id, :round_no, :token_hash, :at, :expires_at);

-- name: link_of(token_hash, at)^
select l.id, l.order_id, l.round_no, o.number
from rating_link l join work_order o on o.id = l.order_id
where l.token_hash = :token_hash and l.used_at is null and l.expires_at > :at
  and o.round_no = l.round_no and o.stage in ('callback', 'close_pending', 'closed');

-- name: use_link(at, token_hash, answer)^
-- Once for a round: its links are used up together, and whoever comes second finds them so.
with meant as (
    select l.order_id, l.round_no from rating_link l join work_order o on o.id = l.order_id
    where l.token_hash = :token_hash and l.used_at is null and l.expires_at > :at
      and o.round_no = l.round_no and o.stage in ('callback', 'close_pending', 'closed')
), used as (
    update rating_link l set used_at = :at, answer = case when l.token_hash = :token_hash then :answer::jsonb end
    from meant
    where l.order_id = meant.order_id and l.round_no = meant.round_no and l.used_at is null
    returning l.id, l.order_id, l.token_hash
)
select id, order_id from used where token_hash = :token_hash;

-- name: unsettled()
-- Ratings that the order has not heard of yet.
select id, order_id, (answer->>'resolved')::boolean as resolved, (answer->>'satisfied')::boolean as satisfied
from rating_link where answer is not null and settled_at is null order by used_at limit 100;

-- name: settled(id, at)!
update rating_link set settled_at = :at where id = :id;

-- name: ratings_of(order_id)
select round_no, used_at, answer from rating_link
where order_id = :order_id and answer is not null order by used_at;
