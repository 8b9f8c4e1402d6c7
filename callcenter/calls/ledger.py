"""The call ledger (D6): every fact of every PBX is kept, folded into calls, and told to the house."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

import structlog

from callcenter.calls.book import Book
from callcenter.calls.config import CallsConfig
from callcenter.calls.facts import GapCrossed, LegExpected, OutboundBegan
from callcenter.calls.identity import call_id_of
from callcenter.calls.state import CallState, Stage
from callcenter.calls.store import UNREACHED, LedgerStore
from callcenter.calls.views import NoSuchCall
from callcenter.calls.writer import Writer
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.folders import require_folder
from callcenter.core.ids import CallId, LegId
from callcenter.pbx.facts import FlowFinished, FlowStepped, PbxFact
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Ledger:
    """Made by `open_ledger`. Facts of one PBX are taken in the order in which they are given."""

    def __init__(
        self,
        store: LedgerStore,
        bus: Bus,
        clock: Clock,
        config: CallsConfig,
        hotlines: Mapping[str, str],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.store = store
        self.bus = bus
        self.clock = clock
        self._config = config
        self._hotlines = hotlines
        self._tasks = tasks
        self._books: dict[str, Book] = {}
        self._writers: dict[str, Writer] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._crew: list[asyncio.Task[None]] = []

    async def adopt(self, pbx: str) -> None:
        """This instance now owns the PBX: what an earlier run left on disk is stored, then its open calls are read."""
        await self._writer(pbx).drained()
        book = Book(self._hotline_of)
        book.restore(await self._patiently(lambda: self.store.facts_of_open_calls(pbx)))
        self._books[pbx] = book
        log.info("ledger_adopted", pbx=pbx, open_calls=len(book.open))

    async def absorb(self, fact: PbxFact, *, source: str = "ami") -> None:
        """Returns when the fact is safe (database, or disk while that is away) and its events are published."""
        writer = self._writer(fact.pbx)
        async with self._turn(fact.pbx):
            entry = self._book(fact.pbx).enter(fact, source, self.clock.now(), project=await self._known(fact))
            stored = asyncio.ensure_future(writer.store(entry))
        await stored

    async def take(self, fact: PbxFact, *, source: str = "ami") -> None:
        """As `absorb`, but waits only while too many facts are not stored yet: lets many share a transaction."""
        writer = self._writer(fact.pbx)
        await writer.room()
        async with self._turn(fact.pbx):
            known = await self._known(fact)
            writer.put(self._book(fact.pbx).enter(fact, source, self.clock.now(), project=known))

    async def stepped(self, step: FlowStepped) -> None:
        await self.take(step, source="agi")

    async def finished(self, end: FlowFinished) -> None:
        await self.absorb(end, source="agi")

    async def begin_outbound(
        self, *, pbx: str, leg: LegId, purpose: str, number: str, related: CallId | None, at: datetime
    ) -> CallId:
        """Before Originate, whose ChannelId is `leg`. Repeating it changes nothing."""
        fact = OutboundBegan(at=at, pbx=pbx, leg=leg, purpose=purpose, number=number, related=related)
        await self.absorb(fact, source="house")
        return call_id_of(pbx, leg)

    async def expect_leg(self, *, pbx: str, call: CallId, leg: LegId, purpose: str, at: datetime) -> None:
        """Before Originate, whose ChannelId is `leg` (and OtherChannelId `<leg>-2`): they and what they dial are of the
        call. `purpose` is `guest`, `spy` (which makes no talk), `takeover` or `out`. Repeating it changes nothing.

        Raises NoSuchCall when this instance does not hold the call as open."""
        state = self.open_call(call)
        if state is None:
            raise NoSuchCall
        await self.absorb(LegExpected(at=at, pbx=pbx, leg=state.linked, expected=leg, purpose=purpose), source="house")

    def open_call(self, call: CallId) -> CallState | None:
        """From the owner's memory: None for a call that has ended, or that another instance or nobody knows."""
        found = (book.state_of_call(call) for book in self._books.values())
        state = next((held for held in found if held is not None), None)
        return state if state is not None and state.stage is not Stage.ENDED else None

    def call_of(self, pbx: str, leg: LegId) -> CallId | None:
        """The open, or just closed, call of a leg."""
        book = self._books.get(pbx)
        return book.id_of(pbx, leg) if book else None

    def open_calls(self, pbx: str) -> list[CallState]:
        book = self._books.get(pbx)
        return book.open if book else []

    async def adds(self, fact: PbxFact) -> bool:
        """Whether the fact tells anything that the ledger does not hold yet."""
        async with self._turn(fact.pbx):
            await self._known(fact)
            return self._book(fact.pbx).adds(fact)

    def crossed(self, pbx: str, since: datetime, at: datetime, *, recovered: bool) -> list[GapCrossed]:
        return self._book(pbx).crossed(since, at, recovered=recovered)

    @property
    def held(self) -> int:
        """Calls in memory, of all PBXs."""
        return sum(len(book) for book in self._books.values())

    @property
    def spooled(self) -> int:
        """Bytes on disk that the database has not got yet."""
        return sum(writer.spooled for writer in self._writers.values())

    @property
    def problems(self) -> list[str]:
        """Why facts are not safe just now; empty while they are."""
        return [str(writer.problem) for writer in self._writers.values() if writer.problem]

    async def drained(self) -> None:
        """Until nothing on disk waits for the database."""
        for writer in self._writers.values():
            await writer.drained()

    async def settled(self) -> None:
        """Until all that was taken is stored or on disk."""
        for writer in self._writers.values():
            await writer.settled()

    async def close(self) -> None:
        """What still waits is stored, or goes to disk."""
        await self.settled()
        for task in self._crew:
            task.cancel()
        await asyncio.gather(*self._crew, return_exceptions=True)
        for writer in self._writers.values():
            await writer.last_words()

    def _hotline_of(self, dialled: str) -> str:
        return self._hotlines.get(dialled, "")

    def _book(self, pbx: str) -> Book:
        return self._books.setdefault(pbx, Book(self._hotline_of))

    def _turn(self, pbx: str) -> asyncio.Lock:
        return self._turns.setdefault(pbx, asyncio.Lock())

    def _writer(self, pbx: str) -> Writer:
        writer = self._writers.get(pbx)
        if writer is None:
            writer = self._writers[pbx] = Writer(pbx, self.store, self.bus, self._config)
            self._crew += [self._tasks.create_task(writer.run()), self._tasks.create_task(writer.drain())]
        return writer

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Asks again until the database answers."""
        while True:
            try:
                async with asyncio.timeout(self._config.write_deadline):
                    return await ask()
            except UNREACHED as error:
                log.warning("database_away", kind=type(error).__name__)
                await asyncio.sleep(self._config.retry_first)

    async def last_fact_at(self, pbx: str) -> datetime | None:
        """When this PBX was last heard of, in any run."""
        return await self._patiently(lambda: self.store.last_fact_at(pbx))

    async def note_gap(self, *, pbx: str, since: datetime, until: datetime, reason: str, recovered: int) -> None:
        """Writes the gap's row. With the database away the calls' own GapCrossed facts still tell of it."""
        try:
            async with asyncio.timeout(self._config.write_deadline):
                await self.store.write_gap(pbx=pbx, since=since, until=until, reason=reason, recovered=recovered)
        except UNREACHED as error:
            log.warning("gap_not_written", pbx=pbx, since=since.isoformat(), kind=type(error).__name__)

    async def _known(self, fact: PbxFact) -> bool:
        """Brings a call that is no longer in memory back, so that its late fact joins the others."""
        book = self._book(fact.pbx)
        if book.knows(fact):
            return True
        linked = book.root_of(fact)
        if linked is None:
            return True
        try:
            async with asyncio.timeout(self._config.write_deadline):
                book.restore(await self.store.facts_of(call_id_of(fact.pbx, linked)))
        except UNREACHED:
            return False
        return True


@asynccontextmanager
async def open_ledger(
    pool: Pool, bus: Bus, clock: Clock, config: CallsConfig, hotlines: Mapping[str, str], vault: Vault
) -> AsyncIterator[Ledger]:
    """`hotlines`: names by dialled number. Leaving the block stores, or spools, all that was taken.

    Raises Misconfigured when the spool's folder cannot be written."""
    require_folder(config.spool, "HOTLINE_CALLS__SPOOL")
    async with asyncio.TaskGroup() as tasks:
        ledger = Ledger(LedgerStore(pool, vault), bus, clock, config, hotlines, tasks)
        try:
            yield ledger
        finally:
            await ledger.close()
