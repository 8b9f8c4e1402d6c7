"""Oversight over a real database: supervision, quality control, violations, cases, key list, meetings."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from callcenter.core.errors import DomainError, Forbidden
from callcenter.core.ids import AttemptId, OrderId, new_id
from callcenter.oversight.case_life import Act
from callcenter.oversight.cases import Done, NewCase
from callcenter.oversight.entering import NewSupervision
from callcenter.oversight.inbox import read_inbox
from callcenter.oversight.judging import judge
from callcenter.oversight.meetings import NewItem, NewMeeting
from callcenter.oversight.quality import NewReview
from callcenter.oversight.rulings import NewRuling
from callcenter.oversight.terms import CaseKind, Flag, Hook, MeetingKind, Mode, Trigger, Verdict
from callcenter.oversight.views import CaseView, Participant, SupervisionView
from callcenter.people.slots import Slot
from callcenter.store.pool import Pool
from tests.rooms.town_of_oversight import Overseen, build_overseen

TODAY = date(2026, 3, 4)
DUE = date(2026, 3, 6)


@pytest.fixture
async def town(pool: Pool) -> Overseen:
    return await build_overseen(pool)


async def refused(attempt: object) -> str:
    with pytest.raises(DomainError) as caught:
        await attempt  # type: ignore[misc] # any coroutine
    return caught.value.code


async def opened(town: Overseen, order: OrderId, mode: Mode = Mode.WRITTEN, **more: object) -> SupervisionView:
    given = {"mode": mode, "requirement": "三日内到场核实并回复", "due_on": DUE} | more
    new = NewSupervision(**given)  # type: ignore[arg-type] # a test's own keywords
    return await town.oversight.supervisions.open(town.people["supervisor"], order, new)


async def cases_of(town: Overseen, kind: CaseKind, who: str = "supervisor") -> list[CaseView]:
    page = await town.oversight.cases.list(town.people[who], kind=kind)
    return [await town.oversight.cases.get(town.people[who], one.id) for one in page.items]


@pytest.mark.rule("JC-24", "SJ-08", "XY-39")
async def test_every_mode_with_its_proof_and_open_ones_block_the_close(town: Overseen) -> None:
    order = await town.town.in_callback()
    supervisions, boss = town.oversight.supervisions, town.people["supervisor"]
    assert await refused(opened(town, order.id, Mode.ESCALATED)) == "oversight-incomplete"
    made = {
        mode: await opened(town, order.id, mode, leader=town.people["leader"].user_id) for mode in Mode if mode.severity
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
    both = await asyncio.gather(opened(town, order.id), opened(town, order.id), return_exceptions=True)
    made = [one for one in both if isinstance(one, SupervisionView)]
    rows = await town.pool.fetchval("select count(*) from order_supervision where order_id = $1", order.id)
    assert rows == len(made) == (await town.row(order.id))["supervisions"]


@pytest.mark.rule("B-18")
async def test_a_reminder_goes_before_and_becomes_a_criticism_when_nobody_answers(town: Overseen) -> None:
    order = await town.town.handling()
    assert await refused(opened(town, order.id, trigger=Trigger.OVERDUE)) == "urge-first"
    urge = await town.oversight.supervisions.open(
        town.people["dispatcher"], order.id, NewSupervision(mode=Mode.URGE, requirement="请尽快", due_on=DUE)
    )
    assert urge.number == "催〔2026〕1号"
    assert (await town.row(order.id))["supervisions"] == 0, "a reminder does not hold up the close"
    assert (await opened(town, order.id, trigger=Trigger.OVERDUE)).state == "open"
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
    supervision = await opened(town, order.id)
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


@pytest.mark.rule("SG-05", "JC-32")
async def test_figures_and_the_live_ledger(town: Overseen) -> None:
    order = await town.town.dispatched()
    leader = town.people["leader"]
    await opened(town, order.id)
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
