-- Clocks with their signs, caps and consequences (A3.1); what was replaced stays on record; extensions (A-07).
alter table order_timer
    add column kind text,                             -- the order's kind when the clock started
    add column length jsonb,                          -- {"working_days": 5}; null: a given date
    add column own_due_at timestamptz,                -- by the length alone; null in rows of the first schema
    add column cut_by text not null default '',       -- the outer clock that ends it sooner (A-02)
    add column consequence text not null default '',  -- what a breach counts as
    add column outer_clock boolean not null default false, -- never moved by a re-dispatch (A-05)
    add column binds boolean not null default false,  -- counts for the effective due of the handling
    add column signs jsonb not null default '[]',     -- warnings still to come, in order: [{"at", "sign"}]
    add column sign_at timestamptz,                   -- the first of them
    add column next_at timestamptz generated always as (
        case when stopped_at is null and breached_at is null then least(sign_at, due_at) end) stored;
drop index order_timer_due;
create index order_timer_next on order_timer (next_at) where next_at is not null;

-- A clock that was started anew for another unit (A-05): what the unit before kept or broke.
create table order_timer_past (
    order_id uuid not null references work_order,
    name text not null,
    round_no smallint not null,
    owner_org_id uuid not null references org,
    ruleset text not null,
    ruleset_version integer not null,
    started_at timestamptz not null,
    due_at timestamptz not null,
    stopped_at timestamptz,
    breached_at timestamptz,
    consequence text not null,
    replaced_at timestamptz not null
);
create index order_timer_past_order on order_timer_past (order_id, replaced_at);

create table order_extension (
    id uuid primary key,
    order_id uuid not null references work_order,
    timer text not null,
    round_no smallint not null,
    length jsonb not null,                            -- asked for, from the due time on
    reason text not null,
    due_before timestamptz not null,
    due_after timestamptz not null,                   -- as computed when it was asked for
    asked_by uuid not null references app_user,
    asked_at timestamptz not null,
    decided_by uuid references app_user,
    decided_at timestamptz,
    granted boolean,                                  -- null: open
    opinion text not null default ''
);
create index order_extension_order on order_extension (order_id, asked_at);
create unique index order_extension_open on order_extension (order_id, timer, round_no) where granted is null;

-- Starts clocks of a round, one place for every statement that moves an order (orders.timers.Started as JSON). An inner
-- clock that ran before goes on record and starts anew; an outer one only changes hands (A-05). Gives how many there are.
create function start_clocks(of_order uuid, of_round smallint, of_path text, clocks jsonb, moment timestamptz)
returns integer language plpgsql as $$
begin
    with gone as (
        delete from order_timer t using jsonb_to_recordset(clocks) as s (name text)
        where t.order_id = of_order and t.round_no = of_round and t.name = s.name and not t.outer_clock
        returning t.*
    )
    insert into order_timer_past
    select order_id, name, round_no, owner_org_id, ruleset, ruleset_version, started_at, due_at, stopped_at, breached_at,
           consequence, moment
    from gone;
    update order_timer t set owner_org_id = s.owner
    from jsonb_to_recordset(clocks) as s (name text, owner uuid, owner_level smallint)
    where t.order_id = of_order and t.round_no = of_round and t.name = s.name and s.owner_level = 0;
    insert into order_timer
        (order_id, name, round_no, owner_org_id, ruleset, ruleset_version, calendar, start_event, started_at, due_at, kind,
         length, own_due_at, cut_by, consequence, outer_clock, binds, signs, sign_at)
    select of_order, s.name, of_round,
           coalesce(case when s.owner_level > 0 then (
               select o.id from org o
               where o.level = s.owner_level and o.kind = 'centre' and starts_with(of_path, o.path)
               order by o.path desc limit 1) end, s.owner),
           s.ruleset, s.ruleset_version, s.calendar, s.start_event, s.started_at, s.due_at, s.kind, s.length,
           s.own_due_at, s.cut_by, s.consequence, s."outer", s.binds, s.signs, (s.signs -> 0 ->> 'at')::timestamptz
    from jsonb_to_recordset(clocks) as s
        (name text, owner uuid, owner_level smallint, ruleset text, ruleset_version integer, calendar text,
         start_event text, started_at timestamptz, due_at timestamptz, kind text, length jsonb, own_due_at timestamptz,
         cut_by text, consequence text, "outer" boolean, binds boolean, signs jsonb)
    on conflict (order_id, name, round_no) do nothing;
    return jsonb_array_length(clocks);
end $$;
