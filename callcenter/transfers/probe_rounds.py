"""Places the day's test calls, one after the other, and those that people ask for (JC-10, JC-13)."""

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import structlog

from callcenter.core.bus import Bus, Subscription
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.ids import CallId, LegId, new_id
from callcenter.numbers.gate import Allowed, DialRefused, Purpose
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown
from callcenter.pbx.facts import LinkUp
from callcenter.people.actor import Actor
from callcenter.store.pool import AWAY, Pool
from callcenter.transfers.hotline import Hotline
from callcenter.transfers.probe import Reason, Result, slots
from callcenter.transfers.probe_events import ProbeFinished
from callcenter.transfers.probe_flight import HEARS, ProbeFlight
from callcenter.transfers.probe_telephony import ProbeId, ProbeTelephony, leg_of
from callcenter.transfers.registry_book import SQL, RegistryBook
from callcenter.transfers.registry_config import RegistryConfig

log = structlog.get_logger(__name__)

BETWEEN_TRIES: Final = timedelta(seconds=2)
DAY: Final = timedelta(days=1)
MARGIN: Final = timedelta(seconds=30)
"""Beyond the ringing of a drill: the notice that the target hears."""


class ProbeLedger(Protocol):
    async def begin_outbound(
        self, *, pbx: str, leg: LegId, purpose: str, number: str, related: CallId | None, at: datetime
    ) -> CallId: ...


class DialGate(Protocol):
    async def allow(self, actor: Actor | None, purpose: Purpose, number: str, *, at: datetime) -> Allowed: ...


@dataclass(frozen=True, slots=True)
class _Claim:
    probe: ProbeId
    number: str
    kind: str
    began_at: datetime


