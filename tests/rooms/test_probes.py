"""Test calls once a day and at will, drills at the test target only, and what becomes of them."""

import asyncio
from datetime import time, timedelta
from pathlib import Path

import pytest

from callcenter.core.errors import Forbidden
from callcenter.core.ids import LegId
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown
from callcenter.pbx.facts import ChannelEnded, LinkUp
from callcenter.pbx.snapshot import Snapshot
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool
from callcenter.transfers.probe_events import ProbeFinished
from callcenter.transfers.registry_config import RegistryConfig
from callcenter.transfers.registry_errors import NoDrillTarget, NoSuchLink, NotForwarded, ProbeUnderWay
from tests.rooms.registry_house import LINES, RegistryHouse, marked
from tests.rooms.town_of_orders import add_people

QUIET = RegistryConfig(probes=False)


@pytest.fixture
async def house(pool: Pool, tmp_path: Path) -> RegistryHouse:
    return RegistryHouse(pool, tmp_path / "hotlines.yaml")


@pytest.fixture
async def supervisor(house: RegistryHouse) -> Actor:
    _, people = await add_people(house.pool)
    return people["supervisor"]


async def test_each_forwarded_number_is_rung_once_a_day(house: RegistryHouse) -> None:
    async with house.ringing():
        rows = await house.settled(2)
    assert house.telephony.placed == ["12369", "12329"]
    assert [(row["number"], row["kind"], row["status"]) for row in rows] == [
        ("12369", "daily", "ok"), ("12329", "daily", "ok"),
    ]  # fmt: skip
    assert [purpose for _, purpose, _ in house.ledger.begun] == ["test", "test"]
    assert house.ledger.begun[0][0] == LegId(f"hl-{rows[0]['id']}")
    assert rows[0]["call_id"] is not None
    async with house.ringing():  # the server was started anew, the same day
        await asyncio.sleep(0.2)
    assert len(house.telephony.placed) == 2
    house.clock.forward(days=1)
    async with house.ringing():
        await house.settled(4)
    assert len(house.telephony.placed) == 4


async def test_two_houses_ring_a_number_once(house: RegistryHouse) -> None:
    async with house.ringing(), house.ringing():
        await house.settled(2)
        await asyncio.sleep(0.2)
    assert sorted(house.telephony.placed) == ["12329", "12369"]


async def test_nothing_is_rung_before_its_time(house: RegistryHouse) -> None:
    house.config = RegistryConfig(probe_at=time(10, 1), probe_spread=timedelta(minutes=2))
    async with house.ringing() as asked:
        await asyncio.sleep(0.1)
        assert house.telephony.placed == []
        house.clock.forward(minutes=1)
        asked.put_nowait(None)
        await house.settled(1)
        await asyncio.sleep(0.1)
    assert house.telephony.placed == ["12369"]


async def test_a_number_of_the_future_is_not_rung(house: RegistryHouse) -> None:
    house.write([LINES[0], LINES[1] | {"since": "2026-04-01", "until": "2026-07-01"}, LINES[2]])
    house.book.current, _ = house.read()
    async with house.ringing():
        await house.settled(1)
        await asyncio.sleep(0.1)
    assert house.telephony.placed == ["12329"]


async def test_while_asterisk_is_away_nothing_is_claimed(house: RegistryHouse) -> None:
    house.telephony.connected = False
    async with house.ringing():
        await asyncio.sleep(0.1)
        assert await house.pool.fetchval("select count(*) from hotline_probe") == 0
        house.telephony.connected = True
        snapshot = Snapshot(taken_at=house.clock.now())
        house.bus.publish(LinkUp(at=house.clock.now(), pbx="pbx1", lost_at=None, snapshot=snapshot))
        await house.settled(2)


async def test_a_failure_is_an_alarm_until_a_call_gets_through(house: RegistryHouse, supervisor: Actor) -> None:
    house.telephony.says["12369"] = "silence"
    with house.bus.subscribe(ProbeFinished) as told:
        async with house.ringing() as asked:
            rows = await house.settled(2)
            assert (rows[0]["status"], rows[0]["reason"]) == ("failed", "silent")
            board = await house.reading.board()
            assert board.alarms == ("12369",)
            house.telephony.says["12369"] = "voice"
            house.clock.forward(minutes=1)
            await house.probes.test(supervisor, "12369")
            asked.put_nowait(None)
            await house.settled(3)
            assert (await house.reading.board()).alarms == ()
        assert told.waiting == 3


async def test_a_fail_safe_call_is_cut(house: RegistryHouse, supervisor: Actor) -> None:
    house.config = QUIET
    house.telephony.says["12329"] = None
    asked_for = await house.probes.test(supervisor, "12329")
    async with house.ringing():
        await house.telephony.until_placed(1)
        probe = asked_for.id
        house.bus.publish(marked(probe, "HotlineSafe", {"Reason": "server-silent"}, leg=f"hl-{probe}-2"))  # type: ignore[arg-type]
        rows = await house.settled(1)
    assert (rows[0]["status"], rows[0]["reason"]) == ("failed", "fail_safe")
    assert house.telephony.cut == [probe]


