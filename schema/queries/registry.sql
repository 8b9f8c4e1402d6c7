-- name: lock_registry(name)!
select pg_advisory_xact_lock(hashtext(:name));

-- name: last_entries()
-- Every number as it was taken up last; a removed one has no entry.
select distinct on (number) number, after from registry_change order by number, seq desc;

-- name: write_change(id, number, at, actor_id, kind, fields, before, after, sha256, version)!
insert into registry_change (id, number, at, actor_id, kind, fields, before, after, sha256, version)
values (:id, :number, :at, :actor_id, :kind, :fields, :before, :after, :sha256, :version);

-- name: page_of_changes(number, before_at, before_id, most)
select c.id, c.number, c.at, u.name as by_name, c.kind, c.fields, c.before, c.after, c.sha256, c.version
from registry_change c left join app_user u on u.id = c.actor_id
where (c.at, c.id) < (:before_at::timestamptz, :before_id::uuid)
    and (:number::text is null or c.number = :number)
order by c.at desc, c.id desc
limit :most;

-- name: checks()
select k.number, k.since, k.item, k.done_at, k.note, u.name as by_name
from merge_check k join app_user u on u.id = k.done_by;

-- name: checks_of(number, since)
select item from merge_check where number = :number and since = :since;

-- name: set_check(number, since, item, at, actor_id, note)!
insert into merge_check (number, since, item, done_at, done_by, note)
values (:number, :since, :item, :at, :actor_id, :note)
on conflict (number, since, item) do update set
    done_at = excluded.done_at, done_by = excluded.done_by, note = excluded.note;

-- name: unset_check(number, since, item)!
delete from merge_check where number = :number and since = :since and item = :item;

-- name: closings()
select t.number, t.since, t.opened_at, o.name as opened_by, t.closed_at, c.name as closed_by, t.note
from closing_task t join app_user o on o.id = t.opened_by left join app_user c on c.id = t.closed_by;

-- name: closing_of(number, since)^
select id, closed_at from closing_task where number = :number and since = :since;

-- name: open_closing(id, number, since, at, actor_id, note)!
insert into closing_task (id, number, since, opened_at, opened_by, note)
values (:id, :number, :since, :at, :actor_id, :note);

-- name: complete_closing(number, since, at, actor_id)!
update closing_task set closed_at = :at, closed_by = :actor_id where number = :number and since = :since;

-- name: calls_between(since, until)
-- By number dialled: what came in, without the house's own test calls.
select dialled as number, count(*) as calls, count(*) filter (where queued_at is not null) as asked_person,
    count(*) filter (where answered_at is not null) as answered,
    count(*) filter (where outcome = 'abandoned') as abandoned
from call
where direction = 'inbound' and purpose <> 'test' and started_at >= :since and started_at < :until
group by dialled;

-- name: days_of_number(number, zone, since, until)
select (started_at at time zone :zone)::date as day, count(*) as calls,
    count(*) filter (where queued_at is not null) as asked_person,
    count(*) filter (where answered_at is not null) as answered,
    count(*) filter (where outcome = 'abandoned') as abandoned
from call
where direction = 'inbound' and purpose <> 'test' and dialled = :number
    and started_at >= :since and started_at < :until
group by 1
order by 1;

-- name: ask_probe(id, number, kind, day, actor_id, at)!
insert into hotline_probe (id, number, kind, day, status, asked_by, asked_at)
values (:id, :number, :kind, :day, 'waiting', :actor_id, :at);

-- name: claim_daily(id, number, day, pbx, at)$
-- The day's test call of a number: once, whichever house asks first.
insert into hotline_probe (id, number, kind, day, pbx, status, asked_at, began_at)
values (:id, :number, 'daily', :day, :pbx, 'running', :at, :at)
on conflict do nothing
returning id;

-- name: claim_waiting(pbx, at)^
update hotline_probe set pbx = :pbx, status = 'running', began_at = :at
where id = (
    select id from hotline_probe where status = 'waiting' order by asked_at, id limit 1 for update skip locked
)
returning id, number, kind;

-- name: probed_on(day)
select number from hotline_probe where kind = 'daily' and day = :day;

-- name: note_probe_call(id, call_id)!
update hotline_probe set call_id = :call_id where id = :id;

-- name: settle_probe(id, status, reason, answered_at, at)!
update hotline_probe set status = :status, reason = :reason, answered_at = :answered_at, ended_at = :at
where id = :id and status = 'running';

-- name: drop_running(pbx, at)
-- Test calls of an earlier life of the house: nobody followed them to their end.
update hotline_probe set status = 'unknown', reason = 'restarted', ended_at = :at
where pbx = :pbx and status = 'running'
returning number;

-- name: get_probe(id)^
select p.id, p.number, p.kind, p.status, p.reason, p.asked_at, p.began_at, p.answered_at, p.ended_at, p.call_id,
    u.name as by_name
from hotline_probe p left join app_user u on u.id = p.asked_by
where p.id = :id;

-- name: page_of_probes(number, before_at, before_id, most)
select p.id, p.number, p.kind, p.status, p.reason, p.asked_at, p.began_at, p.answered_at, p.ended_at, p.call_id,
    u.name as by_name
