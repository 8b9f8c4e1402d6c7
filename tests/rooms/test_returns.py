"""Returns and signed dispatch on a real PostgreSQL: the head's signature, the window, two units, one signature."""

from datetime import datetime

import pytest

from callcenter.core.ids import OrderId
from callcenter.dispatching.events import DispatchDisputed
from callcenter.dispatching.signing import Proposal
from callcenter.dispatching.terms import SignCause
from callcenter.orders.terms import ContactOutcome
from callcenter.store.pool import Pool
from tests.rooms.dispatch_house import House, build_house, refused


@pytest.fixture
async def house(pool: Pool) -> House:
    return await build_house(pool)


def stand_at(house: House, at: str) -> None:
    house.town.clock.at = datetime.fromisoformat(at)


@pytest.mark.rule("XY-17", "XY-18", "XY-19", "XY-21", "A-05", "GH-10", "A-12")
async def test_drafted_signed_granted_and_sent_on_once(house: House) -> None:
    order = await house.accepted()
    before = {timer.name: timer.due_at for timer in (await house.town.orders.get(house.people["agent"], order)).timers}
    house.town.clock.forward(hours=5)
    await house.draft(order)
    seen = await house.room.reading.returning(house.people["water.head"], order)
    assert (seen.window_open, seen.returns[0].state) == (True, "draft")
    assert "sign" in seen.actions
    await house.sign(order)
    assert await house.stage(order) == "return_requested"
    running = (await house.town.orders.get(house.people["agent"], order)).timers
    assert any(timer.name == "contact" and timer.stopped_at is None for timer in running)
    assert (await house.room.reading.of_order(house.people["dispatcher"], order)).responsible_org == "water"
    assert (await house.row(order))["owner_org_id"] == house.orgs["water"]
    await house.room.returns.decide(house.people["reviewer"], order, granted=True, opinion="情况属实")
    assert await house.stage(order) == "redispatch"
    assert await refused(house.send(order, "water")) == "redispatch-same-unit"
    await house.send(order, "roads")
    row = await house.row(order)
    assert (row["stage"], row["redispatches"], row["returns"]) == ("dispatched", 1, 1)
    assert (row["first_org_id"], row["owner_org_id"]) == (house.orgs["water"], house.orgs["roads"])
    view = await house.room.reading.of_order(house.people["dispatcher"], order)
    assert (view.first_org, view.responsible_org) == ("water", "roads")
    after = {timer.name: timer for timer in (await house.town.orders.get(house.people["agent"], order)).timers}
    assert after["accept"].stopped_at is None
    assert after["accept"].due_at >= before["accept"]
    assert after["handle"].started_at == house.town.clock.now()


@pytest.mark.rule("XY-17", "XY-19", "XY-20")
async def test_the_window_counts_working_days_from_dispatch_and_is_tested_at_the_signature(house: House) -> None:
    """A5, V8: dispatched in the holiday on 1 October 2026, the window ends with 9 October."""
    stand_at(house, "2026-10-01T10:00+08:00")
    in_time, late = await house.accepted(), await house.accepted()
    stand_at(house, "2026-10-09T22:00+08:00")
    await house.draft(in_time)
    await house.draft(late)
    stand_at(house, "2026-10-09T23:00+08:00")
    await house.sign(in_time)
    assert await house.stage(in_time) == "return_requested"
    stand_at(house, "2026-10-10T00:01+08:00")
    assert await refused(house.sign(late)) == "RETURN_WINDOW_EXPIRED"
    row = await house.row(late)
    assert (row["stage"], row["locked"]) == ("accepted", True)
    assert await refused(house.draft(late)) == "RETURN_WINDOW_EXPIRED"
    seen = await house.room.reading.returning(house.people["water"], late)
    assert (seen.window_open, seen.actions) == (False, ("withdraw",))


@pytest.mark.rule("A-21")
async def test_special_orders_have_one_working_day(house: House) -> None:
    order = await house.accepted(kind="urgent")
    house.town.clock.forward(days=1)
    await house.draft(order)
    house.town.clock.forward(days=1)
    assert await refused(house.sign(order)) == "RETURN_WINDOW_EXPIRED"


