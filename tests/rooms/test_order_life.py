"""The ways of an order that the first half does not go, on a real database: levels, ways out, rounds, reopening."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId, new_id
from callcenter.orders import lifecycle as life
from callcenter.orders.checks import check_unanswered, until_night
from callcenter.orders.config import OrdersConfig
from callcenter.orders.room import Conflict
from callcenter.orders.service import open_orders
from callcenter.orders.terms import ContactOutcome, Level, NotAcceptedReason, ResultType, Solvability
from callcenter.orders.views import OrderView
from callcenter.people.audit import Audit
from callcenter.resources import SCHEMA
from callcenter.store.notify import open_listener
from callcenter.store.pool import Connection, Pool
from tests.rooms.town_of_orders import Town, build_town, demand
from tests.vaults import VAULT

REFUSED_DEMAND = life.NotAccept(reason=NotAcceptedReason.LITIGATION, told="请向法院申诉")


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


async def with_rules(town: Town, **policy: Any) -> Town:
    """The same town under another rule set, or another configuration of the room."""
    config = OrdersConfig(**policy)
    orders = await open_orders(
        town.pool,
        clock=town.clock,
        bus=town.bus,
        config=config,
        city="Asia/Shanghai",
        audit=Audit(town.clock),
        vault=VAULT,
    )
    return Town(orders, town.clock, town.bus, town.pool, town.orgs, town.people)


async def code_of(attempt: Any) -> str:
    with pytest.raises(DomainError) as caught:
        await attempt
    return caught.value.code


async def warned(town: Town) -> OrderView:
    order = await town.in_callback()
    await town.orders.settle_callback(order.id, None, False, False, "answered")
    return await town.orders.get(town.people["reviewer"], order.id)


@pytest.mark.rule("XY-05", "XY-50")
async def test_the_street_confirms_what_the_district_passes_down(town: Town) -> None:
    """Two clocks: when the district gave it, and when the street gave it to a unit."""
    order = await town.orders.create(town.people["agent"], demand(None))
    passed = await town.orders.dispatch(town.people["agent"], order.id, town.orgs["street"], "属地")
    given_at = town.clock.now()
    assert (passed.stage, passed.assigned_at, passed.dispatched_at) == ("triage", given_at, None)
    town.clock.forward(hours=3)
    dispatcher = town.people["dispatcher"]
    ours = await town.orders.make(dispatcher, order.id, life.Classify(level=Level.URGENT, reason="停水"))
    assert (ours.stage, ours.level, ours.kind) == ("pending_dispatch", "urgent", "urgent")
    sent = await town.orders.dispatch(dispatcher, order.id, town.orgs["water"], "责任清单第3项")
    assert (sent.assigned_at, sent.dispatched_at) == (given_at, town.clock.now())
    seen = await town.orders.get(dispatcher, order.id)
    starts = {timer.name: timer.start_event for timer in seen.timers}
    assert starts["accept"] == "dispatched"
    assert {timer.started_at for timer in seen.timers if timer.start_event == "dispatched"} == {town.clock.now()}


@pytest.mark.rule("XY-05")
async def test_what_is_not_ours_goes_back_or_up(town: Town) -> None:
    dispatcher = town.people["dispatcher"]
    order = await town.orders.create(town.people["agent"], demand(None))
    await town.orders.dispatch(town.people["agent"], order.id, town.orgs["street"], "属地")
    assert await code_of(town.orders.make(dispatcher, order.id, life.ReturnUp(reason="x"))) == "not-from-above"
    back = await town.orders.give_back(dispatcher, order.id, "不属本街道")
    assert (back.stage, back.owner_org_id, back.assigned_at) == ("triage", town.orgs["city"], None)
    agent = town.people["agent"]
    assert await code_of(town.orders.give_back(town.people["supervisor"], order.id, "x")) == "not-assigned"
    upper = await town.orders.receive(agent, demand(None, channel="upper_level", external_id="S-1", upper_ref="S-1"))
    assert upper.stage == "triage"
    up = await town.orders.make(town.people["supervisor"], upper.id, life.ReturnUp(reason="不属本区"))
    assert (up.stage, up.closed_at, up.actions) == ("returned_up", town.clock.now(), ())


async def test_a_channel_that_sends_twice_makes_one_order(town: Town) -> None:
    agent = town.people["agent"]
    new = demand(None, channel="app", external_id="A-77", tags=("漏水", "夜间"), caller_needs=("dialect",))
    first = await town.orders.receive(agent, new)
    assert first.tags == ("漏水", "夜间")
    assert first.caller_needs == ("dialect",)
    assert (await town.orders.receive(agent, new)).id == first.id
    assert [event.move for event in first.events] == ["received"]
    other = demand(None, channel="app", external_id="A-77", title="另一件")
    assert await code_of(town.orders.receive(agent, other)) == "idempotency-key-reused"


@pytest.mark.rule("JC-19")
async def test_a_direct_answer_names_the_article_it_was_read_from(town: Town) -> None:
    order = await town.created(request_type="inquiry")
    article = new_id()
    done = await town.orders.answer(town.people["agent"], order.id, "可在线上办理", article)
    assert (done.stage, done.article_id, done.result_type) == ("closed", article, "answered")
    seen = await town.orders.get(town.people["agent"], order.id)
    assert "handle" not in {timer.name for timer in seen.timers}


async def test_not_taking_a_demand_needs_two_persons(town: Town) -> None:
    order = await town.created()
    agent, supervisor = town.people["agent"], town.people["supervisor"]
    both = town.people["reviewer"]
    assert (await town.orders.make(agent, order.id, REFUSED_DEMAND)).stage == "not_accepted"
    taken = await town.orders.make(both, order.id, life.RejectNotAccepted(opinion="属行政事项"))
    assert (taken.stage, taken.reply, taken.close_reason) == ("triage", None, None)
    await town.orders.make(supervisor, order.id, REFUSED_DEMAND)
    confirm = life.ConfirmNotAccepted(opinion="同意")
    assert await code_of(town.orders.make(supervisor, order.id, confirm)) == "reviewer-is-handler"
    closed = await town.orders.make(both, order.id, confirm)
    assert (closed.stage, closed.close_reason, closed.reply) == ("closed", "not_accepted:litigation", "请向法院申诉")


async def test_what_was_transferred_may_come_back(town: Town) -> None:
    order = await town.created()
    agent, reviewer = town.people["agent"], town.people["reviewer"]
    out = life.TransferOut(target="110", told="已转公安，请保持电话畅通")
    assert (await town.orders.make(agent, order.id, out)).stage == "transferred"
    back = await town.orders.make(agent, order.id, life.BounceBack(reason="不属警情"))
    assert (back.stage, back.result_type) == ("triage", None)
    await town.orders.make(agent, order.id, out)
    closed = await town.orders.make(reviewer, order.id, life.Close(opinion="已由110处置"))
    assert (closed.stage, closed.result_type) == ("closed", "transferred")


@pytest.mark.rule("XY-13")
async def test_the_second_round_keeps_the_first(town: Town) -> None:
    order = await warned(town)
    reviewer = town.people["reviewer"]
    row = await town.orders.move(reviewer, order.id, life.Rehandle(reason="仍无水"))
    assert (row["stage"], row["round_no"], row["owner_org_id"]) == ("rehandling", 2, town.orgs["water"])
    town.clock.forward(days=1)
    await town.submit(order.id)
    await town.orders.review(reviewer, order.id, approved=False, opinion="补充照片")
    assert (await town.orders.get(reviewer, order.id)).stage == "rehandling"
    await town.submit(order.id)
    await town.orders.review(reviewer, order.id, approved=True, opinion="同意")
    await town.orders.settle_callback(order.id, None, True, True, "answered")
    seen = await town.orders.get(reviewer, order.id)
    assert (seen.stage, seen.satisfied_late) == ("closed", True)
    assert [one.round_no for one in seen.rounds] == [1, 2]
    assert [one.satisfied for one in seen.rounds] == [False, True]
    assert seen.rounds[1].reason == "仍无水"
    rounds_of_timers = {timer.round_no for timer in seen.timers if timer.name in {"handle", "rehandle", "callback"}}
    assert rounds_of_timers == {1, 2}


@pytest.mark.rule("JC-20")
async def test_a_leader_lets_an_unreasonable_demand_go_with_its_basis(town: Town) -> None:
    order = await warned(town)
    leader = town.people["leader"]
    explain = life.Explain(reason="已两次上门解释", basis="某办法第三条")
    assert await code_of(town.orders.move(leader, order.id, explain)) == "explain-too-early"
    await town.pool.execute(
        "update work_order set reasonableness = 'unreasonable', reasonableness_confirmed = true where id = $1", order.id
    )
    row = await town.orders.move(leader, order.id, explain)
    assert (row["stage"], row["result_type"], row["close_reason"]) == (
        "closed",
        "explained",
        "explained: 已两次上门解释",
    )


async def test_the_ledger_holds_what_is_hard_now(town: Town) -> None:
    order = await warned(town)
    leader = town.people["leader"]
    hung = await town.orders.move(leader, order.id, life.Hang(due=date(2026, 6, 1), reason="待立项"))
    assert (hung["stage"], hung["ledger_due"]) == ("ledger", date(2026, 6, 1))
    out = await town.orders.move(leader, order.id, life.Unhang(reason="已立项"))
    assert (out["stage"], out["ledger_due"]) == ("handling", None)
    await town.orders.move(leader, order.id, life.Hang(due=date(2026, 7, 1), reason="待施工"))
    done = await town.orders.move(leader, order.id, life.Fulfil(reply="已完工并告知"))
    assert (done["stage"], done["reply"]) == ("closed", "已完工并告知")


@pytest.mark.rule("XY-24")
async def test_a_city_review_opens_the_same_order_again(town: Town) -> None:
    order = await town.in_callback()
    await town.orders.settle_callback(order.id, None, True, True, "answered")
    dispatcher = town.people["dispatcher"]
    again = await town.orders.make(dispatcher, order.id, life.Reopen(reason="市级复核", city_review=True))
    assert (again.stage, again.kind, again.reopened, again.round_no) == ("triage", "city_review", 1, 2)
    assert (again.owner_org_id, again.reply, again.closed_at) == (town.orgs["street"], None, None)
    review = await town.created(kind="city_review", origin_order_id=order.id, title="市级复核")
    assert review.origin_order_id == order.id
    await town.orders.make(dispatcher, order.id, life.Classify())
    sent = await town.orders.dispatch(dispatcher, order.id, town.orgs["water"], "原承办单位")
    assert sent.stage == "dispatched"
    seen = await town.orders.get(dispatcher, order.id)
    assert {timer.round_no for timer in seen.timers if timer.stopped_at is None} == {2}
    assert [one.round_no for one in seen.rounds] == [1, 2]


@pytest.mark.rule("GH-01")
async def test_praise_is_forwarded_and_runs_no_handling_clock(town: Town) -> None:
    order = await town.dispatched(request_type="praise")
    water = town.people["water"]
    await town.orders.accept(water, order.id)
    seen = await town.orders.get(water, order.id)
    assert not [timer for timer in seen.timers if timer.name.startswith("handle")]
    await town.orders.contact(water, order.id, ContactOutcome.REACHED, "已致谢")

    async def submit(result: ResultType) -> OrderView:
        say = "感谢您的认可"
        return await town.orders.submit(water, order.id, reply=say, solvability=Solvability.SOLVABLE, result=result)

    assert await code_of(submit(ResultType.RESOLVED)) == "result-not-of-request"
    assert (await submit(ResultType.NOTED)).stage == "submitted"


@pytest.mark.rule("GH-22")
async def test_a_suggestion_is_adopted_or_not_and_the_proposer_is_told(town: Town) -> None:
    order = await town.dispatched(request_type="suggestion")
    water = town.people["water"]
    await town.orders.accept(water, order.id)
    await town.orders.contact(water, order.id, ContactOutcome.REACHED, "已联系")
    told = await town.orders.submit(
        water,
        order.id,
        reply="建议部分采纳：桥下空间先开放北段，南段因防汛不予采纳",
        solvability=Solvability.SOLVABLE,
        result=ResultType.PARTLY_ADOPTED,
    )
    assert (told.result_type, told.in_progress) == ("partly_adopted", True)
    assert told.replied_at == town.clock.now()


@pytest.mark.rule("SJ-20")
async def test_songjiang_contacts_first_and_audits_the_close(town: Town) -> None:
    song = await with_rules(town, ruleset="songjiang-1510")
    order = await song.created()
    policy = song.orders.policy_of(await song.orders.row_of(order.id))
    assert (policy.contact.tier, policy.contact.before_dispatch) == ("centre", True)
    assert policy.callback.closing_audit
    dispatcher, water, reviewer = (song.people[name] for name in ("dispatcher", "water", "reviewer"))
    to_water = (order.id, song.orgs["water"], "责任清单")
    assert await code_of(song.orders.dispatch(dispatcher, *to_water)) == "contact-missing"
    assert (
        await song.orders.contact(dispatcher, order.id, ContactOutcome.REACHED, "已核实")
    ).stage == "pending_dispatch"
    await song.orders.dispatch(dispatcher, *to_water)
    await song.orders.accept(water, order.id)
    assert (await song.orders.make(water, order.id, life.Verify(note="现场属实"))).stage == "handling"
    await song.submit(order.id)
    await song.orders.review(reviewer, order.id, approved=True, opinion="同意")
    row = await song.orders.row_of(order.id)
    if row["stage"] == "reviewed":  # the quality window holds it until the check is done
        await song.orders.move(None, order.id, life.BeginCallback())
    await song.orders.settle_callback(order.id, None, True, True, "answered")
    assert (await song.orders.row_of(order.id))["stage"] == "close_pending"
    refused = await song.orders.make(reviewer, order.id, life.Refuse(opinion="未见照片"))
    assert (refused.stage, refused.round_no) == ("rehandling", 2)
    await song.submit(order.id)
    await song.orders.review(reviewer, order.id, approved=True, opinion="同意")
    if (await song.orders.row_of(order.id))["stage"] == "reviewed":
        await song.orders.move(None, order.id, life.BeginCallback())
    await song.orders.settle_callback(order.id, None, True, True, "answered")
    assert (await song.orders.make(reviewer, order.id, life.Close(opinion="同意结案"))).stage == "closed"


@pytest.mark.rule("XY-02", "SJ-10")
async def test_an_open_supervision_holds_the_close_until_it_ends(town: Town) -> None:
    order = await town.in_callback()
    await town.pool.execute("update work_order set supervisions = 1 where id = $1", order.id)
    await town.orders.settle_callback(order.id, None, True, True, "answered")
    assert (await town.orders.row_of(order.id))["stage"] == "close_pending"
    reviewer = town.people["reviewer"]
    assert await code_of(town.orders.make(reviewer, order.id, life.Close())) == "supervision-open"

    def one_less(row: Any) -> dict[str, Any]:
        return {"supervisions": row["supervisions"] - 1}

    row = await town.orders.record(reviewer, order.id, "note_added", {"note": "督办已销号"}, changes=one_less)
    assert row["stage"] == "closed"


@pytest.mark.rule("SJ-10", "XY-02")
async def test_the_nightly_look_finds_what_closed_without_an_answer(town: Town) -> None:
    order = await town.in_callback()
    await town.orders.settle_callback(order.id, None, True, True, "answered")
    assert await check_unanswered(town.orders.room) == 0
    await town.pool.execute("update work_order set reply = null where id = $1", order.id)  # as a fault would leave it
    assert await check_unanswered(town.orders.room) == 1
    checks = await town.orders.checks(town.people["supervisor"])
    assert [brief.id for brief in checks.unanswered] == [order.id]
    assert await code_of(town.orders.checks(town.people["water"])) == "forbidden"


@pytest.mark.rule("SJ-10")
@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-03-04T02:00+08:00", timedelta(hours=1)),
        ("2026-03-04T03:00+08:00", timedelta(hours=24)),
        ("2026-03-04T10:00+08:00", timedelta(hours=17)),
    ],
)
def test_the_look_is_taken_every_night(now: str, left: timedelta) -> None:
    assert until_night(datetime.fromisoformat(now), ZoneInfo("Asia/Shanghai")) == left


@pytest.mark.rule("GH-16")
async def test_the_effect_is_looked_at_after_the_close(town: Town) -> None:
    looking = await with_rules(town, effect_check_days=30)
    order = await warned(looking)
    reviewer = town.people["reviewer"]
    await looking.orders.move(reviewer, order.id, life.Rehandle(reason="仍无水"))
    await looking.submit(order.id)
    await looking.orders.review(reviewer, order.id, approved=True, opinion="同意")
    await looking.orders.settle_callback(order.id, None, True, True, "answered")
    assert (await looking.orders.get(reviewer, order.id)).effect_due == date(2026, 4, 3)
    assert (await looking.orders.checks(reviewer)).effects_due == ()
    looking.clock.forward(days=30)
    assert [brief.id for brief in (await looking.orders.checks(reviewer)).effects_due] == [order.id]
    checked = await looking.orders.check_effect(reviewer, order.id, holds=False, note="高峰仍不足")
    assert checked.effect_holds is False
    assert (await looking.orders.checks(reviewer)).effects_due == ()


async def test_what_belongs_together_is_written_together_or_not_at_all(town: Town) -> None:
    order = await town.submitted()
    seen: list[str] = []

    async def note(connection: Connection, row: Any) -> None:
        seen.append(row["stage"])
        await connection.execute("update work_order set tags = array['同写'] where id = $1", order.id)
        if len(seen) == 1:
            raise RuntimeError("the other room cannot write")

    reviewer = town.people["reviewer"]
    with pytest.raises(RuntimeError):
        await town.orders.move(reviewer, order.id, life.Approve(opinion="同意"), also=note)
    before = await town.orders.row_of(order.id)
    assert (before["stage"], before["tags"]) == ("submitted", [])
    after = await town.orders.move(
        reviewer, order.id, life.Approve(opinion="同意"), also=note, extra={"difficult": True}
    )
    assert (seen, after["stage"], after["difficult"]) == (["reviewed", "reviewed"], "callback", True)
    assert (await town.orders.row_of(order.id))["tags"] == ["同写"]


async def test_counters_do_not_lose_each_other(town: Town) -> None:
    order = await town.handling()
    reviewer = town.people["reviewer"]

    def one_more(row: Any) -> dict[str, Any]:
        return {"extended": row["extended"] + 1}

    await asyncio.gather(
        *(town.orders.record(reviewer, order.id, "note_added", {"note": "x"}, changes=one_more) for _ in range(3))
    )
    assert (await town.orders.row_of(order.id))["extended"] == 3

    async def overtaken(connection: Connection, row: Any) -> None:
        raise Conflict

    with pytest.raises(Conflict):
        await town.orders.record(
            reviewer, order.id, "note_added", {"note": "x"}, changes={"extended": 9}, also=overtaken
        )


async def test_desks_of_the_orgs_that_hold_it_are_told(town: Town, database_url: str) -> None:
    order = await town.created()
    async with open_listener(database_url, "desk") as listener, asyncio.timeout(20):
        await listener.connected.wait()
        await town.orders.dispatch(town.people["dispatcher"], order.id, town.orgs["water"], "责任清单")
        told: set[str] = set()
        async for _, payload in listener:
            assert payload["id"] == str(order.id)
            told.add(payload.get("org") or payload["user"])
            if len(told) == 3:
                break
    assert told == {str(order.created_by), str(town.orgs["water"]), str(town.orgs["street"])}


FIXED = (
    "id, number, idempotency_key, channel, call_id, created_by, created_at, version, events, stage, caller_name, "
    "caller_number, caller_key"
)
"""Columns that only the intake writes, or the statement itself."""


async def test_every_column_that_may_change_is_in_the_statement(town: Town) -> None:
    """A column that a later migration adds, and that no move could set, would be lost in silence."""
    there = await town.pool.fetch(
        "select column_name from information_schema.columns "
        "where table_name = 'work_order' and is_generated = 'NEVER' and column_name <> all ($1)",
        FIXED.split(", "),
    )
    statement = (SCHEMA / "queries" / "orders.sql").read_text("utf-8")
    move = statement[statement.index("-- name: move_order") : statement.index("-- name: notify_moved")]
    missing = [row["column_name"] for row in there if f"c.{row['column_name']}" not in move]
    assert missing == [], "add these columns to move_order in schema/queries/orders.sql"


async def test_the_machine_sees_every_order_and_nobody_else_does(town: Town) -> None:
    order = await town.created()
    assert (await town.orders.row_of(order.id))["id"] == order.id
    assert await code_of(town.orders.row(town.people["far"], order.id)) == "no-such-order"
    assert await code_of(town.orders.row_of(OrderId(new_id()))) == "no-such-order"
    assert town.orders.rules_of(await town.orders.row(town.people["agent"], order.id)).id == "xiayang-2022"
