-- Clocks of orders: what is late, what warns, when to look next. Starting and stopping is part of each move (orders.sql).

-- name: mark_breaches(at, limit, order_id)
-- Marks what is late, once: the order's row is locked first (as a move does), rows that are being moved are left for
-- the next pass, and a clock that a move has just stopped is seen as stopped. Of one order, or of all.
with late as (
    select t.order_id, t.name, t.round_no
    from order_timer t join work_order w on w.id = t.order_id
    where t.next_at <= :at and t.due_at <= :at and (:order_id::uuid is null or t.order_id = :order_id)
    order by t.next_at limit :limit
    for update of w skip locked
), marked as (
    update order_timer t set breached_at = :at, signs = '[]', sign_at = null
    from late
    where t.order_id = late.order_id and t.name = late.name and t.round_no = late.round_no
      and t.stopped_at is null and t.breached_at is null
    returning t.order_id, t.name, t.round_no, t.due_at, t.owner_org_id, t.consequence
), counted as (
    update work_order w set events = w.events + m.found
    from (select order_id, count(*)::int as found from marked group by order_id) m
    where w.id = m.order_id
    returning w.id, w.number, w.centre_org_id, w.events - m.found as before, w.stage
), logged as (
    insert into order_event (id, order_id, seq, at, actor_id, move, stage_before, stage_after, body)
    select gen_random_uuid(), m.order_id,
           c.before + row_number() over (partition by m.order_id order by m.due_at, m.name), :at, null,
           'timer_breached', c.stage, c.stage,
           jsonb_build_object('timer', m.name, 'round', m.round_no, 'due_at', m.due_at, 'org', m.owner_org_id,
                              'consequence', m.consequence)
    from marked m join counted c on c.id = m.order_id
)
select m.order_id, m.name, m.round_no, m.due_at, m.owner_org_id, m.consequence, c.number, c.centre_org_id
from marked m join counted c on c.id = m.order_id order by m.due_at;

-- name: mark_signs(at, limit)
-- Shows the last sign that has come of each clock not yet late, once, and keeps those to come.
with near as (
    select t.order_id, t.name, t.round_no
    from order_timer t join work_order w on w.id = t.order_id
    where t.next_at <= :at and t.due_at > :at
    order by t.next_at limit :limit
    for update of w skip locked
), shown as (
    select near.*, t.signs, p.sign, coalesce(r.rest, '[]') as rest
    from near join order_timer t using (order_id, name, round_no)
    cross join lateral (
        select s ->> 'sign' as sign from jsonb_array_elements(t.signs) with ordinality as e (s, n)
        where (s ->> 'at')::timestamptz <= :at order by n desc limit 1) as p
    cross join lateral (
        select jsonb_agg(s order by n) as rest from jsonb_array_elements(t.signs) with ordinality as e (s, n)
        where (s ->> 'at')::timestamptz > :at) as r
), marked as (
    update order_timer t set signs = shown.rest, sign_at = (shown.rest -> 0 ->> 'at')::timestamptz
    from shown
    where t.order_id = shown.order_id and t.name = shown.name and t.round_no = shown.round_no
      and t.stopped_at is null and t.breached_at is null and t.signs = shown.signs
    returning t.order_id, t.name, t.round_no, t.due_at, t.owner_org_id, shown.sign
), counted as (
    update work_order w set events = w.events + m.found
    from (select order_id, count(*)::int as found from marked group by order_id) m
    where w.id = m.order_id
    returning w.id, w.number, w.centre_org_id, w.events - m.found as before, w.stage
), logged as (
    insert into order_event (id, order_id, seq, at, actor_id, move, stage_before, stage_after, body)
    select gen_random_uuid(), m.order_id,
           c.before + row_number() over (partition by m.order_id order by m.due_at, m.name), :at, null,
           'timer_warned', c.stage, c.stage,
           jsonb_build_object('timer', m.name, 'round', m.round_no, 'due_at', m.due_at, 'sign', m.sign)
    from marked m join counted c on c.id = m.order_id
)
select m.order_id, m.name, m.round_no, m.due_at, m.owner_org_id, m.sign, c.number, c.centre_org_id
from marked m join counted c on c.id = m.order_id order by m.due_at;

-- name: next_due()$
select min(next_at) from order_timer where next_at is not null;

-- name: past_of(order_id)
select p.*, o.name as owner_name
from order_timer_past p join org o on o.id = p.owner_org_id
where p.order_id = :order_id order by p.replaced_at, p.name;

