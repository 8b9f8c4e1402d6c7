"""A city's orders by the million, made inside the database: two years of them, newest last, as an old house holds them.

Indexes are dropped before and made again after; keys to other tables are not checked while rows come in. What is left
out is told in docs/performance.md: history events of the loaded orders, attachments, citizens."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from callcenter.store.pool import Connection, Pool

DISTRICTS: Final = 16
STREETS: Final = 13
UNITS: Final = 5
AGENTS: Final = 40
PIECE: Final = 250_000

_INDEXES: Final = """
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made
from pg_index i
where indrelid = any(array['work_order', 'order_timer', 'order_text']::regclass[])
  and not exists (select from pg_constraint where conindid = i.indexrelid)
"""


async def load_orders(pool: Pool, most: int, say: Callable[[str], None]) -> None:
    """Into an empty, migrated database whose user is its superuser."""
    async with pool.acquire() as connection:
        await connection.execute("set session_replication_role = replica; set maintenance_work_mem = '1GB'")
        try:
            await _load(connection, most, say)
        finally:
            await connection.execute("reset session_replication_role; reset maintenance_work_mem")
    say("统计 analyze")
    await pool.execute("vacuum analyze work_order")
    await pool.execute("vacuum analyze order_timer")
    await pool.execute("vacuum analyze order_text")


async def _load(connection: Connection, most: int, say: Callable[[str], None]) -> None:
    parts = _parts()
    await connection.execute(parts["town"].format(districts=DISTRICTS, streets=STREETS, units=UNITS, agents=AGENTS))
    await connection.execute(parts["words"])
    indexes = await connection.fetch(_INDEXES)
    for index in indexes:
        await connection.execute(f"drop index {index['name']}")
    units = DISTRICTS * STREETS * UNITS
    for first in range(1, most + 1, PIECE):
        last = min(first + PIECE - 1, most)
        say(f"装入工单 loading {last:,}")
        await connection.execute(parts["orders"].format(most=most, first=first, last=last, units=units, agents=AGENTS))
    say("时限 clocks")
    await connection.execute(parts["timers"])
    say("检索词 words")
    await connection.execute(parts["texts"])
    for number, index in enumerate(indexes, 1):
        say(f"索引 index {number}/{len(indexes)}")
        await connection.execute(index["made"])


def _parts() -> dict[str, str]:
    """The statements of order_load.sql by name."""
    _, *named = re.split(
        r"^-- part: (\w+)$", (Path(__file__).with_suffix(".sql")).read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    return dict(zip(named[::2], named[1::2], strict=True))
