"""Care at the call-back (SG-28, SG-29) and decisions that a leader owes (A-10, JC-27), with a real database."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.callbacks import store
from callcenter.callbacks.care import ReadBackMissing
from callcenter.callbacks.caring import NewCare
from callcenter.callbacks.config import CallbackConfig
from callcenter.callbacks.questionnaire import Questionnaire
from callcenter.callbacks.service import Callbacks
from callcenter.core.errors import Forbidden
from callcenter.core.ids import OrderId, new_id
from callcenter.handling import model
from callcenter.handling.measures import Period
from callcenter.orders import lifecycle as life
from callcenter.store.pool import Pool
from tests.rooms.callback_rooms import RememberingLedger, StagedTelephony
from tests.rooms.gates import open_gate
from tests.rooms.media_calls import make_call
from tests.rooms.town_of_handling import HandlingTown, build_handling
from tests.vaults import VAULT

YES: dict[str, Any] = {"reached": "reached", "resolved": True, "satisfied": "satisfied"}


@pytest.fixture
async def at(pool: Pool, tmp_path: Path) -> HandlingTown:
    return await build_handling(pool, tmp_path)


def machine(at: HandlingTown, telephony: StagedTelephony) -> Callbacks:
    return Callbacks(
        pool=at.pool,
        bus=at.town.bus,
        clock=at.town.clock,
        config=CallbackConfig(last_key=timedelta(milliseconds=50), at_once=1),
        city="Asia/Shanghai",
        telephony=telephony,
        ledger=RememberingLedger(),
        orders=at.town.orders,
        gate=open_gate(at.pool, at.town.bus, limits={}),
        vault=VAULT,
    )


async def note(at: HandlingTown, order: OrderId, who: str = "reviewer", **said: Any) -> Any:
    care = NewCare.model_validate({"needs": [], "emotion": "calm"} | said)
    return await at.room.caring.note(at.people[who], order, care)


@pytest.mark.rule("SG-28", "SG-29")
async def test_the_machine_leaves_who_cannot_hear_it_to_people_and_rings_the_upset_first(at: HandlingTown) -> None:
    calm, deaf, upset = [await at.in_callback(caller_number=f"1380000000{n}") for n in range(3)]
    await note(at, deaf, needs=["hard_of_hearing"])
    await note(at, upset, emotion="irritated")
    telephony = StagedTelephony()
    duty = asyncio.create_task(machine(at, telephony).run())
    try:
        first = await telephony.until_dialled()
    finally:
        duty.cancel()
        with suppress(asyncio.CancelledError):
            await duty
    claimed = await at.pool.fetchval(
        "select order_id from callback c join callback_attempt a on a.callback_id = c.id where a.id = $1",
        first.attempt,
    )
    assert claimed == upset
    standing = {row["order_id"]: row["status"] for row in await at.pool.fetch("select order_id, status from callback")}
    assert (standing[deaf], standing[calm]) == ("person", "waiting")
    (listed,) = (await at.room.caring.list(at.people["reviewer"], None, 10)).items
    assert (listed.order_id, listed.needs, listed.ways[0]) == (deaf, ("hard_of_hearing",), "message")
    assert (await at.room.caring.list(at.people["far"], None, 10)).items == ()
    with pytest.raises(Forbidden):
        await at.room.caring.list(at.people["water"], None, 10)


@pytest.mark.rule("SG-29", "XY-10")
async def test_a_visit_by_two_officers_settles_the_call_back_and_the_telephone_needs_a_read_back(
    at: HandlingTown,
) -> None:
    order = await at.in_callback()
    care = await note(at, order, "water", needs=["hard_of_hearing"], wish="visit")
    assert (care.by_person, care.ways[0]) == (True, "visit")
    events = await at.pool.fetch(
        "select body, changes from order_event where order_id = $1 and move = 'care_noted'", order
    )
    assert [(event["body"], event["changes"]) for event in events] == [({}, {})]  # needs stay in the row
    await store.enrol(at.pool, VAULT, order, 1, "13800000001", next_at=at.town.clock.now(), at=at.town.clock.now())
    await store.leave_to_people(at.pool, ())
    reviewer = at.people["reviewer"]
    with pytest.raises(ReadBackMissing):
        await at.room.by_hand.record(reviewer, order, Questionnaire.model_validate(YES))
    said = Questionnaire.model_validate(YES | {"way": "visit", "officers": ["王工", "李工"]})
    await at.room.by_hand.record(reviewer, order, said)
    assert await at.stage(order) in ("close_pending", "closed")
    (kept,) = await at.room.heard.records(reviewer, order)
    assert (kept.way, kept.officers, kept.read_back) == ("visit", ("王工", "李工"), False)
    await store.withdraw(at.pool, order, at.town.clock.now())
    assert await at.pool.fetchval("select status from callback where order_id = $1", order) == "done"


@pytest.mark.rule("XY-11", "SG-11", "SG-28")
async def test_hints_come_from_what_the_citizen_said_in_this_rounds_calls(at: HandlingTown) -> None:
    order = await at.in_callback()
    call, recording, transcript = await make_call(at.pool, "leg-9"), new_id(), new_id()
    now = at.town.clock.now()
    await at.pool.execute(
        "insert into recording (id, call_id, pbx, leg, source, status, started_at) "
        "values ($1, $2, 'pbx1', 'leg-9', 'x', 'sealed', $3)",
        recording,
        call,
        now,
    )
    await at.pool.execute(
        "insert into transcript (id, recording_id, call_id, status, created_at) values ($1, $2, $3, 'ready', $4)",
        transcript,
        recording,
        call,
        now,
    )
    said = [("agent", "您满意吗，问题解决了没有"), ("caller", "就那样吧，他们拍个照就走了"), ("caller", "根本没人来修")]
    await at.pool.executemany(
        "insert into transcript_segment (transcript_id, idx, party, start_ms, end_ms, text) "
        "values ($1, $2, $3, 0, 1, $4)",
        [(transcript, n, party, text) for n, (party, text) in enumerate(said)],
    )
    caring, reviewer = at.room.caring, at.people["reviewer"]
    assert list(await caring.hints(reviewer, order)) == []
    heard = {"reached": "unreached", "call_id": str(call)}
    await at.room.by_hand.record(reviewer, order, Questionnaire.model_validate(heard))
    found = {hint.code: hint.words for hint in await caring.hints(reviewer, order)}
    assert found == {"unresolved": ("没人来", "没人来修"), "reluctant": ("就那样",), "perfunctory": ("拍个照",)}
    assert await at.stage(order) == "callback"  # a hint decides nothing
    with pytest.raises(Forbidden):
        await caring.hints(at.people["water"], order)
    (typed,) = caring.hints_of(reviewer, "气死我了")
    assert typed.emotion == "fierce"


async def unsatisfied_twice(at: HandlingTown) -> OrderId:
    order = await at.rehandling()
    head = at.people["water.head"]
    await at.handling.name_head(head, order, model.HeadNamed(user_id=head.user_id))
    await at.second_round_done(order)
    await at.handling.confirm_head(head, order)
    await at.warned(order)
    await at.following.catch_up()
    return order


@pytest.mark.rule("JC-27", "A-10", "XY-03")
async def test_a_proposed_escalation_is_the_task_of_the_leader_of_its_domain_and_lapses_into_an_alarm(
    at: HandlingTown,
) -> None:
    deputy = at.people["deputy"]
    await at.pool.execute(
        "insert into domain_leader (org_id, domain, user_id, since) values ($1, '公用', $2, $3)",
        at.town.orgs["street"],
        deputy.user_id,
        at.town.clock.now(),
    )
    order = await unsatisfied_twice(at)
    (asked,) = await at.notices("decision_asked")
    assert (asked["user_id"], asked["must_read"]) == (deputy.user_id, True)
    (owed,) = (await at.handling.figures.decisions(deputy, None, 10)).items
    assert (owed.order_id, owed.cause, owed.lapsed_at) == (order, "two_rounds", None)
    assert (owed.due_at - owed.asked_at) > timedelta(days=1)
    (seen,) = (await at.handling.view(deputy, order)).decisions
    assert seen == owed
    assert (await at.handling.figures.decisions(at.people["leader"], None, 10)).items == (owed,)
    with pytest.raises(Forbidden):
        await at.handling.figures.decisions(at.people["water.head"], None, 10)
    at.town.clock.forward(minutes=int((owed.due_at - at.town.clock.now()) / timedelta(minutes=1)))
    await at.following.catch_up()
    await at.following.catch_up()  # told once
    told = {(row["org_id"], row["must_read"]) for row in await at.notices("decision_lapsed")}
    assert told == {(at.town.orgs["street"], True), (at.town.orgs["city"], True)}
    (late,) = (await at.handling.figures.decisions(deputy, None, 10)).items
    assert late.lapsed_at is not None
    await at.town.orders.move(deputy, order, life.Explain(reason="已穷尽措施", basis="供水条例"))
    assert (await at.handling.figures.decisions(deputy, None, 10)).items == ()
    await at.following.catch_up()
    assert await at.pool.fetchval("select decided_at is not null from leader_decision")


@pytest.mark.rule("XY-33")
async def test_heads_see_their_open_warnings_with_the_round_that_followed(at: HandlingTown) -> None:
    order = await at.rehandling()
    head, water = at.people["water.head"], at.people["water"]
    await at.handling.name_head(water, order, model.HeadNamed(user_id=head.user_id))
    (line,) = (await at.handling.figures.warnings(head, None, 10, only_open=True)).items
    assert (line.round_no, line.round_now, line.open, line.head, line.confirmed_at) == (1, 2, True, "water.head", None)
    (unit,) = (await at.handling.figures.satisfaction(head, Period.MONTH)).items
    assert (unit.heard, unit.satisfied, unit.warnings) == (1, 0, 1)
    with pytest.raises(Forbidden):
        await at.handling.figures.warnings(water, None, 10)


@pytest.mark.rule("JC-26", "JC-01", "SJ-06")
async def test_what_the_citizen_tapped_counts_as_called_back(at: HandlingTown) -> None:
    order = await at.in_callback()
    now = at.town.clock.now()
    await store.enrol(at.pool, VAULT, order, 1, "13800000001", next_at=now, at=now)
    await at.pool.execute(
        "insert into rating_link (id, order_id, round_no, token_hash, made_at, expires_at, used_at, answer) "
        "values ($1, $2, 1, 'x', $3, $3, $3, $4)",
        new_id(),
        order,
        now,
        {"resolved": True, "satisfied": True, "attitude": 4},
    )
    head = at.people["water.head"]
    (before,) = await at.room.heard.coverage(head, 30)
    assert (before.heard, before.waiting) == (0, 1)
    await at.town.orders.settle_callback(order, None, True, True, "rated")
    await store.withdraw(at.pool, order, now)
    (unit,) = await at.room.heard.coverage(head, 30)
    assert (unit.due, unit.heard, unit.waiting, unit.attitude) == (1, 1, 0, 4.0)


@pytest.mark.rule("XY-16", "GH-11", "XY-04", "A-10")
async def test_a_leader_orders_another_round_hangs_and_takes_back(at: HandlingTown) -> None:
    order = await unsatisfied_twice(at)
    deputy, orders = at.people["deputy"], at.town.orders
    await orders.make(deputy, order, life.Rehandle(reason="由分管领导包案"))
    assert await at.stage(order) == "rehandling"
    assert (await at.handling.figures.decisions(deputy, None, 10)).items == ()
    with pytest.raises(Forbidden):
        await orders.make(at.people["water"], order, life.Hang(due=at.town.clock.now().date(), reason="待管网改造"))
    await orders.make(deputy, order, life.Hang(due=at.town.clock.now().date(), reason="待管网改造"))
    await orders.make(deputy, order, life.Unhang(reason="管网已改造"))
    await orders.make(deputy, order, life.Collaborate(reason="多部门会商"))
    await orders.make(deputy, order, life.EndCollaboration(note="由供水所负责"))
    assert await at.stage(order) == "rehandling"
