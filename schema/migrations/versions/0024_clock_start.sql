-- As in 0016; an order without clocks has none to replace or to hand over, which most are when clocks start.
create or replace function start_clocks(of_order uuid, of_round smallint, of_path text, clocks jsonb, moment timestamptz)
returns integer language plpgsql as $$
begin
    if exists (select from order_timer where order_id = of_order) then
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
    end if;
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
