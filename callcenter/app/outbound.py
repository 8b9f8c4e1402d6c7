"""Agents' calls out, and how the other rooms serve them."""

from dataclasses import dataclass

from callcenter.app.numbers import LedgerNumbers
from callcenter.calls.ledger import Ledger
from callcenter.calls.missed import MissedCalls
from callcenter.calls.reading import CallsReading
from callcenter.calls.views import NoSuchCall
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import Forbidden, NotFound
from callcenter.core.ids import CallId, MissedId, OrderId, UserId
from callcenter.media.messages import NoSuchMessage, VoiceMail
from callcenter.numbers.gate import Gate
from callcenter.orders.privacy import may_ring
from callcenter.orders.room import visible_row
from callcenter.orders.service import Orders
from callcenter.orders.standing import standing_of
from callcenter.orders.terms import ContactOutcome
from callcenter.outbound.config import OutboundConfig
from callcenter.outbound.errors import CallerHidden, NoTelephone, SeatBusy
from callcenter.outbound.service import Outbound
from callcenter.outbound.settling import Settling
from callcenter.outbound.telephony import AmiTelephony
from callcenter.pbx.link import AmiLink
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.people.store import SQL, user_of
from callcenter.seats.presence import Presence
from callcenter.seats.service import Seats
from callcenter.store.pool import Pool
from callcenter.web.outbound import outbound_routes
from callcenter.web.route import Route

IN_CALL = frozenset({Presence.RINGING, Presence.TALKING})


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundRoom:
    service: Outbound
    settling: Settling

    def routes(self) -> list[Route]:
        return outbound_routes(self.service)


class SeatTelephones:
    def __init__(self, seats: Seats) -> None:
        self._seats = seats

    async def free_extension(self, actor: Actor) -> str:
        state = await self._seats.desk_state(actor)
        if not state.seat:
            raise NoTelephone
        if state.presence in IN_CALL:
            raise SeatBusy
        return state.extension


class PeopleActors:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def actor(self, user: UserId) -> Actor:
        row = await SQL.user_by_id(self._pool, id=user)
        if row is None:
            raise NotFound
        return user_of(row).actor


class OrdersToContact:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def check_visible(self, actor: Actor, order: OrderId) -> None:
        await visible_row(self._orders.room, actor, order)

    async def number_of(self, actor: Actor, order: OrderId) -> str:
        row = await visible_row(self._orders.room, actor, order)
        if not may_ring(standing_of(row), actor, confidential=row["confidential"]):
            raise CallerHidden
        return self._orders.room.vault.open(row["caller_number"])

    async def contacted(self, actor: Actor, order: OrderId, *, reached: bool, note: str, call: CallId) -> None:
        outcome = ContactOutcome.REACHED if reached else ContactOutcome.UNREACHABLE
        await self._orders.contact(actor, order, outcome, note, call)


class CallsToRing:
    """Calls whose number the ledger shows to the actor, and those that left a message for all of the centre."""

    def __init__(self, calls: CallsReading, mail: VoiceMail) -> None:
        self._ledger = LedgerNumbers(calls)
        self._mail = mail

    async def number_of(self, actor: Actor, call: CallId) -> str:
        try:
            return await self._ledger.number_of(actor, call)
        except NoSuchCall:
            try:
                return await self._mail.number_of(actor, call)
            except (NoSuchMessage, Forbidden):
                raise NoSuchCall from None


class MissedToRing:
    def __init__(self, missed: MissedCalls) -> None:
        self._missed = missed

    async def number_of(self, actor: Actor, missed: MissedId) -> str:
        await self._missed.claim(actor, missed)
        return await self._missed.number_to_ring(actor, missed)


def open_outbound(
    config: OutboundConfig,
    *,
    pool: Pool,
    bus: Bus,
    clock: Clock,
    audit: Audit,
    gate: Gate,
    ledger: Ledger,
    link: AmiLink,
    calls: CallsReading,
    mail: VoiceMail,
    orders: Orders,
    seats: Seats,
) -> OutboundRoom:
    telephony, contacts = AmiTelephony(link), OrdersToContact(orders)
    settling = Settling(
        pool=pool,
        bus=bus,
        clock=clock,
        config=config,
        telephony=telephony,
        orders=contacts,
        actors=PeopleActors(pool),
    )
    service = Outbound(
        pool=pool,
        clock=clock,
        config=config,
        audit=audit,
        gate=gate,
        ledger=ledger,
        telephony=telephony,
        telephones=SeatTelephones(seats),
        orders=contacts,
        missed=MissedToRing(MissedCalls(pool, audit, clock, bus, orders.room.vault)),
        calls=CallsToRing(calls, mail),
        settling=settling,
    )
    return OutboundRoom(service=service, settling=settling)
