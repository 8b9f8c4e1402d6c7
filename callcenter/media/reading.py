"""Recordings as people may see and hear them (XY-03, B-29): agents those of their own calls; supervisors, leaders and
reviewers those of their own subtree's agents; who works on an order also that of the call it came from."""

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

HEAR_SUBTREE: Final = (Role.SUPERVISOR, Role.LEADER, Role.REVIEWER)
HEAR_ATTACHED: Final = (Role.REVIEWER, Role.DISPATCHER)
HEAR_OPEN: Final = (Role.UNIT_OPERATOR, Role.UNIT_HEAD)
"""Those who hear the call of an order only while the order is not confidential."""


class RecordingNotReady(Refused):
    code = "recording-not-ready"
    zh = "录音尚未生成（{status}）"
    en = "There is nothing to hear yet ({status})"


class RecordingFileGone(NotFound):
    """The row says sealed, the file is not there: the sweep reports it too."""

    code = "recording-file-gone"
    zh = "录音文件不存在，请联系管理员"
    en = "The recording's file is not there: tell the operators"


class RecordingRemoved(NotFound):
    code = "recording-removed"
    zh = "录音已满保存期限，按规定销毁"
    en = "The recording was removed when its time was over"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingView:
    """`status` is recording, sealed, damaged (a voice is missing: see `fault`), empty (nobody answered: nothing was
    recorded), missing or removed (its time was over); `path` is relative to the media folder; `transcript` is the
    transcript's status, None before there is one."""

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
    rights = {
        "own": actor.may(Role.AGENT),
        "subtree": actor.may(*HEAR_SUBTREE),
        "attached": actor.may(*HEAR_ATTACHED, *HEAR_OPEN),
        "open_only": not actor.may(*HEAR_ATTACHED),
    }
    if not await store.may_hear(pool, call, actor, rights):
        raise NotFound


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
        """Where the sealed file lies. Raises RecordingNotReady before it is sealed, RecordingRemoved afterwards."""
        if view.status == "removed":
            raise RecordingRemoved
        if view.path is None:
            raise RecordingNotReady(status=view.status)
        return self._folder / view.path


def _view(row: Any) -> RecordingView:
    fields = dict(row)
    return RecordingView(id=RecordingId(fields.pop("id")), call=CallId(fields.pop("call_id")), **fields)
