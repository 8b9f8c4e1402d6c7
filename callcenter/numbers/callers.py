"""What is remembered of a caller by number, for menus, queues and cards: care, restraint, language."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
import structlog

from callcenter.core.clock import Clock
from callcenter.core.ids import CallId
from callcenter.core.phone import parse_number
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.listing import listable
from callcenter.numbers.ports import SeenNumbers
from callcenter.numbers.store import SQL
from callcenter.numbers.views import CallerNotes, Category, Policy
from callcenter.people.actor import Actor, Role
from callcenter.people.vault import Vault
from callcenter.store.pool import AWAY, Pool

log = structlog.get_logger(__name__)

CARE_PRIORITY: Final = 5
LOWER_PRIORITY: Final = -1
"""As the dialplan's HL_PRIO; ordinary callers have 0, `app_queue` orders by any integer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`anonymous`: the number was withheld, so nothing can be remembered; the caller is served like any other."""

    anonymous: bool = False
    care: Category | None = None
    care_note: str = ""
    harassment: Policy | None = None
    language: str = ""

    @property
    def priority(self) -> int:
        """Care comes before restraint."""
        if self.care is not None:
            return CARE_PRIORITY
        return LOWER_PRIORITY if self.harassment in (Policy.LOWER, Policy.REFUSE) else 0


ANONYMOUS: Final = Caller(anonymous=True)


class Callers:
    def __init__(self, pool: Pool, clock: Clock, config: NumbersConfig, seen: SeenNumbers, vault: Vault) -> None:
        self._pool = pool
        self._clock = clock
        self._config = config
        self._seen = seen
        self._vault = vault

    async def known(self, presented: str) -> Caller:
        """Of a number in any form. Never raises and never keeps a caller waiting: with the database away, or slow, the
        caller is an ordinary one."""
        number = parse_number(presented, self._config.area_code)
        if not number.key:
            return ANONYMOUS
        try:
            async with asyncio.timeout(self._config.look_up.total_seconds()):
                return await self._read(number.key, self._clock.now())
        except (*AWAY, asyncpg.PostgresError) as error:
            log.warning("caller_not_looked_up", cause=type(error).__name__)
            return Caller()

    async def notes(self, actor: Actor, call: CallId) -> CallerNotes:
        """For the card of whoever may see the call's number. Raises NotFound."""
        caller = await self.known(await self._seen.number_of(actor, call))
        return CallerNotes(
            care=caller.care, care_note=caller.care_note, harassment=caller.harassment, language=caller.language
        )

    async def remember_language(self, presented: str, language: str, at: datetime) -> None:
        """What the caller chose, until it expires; a withheld number has no memory."""
        number = parse_number(presented, self._config.area_code)
        if number.key:
            expires = at + self._config.language_for
            await SQL.remember_language(
                self._pool, number_key=self._vault.key(number.key), language=language, at=at, expires_at=expires
            )

    async def set_language(self, actor: Actor, call: CallId, language: str) -> None:
        """By the agent who heard it. Raises Forbidden, NotFound, NumberWithheld."""
        actor.require(Role.AGENT, Role.SUPERVISOR)
        number = listable(await self._seen.number_of(actor, call), self._config.area_code)
        await self.remember_language(number, language, self._clock.now())

    async def _read(self, number: str, at: datetime) -> Caller:
        row = await SQL.caller(self._pool, keys=self._vault.keys(number), at=at)
        return caller_of(row["category"], row["note"], row["policy"], row["language"])


def caller_of(category: str | None, note: str | None, policy: str | None, language: str | None) -> Caller:
    """A caller in care is never refused, whichever list was first."""
    restrained = Policy(policy) if policy else None
    if category and restrained is Policy.REFUSE:
        restrained = Policy.NOTICE
    return Caller(
        care=Category(category) if category else None,
        care_note=note or "",
        harassment=restrained,
        language=language or "",
    )
