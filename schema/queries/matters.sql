-- Matters: several demands about one thing; repeated demands of one caller.

-- name: candidates(path, place, category, callers, since, but, limit)
-- Orders that may be about the same: open ones at the place or of the category, any of the same caller. Each arm is cut
-- by itself, newest first, so that one busy category does not hide the place.
with near as (
    (select id from work_order
     where place = :place and :place <> '' and closed_at is null and created_at >= :since
     order by created_at desc limit :limit)
    union
    (select id from work_order
     where category = :category and :category <> '' and closed_at is null and created_at >= :since
     order by created_at desc limit :limit)
    union
    (select id from work_order
     where caller_key = any(:callers::bytea[]) and caller_key <> '' and created_at >= :since
     order by created_at desc limit :limit)
)
select w.id, w.number, w.stage, w.title, w.content, w.category, w.address, w.place, w.latitude, w.longitude,
       w.created_at, w.matter_id, w.closed_at, (w.caller_key = any(:callers::bytea[]) and w.caller_key <> '') as same_caller,
       case when w.matter_id is null then 1
            else (select count(distinct case when m.caller_key = '' then uuid_send(m.id) else m.caller_key end)
                  from work_order m where m.matter_id = w.matter_id) end as callers
from near n join work_order w on w.id = n.id
where w.id is distinct from :but and not w.confidential
  and (starts_with(w.owner_org_path, :path) or starts_with(w.intake_org_path, :path));

-- name: begin_matter(id, title, place, category, plan, master_id, org_path, created_by, at)!
insert into matter (id, title, place, category, plan, master_id, org_path, created_by, created_at)
values (:id, :title, :place, :category, :plan, :master_id, :org_path, :created_by, :at);

-- name: join_matter(id, matter_id, order_id, at, by_user, score, reasons)!
insert into matter_member (id, matter_id, order_id, joined_at, joined_by, score, reasons)
values (:id, :matter_id, :order_id, :at, :by_user, :score, :reasons);

-- name: leave_matter(order_id, at, by_user, why)!
update matter_member set left_at = :at, left_by = :by_user, left_why = :why, waits = null
where order_id = :order_id and left_at is null;

-- name: dissolve_matter(id, at)!
update matter set dissolved_at = :at where id = :id and dissolved_at is null;

-- name: put_plan(id, plan)!
update matter set plan = :plan where id = :id;

-- name: lock_matter(id)!
select pg_advisory_xact_lock(hashtextextended(:id::uuid::text, 20));

-- name: matter_of(id)^
select m.*, w.stage, o.orders, o.callers, o.first_at, o.last_at, u.urges
from matter m
join work_order w on w.id = m.master_id,
lateral (select count(*)::int as orders, min(x.created_at) as first_at, max(x.created_at) as last_at,
                count(distinct case when x.caller_key = '' then uuid_send(x.id) else x.caller_key end)::int as callers
         from work_order x where x.matter_id = m.id) o,
lateral (select count(*)::int as urges from order_event e join work_order x on x.id = e.order_id
         where x.matter_id = m.id and e.move = 'urged') u
where m.id = :id;

-- name: matters_under(path, before_at, before_id, limit)
select m.*, w.stage, o.orders, o.callers, o.first_at, o.last_at, u.urges
from (select * from matter
      where starts_with(org_path, :path) and dissolved_at is null and (created_at, id) < (:before_at, :before_id)
      order by created_at desc, id desc limit :limit) m
join work_order w on w.id = m.master_id,
lateral (select count(*)::int as orders, min(x.created_at) as first_at, max(x.created_at) as last_at,
                count(distinct case when x.caller_key = '' then uuid_send(x.id) else x.caller_key end)::int as callers
         from work_order x where x.matter_id = m.id) o,
lateral (select count(*)::int as urges from order_event e join work_order x on x.id = e.order_id
         where x.matter_id = m.id and e.move = 'urged') u
order by m.created_at desc, m.id desc;

-- name: members_of(matter_id)
select w.*, m.joined_at, m.score, m.reasons, m.waits
from matter_member m join work_order w on w.id = m.order_id
where m.matter_id = :matter_id and m.left_at is null
order by w.master desc, w.created_at, w.id;

-- name: count_figures(path, since, until)^
-- By `counted_order`, the one definition of how an order counts. Proactive orders are nobody's demand.
select count(*)::int as demands, count(*) filter (where once)::int as matters,
       count(*) filter (where stands_for > 1)::int as merged, coalesce(max(stands_for), 0)::int as largest
from counted_order w
where starts_with(w.intake_org_path, :path) and w.origin = 'demand' and w.created_at >= :since and w.created_at < :until;

-- name: told_of(master_id, member_id, tries)^
-- What following asks beside the two rows: whether the member's citizen was told since the master's last reply, where
-- the master was transferred, and whether the machine brought the member where it stands.
select (select count(*) filter (where c.outcome = 'reached' or c.channel in ('message', 'letter')) > 0
               or count(*) >= :tries
        from order_contact c
        where c.order_id = :member_id and c.counterpart = 'citizen' and c.at >= m.replied_at) as told,
       coalesce((select e.body ->> 'target' from order_event e
                 where e.order_id = m.id and e.move = 'transferred' order by e.seq desc limit 1), '') as target,
       coalesce((select e.actor_id is null from order_event e
                 where e.order_id = :member_id and e.stage_before <> e.stage_after
                 order by e.seq desc limit 1), false) as led
from work_order m where m.id = :master_id;

