"""A supervisors' room over a real database, with a PBX and a ledger that a test stages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from callcenter.calls.ledger import Ledger
from callcenter.calls.state import CallState, Leg, Role, Talk, Wait
from callcenter.calls.views import NoSuchCall
from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.core.errors import DomainError
from callcenter.core.ids import CallId, LegId, new_id
from callcenter.pbx.facts import BridgeEntered, ChannelEnded, DialplanMarked
from callcenter.people.actor import Actor
from callcenter.people.actor import Role as UserRole
from callcenter.people.model import NewUser
from callcenter.people.service import People, open_people
from callcenter.seats.store import SeatStore
from callcenter.store.pool import Pool
from callcenter.supervision.config import SupervisionConfig
from callcenter.supervision.ports import Calls, Telephony
from callcenter.supervision.service import Supervision
from callcenter.supervision.store import SessionStore
from tests.rooms.people_of_town import PASSWORD, QUICK, Town, build_town
from tests.simulators.eventually import eventually

PBX = "pbx1"
PATIENCE = 10.0
CITIZEN = LegId("1700000000.1")
AGENT = LegId("1700000000.2")


class StagedPbx:
    """Keeps what was sent; `fail_next` stages the next answers, in order."""

    pbx = PBX

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.fail_next: list[DomainError | None] = []
        self.gone: set[str] = set()

    async def listen(self, leg: LegId, extension: str, spied: str, mode: str, ring: timedelta) -> None:
        self._answer(f"listen {extension} {spied} {mode}")

    async def enter(self, leg: LegId, extension: str, room: LegId, ring: timedelta) -> None:
        self._answer(f"enter {extension} {room}")

    async def switch(self, leg: LegId, mode: str) -> None:
        self._answer(f"switch {mode}")

    async def move_in(self, leg: LegId, room: LegId) -> None:
        self._answer(f"move_in {room}")

    async def bring(self, citizen: str, room: LegId) -> None:
        self._answer(f"bring {citizen} {room}")

    async def put_first(self, queue: str, citizen: str, priority: int) -> None:
        self._answer(f"put_first {queue} {citizen} {priority}")

    async def hang_up(self, channel: str) -> bool:
        self._answer(f"hang_up {'own' if channel.startswith('hl-') else channel}")
        return channel not in self.gone

    def _answer(self, sent: str) -> None:
        self.sent.append(sent)
        if self.fail_next and (error := self.fail_next.pop(0)) is not None:
            raise error


class StagedCalls:
    def __init__(self) -> None:
        self.open: dict[CallId, CallState] = {}
        self.expected: list[str] = []

    def open_call(self, call: CallId) -> CallState | None:
        return self.open.get(call)

    async def expect_leg(self, *, pbx: str, call: CallId, leg: LegId, purpose: str, at: datetime) -> None:
        if call not in self.open:
            raise NoSuchCall
        self.expected.append(purpose)


_fits: tuple[Telephony, Calls] = (StagedPbx(), StagedCalls())
_real: type[Calls] = Ledger


def leg(name: LegId, channel: str, role: Role, at: datetime) -> Leg:
    return Leg(id=name, channel=channel, role=role, seen_at=at, started_at=at, up=True, bridge="b1", bridged=True)


@dataclass(slots=True, kw_only=True)
class Supervisors:
    """bz02 (telephone 8101) answers for the whole town, where hw01 (8001) sits; de02 (8102) for the east only."""

    pool: Pool
    bus: Bus
    people: People
    town: Town
    pbx: StagedPbx = field(default_factory=StagedPbx)
    calls: StagedCalls = field(default_factory=StagedCalls)
    service: Supervision
    actors: dict[str, Actor]

    def talking(self, extension: str = "8001") -> CallId:
        """A citizen who talks with the agent at the extension."""
        call, at = CallId(new_id()), datetime.now(UTC)
        citizen = leg(CITIZEN, "PJSIP/carrier-00000001", Role.CALLER, at)
        agent = leg(AGENT, f"PJSIP/{extension}-00000002", Role.AGENT, at)
        talk = Talk(extension=extension, queue="main", leg=AGENT, began_at=at, connected=True)
        self.calls.open[call] = CallState(
            pbx=PBX, linked=CITIZEN, started_at=at, last_at=at, legs={CITIZEN: citizen, AGENT: agent}, talks=(talk,)
        )
        return call

    def waiting(self, queue: str = "main") -> CallId:
        call = self.talking()
        state = self.calls.open[call]
        wait = Wait(queue=queue, joined_at=state.started_at)
        self.calls.open[call] = replace(state, legs={CITIZEN: state.legs[CITIZEN]}, talks=(), waits=(wait,))
        return call

    def spied(self, session: UUID, mode: str) -> None:
        """The dialplan says that the supervisor's telephone is in the call."""
        common: dict[str, Any] = {"pbx": PBX, "leg": LegId(f"hl-{session}"), "linked": LegId(f"hl-{session}")}
        at = datetime.now(UTC)
        marked = DialplanMarked(
            **common, at=at, channel="PJSIP/8101-00000003", mark="HotlineSpy", fields=(("Mode", mode),)
        )
        self.bus.publish(marked)

    def in_room(self, session: UUID, bridge: str = "b2") -> None:
        own = LegId(f"hl-{session}")
        at = datetime.now(UTC)
        self.bus.publish(
            BridgeEntered(at=at, pbx=PBX, leg=own, linked=own, channel="PJSIP/8101-00000003", bridge=bridge)
        )

    def hung_up(self, session: UUID) -> None:
        own = LegId(f"hl-{session}")
        at = datetime.now(UTC)
        self.bus.publish(ChannelEnded(at=at, pbx=PBX, leg=own, linked=own, channel="PJSIP/8101-00000003", cause=16))

    async def row(self, session: UUID, **wanted: Any) -> asyncpg.Record:
        """The intrusion's row, as soon as it is as wanted."""
        query = (
            "select s.*, m.mode from supervision_session s left join supervision_mode m"
            " on m.session_id = s.id and m.until is null where s.id = $1"
        )
        async with asyncio.timeout(PATIENCE):
            while True:
                row = await self.pool.fetchrow(query, session)
                if row is not None and all(row[name] == value for name, value in wanted.items()):
                    return row
                await asyncio.sleep(0.01)

    async def sends(self, *sent: str) -> None:
        """Returns when exactly this was sent to the PBX since the last time."""
        await eventually(lambda: len(self.pbx.sent) >= len(sent))
        assert tuple(self.pbx.sent) == sent
        self.pbx.sent.clear()

    async def acts(self) -> list[str]:
        """The audit trail, oldest first, without the town's own beginnings."""
        rows = await self.pool.fetch("select action from audit_log where action like 'call_%' order by at, id")
        return [row["action"] for row in rows]


