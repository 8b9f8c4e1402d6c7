"""Oversight over a real database: supervision, quality control, rulings."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from callcenter.core.ids import AttemptId, new_id
from callcenter.oversight.entering import NewSupervision
from callcenter.oversight.meetings import NewMeeting
from callcenter.oversight.quality import NewReview
from callcenter.oversight.rulings import NewRuling
from callcenter.oversight.terms import CaseKind, Hook, MeetingKind, Mode, Trigger, Verdict
from callcenter.oversight.views import Participant, SupervisionView
from callcenter.store.pool import Pool
from tests.rooms.town_of_oversight import DUE, TODAY, Overseen, build_overseen, cases_of, refused, supervised


@pytest.fixture
async def town(pool: Pool) -> Overseen:
    return await build_overseen(pool)


@pytest.mark.rule("JC-24", "SJ-08", "XY-39")
async def test_every_mode_with_its_proof_and_open_ones_block_the_close(town: Overseen) -> None:
    order = await town.town.in_callback()
    supervisions, boss = town.oversight.supervisions, town.people["supervisor"]
    assert await refused(supervised(town, order.id, Mode.ESCALATED)) == "oversight-incomplete"
    made = {
        mode: await supervised(town, order.id, mode, leader=town.people["leader"].user_id)
        for mode in Mode
        if mode.severity
    }
    assert made[Mode.WRITTEN].number == "督〔2026〕2号"
    assert made[Mode.ESCALATED].leader == "leader"
    assert (await town.row(order.id))["supervisions"] == 5
    await town.orders.settle_callback(order.id, AttemptId(new_id()), True, True, "answered")
    assert (await town.row(order.id))["closed_at"] is None, "open supervisions hold it up"
    answered = await supervisions.reply(town.people["water"], made[Mode.WRITTEN].id, "已整改")
    assert (answered.state, answered.reply) == ("replied", "已整改")
    assert await refused(supervisions.reply(town.people["roads"], made[Mode.WRITTEN].id, "x")) == "oversight-not-found"

    async def close(mode: Mode, record: str = "", meeting: UUID | None = None, who: str = "supervisor") -> str:
        done = supervisions.close(town.people[who], made[mode].id, Verdict.FULFILLED, "属实", record, meeting)
        return (await done).state

    for mode in (Mode.JOINT_MEETING, Mode.ON_SITE, Mode.PHONE):
        assert await refused(close(mode)) == "oversight-incomplete"
    assert await refused(close(Mode.WRITTEN, who="water")) == "forbidden"
    new = NewMeeting(
        kind=MeetingKind.SUPERVISION,
        title="加压泵督办会",
        held_at=town.clock.now(),
        participants=[Participant(body="自来水公司", external=True), Participant(body="供水科", name="某科长")],
        orders=[order.id],
        minutes="三日内更换",
    )
    meeting = await town.oversight.meetings.call(boss, new)
    assert (meeting.convener_org, meeting.participants[0].external, meeting.orders) == ("city", True, (order.id,))
    for mode in made:
        assert await close(mode, "到场核实", meeting.id) == "closed"
    assert await refused(close(Mode.WRITTEN)) == "oversight-not-now"
    assert (await town.row(order.id))["supervisions"] == 0
    assert await town.told("supervision_opened") >= 5


@pytest.mark.rule("JC-24")
async def test_two_open_at_once_and_both_count(town: Overseen) -> None:
    order = await town.town.handling()
    both = await asyncio.gather(supervised(town, order.id), supervised(town, order.id), return_exceptions=True)
    made = [one for one in both if isinstance(one, SupervisionView)]
    rows = await town.pool.fetchval("select count(*) from order_supervision where order_id = $1", order.id)
    assert rows == len(made) == (await town.row(order.id))["supervisions"]


@pytest.mark.rule("B-18")
async def test_a_reminder_goes_before_and_becomes_a_criticism_when_nobody_answers(town: Overseen) -> None:
    order = await town.town.handling()
    assert await refused(supervised(town, order.id, trigger=Trigger.OVERDUE)) == "urge-first"
    urge = await town.oversight.supervisions.open(
        town.people["dispatcher"], order.id, NewSupervision(mode=Mode.URGE, requirement="请尽快", due_on=DUE)
    )
    assert urge.number == "催〔2026〕1号"
    assert (await town.row(order.id))["supervisions"] == 0, "a reminder does not hold up the close"
    assert (await supervised(town, order.id, trigger=Trigger.OVERDUE)).state == "open"
    town.clock.forward(days=7)
    await town.oversight.duty.once()
    assert await cases_of(town, CaseKind.CRITICISM) == [], "the fifth working day has not ended"
    town.clock.forward(days=1)
    await town.oversight.duty.once()
    await town.oversight.duty.once()
    (case,) = await cases_of(town, CaseKind.CRITICISM)
    assert (case.org, case.state) == ("water", "pending")


@pytest.mark.rule("JC-29")
async def test_dissatisfied_and_many_calls_propose_a_visit_that_a_human_confirms(town: Overseen) -> None:
    order = await town.town.in_callback()
    for _ in range(2):
        again = await town.town.created()
        await town.pool.execute("update work_order set origin_order_id = $1 where id = $2", order.id, again.id)
    await town.orders.settle_callback(order.id, AttemptId(new_id()), True, False, "answered")
    town.clock.forward(days=114)
    for _ in range(2):
        await town.oversight.duty.once()
    page = await town.oversight.supervisions.list(
        town.people["street-supervisor"], state="proposed", order=order.id, cursor=None, limit=10
    )
    assert {("repeat_calls", "on_site"), ("aged", "on_site"), ("overdue", "urge")} >= {
        (one.trigger, one.mode) for one in page.items
    }
    first = next(one for one in page.items if one.trigger == "repeat_calls")
    assert (await town.row(order.id))["supervisions"] == 0, "a proposal binds nobody"
    new = NewSupervision(mode=Mode.ON_SITE, requirement="联合现场督办", due_on=date(2026, 7, 1))
    who = town.people["street-supervisor"]
    done = await town.oversight.supervisions.confirm(who, first.id, new)
    assert (done.state, done.initiator, done.trigger) == ("open", "street-supervisor", "repeat_calls")
    assert await refused(town.oversight.supervisions.confirm(who, first.id, new)) == "oversight-not-now"
    second = next(one for one in page.items if one.trigger == "aged")
    assert (await town.oversight.supervisions.dismiss(who, second.id, "已在督办")).state == "dismissed"
    figures = await town.oversight.reckoning.figures(town.people["leader"])
    assert [(line.number, line.days) for line in figures.supervised] == [(order.number, 114)]


@pytest.mark.rule("SJ-22", "SJ-23")
async def test_an_inspector_without_a_hand_in_it_reviews(town: Overseen) -> None:
    await town.pool.execute("update app_user set roles = roles || '{inspector}' where username = 'reviewer'")
    order = await town.town.in_callback()
    quality, inspector = town.oversight.quality, town.people["inspector"]
    await quality.open_by_hand(inspector, order.id, Hook.AFTER)
    (task,) = (await quality.tasks(inspector, state="open", order=order.id)).items
    found = NewReview(
        focus="水压",
        indicator="答复质量",
        finding="未附复测记录",
        severity="minor",
        verdict="rectify",
        checklist={"reply": False, "unknown": True},
    )
    assert await refused(quality.review(inspector, task.id, found)) == "oversight-incomplete"
    full = NewReview(
        focus=found.focus,
        indicator=found.indicator,
        finding=found.finding,
        severity="minor",
        verdict="rectify",
        action="补充复测记录",
        due_on=DUE,
        checklist=found.checklist,
    )
    both = town.people["reviewer"]
    handler = type(both)(
        user_id=both.user_id,
        username=both.username,
        name=both.name,
        roles=inspector.roles,
        org_id=both.org_id,
        org_path=both.org_path,
    )
    assert await refused(quality.review(handler, task.id, full)) == "needs-another-person"
    await quality.review(inspector, task.id, full)
    (seen,) = (await quality.tasks(inspector, state="reviewed")).items
    assert (seen.inspector, seen.verdict, seen.action_due) == ("inspector", "rectify", DUE)
    kept = await town.pool.fetchval("select checklist from qc_review")
    assert kept == {"reply": False}
    assert await refused(quality.review(inspector, task.id, full)) == "oversight-not-now"
    for who, code in [("roads", "oversight-not-found"), ("dispatcher", "forbidden")]:
        assert await refused(quality.answer(town.people[who], task.id, "已补充")) == code
    await quality.answer(town.people["water"], task.id, "已补充复测记录")
    assert await refused(quality.answer(town.people["water"], task.id, "再补")) == "oversight-not-found", "once"
    (seen,) = (await quality.tasks(inspector, state="reviewed")).items
    assert (seen.answer, seen.answered_at) == ("已补充复测记录", town.clock.now())
    assert await town.told("quality_rectified") == 1
    assert await refused(quality.review(town.people["reviewer"], task.id, full)) == "forbidden"


@pytest.mark.rule("SJ-27")
async def test_a_ruling_of_three_parties_becomes_a_precedent(town: Overseen) -> None:
    rulings, inspector, deputy = town.oversight.rulings, town.people["inspector"], town.people["deputy"]
    new = NewRuling(
        question="高层二次供水加压泵谁负责",
        text="由供水科负责",
        category="公用事业",
        duty=town.orgs["water"],
        parties=[town.orgs["water"], town.orgs["roads"]],
    )
    lonely = NewRuling(question="?", text="!", category="x", duty=town.orgs["water"], parties=[town.orgs["water"]])
    assert await refused(rulings.draft(inspector, lonely)) == "oversight-incomplete"
    one = await rulings.draft(inspector, new)
    assert await refused(rulings.approve(deputy, one, TODAY)) == "ruling-not-agreed"
    await rulings.agree(town.people["water-head"], one)
    await rulings.agree(town.people["roads-head"], one)
    assert await rulings.precedents("公用事业", TODAY) == []
    await rulings.approve(deputy, one, TODAY)
    (found,) = await rulings.precedents("公用事业", TODAY, "桐影路")
    assert (found["number"], found["duty_org_id"]) == ("口径〔2026〕1号", town.orgs["water"])
    assert await rulings.precedents("公用事业", TODAY - timedelta(days=1)) == []
    assert await rulings.precedents("", TODAY) == []
    (seen,) = (await rulings.list(deputy, state="approved", cursor=None, limit=5)).items
    assert all(party.agreed_at for party in seen.parties)
    await rulings.withdraw(deputy, one)
    assert await rulings.precedents("公用事业", TODAY) == []


@pytest.mark.rule("SG-10")
async def test_who_accepted_keeps_it_to_the_end(town: Overseen) -> None:
    order = await town.town.handling()
    moved = town.orders.dispatch(town.people["dispatcher"], order.id, town.orgs["roads"], "改派")
    assert await refused(moved) == "move-refused"
    seen = await town.orders.get(town.people["water"], order.id)
    assert (seen.owner_org_id, (await town.row(order.id))["case_owner"]) == (
        town.orgs["water"],
        town.people["water"].user_id,
    )
