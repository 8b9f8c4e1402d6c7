"""What units are blamed for and what follows, over a real database: violations, cases, the climb of a breach."""

import asyncio
from datetime import timedelta

import pytest

from callcenter.core.errors import Forbidden
from callcenter.core.ids import new_id
from callcenter.oversight.case_life import Act
from callcenter.oversight.cases import Done, NewCase
from callcenter.oversight.inbox import read_inbox
from callcenter.oversight.judging import judge
from callcenter.oversight.meetings import NewMeeting
from callcenter.oversight.terms import CaseKind, Flag, MeetingKind, Verdict
from callcenter.people.slots import Slot
from callcenter.store.pool import Pool
from tests.rooms.town_of_oversight import DUE, TODAY, Overseen, build_overseen, cases_of, refused, supervised


@pytest.fixture
async def town(pool: Pool) -> Overseen:
    return await build_overseen(pool)


@pytest.mark.rule("XY-43", "A-04", "JC-04", "A-13", "XY-42")
async def test_the_third_late_accept_in_the_year_makes_one_interview_case(town: Overseen) -> None:
    orders = [await town.town.dispatched() for _ in range(4)]
    await town.slots.fill(town.orgs["water"], Slot.DEPUTY, town.people["water"].user_id, by=None)
    town.clock.forward(days=3)
    for late in orders[:2]:
        await town.breach(late.id, "accept")
    await town.oversight.duty.conclude()
    assert await cases_of(town, CaseKind.INTERVIEW) == []
    await town.breach(orders[2].id, "accept")
    await asyncio.gather(*(read_inbox(town.oversight.room) for _ in range(2)))
    await asyncio.gather(*(judge(town.oversight.room) for _ in range(2)))
    await town.oversight.duty.once()
    (case,) = await cases_of(town, CaseKind.INTERVIEW, "discipline")
    assert [one.order_number for one in case.evidence] == [order.number for order in orders[:3]]
    assert (case.org, case.by_role, case.state) == ("water", "discipline", "pending")
    assert (case.slot, case.person) == ("deputy", "water"), "who held the slot when it happened"
    await town.breach(orders[3].id, "accept")
    await town.oversight.duty.conclude()
    assert len(await cases_of(town, CaseKind.INTERVIEW)) == 1, "the counter is back at 0"
    assert await town.told("case_opened") >= 2
    lines = await town.oversight.reckoning.late(town.people["leader"], "accept", TODAY, TODAY + timedelta(days=9))
    assert [(line.org, line.delay_days, line.in_year) for line in lines] == [("water", 1, 4)] * 4


@pytest.mark.rule("XY-44", "XY-45", "A-27", "A-25")
async def test_one_overdue_of_a_village_is_explained_to_discipline(town: Overseen) -> None:
    made = await town.town.created()
    await town.orders.dispatch(town.people["dispatcher"], made.id, town.orgs["village"], "属地")
    town.clock.forward(days=10)
    await town.mark_late()
    for _ in range(2):
        await town.oversight.duty.once()
    cases, discipline, village = town.oversight.cases, town.people["discipline"], town.people["village"]
    found = await cases_of(town, CaseKind.EXPLANATION, "discipline")
    assert {one.trigger for one in found} == {"no_contact:written_explanation", "overdue:written_explanation"}
    assert {(one.org, one.state) for one in found} == {("village", "pending")}
    assert all(one.due_at for one in found)
    one = found[0].id
    assert await refused(cases.act(village, one, Act.SUBMIT, Done())) == "oversight-incomplete"
    assert await refused(cases.act(discipline, one, Act.ACCEPT, Done(text="可"))) == "case-move-refused"
    assert (await cases.act(village, one, Act.SUBMIT, Done(text="人手不足"))).state == "submitted"
    assert await refused(cases.act(village, one, Act.ACCEPT, Done())) == "forbidden"
    assert (await cases.act(discipline, one, Act.RETURN, Done(text="未写明整改"))).state == "returned"
    done = await cases.act(village, one, Act.SUBMIT, Done(text="人手不足，已增派"))
    assert (done.text, done.opinion) == ("人手不足，已增派", "未写明整改")
    assert (await cases.act(discipline, one, Act.ACCEPT, Done())).state == "accepted"
    assert await refused(cases.get(town.people["roads"], one)) == "oversight-not-found"
    lines = await town.oversight.reckoning.late(town.people["leader"], "handling", TODAY, TODAY + timedelta(days=19))
    assert {(line.org, line.org_kind, line.flag) for line in lines} == {
        ("village", "village", "overdue"),
        ("village", "village", "no_contact"),
    }


