"""Call-backs by hand, warnings, the second round with its head and Form 2, and orders left out of evaluation."""

import asyncio
import io
from contextlib import suppress
from pathlib import Path
from typing import Any

import docx
import pytest

from callcenter.callbacks.by_hand import CorrectedBefore, NotInCallback, NotItsRecording
from callcenter.callbacks.questionnaire import Correction, Questionnaire
from callcenter.core.bus import Subscription
from callcenter.core.errors import Forbidden, NotFound
from callcenter.core.ids import OrderId, RecordingId, new_id
from callcenter.documents.docx import render_docx
from callcenter.handling import model
from callcenter.handling.exclusion import ExclusionOpen, NotYourStep, StepUnfounded
from callcenter.handling.heads import NoHeadYet, NotTheHead
from callcenter.handling.lacks import NotReady
from callcenter.handling.measures import Period
from callcenter.handling.room import AlreadyDecided, NoSuchEntry, NotThere, SamePerson
from callcenter.orders import lifecycle as life
from callcenter.orders.events import OrderMoved
from callcenter.orders.policy import CallbackPolicy, RehandlePolicy
from callcenter.store.pool import Pool
from tests.rooms.media_calls import make_call
from tests.rooms.town_of_handling import HandlingTown, build_handling

YES: dict[str, Any] = {"reached": "reached", "resolved": True, "satisfied": "satisfied"}
NO: dict[str, Any] = {"reached": "reached", "resolved": False, "satisfied": "dissatisfied", "reason": "早晚仍无水"}


@pytest.fixture
async def at(pool: Pool, tmp_path: Path) -> HandlingTown:
    return await build_handling(pool, tmp_path)


async def hear(at: HandlingTown, order: OrderId, who: str = "reviewer", **said: Any) -> Any:
    return await at.room.by_hand.record(at.people[who], order, Questionnaire.model_validate(said))


@pytest.mark.rule("XY-10", "SJ-06", "SJ-32", "SG-23", "A-23")
async def test_the_street_calls_back_with_two_answers_and_four_grades(at: HandlingTown) -> None:
    order = await at.in_callback()
    await hear(at, order, **YES, attitude=5, timeliness=4, service=5, measures=3, praise=True, comment="谢谢")
    assert await at.stage(order) in ("close_pending", "closed")
    row = await at.town.orders.row_of(order)
    assert (row["resolved"], row["satisfied"], row["result_type"]) == (True, True, "resolved")
    (kept,) = await at.room.heard.records(at.people["reviewer"], order)
    assert (kept.tier, kept.reached, kept.attitude, kept.measures, kept.by_name) == (3, "reached", 5, 3, "reviewer")
    with pytest.raises(NotInCallback):
        await hear(at, order, **YES)
    with pytest.raises(NotFound):
        await at.room.heard.records(at.people["roads"], order)
    (both,) = (await at.handling.figures.satisfaction(at.people["water.head"], Period.MONTH)).items
    assert (both.heard, both.resolved, both.satisfied, both.claimed) == (1, 1, 1, 1)


@pytest.mark.rule("JC-25")
async def test_nobody_told_me_flags_the_order(at: HandlingTown) -> None:
    order = await at.in_callback()
    await hear(at, order, **YES, told=False)
    assert (await at.town.orders.row_of(order))["violations"] == ["untold"]


@pytest.mark.rule("XY-11")
@pytest.mark.parametrize(
    "said", [NO, YES | {"tendency": True, "reason": "语气勉强"}, YES | {"satisfied": "basic", "reason": "一般"}]
)
async def test_any_no_and_any_leaning_warns(at: HandlingTown, said: dict[str, Any]) -> None:
    order = await at.in_callback()
    await hear(at, order, **said)
    row = await at.town.orders.row_of(order)
    assert (row["stage"], row["flagged"]) == ("warned", True)


