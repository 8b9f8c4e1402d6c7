"""The link to a real Asterisk is cut while the caller is moved about: afterwards the ledger has him where he is."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.calls.events import AgentAnswered, GapRecorded
from callcenter.calls.ledger import Ledger
from callcenter.calls.parties import agent_leg, citizen_leg
from callcenter.calls.state import CallState, Leg
from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.pbx import actions
from callcenter.pbx.host import AsteriskHost
from callcenter.pbx.link import LinkState, open_link
from callcenter.sample.sipp import Exchange, open_agent, open_caller
from callcenter.store.pool import Pool
from tests.scenarios.test_gap import SECOND, bridge, heard
from tests.simulators.asterisk import seat_secret
from tests.simulators.call_recorder import config_of
from tests.simulators.eventually import comes_true, eventually
from tests.simulators.recorder_stage import TONE


def only(ledger: Ledger, asterisk: AsteriskHost) -> CallState:
    (call,) = ledger.open_calls(asterisk.plan.name)
    return call


def present(leg: Leg | None) -> Leg:
    assert leg is not None
    return leg


@pytest.mark.parametrize("cel", [True, False])
async def test_a_caller_moved_in_the_gap_is_found_where_he_is(
    asterisk: AsteriskHost, pool: Pool, tmp_path: Path, cel: bool
) -> None:
    """Into a room and on hold while nobody hears; back into the room while somebody does."""
    bus, exchange, clock = Bus(), Exchange(host="127.0.0.1", port=asterisk.plan.sip_port), SystemClock()
    async with (
        bridge(asterisk, pool, bus, tmp_path, cel=cel) as (link, ledger, wire),
        open_link(config_of(asterisk), clock) as other,
        open_agent(exchange, extension="8001", secret=seat_secret("8001"), speech=TONE),
    ):
        await other.reaches(LinkState.UP)
        await actions.add_member(link, "main", "8001", paused=False)
        with bus.subscribe(AgentAnswered, GapRecorded) as events:
            async with open_caller(exchange, dial="12345", caller="13800000009", speech=TONE, hold=60 * SECOND):
                await heard(events, AgentAnswered)
                await eventually(lambda: present(citizen_leg(only(ledger, asterisk))).bridge is not None)
                await asyncio.sleep(1)  # a redirect in the very instant of the joining was once without effect
                call = only(ledger, asterisk)
                citizen, agent = present(citizen_leg(call)), present(agent_leg(call, "8001"))
                await wire.cut()
                extra = (agent.channel, "hl-room-agent", citizen.id)
                await actions.redirect(other, citizen.channel, "hl-room-citizen", citizen.id, extra=extra)
                room = f"confbridge list {citizen.id}"

                async def both_there() -> bool:
                    return "8001" in (found := await asterisk.command(room)) and "carrier" in found

                await comes_true(both_there, timedelta(seconds=10))
                await actions.redirect(other, citizen.channel, "hl-hold", citizen.id)
                await wire.mend()
                await heard(events, GapRecorded)
                assert only(ledger, asterisk).stage.value == "on_hold"
                await link.reaches(LinkState.UP)
                await actions.redirect(link, citizen.channel, "hl-room-citizen", citizen.id)
                await eventually(lambda: only(ledger, asterisk).stage.value == "talking", timedelta(seconds=10))
                (talk,) = only(ledger, asterisk).talks
                assert (talk.extension, talk.ended_at) == ("8001", None)
        await actions.remove_member(link, "main", "8001")
