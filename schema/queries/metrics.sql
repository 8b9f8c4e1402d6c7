-- name: standing(now)
-- What stands open right now. Every branch reads a small table or a partial index over open work, never history.
select 'agents' as gauge, presence as kind, count(*)::float8 as value from agent_seat group by presence
union all
select 'unchained', 'audit_log', count(*)::float8 from audit_log
where xid >= coalesce((select p.xid from audit_chain_place p), '0'::xid8)
union all
select 'unchained', 'order_event', count(*)::float8 from order_event
where xid >= coalesce((select p.xid from audit_chain_place p), '0'::xid8)
union all
select 'orders', stage, count(*)::float8 from work_order where closed_at is null group by stage
union all
select 'overdue', name, count(*)::float8 from order_timer
where stopped_at is null and breached_at is not null group by name
union all
select 'unnoticed', name, count(*)::float8 from order_timer
where next_at <= :now and due_at <= :now group by name
union all
select 'backlog', o.code, b.waiting::float8 from org_backlog b join org o on o.id = b.org_id
union all
select 'jobs_' || status::text, entrypoint, count(*)::float8 from pgqueuer group by status, entrypoint
union all
select 'job_age', entrypoint, extract(epoch from cast(:now as timestamptz) - min(execute_after))::float8 from pgqueuer
where status = 'queued' and execute_after <= cast(:now as timestamptz) group by entrypoint
union all
select 'callbacks', 'waiting', count(*)::float8 from callback where status = 'waiting'
union all
select 'callbacks', 'late', count(*)::float8 from callback
where status = 'waiting' and next_at < cast(:now as timestamptz) - interval '1 hour'
union all
select 'callbacks', 'person', count(*)::float8 from callback where status = 'person'
union all
select 'decisions', case when lapsed_at is null then 'owed' else 'lapsed' end, count(*)::float8
from leader_decision d where decided_at is null and decision_owed(d) group by 2
union all
select 'attempts', 'open', count(*)::float8 from callback_attempt where settled_at is null
union all
select 'recordings', 'open', count(*)::float8 from recording where status = 'recording'
union all
select 'recordings', 'unsealed', count(*)::float8 from recording join call on call.id = recording.call_id
where recording.status = 'recording' and call.ended_at < cast(:now as timestamptz) - interval '10 minutes'
union all
select 'transcripts', status, count(*)::float8 from transcript
where status in ('waiting', 'awaiting_model', 'running') group by status
union all
select 'longest_wait', coalesce(queue, ''),
    extract(epoch from cast(:now as timestamptz) - min(coalesce(queued_at, started_at)))::float8
from call where ended_at is null and stage in ('queued', 'ringing') and direction = 'inbound' group by queue
union all
select 'missed', reason, count(*)::float8 from missed_call where state = 'open' group by reason
union all
select 'transfers', mode, count(*)::float8 from transfer_attempt where ended_at is null group by mode
union all
select 'intrusions', m.mode, count(*)::float8
from supervision_session s join supervision_mode m on m.session_id = s.id and m.until is null
where s.ended_at is null group by m.mode;
