-- name: lock_reveals(actor_id)!
-- One reveal of a user at a time, so that requests at once cannot all pass the bound.
select pg_advisory_xact_lock(hashtextextended(:actor_id::uuid::text, 22));

-- name: reveals_since(actor_id, since)$
select count(*) from audit_log where actor_id = :actor_id and action = 'caller_revealed' and at > :since;

-- name: views_of(order, before_at, before_id, limit)
select a.id, a.at, a.actor_id, u.name as actor_name, o.name as org_name, a.action,
       coalesce(a.detail->>'purpose', '') as purpose, coalesce(a.detail->>'reason', '') as reason
from audit_log a
left join app_user u on u.id = a.actor_id
left join org o on o.id = u.org_id
where a.subject_type = 'order' and a.subject_id = :order
  and a.action in ('caller_viewed', 'caller_revealed', 'query_code_viewed', 'rating_link_made', 'caller_exported')
  and (a.at, a.id) < (:before_at, :before_id)
order by a.at desc, a.id desc limit :limit;
