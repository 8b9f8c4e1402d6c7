"""The duties of a submission, the four presumptions, what follows a warning, and what counts as solved. All pure."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from callcenter.handling.lacks import Facts, NotReady, check_ready, lacks_of
from callcenter.handling.measures import (
    Dates,
    Period,
    Standing,
    days_to_solution,
    feedback_took,
    period_begin,
    standing_of,
)
from callcenter.handling.papers import JointVisit, Mediation, SiteVisit
from callcenter.handling.presumptions import DEFAULTS, DEPARTURES, Matter, NoDeparture, check_departure
from callcenter.handling.rounds import Follows, follows, why
from callcenter.orders import lifecycle as life
from callcenter.orders.effects import Moment, effect_of
from callcenter.orders.policy import Policy, RehandlePolicy
from callcenter.orders.terms import RequestType, ResultType, Solvability, Stage

POLICY = Policy()
READY = Facts(
    request=RequestType.COMPLAINT,
    round_no=1,
    solvability=Solvability.SOLVABLE,
    result=ResultType.RESOLVED,
    contacts=2,
    told=True,
    ever={"site_visit": 1},
)


def lacking(facts: Facts, policy: Policy = POLICY) -> set[str]:
    return {lack.code for lack in lacks_of(facts, policy)}


def test_nothing_is_lacking() -> None:
    assert check_ready(READY, POLICY) == ()


@pytest.mark.rule("XY-36", "A-28", "JC-41")
def test_every_order_is_visited_but_inquiries_praise_and_suggestions() -> None:
    unvisited = replace(READY, ever={})
    assert lacking(unvisited) == {"site_visit"}
    for request in (RequestType.INQUIRY, RequestType.SUGGESTION, RequestType.PRAISE):
        assert lacking(replace(unvisited, request=request)) == set()
    assert lacking(replace(unvisited, ever={"exemption": 1})) == set()


@pytest.mark.rule("XY-04")
def test_b_needs_co_handlers_and_c_a_plan_with_milestones_and_an_explanation() -> None:
    b = replace(READY, solvability=Solvability.COORDINATE)
    assert lacking(b) == {"coordination"}
    assert lacking(replace(b, ever={"site_visit": 1, "coordination": 1})) == set()
    c = replace(READY, solvability=Solvability.HARD_NOW, result=ResultType.PARTLY, departed=True)
    assert lacking(c) == {"plan", "explanation", "remaining", "face_to_face"}
    planned = {"site_visit": 1, "work_plan": 1, "face_to_face": 1}
    assert lacking(replace(c, ever=planned)) == {"plan", "remaining"}  # a plan without dates is none
    assert lacking(replace(c, ever=planned, milestones=2)) == set()


@pytest.mark.rule("XY-37")
def test_an_explanation_is_recorded_with_the_stance() -> None:
    explained = replace(READY, result=ResultType.EXPLAINED)
    assert lacking(explained) == {"explanation"}
    assert lacking(replace(explained, ever={"site_visit": 1, "explanation": 1})) == set()


@pytest.mark.rule("SG-15")
def test_a_second_contact_is_only_warned_of() -> None:
    (lack,) = check_ready(replace(READY, contacts=1), POLICY)
    assert (lack.code, lack.blocks) == ("contacts", False)
    assert lacking(replace(READY, contacts=0, told=False, reachable=False)) == set()  # nobody to ring


@pytest.mark.rule("JC-25")
def test_the_citizen_is_told_before_the_centre() -> None:
    with pytest.raises(NotReady) as refused:
        check_ready(replace(READY, told=False), POLICY)
    assert "JC-25" in refused.value.text("zh")


@pytest.mark.rule("SG-02")
def test_sub_tasks_are_done_or_waived() -> None:
    assert lacking(replace(READY, open_tasks=1)) == {"tasks"}


@pytest.mark.rule("SJ-16")
def test_repeated_and_hard_matters_are_talked_over_face_to_face() -> None:
    assert lacking(replace(READY, repeats=2)) == {"face_to_face"}
    assert lacking(replace(READY, repeats=2, ever={"site_visit": 1, "face_to_face": 1})) == set()


@pytest.mark.rule("SJ-13")
def test_the_owner_submits_where_one_person_follows_the_case() -> None:
    other = replace(READY, by_owner=False)
    assert lacking(other) == set()
    assert lacking(other, Policy(dedicated_owner=True)) == {"owner"}


@pytest.mark.rule("XY-14", "XY-15")
def test_a_later_round_needs_the_head_and_form_2() -> None:
    second = replace(READY, round_no=2)
    assert lacking(second) == {"head", "head_action", "form2"}
    done = replace(second, head_named=True, head_confirmed=True, papers={"work_record": 1})
    assert lacking(done) == set()
    assert lacking(second, Policy(rehandle=RehandlePolicy(form2=False, head_from_round=3))) == set()


@pytest.mark.rule("GH-21", "JC-20")
def test_departures_are_confirmed_and_the_unreasonable_is_explained() -> None:
    hard = replace(READY, solvability=Solvability.HARD_NOW)
    assert "departure" in lacking(hard)
    assert "departure" not in lacking(replace(hard, departed=True))
    assert "unreasonable" in lacking(replace(READY, reasonableness="unreasonable"))
    explained = replace(
        READY, reasonableness="unreasonable", result=ResultType.EXPLAINED, ever={"site_visit": 1, "explanation": 1}
    )
    assert lacking(explained) == set()
    for matter in Matter:
        assert DEFAULTS[matter].isdisjoint(DEPARTURES[matter])
        for value in DEPARTURES[matter]:
            check_departure(matter, value)
        with pytest.raises(NoDeparture):
            check_departure(matter, next(iter(DEFAULTS[matter])))


@pytest.mark.rule("JC-27", "A-10", "XY-13")
@pytest.mark.parametrize(
    ("policy", "round_no", "found", "confirmed", "after"),
    [
        (RehandlePolicy(), 1, None, False, Follows.REHANDLED),
        (RehandlePolicy(), 2, None, False, Follows.ESCALATED),
        (RehandlePolicy(rounds_before_escalation=3), 2, None, False, Follows.REHANDLED),
        (RehandlePolicy(), 1, "unreasonable", True, Follows.REHANDLED),
        (RehandlePolicy(only_if_reasonable=True), 1, "unreasonable", True, Follows.DECIDED_BY_LEADER),
        (RehandlePolicy(only_if_reasonable=True), 1, "unreasonable", False, Follows.REHANDLED),
        (RehandlePolicy(only_if_reasonable=True), 1, "partly", True, Follows.REHANDLED),
    ],
)
def test_what_follows_a_warning(
    policy: RehandlePolicy, round_no: int, found: str | None, confirmed: bool, after: Follows
) -> None:
    assert follows(policy, round_no=round_no, reasonableness=found, confirmed=confirmed) is after


AT = datetime(2025, 11, 15, tzinfo=UTC)


@pytest.mark.rule("A-29", "JC-43", "SJ-04")
def test_replied_solved_and_closed_are_three_things() -> None:
    dates = Dates(reported_at=AT)
    assert standing_of(Stage.HANDLING, dates, milestones_open=0) is Standing.UNDER_WAY
    replied = replace(dates, replied_at=AT)
    assert standing_of(Stage.LEDGER, replied, milestones_open=1) is Standing.REPLIED_UNDER_WAY
    assert standing_of(Stage.CLOSED, replied, milestones_open=1) is Standing.REPLIED_UNDER_WAY
    assert standing_of(Stage.CLOSED, replied, milestones_open=0) is Standing.CLOSED
    solved = replace(replied, finished_at=AT + timedelta(days=45))
    assert standing_of(Stage.CALLBACK, solved, milestones_open=0) is Standing.SOLVED
    assert standing_of(Stage.CALLBACK, solved, milestones_open=1) is Standing.REPLIED_UNDER_WAY
    assert days_to_solution(solved) == 45
    assert days_to_solution(replied) is None


@pytest.mark.rule("JC-25")
def test_feedback_counts_from_the_actual_finish() -> None:
    assert feedback_took(AT, AT + timedelta(hours=3)) == timedelta(hours=3)
    assert feedback_took(AT, AT - timedelta(hours=3)) == timedelta()
    assert feedback_took(None, AT) is None
    assert feedback_took(AT, None) is None


@pytest.mark.rule("SG-01", "SG-03", "JC-30", "JC-42")
def test_papers_name_bodies_and_counts_and_never_a_citizens_number() -> None:
    visit = SiteVisit(
        visited_at=AT,
        people=("后张管区", "艾老村两委"),
        place="村东头",
        findings="粪土堆放占道",
        root_cause="conduct",
        witnesses=3,
    )
    assert visit.witnesses == 3
    said = {"conflict": "邻里占道纠纷", "measures": "宣传村规民约", "agreement": "三日内清理完毕"}
    mediation = Mediation(parties=("甲方", "乙方"), amount="1200.50", follow_up_on=date(2026, 1, 1), **said)
    assert str(mediation.amount) == "1200.50"
    with pytest.raises(ValidationError):
        Mediation(parties=("甲方13800000001", "乙方"), **said)
    with pytest.raises(ValidationError):
        JointVisit(form="talk", held_at=AT, participants=("社区",), outcome="商定撤除垃圾点")


@pytest.mark.rule("JC-25", "A-29")
@pytest.mark.parametrize(
    ("recorded", "again", "kept"),
    [
        (None, False, False),
        (AT - timedelta(days=1), False, True),
        (AT - timedelta(days=9), True, False),  # of the round before
        (AT - timedelta(days=1), True, True),
    ],
)
def test_a_submission_keeps_the_finish_that_this_round_recorded(
    recorded: datetime | None, again: bool, kept: bool
) -> None:
    row = {"finished_at": recorded, "replied_at": None, "submitted_at": AT - timedelta(days=5), "again": again}
    move = life.Submit(reply="已办", solvability=Solvability.SOLVABLE, result=ResultType.RESOLVED)
    changes = effect_of(move, Moment(row=row, by=None, at=AT)).changes
    assert changes["finished_at"] == (recorded if kept else AT)


@pytest.mark.rule("XY-33")
def test_this_period_begins_with_the_citys_month_quarter_or_year() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    late = datetime(2026, 5, 31, 16, 30, tzinfo=UTC)  # half past midnight of 1 June in the city
    assert period_begin(late, zone, Period.MONTH) == datetime(2026, 6, 1, tzinfo=zone)
    assert period_begin(late, zone, Period.QUARTER) == datetime(2026, 4, 1, tzinfo=zone)
    assert period_begin(late, zone, Period.YEAR) == datetime(2026, 1, 1, tzinfo=zone)


@pytest.mark.rule("XY-13")
@pytest.mark.parametrize(
    ("resolved", "satisfied", "said"),
    [
        (False, False, "群众回访未解决、不满意"),
        (True, False, "群众回访不满意"),
        (False, None, "群众回访未解决"),
        (True, True, "群众回访有不满倾向"),
    ],
)
def test_a_further_round_tells_in_words_why_it_began(resolved: bool, satisfied: bool | None, said: str) -> None:
    assert why(resolved=resolved, satisfied=satisfied) == said
