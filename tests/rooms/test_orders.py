"""Work orders on a real PostgreSQL: the whole life, one winner of a race, one order a key, rows by organisation."""

import asyncio
import re
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
import yaml

from callcenter.core.errors import DomainError, Misconfigured
from callcenter.core.ids import AttemptId, CallId, OrderId, new_id
from callcenter.core.pages import BadCursor
from callcenter.orders.calendar import CalendarMissing
from callcenter.orders.config import OrdersConfig
from callcenter.orders.events import OrderMoved
from callcenter.orders.intake import IncompleteOrder, KeyReused, NotACentre
from callcenter.orders.lifecycle import Classify, callback_move
from callcenter.orders.moves import NoSuchUnit
from callcenter.orders.refusals import SameReviewer
from callcenter.orders.room import Conflict, NoSuchOrder
from callcenter.orders.ruleset_files import RULES, RuleSetEdited, enrol, read_rule_files
from callcenter.orders.service import open_orders
from callcenter.orders.store import NoSuchCall
from callcenter.orders.terms import ContactOutcome, Level
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import Town, build_town, demand, until_waiting
from tests.vaults import VAULT


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


async def refused(attempt: Coroutine[Any, Any, Any]) -> str:
    with pytest.raises(DomainError) as caught:
        await attempt
    return caught.value.code


@pytest.mark.rule("XY-06", "XY-07", "XY-50")
async def test_the_whole_life_with_its_events_and_clocks(town: Town) -> None:
    with town.bus.subscribe(OrderMoved) as heard:
        order = await town.in_callback()
        await town.orders.settle_callback(order.id, AttemptId(new_id()), True, True, "answered")
        moves = []
        async for event in heard:
            assert isinstance(event, OrderMoved)
            moves.append(event.move)
            if event.stage == "closed":
                break
    before = ["created", "dispatched", "accepted", "contacted", "submitted", "reviewed"]
    assert moves == [*before, "callback_begun", "heard_satisfied", "closed"]
    seen = await town.orders.get(town.people["agent"], order.id)
    assert moves == [event.move for event in seen.events]
    assert list(range(1, 10)) == [event.seq for event in seen.events]
    assert seen.events[0].stage_before == "new"
    assert all(a.stage_after == b.stage_before for a, b in zip(seen.events, seen.events[1:], strict=False))
    assert (seen.stage, seen.resolved, seen.satisfied, seen.ruleset) == ("closed", True, True, "xiayang-2022/3")
    assert {"accept", "contact", "handle", "callback"} <= {timer.name for timer in seen.timers}
    assert all(timer.stopped_at and not timer.breached_at for timer in seen.timers)
    assert {"2026-03-05", "2026-03-11", "2026-03-18"} == {str(timer.due_day) for timer in seen.timers}
    assert [contact.kind for contact in seen.contacts] == ["first_contact"]
    sent = seen.events[1]
    assert (sent.actor, sent.body["from"], sent.body["unit"]) == (
        "dispatcher",
        str(town.orgs["street"]),
        str(town.orgs["water"]),
    )
    assert (sent.body["reason"], sent.body["dispatch_kind"]) == ("责任清单第3项", "ordinary")
    assert re.fullmatch(r"20260304-\d{6}", seen.number)


async def test_the_number_bears_the_citys_date(town: Town) -> None:
    town.clock.forward(hours=14)  # 16:00 UTC, midnight in the city
    assert (await town.created()).number.startswith("20260305-")


async def test_a_double_click_makes_one_order(town: Town) -> None:
    new = demand(None, key="click-0001")
    made = await asyncio.gather(*(town.orders.create(town.people["agent"], new) for _ in range(6)))
    assert len({order.id for order in made}) == 1
    assert await town.pool.fetchval("select count(*) from order_event") == 1
    with pytest.raises(KeyReused):
        await town.orders.create(town.people["agent"], demand(None, key="click-0001", title="另一件事"))
    other = await town.orders.create(town.people["agent2"], new)
    assert other.id != made[0].id