@pytest.mark.rule("XY-21", "XY-22", "A-06", "SJ-24")
async def test_two_departments_return_and_no_third_gets_it_the_ordinary_way(house: House) -> None:
    order = await house.accepted()
    with house.town.bus.subscribe(DispatchDisputed) as heard:
        await house.returned(order)
        await house.send(order, "roads")
        await house.town.orders.accept(house.people["roads"], order)
        await house.returned(order, "roads", "water")
        event = await anext(aiter(heard))
    assert isinstance(event, DispatchDisputed)
    assert (event.cause, set(event.orgs)) == ("counter_return", {house.orgs["water"], house.orgs["roads"]})
    row = await house.row(order)
    assert (row["stage"], row["returns"], row["redispatches"]) == ("sign_pending", 2, 1)
    assert await refused(house.send(order, "farm")) == "move-refused"
    seen = await house.room.reading.returning(house.people["deputy"], order)
    assert (seen.signs[0].cause, seen.dispute, seen.actions) == ("returned", "counter_return", ("propose",))
    trail = (await house.room.reading.of_order(house.people["dispatcher"], order)).trail
    assert (trail.hops, trail.distinct, trail.ping_pong, trail.returned_to_origin) == (2, 2, True, True)


@pytest.mark.rule("A-06", "A-12", "GH-10")
async def test_a_rejected_return_does_not_count_and_locks(house: House) -> None:
    order = await house.accepted()
    await house.draft(order)
    await house.sign(order)
    await house.room.returns.decide(house.people["reviewer"], order, granted=False, opinion="属于你科职责")
    row = await house.row(order)
    assert (row["stage"], row["returns"], row["locked"]) == ("accepted", 0, True)
    assert await refused(house.draft(order)) == "return-locked"


@pytest.mark.rule("XY-18", "XY-19")
async def test_what_a_form_must_hold_and_that_the_read_one_is_signed(house: House) -> None:
    order = await house.accepted()
    assert await refused(house.draft(order, suggested="water")) == "return-suggests-self"
    await house.draft(order)
    read = (await house.room.reading.returning(house.people["water.head"], order)).returns[0]
    house.town.clock.forward(minutes=1)
    await house.draft(order, suggested="farm")
    stale = house.room.returns.sign(house.people["water.head"], order, read.id, read.drafted_at)
    assert await refused(stale) == "form-changed"
    await house.room.returns.withdraw(house.people["water"], order)
    assert await refused(house.sign(order)) == "no-return"
    assert (
        await refused(house.room.returns.decide(house.people["reviewer"], order, granted=True, opinion="同意"))
        == "no-return"
    )


@pytest.mark.rule("XY-17")
async def test_after_the_contact_it_is_too_late_to_return(house: House) -> None:
    order = await house.accepted()
    await house.town.orders.contact(house.people["water"], order, ContactOutcome.REACHED, "已联系")
    assert await refused(house.draft(order)) == "move-refused"


async def to_signature(house: House) -> OrderId:
    order = (await house.town.created()).id
    await house.room.signing.need(house.people["dispatcher"], order, SignCause.PASSING_BUCK, "三个科室互推")
    return order


@pytest.mark.rule("XY-22", "A-06b", "XY-23", "SG-07")
async def test_opinion_then_approval_then_locked(house: House) -> None:
    order = await to_signature(house)
    assert await house.stage(order) == "sign_pending"
    orgs, people = house.orgs, house.people
    due = house.later(days=3)
    first = Proposal(lead=orgs["water"], co=(orgs["roads"],), due=due)
    assert await refused(house.room.signing.propose(people["chief"], order, "由水务科主办", first)) == "forbidden"
    assert await refused(house.room.signing.approve(people["chief"], order, "", None)) == "no-sign-form"
    await house.room.signing.propose(people["deputy"], order, "由水务科主办", first)
    assert await refused(house.room.signing.approve(people["deputy"], order, "", None)) == "forbidden"
    await house.room.signing.refuse(people["chief"], order, "请再研究")
    await house.room.signing.propose(
        people["deputy"], order, "由道路科主办", Proposal(lead=orgs["roads"], co=(), due=due)
    )
    changed = Proposal(lead=orgs["roads"], co=(orgs["water"], orgs["farm"]), due=due)
    await house.room.signing.approve(people["chief"], order, "道路科牵头，两科配合", changed)
    row = await house.row(order)
    assert (row["stage"], row["locked"], row["dispatch_kind"]) == ("dispatched", True, "signed")
    assert row["owner_org_id"] == orgs["roads"]
    seen = await house.room.reading.returning(people["chief"], order)
    sign = seen.signs[0]
    assert (sign.state, sign.lead_org, sign.co_orgs, len(sign.digest)) == ("modified", "roads", ("farm", "water"), 64)
    assert [one.instruction for one in sign.refusals] == ["请再研究"]
    assert seen.dispute is None
    await house.town.orders.accept(people["roads"], order)
    assert await refused(house.draft(order, "roads", "water")) == "return-locked"
    tasks = (await house.room.reading.of_order(people["dispatcher"], order)).tasks
    assert {task.helper for task in tasks} == {"water", "farm"}
    document = await house.room.sign_form(people["chief"], order, sign.id, "云堰街道")
    assert "道路科牵头，两科配合" in str(document)