async def test_a_call_without_an_end_is_late(house: RegistryHouse, supervisor: Actor) -> None:
    house.config = RegistryConfig(probes=False, probe_deadline=timedelta(milliseconds=50))
    house.telephony.says["12329"] = None
    await house.probes.test(supervisor, "12329")
    async with house.ringing():
        rows = await house.settled(1)
    assert (rows[0]["status"], rows[0]["reason"]) == ("failed", "late")
    assert len(house.telephony.cut) == 1


@pytest.mark.parametrize("error", [LinkDown("pbx1"), ActionRefused("Originate", "no"), OutcomeUnknown("Originate")])
async def test_a_call_that_asterisk_did_not_begin(house: RegistryHouse, supervisor: Actor, error: Exception) -> None:
    house.config = RegistryConfig(probes=False, probe_deadline=timedelta(milliseconds=50))
    house.telephony.refusal = error
    await house.probes.test(supervisor, "12329")
    async with house.ringing():
        rows = await house.settled(1)
    assert rows[0]["status"] == "failed"
    assert rows[0]["reason"] == ("late" if isinstance(error, OutcomeUnknown) else "not_placed")


async def test_what_a_restart_left_in_the_air_is_unknown_and_not_rung_again(house: RegistryHouse) -> None:
    house.telephony.says["12369"] = None
    async with house.ringing():
        await house.telephony.until_placed(1)
    assert await house.pool.fetchval("select status from hotline_probe") == "running"
    async with house.ringing():
        rows = await house.settled(2)
    found = {row["number"]: (row["status"], row["reason"]) for row in rows}
    assert found == {"12369": ("unknown", "restarted"), "12329": ("ok", "")}
    assert house.telephony.placed == ["12369", "12329"]


async def test_a_drill_rings_the_test_target_and_measures(house: RegistryHouse, supervisor: Actor) -> None:
    house.config = QUIET
    view = await house.probes.drill(supervisor, "110")
    assert (view.kind, view.status, view.by) == ("drill", "waiting", "supervisor")
    with pytest.raises(ProbeUnderWay):
        await house.probes.drill(supervisor, "110")
    async with house.ringing():
        await house.settled(1)
    assert house.telephony.placed == ["62349110"]
    page = await house.probes.page("110", limit=10, cursor=None)
    assert [(one.status, one.answer_seconds) for one in page.items] == [("ok", 3.0)]
    board = {item.line.number: item for item in (await house.reading.board()).items}
    assert board["110"].drill == page.items[0]
    assert board["110"].test is None
    audited = await house.pool.fetchval("select detail from audit_log where action = 'probe_asked'")
    assert audited == {"kind": "drill"}


@pytest.mark.parametrize(("said", "reason"), [("BUSY", "busy"), ("NOANSWER", "no_answer")])
async def test_a_drill_that_nobody_answers_fails_without_an_alarm_on_the_number(
    house: RegistryHouse, supervisor: Actor, said: str, reason: str
) -> None:
    house.config = QUIET
    house.telephony.says["62349110"] = None
    probe = (await house.probes.drill(supervisor, "110")).id
    async with house.ringing():
        await house.telephony.until_placed(1)
        house.bus.publish(marked(probe, "HotlineReach", {"Transfer": str(probe), "Status": said}))  # type: ignore[arg-type]
        house.bus.publish(_over(house, probe))
        rows = await house.settled(1)
    assert (rows[0]["status"], rows[0]["reason"]) == ("failed", reason)
    assert (await house.reading.board()).alarms == ()


def _over(house: RegistryHouse, probe: object) -> ChannelEnded:
    leg = LegId(f"hl-{probe}")
    return ChannelEnded(at=house.clock.now(), pbx="pbx1", leg=leg, linked=leg, channel="x", cause=17)


async def test_the_gate_has_the_last_word_on_a_drill(house: RegistryHouse, supervisor: Actor) -> None:
    house.config = QUIET
    house.gate.closed = ["62349110"]
    await house.probes.drill(supervisor, "110")
    async with house.ringing():
        rows = await house.settled(1)
    assert (rows[0]["status"], rows[0]["reason"]) == ("failed", "refused")
    assert house.telephony.placed == []


async def test_a_target_taken_out_of_the_file_meanwhile_is_not_rung(house: RegistryHouse, supervisor: Actor) -> None:
    house.config = QUIET
    house.gate.closed = [""]
    await house.probes.drill(supervisor, "110")
    await house.probes.test(supervisor, "12329")
    house.write([LINES[0], LINES[1], LINES[5] | {"link": {"transfer": "110", "group": "emergency"}}])
    house.book.current, _ = house.read()
    async with house.ringing():
        rows = await house.settled(2)
    assert [(row["number"], row["reason"]) for row in rows] == [("110", "refused"), ("12329", "not_placed")]
    assert house.telephony.placed == []


async def test_what_may_be_asked_for(house: RegistryHouse, supervisor: Actor) -> None:
    with pytest.raises(NotForwarded):
        await house.probes.test(supervisor, "110")
    with pytest.raises(NoDrillTarget):
        await house.probes.drill(supervisor, "119")
    with pytest.raises(NoSuchLink):
        await house.probes.drill(supervisor, "12345")
    agent = Actor(
        user_id=supervisor.user_id, username="x", name="x", roles=frozenset(), org_id=supervisor.org_id, org_path="/"
    )
    with pytest.raises(Forbidden):
        await house.probes.test(agent, "12345")
    assert (await house.probes.test(supervisor, "12345")).status == "waiting"
    assert (await house.probes.page(None, limit=1, cursor=None)).next is None
