"""JC-29 over a real database: calls after a no, visits of several parties, what lapses, who may be named."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from callcenter.core.ids import AttemptId, OrderId, UserId, new_id
from callcenter.dispatching.terms import BlockReason
from callcenter.orders import lifecycle as life
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.policy import AutoSupervise
from callcenter.orders.rulesets import RuleBook
from callcenter.oversight.case_life import Act
from callcenter.oversight.cases import Done, NewCase
from callcenter.oversight.config import OversightConfig
from callcenter.oversight.entering import NewSupervision
from callcenter.oversight.meetings import NewItem, NewMeeting
from callcenter.oversight.rulings import NewRuling
from callcenter.oversight.service import Oversight
from callcenter.oversight.terms import CaseKind, Flag, MeetingKind, Mode, Trigger, Verdict
from callcenter.oversight.views import Participant, SupervisionView
from callcenter.people.slots import Slot
from callcenter.store.pool import Pool
from tests.rooms.town_of_oversight import DUE, TODAY, Overseen, build_overseen, cases_of, refused, supervised


@pytest.fixture
async def town(pool: Pool) -> Overseen:
    return await build_overseen(pool)


async def proposed(town: Overseen, order: OrderId) -> list[SupervisionView]:
    await town.oversight.duty.conclude()
    who = town.people["street-supervisor"]
    page = await town.oversight.supervisions.list(who, state="proposed", order=order, cursor=None, limit=10)
    return list(page.items)


async def said_no(town: Overseen) -> OrderId:
    order = await town.town.in_callback()
    await town.orders.settle_callback(order.id, AttemptId(new_id()), True, False, "answered")
    return order.id


def with_config(town: Overseen, **config: object) -> Oversight:
    given = OversightConfig.model_validate(config)
    return Oversight(replace(town.oversight.room, config=given))


async def repeated(town: Overseen, order: OrderId) -> None:
    """The citizen rings again, and a new order is made of it."""
    again = await town.town.created()
    await town.pool.execute(
        "insert into order_repeat (order_id, of_order_id, score, linked, at) values ($1, $2, 90, false, $3)",
        again.id,
        order,
        town.clock.now(),
    )
    await town.orders.record(town.people["dispatcher"], again.id, "repeat_noted", {"of": str(order)})


@pytest.mark.rule("JC-29", "JC-24")
async def test_calls_after_the_no_propose_a_visit_with_its_parties(town: Overseen) -> None:
    order = await said_no(town)
    await town.pool.execute("update work_order set duty_body = '自来水公司' where id = $1", order)
    assert await proposed(town, order) == []
    await town.orders.record(town.people["dispatcher"], order, "urged", {})
    assert await proposed(town, order) == [], "once is not often"
    await repeated(town, order)
    (one,) = await proposed(town, order)
    assert (one.trigger, one.mode, one.decide_by) == ("repeat_calls", "on_site", datetime(2026, 3, 5, 16, tzinfo=UTC))
    assert [(party.body, party.external) for party in one.parties] == [
        ("water", False),
        ("street", False),
        ("自来水公司", True),
    ]
    await repeated(town, order)
    assert len(await proposed(town, order)) == 1, "once a round"
    supervisions, who = town.oversight.supervisions, town.people["street-supervisor"]
    new = replace_mode(Mode.ON_SITE, parties=[Participant(body="?", org_id=town.orgs["roads"]), *one.parties])
    visit = await supervisions.confirm(who, one.id, new)
    assert visit.parties[0].body == "roads"
    assert await town.told("visit_called") == 2, "roads and the street; the unit itself is told of the supervision"
    printed = repr(await town.oversight.papers.supervision(who, visit.id, "云堰街道"))
    assert "联合到场单位" in printed
    assert "自来水公司" in printed


def replace_mode(mode: Mode, **more: object) -> NewSupervision:
    given = {"mode": mode, "requirement": "联合现场督办", "due_on": DUE} | more
    return NewSupervision(**given)  # type: ignore[arg-type] # a test's own keywords


@pytest.mark.rule("JC-29")
async def test_the_figure_counts_from_the_first_no_of_the_matter_and_shows_who_waits(town: Overseen) -> None:
    order, leader = await said_no(town), town.people["leader"]
    town.clock.forward(days=114)
    figures = await town.oversight.reckoning.figures(leader)
    assert [(line.order_id, line.days) for line in figures.waiting] == [(order, 114)]
    again = await town.town.dispatched()
    await town.pool.execute("update work_order set origin_order_id = $1 where id = $2", order, again.id)
    await supervised(town, again.id, due_on=date(2026, 7, 1))
    figures = await town.oversight.reckoning.figures(leader)
    assert [(line.order_id, line.days) for line in figures.supervised] == [(again.id, 114)]


@pytest.mark.rule("JC-29")
async def test_each_rule_set_says_how_old_is_old(town: Overseen) -> None:
    order = await town.town.dispatched()
    room = town.orders.room
    rules = [
        replace(one, policy=one.policy.model_copy(update={"supervise": one.policy.supervise.model_copy(update=SOON)}))
        for one in room.rules.all()
    ]
    town.orders.room = replace(room, rules=RuleBook(rules))
    town.clock.forward(days=4)
    await town.oversight.duty.once()
    assert [one.trigger for one in await proposed(town, order.id)] == []
    town.clock.forward(days=1, seconds=1)
    await town.oversight.duty.once()
    assert [one.trigger for one in await proposed(town, order.id)] == ["aged"]


SOON = {"auto": AutoSupervise(age_days=5)}


@pytest.mark.rule("JC-24", "JC-27")
async def test_what_nobody_decides_or_answers_is_told_once(town: Overseen) -> None:
    order = await said_no(town)
    for _ in range(2):
        await town.orders.record(town.people["dispatcher"], order, "urged", {})
    await proposed(town, order)
    other = await town.town.handling()
    await supervised(town, other.id, due_on=TODAY)
    await town.oversight.duty.once()
    assert await town.told("proposal_lapsed") == 0
    town.clock.forward(days=3)
    for _ in range(2):
        await town.oversight.duty.once()
    assert await town.told("proposal_lapsed") == 1
    assert await town.told("supervision_lapsed") == 2, "both sides"
    (one,) = [found for found in await proposed(town, order) if found.trigger == Trigger.REPEAT_CALLS]
    taken = await town.oversight.supervisions.confirm(
        town.people["street-supervisor"], one.id, replace_mode(Mode.PHONE, due_on=date(2026, 3, 9))
    )
    assert taken.lapsed_at is None, "the supervision has its own due"


@pytest.mark.rule("XY-45", "XY-40", "SJ-33")
async def test_an_overdue_explanation_is_told_in_the_next_circular(town: Overseen) -> None:
    order = await town.town.dispatched()
    town.clock.forward(days=10)
    await town.breach(order.id, "handle")
    await town.oversight.duty.once()
    (case,) = await cases_of(town, CaseKind.EXPLANATION, "discipline")
    await town.oversight.instructions.give(
        town.people["chief"], [town.orgs["water"]], text="整改", requirement="报方案", due_on=date(2026, 3, 16)
    )
    assert case.due_at is not None
    town.clock.at = case.due_at
    for _ in range(2):
        await town.oversight.duty.once()
    assert await town.told("case_lapsed") == 3, "the unit, the centre, discipline"
    assert await town.told("instruction_lapsed") == 2, "who should act, and who wrote it"
    now = town.clock.now()
    lines = await town.oversight.meetings.bulletin(town.people["deputy"], now - timedelta(1), now + timedelta(1))
    assert [(one.source, one.org, one.meeting, one.due_on, one.done_at) for one in lines] == [
        ("case", "water", case.number, date(2026, 3, 20), None)
    ]
    await town.oversight.cases.act(town.people["water"], case.id, Act.SUBMIT, Done(text="人手不足"))


@pytest.mark.rule("XY-43", "XY-45", "A-27")
async def test_a_centres_lateness_is_listed_and_makes_no_case(town: Overseen) -> None:
    order = await town.town.dispatched(kind="urgent")
    town.clock.forward(days=10)
    await town.breach(order.id, "outer")
    await town.oversight.duty.once()
    (one,) = (await town.oversight.violations.list(town.people["leader"], flag=Flag.OVERDUE)).items
    assert (one.org, one.state) == ("street", "confirmed")
    assert await town.pool.fetchval("select count(*) from sanction_case") == 0


@pytest.mark.rule("JC-04", "A-13")
async def test_the_slot_that_answers_depends_on_the_violation(town: Overseen) -> None:
    oversight = with_config(town, answerable_by_flag={"late_accept": "section"})
    order = await town.town.dispatched()
    town.clock.forward(days=10)
    await town.breach(order.id, "accept")
    await town.breach(order.id, "handle")
    await oversight.duty.conclude()
    found = (await oversight.violations.list(town.people["leader"])).items
    assert {one.flag: (one.slot, one.person) for one in found} == {
        "late_accept": (Slot.SECTION, "water"),
        "overdue": (Slot.DEPUTY, "water-head"),
    }


@pytest.mark.rule("SJ-03", "SJ-24", "SJ-22")
async def test_a_dispute_over_who_is_responsible_and_a_look_at_half_time(
    town: Overseen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.oversight.inbox.sampled", lambda *_: True)
    order = await town.town.dispatched()
    for reason in (BlockReason.FUNDS, BlockReason.OWNERSHIP_DISPUTED):
        body = {"block_reason": reason, "note": ""}
        await town.orders.record(
            town.people["dispatcher"], order.id, "block_reason_set", body, changes={"block_reason": reason}
        )
    town.clock.forward(days=5, hours=3)
    await ClockStore(town.pool).mark_signs(town.clock.now(), 100)
    await town.oversight.duty.conclude()
    page = await town.oversight.quality.tasks(town.people["inspector"], order=order.id, hook="during")
    assert {(one.qc_class, one.origin) for one in page.items} == {("Q1", "rule"), ("", "sample")}
    (halfway,) = (one for one in page.items if one.origin == "sample")
    assert [(check.code, check.passed) for check in halfway.checks] == [("contacted", False)]


@pytest.mark.rule("GH-20")
async def test_only_an_order_reopened_soon_was_closed_hastily(town: Overseen) -> None:
    orders = []
    for days in (15, 16):
        order = await town.town.in_callback()
        await town.orders.settle_callback(order.id, None, True, True, "answered")
        town.clock.forward(days=days)
        await town.orders.move(town.people["dispatcher"], order.id, life.Reopen(reason="市级复核"))
        orders.append(order.id)
    await town.oversight.duty.conclude()
    found = (await town.oversight.violations.list(town.people["leader"], flag=Flag.HASTY_CLOSE)).items
    assert [one.order_id for one in found] == orders[:1]


@pytest.mark.rule("JC-24", "GH-20")
async def test_a_form_names_only_what_is_there(town: Overseen) -> None:
    order = await town.town.handling()
    leader, nobody = town.people["leader"].user_id, UserId(new_id())
    assert await refused(supervised(town, order.id, Mode.ESCALATED, leader=nobody)) == "no-such-person"
    escalated = supervised(town, order.id, Mode.ESCALATED, higher=town.orgs["far"])
    assert await refused(escalated) == "no-such-target"
    assert await refused(supervised(town, order.id, due_on=date(2026, 3, 3))) == "due-in-the-past"
    assert (
        await refused(supervised(town, order.id, parties=[Participant(body="", org_id=new_id())])) == "no-such-target"
    )
    made = await supervised(town, order.id, Mode.ESCALATED, leader=leader, higher=town.orgs["street"])
    assert (made.higher_org, made.leader) == ("street", "leader")
    rules = [
        replace(
            one,
            policy=one.policy.model_copy(
                update={"supervise": one.policy.supervise.model_copy(update={"modes": ("phone",)})}
            ),
        )
        for one in town.orders.room.rules.all()
    ]
    town.orders.room = replace(town.orders.room, rules=RuleBook(rules))
    assert await refused(supervised(town, order.id)) == "supervision-mode-unknown"
    assert (await supervised(town, order.id, Mode.PHONE)).state == "open"
    refer = NewCase(kind=CaseKind.CRITICISM, reason="拖延", org=town.orgs["water"], person=UserId(new_id()))
    deputy = town.people["deputy"]
    assert await refused(town.oversight.cases.open(deputy, refer)) == "no-such-person"
    assert await refused(town.oversight.cases.open(deputy, replace(refer, person=None, order=OrderId(new_id())))) == (
        "no-such-order"
    )
    choices = await town.oversight.chooser.choices(town.people["street-supervisor"])
    assert [one.name for one in choices.orgs] == ["street", "roads", "village", "water"]
    assert [one.name for one in choices.higher] == ["city", "street"]
    assert [one.name for one in choices.leaders] == ["leader", "chief", "deputy"]
    seen = await town.oversight.chooser.order(deputy, order.number)
    assert (seen.id, seen.title) == (order.id, order.title)
    for who, number in [("far", order.number), ("deputy", "20200101-000001")]:
        assert await refused(town.oversight.chooser.order(town.people[who], number)) == "no-such-order"


@pytest.mark.rule("JC-24", "XY-39", "XY-40")
async def test_who_takes_part_in_a_meeting_sees_it_and_its_minutes_end_the_supervision(town: Overseen) -> None:
    order = await town.town.handling()
    meetings, deputy = town.oversight.meetings, town.people["deputy"]
    one = await supervised(town, order.id, Mode.JOINT_MEETING)
    new = NewMeeting(
        kind=MeetingKind.JOINT,
        title="加压泵联席会",
        held_at=town.clock.now() + timedelta(hours=3),
        participants=[Participant(body="", org_id=town.orgs["water"]), Participant(body="物业公司", external=True)],
    )
    empty = await meetings.call(deputy, new)
    assert [people.body for people in empty.participants] == ["water", "物业公司"]
    assert await town.told("meeting_called") == 1
    held = await meetings.call(deputy, replace(new, orders=[order.id]))
    close = town.oversight.supervisions.close
    boss = town.people["supervisor"]
    for meeting in (empty, held):
        assert await refused(close(boss, one.id, Verdict.FULFILLED, "已议定", "", meeting.id)) == (
            "meeting-not-of-this-order"
        )
    item = NewItem(matter="修复路面", owner=town.orgs["roads"], due_on=DUE)
    await meetings.decide(deputy, held.id, "三日内更换", [item])
    assert (await close(boss, one.id, Verdict.FULFILLED, "已议定", "", held.id)).meeting == "加压泵联席会"

    async def seen(who: str) -> int:
        return len((await meetings.list(town.people[who], cursor=None, limit=9)).items)

    assert [await seen(who) for who in ("deputy", "supervisor", "water-head", "roads-head", "village", "far")] == [
        2,
        2,
        2,
        1,
        0,
        0,
    ]
    assert await refused(meetings.get(town.people["village"], held.id)) == "oversight-not-found"
    (kept,) = (await meetings.get(town.people["roads-head"], held.id)).items
    await meetings.finish(town.people["roads-head"], kept.id, "已修复")
    assert await town.told("meeting_item_done") == 1
    assert await refused(meetings.decide(town.people["supervisor"], new_id(), "x", [])) == "oversight-not-found"


@pytest.mark.rule("SJ-27")
async def test_a_ruling_is_withdrawn_by_those_it_belongs_to(town: Overseen) -> None:
    rulings, inspector = town.oversight.rulings, town.people["inspector"]
    parties = [town.orgs["water"], town.orgs["roads"]]
    new = NewRuling(question="?", text="!", category="公用事业", duty=town.orgs["water"], parties=parties)
    one = await rulings.draft(inspector, new)
    far = replace(town.people["deputy"], org_id=town.orgs["far"], org_path="/city/far/")
    assert await refused(rulings.withdraw(far, one)) == "no-such-target"
    await rulings.withdraw(town.people["deputy"], one)
    assert await refused(rulings.withdraw(town.people["deputy"], one)) == "oversight-not-now"
    assert await refused(rulings.agree(town.people["water-head"], one)) == "oversight-not-found"
    assert await refused(rulings.draft(inspector, replace(new, order=OrderId(new_id())))) == "no-such-order"
