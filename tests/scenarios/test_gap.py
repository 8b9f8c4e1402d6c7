"""The link to a real Asterisk is cut in mid call: Asterisk's own file fills the hole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.calls.config import CallsConfig
from callcenter.calls.events import AgentAnswered, CallEnded, CallQueued, GapRecorded
from callcenter.calls.ledger import Ledger, open_ledger
from callcenter.calls.pump import pump
from callcenter.core.bus import Bus, Subscription
from callcenter.core.clock import SystemClock
from callcenter.core.events import Event
from callcenter.pbx import actions
from callcenter.pbx.cel import CelFile
from callcenter.pbx.host import AsteriskHost
from callcenter.pbx.link import AmiLink, LinkState, open_link
from callcenter.sample.sipp import Exchange, open_agent, open_caller
from callcenter.store.pool import Pool
from tests.simulators.asterisk import seat_secret
from tests.simulators.call_recorder import config_of
from tests.simulators.recorder_stage import TONE
from tests.simulators.severed_tcp import SeveredTcp, open_severed_tcp
from tests.vaults import VAULT

SECOND = timedelta(seconds=1)


@asynccontextmanager
async def bridge(
    asterisk: AsteriskHost, pool: Pool, bus: Bus, spool: Path, *, cel: bool = True
) -> AsyncIterator[tuple[AmiLink, Ledger, SeveredTcp]]:
    quick = {"backoff_first": timedelta(milliseconds=50), "backoff_most": timedelta(milliseconds=200)}
    clock = SystemClock()
    async with (
        open_severed_tcp(asterisk.plan.ami_port) as wire,
        open_link(config_of(asterisk, port=wire.port, **quick), clock) as link,
        open_ledger(pool, bus, clock, CallsConfig(spool=spool), {}, VAULT) as ledger,
    ):
        file = CelFile(asterisk.paths.cel) if cel else None
        pumping = asyncio.create_task(pump(link, ledger, file))
        try:
            await link.reaches(LinkState.UP)
            yield link, ledger, wire
        finally:
            pumping.cancel()
            await asyncio.gather(pumping, return_exceptions=True)


async def heard(subscription: Subscription, kind: type[Event]) -> Any:
    async with asyncio.timeout(40):
        async for event in subscription:
            if isinstance(event, kind):
                return event
    raise AssertionError


@pytest.mark.parametrize("moment", [CallQueued, AgentAnswered])
async def test_a_call_that_went_on_while_the_link_was_cut_is_whole_again(
    asterisk: AsteriskHost, pool: Pool, tmp_path: Path, moment: type[Event]
) -> None:
    bus, exchange = Bus(), Exchange(host="127.0.0.1", port=asterisk.plan.sip_port)
    with bus.subscribe(moment, CallEnded, GapRecorded) as events:
        async with bridge(asterisk, pool, bus, tmp_path) as (link, _, wire):
            await actions.add_member(link, "main", "8001", paused=False)
            async with (
                open_agent(exchange, extension="8001", secret=seat_secret("8001"), speech=TONE, ring=SECOND),
                open_caller(exchange, dial="12345", caller="13800000001", speech=TONE, hold=25 * SECOND) as caller,
            ):
                await heard(events, moment)
                await wire.cut()
                await caller.until("hung_up", 40 * SECOND)
                await wire.mend()
                ended: CallEnded = await heard(events, CallEnded)
                gap: GapRecorded = await heard(events, GapRecorded)
            await actions.remove_member(link, "main", "8001")
    row = await pool.fetchrow("select * from call where id = $1", ended.call)
    assert row is not None
    assert (row["outcome"], row["queue"], row["extension"]) == ("answered", "main", "8001")
    assert timedelta(seconds=3) < row["talked"] <= row["ended_at"] - row["answered_at"]
    assert row["ended_at"] < gap.at
    assert gap.recovered > 0
    written = await pool.fetchrow("select * from pbx_gap")
    assert written is not None
    assert written["recovered_facts"] == gap.recovered
    read_back = await pool.fetch("select kind from call_fact where source = 'cel'")
    assert len(read_back) == gap.recovered
    assert "ChannelEnded" in {row["kind"] for row in read_back}
    assert await pool.fetchval("select count(*) from call_leg where ended_at is null") == 0


async def test_a_call_that_lived_and_died_in_the_gap_is_there(
    asterisk: AsteriskHost, pool: Pool, tmp_path: Path
) -> None:
    bus, exchange = Bus(), Exchange(host="127.0.0.1", port=asterisk.plan.sip_port)
    with bus.subscribe(GapRecorded) as events:
        async with bridge(asterisk, pool, bus, tmp_path) as (_, _, wire):
            await wire.cut()
            async with open_caller(
                exchange, dial="12345", caller="13800000002", speech=TONE, hold=20 * SECOND
            ) as caller:
                await caller.until("hung_up", 40 * SECOND)
            await wire.mend()
            await heard(events, GapRecorded)
    row = await pool.fetchrow("select * from call where caller_key = $1", VAULT.key("+8613800000002"))
    assert row is not None
    assert (row["direction"], row["outcome"], row["queue"]) == ("inbound", "abandoned", "main")
    assert row["waited"] > timedelta(seconds=1)


async def test_without_the_file_the_gap_is_shown(asterisk: AsteriskHost, pool: Pool, tmp_path: Path) -> None:
    bus, exchange = Bus(), Exchange(host="127.0.0.1", port=asterisk.plan.sip_port)
    with bus.subscribe(CallQueued, CallEnded, GapRecorded) as events:
        async with (
            bridge(asterisk, pool, bus, tmp_path, cel=False) as (_, _, wire),
            open_caller(exchange, dial="12345", caller="13800000003", speech=TONE, hold=20 * SECOND) as caller,
        ):
            await heard(events, CallQueued)
            await wire.cut()
            await caller.until("hung_up", 40 * SECOND)
            await wire.mend()
            ended: CallEnded = await heard(events, CallEnded)
            await heard(events, GapRecorded)
    row = await pool.fetchrow("select outcome, has_gap from call where id = $1", ended.call)
    assert row is not None
    assert (row["outcome"], row["has_gap"]) == ("unknown", True)
