"""Dispatch on a real PostgreSQL: hops with their basis, suggestions, claims, block reasons, figures."""

from dataclasses import replace
from typing import Any

import pytest

from callcenter.core.ids import OrderId
from callcenter.dispatching.dispatches import Chosen
from callcenter.dispatching.returns import Draft
from callcenter.dispatching.suggest import Ruling
from callcenter.dispatching.terms import BlockReason, ReturnReason, SignCause
from callcenter.orders.terms import ContactOutcome
from callcenter.store.pool import Pool
from tests.rooms.dispatch_house import House, build_house, co, notices, refused
from tests.rooms.town_of_orders import demand


@pytest.fixture
async def house(pool: Pool) -> House:
    return await build_house(pool)


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