@pytest.mark.rule("XY-51")
async def test_form_1_holds_what_the_annex_asks_for(house: House) -> None:
    order = await house.accepted(title="水压不足请回电13800000001")
    await house.returned(order)
    await house.send(order, "roads")
    form = (await house.room.reading.returning(house.people["reviewer"], order)).returns[0]
    document = await house.room.return_form(house.people["reviewer"], order, form.id, "云堰街道城运中心")
    text = str(document)
    for word in (
        "退单申请表",
        "工单编号",
        "派单时间",
        REASON_START,
        "三定方案第三条",
        "建议派单方向",
        "roads",
        "water.head",
    ):
        assert word in text
    for word in ("城运中心意见", "情况属实", "同意退单", "新承办部门", "reviewer"):
        assert word in text
    assert "13800000001" not in text
    assert "欧阳" not in text


REASON_START = "不属于本单位职责：泵房由道路科"


@pytest.mark.rule("XY-46", "SG-07")
async def test_the_figures_of_returns_by_unit(house: House) -> None:
    stand_at(house, "2026-03-04T10:00+08:00")
    order, wrong, late = await house.accepted(), await house.accepted(), await house.accepted()
    start = house.town.clock.now()
    house.town.clock.forward(hours=24)
    await house.returned(order)
    await house.send(order, "roads")
    await house.returned(wrong)
    await house.send(wrong, "roads")
    await house.town.orders.accept(house.people["roads"], wrong)
    await house.returned(wrong, "roads", "water")
    due = house.later(days=2)
    proposal = Proposal(lead=house.orgs["water"], co=(), due=due)
    await house.room.signing.propose(house.people["deputy"], wrong, "仍由水务科承办", proposal)
    house.town.clock.forward(seconds=1)
    await house.room.signing.approve(house.people["chief"], wrong, "同意", None)
    house.town.clock.forward(days=5)
    assert await refused(house.draft(late)) == "RETURN_WINDOW_EXPIRED"
    figures = await house.room.figures.of(house.people["deputy"], start, house.later(days=1))
    lines = {line.org: line for line in figures.returns}
    water = lines["water"]
    assert (water.applied, water.granted, water.rejected, water.late, water.wrong) == (2, 2, 0, 1, 1)
    assert water.extra_days == pytest.approx(1.0)
    assert water.top_reason == "not_our_duty"
    assert (figures.orders, figures.first_right, figures.ping_pong) == (3, 1, 2)
    assert figures.average_hops == pytest.approx(2.0)
    assert figures.return_rate == pytest.approx(2 / 3)
    assert figures.improper_rate == pytest.approx(0.0)


@pytest.mark.rule("SG-07", "XY-46")
async def test_how_long_each_org_held_the_orders_of_the_period(house: House) -> None:
    start = house.town.clock.now()
    first, second = (await house.town.created()).id, (await house.town.created()).id
    house.town.clock.forward(hours=1)
    await house.send(first, "water")
    await house.send(second, "water")
    await house.town.orders.accept(house.people["water"], first)
    house.town.clock.forward(hours=3)
    await house.draft(first)
    await house.sign(first)
    await house.room.returns.decide(house.people["reviewer"], first, granted=False, opinion="属你科")
    house.town.clock.forward(hours=2)
    figures = await house.room.figures.of(house.people["deputy"], start, house.later(days=1))
    held = {one.org: (one.orders, one.mean_hours, one.most_hours) for one in figures.holders}
    assert held == {"water": (2, 5.0, 5.0), "street": (2, 1.0, 1.0)}
    assert (figures.return_rate, figures.improper_rate) == (0.5, 1.0)
    before = await house.room.figures.of(house.people["deputy"], start, house.later(hours=-5.5))
    assert (before.orders, before.holders, before.return_rate, before.improper_rate) == (0, (), None, None)
    trail = (await house.room.reading.of_order(house.people["deputy"], second)).trail
    assert {one.org: one.hours for one in trail.held} == {"water": 5.0, "street": 1.0}
