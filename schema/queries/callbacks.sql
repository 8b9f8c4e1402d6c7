-- name: enrol(id, order_id, round_no, number, number_key, status, next_at, outcome, at, finished_at, upset)!
insert into callback
    (id, order_id, round_no, number, number_key, status, next_at, outcome, created_at, finished_at, priority)
values (:id, :order_id, :round_no, :number, :number_key, :status, :next_at, :outcome, :at, :finished_at,
        (select count(*) from work_order w where w.id = :order_id and w.emotion = any(:upset::text[])))
on conflict (order_id, round_no) do nothing;

-- name: claim(attempt, pbx, at)^
-- One due call-back becomes one attempt, in one statement: nobody else can claim the same. A citizen who is being
-- rung for another order is not rung twice at once: `callback_number_in_the_air` refuses what two claims raced for.
with due as (
    select id from callback
    where status = 'waiting' and next_at <= :at
      and number_key not in (select number_key from callback where status = 'dialling')
    order by priority desc, next_at limit 1
    for update skip locked
), moved as (
    update callback set status = 'dialling', attempts = attempts + 1, next_at = null
    from due where callback.id = due.id
    returning callback.id, callback.order_id, callback.number, callback.attempts
), claimed as (
    insert into callback_attempt (id, callback_id, no, pbx, status, claimed_at)
    select :attempt, id, attempts, :pbx, 'claimed', :at from moved
    returning id, callback_id, no
)
select claimed.id, claimed.callback_id, moved.order_id, moved.number, o.call_id as related
from claimed join moved on moved.id = claimed.callback_id join work_order o on o.id = moved.order_id;

-- name: leave_to_people(cares)!
-- SG-29: the machine does not ring who cannot hear it, who was furious, or who wishes to be asked otherwise.
update callback c set status = 'person', next_at = null
from work_order w left join callback_wish i on i.order_id = w.id
where c.status = 'waiting' and w.id = c.order_id
  and (w.caller_needs && :cares::text[] or w.emotion = any(:cares::text[]) or i.way <> 'phone');

-- name: next_due()$
-- A number in the air comes up again when it is settled.
select min(next_at) from callback
where status = 'waiting' and number_key not in (select number_key from callback where status = 'dialling');

-- name: mark_sent(attempt, call_id, at)!
update callback_attempt set status = 'sent', sent_at = :at, call_id = :call_id
where id = :attempt and settled_at is null;

-- name: mark_answered(attempt, at)!
update callback_attempt set answered_at = :at where id = :attempt and answered_at is null;

-- name: record_answers(attempt, answers)!
update callback_attempt set answers = answers || :answers::jsonb where id = :attempt;

-- name: open_attempts(pbx)
select a.id, a.callback_id, c.order_id, c.number, a.call_id
from callback_attempt a join callback c on c.id = a.callback_id
where a.pbx = :pbx and a.settled_at is null
order by a.claimed_at;

-- name: answers_of(attempt)^
select answers, answered_at from callback_attempt where id = :attempt;

-- name: settle_attempt(attempt, outcome, at)^
update callback_attempt set status = 'settled', outcome = :outcome, settled_at = :at
where id = :attempt and settled_at is null
returning callback_id;

-- name: rings(callback_id)$
-- Attempts that reached for the citizen: one that Asterisk never began counts for nothing (A-20).
select count(*) from callback_attempt
where callback_id = :callback_id and settled_at is not null and outcome not in ('unsent', 'held');

-- name: retry_at(callback_id, next_at)!
update callback set status = 'waiting', next_at = :next_at where id = :callback_id;

-- name: finish(callback_id, status, outcome, resolved, satisfied, at)!
update callback set status = :status, outcome = :outcome, resolved = :resolved, satisfied = :satisfied,
    next_at = null, finished_at = :at
where id = :callback_id;

-- name: untold()
-- Finished call-backs of which the order has not heard, with the attempt that finished them.
select c.id, c.order_id, c.outcome, c.resolved, c.satisfied,
    (select a.id from callback_attempt a where a.callback_id = c.id order by a.no desc limit 1) as attempt_id
from callback c where c.finished_at is not null and c.told_at is null
order by c.finished_at limit 100;

-- name: mark_told(callback_id, at)!
update callback set told_at = :at where id = :callback_id and told_at is null;

