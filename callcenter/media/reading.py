"""Recordings as people may see and hear them: agents those of their own calls, reviewers and supervisors all."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from callcenter.core.errors import NotFound, Refused
from callcenter.core.ids import CallId, RecordingId
from callcenter.media import store
from callcenter.media.config import MediaConfig
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool

HEAR_ALL: Final = (Role.REVIEWER, Role.SUPERVISOR)


class RecordingNotReady(Refused):
    code = "recording-not-ready"
    zh = "录音尚未生成（{status}）"
    en = "There is nothing to hear yet ({status})"


class RecordingFileGone(NotFound):
    """The row says sealed, the file is not there: the sweep reports it too."""

    code = "recording-file-gone"
    zh = "录音文件不存在，请联系管理员"
    en = "The recording's file is not there: tell the operators"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingView:
    """`status` is recording, sealed, damaged (a voice is missing: see `fault`), empty (nobody answered: nothing was
    recorded) or missing; `path` is relative to the media folder; `transcript` is the transcript's status, None before
    there is one."""

    id: RecordingId
    call: CallId
    status: str
    path: str | None
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


async def require_call(pool: Pool, actor: Actor, call: CallId) -> None:
    """Raises NotFound for a call that is not there and for one that is not the actor's: they look the same."""
    visible = await store.call_exists(pool, call) if actor.may(*HEAR_ALL) else await _own(pool, actor, call)
    if not visible:
        raise NotFound


async def _own(pool: Pool, actor: Actor, call: CallId) -> bool:
    return actor.may(Role.AGENT) and await store.took_call(pool, call, actor.user_id)


class Recordings:
    """Every method refuses with NotFound what the actor may not see."""

    def __init__(self, pool: Pool, config: MediaConfig) -> None:
        self._pool = pool
        self._folder = config.folder

    async def of_call(self, actor: Actor, call: CallId) -> list[RecordingView]:
        await require_call(self._pool, actor, call)
        return [_view(row) for row in await store.recordings_of_call(self._pool, call)]

    async def get(self, actor: Actor, recording: RecordingId) -> RecordingView:
        row = await store.recording_by_id(self._pool, recording)
        if row is None:
            raise NotFound
        await require_call(self._pool, actor, CallId(row["call_id"]))
        return _view(row)

    def file(self, view: RecordingView) -> Path:
        """Where the sealed file lies. Raises RecordingNotReady before it is sealed."""
        if view.path is None:
            raise RecordingNotReady(status=view.status)
        return self._folder / view.path


def _view(row: Any) -> RecordingView:
    fields = dict(row)
    return RecordingView(id=RecordingId(fields.pop("id")), call=CallId(fields.pop("call_id")), **fields)
