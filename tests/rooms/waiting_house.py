"""The waiting room over a real database; seats, gate, ledger and PBX are staged."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.core.errors import DomainError
from callcenter.core.ids import AttemptId, CallId, LegId, UserId, new_id
from callcenter.flows.ports import Wanted
from callcenter.numbers.rules import Allowed, Purpose
from callcenter.pbx.facts import AgentConnected, ChannelEnded, DialplanMarked, QueueJoined, QueueLeft
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.seats.presence import Presence
from callcenter.seats.seat import Seat
from callcenter.store.pool import Pool
from callcenter.waiting.config import WaitingConfig
from callcenter.waiting.keeping import Places
from callcenter.waiting.ports import RingBack
from callcenter.waiting.recall import Recall
from callcenter.waiting.store import WaitStore
from callcenter.waiting.telephony import leg_of
from callcenter.waiting.waits import Waits
from tests.simulators.eventually import comes_true, eventually
from tests.vaults import VAULT

PATIENCE = timedelta(seconds=15)
NUMBER = "+8613800000001"
MINUTE = timedelta(minutes=1)
QUICK = WaitingConfig(place_retry=timedelta(milliseconds=200), measure_every=timedelta(milliseconds=100))


def seat(extension: str = "8001", presence: Presence = Presence.READY) -> Seat:
    return Seat(
        user=UserId(UUID(int=int(extension))),
        name="甲",
        extension=extension,
        queues=("main",),
        presence=presence,
        reason="",
        since=datetime.now(UTC),
        call=None,
        offer=None,
        reachable=True,
        version=1,
    )


@dataclass(slots=True)
class StagedSeats:
    seats: list[Seat] = field(default_factory=list)

    def standing(self) -> Sequence[Seat]:
        return self.seats


@dataclass(slots=True)
class StagedGate:
    refusal: DomainError | None = None

    async def allow(self, actor: Actor | None, purpose: Purpose, number: str, *, at: datetime) -> Allowed:
        if self.refusal is not None:
            raise self.refusal
        return Allowed(number=number.removeprefix("+86"), group="public", caller_id="12345")


@dataclass(slots=True)
class StagedLedger:
    begun: list[tuple[LegId, str, str]] = field(default_factory=list)

    async def begin_outbound(
        self, *, pbx: str, leg: LegId, purpose: str, number: str, related: CallId | None, at: datetime
    ) -> CallId:
        self.begun.append((leg, purpose, number))
        return CallId(new_id())


class StagedPbx:
    """Telephony and marks: what was dialled, and what the dialplan is said to know of it."""

    pbx = "a"

    def __init__(self) -> None:
        self.connected = True
        self.dialled: list[tuple[AttemptId, Allowed, RingBack]] = []
        self.fail_next: DomainError | None = None
        self.marks: dict[AttemptId, str] = {}
        self.channels: set[AttemptId] = set()

    async def ring_back(self, attempt: AttemptId, to: Allowed, call: RingBack) -> None:
        self.dialled.append((attempt, to, call))
        if self.fail_next is not None:
            error, self.fail_next = self.fail_next, None
            raise error

    async def mark_of(self, attempt: AttemptId) -> str | None:
        return self.marks.get(attempt)

    async def stands(self, attempt: AttemptId) -> bool:
        return attempt in self.channels

    async def void(self, attempt: AttemptId) -> None:
        self.marks[attempt] = "void"

    async def forget(self, attempt: AttemptId) -> None:
        self.marks.pop(attempt, None)


@dataclass(slots=True, kw_only=True)
class WaitingHouse:
    pool: Pool
    bus: Bus
    seats: StagedSeats
    gate: StagedGate
    ledger: StagedLedger
    pbx: StagedPbx
    waits: Waits
    places: Places
    recall: Recall

    async def keep(self, number: str = NUMBER, *, waited: timedelta = MINUTE, leg: str = "c-1700000000.1") -> bool:
        return await self.places.accept(
            Wanted(
                pbx="a",
                leg=LegId(leg),
                number=number,
                queue="main",
                dialled="12345",
                waited=waited,
                at=datetime.now(UTC),
            )
        )

    async def state(self, number: str = NUMBER) -> tuple[str, str, int]:
        """Of the newest place: state, reason, attempts."""
        row = await self.pool.fetchrow(
            "select state, reason, attempts from kept_place where number_key = $1 order by kept_at desc",
            VAULT.key(number),
        )
        return tuple(row) if row else ("", "", 0)

    async def until(self, state: str, number: str = NUMBER, *, reason: str | None = None) -> None:
        seen = ("", "", 0)

        async def look() -> bool:
            nonlocal seen
            seen = await self.state(number)
            return seen[0] == state and reason in {None, seen[1]}

        try:
            await comes_true(look, PATIENCE)
        except TimeoutError:
            raise AssertionError(f"the place is not {state}: {seen}") from None

    async def dialled(self, times: int) -> AttemptId:
        """The last attempt, when so many were made."""

        async def look() -> bool:
            return len(self.pbx.dialled) >= times

        await comes_true(look, PATIENCE)
        assert len(self.pbx.dialled) == times
        return self.pbx.dialled[-1][0]

    def join(self, leg: str, *, queue: str = "main", position: int = 1) -> None:
        self.bus.publish(QueueJoined(**_channel(LegId(leg)), queue=queue, position=position, count=1))  # type: ignore[arg-type]

    def leave(self, leg: str, *, queue: str = "main") -> None:
        self.bus.publish(QueueLeft(**_channel(LegId(leg)), queue=queue, count=0))  # type: ignore[arg-type]

    def connect(self, leg: LegId) -> None:
        self.bus.publish(
            AgentConnected(
                at=datetime.now(UTC),
                pbx="a",
                queue="main",
                member="8001",
                leg=leg,
                agent_leg=None,
                hold_seconds=0,
                ring_seconds=0,
            )
        )

    def mark(self, attempt: AttemptId, status: str) -> None:
        leg = leg_of(attempt)
        fields = (("Attempt", str(attempt)), ("Status", status))
        self.bus.publish(DialplanMarked(**_channel(leg), mark="HotlineDial", fields=fields))  # type: ignore[arg-type]

    def end(self, attempt: AttemptId) -> None:
        self.bus.publish(ChannelEnded(**_channel(leg_of(attempt)), cause=16))  # type: ignore[arg-type]


def _channel(leg: LegId) -> dict[str, object]:
    return {"at": datetime.now(UTC), "pbx": "a", "leg": leg, "linked": leg, "channel": f"x/{leg}"}


@asynccontextmanager
async def open_waiting(
    pool: Pool, config: WaitingConfig = QUICK, pbx: StagedPbx | None = None
) -> AsyncIterator[WaitingHouse]:
    """Hearing and dialling; one ready agent in the queue main."""
    bus, clock = Bus(), SystemClock()
    seats, gate, ledger, pbx = StagedSeats([seat()]), StagedGate(), StagedLedger(), pbx or StagedPbx()
    waits = Waits(pbx="a", store=WaitStore(pool), seats=seats, config=config, clock=clock, bus=bus)
    places = Places(pool, config, clock, bus, Audit(clock), VAULT)
    recall = Recall(
        places=places,
        waits=waits,
        gate=gate,
        ledger=ledger,
        telephony=pbx,
        marks=pbx,
        config=config,
        clock=clock,
        bus=bus,
    )
    async with waits_running(waits):
        dialling = asyncio.create_task(recall.run())
        try:
            yield WaitingHouse(
                pool=pool,
                bus=bus,
                seats=seats,
                gate=gate,
                ledger=ledger,
                pbx=pbx,
                waits=waits,
                places=places,
                recall=recall,
            )
        finally:
            dialling.cancel()
            with suppress(asyncio.CancelledError):
                await dialling


@asynccontextmanager
async def waits_running(waits: Waits) -> AsyncIterator[None]:
    task = asyncio.create_task(waits.run())
    try:
        await eventually(lambda: waits.running, PATIENCE)
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
