"""Claim, originate, settle by what Asterisk says. In doubt the PBX is asked; nobody is dialled to find out (D8)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from zoneinfo import ZoneInfo

import structlog

from callcenter.callbacks import store
from callcenter.callbacks.config import CallbackConfig
from callcenter.callbacks.events import CallbackDialled, CallbackSettled, SurveyFinished
from callcenter.callbacks.flight import ANSWER, DIALLING, Flight
from callcenter.callbacks.policy import Outcome, Verdict, next_at, outcome_of, verdict
from callcenter.callbacks.ports import DialGate, OutboundLedger
from callcenter.callbacks.store import Claim
from callcenter.callbacks.telephony import Dial, Telephony
from callcenter.calls.events import CallEnded
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.events import Event
from callcenter.core.ids import AttemptId, CallId, LegId
from callcenter.numbers.gate import DialRefused, Purpose
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown
from callcenter.pbx.facts import ChannelEnded, DialplanMarked, DialStarted, LinkUp, OriginateAnswered
from callcenter.store.patience import BETWEEN_TRIES, patiently, until
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)

HEARS = (DialplanMarked, DialStarted, ChannelEnded, OriginateAnswered, CallEnded, LinkUp, SurveyFinished)


class Dialer:
    """The attempts of one PBX that are in the air."""

    def __init__(
        self,
        *,
        pool: Pool,
        bus: Bus,
        clock: Clock,
        config: CallbackConfig,
        zone: ZoneInfo,
        telephony: Telephony,
        ledger: OutboundLedger,
        gate: DialGate,
    ) -> None:
        self._pool = pool
        self._bus = bus
        self._clock = clock
        self._config = config
        self._zone = zone
        self._telephony = telephony
        self._ledger = ledger
        self._gate = gate
        self._flights: dict[AttemptId, Flight] = {}
        self._by_leg: dict[LegId, Flight] = {}
        self._by_call: dict[CallId, Flight] = {}
        self._linked = asyncio.Event()

    @property
    def busy(self) -> int:
        """Attempts in the air."""
        return len(self._flights)

    def hear(self, event: Event) -> None:
        match event:
            case DialplanMarked(mark="HotlineDial", fields=fields):
                told = dict(fields)
                if (flight := self._named(told.get("Attempt", ""))) is not None:
                    flight.marked(told.get("Status", ""))
            case DialStarted(from_leg=leg) if leg is not None and (flight := self._by_leg.get(leg)) is not None:
                flight.rung = flight.rung or leg != flight.leg
            case ChannelEnded(leg=leg) if (flight := self._by_leg.get(leg)) is not None:
                flight.leg_ended(leg)
            case OriginateAnswered(success=False, action_id=name) if (flight := self._named(name)) is not None:
                flight.doubt()
            case CallEnded(call=call) if (flight := self._by_call.get(call)) is not None:
                flight.doubt()
            case SurveyFinished(attempt=attempt) if (flight := self._flights.get(attempt)) is not None:
                flight.surveyed.set()
            case LinkUp():
                self._linked.set()
                for flight in self._flights.values():
                    flight.doubt()

    def _named(self, attempt: str) -> Flight | None:
        return self._by_leg.get(LegId(f"hl-{attempt}"))

    def begin(self, crew: asyncio.TaskGroup, claim: Claim) -> None:
        """One claimed attempt from the Originate to its settling, busy from now on."""
        self._launch(crew, claim, self._dial)

    def resume(self, crew: asyncio.TaskGroup, claim: Claim) -> None:
        """An attempt of an earlier life of the house: looked up, never dialled."""

        async def take_up(flight: Flight) -> str | None:
            flight.announced = True
            flight.doubt()
            return await self._follow(flight)

        if claim.attempt not in self._flights:
            self._launch(crew, claim, take_up)

    def _launch(self, crew: asyncio.TaskGroup, claim: Claim, course: Callable[[Flight], Awaitable[str | None]]) -> None:
        """In the air before its task has begun, and until that has ended, also when it never began."""
        flight = self._take_off(claim)
        crew.create_task(self._fly(flight, course)).add_done_callback(lambda _: self._land(flight))

    async def _fly(self, flight: Flight, course: Callable[[Flight], Awaitable[str | None]]) -> None:
        """A mistake of the program costs this attempt its end until the next resume, and no other attempt anything."""
        try:
            mark = await course(flight)
            await patiently(lambda: self._settle(flight, mark))
        except Exception:
            log.exception("callback_attempt_failed", attempt=str(flight.claim.attempt))

    def _take_off(self, claim: Claim) -> Flight:
        flight = Flight(claim)
        self._flights[claim.attempt] = flight
        self._by_leg.update(dict.fromkeys(flight.legs, flight))
        return flight

    def _land(self, flight: Flight) -> None:
        del self._flights[flight.claim.attempt]
        for leg in flight.legs:
            del self._by_leg[leg]
        self._by_call = {call: other for call, other in self._by_call.items() if other is not flight}

    async def _dial(self, flight: Flight) -> str | None:
        """The dialplan's mark at the end, None when Asterisk never began; HELD or REFUSED when the gate said no."""
        claim, config = flight.claim, self._config
        pbx, now = self._telephony.pbx, self._clock.now()
        try:
            allowed = await patiently(lambda: self._gate.allow(None, Purpose.CALLBACK, claim.number, at=now))
        except DialRefused as refused:
            return (Outcome.HELD if refused.passing else Outcome.REFUSED).value

        async def begin() -> CallId:
            return await self._ledger.begin_outbound(
                pbx=pbx, leg=flight.leg, purpose="callback", number=claim.number, related=claim.related, at=now
            )

        call = await patiently(begin)
        self._by_call[call] = flight
        await patiently(lambda: store.mark_sent(self._pool, claim.attempt, call, now))
        dial = Dial(
            attempt=claim.attempt,
            number=allowed.number,
            group=allowed.group,
            survey=config.survey,
            caller_id=allowed.caller_id,
            ring=config.ring,
        )
        try:
            await self._telephony.dial(dial)
        except (LinkDown, ActionRefused) as error:
            log.warning("callback_not_dialled", attempt=str(claim.attempt), code=error.code)
            return None
        except OutcomeUnknown:
            log.warning("callback_outcome_unknown", attempt=str(claim.attempt))
            flight.doubt()
        else:
            flight.accepted = True
            self._announce(flight)
        return await self._follow(flight)

    def _announce(self, flight: Flight) -> None:
        if flight.announced:
            return
        flight.announced = True
        claim = flight.claim
        log.info("callback_dialled", order=str(claim.order), attempt=str(claim.attempt))
        self._bus.publish(
            CallbackDialled(at=self._clock.now(), callback=claim.callback, attempt=claim.attempt, order=claim.order)
        )

    async def _follow(self, flight: Flight) -> str | None:
        """Until the attempt is over, by its facts or, where they may have been missed, by asking the PBX."""
        while True:
            await flight.news(self._config.doubt_after)
            if flight.over:
                return flight.mark
            try:
                standing, mark = await self._look_up(flight.claim.attempt)
            except (LinkDown, OutcomeUnknown, ActionRefused):
                await until(self._linked, BETWEEN_TRIES)
                flight.doubt()
                continue
            if mark is not None:
                self._announce(flight)
            if standing:
                flight.mark = ANSWER if mark == ANSWER else flight.mark
                continue
            return flight.mark or mark or await self._remembered(flight)

    async def _remembered(self, flight: Flight) -> str | None:
        """Asterisk writes AstDB to disk once a second: killed in that second, it forgets that it began to dial. What
        the house has heard, or the call ledger holds, then says that it may have."""
        rung = (
            flight.rung
            or flight.accepted
            or await patiently(lambda: store.citizen_rung(self._pool, flight.claim.attempt, flight.legs))
        )
        return DIALLING if rung else None

    async def _look_up(self, attempt: AttemptId) -> tuple[bool, str | None]:
        """Whether it still stands, and its mark. Channels first: the dialplan writes the mark before its channel goes.

        An attempt that has neither is made void, so that an Originate still on its way is refused by the dialplan."""
        standing = await self._telephony.stands(attempt)
        mark = await self._telephony.mark_of(attempt)
        if standing or mark is not None:
            return standing, mark
        await self._telephony.void(attempt)
        return await self._telephony.stands(attempt), None

    async def _settle(self, flight: Flight, mark: str | None) -> None:
        claim = flight.claim
        given = self._verdict(await store.answers_of(self._pool, claim.attempt))
        if mark == ANSWER and not given.decides:
            await until(flight.surveyed, self._config.last_key)
            given = self._verdict(await store.answers_of(self._pool, claim.attempt))
        outcome, now = outcome_of(mark, given), self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            if mark == ANSWER:
                await store.mark_answered(connection, claim.attempt, now)
            if not await store.settle_attempt(connection, claim.attempt, outcome, now):
                return
            rings = await store.rings(connection, claim.callback)
            again = next_at(outcome, rings, now, self._config, self._zone)
            if again is not None:
                await store.retry_at(connection, claim.callback, again)
            else:
                final = self._verdict(await store.all_answers(connection, claim.callback))
                await store.finish(connection, claim.callback, outcome, final, now)
        self._publish_settled(claim, outcome, given.resolved, given.satisfied)

    def _verdict(self, answers: Mapping[str, str]) -> Verdict:
        return verdict(answers, fairly_counts=self._config.fairly_counts)

    def _publish_settled(self, claim: Claim, outcome: Outcome, resolved: bool | None, satisfied: bool | None) -> None:
        log.info("callback_settled", order=str(claim.order), attempt=str(claim.attempt), outcome=outcome.value)
        self._bus.publish(
            CallbackSettled(
                at=self._clock.now(),
                callback=claim.callback,
                attempt=claim.attempt,
                order=claim.order,
                outcome=outcome.value,
                resolved=resolved,
                satisfied=satisfied,
            )
        )