-- name: note_waiting(order_id, waits)!
update matter_member set waits = :waits where order_id = :order_id and left_at is null and waits is distinct from :waits;

-- name: live_matters(after_id, limit)
-- With an order that has not come as far as its master's close.
select m.id from matter m
where m.dissolved_at is null and (:after_id::uuid is null or m.id > :after_id)
  and exists (select from work_order w where w.matter_id = m.id and not w.master and w.closed_at is null)
order by m.id limit :limit;

-- name: matter_to_follow(order_id)$
select m.id from work_order w join matter m on m.id = w.matter_id
where w.id = :order_id and m.dissolved_at is null;

-- name: earlier_of_caller(order_id, since)
-- Earlier demands of the same caller, the newest first.
select e.id, e.title, e.content, e.place, e.category, e.latitude, e.longitude, e.created_at, e.matter_id
from work_order w
join work_order e on e.caller_key = w.caller_key and e.created_at < w.created_at and e.created_at >= :since
where w.id = :order_id and w.caller_key <> ''
order by e.created_at desc limit 50;

-- name: order_to_compare(id)^
select id, title, content, place, category, latitude, longitude, created_at, matter_id, caller_key, confidential
from work_order where id = :id;

-- name: note_repeat(order_id, of_order_id, score, linked, at)!
insert into order_repeat (order_id, of_order_id, score, linked, at)
values (:order_id, :of_order_id, :score, :linked, :at)
on conflict (order_id) do update
set of_order_id = excluded.of_order_id, score = excluded.score, linked = true, at = excluded.at
where excluded.linked and not order_repeat.linked;

-- name: unlooked_at(since, limit)
-- Taken in while nobody listened: of callers who had rung before.
select w.id from work_order w
where w.created_at >= :since and w.caller_key <> ''
  and not exists (select from order_repeat r where r.order_id = w.id)
  and exists (select from work_order e where e.caller_key = w.caller_key and e.created_at < w.created_at)
order by w.created_at desc limit :limit;

-- name: repeats_of(order_id)^
select (select count(*)::int from order_event where order_id = :order_id and move = 'urged') as urges,
       (select array_agg(w.number order by w.created_at) from order_repeat r join work_order w on w.id = r.order_id
        where r.of_order_id = :order_id) as repeats,
       (select w.number from order_repeat r join work_order w on w.id = r.of_order_id
        where r.order_id = :order_id) as repeat_of,
       (select r.of_order_id from order_repeat r where r.order_id = :order_id) as repeat_of_id;

-- name: repeat_figures(path, since, until)^
-- A repeat is a later order on the same matter, or a call that was added to the open one (SJ-15). Proactive orders are
-- nobody's call.
select (select count(*)::int from work_order w
        where starts_with(w.intake_org_path, :path) and w.origin = 'demand'
          and w.created_at >= :since and w.created_at < :until) as orders,
       (select count(*)::int from order_repeat r join work_order w on w.id = r.order_id
        where starts_with(w.intake_org_path, :path) and w.created_at >= :since and w.created_at < :until) as repeats,
       (select count(*)::int from order_event e join work_order w on w.id = e.order_id
        where e.move = 'urged' and starts_with(w.intake_org_path, :path)
          and e.at >= :since and e.at < :until) as urges;

-- name: population_report(path, since, until)
-- XY-30: two populations by four measures, per unit. `repeat`: orders that were repeated, urged, or repeat another;
-- `dissatisfied`: orders whose citizen was not satisfied or not helped.
with picked as (
    select w.*, o.name as unit, o.id as unit_id, pop.population
    from work_order w
    join org o on o.id = w.owner_org_id and o.kind <> 'centre'
    cross join lateral (
        select 'repeat' as population
        where exists (select from order_repeat r where r.order_id = w.id or r.of_order_id = w.id)
           or exists (select from order_event e where e.order_id = w.id and e.move = 'urged')
        union all
        select 'dissatisfied' where w.flagged or w.satisfied is false or w.resolved is false
    ) pop
    where starts_with(w.owner_org_path, :path) and w.created_at >= :since and w.created_at < :until
      and coalesce(w.exclusion, '') <> 'approved'
)
select population, unit, unit_id, count(*)::int as orders,
       avg((contacted_at is not null)::int)::float8 as contacted,
       avg((submitted_at is not null and not exists (
            select from order_timer t where t.order_id = picked.id and t.breached_at is not null))::int)
           filter (where submitted_at is not null)::float8 as on_time,
       avg((resolved)::int) filter (where resolved is not null)::float8 as resolved,
       avg((satisfied)::int) filter (where satisfied is not null)::float8 as satisfied
from picked group by population, unit, unit_id order by population desc, orders desc, unit;

-- name: population_orders(path, unit_id, repeated, since, until, before_at, before_id, limit)
select w.id, w.number, o.name as unit, w.stage, w.created_at
from work_order w join org o on o.id = w.owner_org_id
where starts_with(w.owner_org_path, :path) and (:unit_id::uuid is null or w.owner_org_id = :unit_id)
  and w.created_at >= :since and w.created_at < :until and (w.created_at, w.id) < (:before_at, :before_id)
  and coalesce(w.exclusion, '') <> 'approved'
  and case when :repeated::boolean
      then exists (select from order_repeat r where r.order_id = w.id or r.of_order_id = w.id)
        or exists (select from order_event e where e.order_id = w.id and e.move = 'urged')
      else w.flagged or w.satisfied is false or w.resolved is false end
order by w.created_at desc, w.id desc limit :limit;
