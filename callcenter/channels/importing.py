"""Importing tables of demands (SG-27): tried first when asked, with progress, and a report line for each bad row.

A row is taken in like any demand, by its channel and its own id: an import that was interrupted is simply repeated, and
takes in what is missing.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Literal
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict, TypeAdapter

from callcenter.channels.columns import (
    HEADINGS,
    ROW_KEY,
    BadRow,
    Fault,
    heading_row,
    headings_of,
    incoming_of,
    mapping_of,
)
from callcenter.channels.incoming import Incoming, digest_of
from callcenter.channels.kinds import Channel
from callcenter.channels.refusals import NoContentColumn, NoSuchCentre, NoSuchImport
from callcenter.channels.sheets import read_table
from callcenter.channels.taking import SQL, Taking
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.ids import OrgId, new_id
from callcenter.core.pages import Page, key_of, place_of
from callcenter.orders.service import Orders
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.patience import patiently
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)

BATCH: Final = 20
STALE: Final = timedelta(minutes=2)
"""An import that has not gone on for so long lost its process: it can be repeated."""
_FAULT_PLACE: Final[TypeAdapter[tuple[int, int]]] = TypeAdapter(tuple[int, int])
_MAY: Final = (Role.DISPATCHER, Role.SUPERVISOR)


class ImportView(BaseModel):
    """`columns`: field → heading that gives it. On a dry run the counts say what would become of the rows."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    channel: Channel
    dry_run: bool
    state: Literal["running", "done", "interrupted"]
    begun_at: datetime
    ended_at: datetime | None
    columns: Mapping[str, str]
    rows: int
    done: int
    created: int
    repeated: int
    appended: int
    refused: int


class ImportPage(Page[ImportView]):
    """Newest first."""


class FaultView(BaseModel):
    model_config = ConfigDict(frozen=True)

    row: int
    column: str
    cause_zh: str
    cause_en: str
    remedy_zh: str
    remedy_en: str


class FaultPage(Page[FaultView]):
    """By row."""


@dataclass(slots=True)
class _Job:
    id: UUID
    actor: Actor
    channel: Channel
    centre: OrgId
    dry_run: bool
    rows: Sequence[Sequence[Any]]
    columns: Mapping[str, int]
    first: int
    """The row that `rows` begin with, as a table program shows it."""
    tried: dict[str, set[bytes]] = field(default_factory=dict)
    """Of a trial: what the rows before would have handed in, id → digests of their words."""
    counts: dict[str, int] = field(
        default_factory=lambda: {"done": 0, "created": 0, "repeated": 0, "appended": 0, "refused": 0}
    )


