-- name: assign_seat(user_id, extension, sip_secret, queues, at)!
-- Gives a user a seat, or changes its phone and queues; presence is left alone.
insert into agent_seat (user_id, extension, sip_secret, queues, since)
values (:user_id, :extension, :sip_secret, :queues, :at)
on conflict (user_id) do update
set extension = excluded.extension, sip_secret = excluded.sip_secret, queues = excluded.queues;

-- name: all_seats()
select s.user_id, u.name, s.extension, s.queues, s.presence, s.reason, s.since, s.call_id, s.offer_id, s.reachable,
       s.version, s.penalties, s.forced, s.rest, s.rest_reason
from agent_seat s join app_user u on u.id = s.user_id
order by s.extension;

-- name: users_below(path)
select s.user_id from agent_seat s join app_user u on u.id = s.user_id join org o on o.id = u.org_id
where starts_with(o.path, :path);

-- name: seat_of(user_id)^
select s.user_id, u.name, s.extension, s.queues, s.presence, s.reason, s.since, s.call_id, s.offer_id, s.reachable,
       s.version, s.penalties, s.forced, s.rest, s.rest_reason
from agent_seat s join app_user u on u.id = s.user_id
where s.user_id = :user_id;

-- name: set_skills(queues, penalties, user_id)$
update agent_seat set queues = :queues, penalties = :penalties where user_id = :user_id returning user_id;

-- name: write_seat(presence, reason, since, call_id, offer_id, reachable, version, forced, rest, rest_reason, user_id, logged, log_id, payload)$
-- The seat as it is now; `logged` adds a line of the presence log. Both and the wake-up are one transaction. An older
-- version never overwrites a newer one. Each step reads the one before, so that they run in this order.
with moved as (
    update agent_seat
    set presence = :presence, reason = :reason, since = :since, call_id = :call_id, offer_id = :offer_id,
        reachable = :reachable, version = :version, forced = :forced, rest = :rest, rest_reason = :rest_reason
    where user_id = :user_id and version < :version
    returning user_id
), closed as (
    update agent_presence p set until = greatest(:since, p.since)
    from moved where :logged::boolean and p.user_id = moved.user_id and p.until is null
    returning p.id
), opened as (
    insert into agent_presence (id, user_id, presence, reason, since)
    select :log_id, moved.user_id, :presence, :reason, :since
    from moved, (select count(*) from closed) as after
    where :logged::boolean
    returning id
)
select pg_notify('desk', :payload) is null from moved, (select count(*) from opened) as after;

-- name: write_offer(id, call_id, user_id, card, offered_at, payload)$
insert into call_offer (id, call_id, user_id, card, offered_at)
values (:id, :call_id, :user_id, :card, :offered_at)
on conflict (id) do update set card = excluded.card
returning pg_notify('desk', :payload) is null;

-- name: answer_offer(at, id)!
update call_offer set answered_at = :at where id = :id and answered_at is null and ended_at is null;

-- name: end_offer(at, outcome, id)!
update call_offer set ended_at = greatest(:at, offered_at), outcome = :outcome where id = :id and ended_at is null;

-- name: end_other_offers(at, user_id, keep)!
-- Offers of this agent that nobody ended: their end fell into a time when the server was away.
update call_offer set ended_at = :at, outcome = case when answered_at is null then 'abandoned' else 'answered' end
where user_id = :user_id and ended_at is null and id is distinct from :keep;

-- name: offer(id)^
select id, call_id, user_id, card, offered_at, answered_at, ended_at, outcome from call_offer where id = :id;

-- name: offers_of(user_id, before_at, before_id, limit)
-- Newest first; keyset by (offered_at, id).
select id, call_id, user_id, card, offered_at, answered_at, ended_at, outcome
from call_offer
where user_id = :user_id
  and (offered_at, id) < (:before_at::timestamptz, :before_id::uuid)
order by offered_at desc, id desc
limit :limit;

-- name: channel_of_agent(call_id, extension)$
-- The agent's own channel in a call that stands.
select l.channel from call_leg l
where l.call_id = :call_id and l.ended_at is null and l.channel like 'PJSIP/' || :extension || '-%'
order by l.started_at desc limit 1;

-- name: org_path_of(user_id)$
select o.path from app_user u join org o on o.id = u.org_id where u.id = :user_id;

-- name: ended_of(calls)
select id from call where id = any(:calls) and ended_at is not null;

-- name: phones()
select extension, sip_secret from agent_seat order by extension;
