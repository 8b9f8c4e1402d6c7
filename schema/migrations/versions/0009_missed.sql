-- Missed calls (漏接): callers who got no person, one record per caller until that caller gets through.
alter table call add column transfers jsonb not null default '[]'; -- [{id,steps:[{step,status,began_at,ended_at}]}]

create table missed_call (
    id uuid primary key,
    number text not null default '',         -- as in call.caller_number; '' when withheld: then one record per call
    region text not null default '',
    hotline text not null default '',
    dialled text not null default '',
    queue text,                              -- the queue waited in last, null for none
    reason text not null check (reason in ('abandoned', 'rejected', 'failed')), -- of the last call
    first_at timestamptz not null,
    last_at timestamptz not null,
    times integer not null default 1,
    last_call uuid not null,                 -- no foreign key: a fact is never refused, in whatever order calls arrive
    state text not null default 'open' check (state in ('open', 'called_back', 'got_through', 'closed')),
    claimed_by uuid references app_user,
    claimed_at timestamptz,
    ended_at timestamptz,
    ended_by uuid references app_user,       -- who closed it by hand
    ended_call uuid,                         -- the call in which the caller was answered
    remark text not null default ''
);
create unique index missed_call_open_number on missed_call (number) where state = 'open' and number <> '';
create index missed_call_by_state on missed_call (state, first_at, id);

create table missed_call_part (
    call_id uuid primary key,                -- each call counts once, however often it is looked at
    missed_id uuid references missed_call,
    taken_at timestamptz not null default now()
);

-- Calls that nobody answered, as the scan at start looks for them; and answered ones of a number.
create index call_unanswered on call (started_at)
    where direction = 'inbound' and answered_at is null and outcome in ('abandoned', 'failed', 'unknown');

-- Takes a call into its caller's open record. No row: it is no missed call, or was taken before.
create function take_missed_call(wanted uuid, fresh uuid)
returns table (id uuid, opened boolean, reason text) language plpgsql as $$
#variable_conflict use_column
declare
    c call;
    why text;
begin
    select * into c from call
    where call.id = wanted and direction = 'inbound' and purpose not in ('test', 'toll') and answered_at is null
        and ended_at is not null and outcome in ('abandoned', 'failed', 'unknown');
    if not found then
        return;
    end if;
    insert into missed_call_part (call_id) values (wanted) on conflict do nothing;
    if not found then
        return;
    end if;
    why := case
        when c.outcome = 'abandoned' then 'abandoned'
        when exists (
            select from call_fact f
            where f.call_id = wanted and f.kind = 'ChannelEnded' and f.leg = c.linked
                and (f.body->>'cause')::integer in (17, 21, 34, 42, 44, 47) -- Q.850: engaged, refused, no capacity
        ) then 'rejected'
        else 'failed'
    end;
    return query with taken as (
        insert into missed_call (id, number, region, hotline, dialled, queue, reason, first_at, last_at, last_call)
        values (fresh, c.caller_number, c.caller_region, c.hotline, c.dialled, c.queue, why, c.started_at,
            c.started_at, c.id)
        on conflict (number) where state = 'open' and number <> '' do update set
            times = missed_call.times + 1,
            first_at = least(missed_call.first_at, excluded.first_at),
            last_at = greatest(missed_call.last_at, excluded.last_at),
            hotline = case when excluded.last_at >= missed_call.last_at then excluded.hotline else missed_call.hotline end,
            dialled = case when excluded.last_at >= missed_call.last_at then excluded.dialled else missed_call.dialled end,
            queue = case when excluded.last_at >= missed_call.last_at then excluded.queue else missed_call.queue end,
            reason = case when excluded.last_at >= missed_call.last_at then excluded.reason else missed_call.reason end,
            last_call = case when excluded.last_at >= missed_call.last_at then excluded.last_call else missed_call.last_call end
        returning missed_call.id, missed_call.id = fresh as opened, missed_call.reason
    ), told as (
        update missed_call_part p set missed_id = taken.id from taken where p.call_id = wanted
    )
    select taken.id, taken.opened, taken.reason from taken;
end $$;

-- Ends the open records whose callers were answered since (and until then): all of them, or those of one number.
create function settle_missed_calls(wanted text, until timestamptz)
returns table (id uuid, state text, ended_call uuid) language sql as $$
    update missed_call m
    set state = case when reached.direction = 'inbound' then 'got_through' else 'called_back' end,
        ended_at = reached.answered_at, ended_call = reached.id
    from missed_call o
    cross join lateral (
        select c.id, c.direction, c.answered_at
        from call c
        where c.caller_number = o.number and c.caller_number <> '' and c.started_at >= o.first_at - interval '1 day'
            and c.answered_at >= o.first_at and c.answered_at <= until and c.purpose not in ('test', 'toll')
            and (c.direction = 'inbound' or (c.direction = 'outbound' and c.extension is not null))
        order by c.answered_at
        limit 1
    ) reached
    where m.id = o.id and m.state = 'open' and o.state = 'open' and (wanted is null or o.number = wanted)
    returning m.id, m.state, m.ended_call
$$;
