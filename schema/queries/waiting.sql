-- name: handling_times(since, most)
-- Talk by queue, of the last calls of each seat, which are found by their index.
select o.card->>'queue' as queue, count(*)::integer as calls, sum(o.ended_at - o.answered_at) as lasted
from agent_seat s
cross join lateral (
    select f.card, f.answered_at, f.ended_at from call_offer f
    where f.user_id = s.user_id and f.offered_at > :since and f.answered_at is not null and f.ended_at is not null
    order by f.offered_at desc limit :most
) as o
group by 1;

-- name: after_call_work(since, most)^
-- Of all queues together: the log of presence does not tell which call the work was of.
select count(*)::integer as calls, coalesce(sum(w.until - w.since), interval '0') as lasted
from agent_seat s
cross join lateral (
    select p.since, p.until from agent_presence p
    where p.user_id = s.user_id and p.since > :since and p.presence = 'after_call' and p.until is not null
    order by p.since desc limit :most
) as w;

-- name: write_told(id, pbx, leg, queue, joined_at, ahead, told, basis)!
insert into told_wait (id, pbx, leg, queue, joined_at, ahead, told, basis)
values (:id, :pbx, :leg, :queue, :joined_at, :ahead, :told, :basis)
on conflict (pbx, leg, joined_at) do nothing;

-- name: end_told(waited, outcome, pbx, leg, joined_at)!
update told_wait set waited = :waited, outcome = :outcome
where pbx = :pbx and leg = :leg and joined_at = :joined_at and outcome is null;

-- name: open_told(pbx)
select pbx, leg, queue, joined_at from told_wait where pbx = :pbx and outcome is null;

-- name: accuracy(since, until)
-- Waits that ended with an agent: of one that was abandoned, nobody knows how long it would have lasted. Seconds; an
-- error above zero is a wait longer than told.
select t.queue,
    count(*)::integer as answered,
    count(t.told)::integer as told,
    avg(e.error) as mean_error,
    avg(abs(e.error)) as mean_absolute_error,
    percentile_cont(0.5) within group (order by abs(e.error)) as median_absolute_error,
    percentile_cont(0.9) within group (order by abs(e.error)) as p90_absolute_error,
    avg((abs(e.error) <= 60)::integer) filter (where e.error is not null) as within_a_minute,
    avg(extract(epoch from t.waited)) as mean_wait
from told_wait t
cross join lateral (select extract(epoch from t.waited - t.told)::float8 as error) as e
where t.joined_at >= :since and t.joined_at < :until and t.outcome = 'answered'
group by t.queue
order by t.queue;

-- name: keep_place(id, pbx, queue, number, number_key, dialled, call_id, joined_at, kept_at, most)$
-- Nothing when the number has an open place, or too many are kept.
insert into kept_place (id, pbx, queue, number, number_key, dialled, call_id, joined_at, kept_at, state, next_at)
select :id, :pbx, :queue, :number, :number_key, :dialled, :call_id, :joined_at, :kept_at, 'waiting', :kept_at
where (select count(*) from kept_place where pbx = :pbx and state in ('waiting', 'ringing', 'queued')) < :most
on conflict (number_key) where state in ('waiting', 'ringing', 'queued') and number_key <> '' do nothing
returning id;

-- name: open_places(pbx)
select * from kept_place where pbx = :pbx and state in ('waiting', 'ringing', 'queued') order by joined_at, id;

-- name: place_of_number(keys)^
select * from kept_place where number_key = any(:keys::bytea[]) and number_key <> '' and state in ('waiting', 'ringing', 'queued');

-- name: place_of_attempt(attempt)^
select * from kept_place where attempt = :attempt;

-- name: place(id)^
select * from kept_place where id = :id;

-- name: claim_place(attempt, at, id)$
-- Exactly one dialling: a place that is no longer waiting is not claimed.
update kept_place set state = 'ringing', attempt = :attempt, attempts = attempts + 1, rang_at = :at
where id = :id and state = 'waiting'
returning attempts;

-- name: move_place(state, reason, next_at, ended_at, id, was)$
update kept_place set state = :state, reason = :reason, next_at = coalesce(:next_at, next_at), ended_at = :ended_at
where id = :id and state = :was
returning id;

-- name: unclaim_place(next_at, id, attempt)!
-- The dialling never began: it does not count.
update kept_place set state = 'waiting', attempts = attempts - 1, next_at = :next_at
where id = :id and attempt = :attempt and state = 'ringing';

-- name: page_of_places(before_at, before_id, open, limit)
-- Newest first; keyset by (kept_at, id).
select * from kept_place
where (kept_at, id) < (:before_at::timestamptz, :before_id::uuid)
  and (not :open::boolean or state in ('waiting', 'ringing', 'queued'))
order by kept_at desc, id desc
limit :limit;

-- name: last_talk_of(keys, since)^
-- The agent who answered the citizen's last call.
select c.extension, c.queue from call c
where c.caller_key = any(:keys::bytea[]) and c.caller_key <> '' and c.started_at > :since and c.answered_at is not null and c.ended_at is not null
  and c.extension is not null and c.direction = 'inbound'
order by c.started_at desc, c.id desc
limit 1;
