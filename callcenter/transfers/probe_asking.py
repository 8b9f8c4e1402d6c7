"""Asking for a test call or a drill now, at whichever instance; the PBX's owner places it."""

from datetime import date
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import asyncpg

from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.core.pages import place_of
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.notify import notify
from callcenter.store.pool import Pool
from callcenter.transfers.hotline import FORWARDED, Mode
from callcenter.transfers.hotline_reading import probe_view
from callcenter.transfers.hotline_views import ProbePage, ProbeView
from callcenter.transfers.registry_book import SQL, RegistryBook
from callcenter.transfers.registry_errors import NoDrillTarget, NotForwarded, ProbeUnderWay

CHANNEL: Final = "hotline_probe"
"""Tells the owner of the PBX that something waits in hotline_probe."""

TESTABLE: Final = FORWARDED | {Mode.MAIN}


class Probes:
    """`city` is an IANA zone name."""

    def __init__(self, pool: Pool, clock: Clock, audit: Audit, book: RegistryBook, city: str) -> None:
        self._pool = pool
        self._clock = clock
        self._audit = audit
        self._book = book
        self._zone = ZoneInfo(city)

    async def test(self, actor: Actor, number: str) -> ProbeView:
        """Raises Forbidden, NoSuchHotline, NotForwarded, ProbeUnderWay."""
        actor.require(Role.SUPERVISOR)
        if self._book.find(number).mode not in TESTABLE:
            raise NotForwarded(number=number)
        return await self._ask(actor, number, "manual")

    async def drill(self, actor: Actor, number: str) -> ProbeView:
        """Rings the link's test target. Raises Forbidden, NoSuchHotline, NoSuchLink, NoDrillTarget, ProbeUnderWay."""
        actor.require(Role.SUPERVISOR)
        if self._book.link(number).drill is None:
            raise NoDrillTarget(number=number)
        return await self._ask(actor, number, "drill")

    async def page(self, number: str | None, *, limit: int, cursor: str | None) -> ProbePage:
        """Newest first, of one number or of all. Raises BadCursor."""
        before_at, before_id = place_of(cursor)
        found = SQL.page_of_probes(self._pool, number=number, before_at=before_at, before_id=before_id, most=limit + 1)

        def key(row: Any) -> object:
            return (row["asked_at"], row["id"])

        return ProbePage.cut([row async for row in found], limit, probe_view, key)

    async def _ask(self, actor: Actor, number: str, kind: Literal["manual", "drill"]) -> ProbeView:
        probe, now = new_id(), self._clock.now()
        day: date = now.astimezone(self._zone).date()
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await SQL.ask_probe(
                    connection, id=probe, number=number, kind=kind, day=day, actor_id=actor.user_id, at=now
                )
                await self._audit.record(connection, actor.user_id, "probe_asked", "hotline", number, {"kind": kind})
                await notify(connection, CHANNEL, {"probe": str(probe)})
        except asyncpg.UniqueViolationError:
            raise ProbeUnderWay(number=number) from None
        return probe_view(await SQL.get_probe(self._pool, id=probe))
