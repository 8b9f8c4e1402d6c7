-- name: tallies(since, until, in_time)
-- Counts of `calls.kpi.Tally` by hotline number and hour (of UTC) of arrival. Costs the stretch of time.
select dialled, max(hotline) as hotline, date_trunc('hour', started_at, 'UTC') as hour,
    count(*) as arrived,
    count(*) filter (where asked and (answered_at is not null or ended_at is not null)) as asked,
    count(answered_at) as answered,
    count(*) filter (where answered_at - queued_at <= :in_time) as in_time,
    count(*) filter (where asked and answered_at is null and outcome = 'abandoned') as abandoned,
    count(*) filter (where answered_at is null and outcome in ('failed', 'unknown')) as failed
from (
    select *, queued_at is not null or answered_at is not null or outcome = 'abandoned' as asked
    from call
    where started_at >= :since and started_at < :until and direction = 'inbound' and purpose not in ('test', 'toll')
) c
group by dialled, hour;
