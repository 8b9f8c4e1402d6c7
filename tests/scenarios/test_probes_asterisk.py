"""Test calls and drills on a real Asterisk: one that gets through, one whose server is broken, a drill and its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.errors import DomainError
from callcenter.pbx import actions
from callcenter.pbx.config import AmiConfig
from callcenter.pbx.facts import AgentCalled, QueueJoined
from callcenter.pbx.host import AsteriskHost, default_cache
from callcenter.pbx.link import AmiLink, LinkState, open_link
from callcenter.people.actor import Actor
from callcenter.sample.rtp import alaw
from callcenter.sample.sipp import Exchange, open_agent, open_busy, open_citizen
from callcenter.store.pool import Pool
from callcenter.transfers.probe_telephony import AsteriskProbes
from callcenter.transfers.registry_config import RegistryConfig
from tests.rooms.registry_house import RegistryHouse
from tests.rooms.town_of_orders import add_people
from tests.simulators.asterisk import seat_secret
from tests.simulators.dialogue_server import open_dialogue_server
from tests.simulators.eventually import comes_true
from tests.simulators.tones import tone

QUIET = alaw(tone(0, 1.0))


@pytest.fixture
async def house(pool: Pool, tmp_path: Path) -> RegistryHouse:
    return RegistryHouse(pool, tmp_path / "hotlines.yaml", config=RegistryConfig(probes=False))


@pytest.fixture
async def supervisor(house: RegistryHouse) -> Actor:
    _, people = await add_people(house.pool)
    return people["supervisor"]


@asynccontextmanager
async def ringing(asterisk: AsteriskHost, house: RegistryHouse) -> AsyncIterator[AmiLink]:
    """The prober on a real link, whose facts the house's bus tells."""
    plan = asterisk.plan
    config = AmiConfig.model_validate(
        {"name": plan.name, "port": plan.ami_port, "username": plan.ami_user, "secret": plan.ami_secret}
    )
    async with open_link(config, SystemClock()) as link:

        async def tell() -> None:
            async for fact in link.facts():
                house.bus.publish(fact)

        telling = asyncio.create_task(tell())
        try:
            async with asyncio.timeout(20):
                await link.reaches(LinkState.UP)
            async with house.ringing(AsteriskProbes(link)):
                yield link
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling


async def settled(house: RegistryHouse) -> Any:
    async def ended() -> bool:
        return bool(await house.pool.fetchval("select ended_at is not null from hotline_probe"))

    await comes_true(ended, timedelta(seconds=40))
    return await house.pool.fetchrow("select * from hotline_probe")


async def idle(asterisk: AsteriskHost) -> bool:
    return "0 active channels" in await asterisk.command("core show channels count")


async def test_a_test_call_hears_the_greeting_and_rings_no_agent(
    asterisk: AsteriskHost, house: RegistryHouse, supervisor: Actor
) -> None:
    exchange = Exchange(host="127.0.0.1", port=asterisk.plan.sip_port)
    server = open_dialogue_server(
        asterisk.plan.agi_port, cache=default_cache() / "prompts", sounds=asterisk.paths.sounds
    )
    agent = open_agent(exchange, extension="8001", secret=seat_secret("8001"), speech=QUIET)
    with house.bus.subscribe(AgentCalled, QueueJoined) as rung:
        await house.probes.test(supervisor, "12329")
        async with server, agent, ringing(asterisk, house) as link:
            with suppress(DomainError):
                await actions.add_member(link, "housing", "8001", paused=False)
            row = await settled(house)
            await actions.remove_member(link, "housing", "8001")
        assert rung.waiting == 0
    assert (row["status"], row["reason"]) == ("ok", "")
    assert row["answered_at"] is not None
    assert house.ledger.begun == [(f"hl-{row['id']}", "test", "12329")]


async def test_a_broken_server_is_an_alarm(asterisk: AsteriskHost, house: RegistryHouse, supervisor: Actor) -> None:
    """Nothing listens where Asterisk asks for the dialogue: the caller would be taken by the fail-safe branch."""
    await house.probes.test(supervisor, "12329")
    async with ringing(asterisk, house):
        row = await settled(house)
        assert (row["status"], row["reason"]) == ("failed", "fail_safe")
        assert (await house.reading.board()).alarms == ("12329",)
        await comes_true(lambda: idle(asterisk), timedelta(seconds=15))


async def test_a_drill_rings_the_test_target_and_tells_how_long_it_took(
    asterisk: AsteriskHost, house: RegistryHouse, supervisor: Actor
) -> None:
    exchange, port = Exchange(host="127.0.0.1", port=asterisk.plan.sip_port), asterisk.plan.trunks[0].port
    await house.probes.drill(supervisor, "110")
    async with open_citizen(exchange, port=port, speech=QUIET, ring=timedelta(seconds=1)) as target:
        house.clock = SystemClock()  # type: ignore[assignment] # answers are told in Asterisk's own time
        async with ringing(asterisk, house):
            row = await settled(house)
            await target.voice.hears_speech(timedelta(seconds=5))
            await target.until("bye", timedelta(seconds=20))
    assert (row["status"], row["kind"]) == ("ok", "drill")
    took = row["answered_at"] - row["began_at"]
    assert timedelta(seconds=1) <= took <= SystemClock().now() - row["began_at"]  # its telephone rings for a second


async def test_a_busy_drill_target_is_told(asterisk: AsteriskHost, house: RegistryHouse, supervisor: Actor) -> None:
    exchange, port = Exchange(host="127.0.0.1", port=asterisk.plan.sip_port), asterisk.plan.trunks[0].port
    await house.probes.drill(supervisor, "110")
    async with open_busy(exchange, port=port), ringing(asterisk, house):
        row = await settled(house)
    assert (row["status"], row["reason"]) == ("failed", "busy")
