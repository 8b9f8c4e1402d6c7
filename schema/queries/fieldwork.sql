-- Patrols and activities (SG-21, SG-41).

-- name: field_org(id)^
select id, path, kind, name from org where id = :id;

-- name: field_people(path)
-- Who may be sent out from here.
select u.id, u.name, o.name as org from app_user u join org o on o.id = u.org_id
where starts_with(o.path, :path) and u.disabled_at is null
  and u.roles && array['field', 'unit_operator', 'unit_head'] and not u.roles && array['guest']
order by o.path, u.name limit 500;

-- name: sendable(ids, path)$
select count(*) from app_user u join org o on o.id = u.org_id
where u.id = any(:ids::uuid[]) and starts_with(o.path, :path) and u.disabled_at is null
  and u.roles && array['field', 'unit_operator', 'unit_head'] and not u.roles && array['guest'];

-- name: insert_patrol(id, area, task, category, begins_at, ends_at, centre_id, org_path, planned_by, at)$
-- null when it is there already.
insert into patrol (id, area, task, category, begins_at, ends_at, centre_id, org_path, planned_by, at)
values (:id, :area, :task, :category, :begins_at, :ends_at, :centre_id, :org_path, :planned_by, :at)
on conflict (id) do nothing returning id;

-- name: insert_members(patrol_id, ids)!
insert into patrol_member (patrol_id, user_id) select :patrol_id, unnest(:ids::uuid[]);

-- name: patrol_of(id)^
select p.*, u.name as planner,
       array(select m.user_id from patrol_member m where m.patrol_id = p.id) as members,
       array(select x.name from patrol_member m join app_user x on x.id = m.user_id where m.patrol_id = p.id
             order by x.name) as patrollers,
       (select count(*)::int from patrol_check_in c where c.patrol_id = p.id) as check_ins,
       (select count(*)::int from patrol_finding f where f.patrol_id = p.id) as findings
from patrol p join app_user u on u.id = p.planned_by where p.id = :id;

-- name: lock_patrol(id)^
select p.*, array(select m.user_id from patrol_member m where m.patrol_id = p.id) as members,
       (select count(*)::int from patrol_check_in c where c.patrol_id = p.id) as check_ins
from patrol p where p.id = :id for no key update of p;

-- name: patrols_seen(path, user_id, before_at, before_id, limit)
-- Of the centres below `path`, and those that `user_id` walks; path '-' leaves only these.
select p.*, u.name as planner,
       array(select m.user_id from patrol_member m where m.patrol_id = p.id) as members,
       array(select x.name from patrol_member m join app_user x on x.id = m.user_id where m.patrol_id = p.id
             order by x.name) as patrollers,
       (select count(*)::int from patrol_check_in c where c.patrol_id = p.id) as check_ins,
       (select count(*)::int from patrol_finding f where f.patrol_id = p.id) as findings
from patrol p join app_user u on u.id = p.planned_by
where (starts_with(p.org_path, :path)
       or p.id in (select m.patrol_id from patrol_member m where m.user_id = :user_id))
  and (p.begins_at, p.id) < (:before_at, :before_id)
order by p.begins_at desc, p.id desc limit :limit;

-- name: end_patrol(id, at, by_user, summary)!
update patrol set ended_at = :at, ended_by = :by_user, summary = :summary where id = :id;

-- name: cancel_patrol(id, at, by_user, reason)!
update patrol set cancelled_at = :at, cancelled_by = :by_user, cancel_reason = :reason where id = :id;

-- name: insert_check_in(id, patrol_id, user_id, at, place, latitude, longitude, note)!
insert into patrol_check_in (id, patrol_id, user_id, at, place, latitude, longitude, note)
values (:id, :patrol_id, :user_id, :at, :place, :latitude, :longitude, :note)
on conflict (id) do nothing;

-- name: check_ins_of(patrol_id)
select c.id, u.name as by_name, c.at, c.place, c.latitude, c.longitude, c.note
from patrol_check_in c join app_user u on u.id = c.user_id where c.patrol_id = :patrol_id order by c.at, c.id;

-- name: insert_finding(id, patrol_id, user_id, at, place, latitude, longitude, content, category)$
insert into patrol_finding (id, patrol_id, user_id, at, place, latitude, longitude, content, category)
values (:id, :patrol_id, :user_id, :at, :place, :latitude, :longitude, :content, :category)
on conflict (id) do nothing returning id;

-- name: finding_of(id)^
select * from patrol_finding where id = :id;

-- name: settle_finding(id, order_id)!
update patrol_finding set order_id = :order_id where id = :id and order_id is null;

-- name: findings_of(patrol_id)
select f.id, u.name as by_name, f.at, f.place, f.latitude, f.longitude, f.content, f.category, f.order_id, w.number,
       w.stage, e.result, coalesce(e.note, '') as note, e.at as enforced_at
from patrol_finding f join app_user u on u.id = f.user_id
left join work_order w on w.id = f.order_id
left join lateral (select * from patrol_enforcement x where x.finding_id = f.id
                   order by x.at desc, x.id desc limit 1) e on true
where f.patrol_id = :patrol_id order by f.at, f.id;