async def test_two_people_move_at_once_and_one_wins(town: Town) -> None:
    order = await town.created()
    both = (
        town.orders.dispatch(town.people["dispatcher"], order.id, town.orgs[unit], "属地")
        for unit in ("water", "roads")
    )
    ended = await asyncio.gather(*both, return_exceptions=True)
    lost = [error for error in ended if isinstance(error, DomainError)]
    assert len(lost) == 1
    assert lost[0].code in {"order-changed", "move-refused"}
    seen = await town.orders.get(town.people["agent"], order.id)
    assert [event.move for event in seen.events] == ["created", "dispatched"]
    assert {timer.name for timer in seen.timers} == {"accept", "contact", "handle", "phase2"}


async def test_a_dispatch_chosen_for_an_older_row_is_a_conflict(town: Town) -> None:
    order = await town.created()
    async with town.pool.acquire() as holder, holder.transaction():
        # The row is held while the dispatcher has read it and wants to write; then it changes.
        await holder.execute("update work_order set version = version + 1 where id = $1", order.id)
        sent = asyncio.create_task(
            town.orders.dispatch(town.people["dispatcher"], order.id, town.orgs["water"], "属地")
        )
        await until_waiting(holder)
    with pytest.raises(Conflict):
        await sent
    assert (await town.orders.get(town.people["agent"], order.id)).stage == "pending_dispatch"


async def test_a_move_waits_for_whoever_moves_now_and_is_judged_by_what_is_there_then(town: Town) -> None:
    order = await town.submitted()
    async with town.pool.acquire() as holder, holder.transaction():
        await holder.execute(
            "update work_order set handled_by = $2 where id = $1", order.id, town.people["reviewer"].user_id
        )
        review = asyncio.create_task(town.orders.review(town.people["reviewer"], order.id, approved=True, opinion=""))
        await until_waiting(holder)
    with pytest.raises(SameReviewer):
        await review


async def test_a_callback_settles_the_row_that_changed_under_it(town: Town) -> None:
    order = await town.in_callback()
    async with town.pool.acquire() as holder, holder.transaction():
        await holder.execute("update work_order set version = version + 1 where id = $1", order.id)
        settling = asyncio.create_task(town.orders.settle_callback(order.id, None, True, True, "answered"))
        await until_waiting(holder)
    await settling
    assert (await town.orders.get(town.people["agent"], order.id)).stage == "closed"


@pytest.mark.rule("XY-03")
async def test_rows_are_seen_by_organisation(town: Town) -> None:
    order = await town.dispatched()
    for name in ("agent", "agent2", "leader", "dispatcher", "reviewer", "water"):
        assert order.id == (await town.orders.get(town.people[name], order.id)).id
    for name in ("roads", "far"):
        with pytest.raises(NoSuchOrder):
            await town.orders.get(town.people[name], order.id)
        with pytest.raises(NoSuchOrder):
            await town.orders.accept(town.people[name], order.id)
        assert (await town.orders.list(town.people[name], scope="all")).items == ()
    with pytest.raises(NoSuchOrder):
        await town.orders.get(town.people["agent"], OrderId(new_id()))


async def test_the_caller_is_shown_by_need_and_the_look_is_recorded(town: Town) -> None:
    order = await town.dispatched()
    agent = await town.orders.get(town.people["agent"], order.id)
    assert (agent.caller_name, agent.caller_number) == ("欧阳某", "+8613800000001")
    looks = "select count(*) from audit_log where action = 'caller_viewed' and subject_id = $1"
    before = await town.pool.fetchval(looks, str(order.id))
    unit = await town.orders.get(town.people["water"], order.id)
    assert (unit.caller_name, unit.caller_number) == ("欧**", "+8613800000001")
    assert await town.pool.fetchval(looks, str(order.id)) == before + 1
    leader = await town.orders.get(town.people["leader"], order.id)
    assert (leader.caller_name, leader.caller_number) == ("", "**********0001")


