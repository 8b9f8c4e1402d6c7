"""The members of a matter whose master no unit handles, or that stands in the ledger; how merged orders count."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.core.ids import OrderId
from callcenter.orders import lifecycle as life
from callcenter.orders.terms import ContactOutcome, NotAcceptedReason
from callcenter.store.pool import Pool
from tests.rooms.channels_of_town import Intake, build_intake

WORDS: Final = {"title": "高层水压不足", "content": "桐影路88号六楼以上早晚无水，水压不足"}
MARCH: Final = (date(2026, 3, 1), date(2026, 4, 1))


@pytest.fixture
async def intake(pool: Pool) -> Intake:
    return await build_intake(pool)


async def ring(intake: Intake, caller: int) -> OrderId:
    return (await intake.town.created(caller_number=f"+86138000000{caller:02}", **WORDS)).id


async def answered(intake: Intake, master: OrderId) -> None:
    await intake.town.orders.answer(intake.town.people["dispatcher"], master, "停水通知：今晚八点恢复")


async def transferred(intake: Intake, master: OrderId) -> None:
    town = intake.town
    out = life.TransferOut(target="供水热线96900", told="已转供水热线办理")
    await town.orders.make(town.people["dispatcher"], master, out)
    await town.orders.make(town.people["reviewer"], master, life.Close(opinion="对方已接收"))


async def not_accepted(intake: Intake, master: OrderId) -> None:
    town = intake.town
    refusal = life.NotAccept(reason=NotAcceptedReason.LITIGATION, told="已进入诉讼，请循法律途径")
    await town.orders.make(town.people["dispatcher"], master, refusal)
    await town.orders.make(town.people["reviewer"], master, life.ConfirmNotAccepted(opinion="属实"))


async def fulfilled(intake: Intake, master: OrderId) -> None:
    """Through the unit and the ledger; the members' citizens were contacted on the way."""
    town = intake.town
    water, leader = town.people["water"], town.people["leader"]
    await town.orders.dispatch(town.people["dispatcher"], master, town.orgs["water"], "清单")
    await town.orders.accept(water, master)
    matter = (await intake.row(master))["matter_id"]
    await intake.matters.following.follow(matter)
    members = [row["id"] for row in await town.pool.fetch("select id from work_order where matter_id = $1", matter)]
    await intake.matters.merging.tell(water, matter, members, ContactOutcome.REACHED, "将列入管网改造")
    await town.orders.make(leader, master, life.Hang(due=date(2026, 9, 1), reason="待管网改造"))
    await intake.matters.following.follow(matter)
    hung = [await intake.row(one) for one in members]
    assert {("ledger", date(2026, 9, 1))} == {(row["stage"], row["ledger_due"]) for row in hung}
    town.clock.forward(days=30)
    await town.orders.make(leader, master, life.Fulfil(reply="管网改造完成，水压恢复"))


End = Callable[[Intake, OrderId], Awaitable[None]]
COLUMNS: Final = ("stage", "reply", "result_type", "close_reason")


@pytest.mark.rule("SJ-01", "GH-09")
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from((answered, transferred, not_accepted, fulfilled)), st.sets(st.integers(0, 1)))
async def test_members_end_as_their_master_and_nobody_untold(intake: Intake, end: End, reached: set[int]) -> None:
    town, merging, following = intake.town, intake.matters.merging, intake.matters.following
    master, *members = [await ring(intake, caller) for caller in (1, 2, 3)]
    matter = await merging.merge(town.people["dispatcher"], master, members)
    await end(intake, master)
    await following.follow_all()
    assert {None} == {(await intake.row(one))["closed_at"] for one in members}
    waiting = (await merging.get(town.people["dispatcher"], matter.id)).members
    assert {one.order_id: "contact-missing" for one in waiting if not one.master} == {
        one.order_id: one.waits for one in waiting if not one.master
    }

    town.clock.forward(hours=1)
    told = [members[one] for one in reached]
    who = town.people["water" if end is fulfilled else "dispatcher"]
    await merging.tell(who, matter.id, told, ContactOutcome.REACHED, "逐一告知结果")

    wanted = {name: (await intake.row(master))[name] for name in COLUMNS}
    for one in members:
        row = await intake.row(one)
        if one in told:
            assert wanted == {name: row[name] for name in COLUMNS}
        else:
            assert (row["closed_at"], row["reply"]) == (None, None)


@pytest.mark.rule("SJ-01")
async def test_what_the_master_takes_back_its_members_take_back_too(intake: Intake) -> None:
    town, merging, following = intake.town, intake.matters.merging, intake.matters.following
    dispatcher, reviewer = town.people["dispatcher"], town.people["reviewer"]
    master, member, alone = [await ring(intake, caller) for caller in (1, 2, 3)]
    matter = await merging.merge(dispatcher, master, [member, alone])
    await town.orders.make(dispatcher, alone, life.TransferOut(target="供水热线", told="该户另有总表"))
    await town.orders.make(dispatcher, master, life.NotAccept(reason=NotAcceptedReason.UNCLEAR, told="请补充地址"))
    town.clock.forward(hours=1)
    await merging.tell(dispatcher, matter.id, [member], ContactOutcome.REACHED, "告知")
    assert (await intake.row(member))["stage"] == "not_accepted"

    await town.orders.make(reviewer, master, life.RejectNotAccepted(opinion="地址可查，应当受理"))
    await following.follow(matter.id)
    stages = [(await intake.row(one))["stage"] for one in (master, member, alone)]
    assert stages == ["triage", "triage", "transferred"]  # what a person decided of one order stays


@pytest.mark.rule("SJ-01", "GH-09")
async def test_merged_orders_count_once_and_each_demand_still_counts(intake: Intake) -> None:
    town, merging, repeats = intake.town, intake.matters.merging, intake.matters.repeats
    supervisor = town.people["supervisor"]
    master, member, single = [await ring(intake, caller) for caller in (1, 2, 3)]
    await town.created(origin="proactive", **WORDS)
    matter = await merging.merge(town.people["dispatcher"], master, [member])

    found = await repeats.counted(supervisor, *MARCH)
    assert (found.demands, found.matters, found.merged, found.largest) == (3, 2, 1, 2)
    rows = await town.pool.fetch("select id, once, stands_for from counted_order where origin = 'demand'")
    assert {(row["id"], row["once"], row["stands_for"]) for row in rows} == {
        (master, True, 2),
        (member, False, 0),
        (single, True, 1),
    }

    await merging.take_out(town.people["dispatcher"], matter.id, member, "不是同一件事")
    found = await repeats.counted(supervisor, *MARCH)
    assert (found.demands, found.matters, found.merged) == (3, 3, 0)
    assert (await repeats.counted(town.people["far"], *MARCH)).demands == 0
