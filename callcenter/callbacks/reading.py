"""Call-backs of an order, to look at."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.callbacks import store
from callcenter.callbacks.questionnaire import Coverage, coverage_of
from callcenter.core.clock import Clock
from callcenter.core.covering import covered
from callcenter.core.ids import AttemptId, CallbackId, CallId, OrderId, RecordingId
from callcenter.orders.policy import Policy
from callcenter.orders.privacy import hides_numbers
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """`status` is claimed, sent or settled; `outcome` a word of `callbacks.policy.Outcome` once settled."""

    id: AttemptId
    no: int
    status: str
    outcome: str | None
    call: CallId | None
    claimed_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackView:
    """`status` is waiting, dialling, done or exhausted; `next_at` is when the next attempt may begin."""

    id: CallbackId
    round_no: int
    status: str
    outcome: str | None
    next_at: datetime | None
    resolved: bool | None
    satisfied: bool | None
    created_at: datetime
    finished_at: datetime | None
    attempts: tuple[AttemptView, ...]


class SeenOrders(Protocol):
    """As `orders.service.Orders`: raises NotFound for an order the actor may not see."""

    async def row(self, actor: Actor, order: OrderId) -> Any: ...

    def current_policy(self) -> Policy: ...


class RecordView(BaseModel):
    """What a person wrote down; a `corrected` one is followed by the one that corrects it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    round_no: int
    tier: int
    reached: Literal["reached", "unreached", "refused", "exempt"]
    resolved: bool | None
    satisfied: Literal["satisfied", "basic", "dissatisfied"] | None
    first_contacted: bool | None
    told: bool | None
    attitude: int | None
    timeliness: int | None
    service: int | None
    measures: int | None
    tendency: bool
    praise: bool
    emotion: str
    reason: str
    comment: str
    call_id: CallId | None
    recording_id: RecordingId | None
    way: str
    officers: tuple[str, ...]
    read_back: bool
    at: datetime
    by_name: str
    corrects: UUID | None
    corrected: bool


class CoverageView(BaseModel):
    """JC-26 of one unit: all that came to call-back, told apart. `grades` are means of 1 to 5 (SJ-06). `target`: the
    share of those due that the rules ask to be tried, heard or not (A-20)."""

    model_config = ConfigDict(frozen=True)

    org_id: UUID
    org: str
    due: int
    target: float
    heard: int
    unreached: int
    refused: int
    exempt: int
    waiting: int
    attitude: float | None
    timeliness: float | None
    service: float | None
    measures: float | None
    praised: int
    untold: int


WATCHERS: Final = (
    Role.REVIEWER,
    Role.SUPERVISOR,
    Role.UNIT_HEAD,
    Role.DEPUTY,
    Role.LEADER,
    Role.INSPECTOR,
    Role.AUDITOR,
)
GRADED: Final = ("attitude", "timeliness", "service", "measures", "praised", "untold")
UNGRADED: Final = dict.fromkeys(GRADED[:4]) | {"praised": 0, "untold": 0}


class CallbacksReading:
    def __init__(self, pool: Pool, orders: SeenOrders, clock: Clock) -> None:
        self._pool = pool
        self._orders = orders
        self._clock = clock

    async def records(self, actor: Actor, order: OrderId) -> list[RecordView]:
        """Oldest first; without numbers in its words for whoever may not see the caller. Raises NotFound when the actor
        may not see the order."""
        hidden = hides_numbers(await self._orders.row(actor, order), actor)
        found = [dict(row) for row in await store.records_of(self._pool, order)]
        shown = [{name: row[name] for name in RecordView.model_fields} for row in found]
        return [RecordView.model_validate(covered(row) if hidden else row) for row in shown]

    async def coverage(self, actor: Actor, days: int) -> list[CoverageView]:
        """By unit of the reader's subtree. Raises Forbidden."""
        actor.require(*WATCHERS)
        since, target = self._clock.now() - timedelta(days=days), self._orders.current_policy().callback.coverage
        grades = {row["org_id"]: row for row in await store.grades(self._pool, actor.org_path, since)}
        names: dict[UUID, str] = {}
        counted: dict[UUID, Counter[Coverage]] = {}
        for row in await store.coverage(self._pool, actor.org_path, since):
            names[row["org_id"]] = row["org"]
            kind = coverage_of(row["person"], row["machine"], answered=row["answered"])
            counted.setdefault(row["org_id"], Counter())[kind] += row["orders"]
        return [
            CoverageView(
                org_id=org,
                org=names[org],
                due=tally.total(),
                target=target,
                **{kind.value: tally[kind] for kind in Coverage},
                **({name: grades[org][name] for name in GRADED} if org in grades else UNGRADED),
            )
            for org, tally in counted.items()
        ]

    async def of_order(self, actor: Actor, order: OrderId) -> list[CallbackView]:
        """By round. Raises NotFound when the actor may not see the order."""
        await self._orders.row(actor, order)
        attempts = await store.attempts_of(self._pool, order)
        return [
            CallbackView(
                id=CallbackId(row["id"]),
                round_no=row["round_no"],
                status=row["status"],
                outcome=row["outcome"],
                next_at=row["next_at"],
                resolved=row["resolved"],
                satisfied=row["satisfied"],
                created_at=row["created_at"],
                finished_at=row["finished_at"],
                attempts=tuple(_attempt(a) for a in attempts if a["callback_id"] == row["id"]),
            )
            for row in await store.callbacks_of(self._pool, order)
        ]


def _attempt(row: Any) -> AttemptView:
    return AttemptView(
        id=AttemptId(row["id"]),
        no=row["no"],
        status=row["status"],
        outcome=row["outcome"],
        call=None if row["call_id"] is None else CallId(row["call_id"]),
        claimed_at=row["claimed_at"],
        sent_at=row["sent_at"],
        answered_at=row["answered_at"],
        settled_at=row["settled_at"],
    )
