-- name: note_version(flow, version, content, at)!
insert into flow_version (flow, version, content, first_used_at) values (:flow, :version, :content, :at)
on conflict (flow, version) do nothing;

-- name: caller_facts(callers, day)^
select
    exists (select from call where caller_key = any(:callers::bytea[]) and ended_at is not null) as known,
    exists (select from call where caller_key = any(:callers::bytea[]) and ended_at is not null and started_at > :day) as repeat,
    (select count(*) from work_order where caller_key = any(:callers::bytea[]) and caller_key <> '' and closed_at is null) as open_orders;
