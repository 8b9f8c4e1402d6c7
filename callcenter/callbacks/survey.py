"""The citizen's answers, written down key by key: what was said before a hang-up stays said."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from callcenter.callbacks import store
from callcenter.callbacks.events import SurveyFinished
from callcenter.callbacks.policy import KEYS
from callcenter.core.bus import Bus
from callcenter.core.ids import AttemptId, LegId
from callcenter.store.pool import Pool


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
        if attempt is not None and key in KEYS.get(node, ()):
            await store.record_answers(self._pool, attempt, {node: key})

    async def finished(
        self, *, pbx: str, leg: LegId, flow: str, args: Mapping[str, str], answers: Mapping[str, str], at: datetime
    ) -> None:
        attempt = _attempt_in(args)
        if attempt is None:
            return
        given = {node: key for node, key in answers.items() if key in KEYS.get(node, ())}
        if given:
            await store.record_answers(self._pool, attempt, given)
        self._bus.publish(SurveyFinished(at=at, attempt=attempt))


def _attempt_in(args: Mapping[str, str]) -> AttemptId | None:
    try:
        return AttemptId(UUID(args["attempt"]))
    except (KeyError, ValueError):
        return None