-- name: unswept(pbx, before)
select id from callback_attempt
where pbx = :pbx and settled_at < :before and swept_at is null
order by settled_at limit 50;

-- name: mark_swept(attempt, at)!
update callback_attempt set swept_at = :at where id = :attempt;

-- name: callbacks_of(order_id)
select id, round_no, status, outcome, next_at, resolved, satisfied, created_at, finished_at
from callback where order_id = :order_id order by round_no;

-- name: attempts_of(order_id)
select a.id, a.callback_id, a.no, a.status, a.outcome, a.call_id, a.claimed_at, a.sent_at, a.answered_at, a.settled_at
from callback_attempt a join callback c on c.id = a.callback_id
where c.order_id = :order_id order by a.claimed_at;

-- name: awaiting_order(order_id)^
select round_no, caller_number from work_order where id = :order_id and stage = 'callback' and not callback_exhausted;

-- name: withdraw(order_id, at)!
-- A human has settled the order: nobody needs to be rung.
update callback set status = 'done', outcome = 'by_hand', next_at = null, finished_at = :at, told_at = :at
where order_id = :order_id and status in ('waiting', 'person');

-- name: withdraw_settled(at)!
update callback c set status = 'done', outcome = 'by_hand', next_at = null, finished_at = :at, told_at = :at
from work_order o
where o.id = c.order_id and c.status in ('waiting', 'person') and o.stage <> 'callback';

-- name: all_answers(callback_id)
select answers from callback_attempt where callback_id = :callback_id order by no;

-- name: citizen_rung(attempt, survey_leg, dialling_leg)$
-- The ledger knows a leg of the attempt's call beside the two halves of the Local channel: the citizen's.
select exists (
    select 1 from callback_attempt a join call_leg l on l.call_id = a.call_id
    where a.id = :attempt and l.leg not in (:survey_leg, :dialling_leg)
);

-- name: insert_record(id, order_id, round_no, reached, resolved, satisfied, first_contacted, told, attitude, timeliness, service, measures, tendency, praise, emotion, reason, comment, call_id, recording_id, by_user, at, corrects, way, officers, read_back)!
insert into callback_record
    (id, order_id, round_no, tier, reached, resolved, satisfied, first_contacted, told, attitude, timeliness, service,
     measures, tendency, praise, emotion, reason, comment, call_id, recording_id, by_user, at, corrects, way, officers,
     read_back)
select :id, :order_id, :round_no, o.level, :reached, :resolved, :satisfied, :first_contacted, :told, :attitude,
       :timeliness, :service, :measures, :tendency, :praise, :emotion, :reason, :comment, :call_id, :recording_id, u.id,
       :at, :corrects, :way, :officers, :read_back
from app_user u join org o on o.id = u.org_id where u.id = :by_user;

-- name: records_of(order_id)
select r.id, r.round_no, r.tier, r.reached, r.resolved, r.satisfied, r.first_contacted, r.told, r.attitude, r.timeliness,
       r.service, r.measures, r.tendency, r.praise, r.emotion, r.reason, r.comment, r.call_id, r.recording_id, r.at,
       r.corrects, r.way, r.officers, r.read_back, u.name as by_name, n.id is not null as corrected
from callback_record r join app_user u on u.id = r.by_user left join callback_record n on n.corrects = r.id
where r.order_id = :order_id order by r.at, r.id;

-- name: tried_at(order_id, round_no)
-- When the citizen was rung in this round, by machine or by hand.
select a.claimed_at as at from callback_attempt a join callback c on c.id = a.callback_id
where c.order_id = :order_id and c.round_no = :round_no and a.outcome not in ('unsent', 'held')
union all
select at from callback_record where order_id = :order_id and round_no = :round_no and reached = 'unreached';

-- name: recording_of_order(recording_id, order_id)$
-- Whether the recording is of a call that belongs to the order.
select exists (
    select 1 from recording r
    where r.id = :recording_id and r.call_id in (
        select call_id from order_contact where order_id = :order_id
        union all select a.call_id from callback_attempt a join callback c on c.id = a.callback_id
                  where c.order_id = :order_id
        union all select call_id from callback_record where order_id = :order_id
        union all select call_id from work_order where id = :order_id));

