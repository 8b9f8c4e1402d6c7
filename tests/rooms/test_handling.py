"""Handling on a real database: the case owner's round from accept to submission, and all that is written on the way."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from callcenter.core.errors import Forbidden
from callcenter.core.ids import CallId, new_id
from callcenter.files.errors import NoSuchFile
from callcenter.handling import model
from callcenter.handling.contacts import CounterpartUnnamed, NoSuchProof, NotCaseOwner
from callcenter.handling.lacks import NotReady
from callcenter.handling.measures import Standing
from callcenter.handling.papers import Coordination, Exemption, Explanation, FaceToFace, JointVisit, Mediation, WorkPlan
from callcenter.handling.presuming import DepartureOpen
from callcenter.handling.presumptions import Matter
from callcenter.handling.replies import Boilerplate, ForwardOnly
from callcenter.handling.room import AlreadyDecided, NoSuchEntry, NotThere, SamePerson
from callcenter.knowledge.model import Filling, Kind, NewArticle
from callcenter.orders import lifecycle as life
from callcenter.orders.refusals import WrongRole
from callcenter.orders.store import NoSuchCall
from callcenter.orders.terms import ResultType, Solvability
from callcenter.store.pool import Pool
from tests.rooms.town_of_handling import REPLY, HandlingTown, build_handling
from tests.rooms.town_of_orders import until_waiting

TEMPLATE = "您好，我单位于【时间】到【地点】核查，采取【措施】，结果：【结果】。如有疑问请致电【联系方式】。"
WHEN = datetime(2026, 3, 4, 1, tzinfo=UTC)


@pytest.fixture
async def at(pool: Pool, tmp_path: Path) -> HandlingTown:
    return await build_handling(pool, tmp_path)


@pytest.mark.rule("SJ-11", "SJ-14", "XY-08")
async def test_the_contact_log_knows_both_ways_every_counterpart_and_the_effort(at: HandlingTown) -> None:
    order = await at.accepted()
    await at.contact(order, outcome="unreachable", note="无人接听")
    assert await at.stage(order) == "accepted"  # one fruitless call is not the first contact
    await at.contact(order, duration_s=180)
    await at.contact(order, counterpart="department", counterpart_name="村建办", purpose="coordinate", duration_s=60)
    await at.contact(order, counterpart="enterprise", counterpart_name="自来水厂", direction="in", channel="visit")
    view = await at.contact(order, purpose="result", channel="message")
    logged = [(c.counterpart, c.counterpart_name, c.direction, c.channel, c.outcome) for c in view.contacts]
    assert logged == [
        ("citizen", "", "out", "phone", "unreachable"),
        ("citizen", "", "out", "phone", "reached"),
        ("department", "村建办", "out", "phone", "reached"),
        ("enterprise", "自来水厂", "in", "visit", "reached"),
        ("citizen", "", "out", "message", "reached"),
    ]
    assert view.replied_at == at.town.clock.now()
    assert view.standing is Standing.REPLIED_UNDER_WAY
    head = at.people["water.head"]
    (effort,) = (await at.handling.figures.effort(head, None, 10)).items
    assert (effort.contacts, effort.citizen, effort.seconds) == (5, 3, 240)
    (person,) = (await at.handling.figures.effort_of_people(head, 30)).items
    assert (person.name, person.contacts, person.orders) == ("water", 5, 1)
    with pytest.raises(Forbidden):
        await at.handling.figures.effort_of_people(at.people["water"], 30)
    assert (await at.handling.figures.effort(at.people["roads"], None, 10)).items == ()


async def test_a_citizen_is_never_named_and_proofs_are_real(at: HandlingTown) -> None:
    order = await at.accepted()
    for wrong in ({"counterpart_name": "某女士"}, {"counterpart": "department"}):
        with pytest.raises(CounterpartUnnamed):
            await at.contact(order, **wrong)
    with pytest.raises(NoSuchCall):
        await at.contact(order, call_id=CallId(new_id()))
    with pytest.raises(NoSuchProof):
        await at.contact(order, counterpart="department", counterpart_name="村建办", call_id=CallId(new_id()))


@pytest.mark.rule("SJ-13")
async def test_one_person_follows_the_case_and_a_hand_over_stays_on_record(at: HandlingTown) -> None:
    at.policy(dedicated_owner=True)
    order = await at.accepted()
    with pytest.raises(NotCaseOwner):
        await at.contact(order, "water2")
    await at.contact(order)
    await at.visited(order)
    await at.contact(order, purpose="result")
    with pytest.raises(NotReady, match="case owner"):
        await at.submit(order, "water2")
    to = at.people["water2"].user_id
    over = model.HandedOver(to=at.people["roads"].user_id, reason="王工外出培训")
    with pytest.raises(NotThere):
        await at.handling.hand_over(at.people["water"], order, over)
    await at.handling.hand_over(at.people["water"], order, model.HandedOver(to=to, reason="王工外出培训"))
    view = await at.handling.view(at.people["water2"], order)
    assert view.case_owner == "water2"
    assert [paper.body["to_user"] for paper in view.papers if paper.kind == "hand_over"] == [str(to)]
    assert (await at.submit(order, "water2")).stage == "submitted"


@pytest.mark.rule("XY-36", "A-28", "SG-15", "JC-25", "SG-01")
async def test_a_submission_names_everything_that_is_open(at: HandlingTown) -> None:
    order = await at.accepted()
    await at.contact(order)
    lacks = {lack.code: lack.blocks for lack in (await at.handling.view(at.people["water"], order)).lacks}
    assert lacks == {"told": True, "contacts": False, "site_visit": True}
    with pytest.raises(NotReady) as refused:
        await at.submit(order)
    assert "JC-25" in refused.value.text("zh")
    assert "XY-36" in refused.value.text("zh")
    await at.visited(order)
    await at.contact(order, purpose="result")
    await at.handling.finish(at.people["water"], order, model.Finished(at=WHEN))
    assert (await at.submit(order)).stage == "submitted"
    view = await at.handling.view(at.people["water"], order)
    assert view.feedback_took == at.town.clock.now() - WHEN
    assert view.days_to_solution is not None
    (visit,) = [paper for paper in view.papers if paper.kind == "site_visit"]
    assert (visit.body["witnesses"], visit.body["latitude"], visit.actor) == (2, 31.14, "water")


@pytest.mark.rule("A-28")
async def test_an_exemption_and_an_inquiry_need_no_visit(at: HandlingTown) -> None:
    order = await at.accepted()
    await at.contact(order, purpose="result")
    await at.handling.write_paper(at.people["water"], order, Exemption(reason="诉求仅涉及电话缴费，无现场可核实"))
    assert (await at.submit(order)).stage == "submitted"
    inquiry = await at.accepted(request_type="inquiry")
    await at.contact(inquiry, purpose="result")
    assert (await at.submit(inquiry)).stage == "submitted"


@pytest.mark.rule("SG-02", "SG-03", "JC-30")
async def test_sub_tasks_options_mediation_and_joint_visits(at: HandlingTown) -> None:
    order = await at.ready()
    water, file = at.people["water"], await at.file_of(order)
    first = await at.handling.add_task(
        water, order, model.NewTask(aim="mitigate", title="先清理垃圾粪土", org_id=at.town.orgs["roads"])
    )
    second = await at.handling.add_task(
        water, order, model.NewTask(aim="root_cause", title="调解双方矛盾", org_id=at.town.orgs["water"])
    )
    with pytest.raises(NotThere):
        await at.handling.add_task(water, order, model.NewTask(aim="other", title="无", org_id=new_id()))
    with pytest.raises(NotReady, match="sub-task"):
        await at.submit(order)
    done = model.TaskSettled(state="done", note="环卫工人已清理完毕", evidence=(file,))
    with pytest.raises(NoSuchFile):
        await at.handling.settle_task(water, order, first.id, done.model_copy(update={"evidence": (new_id(),)}))
    await at.handling.settle_task(water, order, first.id, done)
    with pytest.raises(AlreadyDecided):
        await at.handling.settle_task(water, order, first.id, done)
    with pytest.raises(NoSuchEntry):
        await at.handling.settle_task(water, order, new_id(), done)
    waived = model.TaskSettled(state="waived", note="双方已自行和解，无须再调解")
    await at.handling.settle_task(water, order, second.id, waived)
    said = {"conflict": "邻里堆物纠纷", "measures": "宣讲村规民约", "agreement": "堆物三日内清完"}
    await at.handling.write_paper(water, order, Mediation(parties=("甲方", "乙方"), amount="300", **said))
    joint = JointVisit(
        form="negotiation",
        held_at=WHEN,
        participants=("社区", "物业", "居民代表"),
        outcome="商定撤除原垃圾点",
        implement_on=date(2026, 3, 20),
        before=file,
        after=file,
    )
    await at.handling.write_paper(water, order, joint)
    view = await at.handling.view(water, order)
    assert [(task.place, task.aim, task.state) for task in view.tasks] == [
        (1, "mitigate", "done"),
        (2, "root_cause", "waived"),
    ]
    assert {paper.kind for paper in view.papers} >= {"mediation", "joint_visit"}
    assert (await at.submit(order)).stage == "submitted"


@pytest.mark.rule("SJ-12")
async def test_an_infeasible_option_leads_to_another_and_one_is_chosen(at: HandlingTown) -> None:
    order = await at.ready()
    water = at.people["water"]
    raise_it = await at.handling.propose_option(
        water, order, model.NewOption(proposal="提高管网水压", proposer="自来水厂")
    )
    pump = await at.handling.propose_option(
        water, order, model.NewOption(proposal="加装二次增压泵", proposer="九峰物业公司")
    )
    no = model.OptionJudged(feasible=False, reason="老旧管网不能承压")
    await at.handling.judge_option(water, order, raise_it.id, no)
    with pytest.raises(AlreadyDecided):
        await at.handling.choose_option(water, order, raise_it.id)
    yes = model.OptionJudged(feasible=True, reason="设备与场地具备")
    await at.handling.judge_option(water, order, pump.id, yes)
    await at.handling.choose_option(water, order, pump.id)
    options = (await at.handling.view(water, order)).options
    assert [(o.proposer, o.feasible, o.chosen) for o in options] == [
        ("自来水厂", False, False),
        ("九峰物业公司", True, True),
    ]


@pytest.mark.rule("XY-04", "SJ-16", "GH-21", "XY-37")
async def test_what_is_hard_now_has_a_plan_a_meeting_and_a_second_person(at: HandlingTown) -> None:
    order = await at.ready()
    water, reviewer = at.people["water"], at.people["reviewer"]
    hard = {"solvability": Solvability.HARD_NOW, "result": ResultType.PARTLY, "plan": "分两期实施"}
    with pytest.raises(NotReady) as refused:
        await at.submit(order, **hard)
    assert {"XY-04", "XY-37", "SJ-16", "GH-21"} <= set(
        refused.value.text("en").replace("(", " ").replace(")", " ").split()
    )
    asked = model.NewDeparture(
        matter=Matter.SOLVABILITY, value="hard_now", reason="管网改造须列入年度计划", evidence="区水务局批复"
    )
    departure = await at.handling.depart(water, order, asked)
    with pytest.raises(DepartureOpen):
        await at.handling.depart(water, order, asked)
    yes = model.Decided(upheld=True, opinion="情况属实")
    with pytest.raises(WrongRole):
        await at.handling.decide(at.people["water2"], order, departure.id, yes)
    await at.handling.decide(reviewer, order, departure.id, yes)
    with pytest.raises(AlreadyDecided):
        await at.handling.decide(reviewer, order, departure.id, yes)
    await at.handling.write_paper(water, order, WorkPlan(content="一期换泵，二期改造管网"))
    await at.handling.plan_milestone(water, order, model.NewMilestone(title="换泵", due_on=date(2026, 3, 31)))
    met = FaceToFace(met_at=WHEN, place="居委会", people=("王工",), content="说明改造计划与时间", stance="understands")
    await at.handling.write_paper(water, order, met)
    assert (await at.submit(order, **hard)).stage == "submitted"
    (rate,) = (await at.handling.figures.overturns(at.people["water.head"])).items
    assert (rate.matter, rate.proposed, rate.decided, rate.overturned) == ("solvability", 1, 1, 0)


@pytest.mark.rule("XY-04")
async def test_what_needs_others_has_co_handlers_on_record(at: HandlingTown) -> None:
    order = await at.ready()
    with pytest.raises(NotReady, match="co-handlers"):
        await at.submit(order, solvability=Solvability.COORDINATE, plan="已协调")
    held = Coordination(held_at=WHEN, bodies=("村建办", "九峰物业公司"), outcome="商定由物业换泵")
    await at.handling.write_paper(at.people["water"], order, held)
    assert (await at.submit(order, solvability=Solvability.COORDINATE, plan="已协调")).stage == "submitted"


@pytest.mark.rule("JC-20", "GH-21")
async def test_reasonableness_is_judged_by_two_persons_and_the_unreasonable_is_explained(at: HandlingTown) -> None:
    order = await at.ready()
    water = at.people["water"]
    asked = model.NewDeparture(
        matter=Matter.REASONABLENESS, value="unreasonable", reason="要求无偿更换私有管线", evidence="供水条例第三十条"
    )
    one = await at.handling.depart(water, order, asked)
    assert (await at.town.orders.row_of(order))["reasonableness_confirmed"] is False
    own = at.people["water"]
    with pytest.raises(SamePerson):
        await at.handling.decide(own, order, one.id, model.Decided(upheld=True, opinion="同意"))
    await at.handling.decide(at.people["reviewer"], order, one.id, model.Decided(upheld=True, opinion="依据充分"))
    row = await at.town.orders.row_of(order)
    assert (row["reasonableness"], row["reasonableness_confirmed"]) == ("unreasonable", True)
    with pytest.raises(NotReady, match="policy basis"):
        await at.submit(order)
    explained = Explanation(
        told_at=WHEN, channel="phone", content="私有管线由产权人负责", basis="供水条例第三十条", stance="does_not"
    )
    await at.handling.write_paper(water, order, explained)
    assert (await at.submit(order, result=ResultType.EXPLAINED)).stage == "submitted"


@pytest.mark.rule("GH-21")
async def test_a_departure_that_does_not_hold_counts_as_overturned(at: HandlingTown) -> None:
    order = await at.ready()
    asked = model.NewDeparture(
        matter=Matter.RESPONSIBILITY, value="other_level", reason="应由市水务局负责", evidence="市级责任清单第12项"
    )
    one = await at.handling.depart(at.people["water"], order, asked)
    await at.handling.decide(at.people["reviewer"], order, one.id, model.Decided(upheld=False, opinion="属本级职责"))
    (rate,) = (await at.handling.figures.overturns(at.people["reviewer"])).items
    assert (rate.decided, rate.overturned) == (1, 1)
    with pytest.raises(NoSuchEntry):
        await at.handling.decide(at.people["reviewer"], order, new_id(), model.Decided(upheld=True, opinion="同意"))


@pytest.mark.rule("SG-09", "SG-16")
async def test_templates_are_filled_counted_and_refused_when_left_as_they_are(at: HandlingTown) -> None:
    order = await at.ready()
    made = NewArticle(title="水压类答复", body=TEMPLATE, kind=Kind.REPLY_TEMPLATE, source_no="松水〔2024〕8号")
    article = await at.knowledge.write(made, by=None)
    with pytest.raises(Boilerplate):
        await at.submit(order, reply=TEMPLATE)
    with pytest.raises(ForwardOnly):
        await at.submit(order, reply="您反映的问题已转交相关部门处理。")
    slots = {
        "时间": "3月4日",
        "地点": "桐影路88号",
        "措施": "更换加压泵",
        "结果": "水压恢复",
        "联系方式": "供水所",
    }
    reply = (await at.knowledge.fill(article.id, Filling(slots=slots))).reply
    assert (await at.submit(order, reply=reply)).stage == "submitted"
    assert (await at.knowledge.article(article.id)).used == 1


@pytest.mark.rule("SG-11")
async def test_signs_are_shown_to_those_who_judge_and_do_nothing_by_themselves(at: HandlingTown) -> None:
    order = await at.ready()
    await at.submit(order, reply="您好，已处理完毕。")
    assert await at.stage(order) == "submitted"  # a poor reply is not stopped by its score
    assert (await at.handling.view(at.people["water"], order)).perfunctory is None
    for judge in ("reviewer", "inspector"):
        found = (await at.handling.view(at.people[judge], order)).perfunctory
        assert found is not None
        assert found.likely
        assert {signal.code for signal in found.signals} >= {"short", "vague"}
    good = await at.ready()
    await at.submit(good, reply=REPLY)
    fine = (await at.handling.view(at.people["reviewer"], good)).perfunctory
    assert fine is not None
    assert not fine.likely


@pytest.mark.rule("SJ-04", "JC-43", "A-29", "GH-13")
async def test_a_ledger_order_is_told_of_in_time_and_never_shown_as_completed(at: HandlingTown) -> None:
    order = await at.ready()
    water = at.people["water"]
    for title, due in (("一侧道路通车", date(2026, 3, 6)), ("全线通车", date(2026, 6, 30))):
        await at.handling.plan_milestone(water, order, model.NewMilestone(title=title, due_on=due))
    hung = life.Hang(due=date(2026, 6, 30), reason="须分期实施")
    await at.town.orders.move(at.people["deputy"], order, hung)
    await at.following.catch_up()
    view = await at.handling.view(water, order)
    assert view.standing is Standing.REPLIED_UNDER_WAY
    assert view.interim_due_at == datetime(2026, 3, 18, 16, tzinfo=UTC)  # ten working days behind 4 March
    at.town.clock.forward(days=15)
    await at.following.catch_up()
    await at.following.catch_up()
    assert len(await at.notices("interim_due")) == 1
    assert len(await at.notices("milestone_late")) == 1
    await at.contact(order, purpose="interim")
    again = (await at.handling.view(water, order)).interim_due_at
    assert again is not None
    assert again > at.town.clock.now()
    file = await at.file_of(order)
    (first, _) = (await at.handling.view(water, order)).milestones
    await at.handling.reach_milestone(water, order, first.id, model.Reached(evidence=(file,)))
    with pytest.raises(AlreadyDecided):
        await at.handling.reach_milestone(water, order, first.id, model.Reached())


@pytest.mark.rule("SG-02")
async def test_what_is_asked_for_while_a_submission_is_on_its_way_stops_it(at: HandlingTown) -> None:
    order = await at.ready()
    async with at.town.pool.acquire() as other, other.transaction():
        await other.execute("update work_order set version = version where id = $1", order)
        await other.execute(
            "insert into sub_task (id, order_id, place, aim, title, org_id, created_by, created_at)"
            " values ($1, $2, 1, 'stop', '先止水', $3, $4, $5)",
            new_id(),
            order,
            at.town.orgs["water"],
            at.people["water"].user_id,
            at.town.clock.now(),
        )
        submission = asyncio.create_task(at.submit(order))
        await until_waiting(other)
    with pytest.raises(NotReady, match="sub-task"):
        await submission
    assert await at.stage(order) == "handling"
