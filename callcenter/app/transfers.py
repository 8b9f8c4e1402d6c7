"""Live calls and transfers: the list of matters, operations on calls, and the task that follows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from callcenter.calls.ledger import Ledger
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import Forbidden, Misconfigured
from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.numbers.gate import Gate
from callcenter.orders.service import Orders
from callcenter.pbx.link import AmiLink
from callcenter.people.actor import Actor
from callcenter.people.service import People
from callcenter.people.vault import Vault
from callcenter.resources import IVR
from callcenter.seats.experts import Experts
from callcenter.seats.service import Seats
from callcenter.settings import Settings
from callcenter.store.pool import Pool
from callcenter.transfers.attempts_book import AttemptBook
from callcenter.transfers.attempts_store import AttemptStore
from callcenter.transfers.live import LiveCalls
from callcenter.transfers.live_floor import Floor
from callcenter.transfers.live_ports import ExpertSeen
from callcenter.transfers.live_telephony import AmiCalls
from callcenter.transfers.live_transfers import Transfers
from callcenter.transfers.live_turns import Turns
from callcenter.transfers.live_watch import LiveWatch
from callcenter.transfers.matrix import Matrix, read_matrix
from callcenter.transfers.matrix_choice import matter_faults
from callcenter.transfers.registry import Registry
from callcenter.transfers.targets import Targets
from callcenter.transfers.targets_offer import Offers
from callcenter.transfers.whisper import Whisperer
from callcenter.web.live import live_routes
from callcenter.web.route import Route
from callcenter.web.transfers import transfer_routes


class SeatedDesks:
    """The seats say who sits where."""

    def __init__(self, seats: Seats) -> None:
        self._seats = seats

    async def extension_of(self, user: UserId) -> str:
        return (await self._seats.state_of(user)).extension


class SlottedExperts:
    """The rosters say who is there."""

    def __init__(self, experts: Experts) -> None:
        self._experts = experts

    async def now(self) -> Sequence[ExpertSeen]:
        slots = await self._experts.now()
        return [ExpertSeen(target=one.target, name=one.person, org=one.org, skill=one.skill) for one in slots]


class DispatchedOrders:
    """An order that is sent instead of its call is dispatched to the line's own org, if there is one and the actor may;
    else a dispatcher finds it with the transfer's record."""

    def __init__(self, orders: Orders, people: People) -> None:
        self._orders = orders
        self._people = people

    async def number_of(self, actor: Actor, order: OrderId) -> str:
        return (await self._orders.get(actor, order)).number

    async def pass_on(self, actor: Actor, order: OrderId, org: str, reason: str) -> bool:
        await self._orders.get(actor, order)
        unit = await self._people.directory.org_by_code(org) if org else None
        if unit is None:
            return False
        try:
            await self._orders.dispatch(actor, order, OrgId(unit.id), reason)
        except Forbidden:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRoom:
    live: LiveCalls
    watch: LiveWatch
    store: AttemptStore

    def routes(self) -> list[Route]:
        return [*live_routes(self.live), *transfer_routes(self.live, self.store)]


def read_matters(settings: Settings, registry: Registry) -> Matrix:
    """Raises Misconfigured with every fault."""
    matrix = read_matrix(settings.transfers.matters or IVR / "matters.yaml")
    if wrong := matter_faults(matrix, registry):
        raise Misconfigured(cause="; ".join(wrong), remedy="correct the list of matters, or the hotline registry")
    return matrix


async def furnish_transfers(
    settings: Settings,
    *,
    pool: Pool,
    bus: Bus,
    clock: Clock,
    people: People,
    link: AmiLink,
    ledger: Ledger,
    orders: Orders,
    seats: Seats,
    experts: Experts,
    gate: Gate,
    registry: Callable[[], Registry],
    sounds: Path,
    vault: Vault,
) -> TransferRoom:
    """Raises Misconfigured, also when a version of the list was changed after it was taken up."""
    config, zone = settings.transfers, ZoneInfo(settings.city)
    store, telephony, whispers = AttemptStore(pool, vault), AmiCalls(link), Whisperer(sounds)
    matrix = read_matters(settings, registry())
    await store.take_up(matrix, clock.now())
    floor = Floor(telephony, ledger, bus, config.confirm_within)
    book = AttemptBook(store, bus)
    watch: LiveWatch
    turns = Turns(floor, SeatedDesks(seats), lambda: watch.running)
    transfers = Transfers(
        floor=floor,
        turns=turns,
        book=book,
        store=store,
        targets=Targets(registry, gate, store, zone, config.ring),
        matrix=matrix,
        registry=registry,
        orders=DispatchedOrders(orders, people),
        origins=store,
        whispers=whispers,
        config=config,
        clock=clock,
        main=registry().main.queue or "main",
    )
    watch = LiveWatch(
        floor=floor,
        turns=turns,
        book=book,
        transfers=transfers,
        whispers=whispers,
        ledger=ledger,
        bus=bus,
        clock=clock,
    )
    offers = Offers(floor, turns, store, store, SlottedExperts(experts), matrix, registry, zone, clock)
    live = LiveCalls(floor, turns, book, transfers, offers, clock)
    return TransferRoom(live=live, watch=watch, store=store)