-- name: finding_behind(order_id)^
select f.id, f.patrol_id, p.area, u.name as by_name, f.at, e.result, coalesce(e.note, '') as note,
       e.at as enforced_at
from patrol_finding f join patrol p on p.id = f.patrol_id join app_user u on u.id = f.user_id
left join lateral (select * from patrol_enforcement x where x.finding_id = f.id
                   order by x.at desc, x.id desc limit 1) e on true
where f.order_id = :order_id;

-- name: insert_enforcement(id, finding_id, result, note, at, by_user)!
insert into patrol_enforcement (id, finding_id, result, note, at, by_user)
values (:id, :finding_id, :result, :note, :at, :by_user);

-- name: patrol_figures(path, since, until)^
-- Of patrols that began in [since, until). `missed` were over at `until` or now, whichever is earlier, and nobody came.
with p as (
    select id, ended_at, ends_at, exists(select from patrol_check_in c where c.patrol_id = patrol.id) as walked
    from patrol
    where starts_with(org_path, :path) and begins_at >= :since and begins_at < :until and cancelled_at is null
), f as (
    select x.order_id, w.stage,
           (select e.result from patrol_enforcement e where e.finding_id = x.id order by e.at desc, e.id desc limit 1)
               as result
    from patrol_finding x left join work_order w on w.id = x.order_id where x.patrol_id in (select id from p)
)
select (select count(*) from p)::int as patrols,
       (select count(*) from p where walked)::int as walked,
       (select count(*) from patrol_check_in c where c.patrol_id in (select id from p))::int as check_ins,
       (select count(*) from f)::int as findings,
       (select count(*) from f where order_id is not null)::int as orders,
       (select count(*) from f where stage = 'closed')::int as closed,
       (select coalesce(jsonb_object_agg(result, n), '{}') from
            (select result, count(*)::int as n from f where result is not null group by result) r) as enforcement;

-- name: matter_seen(id, path)$
select m.id from matter m where m.id = :id
  and (starts_with(m.org_path, :path)
       or exists(select from work_order w where w.matter_id = m.id and starts_with(w.owner_org_path, :path)));

-- name: insert_activity(id, kind, title, held_on, place, participants, who, outcome, category, matter_id, org_id, org_path, noted_by, at)$
insert into activity (id, kind, title, held_on, place, participants, who, outcome, category, matter_id, org_id,
                      org_path, noted_by, at)
values (:id, :kind, :title, :held_on, :place, :participants, :who, :outcome, :category, :matter_id, :org_id,
        :org_path, :noted_by, :at)
on conflict (id) do nothing returning id;

-- name: activity_of(id)^
select a.*, o.name as org, u.name as noter, m.title as matter
from activity a join org o on o.id = a.org_id join app_user u on u.id = a.noted_by
left join matter m on m.id = a.matter_id where a.id = :id;

-- name: activities_under(path, kind, before_on, before_id, limit)
select a.*, o.name as org, u.name as noter, m.title as matter
from activity a join org o on o.id = a.org_id join app_user u on u.id = a.noted_by
left join matter m on m.id = a.matter_id
where starts_with(a.org_path, :path) and (:kind::text is null or a.kind = :kind)
  and (a.held_on, a.id) < (:before_on, :before_id)
order by a.held_on desc, a.id desc limit :limit;

-- name: put_outcome(id, participants, who, outcome, at, by_user)!
update activity set participants = :participants, who = :who, outcome = :outcome, outcome_at = :at,
                    outcome_by = :by_user
where id = :id;

-- name: activities_about(category, matter_id, path, limit)
-- What was held about an order's topic by bodies that the reader sees.
select a.*, o.name as org, u.name as noter, m.title as matter
from activity a join org o on o.id = a.org_id join app_user u on u.id = a.noted_by
left join matter m on m.id = a.matter_id
where starts_with(a.org_path, :path)
  and ((a.category <> '' and a.category = :category) or (a.matter_id is not null and a.matter_id = :matter_id))
order by a.held_on desc, a.id desc limit :limit;

-- name: topic_orders(category, matter_id, path, since, until, limit)
-- Demands of the topic taken in [since, until), newest first; an order that the topic's matter holds counts whatever
-- its category says.
select w.id, w.number, w.stage, w.created_at, coalesce(o.name, '') as unit
from work_order w left join org o on o.id = w.owner_org_id and o.kind <> 'centre'
where ((:category <> '' and w.category = :category) or w.matter_id = :matter_id)
  and w.origin = 'demand' and w.created_at >= :since and w.created_at < :until
  and (starts_with(w.owner_org_path, :path) or starts_with(w.intake_org_path, :path))
  and not (w.barred_path <> '' and starts_with(:path, w.barred_path))
order by w.created_at desc, w.id desc limit :limit;

-- name: topic_counts(category, matter_id, path, before, since, until)^
select count(*) filter (where w.created_at < :since)::int as earlier,
       count(*) filter (where w.created_at >= :since)::int as later
from work_order w
where ((:category <> '' and w.category = :category) or w.matter_id = :matter_id)
  and w.origin = 'demand' and w.created_at >= :before and w.created_at < :until
  and (starts_with(w.owner_org_path, :path) or starts_with(w.intake_org_path, :path))
  and not (w.barred_path <> '' and starts_with(:path, w.barred_path));