async def test_a_confidential_caller_is_hidden_from_the_unit(town: Town) -> None:
    order = await town.dispatched(confidential=True)
    unit = await town.orders.get(town.people["water"], order.id)
    assert (unit.caller_name, unit.caller_number, unit.call_id) == ("", "", None)


async def test_pages_go_on_where_they_ended_while_orders_arrive(town: Town) -> None:
    made = []
    for n in range(7):
        town.clock.forward(seconds=n % 2)  # some share an instant
        made.append((await town.created(title=f"第{n}件")).id)
    agent, seen, cursor = town.people["agent"], [], None
    while True:
        page = await town.orders.list(agent, cursor=cursor, limit=3)
        seen += [line.id for line in page.items]
        cursor = page.next
        if cursor is None:
            break
        await town.created(title="新来的")
    assert sorted(made, reverse=True) == seen
    assert not (await town.orders.list(agent, stage="closed")).items
    held = await town.orders.list(town.people["dispatcher"], scope="unit", stage="pending_dispatch")
    assert len(held.items) == 9
    for bad in ("x", "W10=", "WzEsMl0="):
        with pytest.raises(BadCursor):
            await town.orders.list(agent, cursor=bad)


async def test_an_order_passes_down_to_the_centre_that_dispatches(town: Town) -> None:
    order = await town.orders.create(town.people["agent"], demand(None))
    with pytest.raises(NoSuchOrder):
        await town.orders.get(town.people["dispatcher"], order.id)
    passed = await town.orders.dispatch(town.people["agent"], order.id, town.orgs["street"], "属地")
    assert passed.stage == "triage"
    assert passed.assigned_at == town.clock.now()
    classify = Classify(level=Level.NORMAL, reason="属本街道")
    ours = await town.orders.make(town.people["dispatcher"], order.id, classify)
    assert ours.stage == "pending_dispatch"
    done = await town.orders.dispatch(town.people["dispatcher"], order.id, town.orgs["water"], "职责")
    assert done.stage == "dispatched"
    owners = await town.pool.fetch("select name, owner_org_id from order_timer")
    whose = {row["name"]: row["owner_org_id"] for row in owners}
    assert whose.pop("phase2") == town.orgs["street"]
    assert set(whose.values()) == {town.orgs["water"]}


async def test_bad_dispatches(town: Town) -> None:
    order = await town.created()
    for unit in (town.orgs["far-unit"], new_id()):
        with pytest.raises(NoSuchUnit):
            await town.orders.dispatch(town.people["dispatcher"], order.id, unit, "r")  # type: ignore[arg-type]
    for centre in (town.orgs["water"], new_id()):
        with pytest.raises(NotACentre):
            await town.orders.create(town.people["agent"], demand(centre))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields", [{"title": " "}, {"content": ""}, {"caller_number": "", "address": ""}], ids=["title", "content", "reach"]
)
async def test_incomplete_orders(town: Town, fields: dict[str, str]) -> None:
    with pytest.raises(IncompleteOrder):
        await town.created(**fields)


async def test_a_call_that_is_not_there(town: Town) -> None:
    with pytest.raises(NoSuchCall):
        await town.created(call_id=CallId(new_id()))
    order = await town.dispatched()
    await town.orders.accept(town.people["water"], order.id)
    with pytest.raises(NoSuchCall):
        await town.orders.contact(town.people["water"], order.id, ContactOutcome.REACHED, "", CallId(new_id()))
    assert (await town.orders.get(town.people["agent"], order.id)).stage == "accepted"


async def test_three_fruitless_attempts_are_a_contact(town: Town) -> None:
    order = await town.dispatched()
    await town.orders.accept(town.people["water"], order.id)
    stages = [
        (await town.orders.contact(town.people["water"], order.id, ContactOutcome.UNREACHABLE, "无人接听")).stage
        for _ in range(3)
    ]
    assert stages == ["accepted", "accepted", "handling"]
    seen = await town.orders.get(town.people["agent"], order.id)
    assert len(seen.contacts) == 3
    assert next(timer for timer in seen.timers if timer.name == "contact").stopped_at


