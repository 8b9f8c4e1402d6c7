-- name: keep(id, pbx, source, leg, caller_number, dialled, queue, flow, node, recorded_at, seconds, path, bytes, sha256)!
insert into voice_message
    (id, pbx, source, leg, caller_number, dialled, queue, flow, node, recorded_at, seconds, path, bytes, sha256)
values
    (:id, :pbx, :source, :leg, :caller_number, :dialled, :queue, :flow, :node, :recorded_at, :seconds, :path, :bytes,
     :sha256)
on conflict (pbx, source) do nothing;

-- name: of_leg(pbx, leg)^
-- What the ledger knows of a caller whose message was found on the disk only.
select c.caller_number, c.dialled, coalesce(c.queue, '') as queue, c.ended_at
from call_leg l join call c on c.id = l.call_id
where l.pbx = :pbx and l.leg = :leg;

-- name: page(state, before_at, before_id, most)
select m.*, l.call_id, u.name as handler
from voice_message m
left join call_leg l on l.pbx = m.pbx and l.leg = m.leg
left join app_user u on u.id = m.handled_by
where (:state::text is null or m.state = :state) and (m.recorded_at, m.id) < (:before_at, :before_id)
order by m.recorded_at desc, m.id desc
limit :most;

-- name: one(id)^
select m.*, l.call_id, u.name as handler
from voice_message m
left join call_leg l on l.pbx = m.pbx and l.leg = m.leg
left join app_user u on u.id = m.handled_by
where m.id = :id;

-- name: of_call(call_id)$
-- The newest message that was left in the call.
select m.id from voice_message m join call_leg l on l.pbx = m.pbx and l.leg = m.leg
where l.call_id = :call_id
order by m.recorded_at desc, m.id desc
limit 1;

-- name: handle(id, user_id, at, note)^
update voice_message set state = 'handled', handled_by = :user_id, handled_at = :at, note = :note
where id = :id and state = 'new'
returning id;

-- name: over_age(before, settled, most)
-- As `over_age` of recordings; a message that nobody has handled yet is kept.
select m.id, m.path, m.recorded_at, l.call_id from voice_message m
left join call_leg l on l.pbx = m.pbx and l.leg = m.leg
where m.removed_at is null and m.state = 'handled' and m.recorded_at < :before
  and not coalesce(voices_needed(l.call_id, :settled), false)
order by m.recorded_at limit :most for update of m skip locked;

-- name: remove_message(id, at)!
update voice_message set caller_number = '', removed_at = :at where id = :id;
