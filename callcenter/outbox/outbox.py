"""Notices to people of the house: posted in the transaction that gives the cause, read on the desk, carried outside by
adapters (XY-12)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core import errors
from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.core.pages import place_of
from callcenter.outbox.model import Notice, NoticePage, NoticeView, To
from callcenter.outbox.words import WORDS, said
from callcenter.people.actor import Actor, Role
from callcenter.store.jobs import enqueue
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

SQL: Final = load("outbox")
CARRY: Final = "carry_notice"
RUNG_AT_ONCE: Final = 100


class NoSuchNotice(errors.NotFound):
    code = "no-such-notice"
    zh = "未找到该通知"
    en = "there is no such notice"


class Outbox:
    """`adapters` are the names of the ways outside that are configured; none means: read on the desk only."""

    def __init__(self, clock: Clock, adapters: Sequence[str] = ()) -> None:
        self._clock = clock
        self._adapters = tuple(adapters)

    async def post(self, db: Pool | Connection, notice: Notice) -> None:
        """In the transaction of `db` when it is a connection: what is rolled back was never told. Its kind and slots
        must fit `words`."""
        await self.post_all(db, [notice])

    async def post_all(self, db: Pool | Connection, notices: Sequence[Notice]) -> None:
        """Many in one round trip, such as the clocks of one storm; otherwise as `post`."""
        if isinstance(db, asyncpg.Pool):
            async with db.acquire() as connection, connection.transaction():
                await self.post_all(connection, notices)
            return
        if not notices:
            return
        rows = [self._row(notice) for notice in notices]
        await SQL.insert_notices(db, notices=rows)
        if self._adapters:
            ids = [row["id"] for row in rows]
            await SQL.insert_deliveries(db, notice_ids=ids, adapters=list(self._adapters))
            await enqueue(db, CARRY, [f"{one}/{adapter}" for one in ids for adapter in self._adapters])

    def _row(self, notice: Notice) -> dict[str, Any]:
        for language in ("zh", "en"):
            said(notice.kind, notice.words, language)
        return {
            "id": new_id(),
            "at": self._clock.now(),
            "kind": notice.kind,
            "org_id": notice.to.org,
            "roles": sorted(notice.to.roles),
            "user_id": notice.to.user,
            "order_id": notice.order,
            "words": dict(notice.words),
            "must_read": WORDS[notice.kind].must_read,
        }

    async def of(
        self, db: Pool, actor: Actor, language: str, *, unread: bool, cursor: str | None, limit: int
    ) -> NoticePage:
        """What is addressed to the reader, newest first. Raises BadCursor."""
        at, before = place_of(cursor)
        found = SQL.notices_of(
            db,
            user_id=actor.user_id,
            org_id=actor.org_id,
            roles=sorted(actor.roles),
            unread=unread,
            before_at=at,
            before_id=before,
            limit=limit + 1,
        )
        rows = [row async for row in found]
        names = ("id", "at", "kind", "order_id", "org", "must_read", "read_at", "sent")
        return NoticePage.cut(
            rows,
            limit,
            lambda row: NoticeView(
                text=said(row["kind"], row["words"], language), **{name: row[name] for name in names}
            ),
            lambda row: (row["at"], row["id"]),
        )

    async def read(self, db: Pool, actor: Actor, notice: UUID) -> None:
        """The read receipt. Raises NoSuchNotice."""
        mine = await SQL.mark_read(
            db,
            id=notice,
            user_id=actor.user_id,
            org_id=actor.org_id,
            roles=sorted(actor.roles),
            at=self._clock.now(),
        )
        if mine is None:
            raise NoSuchNotice

    async def ring_about_unread(self, db: Pool, after: timedelta) -> int:
        """What must be read and was not: the centre above is asked to telephone, once each (XY-12). Gives how many."""
        now = self._clock.now()
        async with db.acquire() as connection, connection.transaction():
            rows = [row async for row in SQL.unread_since(connection, before=now - after, limit=RUNG_AT_ONCE)]
            for row in rows:
                await SQL.mark_rung(connection, id=row["id"], at=now)
                if row["above"] is not None:
                    await self.post(connection, _please_ring(row, after))
        return len(rows)


def _please_ring(row: asyncpg.Record, after: timedelta) -> Notice:
    words = {"kind": str(row["kind"]), "hours": f"{after / timedelta(hours=1):g}", "org": str(row["org"])}
    to = To(org=row["above"], roles=frozenset({Role.DISPATCHER, Role.SUPERVISOR}))
    return Notice(kind="notice_unread", to=to, order=row["order_id"], words=words)
