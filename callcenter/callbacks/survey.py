"""The citizen's answers, written down key by key: what was said before a hang-up stays said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from callcenter.callbacks import store
from callcenter.callbacks.events import SurveyFinished
from callcenter.core.bus import Bus
from callcenter.core.ids import AttemptId, LegId
from callcenter.store.pool import Pool

QUESTIONS: Final = ("resolved", "satisfied")
_KEYS: Final = ("1", "2")


class Survey:
    """A FlowSink; flows that are no survey of an attempt pass it by. Raises what the database raises."""

    def __init__(self, pool: Pool, bus: Bus) -> None:
        self._pool = pool
        self._bus = bus

    async def stepped(
        self,
        *,
        pbx: str,
        leg: LegId,
        flow: str,
        node: str,
        key: str,
        began_at: datetime,
        at: datetime,
        args: Mapping[str, str],
    ) -> None:
        attempt = _attempt_in(args)
        if attempt is not None and node in QUESTIONS and key in _KEYS:
            await store.record_answers(self._pool, attempt, {node: key})

    async def finished(
        self, *, pbx: str, leg: LegId, flow: str, args: Mapping[str, str], answers: Mapping[str, str], at: datetime
    ) -> None:
        attempt = _attempt_in(args)
        if attempt is None:
            return
        given = {node: answers[node] for node in QUESTIONS if answers.get(node) in _KEYS}
        if given:
            await store.record_answers(self._pool, attempt, given)
        self._bus.publish(SurveyFinished(at=at, attempt=attempt))


def _attempt_in(args: Mapping[str, str]) -> AttemptId | None:
    try:
        return AttemptId(UUID(args["attempt"]))
    except (KeyError, ValueError):
        return None
