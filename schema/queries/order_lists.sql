-- Kept filters, the search by number, and figures beside the lists. The lists themselves are put together by orders.lists.

-- name: saved_filters(user_id, org_id)
select f.id, f.name, f.filter, f.shared, f.user_id = :user_id as mine, u.name as by, f.saved_at
from saved_filter f join app_user u on u.id = f.user_id
where f.user_id = :user_id or (f.shared and f.org_id = :org_id)
order by f.name, f.id;

-- name: keep_filter(id, user_id, org_id, shared, name, filter, at, most)^
with kept as (
    insert into saved_filter (id, user_id, org_id, shared, name, filter, saved_at)
    select :id, :user_id, :org_id, :shared, :name, :filter, :at
    where (select count(*) from saved_filter where user_id = :user_id and name <> :name) < :most
    on conflict (user_id, name) do update
    set org_id = excluded.org_id, shared = excluded.shared, filter = excluded.filter, saved_at = excluded.saved_at
    returning *
)
select k.id, k.name, k.filter, k.shared, true as mine, u.name as by, k.saved_at
from kept k join app_user u on u.id = k.user_id;

-- name: forget_filter(id, user_id)$
delete from saved_filter where id = :id and user_id = :user_id returning id;

-- name: orders_of_number(keys, path, user_id, limit)
-- Guarded orders never: that this number denounced somebody must not be learnt from the number.
select w.id, w.number, w.stage, w.title, w.category, w.address, w.created_at
from work_order w
where w.caller_key = any(:keys::bytea[]) and w.caller_key <> ''
  and (starts_with(w.owner_org_path, :path) or starts_with(w.intake_org_path, :path) or w.created_by = :user_id)
  and (not w.confidential and w.request_type <> 'report' or w.created_by = :user_id)
  and not (w.barred_path <> '' and starts_with(:path, w.barred_path))
order by w.created_at desc, w.id desc limit :limit;

-- name: satisfaction(org_id, since, until)^
-- 问题清单 and 满意清单 of one unit and period (SJ-07), its call-backs (XY-33): what was excluded is not counted.
select count(*) filter (where closed_at is null or resolved is false)::int as problems,
       count(*) filter (where closed_at is not null and resolved and satisfied)::int as satisfied,
       count(*) filter (where satisfied is not null and exclusion is distinct from 'approved')::int as answered,
       count(*) filter (where satisfied and exclusion is distinct from 'approved')::int as content,
       count(*) filter (where stage = 'warned' or (flagged and closed_at is null))::int as warned,
       count(*)::int as total
from work_order
where owner_org_id = :org_id and created_at >= :since and created_at < :until;
