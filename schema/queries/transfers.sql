-- name: take_up_matters(version, sha256, content, at)$
-- The digest under which the version was taken up, by this start or an earlier one.
with added as (
    insert into matter_list (version, sha256, content, taken_up_at)
    values (:version, :sha256, :content, :at)
    on conflict (version) do nothing
    returning sha256
)
select coalesce((select sha256 from added), (select sha256 from matter_list where version = :version));


-- name: matters_of(version)$
select content from matter_list where version = :version;

-- name: matter_versions()
select version, sha256, taken_up_at from matter_list order by version desc;

-- name: write_attempt(id, call_id, pbx, room, actor_id, extension, place, target, mode, matter, matter_version, doubtful, emergency, drill, keeper, fallback, consult, held, order_id, summary, asked_at, ringing_at, answered_at, ended_at, step, failure, used_fallback, outcome, remote_case_no, case_noted_at)!
-- The attempt as it is now; the parts that never change are left alone.
insert into transfer_attempt (
    id, call_id, pbx, room, actor_id, extension, place, target, mode, matter, matter_version, doubtful, emergency,
    drill, keeper, fallback, consult, held, order_id, summary, asked_at, ringing_at, answered_at, ended_at, step,
    failure, used_fallback, outcome, remote_case_no, case_noted_at
) values (
    :id, :call_id, :pbx, :room, :actor_id, :extension, :place, :target, :mode, :matter, :matter_version, :doubtful,
    :emergency, :drill, :keeper, :fallback, :consult, :held, :order_id, :summary, :asked_at, :ringing_at, :answered_at,
    :ended_at, :step, :failure, :used_fallback, :outcome, :remote_case_no, :case_noted_at
)
on conflict (id) do update set
    ringing_at = excluded.ringing_at, answered_at = excluded.answered_at, ended_at = excluded.ended_at,
    step = excluded.step, failure = excluded.failure, used_fallback = excluded.used_fallback, held = excluded.held,
    consult = excluded.consult, outcome = excluded.outcome, remote_case_no = excluded.remote_case_no,
    case_noted_at = excluded.case_noted_at;

-- name: attempt(id)^
select * from transfer_attempt where id = :id;

-- name: open_attempts(pbx)
select * from transfer_attempt where pbx = :pbx and ended_at is null order by asked_at;

-- name: attempts_of(call_id)
select * from transfer_attempt where call_id = :call_id order by asked_at;

-- name: wake_desks(extensions, kind, subject)!
-- The desks of these extensions read the subject again; ids only (D5).
select pg_notify('desk', json_build_object('user', user_id, 'kind', :kind::text, 'id', :subject::uuid)::text)
from agent_seat where extension = any(:extensions::text[]);

-- name: seat_at(extension)^
select s.user_id, u.name, s.extension, s.presence, s.reachable
from agent_seat s join app_user u on u.id = s.user_id
where s.extension = :extension;

-- name: free_seats()
select s.user_id, u.name, s.extension, s.queues
from agent_seat s join app_user u on u.id = s.user_id
where s.presence = 'ready' and s.reachable
order by s.extension;

-- name: came_from(call_id)$
-- The line that handed the call over to us, null for a citizen's own.
select link from link_arrival where call_id = :call_id;
