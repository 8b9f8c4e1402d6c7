"""Seals what is stored in the clear or under an older key, in bounded batches that go on where they stopped.

Each batch is one transaction over locked rows: a row is either as it was or sealed. While a pass is on, clear texts are
still read as they are (`Vault.open`); only the search by number does not find them yet.
"""

from typing import Any, Final
from uuid import UUID

import structlog

from callcenter.core.clock import Clock
from callcenter.core.errors import Misconfigured
from callcenter.people.keys import RESTORE, read_keys
from callcenter.people.privacy_config import PrivacyConfig
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool
from callcenter.store.queries import load

log = structlog.get_logger(__name__)

SQL: Final[Any] = load("sealing")
BATCH: Final = 500
PLACES: Final = ("work_order", "callback", "order_query_code")
"""Tables with sealed columns; `sealing.sql` has `stale_…` and `reseal_…` of each."""
KNOWN: Final = "12345"


async def open_vault(pool: Pool, config: PrivacyConfig, clock: Clock) -> Vault:
    """Raises Misconfigured when the keys are missing, damaged, or not those of this database."""
    vault = Vault(read_keys(config.keys_file))
    await check_vault(pool, vault, clock)
    return vault


async def check_vault(pool: Pool, vault: Vault, clock: Clock) -> None:
    """Compares with what the first start's keys made of a known text. Raises Misconfigured."""
    keyed = vault.key(KNOWN) + vault.link(b"", KNOWN.encode())
    row = await SQL.check_row(pool)
    if row is None:
        await SQL.remember_check(pool, sealed=vault.seal(KNOWN), keyed=keyed, at=clock.now())
        row = await SQL.check_row(pool)
    try:
        fits = vault.open(row["sealed"]) == KNOWN and row["keyed"] == keyed
    except Misconfigured:
        fits = False
    if not fits:
        raise Misconfigured(cause="the keys are not those that this database was sealed with", remedy=RESTORE)
    if not vault.current(row["sealed"]):
        await SQL.reseal_check(pool, sealed=vault.seal(KNOWN))


async def seal_stored(pool: Pool, vault: Vault, batch: int = BATCH) -> int:
    """Everything that the newest key has not sealed yet; gives the number of rows."""
    sealed = 0
    for place in PLACES:
        done = False
        while not done:
            rows, done = await _seal_batch(pool, vault, place, batch)
            sealed += rows
    if sealed:
        log.info("stored_texts_sealed", rows=sealed)
    return sealed


async def all_sealed(pool: Pool, vault: Vault) -> bool:
    """Whether the newest key alone opens everything that is stored."""
    return not await SQL.passes_left(pool, places=list(PLACES), mark=vault.mark)


async def _seal_batch(pool: Pool, vault: Vault, place: str, batch: int) -> tuple[int, bool]:
    async with pool.acquire() as connection, connection.transaction():
        stand = await SQL.pass_of(connection, place=place, mark=vault.mark)
        if stand["done"]:
            return 0, True
        stale = getattr(SQL, f"stale_{place}")(connection, after=stand["after_id"], mark=vault.mark, limit=batch)
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