-- name: ask_extension(id, order_id, timer, round_no, length, reason, due_before, due_after, asked_by, asked_at)!
insert into order_extension
    (id, order_id, timer, round_no, length, reason, due_before, due_after, asked_by, asked_at)
values (:id, :order_id, :timer, :round_no, :length, :reason, :due_before, :due_after, :asked_by, :asked_at);

-- name: extensions_of(order_id)
select e.*, a.name as asked_by_name, coalesce(d.name, '') as decided_by_name
from order_extension e join app_user a on a.id = e.asked_by left join app_user d on d.id = e.decided_by
where e.order_id = :order_id order by e.asked_at, e.id;

-- name: decide_extension(id, granted, opinion, decided_by, decided_at)$
update order_extension set granted = :granted, opinion = :opinion, decided_by = :decided_by, decided_at = :decided_at
where id = :id and granted is null returning id;

-- name: extend_clock(order_id, name, round_no, due_at, cut_by, signs)$
-- Only a clock that runs and is not late.
update order_timer set due_at = :due_at, cut_by = :cut_by, signs = :signs, sign_at = (:signs::jsonb -> 0 ->> 'at')::timestamptz
where order_id = :order_id and name = :name and round_no = :round_no and stopped_at is null and breached_at is null
returning due_at;

-- name: rebind_clocks(order_id, at, actor_id, reason, clocks)!
-- Another date from above (orders.rebinding.Rebound as JSON): the order's row is locked by the move that brought it. A
-- late clock that starts anew goes on record first; each change is an event.
with given as (
    select * from jsonb_to_recordset(:clocks) as g
        (name text, round_no smallint, before timestamptz, started_at timestamptz, due_at timestamptz,
         own_due_at timestamptz, cut_by text, signs jsonb, afresh boolean)
), kept as (
    insert into order_timer_past
    select t.order_id, t.name, t.round_no, t.owner_org_id, t.ruleset, t.ruleset_version, t.started_at, t.due_at,
           t.stopped_at, t.breached_at, t.consequence, :at
    from order_timer t join given g on g.name = t.name and g.round_no = t.round_no
    where t.order_id = :order_id and g.afresh
), moved as (
    update order_timer t
    set started_at = case when g.afresh then :at else g.started_at end, due_at = g.due_at, own_due_at = g.own_due_at,
        cut_by = g.cut_by, signs = g.signs, sign_at = (g.signs -> 0 ->> 'at')::timestamptz,
        breached_at = case when g.afresh then null else t.breached_at end
    from given g
    where t.order_id = :order_id and t.name = g.name and t.round_no = g.round_no
    returning t.name, t.round_no, t.due_at, t.cut_by, g.before
), counted as (
    update work_order w set events = w.events + (select count(*)::int from moved)
    where w.id = :order_id
    returning w.id, w.events - (select count(*)::int from moved) as before, w.stage
)
insert into order_event (id, order_id, seq, at, actor_id, move, stage_before, stage_after, body)
select gen_random_uuid(), c.id, c.before + row_number() over (order by m.due_at, m.name), :at, :actor_id,
       'timer_rebound', c.stage, c.stage,
       jsonb_build_object('timer', m.name, 'round', m.round_no, 'before', m.before, 'due_at', m.due_at,
                          'cut_by', m.cut_by, 'reason', :reason::text)
from moved m, counted c;

-- name: begin_clocks(order_id, round_no, owner_path, clocks, at)$
select start_clocks(:order_id, :round_no, :owner_path, :clocks, :at);

-- name: rebounds_of(order_id)
-- What became of the clocks when the date from above changed, with why.
select e.at, e.body, coalesce(u.name, '') as actor_name
from order_event e left join app_user u on u.id = e.actor_id
where e.order_id = :order_id and e.move = 'timer_rebound' order by e.seq;

-- name: solvable_used_all(org_path, since, before_at, before_id, limit)
-- GH-11: orders declared solvable, submitted since then, with when their handling began and ended.
select w.id, w.number, w.title, o.name as owner, t.started_at, t.stopped_at, t.due_at, t.ruleset, t.ruleset_version,
       w.created_at
from work_order w
join lateral (
    select * from order_timer t
    where t.order_id = w.id and t.binds and t.stopped_at is not null
    order by t.outer_clock, t.due_at limit 1) t on true
join org o on o.id = w.owner_org_id
where w.solvability = 'solvable' and w.submitted_at >= :since
  and (starts_with(w.owner_org_path, :org_path) or starts_with(w.intake_org_path, :org_path))
  and (w.created_at, w.id) < (:before_at, :before_id)
order by w.created_at desc, w.id desc limit :limit;
