"""Rings the citizens of kept places when their turn has come, each once at a time; Asterisk says what came of it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from callcenter.calls.events import AgentAnswered, CallArrived, CallEnded, CallEvent
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.events import Event
from callcenter.core.ids import AttemptId, CallId, LegId, new_id
from callcenter.core.phone import parse_number
from callcenter.numbers.gate import DialRefused
from callcenter.numbers.rules import Purpose
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown
from callcenter.pbx.facts import AgentConnected, ChannelEnded, DialplanMarked, LinkUp, QueueJoined, QueueLeft
from callcenter.seats.events import PresenceChanged
from callcenter.seats.journal import RETRY_AFTER
from callcenter.store.patience import PASSING
from callcenter.waiting.config import WaitingConfig
from callcenter.waiting.events import PlaceKept, PlaceMoved
from callcenter.waiting.keeping import Places
from callcenter.waiting.places import Move, Place, State, is_due
from callcenter.waiting.ports import Gate, Marks, OutboundLedger, RingBack, Telephony
from callcenter.waiting.telephony import leg_of
from callcenter.waiting.waits import Waits

log = structlog.get_logger(__name__)

OURS: Final = "hl-"
ANSWER: Final = "ANSWER"
UNSETTLED: Final = frozenset({"", "dialling", "repeated"})
LOOK_AGAIN: Final = timedelta(seconds=20)
BREATH: Final = timedelta(milliseconds=250)
"""Between two looks: in a busy hour something happens at every moment."""
YOUNG: Final = timedelta(seconds=5)
"""An Originate that was accepted may have no channel yet."""
HEARS: Final = (
    CallEvent,
    DialplanMarked,
    ChannelEnded,
    AgentConnected,
    QueueJoined,
    QueueLeft,
    PresenceChanged,
    LinkUp,
    PlaceKept,
    PlaceMoved,
)


class Recall:
    """`run` dials: only where the lease is certain (D5)."""

    def __init__(
        self,
        *,
        places: Places,
        waits: Waits,
        gate: Gate,
        ledger: OutboundLedger,
        telephony: Telephony,
        marks: Marks,
        config: WaitingConfig,
        clock: Clock,
        bus: Bus,
    ) -> None:
        self._places = places
        self._waits = waits
        self._gate = gate
        self._ledger = ledger
        self._telephony = telephony
        self._marks = marks
        self._config = config
        self._clock = clock
        self._bus = bus
        self._wake = asyncio.Event()
        self._doubt = True
        self._any = True
        self._callers: dict[CallId, str] = {}

    async def run(self) -> None:
        """Until cancelled. Calls in the air go on at Asterisk and are looked up by the next run."""
        self._doubt = self._any = True
        with self._bus.subscribe(*HEARS) as heard:
            async with asyncio.TaskGroup() as crew:
                crew.create_task(self._go_round())
                async for event in heard:
                    await self._survive(event)

    async def _survive(self, event: Event) -> None:
        while True:
            try:
                return await self._hear(event)
            except PASSING as error:
                log.warning("places_wait_for_database", cause=type(error).__name__)
                await asyncio.sleep(RETRY_AFTER.total_seconds())
            except Exception:
                log.exception("place_event_broken", kind=type(event).__name__)
                self._doubt = True
                return None

    async def _hear(self, event: Event) -> None:
        match event:
            case CallArrived(direction="inbound"):
                self._callers[event.call] = parse_number(event.caller).key
            case AgentAnswered() if number := self._callers.get(event.call, ""):
                await self._got_through(number)
            case CallEnded():
                self._callers.pop(event.call, None)
                self._wake.set()
            case DialplanMarked(mark="HotlineDial", fields=fields):
                told = dict(fields)
                await self._settle(told.get("Attempt", ""), told.get("Status", ""))
            case AgentConnected(leg=leg) if leg is not None and (attempt := attempt_of(leg)) is not None:
                await self._move(attempt, Move.SERVED)
            case ChannelEnded(leg=leg) if (attempt := attempt_of(leg)) is not None:
                await self._move(attempt, Move.HUNG_UP)
                self._doubt = True
                self._wake.set()
            case LinkUp():
                self._doubt = True
                self._wake.set()
            case PlaceKept():
                self._any = True
                self._wake.set()
            case QueueJoined() | QueueLeft() | PresenceChanged() | PlaceMoved():
                self._wake.set()

    async def _got_through(self, number: str) -> None:
        if not self._any or not number:
            return
        place = await self._places.store.of_number(number)
        if place is not None and place.state is not State.QUEUED:
            await self._places.apply(place, Move.GOT_THROUGH)

    async def _settle(self, name: str, status: str) -> None:
        attempt = attempt_of(LegId(f"{OURS}{name}"))
        if attempt is None or status in UNSETTLED or (place := await self._places.store.of_attempt(attempt)) is None:
            return
        if status == ANSWER:
            await self._places.apply(place, Move.ANSWERED)
            return
        await self._not_reached(place, status.lower())
        with suppress(DomainError):
            await self._marks.forget(attempt)

    async def _not_reached(self, place: Place, reason: str) -> None:
        if place.attempts >= self._config.place_attempts:
            await self._places.apply(place, Move.EXHAUSTED, reason)
        else:
            again = self._clock.now() + self._config.place_retry
            await self._places.apply(place, Move.NOT_REACHED, reason, next_at=again)

    async def _move(self, attempt: AttemptId, move: Move) -> None:
        if self._any and (place := await self._places.store.of_attempt(attempt)) is not None:
            await self._places.apply(place, move)

    async def _go_round(self) -> None:
        while True:
            try:
                seconds = await self._look()
            except PASSING as error:
                log.warning("places_wait_for_database", cause=type(error).__name__)
                seconds, self._doubt = RETRY_AFTER.total_seconds(), True
            except Exception:  # one place's trouble must not end the watch over the others, nor the owner
                log.exception("places_not_looked_at")
                seconds, self._doubt = LOOK_AGAIN.total_seconds(), True
            await asyncio.sleep(BREATH.total_seconds())
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            self._wake.clear()

    async def _look(self) -> float | None:
        """Whose turn it is; when to look again without being woken, None while no place is kept."""
        if not self._any:
            return None
        if not self._telephony.connected or not self._waits.running:
            return RETRY_AFTER.total_seconds()
        if self._doubt:
            self._doubt = False
            await self._look_up()
        places = await self._places.store.open_ones(self._telephony.pbx)
        self._any = bool(places)
        ringing: dict[str, int] = {}
        for place in places:
            if place.state is not State.WAITING:
                ringing[place.queue] = ringing.get(place.queue, 0) + 1
        for place in places:
            if await self._turn(place, ringing.get(place.queue, 0)):
                ringing[place.queue] = ringing.get(place.queue, 0) + 1
        return self._soon(places).total_seconds() if places else None

    def _soon(self, places: Sequence[Place]) -> timedelta:
        now = self._clock.now()
        later = [place.next_at - now for place in places if place.state is State.WAITING and place.next_at > now]
        return min(LOOK_AGAIN, self._config.place_retry, *later)

    async def _turn(self, place: Place, ringing: int) -> bool:
        now = self._clock.now()
        if place.state is State.WAITING and now - place.kept_at >= self._config.place_lasts:
            await self._places.apply(place, Move.EXHAUSTED, "too_old")
            return False
        if place.number in self._callers.values() or not is_due(place, self._waits.standing(place.queue, ringing), now):
            return False
        return await self._ring(place)

    async def _ring(self, place: Place) -> bool:
        attempt, now = AttemptId(new_id()), self._clock.now()
        try:
            allowed = await self._gate.allow(None, Purpose.CALLBACK, place.number, at=now)
        except DialRefused as refused:
            await self._refused(place, refused)
            return False
        if not await self._places.store.claim(place.id, attempt, now):
            return False
        await self._ledger.begin_outbound(
            pbx=place.pbx, leg=leg_of(attempt), purpose="kept_place", number=place.number, related=place.call, at=now
        )
        call = RingBack(
            caller=place.number,
            dialled=place.dialled,
            queue=place.queue,
            flow=self._config.place_flow,
            ring=self._config.place_ring,
        )
        try:
            await self._telephony.ring_back(attempt, allowed, call)
        except (LinkDown, ActionRefused) as error:
            log.warning("place_not_dialled", place=str(place.id), cause=error.code)
            await self._places.store.unclaim(place.id, attempt, now + LOOK_AGAIN)
            return False
        except OutcomeUnknown:
            log.warning("place_outcome_unknown", place=str(place.id))
            self._doubt = True
        else:
            log.info("place_dialled", place=str(place.id), attempt=str(attempt))
        return True

    async def _refused(self, place: Place, refused: DialRefused) -> None:
        """A limit that is reached holds for a while, all else for ever."""
        if refused.passing:
            again = self._clock.now() + self._config.place_retry
            await self._places.store.move(place, State.WAITING, refused.code, next_at=again)
        else:
            await self._places.apply(place, Move.EXHAUSTED, refused.code)

    async def _look_up(self) -> None:
        """Calls whose facts may have been missed: the PBX is the judge (D8), nobody is dialled to find out."""
        for place in await self._places.store.open_ones(self._telephony.pbx):
            if place.attempt is None or place.rang_at is None or place.state is State.WAITING:
                continue
            if self._clock.now() - place.rang_at < YOUNG:
                self._doubt = True
                continue
            try:
                await self._judge(place, place.attempt)
            except (LinkDown, OutcomeUnknown, ActionRefused):
                self._doubt = True

    async def _judge(self, place: Place, attempt: AttemptId) -> None:
        standing, mark = await self._marks.stands(attempt), await self._marks.mark_of(attempt)
        if standing:
            if mark == ANSWER:
                await self._places.apply(place, Move.ANSWERED)
        elif place.state is State.QUEUED:
            await self._places.apply(place, Move.HUNG_UP, "unseen")
        elif mark is None:
            await self._marks.void(attempt)
            if not await self._marks.stands(attempt):
                await self._places.store.unclaim(place.id, attempt, self._clock.now())
        elif mark == ANSWER:
            await self._places.apply(place, Move.ANSWERED)
            self._doubt = True
        else:
            await self._not_reached(place, mark.lower())


def attempt_of(leg: LegId) -> AttemptId | None:
    """Of the half that waits; None for legs that are not ours, and for the half that dials."""
    if not leg.startswith(OURS):
        return None
    try:
        return AttemptId(UUID(leg[len(OURS) :]))
    except ValueError:
        return None
