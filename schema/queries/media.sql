-- name: begin_recording(id, leg, source, at, call)!
insert into recording (id, call_id, pbx, leg, source, status, started_at)
select :id, c.id, c.pbx, :leg, :source, 'recording', :at from call c where c.id = :call
on conflict (pbx, source) do nothing;

-- name: adopt_recording(id, source, pbx, leg)!
-- A file on the disk whose start was not heard: its name is its leg. A leg still up may yet be heard of.
insert into recording (id, call_id, pbx, leg, source, status, started_at)
select :id, l.call_id, l.pbx, l.leg, :source, 'recording', l.started_at
from call_leg l where l.pbx = :pbx and l.leg = :leg and l.ended_at is not null
on conflict (pbx, source) do nothing;

-- name: open_over(pbx)
-- Those whose recorded leg, or whole call, is known to have ended.
select r.id, r.call_id, r.leg, r.source, r.started_at, r.fault
from recording r
join call c on c.id = r.call_id
left join call_leg l on l.pbx = r.pbx and l.leg = r.leg
where r.status = 'recording' and r.pbx = :pbx and (l.ended_at is not null or c.ended_at is not null)
order by r.started_at;

-- name: open_of(pbx, leg, call)
select id, call_id, leg, source, started_at, fault
from recording
where status = 'recording' and pbx = :pbx and (leg = :leg or call_id = :call);

-- name: finish_recording(status, path, at, seconds, bytes, sha256, channels, sample_rate, repaired, fault, id)^
update recording
set status = :status, path = :path, sealed_at = :at, seconds = :seconds, bytes = :bytes, sha256 = :sha256,
    channels = :channels, sample_rate = :sample_rate, repaired = :repaired, fault = :fault
where id = :id and status = 'recording'
returning id;

-- name: note_fault(fault, id)!
update recording set fault = :fault where id = :id and status = 'recording';

-- name: sealed_sources(pbx, sources)
select source, path, bytes from recording
where pbx = :pbx and source = any(:sources::text[]) and status = 'sealed';

-- name: known_sources(pbx, sources)
select source from recording where pbx = :pbx and source = any(:sources::text[]);

-- name: sources_anywhere(sources)
select source from recording where source = any(:sources::text[]);

-- name: known_paths(paths)
select path from recording where path = any(:paths::text[])
union select path from voice_message where path = any(:paths::text[]);

-- name: sealed_page(after, count)
select id, call_id, path, bytes from recording
where path is not null and id > :after order by id limit :count;

-- name: agent_of_call(call)^
select u.id from call c join app_user u on u.extension = c.extension where c.id = :call;

-- name: recordings_of_call(call)
select r.id, r.call_id, r.status, r.path, r.started_at, r.sealed_at, r.seconds, r.bytes, r.sha256, r.channels,
       r.sample_rate, r.repaired, r.fault, t.status as transcript
from recording r left join transcript t on t.recording_id = r.id
where r.call_id = :call order by r.started_at;

-- name: recording_by_id(id)^
select r.id, r.call_id, r.status, r.path, r.started_at, r.sealed_at, r.seconds, r.bytes, r.sha256, r.channels,
       r.sample_rate, r.repaired, r.fault, t.status as transcript
from recording r left join transcript t on t.recording_id = r.id
where r.id = :id;

-- name: may_hear(call, user, org_path, own, subtree, attached, open_only)$
-- The agent who answered the call (`own`); who answers for the agent's org (`subtree`); who sees an order that somebody
-- else attached the call to (`attached`), confidential ones and reports too unless `open_only`.
select exists (
    select from call c
    where c.id = :call and (
        :own::boolean and (
            exists (select from app_user u where u.id = :user and u.extension = c.extension)
            or exists (
                select from call_offer f where f.call_id = c.id and f.user_id = :user and f.answered_at is not null
            )
        )
        or :subtree::boolean and call_within(c.id, c.extension, :org_path)
        or :attached::boolean and exists (
            select from work_order w
            where w.call_id = c.id and w.created_by <> :user
                and (starts_with(w.owner_org_path, :org_path) or starts_with(w.intake_org_path, :org_path))
                and not ((w.confidential or w.request_type = 'report') and :open_only::boolean)
        )
    )
);

-- name: create_transcript(id, recording, call, at)!
insert into transcript (id, recording_id, call_id, status, created_at)
values (:id, :recording, :call, 'waiting', :at)
on conflict (recording_id) do nothing;

-- name: transcript_job(recording)^
select t.id, t.status, t.error, t.call_id, r.path
from transcript t join recording r on r.id = t.recording_id
where t.recording_id = :recording;

-- name: transcripts_unfinished()
select recording_id from transcript where status in ('waiting', 'awaiting_model', 'running') order by created_at;

-- name: move_transcript(status, error, id)^
update transcript set status = :status, error = :error
where id = :id and status in ('waiting', 'awaiting_model', 'running')
returning id;

-- name: finish_transcript(status, error, model, text, at, id)^
update transcript
set status = :status, error = :error, model = :model, text = :text, finished_at = :at
where id = :id and status in ('waiting', 'awaiting_model', 'running')
returning id;

-- name: add_segments(transcript, idx, party, start_ms, end_ms, said, confidence)!
insert into transcript_segment (transcript_id, idx, party, start_ms, end_ms, text, confidence)
select :transcript, idx, party, start_ms, end_ms, said, confidence
from unnest(:idx::int[], :party::text[], :start_ms::int[], :end_ms::int[], :said::text[], :confidence::real[])
    as s (idx, party, start_ms, end_ms, said, confidence);

-- name: transcripts_of_call(call)
select id, recording_id, status, model, text, error, created_at, finished_at
from transcript where call_id = :call order by created_at;

-- name: segments_of_call(call)
select s.transcript_id, s.party, s.start_ms, s.end_ms, s.text, s.confidence
from transcript_segment s join transcript t on t.id = s.transcript_id
where t.call_id = :call order by s.transcript_id, s.idx;

-- name: call_of_recording(recording)^
select call_id from recording where id = :recording;

-- name: over_age(before, settled, most)
-- Recordings that nothing needs any more; held until the transaction ends, so that no other instance takes them.
select r.id, r.call_id, r.path, r.started_at from recording r
where r.path is not null and r.started_at < :before and not voices_needed(r.call_id, :settled)
order by r.started_at limit :most for update of r skip locked;

-- name: remove_recording(id, at)!
-- Its words go with it.
with said as (
    delete from transcript_segment s using transcript t where t.id = s.transcript_id and t.recording_id = :id
), transcribed as (
    update transcript set text = '', status = 'removed' where recording_id = :id
)
update recording set path = null, status = 'removed', removed_at = :at where id = :id;
