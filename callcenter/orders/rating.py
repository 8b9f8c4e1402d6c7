"""One-tap rating (JC-01 群众口碑一键评): a link that works once, for one round of one order, without a log-in.

Only the link's digest is kept. What the citizen taps is the citizen's own answer: it settles the call-back exactly as
one that was heard by telephone, where the tenant allows it (`privacy.sms_rating`). An answer that was taken and not yet
told to the order (the process ended in between) is told by the next start.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

import structlog
from pydantic import BaseModel, ConfigDict, Field

from callcenter.core import errors
from callcenter.core.errors import DomainError
from callcenter.core.ids import AttemptId, OrderId, new_id
from callcenter.orders.room import Room, visible_row
from callcenter.orders.terms import Stage
from callcenter.people.actor import Actor
from callcenter.people.privacy_config import PrivacyConfig
from callcenter.people.secret import digest, new_secret
from callcenter.store.queries import load

log = structlog.get_logger(__name__)

SQL: Final[Any] = load("progress")
OUTCOME: Final = "rated"
"""What the order's event tells of how the answer came."""


class NotRateable(errors.Refused):
    code = "order-not-rateable"
    zh = "工单尚未进入回访，暂不能评价"
    en = "the order is not in call-back: there is nothing to rate yet"


class Rated(BaseModel):
    """Resolved and satisfied are two answers; the four scores are optional (SJ-06 态度、时效、服务、措施)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resolved: bool
    satisfied: bool
    attitude: int | None = Field(default=None, ge=1, le=5)
    timeliness: int | None = Field(default=None, ge=1, le=5)
    service: int | None = Field(default=None, ge=1, le=5)
    measures: int | None = Field(default=None, ge=1, le=5)


@dataclass(frozen=True, slots=True)
class Link:
    """`token` is shown this once."""

    token: str = field(repr=False)
    path: str = field(repr=False)


class CitizensAnswer(Protocol):
    """Where a citizen's answer settles a call-back; heard again it changes nothing."""

    async def settle_callback(
        self, order: OrderId, attempt: AttemptId | None, resolved: bool | None, satisfied: bool | None, outcome: str
    ) -> None: ...


Taken = Literal["taken", "gone"]


class Ratings:
    def __init__(self, room: Room, config: PrivacyConfig, answers: CitizensAnswer) -> None:
        self._room = room
        self._pool = room.store.pool
        self._config = config
        self._answers = answers

    async def link(self, actor: Actor, order: OrderId) -> Link:
        """For the message to the citizen. Written down (B-29). Raises NoSuchOrder, NotRateable."""
        row = await visible_row(self._room, actor, order)
        if row["stage"] != Stage.CALLBACK:
            raise NotRateable
        token, now = new_secret(), self._room.clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.make_link(
                connection,
                id=new_id(),
                order_id=order,
                round_no=row["round_no"],
                token_hash=digest(token),
                at=now,
                expires_at=now + self._config.rating_lasts,
            )
            await self._room.audit.record(connection, actor.user_id, "rating_link_made", "order", str(order))
        return Link(token, f"/r/{token}")

    async def number_of(self, token: str) -> str | None:
        """The order's number while the link can still be used; None for used, expired and made-up ones alike."""
        row = await SQL.link_of(self._pool, token_hash=digest(token), at=self._room.clock.now())
        return None if row is None else str(row["number"])

    async def take(self, token: str, rated: Rated) -> Taken:
        """`gone` for used, expired and made-up links alike."""
        row = await SQL.use_link(
            self._pool, token_hash=digest(token), answer=rated.model_dump(), at=self._room.clock.now()
        )
        if row is None:
            return "gone"
        await self._settle(row["id"], OrderId(row["order_id"]), resolved=rated.resolved, satisfied=rated.satisfied)
        return "taken"

    async def tell_rest(self) -> None:
        """What was taken and not told, at a start."""
        for row in [row async for row in SQL.unsettled(self._pool)]:
            order = OrderId(row["order_id"])
            await self._settle(row["id"], order, resolved=row["resolved"], satisfied=row["satisfied"])

    async def _settle(self, link: object, order: OrderId, *, resolved: bool, satisfied: bool) -> None:
        if self._config.sms_rating:
            try:
                await self._answers.settle_callback(order, None, resolved, satisfied, OUTCOME)
            except DomainError as error:
                log.warning("rating_not_told", order=str(order), code=error.code)
                return
        await SQL.settled(self._pool, id=link, at=self._room.clock.now())
