"""Citizens' numbers of the call side on a real PostgreSQL: none in the clear, whoever wrote the row and when."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from callcenter.calls.identity import call_id_of
from callcenter.calls.reading import CallsReading
from callcenter.calls.replay import rebuild
from callcenter.calls.rows import call_row, fact_row, leg_rows
from callcenter.calls.sealed import LedgerSeal
from callcenter.calls.spool import Spool
from callcenter.calls.store import LedgerStore
from callcenter.core.clock import SystemClock
from callcenter.core.ids import CallId, LegId, UserId, new_id
from callcenter.pbx.facts import FlowFinished, PbxFact
from callcenter.people.audit import Audit
from callcenter.people.keys import fresh_keys
from callcenter.people.sealing import LEDGER, seal_stored
from callcenter.people.vault import Vault
from callcenter.seats.card import Card, OfferView
from callcenter.seats.offers import OfferStore
from callcenter.store.pool import Pool
from callcenter.transfers.attempts import Attempt, Place, TransferId
from callcenter.transfers.attempts_store import AttemptStore
from callcenter.transfers.matrix import Means
from tests.rooms.test_ledger import PBX, ledger_on
from tests.unit.test_ledger_replay import stream
from tests.vaults import KEYS, VAULT

NUMBER: Final = "+8613800000000"
DIGITS: Final = "13800000000"
AT: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.rule("B-29")


def heard(name: str) -> list[PbxFact]:
    """A recorded call, and at its end what the citizen answered."""
    facts = list(stream(name))
    leg: LegId = facts[0].leg  # type: ignore[attr-defined]  # a leg's own fact
    end = facts[-1].at + timedelta(seconds=1)
    return [*facts, FlowFinished(pbx=PBX, at=end, leg=leg, flow="survey", answers=(("number", DIGITS),))]


def call_in(facts: list[PbxFact]) -> CallId:
    return call_id_of(PBX, next(iter(rebuild(facts))))


async def clear_places(pool: Pool) -> list[str]:
    """Tables of which some row holds the citizen's digits."""
    tables = await pool.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
    return [
        name
        for (name,) in tables
        if await pool.fetchval(f"select exists (select from {name} t where t::text like $1)", f"%{DIGITS}%")
    ]


async def keep_as_before(pool: Pool, facts: list[PbxFact]) -> None:
    """As a program that sealed nothing stored them."""
    ((linked, state),) = rebuild(facts).items()
    call = call_id_of(PBX, linked)
    row = call_row(state, lambda _: "") | {"last_at": state.last_at, "caller_key": "\\x"}
    batch = {"facts": [fact_row(f, call, "ami", f.at) for f in facts], "calls": [row], "legs": leg_rows(state)}
    await LedgerStore(pool, VAULT).write(batch)


@asynccontextmanager
async def strangers_allowed(pool: Pool) -> AsyncIterator[None]:
    """Rows of users and lists that are not there."""
    await pool.execute("alter table call_offer drop constraint call_offer_user_id_fkey")
    await pool.execute(
        "alter table transfer_attempt drop constraint transfer_attempt_actor_id_fkey,"
        " drop constraint transfer_attempt_matter_version_fkey"
    )
    yield


def offer() -> OfferView:
    card = Card(caller_number=NUMBER, caller_region="", dialled="12345", hotline="", queue="main", waited_seconds=3)
    return OfferView(id=new_id(), call_id=new_id(), card=card, offered_at=AT)


def attempt(place: Place, target: str) -> Attempt:
    return Attempt(
        id=TransferId(new_id()),
        call=CallId(new_id()),
        pbx=PBX,
        room=LegId("1.1"),
        actor=UserId(new_id()),
        extension="8001",
        place=place,
        target=target,
        mode=Means.WARM,
        version=1,
        keeper="12345",
        asked_at=AT,
    )


@pytest.mark.parametrize("name", ["answered", "called_out"])
async def test_no_table_holds_a_number_in_the_clear(pool: Pool, tmp_path: Path, name: str) -> None:
    facts = heard(name)
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in facts:
            await ledger.absorb(fact)
    assert await clear_places(pool) == []
    reading = CallsReading(pool, Audit(SystemClock()), VAULT)
    (seen,) = await reading.recent_of(NUMBER, 5)
    assert (seen.id, seen.caller_number, seen.direction == "outbound") == (call_in(facts), NUMBER, name != "answered")
    assert seen.dialled == (DIGITS if name != "answered" else "12345")
    assert await reading.recent_of("", 5) == []
    stored = await ledger.store.facts_of(seen.id)
    assert rebuild(stored) == rebuild(facts)


async def test_cards_and_numbers_dialled_by_hand_are_sealed(pool: Pool) -> None:
    async with strangers_allowed(pool):
        offers, attempts, user = OfferStore(pool, VAULT), AttemptStore(pool, VAULT), UserId(new_id())
        shown, by_hand, line = offer(), attempt(Place.NUMBER, DIGITS), attempt(Place.LINE, "110")
        await offers.write(user, shown, 1)
        for one in (by_hand, line):
            await attempts.write(one)
        assert await clear_places(pool) == []
        assert await offers.of_user(user, 5, (AT + timedelta(1), new_id())) == [shown]
        assert await attempts.get(by_hand.id) == by_hand
        assert await pool.fetchval("select card->>'queue' from call_offer") == "main"
        assert await pool.fetchval("select target from transfer_attempt where place = 'line'") == "110"


