"""The queues as supervisors see them, and how honest the told waits were."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from callcenter.core.clock import Clock
from callcenter.core.pages import Page
from callcenter.people.actor import Actor, Role
from callcenter.seats.errors import SeatsElsewhere
from callcenter.seats.queues import QueueBook, QueueDefinition
from callcenter.waiting.outlook import Basis
from callcenter.waiting.store import WaitStore
from callcenter.waiting.waits import Waits


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class QueueView(_Shown):
    """`expected_seconds` is what a caller who joins now would be told, null when nothing is promised; `basis` says why.
    `handling_seconds` is the measured time of talk and after-call work that it is computed from."""

    name: str
    title_zh: str
    title_en: str
    skill: str
    language: str
    emergency: bool
    patience_seconds: int
    waiting: int
    on_duty: int
    basis: Basis
    expected_seconds: float | None
    handling_seconds: float


class QueueList(Page[QueueView]):
    """As in the queue definitions, all on one page."""


class Accuracy(_Shown):
    """Of the waits in a queue that ended with an agent. Errors in seconds: above zero, the wait was longer than told.
    Shares are between 0 and 1. Null where nothing was told."""

    queue: str
    answered: int
    told: int
    mean_wait: float | None
    mean_error: float | None
    mean_absolute_error: float | None
    median_absolute_error: float | None
    p90_absolute_error: float | None
    within_a_minute: float | None


class AccuracyReport(Page[Accuracy]):
    """By queue, all on one page."""


class WaitsReading:
    def __init__(self, waits: Waits, store: WaitStore, book: QueueBook, clock: Clock) -> None:
        self._waits = waits
        self._store = store
        self._book = book
        self._clock = clock

    def queues(self, actor: Actor) -> QueueList:
        """Raises Forbidden, and SeatsElsewhere where nobody hears who waits."""
        actor.require(Role.SUPERVISOR, Role.AGENT, Role.LEADER)
        if not self._waits.running:
            raise SeatsElsewhere
        return QueueList(items=tuple(self._view(queue) for queue in self._book.queues))

    def _view(self, queue: QueueDefinition) -> QueueView:
        name = queue.name
        waiting = self._waits.waiting(name)
        expected = self._waits.expected(name, waiting)
        return QueueView(
            name=name,
            title_zh=queue.title.zh,
            title_en=queue.title.en,
            skill=queue.skill.value,
            language=queue.language,
            emergency=queue.emergency,
            patience_seconds=queue.patience,
            waiting=waiting,
            on_duty=self._waits.crew_of(name).heads,
            basis=expected.basis,
            expected_seconds=expected.wait.total_seconds() if expected.wait is not None else None,
            handling_seconds=self._waits.handling(name).total_seconds(),
        )

    async def accuracy(self, actor: Actor, since: datetime | None, until: datetime | None) -> AccuracyReport:
        """Of callers who joined in the time; the last day if none is given. Raises Forbidden."""
        actor.require(Role.SUPERVISOR, Role.LEADER)
        now = self._clock.now()
        rows = await self._store.accuracy(since or now - timedelta(days=1), until or now)
        return AccuracyReport(items=tuple(Accuracy.model_validate(dict(row)) for row in rows))
