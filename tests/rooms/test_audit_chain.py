"""The chained audit trail over a real database: what anybody does to it afterwards, the tables' owner too, is found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from callcenter.core.ids import new_id
from callcenter.people.audit import Audit
from callcenter.people.chain import Chain
from callcenter.people.keys import fresh_keys
from callcenter.people.vault import Vault
from callcenter.store.pool import Connection, Pool
from tests.rooms.town_of_orders import StandingClock, Town, build_town
from tests.vaults import VAULT

pytestmark = pytest.mark.rule("JC-39", "B-29")
EVERY = timedelta(seconds=5)


@pytest.fixture
async def town(pool: Pool) -> Town:
    town = await build_town(pool)
    await town.handling()
    await Audit(town.clock).record(town.pool, town.people["agent"].user_id, "caller_viewed", "order", "x")
    return town


@pytest.fixture
async def chain(town: Town) -> Chain:
    chain = Chain(town.pool, VAULT, town.clock, EVERY)
    assert await chain.extend() >= 5
    return chain


@asynccontextmanager
async def as_owner(pool: Pool) -> AsyncIterator[Connection]:
    """The tables' owner can switch the triggers off."""
    async with pool.acquire() as connection:
        await connection.execute("set session_replication_role = replica")
        yield connection
        await connection.execute("reset session_replication_role")


async def test_rows_are_written_once(chain: Chain, town: Town) -> None:
    for table, column in (("audit_log", "id"), ("order_event", "id"), ("audit_chain", "digest")):
        for statement in ("delete from {}", "truncate {} cascade", "update {} set {} = {}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="written once"):
                await town.pool.execute(statement.format(table, column, column))


async def test_every_event_and_audit_row_is_chained_and_fits(chain: Chain, town: Town) -> None:
    rows = await town.pool.fetchval("select (select count(*) from audit_log) + (select count(*) from order_event)")
    found = await chain.verify()
    assert (found.checked, found.unsealed, found.broken) == (rows, 0, None)
    await town.created()  # an event, and the agent's look at the caller
    assert (await chain.verify()).unsealed == 2
    assert await chain.extend() == 2
    assert await chain.extend() == 0
    assert (await chain.verify(found.head)).broken is None, "an earlier head stays in the chain"


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("order_event", 'body = \'{"reply": "另一句"}\''),
        ("order_event", "actor_id = null, at = at - interval '1 day'"),
        ("audit_log", "action = 'nothing_happened'"),
    ],
)
async def test_a_changed_row_is_named(chain: Chain, town: Town, table: str, change: str) -> None:
    async with as_owner(town.pool) as owner:
        row = await owner.fetchval(f"select id from {table} order by at limit 1")
        await owner.execute(f"update {table} set {change} where id = $1", row)
    broken = (await chain.verify()).broken
    assert broken is not None
    assert (broken.fault, broken.source, broken.row) == ("changed", table, row)


async def test_a_deleted_row_is_named(chain: Chain, town: Town) -> None:
    async with as_owner(town.pool) as owner:
        row = await owner.fetchval("delete from order_event where move = 'accepted' returning id")
    broken = (await chain.verify()).broken
    assert broken is not None
    assert (broken.fault, broken.row) == ("deleted", row)


async def test_a_row_slipped_into_the_past_is_named(chain: Chain, town: Town) -> None:
    row = new_id()
    async with as_owner(town.pool) as owner:
        await owner.execute(
            "insert into audit_log (id, at, action, subject_type, subject_id, xid) "
            "select $1, at, 'caller_viewed', 'order', 'x', xid from audit_log order by at limit 1",
            row,
        )
    broken = (await chain.verify()).broken
    assert broken is not None
    assert (broken.fault, broken.row) == ("inserted", UUID(str(row)))


async def test_links_put_into_another_order_are_named(chain: Chain, town: Town) -> None:
    async with as_owner(town.pool) as owner:
        await owner.execute("update audit_chain set seq = 1000 where seq = 2")
        await owner.execute("update audit_chain set seq = 2 where seq = 3")
        await owner.execute("update audit_chain set seq = 3 where seq = 1000")
    broken = (await chain.verify()).broken
    assert broken is not None
    assert (broken.fault, broken.seq) == ("changed", 2)


