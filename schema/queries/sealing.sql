-- name: check_row()^
select sealed, keyed from vault_check;

-- name: remember_check(sealed, keyed, at)!
insert into vault_check (sealed, keyed, made_at) values (:sealed, :keyed, :at) on conflict do nothing;

-- name: reseal_check(sealed)!
update vault_check set sealed = :sealed;

-- name: pass_of(place, mark)^
-- Where the pass over a place stands under this key; begun anew under another.
insert into vault_pass (place, mark) values (:place, :mark)
on conflict (place) do update
set mark = excluded.mark,
    after_id = case when vault_pass.mark = excluded.mark then vault_pass.after_id
                    else '00000000-0000-0000-0000-000000000000' end,
    done = vault_pass.done and vault_pass.mark = excluded.mark
returning after_id, done;

-- name: step_pass(after_id, done, place)!
update vault_pass set after_id = :after_id, done = :done where place = :place;

-- name: passes_left(places, mark)$
-- Places that are not wholly sealed under this key.
select count(*) from unnest(:places::text[]) p
where not exists (select from vault_pass v where v.place = p and v.mark = :mark and v.done);

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

-- name: stale_order_query_code(after, mark, limit)
select order_id as id, array[code] as texts from order_query_code
where order_id > :after and not starts_with(code, :mark)
order by order_id limit :limit for update;

-- name: reseal_order_query_code(rows)!
update order_query_code c set code = r.texts[1]
from jsonb_to_recordset(:rows) as r (id uuid, texts text[], keys bytea[]) where c.order_id = r.id;
