"""Calls out through the gate, over real SIP: 先行联系 by one press with its call as the proof, a missed call rung back,
and what strangers try to dial through us."""

from datetime import timedelta
from typing import Any

import pytest

from callcenter.sample.desk import Desk, StepFailed
from callcenter.sample.rtp import alaw
from callcenter.sample.sipp import open_agent, open_busy, open_caller, open_citizen
from tests.scenarios.house import SECOND, House, until
from tests.simulators.tones import tone

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOON = timedelta(seconds=20)
VOICE = alaw(tone(440, 20.0))
CITIZEN = "13900007001"


def phone_of(house: House, extension: str) -> Any:
    secret = house.state.sip_secret_of(extension)
    return open_agent(house.exchange, extension=extension, secret=secret, speech=VOICE)


async def accepted_order(house: House, number: str) -> str:
    """An order that waits for its unit's first contact."""
    async with house.desk("hw01") as agent, house.desk("pd01") as dispatcher, house.desk("cb01") as unit:
        orgs = {org["code"]: org["id"] for org in (await agent.get("/api/orgs"))["items"]}
        demand = {"title": "路灯不亮", "content": "三盏路灯不亮", "request_type": "help", "caller_number": number}
        order = await agent.post("/api/orders", {**demand, "centre_id": orgs["yunyan"]})
        path = f"/api/orders/{order['id']}"
        await dispatcher.post(f"{path}/dispatch", {"unit_id": orgs["yunyan-water"], "reason": "职责"})
        await unit.post(f"{path}/accept", {})
    return str(order["id"])


async def settled(desk: Desk, outbound: str) -> Any:
    async def look() -> Any:
        view = await desk.get(f"/api/outbound/{outbound}")
        return view if view["outcome"] and view["told"] is not None else None

    return await until(look)


async def test_the_first_contact_is_one_press_and_its_call_the_proof(house: House) -> None:
    order = await accepted_order(house, CITIZEN)
    async with house.desk("cb01") as unit:
        absent = await unit.post("/api/outbound", {"order_id": order})
        assert (await settled(unit, absent["id"]))["outcome"] == "agent_absent"

        async with phone_of(house, "8201"):
            async with open_busy(house.exchange, port=house.state.ports["citizens"]):
                busy = await settled(unit, (await unit.post("/api/outbound", {"order_id": order}))["id"])
            assert (busy["outcome"], busy["told"]) == ("busy", "ok")
            citizens = open_citizen(house.exchange, port=house.state.ports["citizens"], speech=VOICE, hold=7 * SECOND)
            async with citizens as citizen:
                placed = await unit.post("/api/outbound", {"order_id": order, "purpose": "contact"})
                with pytest.raises(StepFailed, match="outbound-under-way|seat-busy"):
                    await unit.post("/api/outbound", {"order_id": order})
                await citizen.until("answered", SOON)
                await house.desk_shows(unit, presence="talking")
                done = await settled(unit, placed["id"])

        assert (done["outcome"], done["told"], done["call_id"]) == ("reached", "ok", placed["call_id"])
        view = await unit.get(f"/api/orders/{order}")
    tried, reached = sorted(view["contacts"], key=lambda contact: contact["at"])
    assert (tried["outcome"], tried["call_id"]) == ("unreachable", busy["call_id"])
    assert (reached["outcome"], reached["call_id"], view["stage"]) == ("reached", placed["call_id"], "handling")
    assert next(timer for timer in view["timers"] if timer["name"] == "contact")["stopped_at"]
    recording = await house.recording_of(placed["call_id"])
    assert recording["status"] == "sealed"
    row = await house.sql.fetchrow("select direction, purpose, extension from call where id = $1", placed["call_id"])
    assert row is not None
    assert tuple(row) == ("outbound", "contact", "8201")


async def test_a_missed_caller_is_rung_back(house: House) -> None:
    caller = "13900007002"
    async with open_caller(house.exchange, dial="12345", caller=caller, speech=VOICE, hold=120 * SECOND) as waiting:
        await house.call_of(caller, stage="queued")
        await waiting.hang_up()

    async def missed() -> Any:
        return await house.sql.fetchrow("select id, state from missed_call where number_key = $1", house.key_of(caller))

    row = await until(missed)
    async with house.desk("hw01") as agent, phone_of(house, "8001"):
        citizens = open_citizen(house.exchange, port=house.state.ports["citizens"], speech=VOICE, hold=6 * SECOND)
        async with citizens as citizen:
            placed = await agent.post("/api/outbound", {"missed_call_id": str(row["id"])})
            await citizen.until("answered", SOON)
            assert (await settled(agent, placed["id"]))["outcome"] == "reached"

    async def closed() -> bool:
        return bool((await missed())["state"] == "called_back")

    await until(closed)


async def test_what_nobody_may_dial_is_refused_and_listed(house: House) -> None:
    async with house.desk("bz01") as supervisor, house.desk("hw01") as agent:
        for number, reason in (("16812345", "premium"), ("+85221234567", "international"), ("12300", "short-code")):
            with pytest.raises(StepFailed, match="dial-refused"):
                await supervisor.post("/api/outbound", {"number": number})
            (refused, *_) = (await supervisor.get("/api/dial-refusals"))["items"]
            assert (refused["source"], refused["reason"], refused["purpose"]) == ("gate", reason, "manual")
        with pytest.raises(StepFailed, match="forbidden"):
            await agent.post("/api/outbound", {"number": "13900007003"})

        async def listed() -> Any:
            found = (await supervisor.get("/api/dial-refusals"))["items"]
            return next((one for one in found if one["source"] == "trunk"), None)

        relay = open_caller(house.exchange, dial="0085221234567", caller="13900007004", speech=VOICE, hold=SECOND)
        async with relay as stranger:
            toll = await until(listed)
            assert "answered" not in stranger.said
    assert (toll["reason"], toll["number"], toll["place"]) == ("toll", "", "carrier")


async def test_a_restrained_caller_hears_a_notice_and_stands_behind_the_others(house: House) -> None:
    restrained, ordinary = "13900007005", "13900007006"
    await house.sql.execute(
        "insert into harassment_entry (id, number, number_key, policy, reason, evidence, state, proposed_by,"
        " proposed_at, lasts, decided_by, decided_at, expires_at)"
        " select gen_random_uuid(), $1, $2, 'lower', '辱骂', array[gen_random_uuid()], 'approved', a.id, now(),"
        " '7 days', b.id, now(), now() + interval '7 days'"
        " from app_user a, app_user b where a.username = 'hw01' and b.username = 'bz01'",
        house.vault.seal(f"+86{restrained}"),
        house.key_of(restrained),
    )

    def ring(number: str) -> Any:
        return open_caller(house.exchange, dial="12345", caller=number, speech=VOICE, hold=60 * SECOND)

    async def order() -> list[str]:
        shown = await house.host.command("queue show main")
        return [line.split("PJSIP/")[1].split()[0] for line in shown.splitlines() if "PJSIP/carrier" in line]

    async with ring(restrained):
        first = await house.call_of(restrained, stage="queued")
        assert [(step["flow"], step["node"]) for step in first["menu_path"]] == [
            ("main", "greeting"),
            ("restrained", "notice"),
            ("restrained", "agent"),
        ]
        (channel,) = await order()
        async with ring(ordinary):
            await house.call_of(ordinary, stage="queued")
            ahead, behind = await order()
    assert behind == channel != ahead
