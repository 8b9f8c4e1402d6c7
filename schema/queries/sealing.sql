-- name: check_row()^
select sealed, keyed from vault_check;

-- name: remember_check(sealed, keyed, at)!
insert into vault_check (sealed, keyed, made_at) values (:sealed, :keyed, :at) on conflict do nothing;

-- name: reseal_check(sealed, keyed)!
update vault_check set sealed = :sealed, keyed = :keyed;

-- name: pass_of(place, mark, search)^
-- Where the pass over a place stands under these keys; begun anew under others. Under another search key every row is
-- keyed anew (`rekey`), until such a pass has come to its end.
insert into vault_pass (place, mark, search) values (:place, :mark, :search)
on conflict (place) do update
set mark = excluded.mark,
    search = excluded.search,
    rekey = vault_pass.search <> excluded.search or (vault_pass.rekey and not vault_pass.done),
    after_id = case when vault_pass.mark = excluded.mark and vault_pass.search = excluded.search
                    then vault_pass.after_id else '00000000-0000-0000-0000-000000000000' end,
    done = vault_pass.done and vault_pass.mark = excluded.mark and vault_pass.search = excluded.search
returning after_id, done, rekey;

-- name: step_pass(after_id, done, place)!
update vault_pass set after_id = :after_id, done = :done where place = :place;

-- name: passes_left(places, mark, search)$
-- Places that are not wholly sealed and keyed under these keys.
select count(*) from unnest(:places::text[]) p
where not exists (
    select from vault_pass v where v.place = p and v.mark = :mark and v.search = :search and v.done
);

-- name: stale_work_order(after, mark, limit)
select id, array[caller_name, caller_number] as texts from work_order
where id > :after and ((caller_name <> '' and not starts_with(caller_name, :mark))
                       or (caller_number <> '' and not starts_with(caller_number, :mark)))
order by id limit :limit for update;

-- name: reseal_work_order(rows)!
update work_order w set caller_name = r.texts[1], caller_number = r.texts[2], caller_key = r.keys[2]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where w.id = r.id;

-- name: stale_callback(after, mark, limit)
select id, array[number] as texts from callback
where id > :after and number <> '' and not starts_with(number, :mark)
order by id limit :limit for update;

