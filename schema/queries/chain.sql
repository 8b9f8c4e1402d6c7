-- name: lock_chain()$
-- One writer at a time, and nobody waits for another.
select pg_try_advisory_xact_lock(hashtext('audit_chain'));

-- name: stand()^
-- Where the chain ends, and the transaction below which every row is in it.
select coalesce((select xid::text from audit_chain_place), '0') as xid,
       coalesce((select max(seq) from audit_chain), 0) as seq,
       pg_snapshot_xmin(pg_current_snapshot())::text as horizon;

-- name: link_at(seq)^
select digest, key_id from audit_chain where seq = :seq;

-- name: unchained(since, horizon, limit)
select source, id, xid::text as xid, row_text from (
    (select 'audit_log' as source, a.id, a.xid, audit_text(a) as row_text from audit_log a
     where a.xid >= (:since::text)::xid8 and a.xid < (:horizon::text)::xid8
       and not exists (select from audit_chain c where c.row_id = a.id and c.source = 'audit_log')
     order by a.xid limit :limit)
    union all
    (select 'order_event', e.id, e.xid, event_text(e) from order_event e
     where e.xid >= (:since::text)::xid8 and e.xid < (:horizon::text)::xid8
       and not exists (select from audit_chain c where c.row_id = e.id and c.source = 'order_event')
     order by e.xid limit :limit)
) rows order by rows.xid, source, id limit :limit;

-- name: add_links(seqs, sources, ids, digests, key_id)!
insert into audit_chain (seq, source, row_id, digest, key_id)
select seq, source, id, digest, :key_id
from unnest(:seqs::bigint[], :sources::text[], :ids::uuid[], :digests::bytea[]) as l (seq, source, id, digest);

-- name: keep_stand(xid, at)!
insert into audit_chain_place (xid, sealed_at) values ((:xid::text)::xid8, :at)
on conflict (only_one) do update set xid = excluded.xid, sealed_at = excluded.sealed_at;

-- name: links(after, limit)
select c.seq, c.source, c.row_id, c.digest, c.key_id,
       case when a.id is not null then audit_text(a) when e.id is not null then event_text(e) end as row_text
from audit_chain c
left join audit_log a on c.source = 'audit_log' and a.id = c.row_id
left join order_event e on c.source = 'order_event' and e.id = c.row_id
where c.seq > :after
order by c.seq limit :limit;

-- name: slipped_in()^
-- The first row that is not in the chain although every row of its time is.
select source, id from (
    (select 'audit_log' as source, a.id, a.xid from audit_log a, audit_chain_place p
     where a.xid < p.xid and not exists (select from audit_chain c where c.row_id = a.id and c.source = 'audit_log')
     order by a.xid limit 1)
    union all
    (select 'order_event', e.id, e.xid from order_event e, audit_chain_place p
     where e.xid < p.xid and not exists (select from audit_chain c where c.row_id = e.id and c.source = 'order_event')
     order by e.xid limit 1)
) rows order by rows.xid limit 1;

-- name: unsealed()$
select (select count(*) from audit_log a where a.xid >= coalesce((select xid from audit_chain_place), '0'::xid8)
        and not exists (select from audit_chain c where c.row_id = a.id and c.source = 'audit_log'))
     + (select count(*) from order_event e where e.xid >= coalesce((select xid from audit_chain_place), '0'::xid8)
        and not exists (select from audit_chain c where c.row_id = e.id and c.source = 'order_event'));
