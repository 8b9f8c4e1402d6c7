"""The citizen's answers, written down key by key: what was said before a hang-up stays said."""

from collections.abc import Iterable
from uuid import UUID

from callcenter.callbacks import store
from callcenter.callbacks.events import SurveyFinished
from callcenter.callbacks.policy import KEYS
from callcenter.core.bus import Bus
from callcenter.core.ids import AttemptId
from callcenter.pbx.facts import FlowFinished, FlowStepped
from callcenter.store.pool import Pool


class Survey:
    """A FlowSink; flows that are no survey of an attempt pass it by. Raises what the database raises."""

    def __init__(self, pool: Pool, bus: Bus) -> None:
        self._pool = pool
        self._bus = bus

    async def stepped(self, step: FlowStepped) -> None:
        attempt = _attempt_in(step.args)
        if attempt is not None and step.key in KEYS.get(step.node, ()):
            await store.record_answers(self._pool, attempt, {step.node: step.key})

    async def finished(self, end: FlowFinished) -> None:
        attempt = _attempt_in(end.args)
        if attempt is None:
            return
        given = {node: key for node, key in end.answers if key in KEYS.get(node, ())}
        if given:
            await store.record_answers(self._pool, attempt, given)
        self._bus.publish(SurveyFinished(at=end.at, attempt=attempt))


def _attempt_in(args: Iterable[tuple[str, str]]) -> AttemptId | None:
    try:
        return AttemptId(UUID(dict(args)["attempt"]))
    except (KeyError, ValueError):
        return None
