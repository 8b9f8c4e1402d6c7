"""The simulated telephones themselves, against a real Asterisk."""

from datetime import timedelta

import numpy as np
import pytest

from callcenter.core.errors import Unavailable
from callcenter.pbx.host import AsteriskHost
from callcenter.sample.rtp import alaw, linear, similarity
from callcenter.sample.sipp import Exchange, open_agent, open_agents, open_caller, open_callers
from tests.simulators.asterisk import SEATS, seat_secret
from tests.simulators.dialogue_server import open_dialogue_server
from tests.simulators.tones import tone


@pytest.fixture
def exchange(asterisk: AsteriskHost) -> Exchange:
    return Exchange(host="127.0.0.1", port=asterisk.plan.sip_port)


def test_a_law_there_and_back_keeps_the_sound() -> None:
    spoken = np.arange(-32768, 32767, 7, dtype=np.int16)
    back = linear(alaw(spoken)).astype(int)
    assert np.abs(back - spoken).max() <= 1024
    small = np.arange(-200, 200, dtype=np.int16)
    assert np.abs(linear(alaw(small)).astype(int) - small).max() <= 16
    assert similarity(tone(440), tone(440, 0.5)) > 0.99
    assert similarity(tone(440), tone(1000, 0.5)) < 0.3


async def test_a_wrong_secret_is_told(exchange: Exchange) -> None:
    with pytest.raises(Unavailable, match="refused the registration"):
        async with open_agent(exchange, extension="8001", secret="not-the-secret", speech=b""):
            pass


async def test_a_number_that_nobody_serves_is_refused(exchange: Exchange) -> None:
    async with open_caller(exchange, dial="x", caller="1380", speech=b"", hold=timedelta(seconds=1)) as caller:
        await caller.until("refused", timedelta(seconds=10))


async def test_many_calls_find_their_agents_and_none_is_lost(asterisk: AsteriskHost, exchange: Exchange) -> None:
    port, cache = asterisk.plan.agi_port, asterisk.paths.base / "prompt-cache"
    seats = {seat: seat_secret(seat) for seat in SEATS}
    moment = timedelta(milliseconds=10)
    async with (
        open_dialogue_server(port, cache=cache, sounds=asterisk.paths.sounds) as server,
        open_agents(exchange, seats=seats, speech=b"", ring=moment, hold=timedelta(seconds=1)) as agents,
    ):
        for seat in seats:
            await asterisk.command(f"queue add member PJSIP/{seat} to main")
        async with open_callers(
            exchange, dial="12345", rate=4, count=12, hold=timedelta(seconds=60), bound=timedelta(seconds=90)
        ) as callers:
            outcome = await callers.ended(timedelta(seconds=100))
        await agents.until("hung_up", timedelta(seconds=5), times=12)
    assert (outcome.exit_code, outcome.successful, outcome.failed) == (0, 12, 0)
    assert len([told for told in server.told if told["kind"] == "end"]) == 12
