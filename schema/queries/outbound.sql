-- name: insert_outbound(id, purpose, pbx, actor_id, extension, call_id, order_id, missed_id, related, at)!
insert into outbound_call
    (id, purpose, pbx, actor_id, extension, call_id, order_id, missed_id, related_call_id, placed_at)
values (:id, :purpose, :pbx, :actor_id, :extension, :call_id, :order_id, :missed_id, :related, :at);

-- name: open_outbound(pbx)
-- Not settled yet, oldest first; `began`: the ledger has a leg of it, `ended`: it has seen the last one go.
select o.id, o.purpose, o.actor_id, o.call_id, o.order_id, o.placed_at,
       c.ended_at is not null as ended,
       exists (select 1 from call_leg l where l.call_id = o.call_id) as began
from outbound_call o left join call c on c.id = o.call_id
where o.pbx = :pbx and o.settled_at is null
order by o.placed_at;

-- name: facts_of_outbound(call_id, pbx)
-- What tells how it ended. The roles are the ledger's.
select f.at, f.kind, coalesce(f.leg, '') as leg, coalesce(l.role = 'citizen', false) as citizen,
       coalesce(f.body ->> 'bridge', '') as bridge,
       coalesce(f.body ->> 'status',
                (select pair ->> 1 from jsonb_array_elements(f.body -> 'fields') as pair where pair ->> 0 = 'Status'),
                '') as status
from call_fact f left join call_leg l on l.pbx = :pbx and l.leg = f.leg
where f.call_id = :call_id
  and (f.kind in ('BridgeEntered', 'BridgeLeft', 'ChannelEnded', 'LegVanished', 'DialEnded', 'DialStarted')
       or (f.kind = 'DialplanMarked' and f.body ->> 'mark' = 'HotlineOut'))
order by f.at;

-- name: settle_outbound(id, outcome, talked, at, told)$
-- Nothing when it was settled before.
update outbound_call set outcome = :outcome, talked = :talked, settled_at = :at, told = :told
where id = :id and settled_at is null
returning id;

-- name: untold_outbound(pbx)
select id, actor_id, call_id, order_id, outcome, talked
from outbound_call
where pbx = :pbx and settled_at is not null and told is null
order by settled_at;

-- name: tell_outbound(id, told)!
update outbound_call set told = :told where id = :id;

-- name: contact_recorded(order_id, call_id)$
select exists (select 1 from order_contact where order_id = :order_id and call_id = :call_id);

-- name: outbound_by_id(id)^
select o.id, o.purpose, u.name as agent, o.actor_id, o.extension, o.call_id, o.order_id, o.missed_id, o.placed_at,
       o.outcome, o.talked, o.settled_at, o.told
from outbound_call o join app_user u on u.id = o.actor_id
where o.id = :id;

-- name: outbound_of_actor(actor_id, before_at, before_id, most)
select o.id, o.purpose, u.name as agent, o.actor_id, o.extension, o.call_id, o.order_id, o.missed_id, o.placed_at,
       o.outcome, o.talked, o.settled_at, o.told
from outbound_call o join app_user u on u.id = o.actor_id
where o.actor_id = :actor_id and (o.placed_at, o.id) < (:before_at, :before_id)
order by o.placed_at desc, o.id desc
limit :most;

-- name: outbound_of_order(order_id, most)
select o.id, o.purpose, u.name as agent, o.actor_id, o.extension, o.call_id, o.order_id, o.missed_id, o.placed_at,
       o.outcome, o.talked, o.settled_at, o.told
from outbound_call o join app_user u on u.id = o.actor_id
where o.order_id = :order_id
order by o.placed_at desc
limit :most;
