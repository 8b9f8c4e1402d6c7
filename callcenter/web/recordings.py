"""Recordings to list and to hear, transcripts to read. Who did either is written into the audit trail (B-29)."""

import asyncio
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from callcenter.core.ids import CallId, RecordingId, UserId
from callcenter.core.pages import Page
from callcenter.media.reading import RecordingFileGone, Recordings, RecordingView
from callcenter.media.transcripts import Transcripts, TranscriptView
from callcenter.store.pool import Pool
from callcenter.web.ranges import NotSatisfiable, Span, read_range
from callcenter.web.route import Asked, Route

CHUNK: Final = 64 * 1024


class AuditTrail(Protocol):
    """As `people.audit.Audit`."""

    async def record(
        self, db: Pool, actor_id: UserId | None, action: str, subject_type: str, subject_id: object
    ) -> None: ...


class RecordingBody(BaseModel):
    """`status`: recording, sealed, damaged (`fault` says which voice is missing), empty (nobody answered), missing
    or removed (its time was over). `transcript` is the transcript's status, null before there is one; `audio` the
    address to hear it at."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    call: UUID
    status: str
    started_at: datetime
    sealed_at: datetime | None
    seconds: float | None
    bytes: int | None
    sha256: str | None
    channels: int | None
    sample_rate: int | None
    repaired: bool
    fault: str
    transcript: str | None
    audio: str | None


class RecordingList(Page[RecordingBody]):
    """Oldest first, all on one page."""


class UtteranceBody(BaseModel):
    """`party` is caller or agent; milliseconds from the recording's beginning."""

    model_config = ConfigDict(from_attributes=True)

    party: str
    start_ms: int
    end_ms: int
    text: str
    confidence: float | None


class TranscriptBody(BaseModel):
    """`status`: waiting, awaiting_model, running, ready, empty or failed; `error` is the code of what stands in the
    way."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    recording: UUID
    status: str
    model: str | None
    text: str
    error: str | None
    created_at: datetime
    finished_at: datetime | None
    segments: list[UtteranceBody]


class TranscriptList(Page[TranscriptBody]):
    """Oldest first, all on one page."""


def recording_routes(pool: Pool, recordings: Recordings, transcripts: Transcripts, audit: AuditTrail) -> list[Route]:
    async def list_recordings(asked: Asked[None, None]) -> RecordingList:
        views = await recordings.of_call(asked.actor, CallId(asked.uuid("id")))
        return RecordingList(items=tuple(_body(view) for view in views))

    async def hear(asked: Asked[None, None]) -> web.StreamResponse:
        view = await recordings.get(asked.actor, RecordingId(asked.uuid("id")))
        path = recordings.file(view)
        headers = {"ETag": f'"{view.sha256}"', "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache"}
        if view.sha256 in _etags(asked.raw.if_none_match):
            return web.Response(status=304, headers=headers)
        file = await _open(path)
        try:
            size = await asyncio.to_thread(lambda: path.stat().st_size)
            try:
                span = _span(asked.raw, view, size)
            except NotSatisfiable:
                return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
            await audit.record(pool, asked.actor.user_id, "recording_heard", "recording", view.id)
            return await _send(asked.raw, file, span, size, headers)
        finally:
            await asyncio.to_thread(file.close)

    async def read_transcripts(asked: Asked[None, None]) -> TranscriptList:
        call = CallId(asked.uuid("id"))
        views: list[TranscriptView] = await transcripts.of_call(asked.actor, call)
        if views:
            await audit.record(pool, asked.actor.user_id, "transcript_read", "call", call)
        return TranscriptList(items=tuple(TranscriptBody.model_validate(view) for view in views))

    shared: dict[str, Any] = {"method": "GET", "tag": "recordings"}
    return [
        Route(
            path="/api/calls/{id}/recordings",
            summary_zh="一通电话的录音",
            summary_en="Recordings of a call",
            handler=list_recordings,
            answers=RecordingList,
            errors=("not-found",),
            **shared,
        ),
        Route(
            path="/api/recordings/{id}/audio",
            summary_zh="收听录音（支持 Range；左声道市民，右声道话务员）",
            summary_en="Hear a recording (Range is understood; left is the caller, right the agent)",
            handler=hear,
            media="audio/wav",
            errors=("not-found", "recording-not-ready", "recording-file-gone"),
            **shared,
        ),
        Route(
            path="/api/calls/{id}/transcripts",
            summary_zh="一通电话的转写文本",
            summary_en="Transcripts of a call",
            handler=read_transcripts,
            answers=TranscriptList,
            errors=("not-found",),
            **shared,
        ),
    ]


def _body(view: RecordingView) -> RecordingBody:
    audio = f"/api/recordings/{view.id}/audio" if view.path else None
    fields = {name: getattr(view, name) for name in RecordingBody.model_fields if name != "audio"}
    return RecordingBody(**fields, audio=audio)


def _etags(told: tuple[Any, ...] | None) -> set[str]:
    return {tag.value for tag in told or ()}


def _span(request: web.Request, view: RecordingView, size: int) -> Span | None:
    """A range asked for under another version of the file (If-Range) means the whole file; dates never match."""
    condition = request.headers.get("If-Range")
    if condition is not None and condition != f'"{view.sha256}"':
        return None
    return read_range(request.headers.get("Range"), size)


async def _open(path: Path) -> BinaryIO:
    try:
        return await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError as error:
        raise RecordingFileGone from error


async def _send(
    request: web.Request, file: BinaryIO, span: Span | None, size: int, headers: dict[str, str]
) -> web.StreamResponse:
    response = web.StreamResponse(status=206 if span else 200, headers=headers)
    if span:
        response.headers["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
    response.content_type = "audio/wav"
    left = response.content_length = span.length if span else size
    await response.prepare(request)
    await asyncio.to_thread(file.seek, span.first if span else 0)
    with suppress(ConnectionResetError):  # players leave in the middle as a habit
        while request.method != "HEAD" and left and (chunk := await asyncio.to_thread(file.read, min(CHUNK, left))):
            left -= len(chunk)
            await response.write(chunk)
        await response.write_eof()
    return response
