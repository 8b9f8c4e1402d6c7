-- name: code_of(order_id, code, at)$
-- The order's code: the one it has, else the one given.
with made as (
    insert into order_query_code (order_id, code, created_at) values (:order_id, :code, :at)
    on conflict (order_id) do nothing
    returning code
)
select code from made union all select code from order_query_code where order_id = :order_id limit 1;

-- name: stage_of(number, code)$
select o.stage from work_order o join order_query_code q on q.order_id = o.id
where o.number = :number and q.code = :code;

-- name: misses(caller, order, caller_since, order_since)^
select
    (select count(*) from progress_miss where caller_number = :caller and at > :caller_since) as of_caller,
    (select count(*) from progress_miss where order_number = :order and at > :order_since) as of_order;

-- name: note_miss(id, at, caller, order, forget)!
with gone as (delete from progress_miss where at < :forget)
insert into progress_miss (id, at, caller_number, order_number) values (:id, :at, :caller, :order);