@asynccontextmanager
async def open_supervisors(pool: Pool, config: SupervisionConfig | None = None) -> AsyncIterator[Supervisors]:
    bus, clock = Bus(), SystemClock()
    async with open_people(pool, clock, QUICK) as people:
        town = await build_town(people)
        for username, org, role, extension in (
            ("bz01", "city", UserRole.SUPERVISOR, None),
            ("bz02", "city", UserRole.SUPERVISOR, "8101"),
            ("de02", "east", UserRole.SUPERVISOR, "8102"),
            ("de01", "east", UserRole.AGENT, "8011"),
        ):
            given = {"username": username, "name": f"用户 {username}", "org_id": town.orgs[org].id, "roles": [role]}
            town.users[username] = await people.create_user(
                NewUser.model_validate(given | {"extension": extension, "password": PASSWORD}), by=None
            )
        for username, queues in (("hw01", ("main",)), ("de01", ("tax",))):
            user = town.users[username]
            await SeatStore(pool).assign(user.id, user.extension or "", "phone-of-seat", queues, clock.now())
        staged, calls = StagedPbx(), StagedCalls()
        store = SessionStore(pool, people.audit)
        config = config or SupervisionConfig()
        service = Supervision(store, staged, calls, people.directory, config, clock, bus)
        async with hearing(service):
            yield Supervisors(
                pool=pool,
                bus=bus,
                people=people,
                town=town,
                pbx=staged,
                calls=calls,
                service=service,
                actors={name: user.actor for name, user in town.users.items()},
            )


@asynccontextmanager
async def hearing(service: Supervision) -> AsyncIterator[None]:
    task = asyncio.create_task(service.run())
    try:
        await eventually(lambda: service.running)
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
