"""What oversight does each week, over a real database: lists, topics, meetings, instructions, figures."""

from datetime import date, timedelta

import pytest

from callcenter.core.ids import AttemptId, new_id
from callcenter.oversight.meetings import NewItem, NewMeeting
from callcenter.oversight.terms import CaseKind, Flag, MeetingKind
from callcenter.store.pool import Pool
from tests.rooms.town_of_oversight import TODAY, Overseen, build_overseen, cases_of, refused, supervised


@pytest.fixture
async def town(pool: Pool) -> Overseen:
    return await build_overseen(pool)


@pytest.mark.rule("SG-11", "SG-12", "SG-13", "SJ-07")
async def test_a_week_of_lists_with_reminding_interviews_and_removal(town: Overseen) -> None:
    order = await town.town.in_callback()
    late = await town.town.dispatched()
    await town.orders.settle_callback(order.id, AttemptId(new_id()), True, False, "answered")
    await town.oversight.violations.flag(town.people["reviewer"], late.id, Flag.PERFUNCTORY, "空泛")
    await town.breach(late.id, "handle")
    await town.oversight.duty.conclude()
    town.clock.forward(days=5, hours=-3)  # Monday, 7:00
    await town.oversight.duty.once()
    keys, dispatcher = town.oversight.key_list, town.people["dispatcher"]
    assert [one.list for one in (await keys.list(dispatcher)).items if one.week == date(2026, 3, 2)] == []
    town.clock.forward(hours=1)
    for _ in range(2):
        await town.oversight.duty.once()
    page = (await keys.list(dispatcher, week=date(2026, 3, 2))).items
    assert {(one.list, one.order_number) for one in page} == {
        ("dissatisfied", order.number),
        ("overdue", late.number),
        ("perfunctory", late.number),
    }
    entry = next(one for one in page if one.list == "dissatisfied")
    other = next(one for one in page if one.list == "perfunctory")
    await keys.decide(dispatcher, other.id, listed=False, due_on=None)
    await keys.decide(dispatcher, entry.id, listed=True, due_on=date(2026, 3, 20))
    assert (await town.row(order.id))["key_listed"] is True
    (case,) = await cases_of(town, CaseKind.REMINDING_INTERVIEW)
    assert (case.trigger, case.person, case.order_number) == ("key_list:dissatisfied", "water-head", order.number)
    assert await refused(keys.remove(dispatcher, entry.id, "已解决")) == "key-order-not-settled"
    await town.pool.execute("update work_order set round_no = 2, satisfied = true where id = $1", order.id)
    await keys.remove(dispatcher, entry.id, "再次处置后满意")
    assert (await town.row(order.id))["key_listed"] is False
    pack = await keys.pack(dispatcher, date(2026, 3, 9))
    assert ([line.order_number for line in pack.added], [line.removal for line in pack.removed]) == (
        [order.number],
        ["再次处置后满意"],
    )
    assert {(line.org, line.list, line.count) for line in pack.counts} == {
        ("water", "dissatisfied", 1),
        ("water", "overdue", 1),
    }
    (line,) = await keys.conversion(dispatcher, TODAY, date(2026, 3, 31))
    assert (line.org, line.problems, line.satisfied, line.rate) == ("water", 2, 0, 0.0)
    problems = await keys.problems(
        dispatcher, TODAY, date(2026, 3, 31), satisfied=False, org=None, cursor=None, limit=10
    )
    assert {one.number for one in problems.items} == {order.number, late.number}


@pytest.mark.rule("XY-38", "XY-40", "SJ-33")
async def test_topics_meeting_items_and_instructions(town: Overseen) -> None:
    orders = [await town.town.dispatched() for _ in range(3)]
    deputy, water = town.people["deputy"], town.people["water-head"]
    await town.pool.execute("update work_order set place = '桐影路88号'")
    town.clock.forward(days=7)
    await town.oversight.duty.once()
    (topic,) = await town.oversight.key_list.topics(deputy, None)
    assert (topic.kind, topic.category, set(topic.orders)) == (
        "concentrated",
        "公用事业",
        {order.id for order in orders},
    )
    assert sorted(topic.numbers) == sorted(order.number for order in orders)
    assert await town.told("joint_topics") == 1
    meetings = town.oversight.meetings
    new = NewMeeting(kind=MeetingKind.SPECIAL, title="供水专题协调会", held_at=town.clock.now(), orders=topic.orders)  # type: ignore[arg-type]
    assert await refused(meetings.call(town.people["supervisor"], new)) == "forbidden"
    meeting = await meetings.call(deputy, new)
    items = [
        NewItem(matter="更换加压泵", owner=town.orgs["water"], due_on=date(2026, 3, 13), body="自来水公司"),
        NewItem(matter="修复路面", owner=town.orgs["roads"], due_on=date(2026, 3, 13)),
    ]
    meeting = await meetings.decide(deputy, meeting.id, "两项协调事项", items)
    mine = next(item for item in meeting.items if item.owner_org == "water")
    assert await refused(meetings.finish(town.people["roads-head"], mine.id, "x")) == "oversight-not-found"
    await meetings.finish(water, mine.id, "已更换")
    assert await meetings.tell_due() == 0
    town.clock.forward(days=3)  # the day after due
    assert await meetings.tell_due() == 2
    assert await meetings.tell_due() == 0, "told once"
    lines = await meetings.bulletin(deputy, town.clock.now() - timedelta(days=1), town.clock.now() + timedelta(days=1))
    assert {(line.org, line.done_at is not None) for line in lines} == {("water", True), ("roads", False)}
    instructions = town.oversight.instructions
    await instructions.give(
        town.people["chief"],
        [town.orgs["water"], town.orgs["roads"]],
        text="紧盯短板，限期整改",
        requirement="报整改方案",
        due_on=date(2026, 3, 20),
        order=orders[0].id,
    )
    mine_only = (await instructions.list(water, order=orders[0].id, cursor=None, limit=5)).items
    assert [(one.target_org, one.leader) for one in mine_only] == [("water", "chief")]
    await instructions.feed_back(water, mine_only[0].id, "方案已报")
    assert (
        await refused(instructions.feed_back(town.people["roads-head"], mine_only[0].id, "x")) == "oversight-not-found"
    )
    circular = await town.oversight.papers.circular(deputy, date(2026, 3, 1), date(2026, 3, 31), "云堰街道")
    assert "方案已报" in repr(circular)


@pytest.mark.rule("SG-05", "JC-32")
async def test_figures_and_the_live_ledger(town: Overseen) -> None:
    order = await town.town.dispatched()
    leader = town.people["leader"]
    await supervised(town, order.id)
    figures = await town.oversight.reckoning.figures(leader)
    assert (figures.open_supervisions, figures.open_cases, figures.median_days) == (1, 0, None)
    page = await town.oversight.reckoning.ledger(leader, cursor=None, limit=1)
    assert page.items[0].number == order.number
    more = await town.oversight.reckoning.ledger(leader, cursor=page.next, limit=50)
    assert page.items[0].timer not in {line.timer for line in more.items}
    assert {line.colour for line in more.items} <= {"green", "yellow"}
    town.clock.forward(days=20)
    late = await town.oversight.reckoning.ledger(leader, cursor=None, limit=50)
    assert {line.colour for line in late.items} == {"red"}
    assert (await town.oversight.reckoning.ledger(town.people["far"], cursor=None, limit=50)).items == ()
