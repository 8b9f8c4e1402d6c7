"""The seats room for those who ask: agents for their own seat and desk, supervisors for all seats."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound
from callcenter.core.ids import UserId
from callcenter.core.pages import place_of
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.seats.card import DeskState, OfferPage, OfferView, OrderView, ReasonView, SeatView, SkillView
from callcenter.seats.config import SeatsConfig
from callcenter.seats.errors import (
    CallNotYours,
    NoSeat,
    NotAskable,
    NotForcible,
    SeatsElsewhere,
    UnknownPauseReason,
    UnknownQueue,
)
from callcenter.seats.offers import OfferStore
from callcenter.seats.ports import CallsReading, Notes, OpenOrders, Telephony
from callcenter.seats.presence import ZH, Ask, Presence, ask_for
from callcenter.seats.seat import Order, Seat
from callcenter.seats.store import SeatStore
from callcenter.seats.watch import Watch
from callcenter.store.patience import PASSING
from callcenter.store.pool import Pool

STORED_WITHIN: Final = timedelta(seconds=2)
"""How long a command waits for its row; Asterisk has said yes by then, so a slow database does not fail it."""


class Seats:
    """One per process. `run` hears the calls and must be running where Asterisk is to be asked (the lease, D5)."""

    def __init__(
        self,
        pool: Pool,
        telephony: Telephony,
        calls: CallsReading,
        orders: OpenOrders,
        config: SeatsConfig,
        clock: Clock,
        bus: Bus,
        *,
        audit: Audit,
        queues: Collection[str],
        vault: Vault,
        notes: Notes | None = None,
    ) -> None:
        """`queues` are the names of all that there are; `notes` is what other rooms know of a call."""
        self._pool = pool
        self._audit = audit
        self._queues = frozenset(queues)
        self._store = SeatStore(pool)
        self._offers = OfferStore(pool, vault)
        self._telephony = telephony
        self._config = config
        self._clock = clock
        self._watch = Watch(self._store, self._offers, telephony, calls, orders, config, clock, bus, notes)

    async def run(self) -> None:
        """Until cancelled."""
        await self._watch.run()

    @property
    def running(self) -> bool:
        """Whether this process hears the calls and has taken up the seats."""
        return self._watch.running

    async def taken_up(self) -> None:
        """Returns when `run` has taken up the seats; ready for calls and commands."""
        await self._watch.taken_up()

    async def stored(self) -> None:
        """Returns when every change so far is in the database."""
        await self._watch.journal.settled()

    async def assign(self, user: UserId, extension: str, sip_secret: str, queues: tuple[str, ...]) -> None:
        """Gives a user a seat, or changes it. `sip_secret` is the password of its phone."""
        await self._store.assign(user, extension, sip_secret, queues, self._clock.now())
        await self._watch.crew.load()

    async def set_skills(self, actor: Actor, user: UserId, penalties: Mapping[str, int]) -> None:
        """The queues of a seat, each with its penalty. A seat that is logged in changes at once, one in a call when the
        call is over. Raises Forbidden, UnknownQueue, NoSeat."""
        actor.require(Role.SUPERVISOR)
        await self._require_below(actor, user)
        if unknown := sorted(penalties.keys() - self._queues):
            raise UnknownQueue(queue=unknown[0][:40])
        if not await self._store.set_skills(user, penalties):
            raise NoSeat
        await self._audit.record(self._pool, actor.user_id, "seat_skills_set", "seat", user, dict(penalties))
        if self._watch.running:
            await self._watch.crew.load()
            await self._watch.commands.settle(user)

    async def force(self, actor: Actor, user: UserId, presence: Presence, reason: str) -> None:
        """A supervisor makes a seat ready, paused or offline; the desk shows who did, and why. A seat in a call
        follows when that and its after-call work are over. Raises Forbidden, NotForcible, SeatsElsewhere, NoSeat, and
        what the PBX answers."""
        actor.require(Role.SUPERVISOR)
        wanted = ask_for(presence)
        if wanted is None or wanted is Ask.AFTER_CALL:
            raise NotForcible(presence=ZH[presence])
        await self._require_below(actor, user)
        await self._known(user)
        at = self._clock.now()
        order = Order(presence=presence, reason=reason, by=actor.name, at=at, pending=True)
        seat = await self._watch.commands.force(user, wanted, order)
        detail = {"presence": presence.value, "reason": reason, "pending": seat.ordered is not None}
        await self._audit.record(self._pool, actor.user_id, "seat_forced", "seat", user, detail)

    def standing(self) -> Sequence[Seat]:
        """Every seat as it is now; none where this process does not hear the calls."""
        return self._watch.crew.all() if self._watch.running else ()

    async def log_in(self, actor: Actor) -> None:
        """Ready in all queues of the seat."""
        await self._change(actor, Ask.READY, "")

    async def log_out(self, actor: Actor) -> None:
        await self._change(actor, Ask.LOG_OUT, "")

    async def set_presence(self, actor: Actor, presence: Presence, reason: str = "") -> None:
        """Raises NotAskable, SeatsElsewhere, UnknownPauseReason, NoSeat, PresenceRefused, and what the PBX answers."""
        wanted = ask_for(presence)
        if wanted is None:
            raise NotAskable(presence=ZH[presence])
        if wanted is not Ask.PAUSE:
            reason = ""
        elif reason not in {known.code for known in self._config.pause_reasons}:
            raise UnknownPauseReason(reason=reason[:32])
        await self._change(actor, wanted, reason)

    async def hang_up(self, actor: Actor, call: UUID) -> None:
        """Ends the agent's own leg of the call on their desk. Raises CallNotYours."""
        seat = await self._seat(UserId(actor.user_id))
        if seat is None or seat.call is None or seat.call != call:
            raise CallNotYours
        channel = await self._store.channel_of_agent(seat.call, seat.extension)
        if channel is None:
            raise CallNotYours
        await self._telephony.hang_up(channel)

    async def desk_state(self, actor: Actor) -> DeskState:
        """All that a desk needs to resume, for users with and without a seat."""
        return await self.state_of(actor.user_id)

    async def state_of(self, user: UserId) -> DeskState:
        seat = await self._seat(user)
        now = self._clock.now()
        if seat is None:
            return DeskState(version=0, seat=False, pbx_connected=self._telephony.connected, at=now)
        return DeskState(
            version=seat.version,
            seat=True,
            extension=seat.extension,
            queues=seat.queues,
            presence=seat.presence.value,
            reason=seat.reason,
            since=seat.since,
            reachable=seat.reachable,
            pbx_connected=self._telephony.connected,
            after_call_until=seat.ends_after(self._config.after_call_limit),
            pause_reasons=tuple(ReasonView.model_validate(reason) for reason in self._config.pause_reasons),
            order=OrderView.model_validate(seat.order) if seat.order else None,
            offer=await self._offer_on(seat),
            at=now,
        )

    async def offers_of(self, actor: Actor, limit: int, cursor: str | None = None) -> OfferPage:
        """The agent's own offers, newest first. Raises BadCursor."""
        found = await self._offers.of_user(actor.user_id, limit + 1, place_of(cursor))
        return OfferPage.cut(found, limit, lambda offer: offer, lambda offer: (offer.offered_at, offer.id))

    async def seats(self, actor: Actor) -> list[SeatView]:
        """The seats of the actor's org and those below it (XY-03), by extension. Raises Forbidden for others than
        supervisors."""
        actor.require(Role.SUPERVISOR)
        below = await self._store.users_below(actor.org_path)
        seats = self._watch.crew.all() if self._watch.running else await self._store.all()
        return [
            SeatView(
                user_id=seat.user,
                name=seat.name,
                extension=seat.extension,
                queues=seat.queues,
                presence=seat.presence.value,
                reason=seat.reason,
                since=seat.since,
                reachable=seat.reachable,
                call_id=seat.call,
                skills=tuple(SkillView(queue=queue, penalty=seat.penalty_in(queue)) for queue in seat.queues),
                order=OrderView.model_validate(seat.order) if seat.order else None,
            )
            for seat in sorted(seats, key=lambda seat: seat.extension)
            if seat.user in below
        ]

    async def _change(self, actor: Actor, wanted: Ask, reason: str) -> None:
        actor.require(Role.AGENT)
        await self._known(actor.user_id)
        await self._watch.commands.change(actor.user_id, wanted, reason)
        try:
            async with asyncio.timeout(STORED_WITHIN.total_seconds()):
                await self.stored()
        except TimeoutError:
            return

    async def _require_below(self, actor: Actor, user: UserId) -> None:
        """Raises NotFound for a seat outside the actor's org and those below it (XY-03)."""
        path = await self._store.org_path_of(user)
        if path is None or not actor.sees(path):
            raise NotFound

    async def _known(self, user: UserId) -> None:
        """Raises SeatsElsewhere, NoSeat."""
        if not self._watch.running:
            raise SeatsElsewhere
        if self._watch.crew.seat(user) is None:
            await self._watch.crew.load()
        if self._watch.crew.seat(user) is None:
            raise NoSeat

    async def _seat(self, user: UserId) -> Seat | None:
        """From memory where the calls are heard, else as stored."""
        if self._watch.running and (seat := self._watch.crew.seat(user)) is not None:
            return seat
        return await self._store.get(user)

    async def _offer_on(self, seat: Seat) -> OfferView | None:
        if seat.offer is None:
            return None
        if (offer := self._watch.crew.offer_of(seat.user)) is not None:
            return offer
        try:
            return await self._offers.get(seat.offer)
        except PASSING:
            return None
