-- name: slots_of(org_id)
select slot, user_id from org_slot where org_id = :org_id and until is null;

-- name: slot_holder_at(org_id, slot, at)$
select user_id from org_slot
where org_id = :org_id and slot = :slot and since <= :at and (until is null or until > :at)
order by since desc limit 1;

-- name: users_of_role(org_id, role)
select id from app_user where org_id = :org_id and :role = any(roles) and disabled_at is null order by username;

-- name: may_stand_for(org_id, user_id)$
-- A leader of the street may be the deputy of its units; a villager's committee of another street may not.
select exists (
    select 1 from app_user u join org own on own.id = u.org_id join org o on o.id = :org_id
    where u.id = :user_id and u.disabled_at is null
      and (starts_with(o.path, own.path) or starts_with(own.path, o.path))
);

-- name: end_slot(at, org_id, slot)!
update org_slot set until = :at where org_id = :org_id and slot = :slot and until is null;

-- name: begin_slot(id, org_id, slot, user_id, at, set_by)!
insert into org_slot (id, org_id, slot, user_id, since, set_by)
values (:id, :org_id, :slot, :user_id, :at, :set_by);

-- name: slots_under(path, after, limit)
-- Orgs of a subtree with their filled slots, by path; an org without any is there too.
select o.id as org_id, o.name as org_name, o.path, o.kind, o.level,
       coalesce(jsonb_object_agg(s.slot, jsonb_build_object('id', u.id, 'name', u.name))
                filter (where s.slot is not null), '{}') as slots
from org o
left join org_slot s on s.org_id = o.id and s.until is null
left join app_user u on u.id = s.user_id
where starts_with(o.path, :path) and o.path > :after
group by o.id
order by o.path limit :limit;

-- name: domain_leaders_of(org_id)
select domain, user_id from domain_leader where org_id = :org_id order by domain;

-- name: drop_domain_leader(org_id, domain)!
delete from domain_leader where org_id = :org_id and domain = :domain;

-- name: set_domain_leader(org_id, domain, user_id, at)!
insert into domain_leader (org_id, domain, user_id, since) values (:org_id, :domain, :user_id, :at);
