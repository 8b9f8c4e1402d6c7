"""Several demands about one thing: proposed, merged, followed, taken out; repeats."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId, OrgId
from callcenter.matters.room import GROUP
from callcenter.matters.suggesting import Draft
from callcenter.matters.views import AloneNoMatter, AlreadyInMatter, HeldElsewhere, MasterLeads, NoSuchMatter
from callcenter.orders.terms import ContactOutcome, Stage
from callcenter.store.pool import Pool
from tests.rooms.channels_of_town import Intake, build_intake
from tests.simulators.eventually import comes_true

WORDS = {"title": "高层水压不足", "content": "桐影路88号六楼以上早晚无水，水压不足"}


@pytest.fixture
async def intake(pool: Pool) -> Intake:
    return await build_intake(pool)


async def ring(intake: Intake, caller: int, **fields: Any) -> OrderId:
    order = await intake.town.created(caller_number=f"+86138000000{caller:02}", **(WORDS | fields))
    return order.id


@pytest.mark.rule("SJ-01")
async def test_what_may_be_the_same_is_proposed_with_reasons_while_it_is_written(intake: Intake) -> None:
    town, suggesting = intake.town, intake.matters.suggesting
    first = await ring(intake, 1)
    hidden = await ring(intake, 2, confidential=True)
    await ring(intake, 3, title="夜间施工", content="工地凌晨打桩噪声扰民", address="柳岸街2号", category="噪声")
    draft = Draft(
        text="桐影路高层没有水，水压不足", address="云堰街道桐影路12号", category="公用事业", number="13800000001"
    )

    found = (await suggesting.for_draft(town.people["agent"], draft)).items
    assert [first] == [one.id for one in found]
    assert found[0].same_caller
    assert {"place", "category", "text", "time"} == {reason.code for reason in found[0].reasons}
    assert hidden not in {one.id for one in (await suggesting.for_order(town.people["dispatcher"], first)).items}
    assert (await suggesting.for_draft(town.people["far"], draft)).items == ()


@pytest.mark.rule("SJ-01", "GH-09")
async def test_members_follow_their_master_and_each_citizen_is_heard(intake: Intake) -> None:
    town, merging = intake.town, intake.matters.merging
    people, orders = town.people, town.orders
    master, late, never = [await ring(intake, caller) for caller in (1, 2, 3)]
    made = await merging.merge(people["dispatcher"], master, [late, never], plan="更换加压泵")
    again = await merging.merge(people["dispatcher"], master, [late, never])
    assert (3, 3, made.id) == (made.orders, made.callers, again.id)
    assert made.first_at <= made.last_at

    await orders.dispatch(people["dispatcher"], master, town.orgs["water"], "责任清单")
    await orders.accept(people["water"], master)
    await intake.matters.following.follow(made.id)
    assert {Stage.ACCEPTED.value} == {(await intake.row(order))["stage"] for order in (master, late, never)}

    await orders.contact(people["water"], master, ContactOutcome.REACHED, "已联系")
    await orders.contact(people["water"], late, ContactOutcome.REACHED, "已联系")
    await town.submit(master)
    await orders.review(people["reviewer"], master, approved=True, opinion="同意")
    await intake.matters.following.follow_all()
    told, waiting = await intake.row(late), await intake.row(never)
    assert (told["stage"], told["reply"]) == ("callback", "已修复加压泵")
    assert waiting["stage"] == "accepted"
    view = await merging.get(people["water"], made.id)
    assert {never: "contact-missing"} == {one.order_id: one.waits for one in view.members if one.waits}

    await merging.tell(people["water"], made.id, [never], ContactOutcome.REACHED, "逐一电话告知")
    assert (await intake.row(never))["stage"] == "callback"
    await orders.settle_callback(late, None, False, False, "answered")
    assert ((await intake.row(late))["stage"], (await intake.row(never))["stage"]) == ("warned", "callback")


@pytest.mark.rule("GH-09")
async def test_a_matter_goes_to_one_unit_only(intake: Intake) -> None:
    town, merging = intake.town, intake.matters.merging
    dispatcher = town.people["dispatcher"]
    one, two, three = [await ring(intake, caller) for caller in (1, 2, 3)]
    await town.orders.dispatch(dispatcher, one, town.orgs["water"], "清单")
    await town.orders.dispatch(dispatcher, two, town.orgs["roads"], "清单")
    with pytest.raises(HeldElsewhere):
        await merging.merge(dispatcher, one, [two])
    with pytest.raises(AloneNoMatter):
        await merging.merge(dispatcher, one, [one])
    matter = await merging.merge(dispatcher, one, [three])
    assert town.orgs["water"] == (await intake.row(three))["owner_org_id"]
    with pytest.raises(AlreadyInMatter):
        await merging.merge(dispatcher, await ring(intake, 4), [three])
    with pytest.raises(MasterLeads):
        await merging.take_out(dispatcher, matter.id, one, "错并")
    for stranger in (town.people["far"], town.people["roads"]):
        with pytest.raises(NoSuchMatter):
            await merging.get(stranger, matter.id)
    assert (await merging.get(town.people["water"], matter.id)).orders == 2


async def test_five_callers_make_a_group_and_four_do_not(intake: Intake) -> None:
    town, merging = intake.town, intake.matters.merging
    dispatcher = town.people["dispatcher"]
    orders = [await ring(intake, caller) for caller in (1, 2, 3, 4, 4)]
    matter = await merging.merge(dispatcher, orders[0], orders[1:])
    assert (matter.orders, matter.callers, matter.group) == (5, 4, False)
    assert GROUP not in (await intake.row(orders[0]))["tags"]

    fifth = await ring(intake, 5)
    matter = await merging.merge(dispatcher, orders[0], [fifth])
    assert (matter.callers, matter.group) == (5, True)
    assert GROUP in (await intake.row(orders[0]))["tags"]

    await merging.take_out(dispatcher, matter.id, fifth, "不是同一件事")
    assert GROUP not in (await intake.row(orders[0]))["tags"]


async def frozen(intake: Intake, orders: list[OrderId]) -> list[dict[str, Any]]:
    kept = []
    for order in orders:
        row = dict(await intake.row(order))
        for counter in ("version", "events"):
            row.pop(counter)
        kept.append(row)
    return kept


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(4)), st.lists(st.integers(0, 3), max_size=4), st.booleans())
async def test_unmerging_loses_nothing(intake: Intake, order: list[int], taken: list[int], dissolve: bool) -> None:
    """Whatever is merged and taken out in whatever order: in the end each order is as it was."""
    town, merging = intake.town, intake.matters.merging
    dispatcher = town.people["dispatcher"]
    orders = [await ring(intake, caller) for caller in (1, 2, 3, 4)]
    before = await frozen(intake, orders)
    matter = await merging.merge(dispatcher, orders[order[0]], [orders[one] for one in order[1:]])
    for one in taken:
        try:
            await merging.take_out(dispatcher, matter.id, orders[one], "核实后不是同一件事")
            if dissolve:
                await merging.merge(dispatcher, orders[order[0]], [orders[one]])
        except DomainError as refused:
            assert refused.code in {"master-leads", "no-such-matter"}  # noqa: PT017 - both are right, by the draw
    await merging.dissolve(dispatcher, matter.id, "解散")

    assert before == await frozen(intake, orders)
    for merged in orders:
        assert "unmerged" in await intake.events(merged)
    history = await town.pool.fetchval("select count(*) from matter_member where left_at is null")
    assert history == 0


@pytest.mark.rule("SJ-15")
async def test_who_rings_again_about_the_same_is_a_repeat_and_never_blocked(intake: Intake) -> None:
    town, repeats = intake.town, intake.matters.repeats
    first = await ring(intake, 1)
    town.clock.forward(days=3)
    again = await ring(intake, 1, content="桐影路88号水压不足还是没有解决")
    other_matter = await ring(intake, 1, title="夜间施工", content="凌晨打桩噪声", address="柳岸街2号", category="噪声")
    other_caller = await ring(intake, 2)
    assert first == await repeats.look_at(again)
    assert await repeats.look_at(other_matter) is None
    assert await repeats.look_at(other_caller) is None
    town.clock.forward(days=40)
    assert await repeats.look_at(await ring(intake, 1)) is None  # the window of the rule set is over

    await intake.matters.merging.urge(town.people["agent"], again, "再次催促", None)
    seen = await intake.matters.merging.of_order(town.people["dispatcher"], again)
    assert (1, (await intake.row(first))["number"]) == (seen.urges, seen.repeat_of)
    assert await town.pool.fetchval("select count(*) from outbox_notice where kind = 'order_urged'") == 1
    march = await repeats.figures(town.people["supervisor"], date(2026, 3, 1), date(2026, 4, 1))
    assert (march.orders, march.repeats, march.rate) == (4, 1, 1 / 4)
    steps = (await repeats.trend(town.people["supervisor"], date(2026, 3, 1), date(2026, 5, 1), 31)).items
    assert [(step.orders, step.repeats) for step in steps] == [(4, 1), (2, 1)]


@pytest.mark.rule("SJ-15")
async def test_what_was_missed_is_found_at_the_start_and_a_person_may_link(intake: Intake) -> None:
    town, repeats = intake.town, intake.matters.repeats
    first = await ring(intake, 1)
    town.clock.forward(hours=2)
    again = await ring(intake, 1)
    await repeats.catch_up()
    assert again == await town.pool.fetchval("select order_id from order_repeat where of_order_id = $1", first)
    late = await ring(intake, 7)
    await repeats.link(town.people["agent"], late, first)
    assert "repeat_noted" in await intake.events(late)


@pytest.mark.rule("XY-30")
async def test_two_populations_by_four_measures_per_unit_with_the_orders_behind(intake: Intake) -> None:
    town, repeats = intake.town, intake.matters.repeats
    unhappy = await town.in_callback(**WORDS)
    await town.orders.settle_callback(unhappy.id, None, True, False, "answered")
    town.clock.forward(hours=1)
    again = await town.dispatched(**WORDS)
    await repeats.look_at(again.id)
    await town.dispatched(
        caller_number="+8613800000099", title="路灯", content="路灯不亮", address="南门", category="照明"
    )
    march = (date(2026, 3, 1), date(2026, 4, 1))
    found = {one.population: one for one in (await repeats.report(town.people["supervisor"], *march)).items}

    assert {"repeat", "dissatisfied"} == set(found)
    assert (found["repeat"].orders, found["repeat"].unit, found["repeat"].contacted) == (2, "water", 0.5)
    assert tuple(
        getattr(found["dissatisfied"], name) for name in ("orders", "contacted", "on_time", "resolved", "satisfied")
    ) == (1, 1.0, 1.0, 1.0, 0.0)
    unit = OrgId(town.orgs["water"])
    behind = await repeats.behind(town.people["supervisor"], "repeat", unit, *march, cursor=None, limit=1)
    more = await repeats.behind(town.people["supervisor"], "repeat", unit, *march, cursor=behind.next, limit=5)
    assert [again.id, unhappy.id] == [one.id for one in (*behind.items, *more.items)]
    nobody = await repeats.behind(town.people["far"], "dissatisfied", None, *march, cursor=None, limit=5)
    assert nobody.items == ()


@pytest.mark.rule("SJ-01")
async def test_matters_are_listed_and_what_moves_is_followed_by_itself(intake: Intake) -> None:
    town, merging = intake.town, intake.matters.merging
    dispatcher = town.people["dispatcher"]
    pairs = [(await ring(intake, n), await ring(intake, n + 1)) for n in (1, 3, 5)]
    made = []
    for master, member in pairs:
        town.clock.forward(minutes=1)
        made.append((await merging.merge(dispatcher, master, [member])).id)
    page = await merging.page(dispatcher, None, 2)
    rest = await merging.page(dispatcher, page.next, 2)
    assert made[::-1] == [one.id for one in (*page.items, *rest.items)]

    async def followed() -> bool:
        return bool((await intake.row(pairs[0][1]))["stage"] == "dispatched")

    duties = [asyncio.create_task(duty()) for duty in intake.matters.duties()]
    try:
        await asyncio.sleep(0)
        await town.orders.dispatch(dispatcher, pairs[0][0], town.orgs["water"], "清单")
        await comes_true(followed, timedelta(seconds=30))
    finally:
        for duty in duties:
            duty.cancel()
        await asyncio.gather(*duties, return_exceptions=True)
    assert (await intake.row(pairs[0][1]))["stage"] == "dispatched"