@pytest.mark.rule("A-20", "JC-26", "XY-10")
async def test_three_times_unreached_refused_and_exempt_are_told_apart(at: HandlingTown) -> None:
    order = await at.in_callback()
    await at.pool.execute(
        "insert into callback (id, order_id, number, number_key, status, created_at) "
        "values ($1, $2, '', '', 'waiting', $3)",
        new_id(),
        order,
        at.town.clock.now(),
    )
    for waited in (0, 5, 120, 120):  # two of them at one time
        at.town.clock.forward(minutes=waited)
        assert not (await at.town.orders.row_of(order))["callback_exhausted"]
        await hear(at, order, reached="unreached")
    assert (await at.town.orders.row_of(order))["callback_exhausted"]
    await hear(at, order, reached="refused", reason="明确表示不愿接听")
    assert await at.stage(order) in ("close_pending", "closed")
    (unit,) = await at.room.heard.coverage(at.people["water.head"], 30)
    assert (unit.due, unit.refused, unit.heard, unit.unreached, unit.waiting) == (1, 1, 0, 0, 0)
    other = await at.in_callback()
    await hear(at, other, reached="exempt", reason="咨询类已当场答复")
    assert await at.stage(other) in ("close_pending", "closed")
    with pytest.raises(Forbidden):
        await at.room.heard.coverage(at.people["water"], 30)


@pytest.mark.rule("XY-54")
async def test_answers_are_corrected_by_a_reviewer_who_cites_the_recording(at: HandlingTown) -> None:
    order = await at.in_callback()
    with pytest.raises(Forbidden):
        await hear(at, order, "water", **YES)  # nobody answers for the citizen
    kept = await hear(at, order, **NO)
    strange = Correction.model_validate(YES | {"of": str(kept), "recording_id": str(new_id())})
    with pytest.raises(NotItsRecording):
        await at.room.by_hand.correct(at.people["reviewer"], order, strange)
    recording = await recorded(at, order)
    said = Correction.model_validate(YES | {"of": str(kept), "recording_id": str(recording)})
    with pytest.raises(Forbidden):
        await at.room.by_hand.correct(at.people["water"], order, said)  # the handler never touches it
    await at.room.by_hand.correct(at.people["reviewer"], order, said)
    row = await at.town.orders.row_of(order)
    assert (row["resolved"], row["satisfied"]) == (True, True)
    first, second = await at.room.heard.records(at.people["reviewer"], order)
    assert (first.corrected, second.corrects, second.recording_id) == (True, kept, recording)
    with pytest.raises(CorrectedBefore):
        await at.room.by_hand.correct(at.people["reviewer"], order, said)


async def recorded(at: HandlingTown, order: OrderId) -> RecordingId:
    """A recording of a call that belongs to the order."""
    call, recording = await make_call(at.pool, "leg-1"), RecordingId(new_id())
    await at.pool.execute(
        "insert into recording (id, call_id, pbx, leg, source, status, started_at) "
        "values ($1, $2, 'pbx1', 'leg-1', 'x', 'sealed', $3)",
        recording,
        call,
        at.town.clock.now(),
    )
    await at.pool.execute("update work_order set call_id = $1 where id = $2", call, order)
    return recording


@pytest.mark.rule("XY-12", "XY-13", "XY-33")
async def test_a_warning_tells_the_heads_and_goes_back_to_the_same_unit(at: HandlingTown) -> None:
    order = await at.warned()
    await at.following.catch_up()
    await at.following.catch_up()  # happens once, however often it is looked at
    row = await at.town.orders.row_of(order)
    assert (row["stage"], row["round_no"], row["owner_org_id"]) == ("rehandling", 2, at.town.orgs["water"])
    (notice,) = await at.notices("order_warned")
    assert (notice["org_id"], notice["roles"]) == (at.town.orgs["water"], ["unit_head"])
    assert set(notice["words"]) == {"number", "category", "round", "due"}  # nothing of the citizen
    head = at.people["water.head"]
    (line,) = (await at.handling.figures.warnings(head, None, 10)).items
    assert (line.order_id, line.round_no, line.outcome, line.stage) == (order, 1, "rehandled", "rehandling")
    assert (await at.handling.figures.warnings(at.people["leader"], None, 10)).items == (line,)
    (second,) = (await at.handling.view(head, order)).rounds
    assert second.round_no == 2


