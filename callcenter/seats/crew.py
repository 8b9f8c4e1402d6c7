"""The seats of one PBX as the lease holder knows them: memory first, so that a slow database delays no desk."""

from dataclasses import replace
from datetime import datetime

from callcenter.core.bus import Bus
from callcenter.core.ids import CallId, OfferId, UserId
from callcenter.seats.card import OfferView
from callcenter.seats.events import DeskChanged, PresenceChanged, ScreenPopped
from callcenter.seats.journal import Journal
from callcenter.seats.offers import OfferStore
from callcenter.seats.presence import BUSY, Presence
from callcenter.seats.seat import Order, Seat
from callcenter.seats.store import SeatStore


class Crew:
    """Every change is applied here at once, then written in order by the journal, then announced on the bus."""

    def __init__(self, store: SeatStore, offers: OfferStore, journal: Journal, bus: Bus) -> None:
        self._store = store
        self._stored_offers = offers
        self._journal = journal
        self._bus = bus
        self._seats: dict[UserId, Seat] = {}
        self._users: dict[str, UserId] = {}
        self._offers: dict[UserId, OfferView] = {}

    async def load(self) -> None:
        """Takes up seats from the database; what memory knows newer stays. Raises what asyncpg raises."""
        for stored in await self._store.all():
            held = self._seats.get(stored.user)
            if held is not None and held.version >= stored.version:
                self._seats[stored.user] = replace(
                    held,
                    name=stored.name,
                    extension=stored.extension,
                    queues=stored.queues,
                    penalties=stored.penalties,
                )
                continue
            self._seats[stored.user] = stored
            if stored.offer is not None and (offer := await self._stored_offers.get(stored.offer)) is not None:
                self._offers[stored.user] = offer
        self._users = {seat.extension: user for user, seat in self._seats.items()}

    def seat(self, user: UserId) -> Seat | None:
        return self._seats.get(user)

    def at_extension(self, extension: str) -> Seat | None:
        user = self._users.get(extension)
        return self._seats[user] if user is not None else None

    def in_call(self, call: CallId) -> list[Seat]:
        return [seat for seat in self._seats.values() if seat.call == call and seat.presence in BUSY]

    def all(self) -> list[Seat]:
        return list(self._seats.values())

    def offer_of(self, user: UserId) -> OfferView | None:
        """The card on the agent's desk."""
        seat, offer = self._seats.get(user), self._offers.get(user)
        return offer if seat is not None and offer is not None and seat.offer == offer.id else None

    def move(self, seat: Seat, presence: Presence, reason: str, at: datetime) -> Seat:
        """A new presence, or a new reason for it; nothing when both are as before."""
        if (seat.presence, seat.reason) == (presence, reason):
            return seat
        moved = seat.moved(presence, reason, at)
        self._keep(moved, at, logged=True)
        self._bus.publish(
            PresenceChanged(at=at, agent=seat.user, extension=seat.extension, presence=presence.value, reason=reason)
        )
        return moved

    def take_call(self, seat: Seat, call: CallId, presence: Presence, at: datetime) -> Seat:
        """Ringing or talking in this call; an offer of an earlier call leaves the desk."""
        if seat.call != call:
            seat = replace(seat, call=call, offer=None)
            self._seats[seat.user] = seat
        return self.move(seat, presence, "", at)

    def give_order(self, seat: Seat, order: Order, at: datetime) -> Seat:
        """What a supervisor wants of the seat stands on its desk."""
        ordered = replace(seat, order=order, version=seat.version + 1)
        self._keep(ordered, at, logged=False)
        return ordered

    def set_reachable(self, seat: Seat, reachable: bool, at: datetime) -> None:
        if seat.reachable != reachable:
            self._keep(replace(seat, reachable=reachable, version=seat.version + 1), at, logged=False)

    def lay(self, user: UserId, offer: OfferView, at: datetime) -> None:
        """Puts a card on the desk, or its completed form. A card of a call that has already gone is only stored."""
        seat, held = self._seats[user], self._offers.get(user)
        first = held is None or held.id != offer.id
        if held is not None and not first:
            offer = held.model_copy(update={"card": offer.card})
        gone = seat.call != offer.call_id or seat.offer not in {None, offer.id}
        if not gone:
            if first and seat.presence is Presence.TALKING:
                offer = offer.model_copy(update={"answered_at": seat.since})
            seat = replace(seat, offer=OfferId(offer.id), version=seat.version + 1)
            self._offers[user] = offer
        self._journal.put(lambda: self._store_offer(user, offer, seat.version, at, first=first))
        if gone:
            self._journal.put(lambda: self._stored_offers.end(OfferId(offer.id), "abandoned", at))
            return
        if first and offer.answered_at is not None:
            answered_at = offer.answered_at
            self._journal.put(lambda: self._stored_offers.answer(OfferId(offer.id), answered_at))
        self._keep(seat, at, logged=False)

    def answered(self, seat: Seat, at: datetime) -> None:
        if (offer := self.offer_of(seat.user)) is not None and offer.answered_at is None:
            self._offers[seat.user] = offer.model_copy(update={"answered_at": at})
            self._journal.put(lambda: self._stored_offers.answer(OfferId(offer.id), at))

    def ended(self, seat: Seat, outcome: str, at: datetime) -> None:
        if (offer := self.offer_of(seat.user)) is not None and offer.ended_at is None:
            self._offers[seat.user] = offer.model_copy(update={"ended_at": at, "outcome": outcome})
            self._journal.put(lambda: self._stored_offers.end(OfferId(offer.id), outcome, at))

    def close_offers(self, seat: Seat, at: datetime) -> None:
        """Ends the offers of this agent, but the one on the desk, whose ends were missed while nobody listened."""
        self._journal.put(lambda: self._stored_offers.end_others(seat.user, seat.offer, at))

    def _keep(self, seat: Seat, at: datetime, *, logged: bool) -> None:
        self._seats[seat.user] = seat
        self._journal.put(lambda: self._store.write(seat, logged=logged))
        self._bus.publish(DeskChanged(at=at, agent=seat.user, version=seat.version))

    async def _store_offer(self, user: UserId, offer: OfferView, version: int, at: datetime, *, first: bool) -> None:
        await self._stored_offers.write(user, offer, version)
        if first:
            self._bus.publish(ScreenPopped(at=at, offer=OfferId(offer.id), call=CallId(offer.call_id), agent=user))
