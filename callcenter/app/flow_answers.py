"""What the rooms of the house answer to the dialogue's questions (`flows.ports`)."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from callcenter.core.clock import Clock
from callcenter.core.errors import Misconfigured
from callcenter.flows.conditions import CallerFacts, Moment
from callcenter.numbers.callers import Callers
from callcenter.numbers.gate import DialRefused, Gate, Purpose
from callcenter.orders.calendar import CalendarMissing, WorkingCalendar
from callcenter.people.vault import Vault
from callcenter.speech.choices import SpokenChoices
from callcenter.store.pool import Pool
from callcenter.store.queries import load
from callcenter.transfers.hotline import Link, Mode
from callcenter.transfers.registry import Registry
from callcenter.transfers.targets import Route
from callcenter.waiting.last_agent import LastAgent

log = structlog.get_logger(__name__)

SQL: Final = load("flows")
REPEAT_WITHIN: Final = timedelta(days=1)


class CityHours:
    """The working calendar; a year that it does not know has no working days and no holidays."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar

    def moment(self, at: datetime) -> Moment:
        local = at.astimezone(self._calendar.zone)
        try:
            day = self._calendar.day(local.date()).kind.value
        except CalendarMissing:
            day = None
        return Moment(day, local.time())


class KnownCallers:
    """Calls and orders by number, the lists of callers, and the agent who knows the caller."""

    def __init__(self, pool: Pool, callers: Callers, last_agent: LastAgent, clock: Clock, vault: Vault) -> None:
        self._pool = pool
        self._callers = callers
        self._last_agent = last_agent
        self._clock = clock
        self._vault = vault

    async def of(self, number: str) -> CallerFacts:
        now = self._clock.now()
        row, listed, seat = await asyncio.gather(
            SQL.caller_facts(self._pool, callers=self._vault.keys(number), day=now - REPEAT_WITHIN),
            self._callers.known(number),
            self._last_agent.of(number),
        )
        return CallerFacts(
            known=row["known"],
            repeat=row["repeat"],
            open_orders=row["open_orders"],
            seat=seat,
            care=listed.care is not None,
            language=listed.language,
            restraint=listed.harassment.value if listed.harassment else "",
        )

    async def chose(self, number: str, language: str, at: datetime) -> None:
        await self._callers.remember_language(number, language, at)


class HotlineGreetings:
    """`registry` gives the lines as they are now."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    def greeting_of(self, dialled: str) -> str | None:
        line = self._registry().find(dialled)
        return line.greeting if line else None


class HotlineRoutes:
    """Callers who are led to another line by a flow: no agent stands behind them, so the queue takes them back."""

    def __init__(self, registry: Callable[[], Registry], gate: Gate, zone: ZoneInfo, clock: Clock) -> None:
        self._registry = registry
        self._gate = gate
        self._zone = zone
        self._clock = clock

    async def plan(self, target: str, queue: str) -> str | None:
        now, line = self._clock.now(), self._registry().find(target)
        if line is None or line.link is None or not line.link.answers_at(now.astimezone(self._zone)):
            return None
        purpose = Purpose.EMERGENCY if line.mode is Mode.EMERGENCY else Purpose.TRANSFER
        try:
            return await self._route(line.link, purpose, queue, now)
        except DialRefused as refused:
            log.warning("flow_transfer_refused", target=target, reason=refused.reason.value)
            return None

    async def _route(self, link: Link, purpose: Purpose, queue: str, at: datetime) -> str:
        first = await self._gate.allow(None, purpose, link.transfer, at=at)
        other = await self._gate.allow(None, purpose, link.fallback, at=at) if link.fallback else None
        route = Route(
            to=first.number,
            group=link.group,
            ring=timedelta(seconds=link.ring),
            otherwise=other.number if other else "",
            else_group=link.group,
            caller_id=first.caller_id,
        )
        return route.plan(agent="", summary="", back=queue)


class SpokenWords:
    """Speech choices, while this process has a recogniser; the files lie in Asterisk's monitor folder."""

    def __init__(self, monitor: Path) -> None:
        self._monitor = monitor
        self.choices: SpokenChoices | None = None

    @property
    def ready(self) -> bool:
        return self.choices is not None and self.choices.ready

    async def recognise(self, file: str, phrases: Sequence[str]) -> str:
        path = self._monitor / f"{file}.wav"
        try:
            if self.choices is None:
                raise Misconfigured(cause="no speech model", remedy="install one as `callcenter models` explains")
            return await self.choices.recognise(path, phrases)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
