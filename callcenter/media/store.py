"""The SQL calls of recordings and transcripts (`schema/queries/media.sql`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core.ids import CallId, LegId, RecordingId, TranscriptId, UserId, new_id
from callcenter.media.sealing import Sealed
from callcenter.people.actor import Actor
from callcenter.speech.vosk_worker import Transcription
from callcenter.store.pool import AWAY, Connection, Pool
from callcenter.store.queries import load

_sql: Final = load("media")
PARTIES: Final = ("caller", "agent")
"""Channel 0 is left, the caller."""

Db = Connection | Pool

TROUBLE: Final = (*AWAY, asyncpg.PostgresError)
"""The database is away, is going away or refuses: nothing of this room ends for it, all is tried again."""


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """A recording not yet sealed."""

    id: RecordingId
    call: CallId
    leg: LegId
    source: str
    started_at: datetime
    fault: str


async def begin_recording(db: Db, *, call: CallId, leg: LegId, source: str, at: datetime) -> None:
    await _sql.begin_recording(db, id=new_id(), call=call, leg=leg, source=source, at=at)


async def adopt_recording(db: Db, *, pbx: str, leg: LegId, source: str) -> None:
    """Does nothing when the leg is not in the ledger."""
    await _sql.adopt_recording(db, id=new_id(), pbx=pbx, leg=leg, source=source)


async def open_over(db: Db, pbx: str) -> list[OpenRecording]:
    """Those whose leg or call the ledger knows to have ended."""
    return [_open(row) async for row in _sql.open_over(db, pbx=pbx)]


async def open_of(db: Db, pbx: str, *, leg: LegId | None = None, call: CallId | None = None) -> list[OpenRecording]:
    return [_open(row) async for row in _sql.open_of(db, pbx=pbx, leg=leg, call=call)]


def _open(row: Any) -> OpenRecording:
    return OpenRecording(
        id=RecordingId(row["id"]),
        call=CallId(row["call_id"]),
        leg=LegId(row["leg"]),
        source=row["source"],
        started_at=row["started_at"],
        fault=row["fault"],
    )


async def finish_recording(
    db: Db, recording: RecordingId, *, status: str, path: str | None, sealed: Sealed | None, fault: str, at: datetime
) -> bool:
    """False when it was finished already."""
    row = await _sql.finish_recording(
        db,
        id=recording,
        status=status,
        path=path,
        at=at,
        seconds=sealed.seconds if sealed else None,
        bytes=sealed.bytes if sealed else None,
        sha256=sealed.sha256 if sealed else None,
        channels=len(PARTIES) if sealed else None,
        sample_rate=sealed.sample_rate if sealed else None,
        repaired=sealed.repaired if sealed else False,
        fault=fault,
    )
    return row is not None


async def note_fault(db: Db, recording: RecordingId, fault: str) -> None:
    await _sql.note_fault(db, id=recording, fault=fault)


async def sealed_sources(db: Db, pbx: str, sources: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Path and bytes of those sources that are sealed whole."""
    rows = _sql.sealed_sources(db, pbx=pbx, sources=list(sources))
    return {row["source"]: (row["path"], row["bytes"]) async for row in rows}


async def known_sources(db: Db, pbx: str, sources: Sequence[str]) -> set[str]:
    return {row["source"] async for row in _sql.known_sources(db, pbx=pbx, sources=list(sources))}


async def sources_anywhere(db: Db, sources: Sequence[str]) -> set[str]:
    """Those of any PBX."""
    return {row["source"] async for row in _sql.sources_anywhere(db, sources=list(sources))}


async def known_paths(db: Db, paths: Sequence[str]) -> set[str]:
    return {row["path"] async for row in _sql.known_paths(db, paths=list(paths))}


async def sealed_page(db: Db, after: UUID, count: int) -> list[Any]:
    """The next `count` sealed rows after an id: id, call_id, path, bytes."""
    return [row async for row in _sql.sealed_page(db, after=after, count=count)]


async def agent_of_call(db: Db, call: CallId) -> UserId | None:
    row = await _sql.agent_of_call(db, call=call)
    return UserId(row["id"]) if row else None


async def create_transcript(db: Db, *, recording: RecordingId, call: CallId, at: datetime) -> None:
    await _sql.create_transcript(db, id=new_id(), recording=recording, call=call, at=at)


async def transcript_job(db: Db, recording: RecordingId) -> Any:
    """id, status, error, call_id, path; None when there is no such recording."""
    return await _sql.transcript_job(db, recording=recording)


async def transcripts_unfinished(db: Db) -> list[RecordingId]:
    return [RecordingId(row["recording_id"]) async for row in _sql.transcripts_unfinished(db)]


async def move_transcript(db: Db, transcript: TranscriptId, status: str, error: str | None) -> bool:
    """False when it is finished already."""
    return await _sql.move_transcript(db, id=transcript, status=status, error=error) is not None


async def finish_transcript(
    db: Db, transcript: TranscriptId, *, status: str, error: str | None, heard: Transcription | None, at: datetime
) -> bool:
    """False when it was finished already: then no segment is written twice. Run it in a transaction."""
    segments = heard.segments if heard else ()
    text = "\n".join(segment.text for _, segment in segments)
    model = heard.model if heard else None
    row = await _sql.finish_transcript(db, id=transcript, status=status, error=error, model=model, text=text, at=at)
    if row is None:
        return False
    await _sql.add_segments(
        db,
        transcript=transcript,
        idx=list(range(len(segments))),
        party=[PARTIES[channel] if channel < len(PARTIES) else str(channel) for channel, _ in segments],
        start_ms=[segment.start_ms for _, segment in segments],
        end_ms=[segment.end_ms for _, segment in segments],
        said=[segment.text for _, segment in segments],
        confidence=[segment.confidence for _, segment in segments],
    )
    return True


async def call_of_recording(db: Db, recording: RecordingId) -> CallId | None:
    row = await _sql.call_of_recording(db, recording=recording)
    return CallId(row["call_id"]) if row else None


async def may_hear(db: Db, call: CallId, actor: Actor, rights: Mapping[str, bool]) -> bool:
    """`rights` are the flags of the query."""
    return bool(await _sql.may_hear(db, call=call, user=actor.user_id, org_path=actor.org_path, **rights))


async def recordings_of_call(db: Db, call: CallId) -> list[Any]:
    return [row async for row in _sql.recordings_of_call(db, call=call)]


async def recording_by_id(db: Db, recording: RecordingId) -> Any:
    return await _sql.recording_by_id(db, id=recording)


async def transcripts_of_call(db: Db, call: CallId) -> list[Any]:
    return [row async for row in _sql.transcripts_of_call(db, call=call)]


async def segments_of_call(db: Db, call: CallId) -> list[Any]:
    return [row async for row in _sql.segments_of_call(db, call=call)]
