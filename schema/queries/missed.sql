-- name: take_call(call_id, fresh)^
select id, opened, reason from take_missed_call(:call_id, :fresh);

-- name: settle_number(call_id)
-- The open record of the call's number, when that has been answered since.
select s.id, s.state, s.ended_call
from call c cross join lateral settle_missed_calls(c.caller_key, 'infinity') s
where c.id = :call_id and c.caller_key <> '';

-- name: settle_before(call_id)
-- The open record of the call's number, when that had been answered before this call came.
select s.id, s.state, s.ended_call
from call c cross join lateral settle_missed_calls(c.caller_key, c.started_at) s
where c.id = :call_id and c.caller_key <> '';

-- name: settle_all()
select id, state, ended_call from settle_missed_calls(null, 'infinity');

-- name: stored(call_id, ended)$
-- Whether the call's row is there, as ended when asked so: while the database was away it came later than its event.
select exists (select from call where id = :call_id and (ended_at is not null or not :ended));

-- name: untaken(since, most)
-- Oldest first, so that times and first arrival come out as if each had been taken at once.
select c.id
from call c
where c.direction = 'inbound' and c.answered_at is null and c.outcome in ('abandoned', 'failed', 'unknown')
    and c.started_at >= :since and c.ended_at is not null and c.purpose not in ('test', 'toll')
    and not exists (select from missed_call_part p where p.call_id = c.id)
order by c.started_at
limit :most;

-- name: page(state, own, actor, org_path, after_at, after_id, most)
-- Longest missed first, after the given row. An agent (org_path null) sees what nobody has claimed, and the own; others
-- also what the people of their subtree have claimed.
select m.*, u.name as claimer
from missed_call m
left join app_user u on u.id = m.claimed_by
left join org o on o.id = u.org_id
where m.state = :state and (m.first_at, m.id) > (:after_at::timestamptz, :after_id::uuid)
    and (not :own or m.claimed_by = :actor)
    and (m.claimed_by = :actor or m.ended_by = :actor or (m.claimed_by is null and m.state = 'open')
        or (:org_path::text is not null and (o.path is null or starts_with(o.path, :org_path))))
order by m.first_at, m.id
limit :most;

-- name: get(id)^
select m.*, u.name as claimer, o.path as claimer_path
from missed_call m
left join app_user u on u.id = m.claimed_by
left join org o on o.id = u.org_id
where m.id = :id;

-- name: claim(id, actor, at)$
update missed_call set claimed_by = :actor, claimed_at = :at
where id = :id and state = 'open' and (claimed_by is null or claimed_by = :actor)
returning id;

-- name: release(id, claimer)$
update missed_call set claimed_by = null, claimed_at = null
where id = :id and state = 'open' and claimed_by = :claimer
returning id;

-- name: close(id, actor, at, remark)$
update missed_call set state = 'closed', ended_at = :at, ended_by = :actor, remark = :remark
where id = :id and state = 'open'
returning id;

-- name: waiting()$
select count(*) from missed_call where state = 'open';