@pytest.mark.rule("XY-02", "SJ-28")
async def test_a_flag_is_confirmed_by_another_and_proposes_a_supervision(town: Overseen) -> None:
    order = await town.town.submitted()
    violations, reviewer, inspector = town.oversight.violations, town.people["reviewer"], town.people["inspector"]
    await violations.flag(reviewer, order.id, Flag.PERFUNCTORY, "答复空泛")
    await violations.flag(reviewer, order.id, Flag.PERFUNCTORY, "答复空泛")
    (one,) = (await violations.list(inspector, state="proposed", order=order.id)).items
    assert (await town.row(order.id))["violations"] == []
    assert await refused(violations.decide(reviewer, one.id, confirmed=True, reason="")) == "forbidden"
    for name in ("passing_buck", "pushing_up"):
        await violations.flag(inspector, order.id, Flag(name), "推诿")
    two = (await violations.list(inspector, flag="passing_buck")).items[0]
    assert await refused(violations.decide(inspector, two.id, confirmed=True, reason="")) == "needs-another-person"
    await violations.decide(inspector, one.id, confirmed=True, reason="属实")
    await violations.decide(town.people["inspector2"], two.id, confirmed=False, reason="")
    assert await refused(violations.decide(inspector, one.id, confirmed=True, reason="")) == "oversight-not-now"
    assert (await town.row(order.id))["violations"] == ["perfunctory"]
    await town.oversight.duty.conclude()
    page = await town.oversight.supervisions.list(inspector, state="proposed", order=order.id, cursor=None, limit=9)
    assert [(one.trigger, one.mode, one.basis) for one in page.items] == [("flagged", "written", "perfunctory")]
    await town.oversight.quality.force_duty(inspector, order.id, town.orgs["roads"], "权属已明")
    assert (await town.row(order.id))["duty_org_id"] == town.orgs["roads"]
    assert await refused(town.oversight.quality.force_duty(reviewer, order.id, town.orgs["roads"], "x")) == "forbidden"


@pytest.mark.rule("GH-20")
async def test_each_step_of_the_ladder_needs_the_one_before_ended_poorly(town: Overseen) -> None:
    order = await town.town.submitted()
    cases, chief, water = town.oversight.cases, town.people["chief"], town.orgs["water"]
    supervision = await supervised(town, order.id)
    interview = NewCase(
        kind=CaseKind.LEADER_INTERVIEW, reason="拖拉敷衍", org=water, order=order.id, supervision=supervision.id
    )
    assert await refused(cases.open(chief, interview)) == "ladder-step-missing"
    boss = town.people["supervisor"]
    await town.oversight.supervisions.close(boss, supervision.id, Verdict.POOR, "未整改", "", None)
    assert await refused(cases.open(chief, interview)) == "ladder-step-missing", "no flag was confirmed"
    await town.oversight.violations.flag(town.people["reviewer"], order.id, Flag.HASTY_CLOSE, "草草结案")
    (flag,) = (await town.oversight.violations.list(boss)).items
    await town.oversight.violations.decide(boss, flag.id, confirmed=True, reason="")
    held = await cases.open(chief, interview)
    assert held.state == "pending"
    account = NewCase(kind=CaseKind.ACCOUNTABILITY, reason="问责", org=water, previous=held.id)
    assert await refused(cases.open(chief, account)) == "ladder-step-missing"
    talk = Done(text="谈话记录", commitments="一周内整改", due_on=DUE)
    assert (await cases.act(chief, held.id, Act.HOLD, talk)).commitments == "一周内整改"
    replied = await cases.act(town.people["water-head"], held.id, Act.REPLY, Done(text="已部署"))
    assert replied.text == "谈话记录\n\n已部署"
    await cases.act(chief, held.id, Act.CLOSE, Done(text="仍未落实", poor=True))
    made = await cases.open(chief, account)
    assert await refused(cases.act(chief, made.id, Act.CONFIRM, Done())) == "needs-another-person"
    assert (await cases.act(town.people["deputy"], made.id, Act.CONFIRM, Done())).state == "sent"


