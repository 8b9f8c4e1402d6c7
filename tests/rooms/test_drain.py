"""`callcenter drain` before a restart: new callers are turned away at once, the one inside is left alone."""

import asyncio
from datetime import timedelta

from callcenter.pbx.host import AsteriskHost
from callcenter.sample.sipp import Exchange, open_caller
from tests.rooms.test_pbx_command import callcenter
from tests.simulators.recorder_stage import TONE

SOON = timedelta(seconds=20)


async def drain(host: AsteriskHost, word: str) -> str:
    plan = host.plan
    settings = {"HOTLINE_AMI__PORT": str(plan.ami_port), "HOTLINE_AMI__SECRET": plan.ami_secret}
    done = await asyncio.to_thread(callcenter, "drain", word, database="postgresql://127.0.0.1/none", **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_new_callers_are_turned_away_until_all_have_gone(own_asterisk: AsteriskHost) -> None:
    exchange = Exchange(host="127.0.0.1", port=own_asterisk.plan.sip_port)

    async def rings(number: str) -> bool:
        """Whether a new caller is let in."""
        hold = timedelta(seconds=1)
        async with open_caller(exchange, dial="12345", caller=number, speech=TONE, hold=hold) as caller:
            await caller.ended(SOON)
            return "answered" in caller.said

    assert "calls: 0" in await drain(own_asterisk, "status")
    async with open_caller(
        exchange, dial="12345", caller="13800000001", speech=TONE, hold=timedelta(minutes=2)
    ) as inside:
        await inside.until("answered", SOON)
        assert "calls: 1" in await drain(own_asterisk, "on")
        assert not await rings("13800000002")
        waiting = asyncio.create_task(drain(own_asterisk, "wait"))
        assert "bye" not in inside.said
        await inside.hang_up()
        assert "可以重启" in await waiting
    assert "are taken" in await drain(own_asterisk, "off")
    assert await rings("13800000003")


async def test_an_exchange_that_is_away_is_named() -> None:
    done = await asyncio.to_thread(
        callcenter, "drain", "status", database="postgresql://127.0.0.1/none", HOTLINE_AMI__PORT="1"
    )
    assert done.returncode == 2
    assert "AMI" in done.stderr
    assert "Remedy" in done.stderr
