-- Callers of the other rooms: sealed numbers and their keyed hashes; keys that rotate; what is kept and for how long.

-- Under which search key a place was keyed; '' is the key of a file from before these keys had names. `rekey`: the pass
-- is one over every row.
alter table vault_pass
    add column search text not null default '',
    add column rekey boolean not null default false;
alter table audit_chain add column key_id text not null default ''; -- of the chain key, likewise

-- number holds sealed text; numbers are compared by number_key (people/vault.py). Rows from before are sealed by
-- people/sealing.py, before the rooms open.
alter table kept_place add column number_key bytea not null default '';
drop index kept_place_once;
create unique index kept_place_once on kept_place (number_key)
    where state in ('waiting', 'ringing', 'queued') and number_key <> '';

alter table care_entry add column number_key bytea not null default '';
drop index care_entry_standing;
create unique index care_entry_standing on care_entry (number_key) where ended_at is null and number_key <> '';

alter table harassment_entry add column number_key bytea not null default '';
drop index harassment_entry_standing;
create unique index harassment_entry_standing on harassment_entry (number_key)
    where state in ('proposed', 'approved') and ended_at is null and reviewed_at is null and number_key <> '';

-- A language is a convenience that expires: nothing is carried over.
drop table caller_language;
create table caller_language (
    number_key bytea primary key check (number_key <> ''),
    language text not null,
    set_at timestamptz not null,
    expires_at timestamptz not null
);

-- caller_number of a voice message is sealed; nothing compares it.

alter table missed_call add column number_key bytea not null default '';
drop index missed_call_open_number;
create unique index missed_call_open_number on missed_call (number_key) where state = 'open' and number_key <> '';

-- A call's number and key are copied as they stand: the ledger has sealed them.
-- Takes a call into its caller's open record. No row: it is no missed call, or was taken before.
create or replace function take_missed_call(wanted uuid, fresh uuid)
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
        insert into missed_call (id, number, number_key, region, hotline, dialled, queue, reason, first_at, last_at, last_call)
        values (fresh, c.caller_number, c.caller_key, c.caller_region, c.hotline, c.dialled, c.queue, why, c.started_at,
            c.started_at, c.id)
        on conflict (number_key) where state = 'open' and number_key <> '' do update set
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

drop function settle_missed_calls(text, timestamptz);
-- Ends the open records whose callers were answered since (and until then): all of them, or those of one number.
create function settle_missed_calls(wanted bytea, until timestamptz)
returns table (id uuid, state text, ended_call uuid) language sql as $$
    update missed_call m
    set state = case when reached.direction = 'inbound' then 'got_through' else 'called_back' end,
        ended_at = reached.answered_at, ended_call = reached.id
    from missed_call o
    cross join lateral (
        select c.id, c.direction, c.answered_at
        from call c
        where c.caller_key = o.number_key and c.caller_key <> '' and c.started_at >= o.first_at - interval '1 day'
            and c.answered_at >= o.first_at and c.answered_at <= until and c.purpose not in ('test', 'toll')
            and (c.direction = 'inbound' or (c.direction = 'outbound' and c.extension is not null))
        order by c.answered_at
        limit 1
    ) reached
    where m.id = o.id and m.state = 'open' and o.state = 'open' and (wanted is null or o.number_key = wanted)
    returning m.id, m.state, m.ended_call
$$;

-- How long voices are kept (B-32). `removed_at`: the file went when its time was over; the row stays, with its digest.
alter table recording add column removed_at timestamptz;
alter table voice_message add column removed_at timestamptz;
create index recording_by_age on recording (started_at) where path is not null;
create index voice_message_by_age on voice_message (recorded_at) where removed_at is null;

-- Whether a call's voices are needed still: an order that it belongs to is open, or was disputed or supervised and has
-- not been closed since `settled` or before.
create function voices_needed(called uuid, settled timestamptz) returns boolean stable language sql as $$
    select exists (
        select from work_order w
        where w.id in (
            select id from work_order where call_id = called
            union all select order_id from order_contact where call_id = called
            union all select order_id from callback_record where call_id = called
            union all select order_id from outbound_call where call_id = called and order_id is not null
            union all select c.order_id from callback_attempt a join callback c on c.id = a.callback_id
                where a.call_id = called
        ) and (
            w.closed_at is null
            or w.closed_at >= settled and (
                w.supervisions > 0 or w.flagged or w.reopened > 0 or w.round_no > 1 or w.request_type = 'report'
                or w.resolved is false or w.satisfied is false or w.violations <> '{}'
            )
        )
    )
$$;
create index order_contact_call on order_contact (call_id) where call_id is not null;
create index callback_record_call on callback_record (call_id) where call_id is not null;
create index callback_attempt_call on callback_attempt (call_id) where call_id is not null;
create index outbound_call_call on outbound_call (call_id);
