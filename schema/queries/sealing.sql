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
