"""The task that hears what Asterisk tells of transfers, ends what has ended, and looks up what was missed."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final

import structlog

from callcenter.calls.channels import extension_of
from callcenter.calls.events import AgentAnswered, CallEnded, CallQueued, ReachChanged, StageChanged
from callcenter.calls.ledger import Ledger
from callcenter.calls.parties import citizen_leg
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.events import Event
from callcenter.core.ids import CallId, LegId
from callcenter.pbx.facts import ChannelEnded, LinkUp, OriginateAnswered
from callcenter.pbx.snapshot import ChannelSeen
from callcenter.store.patience import PASSING
from callcenter.transfers import attempts as folds
from callcenter.transfers.attempts import Attempt, Outcome, Place
from callcenter.transfers.attempts_book import RETRY_AFTER, AttemptBook
from callcenter.transfers.live_floor import TRANSFER, Floor
from callcenter.transfers.live_parties import agent_of
from callcenter.transfers.live_transfers import Transfers, is_answered_elsewhere
from callcenter.transfers.live_turns import Turns
from callcenter.transfers.whisper import Whisperer

log = structlog.get_logger(__name__)

HEARS: Final = (
    ReachChanged,
    StageChanged,
    CallEnded,
    CallQueued,
    AgentAnswered,
    ChannelEnded,
    OriginateAnswered,
    LinkUp,
)


class LiveWatch:
    """`running` is true while memory is the truth, that is between start and end of `run`."""

    def __init__(
        self,
        *,
        floor: Floor,
        turns: Turns,
        book: AttemptBook,
        transfers: Transfers,
        whispers: Whisperer,
        ledger: Ledger,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._floor = floor
        self._turns = turns
        self._book = book
        self._transfers = transfers
        self._whispers = whispers
        self._ledger = ledger
        self._bus = bus
        self._clock = clock
        self._tasks: asyncio.TaskGroup | None = None
        self.ready = asyncio.Event()

    @property
    def running(self) -> bool:
        return self.ready.is_set()

    async def run(self) -> None:
        """Until cancelled. Transfers under way go on at Asterisk and are taken up by the next run."""
        with self._bus.subscribe(*HEARS) as heard:
            try:
                async with asyncio.TaskGroup() as self._tasks:
                    self._tasks.create_task(self._book.drain(), name="transfer-rows")
                    self._tasks.create_task(self._whispers.sweep(self._clock.now()), name="summary-sweep")
                    await self._take_up()
                    self.ready.set()
                    async for event in heard:
                        self._hear_safely(event)
            finally:
                self.ready.clear()
                self._tasks = None

    async def _take_up(self) -> None:
        while True:
            try:
                return await self._book.load(self._floor.telephony.pbx)
            except PASSING as error:
                log.warning("transfers_wait_for_database", cause=type(error).__name__)
                await asyncio.sleep(RETRY_AFTER.total_seconds())

    def _hear_safely(self, event: Event) -> None:
        try:
            self._hear(event)
        except Exception as error:
            log.error("transfer_event_broken", kind=type(event).__name__, cause=type(error).__name__)  # noqa: TRY400

    def _hear(self, event: Event) -> None:
        match event:
            case ReachChanged():
                self._reached(event)
            case ChannelEnded(leg=leg, at=at):
                self._leg_ended(leg, event)
            case OriginateAnswered(success=False, action_id=name, at=at):
                for attempt in self._named(name):
                    self._put(folds.gone(attempt, at), event)
            case CallQueued(call=call, at=at) | AgentAnswered(call=call, at=at):
                self._queued_or_answered(call, event)
            case StageChanged(call=call, at=at):
                self._show(call, event)
            case CallEnded(call=call, at=at):
                self._call_ended(call, event)
            case LinkUp():
                self._spawn(self._look_up(event))

    def _reached(self, event: ReachChanged) -> None:
        for attempt in self._named(event.transfer):
            self._put(folds.reached(attempt, event.step, event.status, event.at), event)

    def _named(self, transfer: str) -> list[Attempt]:
        return [attempt for attempt in self._book.open_ones if str(attempt.id) == transfer]

    def _leg_ended(self, leg: LegId, event: Event) -> None:
        for attempt in self._book.open_ones:
            if leg == attempt.room:
                self._put(folds.call_ended(attempt, event.at), event)
            elif attempt.joins and leg == attempt.leg:
                self._put(folds.gone(attempt, event.at), event)

    def _queued_or_answered(self, call: CallId, event: CallQueued | AgentAnswered) -> None:
        for attempt in self._book.of(call):
            if attempt.place is not Place.QUEUE or not attempt.under_way:
                continue
            if isinstance(event, CallQueued):
                self._put(folds.reached(attempt, "target", "RINGING", event.at), event)
            elif is_answered_elsewhere(attempt, event.extension):
                self._put(folds.reached(attempt, "target", "ANSWER", event.at), event)

    def _call_ended(self, call: CallId, event: Event) -> None:
        for attempt in self._book.of(call):
            self._put(folds.call_ended(attempt, event.at), event)
        self._book.forget(call)
        self._floor.muted.pop(call, None)

    def _put(self, attempt: Attempt, event: Event) -> None:
        before = self._book.get(attempt.id)
        self._book.put(attempt, event.at)
        if attempt.ended_at is not None and before is not None and before.ended_at is None:
            self._spawn(self._end(attempt))

    async def _end(self, attempt: Attempt) -> None:
        """The caller does not wait for somebody who will not come, or has gone."""
        await self._whispers.remove(attempt.id)
        if attempt.held:
            async with self._turns.turn(attempt.call):
                await self._transfers.bring_back(attempt)

    def _show(self, call: CallId, event: Event) -> None:
        state = self._ledger.open_call(call)
        agent = agent_of(state) if state else None
        if agent is not None:
            self._book.changed(call, (extension_of(agent.channel),), event.at)

    async def _look_up(self, up: LinkUp) -> None:
        """After a (re)connect: what became of transfers while nobody listened, and who is muted."""
        standing = {channel.leg: channel for channel in up.snapshot.channels}
        for attempt in self._book.open_ones:
            self._put(self._found(attempt, standing), up)
        for state in self._ledger.open_calls(up.pbx):
            citizen, agent = citizen_leg(state), agent_of(state)
            call = self._ledger.call_of(up.pbx, state.linked)
            if citizen is None or agent is None or call is None or agent.party != "agent":
                continue
            if agent.channel in await self._floor.telephony.muted(citizen.id):
                self._floor.muted[call].add(agent.id)

    def _found(self, attempt: Attempt, standing: Mapping[LegId, ChannelSeen]) -> Attempt:
        now = self._clock.now()
        state = self._ledger.open_call(attempt.call)
        if state is None or attempt.room not in standing:
            return folds.settled(attempt, Outcome.UNKNOWN, now)
        for transfer in state.transfers:
            if transfer.id == str(attempt.id):
                for step in transfer.steps:
                    attempt = folds.reached(attempt, step.step, step.status or "RINGING", step.ended_at or now)
        return _as_it_stands(attempt, standing, now)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._tasks is None:
            work.close()
        else:
            self._tasks.create_task(_survive(work))


def _as_it_stands(attempt: Attempt, standing: Mapping[LegId, ChannelSeen], now: Any) -> Attempt:
    """From the channels alone: marks that came while nobody listened are lost."""
    if attempt.joins:
        leg = standing.get(attempt.leg)
        if leg is None:
            return folds.gone(attempt, now)
        return folds.reached(attempt, "target", "ANSWER", now) if leg.context == "hl-room-guest" else attempt
    citizen = standing[attempt.room]
    if citizen.context == TRANSFER:
        return attempt
    if citizen.context.startswith("hl-queue") and attempt.place is not Place.QUEUE:
        return folds.reached(attempt, "queue", "RINGING", now)
    return attempt


async def _survive(work: Coroutine[Any, Any, None]) -> None:
    """One transfer's trouble must not end the watch over the others."""
    try:
        await work
    except (DomainError, *PASSING) as error:
        log.warning("transfer_work_failed", cause=type(error).__name__)
    except Exception as error:
        log.error("transfer_work_broken", cause=type(error).__name__)  # noqa: TRY400
