-- Intake from every side.

-- name: account_of(user_id, channel)^
select a.*, o.path as centre_path from channel_account a join org o on o.id = a.centre_id
where a.user_id = :user_id and a.channel = :channel;

-- name: accounts_under(path)
select a.user_id, u.username, a.channel, a.centre_id, o.name as centre, a.deferred, a.bound_at
from channel_account a join app_user u on u.id = a.user_id join org o on o.id = a.centre_id
where starts_with(o.path, :path)
order by a.channel, u.username;

-- name: bind_account(user_id, channel, centre_id, deferred, bound_by, at)!
insert into channel_account (user_id, channel, centre_id, deferred, bound_by, bound_at)
values (:user_id, :channel, :centre_id, :deferred, :bound_by, :at)
on conflict (user_id, channel) do update
set centre_id = excluded.centre_id, deferred = excluded.deferred, bound_by = excluded.bound_by,
    bound_at = excluded.bound_at;

-- name: loose_account(user_id, channel, path)$
delete from channel_account a using org o
where a.user_id = :user_id and a.channel = :channel and o.id = a.centre_id and starts_with(o.path, :path)
returning a.user_id;

-- name: machine_of(user_id)^
select u.id, u.roles, o.path from app_user u join org o on o.id = u.org_id
where u.id = :user_id and u.disabled_at is null;

-- name: centre_of(id)^
select id, path, kind from org where id = :id;

-- name: order_of_external(channel, external_id)^
select w.id, w.number, w.stage, w.upper_due_at, w.closed_at, w.created_at, w.reply, w.replied_at, w.created_by,
       w.external_id, w.locked, coalesce(o.name, '') as unit
from work_order w left join org o on o.id = w.owner_org_id and o.kind <> 'centre'
where w.channel = :channel and w.external_id = :external_id;

-- name: delivery_of(order_id, digests)$
select id from channel_delivery where order_id = :order_id and digest = any(:digests::bytea[]);

-- name: deliveries_of(order_id)
select d.at, d.channel, d.external_id, d.original, u.name as by_name
from channel_delivery d join app_user u on u.id = d.by_user
where d.order_id = :order_id order by d.at, d.id;

-- name: keep_delivery(id, order_id, channel, external_id, digest, at, by_user, original)$
-- null when this content was handed in before.
insert into channel_delivery (id, order_id, channel, external_id, digest, at, by_user, original)
values (:id, :order_id, :channel, :external_id, :digest, :at, :by_user, :original)
on conflict (order_id, digest) do nothing
returning id;

-- name: begin_import(id, name, sha256, channel, centre_id, dry_run, org_path, by_user, at, columns, rows)!
insert into channel_import
    (id, name, sha256, channel, centre_id, dry_run, org_path, by_user, begun_at, touched_at, columns, rows)
values (:id, :name, :sha256, :channel, :centre_id, :dry_run, :org_path, :by_user, :at, :at, :columns, :rows);

-- name: go_on_with_import(id, at, done, created, repeated, appended, refused)!
update channel_import
set touched_at = :at, done = :done, created = :created, repeated = :repeated, appended = :appended, refused = :refused
where id = :id;

-- name: end_import(id, at)!
update channel_import set ended_at = :at, touched_at = :at where id = :id;

-- name: note_fault(import_id, row_no, no, column_name, cause_zh, cause_en, remedy_zh, remedy_en)!
insert into channel_import_fault (import_id, row_no, no, column_name, cause_zh, cause_en, remedy_zh, remedy_en)
values (:import_id, :row_no, :no, :column_name, :cause_zh, :cause_en, :remedy_zh, :remedy_en)
on conflict do nothing;

-- name: import_of(id)^
select * from channel_import where id = :id;

-- name: imports_under(path, before_at, before_id, limit)
select * from channel_import
where starts_with(org_path, :path) and (begun_at, id) < (:before_at, :before_id)
order by begun_at desc, id desc limit :limit;

-- name: faults_of(import_id, after_row, after_no, limit)
select row_no, no, column_name, cause_zh, cause_en, remedy_zh, remedy_en
from channel_import_fault
where import_id = :import_id and (row_no, no) > (:after_row, :after_no)
order by row_no, no limit :limit;

-- name: begin_plan(id, title, by_user, org_path, at)!
insert into proactive_plan (id, title, by_user, org_path, at) values (:id, :title, :by_user, :org_path, :at)
on conflict (id) do nothing;

-- name: note_task(plan_id, unit_id, order_id)!
insert into proactive_task (plan_id, unit_id, order_id) values (:plan_id, :unit_id, :order_id)
on conflict do nothing;

-- name: tasks_of(plan_id)
select t.unit_id, o.name as unit, t.order_id, w.number, w.stage, w.closed_at
from proactive_task t join org o on o.id = t.unit_id join work_order w on w.id = t.order_id
where t.plan_id = :plan_id order by o.name;

-- name: plan_of(id)^
select * from proactive_plan where id = :id;

-- name: origins_between(path, since, until)^
-- Proactive orders are no complaints: counted by themselves (JC-36, SG-19).
select count(*) filter (where origin = 'demand') as demands,
       count(*) filter (where origin = 'proactive') as proactive,
       count(*) filter (where origin = 'proactive' and closed_at is not null and result_type = 'resolved') as effective
from work_order
where starts_with(intake_org_path, :path) and created_at >= :since and created_at < :until;

-- name: case_to_press(id)^
select c.*, p.order_id from link_case c left join case_order p on p.case_id = c.id where c.id = :id;

-- name: note_case_order(case_id, order_id, link, external, pressed_by, at)!
insert into case_order (case_id, order_id, link, external, pressed_by, at)
values (:case_id, :order_id, :link, :external, :pressed_by, :at)
on conflict (case_id) do nothing;

-- name: season_missing(since, until, limit)
-- Demands taken in a campaign's time that do not carry its name yet.
select id from work_order
where created_at >= :since and created_at < :until and season = '' and closed_at is null
order by created_at limit :limit;

-- name: files_of_order(order_id)$
select count(*) from order_file where order_id = :order_id;
