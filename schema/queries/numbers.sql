-- name: count_dial(counter, key, begins, ends, most)$
-- Counts one more in the window, or gives nothing when it is full.
insert into dial_count as c (counter, key, begins, ends, times) values (:counter, :key, :begins, :ends, 1)
on conflict (counter, key, begins) do update set times = c.times + 1 where c.times < :most
returning times;

-- name: insert_refusal(id, at, source, actor_id, purpose, reason, masked, place)!
insert into dial_refusal (id, at, source, actor_id, purpose, reason, masked, place)
values (:id, :at, :source, :actor_id, :purpose, :reason, :masked, :place);

-- name: sweep_counts(at)!
delete from dial_count where ends <= :at;

-- name: sweep_refusals(before)$
with gone as (delete from dial_refusal where at < :before returning 1) select count(*) from gone;

-- name: tolls_since(since)$
select count(*) from dial_refusal where source <> 'gate' and at > :since;

-- name: page_of_refusals(before_at, before_id, most)
select r.id, r.at, r.source, u.name as actor, r.purpose, r.reason, r.masked, r.place
from dial_refusal r left join app_user u on u.id = r.actor_id
where (r.at, r.id) < (:before_at, :before_id)
order by r.at desc, r.id desc
limit :most;

-- name: end_expired_care(keys, at)!
update care_entry set ended_at = :at where number_key = any(:keys::bytea[]) and ended_at is null and expires_at <= :at;

-- name: insert_care(id, number, number_key, category, note, set_by, at, expires_at)!
insert into care_entry (id, number, number_key, category, note, set_by, set_at, expires_at)
values (:id, :number, :number_key, :category, :note, :set_by, :at, :expires_at);

-- name: end_care(id, by, at)$
update care_entry set ended_at = :at, ended_by = :by where id = :id and ended_at is null returning id;

-- name: in_care(keys, at)$
select exists (select 1 from care_entry where number_key = any(:keys::bytea[]) and ended_at is null and expires_at > :at);

-- name: care_by_id(id)^
select c.id, c.number, c.category, c.note, u.name as set_by, c.set_at, c.expires_at, c.ended_at
from care_entry c join app_user u on u.id = c.set_by
where c.id = :id;

-- name: page_of_care(before_at, before_id, most)
select c.id, c.number, c.category, c.note, u.name as set_by, c.set_at, c.expires_at, c.ended_at
from care_entry c join app_user u on u.id = c.set_by
where (c.set_at, c.id) < (:before_at, :before_id)
order by c.set_at desc, c.id desc
limit :most;

-- name: calls_from(calls, keys)$
-- How many of the calls came from this number, in one of its forms.
select count(*) from call where id = any(:calls::uuid[]) and direction = 'inbound' and caller_key = any(:keys::bytea[]);

-- name: insert_harassment(id, number, number_key, policy, reason, evidence, by, at, lasts)!
insert into harassment_entry (id, number, number_key, policy, reason, evidence, state, proposed_by, proposed_at, lasts)
values (:id, :number, :number_key, :policy, :reason, :evidence::uuid[], 'proposed', :by, :at, :lasts);

-- name: lock_harassment(id)^
select h.id, h.number, h.number_key, h.policy, h.reason, h.evidence, h.state, '' as proposed_by, h.proposed_by as proposed_by_id,
       h.proposed_at, h.lasts, null as decided_by, h.decided_at, h.opinion, h.expires_at, h.ended_at,
       null as reviewed_by, h.reviewed_at, h.finding
from harassment_entry h where h.id = :id for update;

-- name: decide_harassment(id, state, by, at, opinion, expires_at)!
update harassment_entry
set state = :state, decided_by = :by, decided_at = :at, opinion = :opinion, expires_at = :expires_at
where id = :id;

-- name: end_harassment(id, by, at, finding)!
update harassment_entry set state = 'ended', ended_by = :by, ended_at = :at, finding = :finding where id = :id;

-- name: review_harassment(id, by, at, finding)!
update harassment_entry set reviewed_by = :by, reviewed_at = :at, finding = :finding where id = :id;

-- name: harassment_by_id(id)^
select h.id, h.number, h.policy, h.reason, h.evidence, h.state, p.name as proposed_by, h.proposed_by as proposed_by_id,
       h.proposed_at, h.lasts, d.name as decided_by, h.decided_at, h.opinion, h.expires_at, h.ended_at,
       r.name as reviewed_by, h.reviewed_at, h.finding
from harassment_entry h
join app_user p on p.id = h.proposed_by
left join app_user d on d.id = h.decided_by
left join app_user r on r.id = h.reviewed_by
where h.id = :id;

-- name: page_of_harassment(before_at, before_id, most)
select h.id, h.number, h.policy, h.reason, h.evidence, h.state, p.name as proposed_by, h.proposed_by as proposed_by_id,
       h.proposed_at, h.lasts, d.name as decided_by, h.decided_at, h.opinion, h.expires_at, h.ended_at,
       r.name as reviewed_by, h.reviewed_at, h.finding
from harassment_entry h
join app_user p on p.id = h.proposed_by
left join app_user d on d.id = h.decided_by
left join app_user r on r.id = h.reviewed_by
where (h.proposed_at, h.id) < (:before_at, :before_id)
order by h.proposed_at desc, h.id desc
limit :most;

-- name: caller(keys, at)^
-- Always one row; what is not known is null.
select
    (select category from care_entry where number_key = any(:keys::bytea[]) and ended_at is null and expires_at > :at) as category,
    (select note from care_entry where number_key = any(:keys::bytea[]) and ended_at is null and expires_at > :at) as note,
    (select policy from harassment_entry
     where number_key = any(:keys::bytea[]) and state = 'approved' and expires_at > :at limit 1) as policy,
    (select language from caller_language
     where number_key = any(:keys::bytea[]) and expires_at > :at order by set_at desc limit 1) as language;

-- name: remember_language(number_key, language, at, expires_at)!
insert into caller_language (number_key, language, set_at, expires_at) values (:number_key, :language, :at, :expires_at)
on conflict (number_key) do update set language = :language, set_at = :at, expires_at = :expires_at;

-- name: sweep_languages(at)!
delete from caller_language where expires_at <= :at;
