"""Whoever helps with an order on a real PostgreSQL: 1+N, companies, stations, whistles, joint handling."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from callcenter.dispatching.asking import Wanted
from callcenter.dispatching.events import HelperLate
from callcenter.dispatching.joint import Attendance
from callcenter.dispatching.terms import TaskKind
from callcenter.orders.terms import ContactOutcome
from callcenter.store.pool import Pool
from tests.rooms.dispatch_house import House, build_house, co, notices, refused


@pytest.fixture
async def house(pool: Pool) -> House:
    return await build_house(pool)


@pytest.mark.rule("XY-34", "SJ-12", "SJ-02", "SG-25")
async def test_an_outside_company_helps_and_never_sees_the_caller(house: House) -> None:
    order = await house.accepted(title="水压不足", content="请回电13800000001，欧阳某住六楼，急")
    await house.room.tasks.ask(house.people["water"], order, [co(house, "waterworks"), co(house, "roads")])
    guest = house.people["guest"]
    seen = (await house.room.tasks.mine(guest, only_open=True, cursor=None, limit=5)).items[0]
    assert (seen.title, seen.address, seen.actions) == (
        "水压不足",
        "云堰街道桐影路88号",
        ("accept", "attend", "finish"),
    )
    assert "13800000001" not in seen.model_dump_json()
    assert "caller" not in seen.model_dump_json()
    assert await refused(house.town.orders.get(guest, order)) == "no-such-order"
    assert await refused(house.room.reading.of_order(guest, order)) == "no-such-order"
    other = (await house.room.tasks.mine(house.people["roads"], only_open=True, cursor=None, limit=5)).items[0]
    assert await refused(house.room.tasks.one(guest, other.task.id)) == "no-such-task"
    await house.room.tasks.accept(guest, seen.task.id)
    assert await refused(house.room.tasks.accept(guest, seen.task.id)) == "task-over"
    done = await house.room.tasks.finish(guest, seen.task.id, opinion="加压可行", result="已提高出厂水压")
    assert (done.task.result, done.actions, done.task.late_at) == ("已提高出厂水压", (), None)
    assert (await house.room.tasks.mine(guest, only_open=True, cursor=None, limit=5)).items == ()
    assert await refused(house.room.tasks.finish(guest, seen.task.id, opinion="", result="再")) == "task-over"
    await house.room.tasks.cancel(house.people["water"], order, other.task.id)
    assert await refused(house.room.tasks.cancel(house.people["water"], order, other.task.id)) == "task-over"
    secret = await house.accepted(request_type="report")
    await house.room.tasks.ask(house.people["water"], secret, [co(house, "waterworks", task="只查泵房")])
    hidden = (await house.room.tasks.mine(guest, only_open=True, cursor=None, limit=5)).items[0]
    assert (hidden.title, hidden.demand, hidden.address, hidden.task.task) == ("", "", "", "只查泵房")


@pytest.mark.rule("SG-25")
async def test_a_co_handlers_lateness_is_its_own(house: House) -> None:
    order = await house.accepted()
    wanted = [co(house, "roads", due=house.later(hours=4)), co(house, "farm", due=house.later(hours=48))]
    await house.room.tasks.ask(house.people["water"], order, wanted)
    house.town.clock.forward(hours=5)
    with house.town.bus.subscribe(HelperLate) as heard:
        assert await house.room.watch.mark() == 1
        event = await anext(aiter(heard))
    assert isinstance(event, HelperLate)
    assert (event.order, event.org) == (order, house.orgs["roads"])
    assert await house.room.watch.mark() == 0
    tasks = {task.helper: task for task in (await house.room.reading.of_order(house.people["water"], order)).tasks}
    assert tasks["roads"].late_at is not None
    assert tasks["farm"].late_at is None
    handle = next(t for t in (await house.town.orders.get(house.people["agent"], order)).timers if t.name == "handle")
    assert handle.breached_at is None
    assert len(await notices(house, "task_late")) == 2


@pytest.mark.rule("SG-25")
async def test_the_watch_wakes_when_the_house_moves(house: House) -> None:
    order = await house.accepted()
    with house.town.bus.subscribe(HelperLate) as heard:
        watch = asyncio.create_task(house.room.watch.run())
        await asyncio.sleep(0)
        await house.room.tasks.ask(house.people["water"], order, [co(house, "roads", due=house.later(hours=4))])
        house.town.clock.forward(hours=5)
        await house.accepted()
        async with asyncio.timeout(20):
            event = await anext(aiter(heard))
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
    assert isinstance(event, HelperLate)
    assert event.order == order


@pytest.mark.rule("GH-12", "A-17")
async def test_a_village_whistles_and_departments_report(house: House) -> None:
    order = await house.dispatched("village")
    wanted = [co(house, "water"), co(house, "roads")]
    blow: dict[str, Any] = {"matter": "井盖破损", "place": "村口", "urgency": "urgent", "wanted": wanted}
    assert await refused(house.room.joint.whistle(house.people["dispatcher"], order, **blow)) == "whistle-initiator"
    whistle = await house.room.joint.whistle(house.people["village.head"], order, **blow)
    mine = (await house.room.tasks.mine(house.people["water"], only_open=True, cursor=None, limit=5)).items[0]
    assert mine.task.accept_due_at is not None
    await house.room.tasks.accept(house.people["water"], mine.task.id)
    there = await house.room.tasks.attend(house.people["water"], mine.task.id, latitude=31.15, longitude=121.1)
    assert there.task.attended_at is not None
    await house.room.tasks.finish(house.people["water"], mine.task.id, opinion="更换井盖", result="已更换")
    house.town.clock.forward(hours=25)
    assert await house.room.watch.mark() == 1
    assert len(await notices(house, "whistle_absent")) == 1
    rated = [
        Attendance(org=house.orgs["water"], attended=True, rating=5),
        Attendance(org=house.orgs["roads"], attended=False, rating=1),
    ]
    assert await refused(house.room.joint.confirm(house.people["water"], whistle, rated)) == "whistle-initiator"
    await house.room.joint.confirm(house.people["village.head"], whistle, rated)
    view = await house.room.reading.of_order(house.people["village.head"], order)
    assert {(task.helper, task.rating, task.absent_at is not None) for task in view.tasks} == {
        ("water", 5, False),
        ("roads", 1, True),
    }
    assert view.whistles[0].confirmed_at is not None
    again = house.room.joint.confirm(house.people["village.head"], whistle, rated)
    assert await refused(again) == "whistle-confirmed"
    assert await refused(house.room.joint.confirm(house.people["water"], order, rated)) == "no-such-whistle"


@pytest.mark.rule("XY-35", "XY-34")
async def test_what_happens_on_the_street_goes_to_the_station_on_the_spot(house: House) -> None:
    station = house.people["station"]
    await house.room.directory.save_station(house.people["dispatcher"], house.orgs["station"], ["桐影路"], ["G1"])
    assert (await house.room.stations(house.people["dispatcher"])).items[0].roads == ("桐影路",)
    assert (
        await refused(house.room.directory.save_station(house.people["dispatcher"], house.orgs["water"], [], []))
        == "no-such-body"
    )
    order = (await house.town.created()).id
    await house.town.pool.execute("update work_order set location_type = 'street_surface' where id = $1", order)
    await house.send(order, "water")
    seen = (await house.room.tasks.mine(station, only_open=True, cursor=None, limit=5)).items[0]
    assert (seen.task.kind, seen.address) == ("station", "云堰街道桐影路88号")
    await house.room.tasks.accept(station, seen.task.id)
    there = await house.room.tasks.attend(station, seen.task.id, latitude=31.15, longitude=121.1)
    assert (there.task.attended_at, there.actions) == (house.town.clock.now(), ("finish",))
    await house.dispatched()
    assert len((await house.room.tasks.mine(station, only_open=True, cursor=None, limit=5)).items) == 1


@pytest.mark.rule("XY-16", "SJ-02")
async def test_a_difficult_order_is_handled_jointly_with_meetings(house: House) -> None:
    order = await house.accepted()
    await house.town.orders.contact(house.people["water"], order, ContactOutcome.REACHED, "已联系")
    await house.room.joint.apply_difficult(house.people["water"], order, "开发商与物业权责不清")
    assert await refused(house.room.joint.apply_difficult(house.people["water"], order, "再报")) == "difficulty-open"
    view = await house.room.reading.of_order(house.people["reviewer"], order)
    assert "decide_difficult" in view.actions
    called = [
        co(house, "field-team"),
        co(house, "station"),
        Wanted(kind=TaskKind.JOINT, body="某开发公司", task="到会说明"),
    ]
    await house.room.joint.decide_difficult(
        house.people["reviewer"], order, granted=True, opinion="联合处置", wanted=called
    )
    row = await house.row(order)
    assert (row["difficult"], row["stage"], row["owner_org_id"]) == (True, "collab", house.orgs["water"])
    timers = (await house.town.orders.get(house.people["agent"], order)).timers
    assert any(timer.name == "handle" and timer.stopped_at is None for timer in timers)
    view = await house.room.reading.of_order(house.people["reviewer"], order)
    assert {(task.helper, task.kind) for task in view.tasks} == {
        ("field-team", "joint"),
        ("station", "joint"),
        ("某开发公司", "joint"),
    }
    decide = house.room.joint.decide_difficult(house.people["reviewer"], order, granted=False, opinion="已审")
    assert await refused(decide) == "no-difficulty"
    for number in range(2):
        await house.room.joint.meet(
            house.people["reviewer"],
            order,
            held_at=house.town.clock.now(),
            place=f"第{number + 1}会议室",
            orgs=[house.orgs["water"], house.orgs["roads"]],
            bodies=["某开发公司"],
            minutes="各方说明情况",
            decisions="开发商出资，水务科实施",
            wanted=[co(house, "roads", task="提供管线图")],
        )
    view = await house.room.reading.of_order(house.people["reviewer"], order)
    assert [one.participants for one in view.meetings] == [("water", "roads", "某开发公司")] * 2
    outside = next(task for task in view.tasks if task.helper == "某开发公司")
    asker = house.people["reviewer"]
    done = await house.room.tasks.finish(asker, outside.id, opinion="同意出资", result="已到会")
    assert done.task.done_at is not None
