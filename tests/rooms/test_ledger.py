"""The ledger on a real PostgreSQL: nothing lost, nothing doubled, across repetition, restart and outage."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.calls.book import LINGER
from callcenter.calls.config import CallsConfig
from callcenter.calls.events import AgentAnswered, AgentRung, CallArrived, CallEnded, FactIgnored
from callcenter.calls.identity import call_id_of
from callcenter.calls.ledger import Ledger, open_ledger
from callcenter.calls.partitions import ensure_partitions
from callcenter.calls.replay import rebuild
from callcenter.calls.rows import call_row
from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.core.errors import Misconfigured
from callcenter.core.events import Event
from callcenter.core.ids import CallId, LegId, new_id
from callcenter.pbx import facts
from callcenter.pbx.facts import PbxFact
from callcenter.people.vault import Vault
from callcenter.store.config import StoreConfig
from callcenter.store.pool import Pool, open_pool
from tests.simulators.call_recorder import recorded
from tests.simulators.eventually import eventually
from tests.simulators.severed_postgres import open_severed
from tests.vaults import VAULT

PBX = "pbx"
NAMES = {"12345": "市民服务热线"}


@asynccontextmanager
async def ledger_on(
    pool: Pool, spool: Path, bus: Bus | None = None, vault: Vault = VAULT, **config: Any
) -> AsyncIterator[Ledger]:
    quick = {"spool": spool, "retry_first": 0.02, "retry_most": 0.05, "write_deadline": 2.0}
    async with open_ledger(pool, bus or Bus(), SystemClock(), CallsConfig(**(quick | config)), NAMES, vault) as ledger:
        await ledger.adopt(PBX)
        yield ledger


def call_in(stream: list[PbxFact]) -> CallId:
    return call_id_of(PBX, next(iter(rebuild(stream))))


async def row_of(pool: Pool, call: CallId) -> dict[str, Any]:
    row = await pool.fetchrow("select * from call where id = $1", call)
    assert row is not None
    return dict(row) | {"caller_number": VAULT.open(row["caller_number"])}


async def count(pool: Pool, table: str) -> int:
    return int(await pool.fetchval(f"select count(*) from {table}"))


async def test_a_recorded_call_becomes_its_rows(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("answered")
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in stream:
            await ledger.absorb(fact)
    row = await row_of(pool, call_in(stream))
    (state,) = rebuild(stream).values()
    assert (row["outcome"], row["queue"], row["extension"]) == ("answered", "main", "8001")
    assert (row["caller_number"], row["hotline"], row["has_gap"]) == ("+8613800000000", NAMES["12345"], False)
    assert (row["waited"], row["talked"]) == (state.waited(row["ended_at"]), state.talked(row["ended_at"]))
    assert row["talked"] > timedelta(seconds=4)
    assert [leg["role"] for leg in await pool.fetch("select role from call_leg order by started_at")] == [
        "caller",
        "agent",
    ]


@pytest.mark.parametrize("name", ["answered", "second_agent_answers", "abandoned_ringing", "called_back"])
async def test_the_stored_facts_rebuild_the_stored_rows(pool: Pool, tmp_path: Path, name: str) -> None:
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in recorded(name):
            await ledger.take(fact)
        await ledger.settled()
        call = call_in(recorded(name))
        (state,) = rebuild(await ledger.store.facts_of(call)).values()
    row = await row_of(pool, call)
    again = call_row(state, lambda dialled: NAMES.get(dialled, ""))
    for column in ("stage", "outcome", "queue", "extension", "started_at", "answered_at", "ended_at", "has_gap"):
        assert row[column] == again[column], column


async def test_the_same_facts_again_change_nothing(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("second_agent_answers")
    for _ in range(2):
        async with ledger_on(pool, tmp_path) as ledger:
            for fact in stream:
                await ledger.take(fact)
    assert await count(pool, "call_fact") == len(stream)
    assert await count(pool, "call") == 1
    assert (await row_of(pool, call_in(stream)))["has_gap"] is False


async def test_a_call_goes_on_after_a_restart(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("answered")
    place = next(i for i, fact in enumerate(stream) if isinstance(fact, facts.AgentConnected))
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in stream[: place + 1]:
            await ledger.take(fact)
    bus = Bus()
    with bus.subscribe(CallEnded) as ends:
        async with ledger_on(pool, tmp_path, bus) as ledger:
            first: LegId = stream[0].leg  # type: ignore[attr-defined]  # its Newchannel
            assert ledger.call_of(PBX, first) == call_in(stream)
            for fact in stream[place + 1 :]:
                await ledger.take(fact)
        assert ends.waiting == 1
    row = await row_of(pool, call_in(stream))
    assert (row["outcome"], row["has_gap"]) == ("answered", False)


async def test_events_come_after_their_facts_are_stored(pool: Pool, tmp_path: Path) -> None:
    bus = Bus()
    with bus.subscribe(CallArrived, AgentRung, AgentAnswered, CallEnded, PbxFact) as heard:
        async with ledger_on(pool, tmp_path, bus) as ledger:
            for fact in recorded("answered"):
                await ledger.absorb(fact)
            assert await count(pool, "call_fact") == len(recorded("answered"))
    told = [type(event).__name__ for event in drain(heard)]
    assert told.index("CallArrived") < told.index("ChannelStarted")
    house = [name for name in told if name in {"CallArrived", "AgentRung", "AgentAnswered", "CallEnded"}]
    assert house == ["CallArrived", "AgentRung", "AgentAnswered", "CallEnded"]
    assert len(told) == len(recorded("answered")) + 4


async def test_an_outage_of_the_database_loses_and_doubles_nothing(
    database_url: str, pool: Pool, tmp_path: Path
) -> None:
    stream = recorded("second_agent_answers")
    bus = Bus()
    async with (
        open_severed(database_url) as severed,
        open_pool(StoreConfig.model_validate({"url": severed.url, "pool_max": 4})) as cut_pool,
        ledger_on(cut_pool, tmp_path, bus) as ledger,
    ):
        with bus.subscribe(AgentRung, AgentAnswered) as heard:
            for fact in stream[:4]:
                await ledger.absorb(fact)
            await severed.cut()
            for fact in stream[4:20]:
                await ledger.absorb(fact)
            assert ledger.spooled > 0
            assert [type(e).__name__ for e in drain(heard)][:1] == ["AgentRung"]
            assert await count(pool, "call_fact") == 4
            await severed.mend()
            for fact in stream[20:]:
                await ledger.absorb(fact)
            await eventually(lambda: ledger.spooled == 0)
    assert await count(pool, "call_fact") == len(stream)
    row = await row_of(pool, call_in(stream))
    assert (row["outcome"], row["extension"], row["has_gap"]) == ("answered", "8002", False)


async def test_what_a_dead_server_left_on_disk_is_stored_by_the_next(
    database_url: str, pool: Pool, tmp_path: Path
) -> None:
    stream = recorded("abandoned")
    async with (
        open_severed(database_url) as severed,
        open_pool(StoreConfig.model_validate({"url": severed.url, "pool_max": 4})) as cut_pool,
        ledger_on(cut_pool, tmp_path) as ledger,
    ):
        await severed.cut()
        for fact in stream:
            await ledger.absorb(fact)
    assert await count(pool, "call_fact") == 0
    file = tmp_path / f"{PBX}.spool"
    with file.open("ab") as torn:
        torn.write(b'0badc0de {"facts": [')
    async with ledger_on(pool, tmp_path) as ledger:
        assert ledger.spooled == 0
    assert await count(pool, "call_fact") == len(stream)
    assert (await row_of(pool, call_in(stream)))["outcome"] == "abandoned"
    assert file.stat().st_size == 0


async def test_a_full_disk_is_named_and_the_house_still_hears(database_url: str, pool: Pool, tmp_path: Path) -> None:
    stream = recorded("answered")
    bus = Bus()
    async with (
        open_severed(database_url) as severed,
        open_pool(StoreConfig.model_validate({"url": severed.url, "pool_max": 4})) as cut_pool,
        ledger_on(cut_pool, tmp_path, bus, spool_limit=2048) as ledger,
    ):
        with bus.subscribe(CallEnded) as ends:
            await severed.cut()
            for fact in stream:
                await ledger.absorb(fact)
            assert ends.waiting == 1
        assert "limit of 2048 bytes" in ledger.problems[0]
        assert "13800000000" not in ledger.problems[0]
        await severed.mend()
        await eventually(lambda: not ledger.problems and ledger.spooled == 0)
    assert await count(pool, "call_fact") == len(stream)
    assert (await row_of(pool, call_in(stream)))["outcome"] == "answered"


async def test_a_spool_that_cannot_be_written_is_told_at_the_start(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Misconfigured, match="HOTLINE_CALLS__SPOOL"):
        async with ledger_on(pool, tmp_path / "file"):
            pass


async def test_a_row_that_can_never_be_stored_holds_nothing_up(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("abandoned")
    told = (facts.QueueJoined, facts.QueueLeft, facts.QueueAbandoned)
    odd = [replace(f, queue="a\0b") if isinstance(f, told) else f for f in stream]
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in [*odd, *renamed(recorded("answered"), "next")]:
            await ledger.take(fact)
    assert await count(pool, "call_fact") == len(stream) + len(recorded("answered"))
    assert (tmp_path / f"{PBX}.refused.spool").stat().st_size > 0
    assert await pool.fetchval("select count(*) from call where outcome = 'answered'") == 1


async def test_memory_does_not_grow_with_calls(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("answered")
    most = 0
    async with ledger_on(pool, tmp_path) as ledger:
        for number in range(300):
            for fact in renamed(stream, f"n{number}", timedelta(seconds=20 * number)):
                await ledger.take(fact)
            most = max(most, ledger.held)
        await ledger.settled()
        assert most <= LINGER.total_seconds() / 20 + 2
    assert await pool.fetchval("select count(*) from call where outcome = 'answered' and not has_gap") == 300


async def test_a_late_fact_joins_a_call_that_was_let_go_of(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("answered")
    late = next(fact for fact in stream if isinstance(fact, facts.AgentCompleted))
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in [*(f for f in stream if f is not late), *renamed(stream, "x", timedelta(minutes=5))]:
            await ledger.take(fact)
        await ledger.settled()
        assert (await row_of(pool, call_in(stream)))["has_gap"] is True
        await ledger.absorb(late)
    row = await row_of(pool, call_in(stream))
    assert (row["has_gap"], row["outcome"]) == (False, "answered")
    assert await count(pool, "call") == 2


async def test_a_fact_without_an_id_finds_its_call(pool: Pool, tmp_path: Path) -> None:
    """Asterisk leaves the caller out of AgentComplete under load (limits.md, section 4)."""
    stream = recorded("answered")
    bare = [
        replace(f, leg=None, agent_leg=None) if isinstance(f, facts.AgentCompleted | facts.AgentConnected) else f
        for f in stream
    ]
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in bare:
            await ledger.take(fact)
    row = await row_of(pool, call_in(stream))
    assert (row["outcome"], row["extension"], row["has_gap"]) == ("answered", "8001", False)


async def test_a_fact_of_nobody_is_kept_and_told(pool: Pool, tmp_path: Path) -> None:
    at = recorded("answered")[0].at
    lost = facts.AgentCompleted(
        pbx=PBX, at=at, queue="main", member="8009", leg=None, agent_leg=None, talk_seconds=3, reason="agent"
    )
    bus = Bus()
    with bus.subscribe(FactIgnored) as ignored:
        async with ledger_on(pool, tmp_path, bus) as ledger:
            await ledger.absorb(lost)
        assert ignored.waiting == 1
    assert await pool.fetchval("select count(*) from call_fact where call_id is null") == 1


async def test_a_call_back_is_ours_before_it_is_dialled(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("called_back")
    leg: LegId = stream[0].leg  # type: ignore[attr-defined]  # its Newchannel
    before = CallId(new_id())
    async with ledger_on(pool, tmp_path) as ledger:
        call = await ledger.begin_outbound(
            pbx=PBX, leg=leg, purpose="callback", number="13800000000", related=before, at=stream[0].at
        )
        assert ledger.call_of(PBX, leg) == call
        for fact in stream:
            await ledger.take(fact)
        at = stream[-1].at
        pressed = (("resolved", "1"),)
        await ledger.stepped(
            facts.FlowStepped(pbx=PBX, leg=leg, flow="survey", node="resolved", key="1", began_at=at, at=at)
        )
        await ledger.finished(facts.FlowFinished(pbx=PBX, leg=leg, flow="survey", answers=pressed, at=at))
    row = await row_of(pool, call)
    assert (row["direction"], row["purpose"], row["outcome"]) == ("outbound", "callback", "answered")
    assert (row["caller_number"], row["related_call_id"], row["has_gap"]) == ("+8613800000000", before, False)
    assert [step["node"] for step in row["menu_path"]] == ["resolved"]


async def test_months_are_made_and_take_over_what_the_default_caught(pool: Pool, tmp_path: Path) -> None:
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in recorded("abandoned"):
            await ledger.take(fact)
    whole = await count(pool, "call_fact")
    assert await count(pool, "only call_fact_default") == whole

    class November(SystemClock):
        def now(self) -> Any:
            return recorded("abandoned")[0].at

    assert len(await ensure_partitions(pool, November())) == 4
    assert await ensure_partitions(pool, November()) == []
    assert await count(pool, "only call_fact_default") == 0
    assert await count(pool, "call_fact") == whole


async def test_many_facts_share_a_transaction(pool: Pool, tmp_path: Path) -> None:
    async with ledger_on(pool, tmp_path) as ledger:
        streams = [renamed(recorded("answered"), f"s{n}") for n in range(40)]
        for fact in (fact for facts_ in zip(*streams, strict=True) for fact in facts_):
            await ledger.take(fact)
        await ledger.settled()
        transactions = await pool.fetchval("select count(distinct xmin::text) from call_fact")
    assert transactions < 40 * len(streams[0]) / 5


def renamed(stream: list[PbxFact], name: str, later: timedelta = timedelta(0)) -> list[PbxFact]:
    """The same call once more, under other ids."""
    changed = []
    for fact in stream:
        ids = {
            field: f"{name}-{value}"
            for field in ("leg", "linked", "agent_leg", "from_leg", "other", "bridge")
            if (value := getattr(fact, field, None))
        }
        changed.append(replace(fact, at=fact.at + later, **ids))
    return changed


def drain(heard: Any) -> list[Event]:
    return [heard._inbox.get_nowait() for _ in range(heard.waiting)]
