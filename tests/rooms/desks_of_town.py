"""Desks for tests: seats over a real database, a site on a real port, and a PBX whose answers a test stages."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from callcenter.calls.events import CallArrived, CallQueued, MenuStepped
from callcenter.calls.reading import CallsReading as LedgerReading
from callcenter.core.briefs import OrderBrief
from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.core.errors import DomainError, NotFound
from callcenter.core.ids import CallId, OrderId, UserId, new_id
from callcenter.orders.service import Orders
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.model import NewUser
from callcenter.people.service import People, open_people
from callcenter.seats.card import CallNotes, DeskState
from callcenter.seats.config import SeatsConfig
from callcenter.seats.ports import CallsReading, NoNotes, Notes, OpenOrders, SeenCall, Telephony
from callcenter.seats.service import Seats
from callcenter.store.notify import open_listener
from callcenter.store.pool import Pool
from callcenter.web.auth import session_routes
from callcenter.web.config import WebConfig
from callcenter.web.guard import cookie_name
from callcenter.web.people import people_routes
from callcenter.web.route import Route
from callcenter.web.seats import seats_routes
from callcenter.web.server import build_app, open_site
from callcenter.web.socket import DeskHub, socket_routes
from tests.rooms.people_of_town import PASSWORD, QUICK, Town, build_town
from tests.vaults import VAULT

PATIENCE = 10.0
QUEUES = ("main", "housing", "english")
Held = dict[tuple[str, str], tuple[bool, str]]


class StagedTelephony:
    """Says yes like Asterisk and keeps the members; `fail_next` stages the next answers, in order."""

    def __init__(self) -> None:
        self.connected = True
        self.members: Held = {}
        self.penalties: dict[tuple[str, str], int] = {}
        self.sent: list[str] = []
        self.fail_next: list[DomainError | None] = []

    async def add_member(self, queue: str, extension: str, *, paused: bool, reason: str, penalty: int) -> None:
        self._answer(f"add {queue} {extension}")
        self.members[queue, extension] = (paused, reason)
        self.penalties[queue, extension] = penalty

    async def remove_member(self, queue: str, extension: str) -> None:
        self._answer(f"remove {queue} {extension}")
        self.members.pop((queue, extension), None)

    async def pause_member(self, queue: str, extension: str, *, paused: bool, reason: str) -> None:
        self._answer(f"pause {queue} {extension} {paused}")
        self.members[queue, extension] = (paused, reason)

    async def set_penalty(self, queue: str, extension: str, penalty: int) -> None:
        self._answer(f"penalty {queue} {extension} {penalty}")
        self.penalties[queue, extension] = penalty

    async def hang_up(self, channel: str) -> None:
        self._answer(f"hangup {channel}")

    def _answer(self, sent: str) -> None:
        self.sent.append(sent)
        if self.fail_next and (error := self.fail_next.pop(0)) is not None:
            raise error


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSeen:
    id: CallId
    direction: str = "inbound"
    caller_number: str = "+8613800000001"
    caller_region: str = "上海市"
    dialled: str = "12345"
    hotline: str = "12345政务服务便民热线"
    outcome: str | None = None
    menu_path: Sequence[dict[str, str]] = ()
    started_at: datetime = field(default_factory=lambda: datetime(2026, 3, 2, tzinfo=UTC))
    queued_at: datetime | None = None
    ended_at: datetime | None = None
    talked: timedelta | None = None


class StagedCalls:
    """The ledger's reading; `gate` unset makes it as slow as a test likes, `broken` makes it fail."""

    def __init__(self) -> None:
        self.calls: dict[CallId, CallSeen] = {}
        self.recent: list[CallSeen] = []
        self.broken: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def get(self, call_id: CallId) -> SeenCall:
        await self._wait()
        if call_id not in self.calls:
            raise NotFound
        return self.calls[call_id]

    async def recent_of(self, number_key: str, limit: int) -> Sequence[SeenCall]:
        await self._wait()
        return [call for call in self.recent if call.caller_number == number_key][:limit]

    async def _wait(self) -> None:
        await self.gate.wait()
        if self.broken is not None:
            raise self.broken


class StagedOrders:
    def __init__(self) -> None:
        self.open: list[OrderBrief] = []
        self.similar: list[OrderBrief] = []

    async def open_of(self, number_key: str, limit: int) -> Sequence[OrderBrief]:
        return self.open[:limit]

    async def similar_near(self, number_key: str, limit: int) -> Sequence[OrderBrief]:
        return self.similar[:limit]


class StagedNotes:
    """What the other rooms know of whoever calls."""

    def __init__(self) -> None:
        self.known = CallNotes()

    async def notes_of(self, call: CallId, number_key: str) -> CallNotes:
        return self.known


def _proofs(
    calls: LedgerReading, orders: Orders
) -> tuple[Telephony, CallsReading, CallsReading, OpenOrders, OpenOrders]:
    """The real rooms and their stand-ins fit the ports."""
    return StagedTelephony(), StagedCalls(), calls, StagedOrders(), orders