async def test_sent_back_runs_the_old_clock_on(town: Town) -> None:
    order = await town.submitted()
    before = await town.orders.get(town.people["agent"], order.id)
    back = await town.orders.review(town.people["reviewer"], order.id, approved=False, opinion="补充照片")
    assert back.stage == "handling"
    after = {t.name: t for t in (await town.orders.get(town.people["agent"], order.id)).timers}
    assert after["handle"].stopped_at is None
    assert {t.due_at for t in before.timers if t.name == "handle"} == {after["handle"].due_at}
    assert after["callback"].stopped_at
    town.clock.forward(days=1)
    await town.submit(order.id)
    again = {t.name: t for t in (await town.orders.get(town.people["agent"], order.id)).timers}
    assert again["handle"].stopped_at
    assert again["callback"].stopped_at is None
    assert str(again["callback"].due_day) == "2026-03-06"


@pytest.mark.rule("JC-19")
async def test_a_direct_answer_closes_at_once(town: Town) -> None:
    order = await town.created(request_type="inquiry")
    done = await town.orders.answer(town.people["agent"], order.id, "可在线上办理")
    assert (done.stage, done.close_reason) == ("closed", "direct_answer")
    seen = await town.orders.get(town.people["agent"], order.id)
    assert [event.move for event in seen.events] == ["created", "answered", "closed"]
    assert [contact.kind for contact in seen.contacts] == ["direct_answer"]
    assert seen.timers == ()
    assert await refused(town.orders.answer(town.people["agent"], order.id, "再答")) == "move-refused"


@pytest.mark.parametrize(("resolved", "satisfied"), [(False, True), (True, False), (False, None)])
@pytest.mark.rule("A-23")
async def test_a_dissatisfied_citizen_makes_a_warning(town: Town, resolved: bool, satisfied: bool | None) -> None:
    order = await town.in_callback()
    attempt = AttemptId(new_id())
    for _ in range(2):  # heard twice: settled once
        await town.orders.settle_callback(order.id, attempt, resolved, satisfied, "answered")
    seen = await town.orders.get(town.people["agent"], order.id)
    assert ("warned", True, resolved, satisfied) == (seen.stage, seen.flagged, seen.resolved, seen.satisfied)
    assert seen.events[-1].move == "warned"
    assert str(attempt) == seen.events[-1].body["attempt"]
    assert len(seen.events) == 8


@pytest.mark.rule("XY-02")
async def test_fruitless_callbacks_leave_the_order_to_a_human(town: Town) -> None:
    order = await town.in_callback()
    assert [(order.id, 1, "+8613800000001")] == await town.orders.awaiting()
    reviewer = town.people["reviewer"]
    assert await refused(town.orders.excuse(reviewer, order.id, "无人接听")) == "callback-not-exhausted"
    await town.orders.settle_callback(order.id, None, None, None, "no_answer")
    assert await town.orders.awaiting() == []
    seen = await town.orders.get(reviewer, order.id)
    assert (seen.stage, seen.callback_exhausted) == ("callback", True)
    assert seen.actions == ("callback-records", "close", "notes")
    closed = await town.orders.excuse(reviewer, order.id, "三次不同时段均无人接听，已发短信")
    assert (closed.stage, closed.close_reason) == ("closed", "三次不同时段均无人接听，已发短信")


async def test_a_callback_by_hand(town: Town) -> None:
    order = await town.in_callback()
    heard = callback_move(resolved=True, satisfied=True)
    assert await refused(town.orders.make(town.people["water"], order.id, heard)) == "move-needs-role"
    assert (await town.orders.make(town.people["reviewer"], order.id, heard)).stage == "closed"
    await town.orders.settle_callback(order.id, None, False, False, "answered")  # too late: changes nothing
    assert (await town.orders.get(town.people["agent"], order.id)).stage == "closed"


