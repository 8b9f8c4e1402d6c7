"""Passing a caller on: consult, transfer in every mode, cancel, the other side's case number."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog

from callcenter.calls.state import CallState
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.ids import CallId, UserId
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown
from callcenter.people.actor import Actor, Role
from callcenter.transfers.attempts import Attempt, Outcome, Place, TransferId, case_noted, settled
from callcenter.transfers.attempts_book import AttemptBook
from callcenter.transfers.attempts_store import AttemptStore
from callcenter.transfers.live_config import TransfersConfig
from callcenter.transfers.live_errors import (
    NobodyTalks,
    NoLiveCall,
    NoSuchTransfer,
    NothingToCancel,
    NotOnCall,
    OrderNeeded,
    OtherTransfer,
    TransferUnderWay,
)
from callcenter.transfers.live_floor import QUEUE, TRANSFER, Floor
from callcenter.transfers.live_parties import Parties, home_of
from callcenter.transfers.live_ports import OrderPassing, Origins, Whispers
from callcenter.transfers.live_turns import Turns
from callcenter.transfers.matrix import BY_PHONE, Matrix, Means
from callcenter.transfers.matrix_choice import OURS
from callcenter.transfers.registry import Registry
from callcenter.transfers.targets import Chosen, Route, Targets, Wanted, choose
from callcenter.transfers.whisper import summary_text

log = structlog.get_logger(__name__)

STORED_WITHIN: Final = timedelta(seconds=1)
"""How long a transfer waits for its row before it is dialled; the row follows where the database is away."""
LONGER: Final = timedelta(seconds=20)
"""What Originate allows beyond the ringing: summary, trunks that fail."""


class Transfers:
    """`registry` gives the lines as they are now; `main` is the queue of callers who came by none."""

    def __init__(
        self,
        *,
        floor: Floor,
        turns: Turns,
        book: AttemptBook,
        store: AttemptStore,
        targets: Targets,
        matrix: Matrix,
        registry: Callable[[], Registry],
        orders: OrderPassing,
        origins: Origins,
        whispers: Whispers,
        config: TransfersConfig,
        clock: Clock,
        main: str,
    ) -> None:
        self._floor = floor
        self._turns = turns
        self._book = book
        self._store = store
        self._targets = targets
        self._matrix = matrix
        self._registry = registry
        self._orders = orders
        self._origins = origins
        self._whispers = whispers
        self._config = config
        self._clock = clock
        self._main = main

    async def consult(self, actor: Actor, call: CallId, wanted: Wanted) -> Attempt:
        """The caller hears music while the agent speaks to the target; then merge, leave or cancel."""
        return await self._ask(actor, call, replace(wanted, mode=Means.WARM, summary=""), consult=True)

    async def transfer(self, actor: Actor, call: CallId, wanted: Wanted) -> Attempt:
        """Returns when the transfer is on its way; `LiveCalls.state` and the desk's notices tell how it goes on.

        Raises, beside what `choose` and `Targets.route` do, TransferUnderWay, OrderNeeded, OtherTransfer, LinkDown (the
        call is as it was), ActionRefused, OutcomeUnknown."""
        return await self._ask(actor, call, wanted, consult=False)

    async def cancel(self, actor: Actor, call: CallId) -> None:
        """Stops reaching, or lets the guest go; the caller is with the agent again. Raises NothingToCancel."""
        async with self._turns.turn(call):
            attempt = self._book.under_way(call) or self._brought(call)
            if attempt is None:
                await self._turns.extension(actor, call)
                raise NothingToCancel
            if attempt.actor != actor.user_id:
                await self._turns.extension(actor, call)
            await self._stop(attempt)

    async def note_case(self, actor: Actor, transfer: TransferId, number: str) -> Attempt:
        """The case number that the other side gave. Raises NoSuchTransfer, NotOnCall."""
        attempt = self._book.get(transfer) or await self._store.get(transfer)
        if attempt is None:
            raise NoSuchTransfer
        if attempt.actor != actor.user_id and not actor.may(Role.SUPERVISOR):
            raise NotOnCall
        noted = case_noted(attempt, number, self._clock.now())
        if self._book.get(transfer) is not None:
            self._book.put(noted, self._clock.now())
            await self._book.stored(STORED_WITHIN)
        else:
            await self._store.write(noted)
        return noted

    async def of_call(self, call: CallId) -> list[Attempt]:
        """All that were ever made of the call, oldest first; what memory knows is the newest."""
        return [self._book.get(attempt.id) or attempt for attempt in await self._store.of_call(call)]

    async def _ask(self, actor: Actor, call: CallId, wanted: Wanted, *, consult: bool) -> Attempt:
        async with self._turns.turn(call):
            if (known := await self._known(call, wanted.id)) is not None:
                return known
            extension = await self._turns.extension(actor, call)
            if not extension:
                raise NobodyTalks
            now = self._clock.now()
            first = await self._origins.first_receiver(call) or OURS
            chosen = choose(self._matrix, self._registry(), wanted, first=first, consult=consult)
            if chosen.mode in BY_PHONE:
                self._require_free_line(call)
            route = await self._targets.route(actor, chosen, now, own=extension, consult=consult)
            attempt = self._begun(actor.user_id, call, extension, wanted, chosen, route)
            return await self._carry_out(actor, attempt, chosen, route)

    async def _known(self, call: CallId, transfer: TransferId) -> Attempt | None:
        known = self._book.get(transfer) or await self._store.known(transfer)
        if known is not None and known.call != call:
            raise OtherTransfer
        return known

    def _require_free_line(self, call: CallId) -> None:
        if self._book.under_way(call) is not None:
            raise TransferUnderWay
        if not self._floor.telephony.connected:
            raise LinkDown(self._floor.telephony.pbx)

    def _begun(
        self, actor: UserId, call: CallId, extension: str, wanted: Wanted, chosen: Chosen, route: Route
    ) -> Attempt:
        return Attempt(
            id=wanted.id,
            call=call,
            pbx=self._floor.telephony.pbx,
            room=self._floor.parties(call).room,
            actor=actor,
            extension=extension,
            place=chosen.place,
            target=chosen.target,
            mode=chosen.mode,
            matter=chosen.matter.code if chosen.matter else "",
            version=self._matrix.version,
            doubtful=chosen.doubtful,
            emergency=chosen.emergency,
            drill=chosen.drill,
            keeper=chosen.keeper,
            fallback=route.otherwise,
            consult=chosen.mode is Means.WARM and not wanted.summary,
            order=wanted.order,
            summary=wanted.summary[: self._config.summary_limit],
            asked_at=self._clock.now(),
        )

    async def _carry_out(self, actor: Actor, attempt: Attempt, chosen: Chosen, route: Route) -> Attempt:
        match attempt.mode:
            case Means.ORDER:
                return await self._pass_order(actor, attempt, chosen)
            case Means.GUIDANCE:
                return await self._settle(attempt, Outcome.GUIDED)
            case Means.ONE_KEY:
                return await self._send(actor, attempt, chosen, route)
            case _:
                return await self._fetch(actor, attempt, chosen, route)

    async def _pass_order(self, actor: Actor, attempt: Attempt, chosen: Chosen) -> Attempt:
        if attempt.order is None:
            raise OrderNeeded
        org = chosen.line.link.orders_to if chosen.line and chosen.line.link else None
        reason = chosen.matter.title.zh if chosen.matter else attempt.target
        sent = await self._orders.pass_on(actor, attempt.order, org or "", reason)
        return await self._settle(replace(attempt, step="dispatched" if sent else "to_dispatch"), Outcome.ORDERED)

    async def _settle(self, attempt: Attempt, outcome: Outcome) -> Attempt:
        now = self._clock.now()
        done = settled(attempt, outcome, now)
        self._book.put(done, now)
        await self._book.stored(STORED_WITHIN)
        return done

    async def _send(self, actor: Actor, attempt: Attempt, chosen: Chosen, route: Route) -> Attempt:
        """The caller goes; the dialplan brings him to the target, the fall-back, the agent, the queue."""
        summary = await self._spoken(actor, attempt, chosen)
        await self._note(attempt)
        state, now = self._floor.state(attempt.call), self._floor.parties(attempt.call, attempt.extension)
        variables = self._variables(attempt, state, route, summary)
        context, exten = (QUEUE, route.queue) if route.queue else (TRANSFER, str(attempt.id))
        try:
            for name, value in variables.items():
                await self._floor.telephony.set_variable(now.citizen.channel, name, value)
            await self._floor.send_away(attempt.call, now.citizen.channel, context, exten, extension=attempt.extension)
        except (LinkDown, ActionRefused):
            await self._settle(attempt, Outcome.NOT_SENT)
            raise
        except OutcomeUnknown:
            log.warning("transfer_outcome_unknown", transfer=str(attempt.id))
        return self._book.get(attempt.id) or attempt

    def _variables(self, attempt: Attempt, state: CallState, route: Route, summary: str) -> dict[str, str]:
        if route.queue:
            return {"HL_PRIO": "5", "HL_HOME": route.queue}
        back = home_of(state, self._main)
        return {
            "HL_PLAN": route.plan(agent=attempt.extension, summary=summary, back=back),
            "HL_CID": route.caller_id,
        }

    async def _fetch(self, actor: Actor, attempt: Attempt, chosen: Chosen, route: Route) -> Attempt:
        """The target is brought into the call's room; a consultation puts the caller on hold first."""
        summary = await self._spoken(actor, attempt, chosen)
        try:
            if attempt.consult:
                attempt = replace(attempt, held=await self._floor.hold(attempt.call, attempt.extension))
            else:
                await self._floor.open_room(attempt.call, attempt.extension)
            await self._note(attempt)
            await self._reach(attempt, route, summary)
        except (LinkDown, ActionRefused):
            await self._settle(attempt, Outcome.NOT_SENT)
            await self.bring_back(attempt)
            raise
        except OutcomeUnknown:
            if self._book.get(attempt.id) is None:  # the room did not come about: nobody was rung
                await self._settle(attempt, Outcome.NOT_SENT)
                raise
            log.warning("transfer_outcome_unknown", transfer=str(attempt.id))
        return self._book.get(attempt.id) or attempt

    async def _reach(self, attempt: Attempt, route: Route, summary: str) -> None:
        floor = self._floor
        await floor.ledger.expect_leg(
            pbx=attempt.pbx, call=attempt.call, leg=attempt.leg, purpose="guest", at=self._clock.now()
        )
        rings = 2 if route.otherwise else 1
        await floor.telephony.reach(
            attempt.id,
            attempt.room,
            route.plan(agent="", summary=summary, back=""),
            caller_id=route.caller_id,
            timeout=route.ring * rings + LONGER,
        )

    async def _note(self, attempt: Attempt) -> None:
        """The row comes before the dial, save where the database is away: then the ledger's own facts tell of it."""
        self._book.put(attempt, self._clock.now())
        await self._book.stored(STORED_WITHIN)

    async def _spoken(self, actor: Actor, attempt: Attempt, chosen: Chosen) -> str:
        """The summary's sound; '' when none was asked for."""
        if not attempt.summary:
            return ""
        number = await self._orders.number_of(actor, attempt.order) if attempt.order is not None else ""
        matter = chosen.matter.title.zh if chosen.matter else ""
        return await self._whispers.speak(
            attempt.id, summary_text(matter, number, attempt.summary, self._config.summary_limit)
        )

    async def _stop(self, attempt: Attempt) -> None:
        now = self._clock.now()
        self._require_link()
        if attempt.joins:
            standing = await self._floor.telephony.standing()
            channel = standing.get(attempt.leg)
            if attempt.under_way:
                self._book.put(settled(attempt, Outcome.CANCELLED, now), now)
            if channel is not None:
                await self._floor.telephony.hang_up(channel.channel)
            await self.bring_back(attempt)
            return
        citizen = self._floor.parties(attempt.call).citizen
        back = home_of(self._floor.state(attempt.call), self._main)
        plan = Route(ring=self._config.ring).plan(agent=attempt.extension, summary="", back=back)
        await self._floor.telephony.set_variable(citizen.channel, "HL_PLAN", plan)
        self._book.put(settled(attempt, Outcome.CANCELLED, now), now)
        await self._floor.telephony.redirect(citizen.channel, TRANSFER, str(attempt.id))

    def _require_link(self) -> None:
        if not self._floor.telephony.connected:
            raise LinkDown(self._floor.telephony.pbx)

    def _brought(self, call: CallId) -> Attempt | None:
        return next((a for a in reversed(self._book.of(call)) if a.there and a.joins), None)

    async def bring_back(self, attempt: Attempt) -> None:
        """The caller whom this attempt put on hold is with the agent again; where that fails, the agent's own press, or
        the dialplan's watch over the room, remains."""
        if not attempt.held:
            return
        try:
            now: Parties = self._floor.parties(attempt.call, attempt.extension)
            if now.agent is not None and now.held:
                await self._floor.take_back(attempt.call)
        except NoLiveCall:
            return
        except DomainError as error:
            log.warning("caller_stays_on_hold", transfer=str(attempt.id), code=error.code)


def is_answered_elsewhere(attempt: Attempt, extension: str) -> bool:
    """Whether an agent's answer is the end of a transfer into a queue."""
    return attempt.place is Place.QUEUE and attempt.under_way and extension != attempt.extension
