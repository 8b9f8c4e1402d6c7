"""The hotline registry over a real database: a file that tests rewrite, staged test calls, calls as rows."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from callcenter.core.bus import Bus
from callcenter.core.ids import CallId, new_id
from callcenter.numbers.gate import Allowed, DialRefused, Purpose, Reason
from callcenter.pbx.facts import DialplanMarked
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.transfers.hotline_merge import Merges
from callcenter.transfers.hotline_reading import HotlineReading
from callcenter.transfers.inbound_cases import LinkCases
from callcenter.transfers.inbound_watch import InboundWatch
from callcenter.transfers.probe_asking import Probes
from callcenter.transfers.probe_rounds import DialGate, Prober
from callcenter.transfers.probe_telephony import ProbeId, ProbeTelephony, leg_of
from callcenter.transfers.registry import Registry, read_registry
from callcenter.transfers.registry_book import RegistryBook, digest_of
from callcenter.transfers.registry_config import RegistryConfig
from tests.rooms.callback_rooms import RememberingLedger
from tests.rooms.town_of_orders import StandingClock
from tests.vaults import VAULT

CITY = "Asia/Shanghai"
PBX = "pbx1"
TITLE = {"zh": "热线", "en": "line"}
LINES: list[dict[str, Any]] = [
    {"number": "12345", "title": TITLE, "mode": "main", "flow": "main", "queue": "main"},
    {"number": "12369", "title": TITLE, "mode": "merged", "flow": "merged", "queue": "main",
     "since": "2026-01-31", "until": "2026-04-30"},
    {"number": "12329", "title": TITLE, "mode": "dual", "flow": "dual", "queue": "housing"},
    {"number": "12325", "title": TITLE, "mode": "cancelled", "flow": "cancelled", "queue": "main"},
    {"number": "12366", "title": TITLE, "mode": "subcentre", "flow": "dual", "queue": "tax",
     "link": {"transfer": "12366", "entries": ["62341366"], "machine": "link-12366", "orders_to": "tax",
              "hours": {"begin": "08:30", "end": "17:30"}}},
    {"number": "110", "title": TITLE, "mode": "emergency",
     "link": {"transfer": "110", "group": "emergency", "drill": "62349110", "callers": ["110"],
              "machine": "link-110"}},
    {"number": "119", "title": TITLE, "mode": "emergency", "link": {"transfer": "119", "group": "emergency"}},
]  # fmt: skip


class StagedProbes:
    """A PBX that says what a test stages; `placed` are numbers rung, in order."""

    def __init__(self, bus: Bus) -> None:
        self.pbx = PBX
        self.connected = True
        self.placed: list[str] = []
        self.cut: list[ProbeId] = []
        self.says: dict[str, str | None] = {}
        """By number: what a test call reaches (`voice` when not given); None says nothing."""
        self.refusal: Exception | None = None
        self._bus = bus
        self._changed = asyncio.Condition()

    async def test(self, probe: ProbeId, number: str, caller_id: str, within: timedelta) -> None:
        await self._place(probe, number, "HotlineTest", {"Id": str(probe)}, "Reached", "voice")

    async def drill(
        self, probe: ProbeId, target: str, group: str, caller_id: str, ring: timedelta, within: timedelta
    ) -> None:
        assert group == "emergency"
        await self._place(probe, target, "HotlineReach", {"Transfer": str(probe), "Step": "target"}, "Status", "ANSWER")

    async def hang_up(self, probe: ProbeId) -> None:
        self.cut.append(probe)

    async def until_placed(self, count: int) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.placed) >= count)

    async def _place(
        self, probe: ProbeId, number: str, mark: str, fields: dict[str, str], what: str, good: str
    ) -> None:
        if self.refusal is not None:
            raise self.refusal
        async with self._changed:
            self.placed.append(number)
            self._changed.notify_all()
        said = self.says.get(number, good)
        if said is not None:
            self._bus.publish(marked(probe, mark, {**fields, what: said}))


def marked(probe: ProbeId, mark: str, fields: dict[str, str], leg: str = "") -> DialplanMarked:
    name = leg_of(probe)
    return DialplanMarked(
        at=datetime.fromisoformat("2026-03-04T10:00:03+08:00"),
        pbx=PBX,
        leg=leg or name,  # type: ignore[arg-type] # a test's own leg
        linked=name,
        channel="Local/x",
        mark=mark,
        fields=tuple(fields.items()),
    )


class OpenGate:
    """Lets everything pass but `closed`."""

    closed: Sequence[str] = ()

    async def allow(self, actor: Actor | None, purpose: Purpose, number: str, *, at: datetime) -> Allowed:
        if number in self.closed or purpose is not Purpose.TEST:
            raise DialRefused(reason=Reason.PREFIX)
        return Allowed(number=number, group="public", caller_id="12345")


def _proofs(probes: StagedProbes, gate: OpenGate) -> tuple[ProbeTelephony, DialGate]:
    return probes, gate


@dataclass(slots=True)
class RegistryHouse:
    pool: Pool
    file: Path
    clock: StandingClock = field(default_factory=StandingClock)
    bus: Bus = field(default_factory=Bus)
    config: RegistryConfig = field(default_factory=lambda: RegistryConfig(probe_at=time(10), probe_spread=timedelta()))
    ledger: RememberingLedger = field(default_factory=RememberingLedger)
    gate: OpenGate = field(default_factory=OpenGate)
    telephony: StagedProbes = field(init=False)
    book: RegistryBook = field(init=False)

    def __post_init__(self) -> None:
        self.write(LINES)
        self.telephony = StagedProbes(self.bus)
        self.book = RegistryBook(self.pool, self.clock, self.audit, self.read, self.read())

    @property
    def audit(self) -> Audit:
        return Audit(self.clock)

    def write(self, lines: list[dict[str, Any]], version: int = 1) -> None:
        self.file.write_text(yaml.safe_dump({"version": version, "hotlines": lines}), encoding="utf-8")

    def read(self) -> tuple[Registry, str]:
        return read_registry(self.file), digest_of(self.file)

    @property
    def merges(self) -> Merges:
        return Merges(self.pool, self.clock, self.audit, self.book, CITY)

    @property
    def reading(self) -> HotlineReading:
        return HotlineReading(self.pool, self.clock, self.book, CITY)

    @property
    def probes(self) -> Probes:
        return Probes(self.pool, self.clock, self.audit, self.book, CITY)

    @property
    def cases(self) -> LinkCases:
        return LinkCases(self.pool, self.bus, self.clock, self.audit, self.book, self.config, VAULT)

    @property
    def watch(self) -> InboundWatch:
        return InboundWatch(self.pool, self.bus, self.book, self.cases)

    @asynccontextmanager
    async def ringing(self, telephony: ProbeTelephony | None = None) -> AsyncIterator["asyncio.Queue[object]"]:
        """The prober at work; what is put into the queue wakes it like a notice."""
        asked: asyncio.Queue[object] = asyncio.Queue()

        async def notices() -> AsyncIterator[object]:
            while True:
                yield await asked.get()

        prober = Prober(
            pool=self.pool,
            bus=self.bus,
            clock=self.clock,
            config=self.config,
            city=CITY,
            book=self.book,
            telephony=telephony or self.telephony,
            ledger=self.ledger,
            gate=self.gate,
        )
        task = asyncio.create_task(prober.run(notices()))
        try:
            yield asked
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def settled(self, count: int) -> list[Any]:
        """The probes, in order of their asking, as soon as so many have ended."""
        async with asyncio.timeout(10):
            while True:
                rows: list[Any] = await self.pool.fetch("select * from hotline_probe order by asked_at, id")
                if sum(row["ended_at"] is not None for row in rows) >= count:
                    return rows
                await asyncio.sleep(0.01)

    async def call_came(self, dialled: str, at: str, **fields: Any) -> CallId:
        """A call's row. `at` is the city's time, `caller_number` a number's key."""
        call, number = CallId(new_id()), fields.pop("caller_number", "")
        given: dict[str, Any] = {
            "id": call, "pbx": PBX, "linked": call.hex, "direction": "inbound", "stage": "ended",
            "dialled": dialled, "started_at": datetime.fromisoformat(at + "+08:00"),
            "caller_number": VAULT.seal(number), "caller_key": VAULT.key(number),
        } | fields  # fmt: skip
        places = ", ".join(f"${n}" for n in range(1, len(given) + 1))
        await self.pool.execute(f"insert into call ({', '.join(given)}) values ({places})", *given.values())
        return call
