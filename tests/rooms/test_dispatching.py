"""Dispatch on a real PostgreSQL: the list and its approvals, suggestions, hops, helpers, whistles, claims, figures."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId
from callcenter.core.pages import BadCursor
from callcenter.dispatching.asking import Wanted
from callcenter.dispatching.dispatches import Chosen
from callcenter.dispatching.events import HelperLate
from callcenter.dispatching.joint import Attendance
from callcenter.dispatching.returns import Draft
from callcenter.dispatching.suggest import Ruling
from callcenter.dispatching.terms import BlockReason, ReturnReason, SignCause, TaskKind
from callcenter.orders.terms import ContactOutcome
from callcenter.store.pool import Pool
from tests.rooms.dispatch_house import House, build_house, draft
from tests.rooms.town_of_orders import demand


@pytest.fixture
async def house(pool: Pool) -> House:
    return await build_house(pool)


async def refused(attempt: Coroutine[Any, Any, Any]) -> str:
    with pytest.raises(DomainError) as caught:
        await attempt
    return caught.value.code


def co(house: House, org: str, **fields: Any) -> Wanted:
    given: dict[str, Any] = {"kind": TaskKind.CO, "org": house.orgs[org], "task": "查明管网走向"} | fields
    return Wanted(**given)


async def notices(house: House, kind: str) -> list[Any]:
    found: list[Any] = await house.town.pool.fetch("select * from outbox_notice where kind = $1", kind)
    return found


@pytest.mark.rule("SG-06")
async def test_a_version_counts_once_every_named_unit_has_agreed(house: House) -> None:
    duties, people = house.room.duties, house.people
    assert (await duties.propose(people["dispatcher"], [draft(co=["roads"])])).proposed == 1
    item = (await duties.page(people["water"], "", cursor=None, limit=5)).items[0]
    assert (item.state, item.needed, item.answers, item.lead, item.co) == ("waiting", 2, 0, "water", ("roads",))
    assert len(await notices(house, "duty_waiting")) == 2
    assert await duties.counting("/city/street/") == []
    assert await refused(duties.answer(people["farm.head"], item.id, agreed=True, note="")) == "duty-not-named"
    assert await refused(duties.answer(people["water"], item.id, agreed=True, note="")) == "duty-not-named"
    await duties.answer(people["water.head"], item.id, agreed=True, note="同意")
    assert await duties.counting("/city/street/") == []
    whole = await duties.answer(people["roads.head"], item.id, agreed=True, note="")
    assert (whole.item.state, [answer.org for answer in whole.answers]) == ("in_force", ["water", "roads"])
    assert [one.ref for one in await duties.counting("/city/street/")] == ["GS-01/1"]
    assert await refused(duties.answer(people["roads.head"], item.id, agreed=False, note="")) == "duty-decided"


@pytest.mark.rule("SG-06")
async def test_a_change_is_a_new_version_and_the_old_one_counts_until_then(house: House) -> None:
    duties, people = house.room.duties, house.people
    first = await house.listed()
    await duties.propose(people["dispatcher"], [draft(title="改名", lead="roads")])
    assert [one.title for one in await duties.counting("/city/street/")] == ["二次供水水压不足"]
    waiting = next(
        one
        for one in (await duties.page(people["dispatcher"], "", cursor=None, limit=9)).items
        if one.state == "waiting"
    )
    whole = await duties.answer(people["roads.head"], waiting.id, agreed=False, note="职责不符")
    assert (whole.item.state, whole.item.version, len(whole.versions)) == ("refused", 2, 2)
    await duties.propose(people["dispatcher"], [draft(title="三版", valid_from="2026-04-01")])
    third = await house.listed(title="四版", valid_from="2026-04-01")
    assert [one.version for one in await duties.counting("/city/street/")] == [1]
    house.town.clock.forward(days=40)
    assert [one.version for one in await duties.counting("/city/street/")] == [4]
    assert await duties.counting("/city/far/") == []
    await duties.retire(people["dispatcher"], third)
    assert [one.id for one in await duties.counting("/city/street/")] == [str(first)]
    assert await refused(duties.retire(people["far"], first)) == "forbidden"
    assert await refused(duties.one(people["far"], first)) == "no-such-duty"


@pytest.mark.rule("SG-06")
async def test_a_file_is_taken_whole_or_not_at_all(house: House) -> None:
    text = "code,title,keywords,lead,basis,valid_from\nA-1,积水,积水,water,条例,2026-01-01\n"
    assert (await house.room.duties.take(house.people["dispatcher"], text, "csv")).proposed == 1
    for wrong in ("nowhere", "far-unit"):
        other = text + f"A-2,坑洞,坑洞,{wrong},条例,2026-01-01\n"
        assert await refused(house.room.duties.take(house.people["dispatcher"], other, "csv")) == "duty-list-broken"
    assert await house.town.pool.fetchval("select count(*) from duty_item") == 1
    assert await refused(house.room.duties.take(house.people["water"], text, "csv")) == "forbidden"
    first = await house.room.duties.page(house.people["dispatcher"], "积水", cursor=None, limit=1)
    assert (len(first.items), first.next) == (1, None)
    with pytest.raises(BadCursor):
        await house.room.duties.page(house.people["dispatcher"], "", cursor="x", limit=1)


@pytest.mark.rule("XY-06", "SG-25", "B-09", "SJ-01")
async def test_each_hop_leaves_a_record_with_its_basis_and_the_dues_of_that_moment(house: House) -> None:
    item = await house.listed()
    order = (await house.town.orders.create(house.people["agent"], demand_for(house, "city"))).id
    await house.room.dispatches.dispatch(house.people["supervisor"], order, chosen(house, "street", "属地"))
    await house.town.pool.execute("update work_order set stage = 'pending_dispatch' where id = $1", order)
    await house.send(order, "water", item=item, outside="", reason="GS-01", co=(co(house, "roads"), co(house, "farm")))
    view = await house.room.reading.of_order(house.people["dispatcher"], order)
    assert [(one.kind, one.role, one.from_org, one.to_org) for one in view.dispatches] == [
        ("assigned", "lead", "city", "street"),
        ("ordinary", "lead", "street", "water"),
        ("ordinary", "co", "street", "farm"),
        ("ordinary", "co", "street", "roads"),
    ]
    lead = view.dispatches[1]
    assert (lead.by, lead.reason, lead.item, lead.outside_list) == (
        "dispatcher",
        "GS-01",
        "GS-01/1 二次供水水压不足",
        False,
    )
    assert {"accept", "contact", "handle"} <= set(lead.dues)
    assert (lead.suggested_org, lead.rank) == ("water", 1)
    assert [(task.helper, task.kind, task.task) for task in view.tasks] == [
        ("roads", "co", "查明管网走向"),
        ("farm", "co", "查明管网走向"),
    ]
    assert await refused(house.send(order, "roads")) == "move-refused"
    assert len(await notices(house, "order_dispatched")) == 1


def chosen(house: House, unit: str, reason: str) -> Any:
    return Chosen(unit=house.orgs[unit], reason=reason)


def demand_for(house: House, centre: str, **fields: object) -> Any:
    return demand(house.orgs[centre], **fields)


@pytest.mark.rule("SG-06", "SG-05", "SG-30", "B-06", "SG-25")
async def test_what_a_dispatch_must_carry(house: House) -> None:
    item = await house.listed()
    order = (await house.town.created()).id
    assert await refused(house.send(order, "water", outside="")) == "outside-reason-missing"
    assert await refused(house.send(order, "water", item=order)) == "duty-not-in-force"
    assert await refused(house.send(order, "water", co=(co(house, "water"),))) == "co-is-lead"
    assert await refused(house.send(order, "far-unit")) == "no-such-body"
    assert await refused(house.send(order, "waterworks")) == "no-such-body"
    late = co(house, "roads", due=house.town.clock.now())
    assert await refused(house.send(order, "water", co=(late,))) == "task-due-wrong"
    assert await refused(house.send(order, "village", item=item, outside="")) == "not-to-grassroots"
    await house.send(order, "village", item=item, outside="", grassroots="村内自管设施")
    view = await house.room.reading.of_order(house.people["dispatcher"], order)
    assert view.dispatches[0].grassroots_reason == "村内自管设施"
    thin = (await house.town.created(title="反映", content="反映", caller_name="")).id
    assert await refused(house.send(thin, "water")) == "intake-incomplete"


@pytest.mark.rule("A-27", "SG-01")
async def test_a_village_is_a_level_4_body_and_may_return_as_a_department_may(house: House) -> None:
    order = await house.dispatched("village")
    await house.town.orders.accept(house.people["village.head"], order)
    form = Draft(
        reason=ReturnReason.NOT_OUR_AREA, text="该路段不在本村范围之内", basis="村界图", suggested=house.orgs["water"]
    )
    await house.room.returns.draft(house.people["village.head"], order, form)
    await house.sign(order, "village.head", by="village.head")
    assert await house.stage(order) == "return_requested"


@pytest.mark.rule("SG-06", "SG-05")
async def test_outside_the_list_goes_to_the_improvement_list_and_coverage_tells(house: House) -> None:
    await house.listed()
    order = await house.dispatched(category="噪声")
    await house.dispatched()
    gaps = (await house.room.duties.gaps(house.people["dispatcher"], cursor=None, limit=5)).items
    gap = next(one for one in gaps if one.order_id == order)
    assert (gap.reason, gap.unit, gap.category) == ("清单尚无此项", "water", "噪声")
    coverage = await house.room.duties.coverage(house.people["dispatcher"])
    assert (coverage.categories, coverage.covered, coverage.share) == (2, 1, 0.5)
    await house.room.duties.settle_gap(house.people["dispatcher"], gap.id, "listed", "已提出新事项")
    assert len((await house.room.duties.gaps(house.people["dispatcher"], cursor=None, limit=5)).items) == 1
    again = house.room.duties.settle_gap(house.people["dispatcher"], gap.id, "listed", "")
    assert await refused(again) == "no-such-duty"


@pytest.mark.rule("SG-40", "SJ-27", "GH-05", "XY-34")
async def test_suggestions_say_why_and_the_choice_is_recorded(house: House) -> None:
    item = await house.listed(level="semi_urgent")
    await house.room.directory.save(
        house.people["dispatcher"],
        contact_id=None,
        org=house.orgs["water"],
        matter="供水",
        keywords=["水压"],
        contact="顾工",
        backup="陆工",
        phone="021-5970 0000",
        hours="工作日 9:00-17:00",
    )
    await house.room.directory.save_station(house.people["dispatcher"], house.orgs["station"], ["桐影路"], [])
    order = (await house.town.created()).id
    found = await house.room.suggestions(house.people["dispatcher"], order)
    best = found.items[0]
    assert (best.org, best.item_id, best.category, best.level) == ("water", item, "公用事业", "semi_urgent")
    assert [reason.kind for reason in best.reasons] == ["words", "category"]
    assert (found.stations[0].name, found.contacts[0].contact, found.contacts[0].backup) == ("station", "顾工", "陆工")
    assert found.intake >= found.least
    ruling = Ruling(org=house.orgs["roads"], title="二次供水管网归道路科", keywords=(), category="公用事业")
    house.rulings.known.append(ruling)
    ruled = (await house.room.suggestions(house.people["dispatcher"], order)).items[0]
    assert (ruled.org, ruled.reasons[0].kind, ruled.item_id) == ("roads", "ruling", None)
    await house.send(order, "water", item=item, outside="", level="semi_urgent", category="供水")
    view = await house.room.reading.of_order(house.people["dispatcher"], order)
    assert (view.dispatches[0].suggested_org, view.dispatches[0].rank) == ("roads", 2)
    row = await house.row(order)
    assert (row["level"], row["category"], row["item_id"]) == ("semi_urgent", "供水", item)
    assert await refused(house.room.suggestions(house.people["water"], order)) == "forbidden"
    contact = (await house.room.directory.page("供水", cursor=None, limit=5)).items[0]
    assert (contact.phone, contact.hours, contact.org) == ("021-5970 0000", "工作日 9:00-17:00", "water")


@pytest.mark.rule("SJ-29", "SG-40")
async def test_precedents_and_the_figures_of_dispatch(house: House) -> None:
    start = house.town.clock.now()
    first = await house.accepted()
    await house.town.orders.contact(house.people["water"], first, ContactOutcome.REACHED, "已联系")
    await house.town.pool.execute("update work_order set submitted_at = now() where id = $1", first)
    order = (await house.town.created()).id
    suggested = (await house.room.suggestions(house.people["dispatcher"], order)).items[0]
    assert (suggested.org, [reason.kind for reason in suggested.reasons]) == ("water", ["place"])
    house.town.clock.forward(minutes=30)
    await house.send(order, "water")
    returned = (await house.town.created()).id
    house.town.clock.forward(minutes=10)
    await house.send(returned, "roads")
    await house.town.orders.accept(house.people["roads"], returned)
    await house.returned(returned, "roads", "water")
    figures = await house.room.figures.of(house.people["reviewer"], start, house.later(days=1))
    assert (figures.orders, figures.first_right) == (3, 2)
    assert figures.accuracy == pytest.approx(2 / 3)
    assert figures.median_minutes == pytest.approx(10.0)
    assert figures.p90_minutes == pytest.approx(26.0)
    assert (figures.suggested, figures.suggestion_accepted) == (2, 0.5)
    assert figures.outside_list == pytest.approx(1.0)
    empty = await house.room.figures.of(house.people["far"], start, house.later(days=1))
    assert (empty.orders, empty.accuracy, empty.median_minutes, empty.p90_minutes) == (0, None, None, None)


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


@pytest.mark.rule("XY-55")
async def test_a_unit_volunteers_and_the_signature_is_needless(house: House) -> None:
    order = (await house.town.created()).id
    await house.room.signing.need(house.people["dispatcher"], order, SignCause.NO_MAIN_UNIT, "权责不清")
    offered = (await house.room.claims.open(house.people["farm"], cursor=None, limit=5)).items
    assert [(one.id, one.title) for one in offered] == [(order, "高层水压不足")]
    assert (await house.room.claims.open(far_unit(house), cursor=None, limit=5)).items == ()
    assert await refused(house.room.claims.offer(far_unit(house), order, "我来")) == "no-such-order"
    await house.room.claims.offer(house.people["farm"], order, "我科可以先行处置")
    assert await refused(house.room.claims.offer(house.people["farm"], order, "再报")) == "already-claimed"
    await house.room.claims.offer(house.people["roads"], order, "我科也可以")
    view = await house.room.reading.of_order(house.people["dispatcher"], order)
    assert "decide_claim" in view.actions
    farm, roads = view.claims
    decide = house.room.claims.decide
    await decide(house.people["dispatcher"], order, roads.id, accepted=False, note="已有单位认领")
    await decide(house.people["dispatcher"], order, farm.id, accepted=True, note="")
    row = await house.row(order)
    assert (row["stage"], row["owner_org_id"], row["dispatch_kind"]) == ("dispatched", house.orgs["farm"], "claimed")
    returning = await house.room.reading.returning(house.people["deputy"], order)
    assert (returning.signs[0].state, returning.dispute) == ("ended", None)
    assert await refused(decide(house.people["dispatcher"], order, farm.id, accepted=True, note="")) == "no-such-claim"
    assert await refused(house.room.claims.offer(house.people["farm"], order, "又来")) == "not-claimable"
    figures = await house.room.figures.of(house.people["deputy"], house.later(days=-1), house.later(days=1))
    assert figures.volunteered == 1


def far_unit(house: House) -> Any:
    return replace(house.people["farm"], org_id=house.orgs["far-unit"], org_path="/city/far/far-unit/")


@pytest.mark.rule("SJ-03", "SJ-09")
async def test_block_reasons_territory_and_a_letter_to_the_owner(house: House) -> None:
    order = await house.dispatched()
    reviewer = house.people["reviewer"]
    await house.room.dispatches.block(reviewer, order, BlockReason.OWNERSHIP_DISPUTED, "产权未移交")
    assert (await house.row(order))["block_reason"] == "ownership_disputed"
    await house.room.dispatches.block(reviewer, order, None, "已移交")
    assert (await house.row(order))["block_reason"] is None
    nobody: dict[str, Any] = {"territory": house.orgs["village"], "duty": None, "duty_body": ""}
    assert (
        await refused(house.room.dispatches.territory(reviewer, order, letter="请贵单位处理", **nobody))
        == "no-such-body"
    )
    await house.room.dispatches.territory(
        reviewer, order, territory=house.orgs["village"], duty=None, duty_body="铁路部门", letter="隧道积水请处置"
    )
    view = await house.room.reading.of_order(reviewer, order)
    assert (view.territory_org, view.duty_body) == ("village", "铁路部门")
    assert [(task.kind, task.helper, task.task) for task in view.tasks] == [("letter", "铁路部门", "隧道积水请处置")]
    answered = await house.room.tasks.finish(reviewer, view.tasks[0].id, opinion="来函同意", result="铁路部门已排水")
    assert answered.task.done_at is not None
    assert await refused(house.room.tasks.one(house.people["guest"], view.tasks[0].id)) == "no-such-task"


async def test_what_a_reader_may_do_follows_stage_and_side(house: House) -> None:
    order = (await house.town.created()).id

    async def may(who: str, at: OrderId = order) -> set[str]:
        return set((await house.room.reading.of_order(house.people[who], at)).actions)

    assert {"dispatch", "need_sign", "block"} <= await may("dispatcher")
    assert await may("agent") == set()
    await house.send(order, "water")
    assert "dispatch" not in await may("dispatcher")
    assert await may("water") == {"ask_task", "meeting"}
    await house.town.orders.accept(house.people["water"], order)
    assert await may("water") == {"ask_task", "meeting", "apply_difficult"}
    village = await house.dispatched("village")
    assert "whistle" in await may("village.head", village)
