-- Oversight on the desk: visits of several parties, proposals that lapse, what is looked at in process and when the
-- citizen calls again (JC-29, SJ-03, SJ-22, A3.1 T-EXPLAIN).

alter table order_supervision
    add column parties jsonb not null default '[]',              -- who goes there together: [{body, name, external, org_id}]
    add column visit_at timestamptz,
    add column decide_by timestamptz,                            -- of a proposal: until when a human decides
    add column lapsed_at timestamptz;                            -- told once that nobody decided, or nobody answered
update order_supervision set decide_by = proposed_at + interval '1 day', due_at = null where state = 'proposed';
create index order_supervision_waiting on order_supervision (coalesce(due_at, decide_by))
    where lapsed_at is null and state in ('proposed', 'open');

alter table sanction_case add column lapsed_at timestamptz;
create index sanction_case_waiting on sanction_case (due_at)
    where lapsed_at is null and state in ('pending', 'returned');
alter table leader_instruction add column lapsed_at timestamptz;
create index leader_instruction_waiting on leader_instruction (due_on) where lapsed_at is null and fed_back_at is null;

alter table qc_review                                             -- what the unit put right (SJ-23)
    add column answer text not null default '',
    add column answered_by uuid references app_user,
    add column answered_at timestamptz;

-- JC-29: who said no and waits.
create index work_order_unhappy on work_order (created_at) where flagged and closed_at is null;

-- The others of its matter: what it reviews or repeats, what repeats it, the members of its event.
create index if not exists work_order_origin on work_order (origin_order_id) where origin_order_id is not null;
create function order_family(one uuid) returns setof uuid language sql stable as $$
    with recursive family (id) as (
        select one
        union
        select kin.id from family f cross join lateral (
            select w.origin_order_id as id from work_order w where w.id = f.id and w.origin_order_id is not null
            union all
            select o.id from work_order o where o.origin_order_id = f.id
            union all
            select r.of_order_id from order_repeat r where r.order_id = f.id
            union all
            select r.order_id from order_repeat r where r.of_order_id = f.id
            union all
            select m.id from work_order w join work_order m on m.matter_id = w.matter_id where w.id = f.id
        ) kin
    )
    select id from family
$$;

drop trigger order_event_overseen on order_event;
create trigger order_event_overseen after insert on order_event for each row
    when (new.move in ('timer_breached', 'dispatched', 'redispatched', 'signed', 'claimed', 'return_requested',
                       'return_granted', 'return_rejected', 'submitted', 'warned', 'closed', 'reopened',
                       'whistle_confirmed', 'sign_needed', 'flag_decided', 'urged', 'repeat_noted', 'merged',
                       'block_reason_set')
          or (new.move = 'timer_warned' and new.body ->> 'timer' = 'handle' and new.body ->> 'sign' like '%\%')
          or new.changes ?| array['category', 'category_code', 'duty_org_id', 'solvability', 'result_type'])
    execute function oversight_notes();
