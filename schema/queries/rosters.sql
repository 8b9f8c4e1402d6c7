-- name: shifts_between(since, until)
-- With the queues of each agent's seat: the roster is of those who have one.
select s.id, s.user_id, s.starts_at, s.ends_at, s.breaks, s.note, u.username, u.name, a.extension, a.queues
from shift s join app_user u on u.id = s.user_id join agent_seat a on a.user_id = s.user_id
where s.ends_at > :since and s.starts_at < :until
order by s.starts_at, u.username;

-- name: shifts_of(users, since, until)
select s.user_id, s.starts_at, s.ends_at from shift s
where s.user_id = any(:users) and s.ends_at > :since and s.starts_at < :until;

-- name: seats_by_username(usernames)
select u.username, u.id from app_user u join agent_seat a on a.user_id = u.id where u.username = any(:usernames);

-- name: lock_rosters()$
-- Two imports at once would each not see the other's shifts.
select pg_advisory_xact_lock(hashtext('shift')) is null;

-- name: write_shift(id, user_id, starts_at, ends_at, breaks, note)$
insert into shift (id, user_id, starts_at, ends_at, breaks, note)
values (:id, :user_id, :starts_at, :ends_at, :breaks, :note)
on conflict (user_id, starts_at) do update
set ends_at = excluded.ends_at, breaks = excluded.breaks, note = excluded.note
returning id;

-- name: remove_shift(id)$
delete from shift where id = :id returning id;

-- name: write_slot(id, org, person, skill, target, starts_at, ends_at)!
insert into expert_slot (id, org, person, skill, target, starts_at, ends_at)
values (:id, :org, :person, :skill, :target, :starts_at, :ends_at);

-- name: remove_slot(id)$
-- A slot in which somebody was consulted stays, as long as its consultations do.
delete from expert_slot s
where s.id = :id and not exists (select from expert_consultation c where c.slot_id = s.id)
returning s.id;

-- name: slot(id)^
select * from expert_slot where id = :id;

-- name: slots_between(since, until, skill)
select * from expert_slot
where ends_at > :since and starts_at < :until and (:skill::text is null or skill = :skill)
order by starts_at, person, id;

-- name: write_consultation(id, slot_id, call_id, agent_id, at, title, outcome)!
insert into expert_consultation (id, slot_id, call_id, agent_id, at, title, outcome, state)
values (:id, :slot_id, :call_id, :agent_id, :at, :title, :outcome, 'candidate');

-- name: consultation(id)^
select c.*, s.org, s.person, s.skill from expert_consultation c join expert_slot s on s.id = c.slot_id where c.id = :id;

-- name: consultations(state, before_at, before_id, limit)
-- Newest first; keyset by (at, id).
select c.*, s.org, s.person, s.skill
from expert_consultation c join expert_slot s on s.id = c.slot_id
where c.state = :state and (c.at, c.id) < (:before_at::timestamptz, :before_id::uuid)
order by c.at desc, c.id desc
limit :limit;

-- name: decide_consultation(state, decided_by, decided_at, article_id, id)$
update expert_consultation
set state = :state, decided_by = :decided_by, decided_at = :decided_at, article_id = :article_id
where id = :id and state = 'candidate'
returning id;
