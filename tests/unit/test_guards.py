"""Who may make which move, and what it must carry: closes with an answer (XY-02), by two persons, on the right side."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from callcenter.core.errors import DomainError, Forbidden, Refused
from callcenter.orders import guards
from callcenter.orders import lifecycle as life
from callcenter.orders.guards import decide, decide_record, follow_up, open_actions, open_records
from callcenter.orders.lifecycle import (
    Accept,
    Answer,
    Approve,
    Assign,
    CloseUnheard,
    Dispatch,
    ExhaustCallback,
    Move,
    Register,
    Satisfy,
    SendBack,
    advance,
)
from callcenter.orders.privacy import CallerSeen, Sight, caller_seen, sight_of
from callcenter.orders.records import RECORDS, RecordRule
from callcenter.orders.rights import PRODUCTION, RIGHTS
from callcenter.orders.standing import Side, Standing, stands_on, visible
from callcenter.orders.terms import NotAcceptedReason, Reasonableness, RequestType, ResultType, Solvability, Stage
from callcenter.people.actor import Actor, Role
from tests.unit.people_of_orders import (
    ADMIN,
    AGENT,
    ANSWERED,
    CITY_DISPATCHER,
    DEPUTY,
    DISPATCHER,
    HELD,
    INSPECTOR,
    LEADER,
    OPERATOR,
    OTHER,
    PATHS,
    REACHED,
    REVIEWER,
    STRANGER,
    STREET,
    SUBMISSION,
    TAKEN,
    UNIT,
    person,
)

CLOSING = replace(HELD, stage=Stage.CLOSE_PENDING, replied=True, contacted=True, has_result=True, heard=True)
IN_TRIAGE = replace(TAKEN, stage=Stage.TRIAGE)
NOT_TAKEN = replace(TAKEN, stage=Stage.NOT_ACCEPTED, handled_by=AGENT.user_id, excused=True, **ANSWERED)
REFUSED_DEMAND = life.NotAccept(reason=NotAcceptedReason.LITIGATION, told="请向法院申诉")
HANG = life.Hang(due=date(2026, 6, 1), reason="待立项")
EXPLAIN = life.Explain(reason="两次上门", basis="某办法第三条")
WARNED = replace(HELD, stage=Stage.WARNED, replied=True, contacted=True)

ALLOWED: list[tuple[Standing, Move, Actor]] = [
    (replace(TAKEN, stage=Stage.NEW), Register(), AGENT),
    (replace(TAKEN, stage=Stage.NEW), life.Receive(), AGENT),
    (IN_TRIAGE, life.Classify(), DISPATCHER),
    (IN_TRIAGE, Assign(centre=STREET, reason="属地"), CITY_DISPATCHER),
    (replace(IN_TRIAGE, assigned=True), life.GiveBack(centre=STREET, reason="不属"), DISPATCHER),
    (replace(IN_TRIAGE, from_above=True), life.ReturnUp(reason="不属"), DISPATCHER),
    (TAKEN, Answer(reply="答"), AGENT),
    (TAKEN, life.TransferOut(target="110", told="已转"), AGENT),
    (TAKEN, REFUSED_DEMAND, AGENT),
    (NOT_TAKEN, life.ConfirmNotAccepted(), REVIEWER),
    (NOT_TAKEN, life.RejectNotAccepted(opinion="应受理"), REVIEWER),
    (TAKEN, Assign(centre=STREET, reason="属地"), AGENT),
    (TAKEN, REACHED, AGENT),
    (TAKEN, Dispatch(unit=UNIT, reason="职责清单"), DISPATCHER),
    (replace(TAKEN, stage=Stage.SIGN_PENDING), life.SignDispatch(unit=UNIT, reason="批办"), LEADER),
    (replace(HELD, stage=Stage.DISPATCHED), Accept(), OPERATOR),
    (replace(HELD, stage=Stage.ACCEPTED), life.RequestReturn(reason="不属职责"), OPERATOR),
    (replace(HELD, stage=Stage.RETURN_REQUESTED), life.GrantReturn(), DISPATCHER),
    (replace(HELD, stage=Stage.RETURN_REQUESTED), life.NeedSign(reason="推诿"), REVIEWER),
    (replace(HELD, stage=Stage.ACCEPTED), REACHED, OPERATOR),
    (replace(HELD, stage=Stage.ACCEPTED, contacted=True, centre_contacts=True), life.Verify(), OPERATOR),
    (replace(HELD, stage=Stage.HANDLING), life.Collaborate(reason="疑难"), OPERATOR),
    (replace(HELD, stage=Stage.HANDLING, contacted=True), SUBMISSION, OPERATOR),
    (replace(HELD, stage=Stage.SUBMITTED), Approve(opinion=""), REVIEWER),
    (replace(HELD, stage=Stage.SUBMITTED), SendBack(opinion="补充照片"), REVIEWER),
    (replace(HELD, stage=Stage.CALLBACK, replied=True, contacted=True), Satisfy(), REVIEWER),
    (
        replace(HELD, stage=Stage.CALLBACK, replied=True, contacted=True, callback_exhausted=True),
        CloseUnheard(reason="多次无人接听"),
        REVIEWER,
    ),
    (WARNED, life.Rehandle(reason="不满意"), REVIEWER),
    (replace(WARNED, stage=Stage.REHANDLING, again=True), EXPLAIN, DEPUTY),
    (replace(WARNED, reasonableness=Reasonableness.LITIGATION, reasonableness_confirmed=True), EXPLAIN, LEADER),
    (WARNED, HANG, DEPUTY),
    (replace(HELD, stage=Stage.LEDGER), life.Fulfil(reply="已完工"), DEPUTY),
    (CLOSING, life.Close(), REVIEWER),
    (CLOSING, life.Refuse(opinion="未见实效"), REVIEWER),
    (replace(CLOSING, stage=Stage.CLOSED), life.Reopen(reason="市级复核"), DISPATCHER),
]


@pytest.mark.rule("XY-05", "XY-07", "SJ-21")
@pytest.mark.parametrize(("order", "move", "actor"), ALLOWED)
def test_allowed(order: Standing, move: Move, actor: Actor) -> None:
    assert advance(order.stage, type(move)) is decide(order, move, actor)
    if not isinstance(move, guards.SPOKEN):
        assert advance(order.stage, type(move)) is decide(order, move, None)


REFUSED: list[tuple[Standing, Move, Actor | None, str]] = [
    (TAKEN, Answer(reply=" "), AGENT, "reply-missing"),
    (TAKEN, life.TransferOut(target="110", told=" "), AGENT, "reply-missing"),
    (TAKEN, life.TransferOut(target="", told="已转"), AGENT, "reason-missing"),
    (IN_TRIAGE, life.ReturnUp(reason="不属"), DISPATCHER, "not-from-above"),
    (IN_TRIAGE, life.GiveBack(centre=STREET, reason="不属"), DISPATCHER, "not-assigned"),
    (IN_TRIAGE, life.Classify(), AGENT, "move-needs-role"),
    (replace(NOT_TAKEN, handled_by=REVIEWER.user_id), life.ConfirmNotAccepted(), REVIEWER, "reviewer-is-handler"),
    (NOT_TAKEN, life.ConfirmNotAccepted(), AGENT, "move-needs-role"),
    (TAKEN, Dispatch(unit=UNIT, reason=""), DISPATCHER, "reason-missing"),
    (replace(TAKEN, contact_first=True), Dispatch(unit=UNIT, reason="r"), DISPATCHER, "contact-missing"),
    (TAKEN, Dispatch(unit=UNIT, reason="r"), AGENT, "move-needs-role"),
    (TAKEN, Dispatch(unit=UNIT, reason="r"), person(18, OTHER, Role.DISPATCHER), "move-needs-side"),
    (TAKEN, REACHED, OPERATOR, "move-needs-side"),
    (replace(HELD, stage=Stage.DISPATCHED), Accept(), STRANGER, "move-needs-side"),
    (replace(HELD, stage=Stage.DISPATCHED), Accept(), ADMIN, "move-needs-side"),
    (replace(HELD, stage=Stage.DISPATCHED), Accept(), AGENT, "move-needs-role"),
    (replace(HELD, stage=Stage.ACCEPTED, locked=True), life.RequestReturn(reason="r"), OPERATOR, "return-locked"),
    (replace(HELD, stage=Stage.ACCEPTED, contacted=True), life.Verify(), OPERATOR, "contact-missing"),
    (replace(HELD, stage=Stage.ACCEPTED, centre_contacts=True), life.Verify(), OPERATOR, "contact-missing"),
    (replace(HELD, stage=Stage.DISPATCHED), life.RequestReturn(reason="r"), OPERATOR, "move-refused"),
    (replace(HELD, stage=Stage.ACCEPTED), REACHED, None, "move-needs-role"),
    (replace(HELD, stage=Stage.HANDLING), SUBMISSION, OPERATOR, "contact-missing"),
    (replace(HELD, stage=Stage.HANDLING), HANG, DEPUTY, "contact-missing"),
    (replace(HELD, stage=Stage.HANDLING, contacted=True), HANG, OPERATOR, "move-needs-role"),
    (replace(HELD, stage=Stage.HANDLING, contacted=True), replace(SUBMISSION, reply=""), OPERATOR, "reply-missing"),
    (
        replace(HELD, stage=Stage.HANDLING, contacted=True),
        replace(SUBMISSION, solvability=Solvability.HARD_NOW),
        OPERATOR,
        "plan-missing",
    ),
    (
        replace(HELD, stage=Stage.SUBMITTED, handled_by=REVIEWER.user_id),
        Approve(opinion=""),
        REVIEWER,
        "reviewer-is-handler",
    ),
    (replace(HELD, stage=Stage.SUBMITTED), SendBack(opinion=""), REVIEWER, "reason-missing"),
    (replace(HELD, stage=Stage.SUBMITTED), Approve(opinion=""), person(19, UNIT, Role.REVIEWER), "move-needs-side"),
    (replace(HELD, stage=Stage.CALLBACK), Satisfy(), None, "reply-missing"),
    (replace(HELD, stage=Stage.CALLBACK, replied=True), Satisfy(), None, "contact-missing"),
    (
        replace(HELD, stage=Stage.CALLBACK, replied=True, contacted=True),
        CloseUnheard(reason="r"),
        REVIEWER,
        "callback-not-exhausted",
    ),
    (
        replace(HELD, stage=Stage.CALLBACK, replied=True, contacted=True, callback_exhausted=True),
        CloseUnheard(reason=""),
        REVIEWER,
        "reason-missing",
    ),
    (replace(HELD, stage=Stage.CALLBACK), ExhaustCallback(), REVIEWER, "move-needs-role"),
    (WARNED, EXPLAIN, DEPUTY, "explain-too-early"),
    (replace(WARNED, reasonableness=Reasonableness.UNREASONABLE), EXPLAIN, DEPUTY, "explain-too-early"),
    (replace(WARNED, again=True), replace(EXPLAIN, basis=" "), DEPUTY, "reason-missing"),
    (replace(WARNED, again=True), EXPLAIN, REVIEWER, "move-needs-role"),
    (replace(HELD, stage=Stage.CLOSED), Accept(), OPERATOR, "move-refused"),
]


@pytest.mark.rule("XY-02", "XY-05", "XY-07", "SJ-05", "JC-20")
@pytest.mark.parametrize(("order", "move", "actor", "code"), REFUSED)
def test_refused(order: Standing, move: Move, actor: Actor | None, code: str) -> None:
    with pytest.raises((Forbidden, Refused)) as caught:
        decide(order, move, actor)
    assert code == caught.value.code
    assert caught.value.text("zh")


LACKS: list[tuple[dict[str, Any], str]] = [
    ({"replied": False}, "reply-missing"),
    ({"contacted": False}, "contact-missing"),
    ({"has_result": False}, "result-missing"),
    ({"heard": False}, "callback-missing"),
    ({"supervisions": 2}, "supervision-open"),
]


@pytest.mark.rule("XY-02", "SJ-05", "SJ-10", "JC-23")
@pytest.mark.parametrize(("lack", "code"), LACKS)
def test_nothing_closes_without_its_answer(lack: dict[str, Any], code: str) -> None:
    for order, move in ((CLOSING, life.Close()), (replace(NOT_TAKEN, excused=False, heard=True), NOT_TAKEN_CLOSE)):
        with pytest.raises(Refused) as caught:
            decide(replace(order, **lack), move, None)
        assert code == caught.value.code
    assert follow_up(replace(CLOSING, **lack), qc_window=False, closing_audit=False) is None


NOT_TAKEN_CLOSE = life.ConfirmNotAccepted()


@pytest.mark.rule("XY-02")
def test_an_approved_reason_stands_for_the_callback() -> None:
    assert decide(replace(CLOSING, heard=False, excused=True), life.Close(), REVIEWER) is Stage.CLOSED


@pytest.mark.rule("SJ-20")
def test_the_machine_goes_on_where_nobody_must_decide() -> None:
    """结案审核 is an explicit approval where the rule set asks for it."""

    def next_of(order: Standing, *, window: bool = False, audit: bool = False) -> Move | None:
        return follow_up(order, qc_window=window, closing_audit=audit)

    reviewed = replace(HELD, stage=Stage.REVIEWED)
    assert next_of(reviewed) == life.BeginCallback()
    assert next_of(reviewed, window=True) is None
    assert next_of(CLOSING) == life.Close()
    assert next_of(CLOSING, audit=True) is None
    answered = replace(TAKEN, stage=Stage.ANSWERED, excused=True, **ANSWERED)
    assert next_of(answered, audit=True) == life.Close()
    assert next_of(TAKEN) is None


@pytest.mark.rule("GH-01", "GH-22")
@pytest.mark.parametrize("request_type", list(RequestType))
@pytest.mark.parametrize("result", list(ResultType))
def test_what_may_become_of_a_request(request_type: RequestType, result: ResultType) -> None:
    order = replace(HELD, stage=Stage.HANDLING, contacted=True, request_type=request_type)
    allowed = guards.RESULTS.get(request_type, guards.WORK)
    move = replace(SUBMISSION, result=result)
    if result in allowed:
        assert decide(order, move, OPERATOR) is Stage.SUBMITTED
        return
    with pytest.raises(Refused) as caught:
        decide(order, move, OPERATOR)
    assert caught.value.code == "result-not-of-request"
    assert all(one.value in caught.value.text("zh") for one in allowed)


@pytest.mark.rule("SJ-21")
def test_the_production_line_receives_dispatches_reviews_and_calls_back() -> None:
    """And inspects nothing; an inspector makes no move of an order at all."""
    line = {
        move: (RIGHTS[move][0] - {Role.SERVICE}) <= PRODUCTION
        for move in (life.Register, life.Classify, Dispatch, Approve, life.Satisfy, life.Warn)
    }
    assert all(line.values()), line
    assert not [move for move, (roles, _) in RIGHTS.items() if Role.INSPECTOR in roles]
    handled = replace(HELD, stage=Stage.SUBMITTED, handled_by=REVIEWER.user_id)
    assert not open_actions(handled, REVIEWER)
    assert not open_actions(replace(HELD, stage=Stage.SUBMITTED), INSPECTOR)


@pytest.mark.rule("XY-03")
def test_rows_are_seen_by_holder_intake_and_creator() -> None:
    assert visible(HELD, OPERATOR)
    assert visible(HELD, REVIEWER)
    assert visible(HELD, LEADER)
    assert not visible(HELD, STRANGER)
    assert visible(replace(HELD, created_by=STRANGER.user_id), STRANGER)
    assert not stands_on(Side.CENTRE, HELD, OPERATOR)
    assert stands_on(Side.CENTRE, TAKEN, DISPATCHER)
    assert stands_on(Side.SEEN, HELD, OPERATOR)
    assert not stands_on(Side.SEEN, HELD, STRANGER)


def test_the_buttons_a_desk_shows() -> None:
    assert open_actions(TAKEN, AGENT) == ["answer", "dispatch", "transfer-out", "not-accept"]
    assert "contacts" in open_actions(replace(TAKEN, centre_contacts=True), AGENT)
    assert open_actions(replace(HELD, stage=Stage.DISPATCHED), OPERATOR) == ["accept"]
    assert open_actions(replace(HELD, stage=Stage.ACCEPTED), OPERATOR) == ["contacts", "return_requested"]
    assert open_actions(replace(HELD, stage=Stage.ACCEPTED, locked=True), OPERATOR) == ["contacts"]
    verified = replace(HELD, stage=Stage.ACCEPTED, contacted=True, centre_contacts=True)
    assert "verify" in open_actions(verified, OPERATOR)
    assert open_actions(replace(HELD, stage=Stage.HANDLING), OPERATOR) == ["contacts", "collab_begun", "submit"]
    assert open_actions(replace(HELD, stage=Stage.SUBMITTED), REVIEWER) == ["review"]
    assert open_actions(replace(HELD, stage=Stage.SUBMITTED, again=True), REVIEWER) == ["review"]
    assert open_actions(replace(HELD, stage=Stage.SUBMITTED, handled_by=REVIEWER.user_id), REVIEWER) == []
    assert open_actions(replace(HELD, stage=Stage.CALLBACK), REVIEWER) == ["callback-records"]
    exhausted = replace(HELD, stage=Stage.CALLBACK, callback_exhausted=True)
    assert open_actions(exhausted, REVIEWER) == ["callback-records", "close"]
    assert open_actions(exhausted, STRANGER) == []
    assert open_actions(IN_TRIAGE, DISPATCHER) == ["classify", "dispatch", "answer", "transfer-out", "not-accept"]
    ways_back = open_actions(replace(IN_TRIAGE, from_above=True, assigned=True), DISPATCHER)
    assert {"give-back", "return-up"} < set(ways_back)
    assert open_actions(CLOSING, REVIEWER) == ["close-audit"]
    assert open_actions(replace(HELD, stage=Stage.LEDGER), DEPUTY) == ["unhung", "fulfilled"]


NOTE = RecordRule(zh="记", en="note", stages=frozenset({Stage.HANDLING}), roles=frozenset({Role.REVIEWER}))


def test_what_may_be_written_without_moving(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"a": NOTE, "machine": replace(NOTE, roles=frozenset()), "checked": replace(NOTE, side=None)}
    monkeypatch.setattr(guards, "RECORDS", words)
    handling = replace(HELD, stage=Stage.HANDLING)
    assert decide_record(handling, "a", REVIEWER) is NOTE
    assert decide_record(handling, "machine", None) is words["machine"]
    assert decide_record(handling, "checked", person(20, OTHER, Role.REVIEWER)) is words["checked"]
    for what, order, actor, code in (
        ("b", handling, REVIEWER, "no-such-record"),
        ("a", HELD, REVIEWER, "record-refused"),
        ("a", handling, OPERATOR, "move-needs-role"),
        ("machine", handling, ADMIN, "move-needs-role"),
        ("a", handling, person(20, OTHER, Role.REVIEWER), "move-needs-side"),
    ):
        with pytest.raises(DomainError) as caught:
            decide_record(order, what, actor)
        assert code == caught.value.code
        assert caught.value.text("zh")


def test_every_record_has_two_names_and_a_place() -> None:
    assert all(rule.zh and rule.en and rule.stages for rule in RECORDS.values())
    assert not {move.kind for move in life.MOVES} & set(RECORDS)


def test_how_much_of_the_caller_is_seen() -> None:
    def seen(actor: Actor, *, confidential: bool) -> CallerSeen:
        sight = sight_of(HELD, actor, confidential=confidential)
        return caller_seen(sight, "欧阳某某", "+8613800000000", confidential=confidential)

    assert CallerSeen("欧阳某某", "+8613800000000") == seen(AGENT, confidential=True)
    assert CallerSeen("欧阳某某", "+8613800000000") == seen(REVIEWER, confidential=False)
    assert CallerSeen("欧***", "+8613800000000") == seen(OPERATOR, confidential=False)
    assert CallerSeen("", "") == seen(OPERATOR, confidential=True)
    assert CallerSeen("", "**********0000") == seen(LEADER, confidential=False)
    assert Sight.WHOLE is sight_of(replace(HELD, created_by=LEADER.user_id), LEADER, confidential=True)


def test_what_may_be_written_beside_the_moves() -> None:
    closed = replace(HELD, stage=Stage.CLOSED)
    assert open_records(replace(HELD, stage=Stage.HANDLING), OPERATOR) == ["notes"]
    assert open_records(closed, REVIEWER) == ["effect"]
    assert open_records(closed, OPERATOR) == []
    assert open_records(replace(HELD, stage=Stage.HANDLING), STRANGER) == []
    report = replace(HELD, stage=Stage.HANDLING, request_type=RequestType.REPORT)
    assert open_records(report, REVIEWER) == ["notes", "reported"]


@pytest.mark.rule("SG-22")
def test_whom_a_report_is_about_sees_nothing_of_it() -> None:
    report = replace(HELD, request_type=RequestType.REPORT)
    assert visible(replace(report, barred_path=PATHS[OTHER]), OPERATOR)
    assert visible(replace(report, barred_path=PATHS[UNIT]), REVIEWER)
    for barred in (PATHS[UNIT], PATHS[STREET]):
        assert not visible(replace(report, barred_path=barred), OPERATOR)
        assert not visible(replace(report, barred_path=barred, created_by=OPERATOR.user_id), OPERATOR)
