"""After a gap the ledger is brought in line with what Asterisk shows, whatever its file can tell."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from callcenter.calls.events import AgentAnswered, AgentRung, GapRecorded
from callcenter.calls.ledger import Ledger
from callcenter.calls.pump import Cel, Link, pump
from callcenter.core.bus import Bus
from callcenter.core.ids import LegId
from callcenter.pbx import facts
from callcenter.pbx.facts import LinkUp, PbxFact
from callcenter.pbx.snapshot import ChannelSeen, QueueCallerSeen, Snapshot
from callcenter.store.pool import Pool
from tests.rooms.test_ledger import PBX, call_in, ledger_on, row_of
from tests.simulators.call_recorder import recorded
from tests.vaults import VAULT

SECOND = timedelta(seconds=1)


@dataclass
class ScriptedLink:
    pbx: str = PBX
    inbox: asyncio.Queue[PbxFact] = field(default_factory=asyncio.Queue)

    async def facts(self) -> AsyncIterator[PbxFact]:
        while True:
            yield await self.inbox.get()


@dataclass
class ScriptedCel:
    held: list[PbxFact]

    def facts_between(self, pbx: str, since: datetime, until: datetime) -> list[PbxFact]:
        return [fact for fact in self.held if since <= fact.at <= until]


_proofs: tuple[Link, Cel] = (ScriptedLink(), ScriptedCel([]))


@asynccontextmanager
async def pumped(pool: Pool, spool: Path, bus: Bus, cel: Cel | None) -> AsyncIterator[tuple[ScriptedLink, Ledger]]:
    link = ScriptedLink()
    async with ledger_on(pool, spool, bus) as ledger:
        pumping = asyncio.create_task(pump(link, ledger, cel))
        try:
            yield link, ledger
        finally:
            pumping.cancel()
            await asyncio.gather(pumping, return_exceptions=True)


async def up(link: ScriptedLink, bus: Bus, *, lost_at: datetime | None, snapshot: Snapshot) -> None:
    with bus.subscribe(LinkUp) as heard:
        await link.inbox.put(LinkUp(pbx=PBX, at=snapshot.taken_at, lost_at=lost_at, snapshot=snapshot))
        async with asyncio.timeout(10):
            async for _ in heard:
                return


def seen(leg: LegId, *, seconds: int) -> ChannelSeen:
    return ChannelSeen(
        leg=leg,
        linked=leg,
        channel="PJSIP/carrier-00000077",
        state="Up",
        caller_number="13900000000",
        context="hl-queue",
        exten="12345",
        application="Queue",
        bridge="",
        seconds=seconds,
    )


async def test_the_first_link_of_a_new_house_is_no_gap(pool: Pool, tmp_path: Path) -> None:
    bus, at = Bus(), recorded("answered")[0].at
    async with pumped(pool, tmp_path, bus, None) as (link, _):
        await up(link, bus, lost_at=None, snapshot=Snapshot(taken_at=at))
    assert await pool.fetchval("select count(*) from pbx_gap") == 0


async def test_calls_found_waiting_are_taken_up(pool: Pool, tmp_path: Path) -> None:
    bus, at, leg = Bus(), recorded("answered")[0].at, LegId("1700000000.77")
    waiting = QueueCallerSeen(queue="main", position=1, leg=leg, channel="PJSIP/carrier-00000077", wait_seconds=20)
    ghost = QueueCallerSeen(queue="main", position=2, leg=LegId("gone"), channel="x", wait_seconds=5)
    snapshot = Snapshot(channels=(seen(leg, seconds=30),), queue_callers=(waiting, ghost), taken_at=at)
    async with pumped(pool, tmp_path, bus, None) as (link, ledger):
        await up(link, bus, lost_at=None, snapshot=snapshot)
        (call,) = ledger.open_calls(PBX)
    assert (call.stage.value, call.waits[0].joined_at) == ("queued", at - 20 * SECOND)
    row = await pool.fetchrow("select * from call")
    assert row is not None
    assert (row["has_gap"], row["started_at"]) == (True, at - 30 * SECOND)
    assert VAULT.open(row["caller_number"]) == "+8613900000000"


async def test_a_server_s_own_absence_is_a_gap_that_the_file_fills(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("answered")
    place = next(i for i, fact in enumerate(stream) if isinstance(fact, facts.BridgeLeft))
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in stream[:place]:
            await ledger.take(fact)
    bus = Bus()
    with bus.subscribe(GapRecorded) as gaps:
        async with pumped(pool, tmp_path, bus, ScriptedCel(stream)) as (link, _):
            await up(link, bus, lost_at=None, snapshot=Snapshot(taken_at=stream[-1].at + SECOND))
        assert gaps.waiting == 1
    row = await row_of(pool, call_in(stream))
    assert (row["outcome"], row["has_gap"]) == ("answered", False)
    gap = await pool.fetchrow("select * from pbx_gap")
    assert gap is not None
    assert (gap["reason"], gap["recovered_facts"], gap["since"]) == ("server", 4, stream[place - 1].at)


async def test_a_call_that_is_gone_without_a_word_ends_unknown(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("abandoned")
    place = next(i for i, fact in enumerate(stream) if isinstance(fact, facts.QueueJoined))
    bus, taken_at = Bus(), stream[-1].at + SECOND
    async with pumped(pool, tmp_path, bus, None) as (link, ledger):
        for fact in stream[: place + 1]:
            await link.inbox.put(fact)
        await up(link, bus, lost_at=stream[place].at, snapshot=Snapshot(taken_at=taken_at))
        assert ledger.open_calls(PBX) == []
        for fact in stream[place:]:
            await link.inbox.put(fact)
    row = await row_of(pool, call_in(stream))
    assert (row["outcome"], row["has_gap"], row["ended_at"]) == ("unknown", True, taken_at)
    assert await pool.fetchval("select count(*) from call_fact where source = 'snapshot'") == 1


def shown(fact: facts.ChannelStarted, context: str, bridge: str = "", state: str = "Up") -> ChannelSeen:
    """The channel of a recorded leg, as a snapshot shows it."""
    return ChannelSeen(
        leg=fact.leg,
        linked=fact.linked,
        channel=fact.channel,
        state=state,
        caller_number=fact.caller_number,
        context=context,
        exten="",
        application="",
        bridge=bridge,
        seconds=30,
    )


def began(stream: list[PbxFact], channel: str) -> facts.ChannelStarted:
    return next(f for f in stream if isinstance(f, facts.ChannelStarted) and f.channel.startswith(channel))


def place_of(stream: list[PbxFact], kind: type[PbxFact]) -> int:
    return next(place for place, fact in enumerate(stream) if isinstance(fact, kind))


@pytest.mark.parametrize(
    ("context", "stage"),
    [("hl-hold", "on_hold"), ("hl-transfer", "transferring"), ("hl-welcome", "in_menu"), ("hl-queue", "queued")],
)
async def test_a_citizen_who_was_moved_while_nobody_looked_is_found_where_he_is(
    pool: Pool, tmp_path: Path, context: str, stage: str
) -> None:
    """The talk was heard; then the server was away, and another one reads the snapshot."""
    stream = recorded("answered")
    heard = stream[: place_of(stream, facts.BridgeLeft)]
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in heard:
            await ledger.take(fact)
    bus, at = Bus(), heard[-1].at + SECOND
    seen_now = Snapshot(channels=(shown(began(stream, "PJSIP/carrier"), context),), taken_at=at)
    async with pumped(pool, tmp_path, bus, None) as (link, ledger):
        await up(link, bus, lost_at=None, snapshot=seen_now)
        (call,) = ledger.open_calls(PBX)
        assert call.stage.value == stage
        await up(link, bus, lost_at=at, snapshot=Snapshot(channels=seen_now.channels, taken_at=at + SECOND))
    places = await pool.fetchval("select count(*) from call_fact where kind = 'PlaceSeen'")
    assert places == 1, "what is known is not written again"


async def test_who_talks_now_is_known_from_the_bridge(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("answered")
    bus, at = Bus(), stream[0].at + SECOND
    citizen, agent = began(stream, "PJSIP/carrier"), began(stream, "PJSIP/8001")
    together = (shown(citizen, "hl-room-citizen", "b1"), shown(agent, "hl-room-agent", "b1"))
    async with pumped(pool, tmp_path, bus, None) as (link, ledger):
        with bus.subscribe(AgentAnswered) as answered:
            await up(link, bus, lost_at=None, snapshot=Snapshot(channels=together, taken_at=at))
            assert answered.waiting == 1
        (call,) = ledger.open_calls(PBX)
    assert (call.stage.value, call.talks[0].extension) == ("talking", "8001")
    assert {leg.party for leg in call.legs.values()} == {"citizen", "agent"}


async def test_a_phone_that_is_found_ringing_rings(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("answered")
    bus, at = Bus(), stream[0].at + SECOND
    citizen, agent = began(stream, "PJSIP/carrier"), began(stream, "PJSIP/8001")
    channels = (shown(citizen, "hl-queue"), shown(agent, "from-seat", state="Ringing"))
    waiting = QueueCallerSeen(queue="main", position=1, leg=citizen.leg, channel=citizen.channel, wait_seconds=9)
    async with pumped(pool, tmp_path, bus, None) as (link, ledger):
        with bus.subscribe(AgentRung) as rung:
            found = Snapshot(channels=channels, queue_callers=(waiting,), taken_at=at)
            await up(link, bus, lost_at=None, snapshot=found)
            assert rung.waiting == 1
        (call,) = ledger.open_calls(PBX)
    assert (call.stage.value, [ring.member for ring in call.rings]) == ("ringing", ["8001"])