from hotline_probe p left join app_user u on u.id = p.asked_by
where (p.asked_at, p.id) < (:before_at::timestamptz, :before_id::uuid)
    and (:number::text is null or p.number = :number)
order by p.asked_at desc, p.id desc
limit :most;

-- name: last_probes(numbers)
-- The newest test call and the newest drill of each number.
select n.number, k.drill, p.*
from unnest(:numbers::text[]) as n (number)
cross join (values (false), (true)) as k (drill)
cross join lateral (
    select p.id, p.kind, p.status, p.reason, p.asked_at, p.began_at, p.answered_at, p.ended_at, p.call_id,
        u.name as by_name
    from hotline_probe p left join app_user u on u.id = p.asked_by
    where p.number = n.number and (p.kind = 'drill') = k.drill
    order by p.asked_at desc, p.id desc
    limit 1
) p;

-- name: had_good_probe(number, since)$
select exists (
    select from hotline_probe
    where number = :number and status = 'ok' and kind <> 'drill' and asked_at >= :since
);

-- name: hand_in_case(id, link, external, summary, caller_number, caller_key, machine_id, at, expires_at)$
-- Null when the case is there already.
insert into link_case (id, link, external, summary, caller_number, caller_key, machine_id, received_at, expires_at)
values (:id, :link, :external, :summary, :caller_number, :caller_key, :machine_id, :at, :expires_at)
on conflict (link, external) do nothing
returning id;

-- name: call_of_caller(keys, since)$
-- The caller's call that is under way, when the case comes after it.
select c.id from call c
where c.caller_key = any(:keys::bytea[]) and c.caller_key <> '' and c.direction = 'inbound' and c.ended_at is null
    and c.started_at >= :since and not exists (select from link_case k where k.call_id = c.id)
order by c.started_at desc limit 1;

-- name: calls_of_link(link, since)
-- Calls under way that came from the platform itself and have no case yet.
select a.call_id from link_arrival a join call c on c.id = a.call_id
where a.link = :link and c.ended_at is null and c.started_at >= :since
    and not exists (select from link_case k where k.call_id = c.id);

-- name: sees_call(call_id, user_id, org_path)$
-- Whose phone rings or rang for the call (the card comes before its row is written), who answered it, and who answers
-- for the org of the agent that took it.
select exists (select from call_offer where call_offer.call_id = :call_id and user_id = :user_id)
    or exists (
        select from app_user u
        where u.id = :user_id and u.extension is not null and (
            exists (select from call c where c.id = :call_id and c.extension = u.extension)
            or exists (
                select from call_leg l
                where l.call_id = :call_id and starts_with(l.channel, 'PJSIP/' || u.extension || '-')
            )
        )
    )
    or (:org_path::text is not null and exists (
        select from call c where c.id = :call_id and call_within(c.id, c.extension, :org_path)
    ));

-- name: case_of(link, external)^
select * from link_case where link = :link and external = :external;

-- name: get_case(id)^
select * from link_case where id = :id;

-- name: case_of_call(call_id)^
select * from link_case where call_id = :call_id order by matched_at desc limit 1;

-- name: page_of_cases(link, before_at, before_id, most)
select * from link_case
where (received_at, id) < (:before_at::timestamptz, :before_id::uuid) and (:link::text is null or link = :link)
order by received_at desc, id desc
limit :most;

-- name: take_case_of_caller(keys, call_id, at)^
-- The caller's newest case that still waits for its call.
update link_case set call_id = :call_id, matched_at = :at
where id = (
    select id from link_case
    where caller_key = any(:keys::bytea[]) and call_id is null and received_at <= :at and expires_at > :at
    order by received_at desc limit 1 for update skip locked
)
returning *;

-- name: take_only_case(link, call_id, at)^
-- For a call that presents the platform's own number: only where one case alone waits can it be meant.
with waiting as (
    select id from link_case
    where link = :link and call_id is null and received_at <= :at and expires_at > :at
    for update skip locked
)
update link_case set call_id = :call_id, matched_at = :at
where id in (select id from waiting) and (select count(*) from waiting) = 1
returning *;

-- name: match_case(id, call_id, actor_id, at)!
update link_case set call_id = :call_id, matched_by = :actor_id, matched_at = :at where id = :id;

-- name: write_arrival(call_id, link, how, at, earlier_call_id)!
insert into link_arrival (call_id, link, how, at, earlier_call_id)
values (:call_id, :link, :how, :at, :earlier_call_id)
on conflict (call_id) do update set
    link = excluded.link, how = excluded.how, earlier_call_id = excluded.earlier_call_id;

-- name: get_arrival(call_id)^
select a.*, e.started_at as earlier_call_at
from link_arrival a left join call e on e.id = a.earlier_call_id
where a.call_id = :call_id;

-- name: earlier_call(keys, call_id, since, until)$
-- The citizen's own call before this one.
select id from call
where caller_key = any(:keys::bytea[]) and caller_key <> '' and id <> :call_id and purpose <> 'test'
    and started_at >= :since and started_at <= :until
order by started_at desc, id desc
limit 1;