def brief(title: str, number: str = "20260302-000007") -> OrderBrief:
    return OrderBrief(
        id=OrderId(new_id()),
        number=number,
        stage="handling",
        title=title,
        category="供水",
        address="云堰街道桐影里",
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


@dataclass(slots=True, kw_only=True)
class Room:
    """The seats with everything around them that a test stages or looks at."""

    pool: Pool
    bus: Bus
    people: People
    town: Town
    seats: Seats
    telephony: StagedTelephony
    calls: StagedCalls
    orders: StagedOrders
    notes: StagedNotes
    actors: dict[str, Actor]

    def user(self, username: str) -> UserId:
        return self.town.users[username].id

    async def until(
        self, presence: str, holds: Callable[[DeskState], bool] = lambda _: True, *, username: str = "hw01"
    ) -> DeskState:
        """Waits until the desk shows the presence and the condition holds."""
        async with asyncio.timeout(PATIENCE):
            while True:
                state = await self.seats.state_of(self.user(username))
                if state.presence == presence and holds(state):
                    return state
                await asyncio.sleep(0.01)

    def ring_in(self, *, caller: str = "13800000001", call: CallId | None = None) -> CallId:
        """A citizen's call as the ledger tells it, up to the queue."""
        call = call or CallId(new_id())
        now = datetime.now(UTC)
        self.calls.calls.setdefault(call, CallSeen(id=call, queued_at=now - timedelta(seconds=4)))
        self.bus.publish(CallArrived(at=now, call=call, direction="inbound", caller=caller, dialled="12345"))
        self.bus.publish(MenuStepped(at=now, call=call, flow="main", node="greeting", key=""))
        self.bus.publish(CallQueued(at=now - timedelta(seconds=4), call=call, queue="main"))
        return call


def seats_over(
    pool: Pool,
    bus: Bus,
    telephony: Telephony,
    calls: CallsReading,
    orders: OpenOrders,
    config: SeatsConfig,
    notes: Notes | None = None,
) -> Seats:
    clock, known = SystemClock(), notes or NoNotes()
    return Seats(
        pool, telephony, calls, orders, config, clock, bus, audit=Audit(clock), queues=QUEUES, vault=VAULT, notes=known
    )


@asynccontextmanager
async def open_room(
    pool: Pool, config: SeatsConfig | None = None, real: Telephony | None = None
) -> AsyncIterator[Room]:
    """hw01 (8001) and hw02 (8002) have seats in queues main and housing; `seats.run` is running. `real` takes the
    place of the staged telephony."""
    bus = Bus()
    telephony, calls, orders, notes = StagedTelephony(), StagedCalls(), StagedOrders(), StagedNotes()
    async with open_people(pool, SystemClock(), QUICK) as people:
        town = await build_town(people)
        city = town.orgs["city"]
        for username, role, extension in (("hw02", Role.AGENT, "8002"), ("bz01", Role.SUPERVISOR, None)):
            new = NewUser.model_validate(
                {
                    "username": username,
                    "name": f"用户 {username}",
                    "org_id": city.id,
                    "roles": [role],
                    "extension": extension,
                    "password": PASSWORD,
                }
            )
            town.users[username] = await people.create_user(new, by=None)
        actors = {
            name: Actor(
                user_id=user.id,
                username=name,
                name=user.name,
                roles=frozenset(user.roles),
                org_id=user.org_id,
                org_path=user.org_path,
            )
            for name, user in town.users.items()
        }
        seats = seats_over(pool, bus, real or telephony, calls, orders, config or SeatsConfig(), notes)
        await seats.assign(town.users["hw01"].id, "8001", "phone-1", ("main", "housing"))
        await seats.assign(town.users["hw02"].id, "8002", "phone-2", ("main", "housing"))
        async with running(seats):
            yield Room(
                pool=pool,
                bus=bus,
                people=people,
                town=town,
                seats=seats,
                telephony=telephony,
                calls=calls,
                orders=orders,
                notes=notes,
                actors=actors,
            )


@asynccontextmanager
async def running(seats: Seats) -> AsyncIterator[None]:
    task = asyncio.create_task(seats.run())
    try:
        await seats.taken_up()
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@dataclass(slots=True, kw_only=True)
class Site:
    """`base` is the address, e.g. http://127.0.0.1:40001."""

    base: str
    hub: DeskHub
    room: Room

    async def all_tabs_closed(self) -> None:
        while True:
            if not self.hub.open_tabs:
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def open_site_of(room: Room, database_url: str, more: Iterable[Route] = ()) -> AsyncIterator[Site]:
    """The real web application with session and desk routes, listening for notices."""
    config = WebConfig(port=0)
    hub = DeskHub(room.seats.state_of)
    routes = [
        *session_routes(room.people, config),
        *people_routes(room.people),
        *seats_routes(room.seats),
        *socket_routes(hub, room.people, cookie_name(config)),
        *more,
    ]
    async with (
        open_listener(database_url, "desk") as listener,
        open_site(build_app(routes, room.people, config), config) as port,
    ):
        async with asyncio.timeout(PATIENCE):
            await listener.connected.wait()
        feed = asyncio.create_task(hub.run(room.bus, listener))
        try:
            yield Site(base=f"http://127.0.0.1:{port}", hub=hub, room=room)
        finally:
            feed.cancel()
            with suppress(asyncio.CancelledError):
                await feed