-- name: reseal_callback(rows)!
update callback c set number = r.texts[1], number_key = r.keys[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where c.id = r.id;

-- name: stale_kept_place(after, mark, limit)
select id, array[number] as texts from kept_place
where id > :after and number <> '' and not starts_with(number, :mark)
order by id limit :limit for update;

-- name: reseal_kept_place(rows)!
update kept_place p set number = r.texts[1], number_key = r.keys[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where p.id = r.id;

-- name: stale_care_entry(after, mark, limit)
select id, array[number] as texts from care_entry
where id > :after and number <> '' and not starts_with(number, :mark)
order by id limit :limit for update;

-- name: reseal_care_entry(rows)!
update care_entry e set number = r.texts[1], number_key = r.keys[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where e.id = r.id;

-- name: stale_harassment_entry(after, mark, limit)
select id, array[number] as texts from harassment_entry
where id > :after and number <> '' and not starts_with(number, :mark)
order by id limit :limit for update;

-- name: reseal_harassment_entry(rows)!
update harassment_entry e set number = r.texts[1], number_key = r.keys[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where e.id = r.id;

-- name: stale_missed_call(after, mark, limit)
select id, array[number] as texts from missed_call
where id > :after and number <> '' and not starts_with(number, :mark)
order by id limit :limit for update;

-- name: reseal_missed_call(rows)!
update missed_call m set number = r.texts[1], number_key = r.keys[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where m.id = r.id;

-- name: stale_voice_message(after, mark, limit)
select id, array[caller_number] as texts from voice_message
where id > :after and caller_number <> '' and not starts_with(caller_number, :mark)
order by id limit :limit for update;

-- name: reseal_voice_message(rows)!
update voice_message m set caller_number = r.texts[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where m.id = r.id;

-- name: stale_webhook(after, mark, limit)
select id, array[secret] as texts from webhook
where id > :after and secret <> '' and not starts_with(secret, :mark)
order by id limit :limit for update;

-- name: reseal_webhook(rows)!
update webhook w set secret = r.texts[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where w.id = r.id;

-- name: stale_order_query_code(after, mark, limit)
select order_id as id, array[code] as texts from order_query_code
where order_id > :after and not starts_with(code, :mark)
order by order_id limit :limit for update;

-- name: reseal_order_query_code(rows)!
update order_query_code c set code = r.texts[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where c.order_id = r.id;

-- name: stale_call(after, mark, limit)
-- Of a call that we made the number dialled is the citizen's, too.
select id, array[caller_number, case when direction = 'outbound' then dialled else '' end] as texts from call
where id > :after
    and ((caller_number <> '' and not starts_with(caller_number, :mark))
         or (direction = 'outbound' and dialled <> '' and not starts_with(dialled, :mark)))
order by id limit :limit for update;

-- name: reseal_call(rows)!
update call c set caller_number = r.texts[1], caller_key = r.keys[1],
    dialled = case when c.direction = 'outbound' then r.texts[2] else c.dialled end
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where c.id = r.id;

-- name: stale_call_fact(after, mark, limit)
-- In order of the table's key. A fact in the clear gives its fingerprint, too, which is to be keyed.
select fact_place(f.at, f.fingerprint) as id,
    case when exists (select from unnest(fact_texts(f.body)) t where t <> '' and not t like '~%~gAAAA%')
         then f.fingerprint::text else '' end || fact_texts(f.body) as texts
from call_fact f
where f.at >= fact_at(:after) and fact_place(f.at, f.fingerprint) > :after
    and f.kind in ('ChannelStarted', 'LegFound', 'OutboundBegan', 'FlowFinished')
    and exists (select from unnest(fact_texts(f.body)) t where t <> '' and not starts_with(t, :mark))
order by f.at, f.fingerprint limit :limit for update;

-- name: reseal_call_fact(rows)!
-- One that was heard again meanwhile, and stored under its keyed fingerprint, is there already.
with found as (
    select f.at, f.fingerprint as bare, fact_with_texts(f.body, r.texts[2:]) as body,
        case when octet_length(r.keys[1]) > 0 then encode(substring(r.keys[1] from 1 for 16), 'hex')::uuid
             else f.fingerprint end as keyed
    from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[])
    join call_fact f on f.at = fact_at(r.id) and fact_place(f.at, f.fingerprint) = r.id
), there as (
    delete from call_fact f using found n
    where f.at = n.at and f.fingerprint = n.bare and n.bare <> n.keyed
        and exists (select from call_fact g where g.at = n.at and g.fingerprint = n.keyed)
    returning f.at, f.fingerprint
)
update call_fact f set fingerprint = n.keyed, body = n.body
from found n
where f.at = n.at and f.fingerprint = n.bare
    and not exists (select from there t where t.at = n.at and t.fingerprint = n.bare);

-- name: stale_call_offer(after, mark, limit)
-- The card as a whole, but for its queue.
select id, array[coalesce(card->>'sealed', card::text)] as texts from call_offer
where id > :after and not starts_with(coalesce(card->>'sealed', ''), :mark)
order by id limit :limit for update;

-- name: reseal_call_offer(rows)!
update call_offer o set card = jsonb_build_object('queue', o.card->>'queue', 'sealed', r.texts[1])
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where o.id = r.id;

-- name: stale_link_case(after, mark, limit)
select id, array[caller_number] as texts from link_case
where id > :after and caller_number <> '' and not starts_with(caller_number, :mark)
order by id limit :limit for update;

-- name: reseal_link_case(rows)!
update link_case k set caller_number = r.texts[1], caller_key = r.keys[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where k.id = r.id;

-- name: stale_transfer_attempt(after, mark, limit)
-- A number that was dialled by hand; lines, seats and queues are no secret.
select id, array[target] as texts from transfer_attempt
where id > :after and place = 'number' and not starts_with(target, :mark)
order by id limit :limit for update;

-- name: reseal_transfer_attempt(rows)!
update transfer_attempt t set target = r.texts[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where t.id = r.id;
