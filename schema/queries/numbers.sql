-- name: count_dial(counter, key, begins, ends, most)$
-- Counts one more in the window, or gives nothing when it is full.
insert into dial_count as c (counter, key, begins, ends, times) values (:counter, :key, :begins, :ends, 1)
on conflict (counter, key, begins) do update set times = c.times + 1 where c.times < :most
returning times;

-- name: insert_refusal(id, at, source, actor_id, purpose, reason, masked, place)!
insert into dial_refusal (id, at, source, actor_id, purpose, reason, masked, place)
values (:id, :at, :source, :actor_id, :purpose, :reason, :masked, :place);