@pytest.mark.rule("XY-31", "JC-40", "B-06b")
async def test_reminder_referral_and_police(town: Overseen) -> None:
    order = await town.town.submitted()
    cases, deputy, water = town.oversight.cases, town.people["deputy"], town.orgs["water"]
    office = await town.oversight.meetings.call(
        deputy, NewMeeting(kind=MeetingKind.OFFICE, title="三月主任办公会", held_at=town.clock.now())
    )
    remind = {"kind": CaseKind.REMINDER, "reason": "慢作为", "org": water, "order": order.id}
    assert await refused(cases.open(deputy, NewCase(**remind, meeting=office.id))) == "oversight-incomplete"  # type: ignore[arg-type]
    assert await refused(cases.open(deputy, NewCase(**remind, reason_code="slow"))) == "oversight-incomplete"  # type: ignore[arg-type]
    one = await cases.open(deputy, NewCase(**remind, reason_code="slow", meeting=office.id))  # type: ignore[arg-type]
    assert (one.meeting, one.person, one.slot) == ("三月主任办公会", "water-head", "deputy")
    refer = {"kind": CaseKind.REFERRAL, "reason": "态度恶劣", "org": water, "reason_code": "bad_attitude"}
    assert await refused(cases.open(deputy, NewCase(**refer))) == "oversight-incomplete"  # type: ignore[arg-type]
    bundle = [("order", str(order.id))]
    sent = await cases.open(town.people["inspector"], NewCase(**refer, references=bundle))  # type: ignore[arg-type]
    assert (sent.state, sent.references) == ("proposed", tuple(bundle))
    assert (await cases.act(town.people["discipline"], sent.id, Act.CONFIRM, Done())).state == "sent"
    first, second = town.people["street-supervisor"], town.people["street-supervisor2"]
    caller = NewCase(kind=CaseKind.POLICE, reason="三十日内恶意拨打四十次", references=[("call", str(new_id()))])
    case = await cases.open(first, caller)
    assert await refused(cases.act(first, case.id, Act.CONFIRM, Done())) == "needs-another-person"
    done = await cases.act(second, case.id, Act.CONFIRM, Done())
    assert (done.state, done.opener, done.second) == ("sent", "street-supervisor", "street-supervisor2")
    with pytest.raises(Forbidden):
        await cases.open(town.people["water"], caller)


@pytest.mark.rule("JC-05")
async def test_a_breach_climbs_from_section_to_deputy_to_the_centre(town: Overseen) -> None:
    order = await town.town.dispatched()
    town.clock.forward(days=10)
    await town.breach(order.id, "handle")
    late = "select n.user_id, n.org_id from outbox_notice n where kind = 'breach_climbed' order by at, id"
    await town.pool.execute("update violation set at = $1", town.clock.now())
    await town.oversight.duty.conclude()
    at = await town.pool.fetchval("select at from violation")
    town.clock.at = at + timedelta(hours=1)
    reached = []
    for _ in range(4):
        await town.oversight.duty.once()
        await town.oversight.duty.once()
        reached.append(len(await town.pool.fetch(late)))
        town.clock.forward(hours=24)
    rows = await town.pool.fetch(late)
    assert reached == [1, 2, 2, 3], "the chief's slot is empty"
    assert [row["user_id"] for row in rows[:2]] == [town.people["water"].user_id, town.people["water-head"].user_id]
    assert rows[2]["org_id"] == town.orgs["street"]
