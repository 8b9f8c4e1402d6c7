"""Seals what is stored in the clear or under an older key, in bounded batches that go on where they stopped.

Each batch is one transaction over locked rows: a row is either as it was or sealed. While a pass is on, clear texts are
still read as they are (`Vault.open`); only the search by number does not find them yet. After a rotation of the search
key every row is sealed and keyed anew, and is found under either key meanwhile (`Vault.keys`).
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from callcenter.core.clock import Clock
from callcenter.core.errors import Misconfigured
from callcenter.people.keys import RESTORE, read_keys
from callcenter.people.privacy_config import PrivacyConfig
from callcenter.people.vault import Vault
from callcenter.store.pool import AWAY, Pool
from callcenter.store.queries import load

log = structlog.get_logger(__name__)

SQL: Final[Any] = load("sealing")
BATCH: Final = 500
FIRST: Final = ("kept_place", "care_entry", "harassment_entry", "missed_call")
"""Small, and unique by number: sealed before the rooms open, so that nobody stands in them under two keys."""
LEDGER: Final = ("call", "call_fact", "call_offer", "link_case", "transfer_attempt")
PLACES: Final = (*FIRST, "work_order", "callback", "order_query_code", "voice_message", "webhook", *LEDGER)
"""Tables with sealed columns; `sealing.sql` has `stale_…` and `reseal_…` of each."""
KNOWN: Final = "12345"
NO_MARK: Final = "\x01"
"""How nothing begins that is stored: every row is stale."""
AGAIN: Final = timedelta(seconds=5)


async def open_vault(pool: Pool, config: PrivacyConfig, clock: Clock) -> Vault:
    """Seals FIRST, too. Raises Misconfigured when the keys are missing, damaged, or not those of this database."""
    vault = Vault(read_keys(config.keys_file))
    await check_vault(pool, vault, clock)
    await seal_stored(pool, vault, places=FIRST)
    return vault


async def check_vault(pool: Pool, vault: Vault, clock: Clock) -> None:
    """Compares with what the newest keys of the last start made of a known text. Raises Misconfigured."""
    known = KNOWN.encode()
    searched, chained = vault.keys(KNOWN), [vault.link(b"", known, one) for one in vault.chain_ids]
    row = await SQL.check_row(pool)
    if row is None:
        await SQL.remember_check(pool, sealed=vault.seal(KNOWN), keyed=searched[0] + chained[0], at=clock.now())
        row = await SQL.check_row(pool)
    try:
        opened = vault.open(row["sealed"]) == KNOWN
    except Misconfigured:
        opened = False
    if not opened or bytes(row["keyed"]) not in {one + other for one in searched for other in chained}:
        raise Misconfigured(cause="the keys are not those that this database was sealed with", remedy=RESTORE)
    if not vault.current(row["sealed"]) or bytes(row["keyed"]) != searched[0] + chained[0]:
        await SQL.reseal_check(pool, sealed=vault.seal(KNOWN), keyed=searched[0] + chained[0])


async def seal_stored(pool: Pool, vault: Vault, batch: int = BATCH, places: Sequence[str] = PLACES) -> int:
    """Everything that the newest keys have not sealed and keyed yet; gives the number of rows."""
    sealed = 0
    for place in places:
        done = False
        while not done:
            rows, done = await _seal_batch(pool, vault, place, batch)
            sealed += rows
    if sealed:
        log.info("stored_texts_sealed", rows=sealed)
    return sealed


async def all_sealed(pool: Pool, vault: Vault) -> bool:
    """Whether the newest keys alone open and find everything that is stored."""
    return not await SQL.passes_left(pool, places=list(PLACES), mark=vault.mark, search=vault.search_id)


async def seal_regularly(pool: Pool, vault: Vault) -> None:
    """Until everything is sealed, however often the database goes away; a number that is being dialled under both keys
    at once is keyed anew when that call is over."""
    while True:
        try:
            await seal_stored(pool, vault)
        except (*AWAY, asyncpg.PostgresError) as error:
            log.warning("sealing_waits", cause=type(error).__name__)
            await asyncio.sleep(AGAIN.total_seconds())
        else:
            return


async def _seal_batch(pool: Pool, vault: Vault, place: str, batch: int) -> tuple[int, bool]:
    async with pool.acquire() as connection, connection.transaction():
        stand = await SQL.pass_of(connection, place=place, mark=vault.mark, search=vault.search_id)
        if stand["done"]:
            return 0, True
        mark = NO_MARK if stand["rekey"] else vault.mark
        stale = getattr(SQL, f"stale_{place}")(connection, after=stand["after_id"], mark=mark, limit=batch)
        rows = [(row["id"], [vault.open(text) for text in row["texts"]]) async for row in stale]
        if rows:
            await getattr(SQL, f"reseal_{place}")(connection, rows=[_resealed(vault, *row) for row in rows])
        last = rows[-1][0] if rows else stand["after_id"]
        done = len(rows) < batch
        await SQL.step_pass(connection, place=place, after_id=last, done=done)
    return len(rows), done


def _resealed(vault: Vault, row: UUID, texts: list[str]) -> dict[str, object]:
    return {
        "id": row,
        "texts": [vault.seal(text) for text in texts],
        "keys": [vault.key_text(text) for text in texts],
    }