@pytest.mark.parametrize("batch", [1, 500])
async def test_older_rows_are_sealed_in_place(pool: Pool, tmp_path: Path, batch: int) -> None:
    """Under the very fingerprints that they would have now: what is read back once more adds nothing."""
    facts, other = heard("answered"), heard("called_back")
    for one in (facts, other):
        await keep_as_before(pool, one)
    await pool.execute("update call_fact set call_id = null where kind = 'FlowFinished'")
    assert {"call", "call_fact"} <= set(await clear_places(pool))
    reading = CallsReading(pool, Audit(SystemClock()), VAULT)
    assert (await reading.get(call_in(facts))).caller_number == NUMBER, "read as it is until its batch comes"
    assert await reading.recent_of(NUMBER, 5) == []
    await seal_stored(pool, VAULT, batch)
    assert await clear_places(pool) == []
    assert {call.id for call in await reading.recent_of(NUMBER, 5)} == {call_in(facts), call_in(other)}
    assert {(await reading.get(call_in(one))).dialled for one in (facts, other)} == {"12345", DIGITS}
    count = await pool.fetchval("select count(*) from call_fact")
    assert count == len(facts) + len(other)
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in facts:
            await ledger.absorb(fact, source="cel")
        assert rebuild(await ledger.store.facts_of(call_in(facts))) == rebuild(facts[:-1])
    assert await pool.fetchval("select count(*) from call_fact") == count
    assert await seal_stored(pool, VAULT) == 0


async def test_a_fact_heard_again_before_its_batch_comes_is_one_row(pool: Pool, tmp_path: Path) -> None:
    facts = heard("answered")
    await keep_as_before(pool, facts)
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in facts:
            await ledger.absorb(fact, source="cel")
    assert await pool.fetchval("select count(*) from call_fact") > len(facts)
    await seal_stored(pool, VAULT, 2)
    assert await pool.fetchval("select count(*) from call_fact") == len(facts)
    assert await clear_places(pool) == []


async def test_older_cards_and_targets_are_sealed_too(pool: Pool) -> None:
    async with strangers_allowed(pool):
        offers, attempts, user = OfferStore(pool, VAULT), AttemptStore(pool, VAULT), UserId(new_id())
        shown, by_hand = offer(), attempt(Place.NUMBER, DIGITS)
        await offers.write(user, shown, 1)
        await pool.execute("update call_offer set card = $1", shown.card.model_dump(mode="json"))
        await attempts.write(by_hand)
        await pool.execute("update transfer_attempt set target = $1", DIGITS)
        assert await offers.get(shown.id) == shown  # type: ignore[arg-type]  # an offer's id
        await seal_stored(pool, VAULT)
        assert await clear_places(pool) == []
        assert await offers.get(shown.id) == shown  # type: ignore[arg-type]
        assert await attempts.get(by_hand.id) == by_hand


@pytest.mark.parametrize("kind", ["sealing", "search"])
async def test_new_keys_take_the_ledger_over(pool: Pool, tmp_path: Path, kind: Any) -> None:
    facts, keys = heard("called_out"), fresh_keys()
    async with ledger_on(pool, tmp_path, vault=Vault(keys)) as ledger:
        for fact in facts:
            await ledger.absorb(fact)
    await seal_stored(pool, Vault(keys))
    rotated = keys.rotated(kind)
    both = CallsReading(pool, Audit(SystemClock()), Vault(rotated))
    assert [call.id for call in await both.recent_of(NUMBER, 5)] == [call_in(facts)], "found meanwhile"
    assert await seal_stored(pool, Vault(rotated), places=LEDGER) > 1
    after = Vault(rotated.retired())
    assert [c.caller_number for c in await CallsReading(pool, Audit(SystemClock()), after).recent_of(NUMBER, 5)] == [
        NUMBER
    ]
    assert rebuild(await LedgerStore(pool, after).facts_of(call_in(facts))) == rebuild(facts)


async def test_a_file_on_disk_holds_no_number_and_an_older_one_is_sealed_as_it_is_stored(
    pool: Pool, tmp_path: Path
) -> None:
    facts = heard("answered")
    ((linked, state),) = rebuild(facts).items()
    call = call_row(state, lambda _: "") | {"last_at": state.last_at}
    clear = {"facts": [fact_row(f, call["id"], "ami", f.at) for f in facts], "calls": [call], "legs": leg_rows(state)}
    assert DIGITS.encode() not in orjson.dumps(LedgerSeal(Vault(KEYS)).batch(clear))
    older = Spool(tmp_path, PBX, 1 << 20)
    older.append(clear)
    assert DIGITS.encode() in older.path.read_bytes()
    async with ledger_on(pool, tmp_path) as ledger:
        await ledger.drained()
    assert await clear_places(pool) == []
    assert await pool.fetchval("select caller_key from call where linked = $1", linked) == VAULT.key(NUMBER)
    assert rebuild(await ledger.store.facts_of(call["id"])) == rebuild(facts)
