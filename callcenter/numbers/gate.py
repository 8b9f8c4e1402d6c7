"""The one gate that every number dialled out passes: who may dial what for what, how often, over which trunks."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, NoReturn

import structlog

from callcenter.core.bus import Bus
from callcenter.core.errors import Refused
from callcenter.core.ids import new_id
from callcenter.core.phone import parse_number
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.events import DialWasRefused
from callcenter.numbers.rules import (
    Allowed,
    DialRules,
    Limit,
    Limits,
    Purpose,
    Reason,
    ShortCodes,
    decide,
    unlimited,
)
from callcenter.numbers.store import SQL
from callcenter.people.actor import Actor
from callcenter.people.vault import Vault
from callcenter.store.pool import AWAY, Connection, Pool

__all__ = ["Allowed", "DialRefused", "Gate", "Purpose", "Reason", "ShortCodes"]

log = structlog.get_logger(__name__)
LIMITS: Final = frozenset({Reason.ACTOR_LIMIT, Reason.NUMBER_LIMIT, Reason.PURPOSE_LIMIT})
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


class DialRefused(Refused):
    """`reason` is a word of `Reason`; the number is in no field."""

    code = "dial-refused"
    zh = "外呼闸口不允许拨打该号码（{reason}）"
    en = "the gate does not let this number be dialled ({reason})"

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason=reason.value)
        self.reason = reason

    @property
    def passing(self) -> bool:
        """Only a limit is reached: later it may be dialled."""
        return self.reason in LIMITS


class Gate:
    """`codes` gives the registry's short codes as they are now."""

    def __init__(
        self,
        pool: Pool,
        bus: Bus,
        config: NumbersConfig,
        rules: DialRules,
        codes: Callable[[], ShortCodes],
        vault: Vault,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._bus = bus
        self._config = config
        self._rules = rules
        self._codes = codes

    async def allow(self, actor: Actor | None, purpose: Purpose, number: str, *, at: datetime) -> Allowed:
        """`actor` None is the server itself; `number` in any form. Each permission counts towards the limits.

        Raises DialRefused, or what the database raises when a limited number meets one that is away."""
        decided = decide(self._rules, self._codes(), actor, purpose, number, self._config.area_code)
        if isinstance(decided, Reason):
            return await self._refuse(actor, purpose, number, decided, at)
        allowed, kind = decided
        if not unlimited(purpose, kind):
            reached = await self._count(actor, purpose, allowed.number, at)
            if reached is not None:
                return await self._refuse(actor, purpose, number, reached, at)
        return allowed

    async def _count(self, actor: Actor | None, purpose: Purpose, digits: str, at: datetime) -> Reason | None:
        """The limit that is reached, None when there is room: then the call is counted in all of them, else in none."""
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                limits, dialled = self._rules.purposes[purpose].limits, self._vault.key(digits).hex()
                for reason, key, limit in _counters(limits, actor, dialled):
                    await _count_once(connection, reason, f"{purpose}:{key}", limit, at)
        except _LimitReached as reached:
            return reached.reason
        return None

    async def _refuse(
        self, actor: Actor | None, purpose: Purpose, number: str, reason: Reason, at: datetime
    ) -> NoReturn:
        """The refusal is kept with the last four digits only: nobody is going to ring that number."""
        log.warning("dial_refused", purpose=purpose.value, reason=reason.value)
        try:
            await SQL.insert_refusal(
                self._pool,
                id=new_id(),
                at=at,
                source="gate",
                actor_id=actor.user_id if actor else None,
                purpose=purpose.value,
                reason=reason.value,
                masked=parse_number(number, self._config.area_code).masked,
                place="",
            )
        except AWAY as error:
            log.warning("dial_refusal_not_kept", cause=type(error).__name__)
        self._bus.publish(DialWasRefused(at=at, reason=reason.value, source="gate"))
        raise DialRefused(reason)


class _LimitReached(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def _counters(limits: Limits, actor: Actor | None, dialled: str) -> Iterator[tuple[Reason, str, Limit]]:
    """Always in this order, so that two calls never wait for each other's rows. `dialled` is the number's keyed hash:
    the rows are swept when their window is over, but need not hold who was rung meanwhile."""
    if actor is not None and limits.actor:
        yield Reason.ACTOR_LIMIT, str(actor.user_id), limits.actor
    if limits.number:
        yield Reason.NUMBER_LIMIT, dialled, limits.number
    if limits.purpose:
        yield Reason.PURPOSE_LIMIT, "", limits.purpose


async def _count_once(connection: Connection, counter: Reason, key: str, limit: Limit, at: datetime) -> None:
    """Raises _LimitReached, which takes back what the other counters have counted."""
    begins = at - (at - EPOCH) % limit.within
    counted = await SQL.count_dial(
        connection,
        counter=counter.value,
        key=key,
        begins=begins,
        ends=begins + limit.within,
        most=limit.times,
    )
    if counted is None:
        raise _LimitReached(counter)