async def test_what_a_screen_pop_asks(town: Town) -> None:
    mine = await town.created()
    near = await town.created(caller_number="+8613800000002", address="栖岚区桐影路3号", category="噪声")
    kin = await town.created(caller_number="+8613800000003", address="沙河村1号")
    await town.created(caller_number="+8613800000004", address="桐影路1号", confidential=True)
    await town.created(caller_number="+8613800000005", address="人民路1号", category="噪声")
    assert [mine.id] == [brief.id for brief in await town.orders.open_of("+8613800000001", 5)]
    assert [near.id, kin.id] == [brief.id for brief in await town.orders.similar_near("+8613800000001", 5)]
    assert [near.id] == [brief.id for brief in await town.orders.similar_near("+8613800000001", 1)]
    assert list(await town.orders.open_of("", 5)) == []
    assert list(await town.orders.similar_near("+8613900000000", 5)) == []


async def test_an_order_keeps_the_rules_it_was_dispatched_under(town: Town, tmp_path: Path) -> None:
    old = await town.handling()
    second = yaml.safe_load((RULES / "xiayang-2022.v2.yaml").read_text("utf-8"))
    second |= {"version": 4, "effective_from": "2026-03-01"}
    second["timers"]["callback"]["length"] = {"working_days": 3}
    (tmp_path / "xiayang-2022.v4.yaml").write_text(yaml.safe_dump(second), "utf-8")
    config = OrdersConfig(rules=tmp_path)
    orders = await open_orders(
        town.pool,
        clock=town.clock,
        bus=town.bus,
        config=config,
        city="Asia/Shanghai",
        audit=Audit(town.clock),
        vault=VAULT,
    )
    later = Town(orders, town.clock, town.bus, town.pool, town.orgs, town.people)
    new = await later.submitted()
    await later.submit(old.id)

    async def callback_due(order: OrderId) -> tuple[str, str]:
        timers = (await orders.get(town.people["agent"], order)).timers
        timer = next(timer for timer in timers if timer.name == "callback")
        return timer.ruleset, str(timer.due_day)

    assert await callback_due(old.id) == ("xiayang-2022/3", "2026-03-05")
    assert await callback_due(new.id) == ("xiayang-2022/4", "2026-03-09")


async def test_an_edited_rule_set_is_refused(town: Town, tmp_path: Path) -> None:
    mine = yaml.safe_load((RULES / "xiayang-2022.yaml").read_text("utf-8")) | {"id": "mine"}
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(mine), "utf-8")
    await enrol(read_rule_files(tmp_path), town.orders.room.store)
    await enrol(read_rule_files(tmp_path), town.orders.room.store)
    file.write_text(yaml.safe_dump(mine | {"contact_attempts": 5}), "utf-8")
    with pytest.raises(RuleSetEdited, match="mine/1"):
        await enrol(read_rule_files(tmp_path), town.orders.room.store)


async def test_an_unknown_rule_set_stops_the_start(town: Town) -> None:
    config = OrdersConfig(ruleset="nowhere")
    with pytest.raises(Misconfigured, match="nowhere"):
        await open_orders(
            town.pool,
            clock=town.clock,
            bus=town.bus,
            config=config,
            city="Asia/Shanghai",
            audit=Audit(town.clock),
            vault=VAULT,
        )


async def test_without_a_calendar_nothing_is_dispatched(town: Town) -> None:
    town.clock.forward(days=300)  # the five working days reach into an unknown year
    order = await town.created()
    with pytest.raises(CalendarMissing, match="2027"):
        await town.orders.dispatch(town.people["dispatcher"], order.id, town.orgs["water"], "属地")
    assert (await town.orders.get(town.people["agent"], order.id)).stage == "pending_dispatch"