class Imports:
    """`run` is a duty of every instance: it works off what this instance was given."""

    def __init__(self, pool: Pool, orders: Orders, taking: Taking, clock: Clock, audit: Audit) -> None:
        self._pool = pool
        self._orders = orders
        self._taking = taking
        self._clock = clock
        self._audit = audit
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()

    async def begin(
        self,
        actor: Actor,
        name: str,
        content: bytes,
        *,
        channel: Channel,
        centre: OrgId | None,
        mapping: Mapping[str, str],
        dry_run: bool,
    ) -> ImportView:
        """`mapping` is heading → field, for headings that are not known by themselves. Raises NotATable, TooManyRows,
        NoContentColumn, NoSuchCentre, Forbidden."""
        actor.require(*_MAY)
        org = await SQL.centre_of(self._pool, id=centre or actor.org_id)
        if org is None or org["kind"] != "centre" or not actor.sees(org["path"]):
            raise NoSuchCentre
        rows = await asyncio.to_thread(read_table, name, content)
        at = heading_row(rows, mapping)
        headings = headings_of(rows[at])
        columns = mapping_of(headings, mapping)
        if "content" not in columns:
            raise NoContentColumn
        now, one = self._clock.now(), new_id()
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.begin_import(
                connection,
                id=one,
                name=name[:120],
                sha256=hashlib.sha256(content).hexdigest(),
                channel=channel.value,
                centre_id=org["id"],
                dry_run=dry_run,
                org_path=actor.org_path,
                by_user=actor.user_id,
                at=now,
                columns={name: headings[index] for name, index in columns.items()},
                rows=len(rows) - 1 - at,
            )
            await self._audit.record(
                connection, actor.user_id, "import_begun", "channel_import", one, {"dry_run": dry_run}
            )
        self._jobs.put_nowait(_Job(one, actor, channel, OrgId(org["id"]), dry_run, rows[at + 1 :], columns, at + 2))
        return await self.get(actor, one)

    async def run(self) -> None:
        """Until cancelled, one import after the other."""
        while True:
            job = await self._jobs.get()
            await self._work(job)

    async def get(self, actor: Actor, one: UUID) -> ImportView:
        """Raises NoSuchImport."""
        row = await SQL.import_of(self._pool, id=one)
        if row is None or not actor.sees(row["org_path"]):
            raise NoSuchImport
        return self._view(row)

    async def page(self, actor: Actor, cursor: str | None, limit: int) -> ImportPage:
        """Raises BadCursor."""
        at, before = place_of(cursor)
        found = SQL.imports_under(self._pool, path=actor.org_path, before_at=at, before_id=before, limit=limit + 1)
        rows = [row async for row in found]
        return ImportPage.cut(rows, limit, self._view, lambda row: (row["begun_at"], row["id"]))

    async def faults(self, actor: Actor, one: UUID, cursor: str | None, limit: int) -> FaultPage:
        """Raises NoSuchImport, BadCursor."""
        await self.get(actor, one)
        row_no, no = key_of(cursor, _FAULT_PLACE, (0, 0))
        found = SQL.faults_of(self._pool, import_id=one, after_row=row_no, after_no=no, limit=limit + 1)
        rows = [row async for row in found]
        return FaultPage.cut(rows, limit, _fault_view, lambda row: (row["row_no"], row["no"]))

    async def _work(self, job: _Job) -> None:
        """A database that is away delays a row, and loses none."""
        zone = self._orders.room.calendar.zone
        for number, cells in enumerate(job.rows, start=job.first):
            if cells:
                try:
                    incoming = self._named(incoming_of(number, cells, job.columns, zone))
                except BadRow as bad:
                    await patiently(partial(self._refuse, job, bad.faults))
                else:
                    await patiently(partial(self._take, job, number, incoming))
            job.counts["done"] += 1
            if job.counts["done"] % BATCH == 0:
                await patiently(partial(self._note, job))
        await patiently(partial(self._note, job))
        await patiently(partial(SQL.end_import, self._pool, id=job.id, at=self._clock.now()))
        log.info("import_done", job=str(job.id), **job.counts)

    def _named(self, incoming: Incoming) -> Incoming:
        """A row without a number of its own is known by its words: imported again it is the same demand."""
        if incoming.external_id != ROW_KEY:
            return incoming
        return incoming.model_copy(update={"external_id": ROW_KEY + self._taking.mark(digest_of(incoming)).hex()[:40]})

    async def _take(self, job: _Job, number: int, incoming: Incoming) -> None:
        try:
            if job.dry_run:
                job.counts[await self._would_be(job, incoming)] += 1
                return
            received = await self._taking.take_in(job.actor, job.channel, incoming, centre=job.centre)
            job.counts[received.outcome] += 1
        except DomainError as refused:
            await self._refuse(job, (_refusal(number, refused),))

    async def _would_be(self, job: _Job, incoming: Incoming) -> str:
        """Counts the rows before it in the same file as taken in."""
        before, digest = job.tried.setdefault(incoming.external_id, set()), digest_of(incoming)
        outcome = await self._taking.would_be(job.channel, incoming)
        if before and outcome != "repeated":
            outcome = "repeated" if digest in before else "appended"
        before.add(digest)
        return outcome

    async def _refuse(self, job: _Job, faults: Sequence[Fault]) -> None:
        for no, fault in enumerate(faults, start=1):
            await SQL.note_fault(
                self._pool,
                import_id=job.id,
                row_no=fault.row,
                no=no,
                column_name=fault.column,
                cause_zh=fault.cause_zh,
                cause_en=fault.cause_en,
                remedy_zh=fault.remedy_zh,
                remedy_en=fault.remedy_en,
            )
        job.counts["refused"] += 1

    async def _note(self, job: _Job) -> None:
        await SQL.go_on_with_import(self._pool, id=job.id, at=self._clock.now(), **job.counts)

    def _view(self, row: Any) -> ImportView:
        alive = self._clock.now() - row["touched_at"] < STALE
        state = "done" if row["ended_at"] else "running" if alive else "interrupted"
        names = ImportView.model_fields.keys() - {"state"}
        return ImportView.model_validate({name: row[name] for name in names} | {"state": state})


def _fault_view(row: Any) -> FaultView:
    return FaultView(
        row=row["row_no"],
        column=row["column_name"],
        **{name: row[name] for name in ("cause_zh", "cause_en", "remedy_zh", "remedy_en")},
    )


def _refusal(number: int, refused: DomainError) -> Fault:
    return Fault(
        row=number,
        column=HEADINGS["content"][0],
        cause_zh=refused.text("zh"),
        cause_en=refused.text("en"),
        remedy_zh="补全后重新导入，已导入的行不会重复",
        remedy_en="complete it and import again: rows that were taken in are not doubled",
    )