class Prober:
    """One for each PBX, run by the holder of its lease. `city` is an IANA zone name."""

    def __init__(
        self,
        *,
        pool: Pool,
        bus: Bus,
        clock: Clock,
        config: RegistryConfig,
        city: str,
        book: RegistryBook,
        telephony: ProbeTelephony,
        ledger: ProbeLedger,
        gate: DialGate,
    ) -> None:
        self._pool = pool
        self._bus = bus
        self._clock = clock
        self._config = config
        self._zone = ZoneInfo(city)
        self._book = book
        self._telephony = telephony
        self._ledger = ledger
        self._gate = gate
        self._wake = asyncio.Event()
        self._flight: ProbeFlight | None = None

    async def run(self, asked: AsyncIterable[object]) -> None:
        """Until cancelled. `asked` yields when somebody, at whichever instance, has asked for a test call or drill."""
        with self._bus.subscribe(*HEARS, LinkUp) as heard:
            async with asyncio.TaskGroup() as crew:
                crew.create_task(self._listen(heard))
                crew.create_task(self._follow(asked))
                begun = False
                while True:
                    try:
                        begun = begun or await self._drop_left()
                        claim = await self._next()
                        if claim is None:
                            await self._rest()
                        else:
                            await self._place(claim)
                    except AWAY as error:
                        log.warning("probes_wait_for_database", why=type(error).__name__)
                        await asyncio.sleep(BETWEEN_TRIES.total_seconds())

    async def _listen(self, heard: Subscription) -> None:
        async for event in heard:
            if isinstance(event, LinkUp):
                self._wake.set()
            elif self._flight is not None:
                self._flight.hear(event)

    async def _follow(self, asked: AsyncIterable[object]) -> None:
        async for _ in asked:
            self._wake.set()

    async def _drop_left(self) -> bool:
        """What an earlier life of the house left in the air is not rung again: nobody knows how it went."""
        async for row in SQL.drop_running(self._pool, pbx=self._telephony.pbx, at=self._clock.now()):
            log.warning("probe_left", number=row["number"])
        return True

    async def _next(self) -> _Claim | None:
        if not self._telephony.connected:
            return None
        now, pbx = self._clock.now(), self._telephony.pbx
        waiting = await SQL.claim_waiting(self._pool, pbx=pbx, at=now)
        if waiting is not None:
            return _Claim(ProbeId(waiting["id"]), waiting["number"], waiting["kind"], now)
        for due, number in await self._open_slots(now):
            if due > now:
                return None
            day = now.astimezone(self._zone).date()
            probe = await SQL.claim_daily(self._pool, id=new_id(), number=number, day=day, pbx=pbx, at=now)
            if probe is not None:
                return _Claim(ProbeId(probe), number, "daily", now)
        return None

    async def _open_slots(self, now: datetime) -> list[tuple[datetime, str]]:
        """Today's test calls that nobody has placed yet; one that is late is placed when the house is up again."""
        if not self._config.probes:
            return []
        day = now.astimezone(self._zone).date()
        done = {row["number"] async for row in SQL.probed_on(self._pool, day=day)}
        return [(due, number) for due, number in self._slots(now, 0) if number not in done]

    def _slots(self, now: datetime, days: int) -> list[tuple[datetime, str]]:
        """Of the city's day, or of one so many days later."""
        local = now.astimezone(self._zone).date() + DAY * days
        numbers = [line.number for line in self._book.current.forwarded if not line.since or line.since <= local]
        return slots(numbers, local, self._config.probe_at, self._config.probe_spread, self._zone)

    async def _rest(self) -> None:
        """Until the next test call is due, somebody asks for one, or Asterisk is back."""
        seconds: float | None = None
        if self._telephony.connected and self._config.probes:
            now = self._clock.now()
            ahead = [*await self._open_slots(now), *self._slots(now, 1)]
            seconds = (ahead[0][0] - now).total_seconds() if ahead else None
        with suppress(TimeoutError):
            async with asyncio.timeout(None if seconds is None else max(seconds, 0.1)):
                await self._wake.wait()
        self._wake.clear()

    async def _place(self, claim: _Claim) -> None:
        self._flight = flight = ProbeFlight(claim.probe)
        try:
            line = self._book.current.find(claim.number)
            result = await self._ring(line, claim, flight) if line is not None else Result(Reason.NOT_PLACED)
        finally:
            self._flight = None
        await self._settle(claim, result)

    async def _ring(self, line: Hotline, claim: _Claim, flight: ProbeFlight) -> Result:
        """Whatever goes wrong with one number is that number's result, and keeps no other from being tested."""
        try:
            within = await (self._drill(line, claim) if claim.kind == "drill" else self._test(claim))
        except DialRefused:
            return Result(Reason.REFUSED)
        except OutcomeUnknown:
            within = self._config.probe_deadline
        except (LinkDown, ActionRefused) as error:
            log.warning("probe_not_placed", number=claim.number, code=error.code)
            return Result(Reason.NOT_PLACED)
        result = await flight.result(within)
        if result.reason in {Reason.LATE, Reason.FAIL_SAFE}:  # it would go on
            with suppress(DomainError):
                await self._telephony.hang_up(claim.probe)
        return result

    async def _test(self, claim: _Claim) -> timedelta:
        await self._begin(claim, claim.number)
        within = self._config.probe_deadline
        await self._telephony.test(claim.probe, claim.number, self._book.current.main.number, within)
        return within

    async def _drill(self, line: Hotline, claim: _Claim) -> timedelta:
        """Raises DialRefused, also for a link whose drill target has been taken out of the file meanwhile."""
        link = line.link
        target = link.drill if link is not None and link.drill is not None else ""
        allowed = await self._gate.allow(None, Purpose.TEST, target, at=self._clock.now())
        await self._begin(claim, allowed.number)
        ring = timedelta(seconds=link.ring if link else 0)
        group = link.group if link else allowed.group
        await self._telephony.drill(claim.probe, allowed.number, group, allowed.caller_id, ring, ring + MARGIN)
        return ring + MARGIN

    async def _begin(self, claim: _Claim, number: str) -> None:
        """So that the ledger knows the call for a test, and nobody counts it as a citizen's."""
        call = await self._ledger.begin_outbound(
            pbx=self._telephony.pbx,
            leg=leg_of(claim.probe),
            purpose="test",
            number=number,
            related=None,
            at=self._clock.now(),
        )
        await SQL.note_probe_call(self._pool, id=claim.probe, call_id=call)

    async def _settle(self, claim: _Claim, result: Result) -> None:
        reason = result.reason.value if result.reason else ""
        answered, now = result.answered_at, self._clock.now()
        await SQL.settle_probe(
            self._pool, id=claim.probe, status=result.status, reason=reason, answered_at=answered, at=now
        )
        seconds = (answered - claim.began_at).total_seconds() if answered else None
        if result.status == "failed":
            log.error("hotline_test_failed", number=claim.number, kind=claim.kind, reason=reason)
        else:
            log.info("hotline_tested", number=claim.number, kind=claim.kind, status=result.status, reason=reason)
        self._bus.publish(
            ProbeFinished(
                at=now,
                number=claim.number,
                kind=claim.kind,
                status=result.status,
                reason=reason,
                seconds=seconds,
            )
        )