async def test_a_link_taken_out_and_a_link_made_up_are_named(chain: Chain, town: Town) -> None:
    async with as_owner(town.pool) as owner:
        link = await owner.fetchrow("delete from audit_chain where seq = 2 returning *")
        broken = (await chain.verify()).broken
        assert broken is not None
        assert (broken.fault, broken.seq) == ("link_missing", 3)
        forged = Vault(fresh_keys()).link(b"", b"whoever has only the database")
        assert link is not None
        await owner.execute("insert into audit_chain values (2, $1, $2, $3)", link["source"], link["row_id"], forged)
    broken = (await chain.verify()).broken
    assert broken is not None
    assert (broken.fault, broken.seq) == ("changed", 2)


async def test_an_end_cut_off_with_its_rows_is_found_by_an_earlier_head(chain: Chain, town: Town) -> None:
    head = (await chain.verify()).head
    async with as_owner(town.pool) as owner:
        row = await owner.fetchrow("delete from audit_chain where seq = (select max(seq) from audit_chain) returning *")
        assert row is not None
        await owner.execute(f"delete from {row['source']} where id = $1", row["row_id"])
    assert (await chain.verify()).broken is None
    broken = (await chain.verify(head)).broken
    assert broken is not None
    assert broken.fault == "head_differs"


async def test_a_row_of_a_transaction_that_is_still_open_is_chained_when_it_ends(chain: Chain, town: Town) -> None:
    """Rows are written in one order and come to light in another: none is passed over."""
    async with town.pool.acquire() as slow:
        begun = slow.transaction()
        await begun.start()
        await Audit(town.clock).record(slow, None, "slow", "order", "x")
        await town.created()
        assert await chain.extend() == 0
        await begun.commit()
    assert await chain.extend() == 3
    found = await chain.verify()
    assert (found.unsealed, found.broken) == (0, None)


async def test_two_instances_chain_each_row_once(town: Town) -> None:
    chains = [Chain(town.pool, VAULT, StandingClock(), EVERY) for _ in range(4)]
    await asyncio.gather(*(chain.extend() for chain in chains))
    found = await chains[0].verify()
    assert (found.unsealed, found.broken) == (0, None)


async def test_a_new_chain_key_goes_on_and_both_are_verified(town: Town) -> None:
    keys = fresh_keys()
    later = keys.rotated("chain")
    before, after = (Chain(town.pool, Vault(one), town.clock, EVERY) for one in (keys, later))
    assert await before.extend() >= 5
    await town.created()
    assert await after.extend() == 2
    assert (await after.verify()).broken is None
    await town.created()
    assert await before.extend() == 0, "a server that still has the old file leaves the chain alone"
    assert await after.extend() == 2
    ids = await town.pool.fetch("select key_id from audit_chain order by seq")
    assert [row["key_id"] for row in ids[-4:]] == [later.chain[0].id] * 4
    async with as_owner(town.pool) as owner:
        await owner.execute("update audit_chain set key_id = $1 where seq = $2", keys.chain[0].id, len(ids))
    broken = (await after.verify()).broken
    assert broken is not None
    assert (broken.fault, broken.seq) == ("changed", len(ids))


async def test_nobody_goes_on_with_a_key_that_was_given_up(town: Town) -> None:
    """Not even who has stolen it."""
    keys = fresh_keys()
    stolen, after = Vault(keys), Chain(town.pool, Vault(keys.rotated("chain")), town.clock, EVERY)
    await after.extend()
    await town.created()
    await after.extend()
    async with as_owner(town.pool) as owner:
        last = await owner.fetchrow(
            "delete from audit_chain where seq = (select max(seq) from audit_chain) returning *"
        )
        assert last is not None
        digest = await owner.fetchval("select digest from audit_chain order by seq desc limit 1")
        text = await owner.fetchval(
            "select coalesce((select audit_text(a) from audit_log a where id = $1),"
            " (select event_text(e) from order_event e where id = $1))",
            last["row_id"],
        )
        await owner.execute(
            "insert into audit_chain values ($1, $2, $3, $4, $5)",
            last["seq"],
            last["source"],
            last["row_id"],
            stolen.link(bytes(digest), text.encode()),
            keys.chain[0].id,
        )
    broken = (await after.verify()).broken
    assert broken is not None
    assert (broken.fault, broken.seq) == ("changed", last["seq"])


async def test_a_dump_restored_on_a_younger_server_goes_on(chain: Chain, town: Town) -> None:
    """There, transactions are numbered from the beginning again."""
    await town.pool.execute("update audit_chain_place set xid = '900000000000'")
    await town.created()
    assert await chain.extend() == 2
    assert (await chain.verify()).broken is None
