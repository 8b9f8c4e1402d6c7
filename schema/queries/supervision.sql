-- name: open_session(id, supervisor, agent, spied, call, pbx, extension, asked, reason, at)!
insert into supervision_session (
    id, supervisor_id, agent_id, spied, call_id, pbx, extension, asked_mode, reason, asked_at
) values (:id, :supervisor, :agent, :spied, :call, :pbx, :extension, :asked, :reason, :at);

-- name: enter_mode(id, mode, at, told, payload)$
-- The session is in this mode since `at`; the one before ends then. The agent's desk is woken. Each step reads the one
-- before, so that they run in this order; a repetition changes nothing.
with closed as (
    update supervision_mode set until = greatest(:at, since)
    where session_id = :id and until is null and mode <> :mode
    returning session_id
), answered as (
    update supervision_session set answered_at = coalesce(answered_at, :at)
    where id = :id and ended_at is null and (select count(*) from closed) >= 0
    returning id
), entered as (
    insert into supervision_mode (session_id, mode, since, told)
    select id, :mode, :at, :told from answered
    on conflict do nothing
    returning session_id
)
select pg_notify('desk', :payload) is null from (select count(*) from entered) as after;

-- name: close_session(id, at, outcome, payload)$
with closed as (
    update supervision_mode set until = greatest(:at, since) where session_id = :id and until is null
    returning session_id
), ended as (
    update supervision_session set ended_at = greatest(:at, asked_at), outcome = :outcome
    where id = :id and ended_at is null and (select count(*) from closed) >= 0
    returning id
)
select pg_notify('desk', :payload) is null from (select count(*) from ended) as after;

-- name: open_sessions(pbx)
select s.*, m.mode, m.since
from supervision_session s left join supervision_mode m on m.session_id = s.id and m.until is null
where s.pbx = :pbx and s.ended_at is null;

-- name: open_session_of(supervisor)^
select s.*, m.mode, m.since
from supervision_session s left join supervision_mode m on m.session_id = s.id and m.until is null
where s.supervisor_id = :supervisor and s.ended_at is null;

-- name: serves(path, queue)$
-- Whether the org's subtree answers for the queue: its agents serve it, or it is the root.
select exists (
    select from agent_seat s join app_user u on u.id = s.user_id join org o on o.id = u.org_id
    where :queue = any(s.queues) and starts_with(o.path, :path)
) or exists (select from org where path = :path and parent_id is null);

-- name: told_of(agent)
-- Who is in the call of this agent right now, as far as the agent is told.
select s.id, s.call_id, v.name as supervisor, m.mode, m.since
from supervision_session s
join supervision_mode m on m.session_id = s.id and m.until is null
join app_user v on v.id = s.supervisor_id
where s.agent_id = :agent and s.ended_at is null and m.told
order by m.since;

-- name: sessions_under(path, before_at, before_id, most)
-- Newest first, of agents of the subtree.
select s.*, v.name as supervisor, a.name as agent,
    (
        select coalesce(jsonb_agg(
            jsonb_build_object('mode', m.mode, 'since', m.since, 'until', m.until, 'told', m.told) order by m.since
        ), '[]')
        from supervision_mode m where m.session_id = s.id
    ) as modes
from supervision_session s
join app_user v on v.id = s.supervisor_id
join app_user a on a.id = s.agent_id
join org o on o.id = a.org_id
where (s.asked_at, s.id) < (:before_at::timestamptz, :before_id::uuid) and starts_with(o.path, :path)
order by s.asked_at desc, s.id desc
limit :most;

-- name: waiting_now(most)
-- Callers who wait for a person, longest first.
select id, caller_number, caller_region, hotline, dialled, queue, stage, queued_at, started_at
from call
where ended_at is null and stage in ('queued', 'ringing') and direction = 'inbound'
order by coalesce(queued_at, started_at), id
limit :most;

-- name: crew_now()
-- All seats of agents, with the call that each is in.
select s.user_id, u.name, o.path as org_path, s.extension, s.queues, s.presence, s.reason, s.since, s.reachable,
    c.id as call_id, c.stage, c.caller_number, c.hotline, c.answered_at,
    (
        select jsonb_agg(jsonb_build_object('id', i.id, 'supervisor', v.name, 'mode', m.mode, 'since', m.since))
        from supervision_session i
        join supervision_mode m on m.session_id = i.id and m.until is null
        join app_user v on v.id = i.supervisor_id
        where i.agent_id = s.user_id and i.ended_at is null
    ) as intrusions
from agent_seat s
join app_user u on u.id = s.user_id
join org o on o.id = u.org_id
left join call c on c.id = s.call_id and s.presence in ('ringing', 'talking')
where u.disabled_at is null and 'agent' = any(u.roles)
order by s.extension;

-- name: missed_open()$
select count(*) from missed_call where state = 'open';

-- name: transfers_now(most)
select id, call_id, place, target, mode, asked_at, ringing_at, answered_at
from transfer_attempt
where ended_at is null
order by asked_at, id
limit :most;

-- name: alarms_now(since)
-- Numbers whose last test call failed, and strangers or seats that tried to dial out.
select 'probe_failed' as kind, p.number as subject, p.ended_at as since, 1::bigint as count
from (
    select distinct on (number) number, status, ended_at
    from hotline_probe
    where kind <> 'drill' and status in ('ok', 'failed')
    order by number, asked_at desc
) p
where p.status = 'failed'
union all
select 'toll_refused', place, min(at), count(*)
from dial_refusal
where at > :since and source <> 'gate'
group by place
order by since desc;