@pytest.mark.rule("XY-14", "XY-15", "XY-52")
async def test_the_second_round_needs_its_head_and_form_2(at: HandlingTown) -> None:
    order = await at.rehandling()
    water, head = at.people["water"], at.people["water.head"]
    with pytest.raises(NotReady) as refused:
        await at.submit(order)
    assert "XY-14" in refused.value.text("zh")
    assert "XY-15" in refused.value.text("zh")
    with pytest.raises(NoHeadYet):
        await at.handling.confirm_head(head, order)
    with pytest.raises(NotThere):
        await at.handling.name_head(water, order, model.HeadNamed(user_id=water.user_id))
    await at.handling.name_head(water, order, model.HeadNamed(user_id=head.user_id))
    await at.second_round_done(order)
    with pytest.raises(NotReady, match="the head takes part"):
        await at.submit(order)
    with pytest.raises((NotTheHead, Forbidden)):
        await at.handling.confirm_head(water, order)
    await at.handling.confirm_head(head, order)
    assert (await at.submit(order)).stage == "submitted"
    form = await at.handling.form2(water, order, 2, "某街道城运中心")
    page = docx.Document(io.BytesIO(render_docx(form)))
    text = "\n".join([p.text for p in page.paragraphs] + [c.text for t in page.tables for r in t.rows for c in r.cells])
    for said in ("工单处理记录表", "第2轮", "更换水泵并夜间巡检", "加压泵老化", "所长、王工", "认可", "water.head"):
        assert said in text
    assert "13800000001" not in text
    assert "欧阳" not in text
    with pytest.raises(NotFound):
        await at.handling.form2(water, order, 3, "某街道城运中心")


@pytest.mark.rule("JC-27", "A-10")
async def test_after_two_rounds_a_leader_decides(at: HandlingTown) -> None:
    order = await at.rehandling()
    head = at.people["water.head"]
    await at.handling.name_head(head, order, model.HeadNamed(user_id=head.user_id))
    await at.second_round_done(order)
    await at.handling.confirm_head(head, order)
    await at.warned(order)
    await at.following.catch_up()
    assert await at.stage(order) == "warned"  # no third round by itself
    to = {tuple(row["roles"]): row["org_id"] for row in await at.notices("warning_escalated")}
    assert to[("unit_head",)] == at.town.orgs["water"]
    assert at.town.orgs["street"] in to.values()
    explain = life.Explain(reason="已穷尽措施", basis="供水条例")
    with pytest.raises(Forbidden):
        await at.town.orders.move(at.people["reviewer"], order, explain)
    await at.town.orders.move(at.people["deputy"], order, explain)
    assert await at.stage(order) in ("close_pending", "closed")


@pytest.mark.rule("JC-27", "A-10")
async def test_only_reasonable_demands_go_round_where_the_rule_set_says_so(at: HandlingTown) -> None:
    at.policy(rehandle=RehandlePolicy(only_if_reasonable=True))
    order = await at.warned()
    changes = {"reasonableness": "unreasonable", "reasonableness_confirmed": True}
    await at.town.orders.record(None, order, "departure_decided", {}, changes=changes)
    await at.following.catch_up()
    assert await at.stage(order) == "warned"
    assert len(await at.notices("warning_for_leader")) == 2
    await at.town.orders.move(at.people["deputy"], order, life.Explain(reason="诉求不合理", basis="供水条例"))


