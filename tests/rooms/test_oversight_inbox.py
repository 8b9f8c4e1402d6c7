"""What happens to orders becomes tasks of quality control, by itself and once; the duty outlives what goes wrong."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from callcenter.app.oversight import SignsOfReplies
from callcenter.core.ids import OrderId, OrgId, new_id
from callcenter.knowledge.service import Knowledge
from callcenter.orders import lifecycle as life
from callcenter.orders.terms import ResultType, Solvability
from callcenter.oversight.quality import NewReview
from callcenter.oversight.service import Oversight
from callcenter.oversight.terms import Flag
from callcenter.oversight.views import TaskView
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool
from tests.rooms.town_of_oversight import Overseen, build_overseen
from tests.simulators.eventually import comes_true


class OneDuty:
    """The list names one org for every category."""

    def __init__(self, org: OrgId) -> None:
        self._org = org

    async def items_of(self, category: str, centre_path: str) -> list[dict[str, Any]]:
        return [{"id": "1", "title": f"{category}（{centre_path}）", "org_id": self._org}]

    async def coverage(self, actor: Actor) -> tuple[int, int]:
        return 4, 3


@pytest.fixture
async def town(pool: Pool) -> Overseen:
    return await build_overseen(pool)


async def tasks(town: Overseen, order: UUID, qc_class: str | None = None) -> list[TaskView]:
    await town.oversight.duty.conclude()
    await town.oversight.duty.conclude()
    page = await town.oversight.quality.tasks(town.people["inspector"], order=OrderId(order), qc_class=qc_class)
    return list(page.items)


async def asked_back(town: Overseen, order: OrderId, who: str) -> None:
    await town.orders.accept(town.people[who], order)
    await town.orders.move(town.people[who], order, life.RequestReturn(reason="非我单位职责范围内事项"))


@pytest.mark.rule("SJ-24", "A-26")
async def test_a_second_request_to_return_is_a_dispute_with_a_ruling_due(town: Overseen) -> None:
    order = await town.town.dispatched()
    await asked_back(town, order.id, "water")
    assert await tasks(town, order.id, "Q1") == []
    dispatcher = town.people["dispatcher"]
    await town.orders.move(dispatcher, order.id, life.GrantReturn(opinion="同意退单"))
    roads = life.Redispatch(unit=town.orgs["roads"], reason="道路职责")
    await town.orders.move(dispatcher, order.id, roads, extra={"owner_org_path": "/city/street/roads/"})
    await asked_back(town, order.id, "roads")
    (task,) = await tasks(town, order.id, "Q1")
    assert (task.hook, task.origin, task.due_at) == ("during", "rule", datetime(2026, 3, 5, 16, tzinfo=UTC))


@pytest.mark.rule("SJ-24", "A-06b")
async def test_signed_dispatch_without_a_main_unit_is_a_dispute(town: Overseen) -> None:
    order = await town.town.created()
    await town.orders.move(town.people["dispatcher"], order.id, life.NeedSign(reason="无明确主责"))
    (task,) = await tasks(town, order.id, "Q1")
    assert (task.hook, task.origin) == ("during", "rule")


@pytest.mark.rule("GH-12")
async def test_whoever_did_not_come_when_whistled_for_is_proposed_for_supervision(town: Overseen) -> None:
    order = await town.town.handling()
    for absent in ([], [town.orgs["roads"]]):
        said = {"whistle": str(new_id()), "absent": [str(org) for org in absent]}
        await town.orders.record(town.people["water"], order.id, "whistle_confirmed", said)
    await town.oversight.duty.conclude()
    proposed = await town.pool.fetch("select trigger, mode, state from order_supervision where order_id = $1", order.id)
    assert [tuple(row) for row in proposed] == [("no_show", "phone", "proposed")]


@pytest.mark.rule("SJ-25", "A-26")
async def test_a_far_fetched_return_is_shown_with_what_speaks_against_it(town: Overseen) -> None:
    earlier = await town.town.submitted()
    order = await town.town.dispatched()
    oversight = Oversight(replace(town.oversight.room, duties=OneDuty(town.orgs["water"])))
    with_list = Overseen(town.town, oversight, town.slots)
    await asked_back(town, order.id, "water")
    (task,) = await tasks(with_list, order.id, "Q2")
    assert [(kind, text) for kind, _, text in task.hints] == [
        ("item", "公用事业（/city/street/）"),
        ("precedent", earlier.number),
    ]
    review = NewReview(
        focus="退单", indicator="退单理由", finding="清单已列明", severity="minor", verdict="far_fetched"
    )
    await oversight.quality.review(town.people["inspector"], task.id, review)
    (counted,) = (await oversight.violations.list(town.people["leader"], flag=Flag.BAD_RETURN)).items
    assert (counted.org, counted.state, counted.order_number) == ("water", "confirmed", order.number)
    assert await town.told("return_far_fetched") == 1
    figures = await oversight.reckoning.figures(town.people["leader"])
    assert (figures.categories, figures.with_duty_org) == (4, 3)


@pytest.mark.rule("SJ-26", "A-26")
async def test_what_is_told_otherwise_after_the_first_submission_is_compared(town: Overseen) -> None:
    order = await town.town.submitted()
    await town.orders.review(town.people["reviewer"], order.id, approved=False, opinion="补充材料")
    assert await tasks(town, order.id, "Q3") == []
    await town.orders.submit(
        town.people["water"],
        order.id,
        reply="已修复加压泵",
        solvability=Solvability.SOLVABLE,
        result=ResultType.EXPLAINED,
    )
    (task,) = await tasks(town, order.id, "Q3")
    assert task.diff == {"result_type": ("resolved", "explained")}


@pytest.mark.rule("SJ-19")
async def test_the_window_before_the_superior_date_is_used_for_quality(town: Overseen) -> None:
    order = await town.town.submitted()
    outer = town.clock.now() + timedelta(days=21)
    await town.pool.execute(
        "insert into order_timer (order_id, name, round_no, owner_org_id, ruleset, ruleset_version, calendar,"
        " start_event, started_at, due_at, consequence) values ($1, 'class_c', 1, $2, 'songjiang-1510', 1, 'cn', 'x',"
        " $3, $4, 'superior_overdue')",
        order.id,
        town.orgs["street"],
        town.clock.now(),
        outer,
    )
    set_rules = "update work_order set ruleset = 'songjiang-1510', ruleset_version = 1 where id = $1"
    await town.pool.execute(set_rules, order.id)
    window = [task for task in await tasks(town, order.id) if task.origin == "window"]
    assert [(task.hook, task.due_at) for task in window] == [("after", outer)]
    assert {check.code for check in window[0].checks} == {"reply", "evidence", "contacted", "consistent"}


@pytest.mark.rule("SJ-22")
async def test_the_sample_is_drawn_before_and_after(town: Overseen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callcenter.oversight.inbox.sampled", lambda *_: True)
    order = await town.town.submitted()
    found = {(task.hook, task.origin) for task in await tasks(town, order.id)}
    assert found == {("before", "sample"), ("after", "sample")}


@pytest.mark.rule("GH-20", "XY-02")
async def test_a_hasty_close_is_proposed_and_a_human_decides(town: Overseen) -> None:
    order = await town.town.in_callback()
    await town.pool.execute("delete from order_contact where order_id = $1", order.id)
    await town.orders.settle_callback(order.id, None, True, True, "answered")
    await town.oversight.duty.conclude()
    found = (await town.oversight.violations.list(town.people["inspector"], order=order.id)).items
    assert [(one.flag, one.state) for one in found] == [("hasty_close", "proposed")]
    assert (await town.row(order.id))["violations"] == []


@pytest.mark.rule("SG-11")
async def test_signs_of_a_perfunctory_reply_propose_the_flag(town: Overseen) -> None:
    knowledge = Knowledge(town.pool, town.clock, town.oversight.room.audit)
    signs = SignsOfReplies(town.pool, knowledge)
    oversight = Oversight(replace(town.oversight.room, signs=signs))
    order = await town.town.handling()
    await town.orders.submit(
        town.people["water"], order.id, reply="已处理", solvability=Solvability.SOLVABLE, result=ResultType.RESOLVED
    )
    await oversight.duty.conclude()
    (found,) = (await oversight.violations.list(town.people["inspector"], order=order.id)).items
    assert (found.flag, found.state, bool(found.reason)) == ("perfunctory", "proposed", True)
    full = await signs.perfunctory(
        {
            **dict(await town.row(order.id)),
            "reply": "3月4日上午已到桐影路88号更换加压泵并复测水压，六楼以上早晚供水恢复正常，已联系诉求人告知",
        },
        2,
    )
    assert full == []


async def test_events_wait_for_a_duty_that_was_away_and_count_once(town: Overseen) -> None:
    order = await town.town.dispatched()
    town.clock.forward(days=10)
    await town.breach(order.id, "handle")
    again = None

    async def concluded() -> bool:
        cases, waiting = "select count(*) from sanction_case", "select count(*) from oversight_inbox"
        return bool(await town.pool.fetchval(cases)) and not await town.pool.fetchval(waiting)

    task = asyncio.create_task(town.oversight.duty.run(town.town.bus))
    try:
        await comes_true(concluded)
        again = await town.town.dispatched()
        await comes_true(concluded)
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert again is not None
    counted = await town.pool.fetchrow(
        "select (select count(*) from violation) v, (select count(*) from sanction_case) c"
    )
    assert counted is not None
    assert (counted["v"], counted["c"]) == (1, 1)


async def test_an_event_that_cannot_be_read_holds_nobody_up(town: Overseen) -> None:
    first, second = await town.town.dispatched(), await town.town.dispatched()
    town.clock.forward(days=10)
    await town.breach(first.id, "handle")
    await town.breach(second.id, "handle")
    await town.pool.execute("update work_order set ruleset = 'gone' where id = $1", first.id)
    await town.pool.execute(
        "insert into order_event (id, order_id, seq, at, move, stage_after) values ($1, $2, 99, now(), $3, 'x')",
        new_id(),
        second.id,
        "timer_breached",
    )  # of no clock: its body is empty
    await town.oversight.duty.conclude()
    assert await town.pool.fetchval("select count(*) from violation") == 1
    refused = await town.pool.fetch("select distinct refused from oversight_inbox order by refused")
    assert [row["refused"] for row in refused] == ["KeyError", "no-such-ruleset"]