-- name: coverage(path, since)
-- Every order that came to call-back, with what the machine and people made of it (XY-10, JC-26). What the citizen
-- tapped (JC-01) is an answer once it has settled the round.
select o.id as org_id, o.name as org, r.reached as person, c.status as machine,
       (c.resolved is not null or c.satisfied is not null or c.outcome = 'by_hand' and exists (
           select 1 from rating_link l
           where l.order_id = c.order_id and l.round_no = c.round_no and l.answer is not null)) as answered,
       count(*) as orders
from callback c join work_order w on w.id = c.order_id join org o on o.id = w.owner_org_id
left join lateral (
    select reached from callback_record r where r.order_id = c.order_id and r.round_no = c.round_no
    order by r.at desc, r.id desc limit 1
) r on true
where starts_with(o.path, :path) and c.created_at >= :since
group by 1, 2, 3, 4, 5 order by 2;

-- name: grades(path, since)
-- SJ-06, SG-23: the four grades and the praise of each unit, as people heard or citizens tapped them; corrected records do
-- not count.
select o.id as org_id, o.name as org, count(*) as heard, avg(r.attitude)::float8 as attitude,
       avg(r.timeliness)::float8 as timeliness, avg(r.service)::float8 as service, avg(r.measures)::float8 as measures,
       count(*) filter (where r.praise) as praised, count(*) filter (where r.told = false) as untold
from (
    select order_id, attitude, timeliness, service, measures, praise, told from callback_record k
    where k.at >= :since and k.reached = 'reached'
      and not exists (select 1 from callback_record n where n.corrects = k.id)
    union all
    select order_id, (answer->>'attitude')::smallint, (answer->>'timeliness')::smallint,
           (answer->>'service')::smallint, (answer->>'measures')::smallint, false, null
    from rating_link where used_at >= :since and answer is not null
) r
join work_order w on w.id = r.order_id join org o on o.id = w.owner_org_id
where starts_with(o.path, :path)
group by o.id, o.name order by o.name;

-- name: caller_of(order_id)^
select w.emotion, w.caller_needs, i.way as wish
from work_order w left join callback_wish i on i.order_id = w.id where w.id = :order_id;

-- name: wish(order_id, way, set_by, at)!
insert into callback_wish (order_id, way, set_by, at) values (:order_id, :way, :set_by, :at)
on conflict (order_id) do update set way = excluded.way, set_by = excluded.set_by, at = excluded.at;

-- name: unwish(order_id)!
delete from callback_wish where order_id = :order_id;

-- name: prefer(order_id, priority)!
update callback set priority = :priority where order_id = :order_id and finished_at is null;

-- name: for_people(path, before_at, before_id, limit)
-- Call-backs that people make: of citizens whom the machine does not ring, and those that it gave up. What the citizen
-- needs is told of no guarded order. Newest first.
select c.id, c.order_id, w.number, w.category, w.round_no, o.name as org, c.created_at as at,
       c.priority > 0 as urgent, w.callback_exhausted as exhausted,
       case when w.confidential or w.request_type = 'report' then '{}' else w.caller_needs end as needs,
       case when w.confidential or w.request_type = 'report' then '' else w.emotion end as emotion, i.way as wish,
       (select min(t.due_at) from order_timer t where t.order_id = w.id and t.stopped_at is null) as due_at
from callback c
join work_order w on w.id = c.order_id and w.stage = 'callback' and w.round_no = c.round_no
join org o on o.id = w.owner_org_id
join org centre on centre.id = w.centre_org_id
left join callback_wish i on i.order_id = w.id
where (c.status = 'person' or w.callback_exhausted) and starts_with(centre.path, :path)
  and (c.created_at, c.id) < (:before_at, :before_id)
order by c.created_at desc, c.id desc limit :limit;

-- name: said_in_callback(order_id)
-- Of the calls of the round that stands: those of the machine, and those that people wrote down.
select s.text
from transcript_segment s join transcript t on t.id = s.transcript_id
where s.party = 'caller' and t.call_id in (
    select a.call_id from callback_attempt a join callback c on c.id = a.callback_id
    join work_order w on w.id = c.order_id and w.round_no = c.round_no where c.order_id = :order_id
    union all
    select r.call_id from callback_record r join work_order w on w.id = r.order_id and w.round_no = r.round_no
    where r.order_id = :order_id)
order by t.created_at, s.idx limit 500;