@pytest.mark.rule("XY-27", "A-09")
async def test_an_order_is_left_out_of_the_evaluation_by_four_hands_only(at: HandlingTown) -> None:
    order = await at.in_callback()
    water, reviewer, deputy = at.people["water"], at.people["reviewer"], at.people["deputy"]
    yes = model.ExclusionStep(approved=True)
    with pytest.raises(NoSuchEntry):
        await at.handling.step_exclusion(reviewer, order, yes)
    file = await at.file_of(order)
    asked = model.NewExclusion(reason_code="litigation", reason="已进入诉讼程序", files=(file,))
    await at.handling.propose_exclusion(water, order, asked)
    with pytest.raises(ExclusionOpen):
        await at.handling.propose_exclusion(water, order, asked)
    with pytest.raises(NotYourStep):
        await at.handling.step_exclusion(water, order, yes)
    await at.handling.step_exclusion(reviewer, order, yes)
    with pytest.raises(StepUnfounded):
        await at.handling.step_exclusion(reviewer, order, yes)  # the superior's number is missing
    granted = model.ExclusionStep(approved=True, ref="区热线办〔2026〕17号")
    await at.handling.step_exclusion(reviewer, order, granted)
    with pytest.raises(NotYourStep):
        await at.handling.step_exclusion(reviewer, order, yes)
    assert (await at.town.orders.row_of(order))["exclusion"] == "pending"
    await at.handling.step_exclusion(deputy, order, yes)
    with pytest.raises(AlreadyDecided):
        await at.handling.step_exclusion(deputy, order, yes)
    seen = (await at.handling.view(water, order)).exclusion
    assert seen is not None
    assert (seen.state, seen.signer, seen.superior_ref) == ("signed", "deputy", "区热线办〔2026〕17号")
    assert seen.digest is not None
    assert len(seen.digest) == 64
    await hear(at, order, **NO)
    assert (await at.town.orders.row_of(order))["exclusion"] == "approved"
    head = at.people["water.head"]
    assert (await at.handling.figures.satisfaction(head, Period.MONTH)).items == ()  # out of the citizens' evaluation
    (rate,) = (await at.handling.figures.exclusion_rates(head)).items
    assert (rate.orders, rate.excluded) == (1, 1)  # and still counted


@pytest.mark.rule("XY-27")
async def test_a_no_ends_the_application_and_leaves_the_order_in(at: HandlingTown) -> None:
    order = await at.in_callback()
    asked = model.NewExclusion(reason_code="malicious", reason="多次恶意投诉")
    await at.handling.propose_exclusion(at.people["water"], order, asked)
    with pytest.raises(StepUnfounded):
        await at.handling.step_exclusion(at.people["reviewer"], order, model.ExclusionStep(approved=False))
    no = model.ExclusionStep(approved=False, reason="证据不足")
    await at.handling.step_exclusion(at.people["reviewer"], order, no)
    assert (await at.town.orders.row_of(order))["exclusion"] == "rejected"
    await at.handling.propose_exclusion(at.people["water"], order, asked)  # with better evidence, once more
    await at.pool.execute("update exclusion_request set proposed_by = $1", at.people["reviewer"].user_id)
    with pytest.raises(SamePerson):
        await at.handling.step_exclusion(at.people["reviewer"], order, no)


@pytest.mark.rule("A-23")
async def test_basic_satisfaction_counts_where_the_rule_set_says_so(at: HandlingTown) -> None:
    at.policy(callback=CallbackPolicy(basic_counts=True))
    order = await at.in_callback()
    await hear(at, order, **(YES | {"satisfied": "basic"}))
    assert (await at.town.orders.row_of(order))["satisfied"] is True


@pytest.mark.rule("SG-28", "SG-29")
async def test_what_to_say_depends_on_the_citizen(at: HandlingTown) -> None:
    order = await at.in_callback()
    await at.pool.execute(
        "update work_order set emotion = 'fierce', caller_needs = '{hard_of_hearing}' where id = $1", order
    )
    care = await at.room.caring.of_order(at.people["reviewer"], order)
    assert [one.code for one in care.phrases] == ["opening", "hard_of_hearing", "empathy", "fierce", "read_back"]
    assert (care.by_person, care.urgent, care.read_back, care.ways[0]) == (True, True, True, "message")
    with pytest.raises(Forbidden):
        await at.room.caring.of_order(at.people["water"], order)


async def test_the_duty_hears_of_a_warning_and_takes_up_what_it_missed(at: HandlingTown) -> None:
    missed = await at.warned()
    with at.town.bus.subscribe(OrderMoved) as moves:
        duty = asyncio.create_task(at.following.run())
        try:
            await until_moved(moves, missed)
            heard = await at.warned()
            await until_moved(moves, heard)
        finally:
            duty.cancel()
            with suppress(asyncio.CancelledError):
                await duty
    assert await at.stage(missed) == await at.stage(heard) == "rehandling"


async def until_moved(moves: Subscription, order: OrderId) -> None:
    async with asyncio.timeout(30):
        async for event in moves:
            if isinstance(event, OrderMoved) and (event.order, event.move) == (order, "rehandled"):
                return
