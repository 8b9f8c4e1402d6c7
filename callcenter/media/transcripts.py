"""Transcripts as people may read them, under the same rule as the recordings they are of."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from callcenter.core.covering import without_numbers
from callcenter.core.ids import CallId, RecordingId, TranscriptId
from callcenter.media import store
from callcenter.media.reading import require_call
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """`party` is caller or agent; milliseconds from the recording's beginning."""

    party: str
    start_ms: int
    end_ms: int
    text: str
    confidence: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptView:
    """`status` is waiting, awaiting_model, running, ready, empty or failed; `error` the code of what stood in the way;
    `text` one utterance a line, in order of time."""

    id: TranscriptId
    recording: RecordingId
    status: str
    model: str | None
    text: str
    error: str | None
    created_at: datetime
    finished_at: datetime | None
    segments: tuple[Utterance, ...]


WORK_WITH_CALLERS: Final = frozenset(
    {Role.AGENT, Role.SUPERVISOR, Role.REVIEWER, Role.DISPATCHER, Role.UNIT_OPERATOR, Role.UNIT_HEAD}
)
"""Who reads what was said with its numbers; others who may hear a call read it without."""


class Transcripts:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_call(self, actor: Actor, call: CallId) -> list[TranscriptView]:
        """One per recording of the call, oldest first. Raises NotFound as `Recordings.of_call` does."""
        await require_call(self._pool, actor, call)
        found = await self.read(call)
        return found if not actor.roles.isdisjoint(WORK_WITH_CALLERS) else list(map(_covered, found))

    async def read(self, call: CallId) -> list[TranscriptView]:
        """For the house itself (an order's first draft), with no person asking."""
        said: dict[UUID, list[Utterance]] = defaultdict(list)
        for row in await store.segments_of_call(self._pool, call):
            fields = dict(row)
            said[fields.pop("transcript_id")].append(Utterance(**fields))
        return [
            TranscriptView(
                id=TranscriptId(row["id"]),
                recording=RecordingId(row["recording_id"]),
                status=row["status"],
                model=row["model"],
                text=row["text"],
                error=row["error"],
                created_at=row["created_at"],
                finished_at=row["finished_at"],
                segments=tuple(said[row["id"]]),
            )
            for row in await store.transcripts_of_call(self._pool, call)
        ]


def _covered(view: TranscriptView) -> TranscriptView:
    said = tuple(replace(one, text=without_numbers(one.text)) for one in view.segments)
    return replace(view, text=without_numbers(view.text), segments=said)
