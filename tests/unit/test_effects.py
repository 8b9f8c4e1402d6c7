"""What each move writes beside the stage."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from callcenter.core.ids import CallId, OrgId, UserId
from callcenter.orders import lifecycle as life
from callcenter.orders.effect_check import effect_due
from callcenter.orders.effects import Moment, effect_of
from callcenter.orders.lifecycle import Contact, Move, TryContact
from callcenter.orders.terms import (
    ContactOutcome,
    DispatchKind,
    Kind,
    Level,
    NotAcceptedReason,
    ResultType,
    Solvability,
)
from tests.unit.people_of_orders import ONE_OF_EACH

AT = datetime(2026, 3, 2, tzinfo=UTC)
BEFORE = datetime(2026, 2, 27, tzinfo=UTC)
CENTRE, STREET, UNIT, OTHER = (OrgId(UUID(int=n)) for n in range(1, 5))
OPERATOR, CALL, ITEM = UserId(UUID(int=9)), CallId(UUID(int=10)), UUID(int=11)
ROW: dict[str, Any] = {
    "owner_org_id": CENTRE,
    "centre_org_id": CENTRE,
    "first_org_id": None,
    "hops": 0,
    "redispatches": 0,
    "missed_contacts": 1,
    "contacted_at": None,
    "call_id": CALL,
    "kind": "ordinary",
    "level": "normal",
    "category_code": "",
    "round_no": 1,
    "reopened": 0,
    "flagged": False,
}
AT_UNIT = ROW | {"owner_org_id": UNIT}
MOMENT = Moment(row=ROW, by=OPERATOR, at=AT)
SUBMIT = life.Submit(reply="已修", solvability=Solvability.COORDINATE, result=ResultType.PARTLY, plan="会商")
SAID = {"reply": "已修", "solvability": Solvability.COORDINATE, "result_type": ResultType.PARTLY}
TO_UNIT = {
    "owner_org_id": UNIT,
    "dispatched_at": AT,
    "held_since": AT,
    "first_org_id": UNIT,
    "hops": 1,
    "accepted_at": None,
    "case_owner": None,
}
TO_CENTRE = {
    "owner_org_id": CENTRE,
    "held_since": AT,
    "accepted_at": None,
    "case_owner": None,
    "missed_contacts": 0,
    "contacted_at": None,
}
ON_THE_LINE = {"replied_at": AT, "finished_at": AT, "contacted_at": AT}
NEXT_ROUND = {"round_no": 2, "callback_exhausted": False, "close_reason": None}
TAKEN_BACK = {"reply": None, "replied_at": None, "finished_at": None, "result_type": None, "close_reason": None}


def dispatched(kind: DispatchKind, **more: Any) -> dict[str, Any]:
    return {"unit": UNIT, "from": CENTRE, "reason": "职责清单", "dispatch_kind": kind, **more}


CASES: list[tuple[Move, dict[str, Any], dict[str, Any]]] = [
    (
        life.Classify(level=Level.URGENT, category="供水", reason="停水"),
        {"level": Level.URGENT, "kind": "urgent", "category": "供水"},
        {
            "level": Level.URGENT,
            "kind": "urgent",
            "category": "供水",
            "before": {"level": "normal", "kind": "ordinary"},
            "reason": "停水",
        },
    ),
    (
        life.Assign(centre=STREET, reason="属地"),
        {
            "owner_org_id": STREET,
            "centre_org_id": STREET,
            "assigned_by_org_id": CENTRE,
            "assigned_at": AT,
            "held_since": AT,
        },
        {"centre": STREET, "from": CENTRE, "reason": "属地"},
    ),
    (
        life.GiveBack(centre=STREET, reason="不属"),
        {
            "owner_org_id": STREET,
            "centre_org_id": STREET,
            "assigned_by_org_id": None,
            "assigned_at": None,
            "held_since": AT,
        },
        {"centre": STREET, "from": CENTRE, "reason": "不属"},
    ),
    (life.ReturnUp(reason="不属本区"), {"closed_at": AT, "close_reason": "不属本区"}, {"reason": "不属本区"}),
    (
        life.Dispatch(unit=UNIT, reason="职责清单", item=ITEM),
        {**TO_UNIT, "dispatch_kind": DispatchKind.ORDINARY, "item_id": ITEM},
        dispatched(DispatchKind.ORDINARY, item=ITEM),
    ),
    (
        life.Redispatch(unit=UNIT, reason="职责清单"),
        {**TO_UNIT, "dispatch_kind": DispatchKind.REDISPATCH, "redispatches": 1},
        dispatched(DispatchKind.REDISPATCH),
    ),
    (
        life.SignDispatch(unit=UNIT, reason="职责清单"),
        {**TO_UNIT, "dispatch_kind": DispatchKind.SIGNED, "locked": True},
        dispatched(DispatchKind.SIGNED),
    ),
    (
        life.Claim(unit=UNIT, reason="职责清单"),
        {**TO_UNIT, "dispatch_kind": DispatchKind.CLAIMED},
        dispatched(DispatchKind.CLAIMED),
    ),
    (life.NeedSign(reason="推诿"), {}, {"reason": "推诿"}),
    (life.Accept(), {"accepted_at": AT, "case_owner": OPERATOR}, {"case_owner": OPERATOR}),
    (life.RequestReturn(reason="不属职责"), {}, {"reason": "不属职责"}),
    (life.RejectReturn(opinion="属你"), {}, {"opinion": "属你"}),
    (life.GrantReturn(opinion="同意"), TO_CENTRE, {"opinion": "同意", "returned_by": CENTRE}),
    (life.TryContact(note="关机", call=CALL), {"missed_contacts": 2}, {"missed": 2}),
    (
        life.Contact(outcome=ContactOutcome.REACHED, note="已约", call=CALL),
        {"contacted_at": AT},
        {"outcome": ContactOutcome.REACHED},
    ),
    (life.Verify(note="属实"), {}, {"note": "属实"}),
    (life.Collaborate(reason="疑难"), {}, {"reason": "疑难"}),
    (life.EndCollaboration(), {}, {"note": ""}),
    (life.EndCollaborationAgain(), {}, {"note": ""}),
    (
        SUBMIT,
        {**SAID, "handled_by": OPERATOR, "submitted_at": AT, "replied_at": AT, "finished_at": None},
        {**SAID, "plan": "会商"},
    ),
    (life.Approve(opinion="同意"), {}, {"opinion": "同意"}),
    (life.SendBack(opinion="补照片"), {}, {"opinion": "补照片"}),
    (life.SendBackAgain(opinion="补照片"), {}, {"opinion": "补照片"}),
    (life.BeginCallback(), {}, {}),
    (
        life.Answer(reply="八点开门", article=ITEM),
        {
            **ON_THE_LINE,
            "reply": "八点开门",
            "result_type": ResultType.ANSWERED,
            "close_reason": "direct_answer",
            "article_id": ITEM,
        },
        {"reply": "八点开门", "article": ITEM},
    ),
    (
        life.TransferOut(target="110", told="已转公安"),
        {
            **ON_THE_LINE,
            "reply": "已转公安",
            "result_type": ResultType.TRANSFERRED,
            "close_reason": "transferred",
        },
        {"reply": "已转公安", "target": "110"},
    ),
    (life.BounceBack(reason="不属"), TAKEN_BACK, {"reason": "不属"}),
    (
        life.NotAccept(reason=NotAcceptedReason.LITIGATION, told="请诉讼"),
        {
            **ON_THE_LINE,
            "reply": "请诉讼",
            "result_type": ResultType.NOT_ACCEPTED,
            "close_reason": "not_accepted:litigation",
            "handled_by": OPERATOR,
        },
        {"reply": "请诉讼", "reason": NotAcceptedReason.LITIGATION},
    ),
    (life.ConfirmNotAccepted(opinion="同意"), {"closed_at": AT}, {"opinion": "同意"}),
    (life.RejectNotAccepted(opinion="应受理"), {**TAKEN_BACK, "handled_by": None}, {"opinion": "应受理"}),
    (
        life.Satisfy(),
        {"resolved": True, "satisfied": True, "close_reason": None},
        {"resolved": True, "satisfied": True},
    ),
    (
        life.Warn(resolved=False, satisfied=None),
        {"resolved": False, "satisfied": None, "flagged": True, "flag_reason": "XY-11"},
        {"resolved": False, "satisfied": None},
    ),
    (life.ExhaustCallback(), {"callback_exhausted": True}, {}),
    (life.CloseUnheard(reason="多次无人接听"), {"close_reason": "多次无人接听"}, {"reason": "多次无人接听"}),
    (
        life.Rehandle(reason="不满意"),
        {**NEXT_ROUND, "again": True, "held_since": AT},
        {"reason": "不满意", "round": 2},
    ),
    (
        life.Refuse(opinion="未见实效"),
        {**NEXT_ROUND, "again": True, "held_since": AT, "resolved": None, "satisfied": None},
        {"opinion": "未见实效", "round": 2},
    ),
    (
        life.Explain(reason="两次上门", basis="办法"),
        {"close_reason": "explained: 两次上门", "result_type": ResultType.EXPLAINED},
        {"reason": "两次上门", "basis": "办法"},
    ),
    (
        life.Hang(due=date(2026, 6, 1), reason="待立项"),
        {"ledger_due": date(2026, 6, 1)},
        {"due": date(2026, 6, 1), "reason": "待立项"},
    ),
    (life.Unhang(reason="具备"), {"ledger_due": None}, {"reason": "具备"}),
    (life.UnhangAgain(reason="具备"), {"ledger_due": None}, {"reason": "具备"}),
    (
        life.Fulfil(reply="已完工"),
        {
            "ledger_due": None,
            "reply": "已完工",
            "replied_at": AT,
            "finished_at": AT,
            "result_type": ResultType.RESOLVED,
            "close_reason": "ledger_fulfilled",
        },
        {"reply": "已完工"},
    ),
    (life.Close(), {"closed_at": AT}, {}),
    (
        life.Reopen(reason="市级复核", city_review=True),
        {
            **NEXT_ROUND,
            **TO_CENTRE,
            "reopened": 1,
            "again": False,
            "locked": False,
            "closed_at": None,
            "reply": None,
            "replied_at": None,
            "finished_at": None,
            "result_type": None,
            "resolved": None,
            "satisfied": None,
            "handled_by": None,
            "effect_due": None,
            "kind": Kind.CITY_REVIEW,
        },
        {"reason": "市级复核", "round": 2, "kind": Kind.CITY_REVIEW},
    ),
]


@pytest.mark.parametrize(("move", "changes", "body"), CASES, ids=[type(case[0]).__name__ for case in CASES])
def test_columns_and_body(move: Move, changes: dict[str, Any], body: dict[str, Any]) -> None:
    effect = effect_of(move, MOMENT)
    assert (effect.changes, effect.body) == (changes, body)


def test_every_move_of_an_existing_order_has_an_effect() -> None:
    assert {type(case[0]) for case in CASES} == {type(move) for move in ONE_OF_EACH} - {life.Register, life.Receive}


@pytest.mark.rule("XY-13")
def test_a_second_round_overwrites_nothing_of_the_first() -> None:
    """Only counters move on: reply, contact and what the citizen said stay until there is another."""
    kept = {"reply", "contacted_at", "resolved", "satisfied", "submitted_at", "result_type", "owner_org_id"}
    assert not kept & set(effect_of(life.Rehandle(reason="不满意"), MOMENT).changes)


@pytest.mark.rule("SG-10", "GH-09")
def test_the_first_unit_is_remembered_and_the_hops_are_counted() -> None:
    later = Moment(row=ROW | {"first_org_id": UNIT, "hops": 1}, by=OPERATOR, at=AT)
    changes = effect_of(life.Redispatch(unit=OTHER, reason="退单"), later).changes
    assert (changes["first_org_id"], changes["hops"], changes["owner_org_id"]) == (UNIT, 2, OTHER)


def test_a_named_person_owns_the_case_and_the_centre_gets_it_back() -> None:
    assert effect_of(life.Accept(case_owner=UserId(ITEM)), MOMENT).changes["case_owner"] == ITEM
    at_unit = Moment(row=AT_UNIT, by=OPERATOR, at=AT)
    assert effect_of(life.NeedSign(reason="推诿"), at_unit).changes == TO_CENTRE
    tier = Moment(row=AT_UNIT, by=OPERATOR, at=AT, centre_contacts=True)
    assert "contacted_at" not in effect_of(life.GrantReturn(), tier).changes


@pytest.mark.rule("GH-14")
def test_level_and_category_decide_the_kind_unless_it_is_given() -> None:
    given = effect_of(life.Classify(level=Level.URGENT, order_kind=Kind.SNAPSHOT), MOMENT).changes
    assert given == {"level": Level.URGENT, "kind": Kind.SNAPSHOT}
    assert effect_of(life.Classify(level=Level.NORMAL), MOMENT).changes == {"level": Level.NORMAL}
    snapshot = Moment(row=ROW | {"kind": "snapshot"}, by=OPERATOR, at=AT)
    assert "kind" not in effect_of(life.Classify(level=Level.URGENT), snapshot).changes
    assert effect_of(life.Classify(category_code="0101"), MOMENT).changes == {"category_code": "0101"}


@pytest.mark.rule("A-29")
def test_told_is_not_done() -> None:
    done = life.Submit(reply="已修", solvability=Solvability.SOLVABLE, result=ResultType.RESOLVED)
    assert effect_of(done, MOMENT).changes["finished_at"] == AT
    assert effect_of(SUBMIT, MOMENT).changes["finished_at"] is None
    assert effect_of(SUBMIT, MOMENT).changes["replied_at"] == AT
    hard = life.Submit(reply="已列计划", solvability=Solvability.HARD_NOW, result=ResultType.EXPLAINED, plan="六月施工")
    assert effect_of(hard, MOMENT).changes["finished_at"] is None


@pytest.mark.rule("A-29")
@pytest.mark.parametrize(
    ("row", "finished"),
    [
        ({"finished_at": BEFORE}, BEFORE),
        ({"finished_at": BEFORE, "again": True, "submitted_at": BEFORE - timedelta(days=1)}, BEFORE),
        ({"finished_at": BEFORE, "again": True, "submitted_at": BEFORE}, AT),
    ],
)
def test_a_finish_that_was_recorded_counts_for_its_round(row: dict[str, Any], finished: datetime) -> None:
    done = life.Submit(reply="已修", solvability=Solvability.SOLVABLE, result=ResultType.RESOLVED)
    assert effect_of(done, Moment(row=ROW | row, by=OPERATOR, at=AT)).changes["finished_at"] == finished


def test_what_a_warned_citizen_says_later_is_late() -> None:
    flagged = Moment(row=ROW | {"flagged": True}, by=None, at=AT)
    assert effect_of(life.Satisfy(), flagged).changes["satisfied_late"] is True
    ticked = life.Warn(resolved=True, satisfied=True, tendency="语气不满")
    assert effect_of(ticked, MOMENT).body["tendency"] == "语气不满"
    assert effect_of(life.Close(opinion="同意"), MOMENT).body == {"opinion": "同意"}


def test_plain_answers_and_plain_reopenings_say_no_more_than_they_know() -> None:
    assert "article_id" not in effect_of(life.Answer(reply="答"), MOMENT).changes
    assert "kind" not in effect_of(life.Reopen(reason="再次来电"), MOMENT).changes
    assert "item_id" not in effect_of(life.Dispatch(unit=UNIT, reason="r"), MOMENT).changes


@pytest.mark.parametrize(
    ("move", "row", "contact"),
    [
        (TryContact(note="关机", call=CALL), {}, ("first_contact", ContactOutcome.UNREACHABLE, "关机", CALL)),
        (Contact(outcome=ContactOutcome.REACHED, note="已约"), {}, ("first_contact", "reached", "已约", None)),
        (
            Contact(outcome=ContactOutcome.REACHED, note="又约", call=CALL),
            {"contacted_at": AT},
            ("further", ContactOutcome.REACHED, "又约", CALL),
        ),
        (life.Answer(reply="八点开门"), {}, ("direct_answer", ContactOutcome.REACHED, "", CALL)),
    ],
)
def test_a_contact_is_written_down_with_who_made_it(move: Move, row: dict[str, Any], contact: tuple[Any, ...]) -> None:
    (one,) = effect_of(move, Moment(row={**ROW, **row}, by=OPERATOR, at=AT)).contacts
    assert (one["kind"], one["outcome"], one["note"], one["call_id"]) == contact
    assert one["actor_id"] == OPERATOR


def test_a_further_contact_keeps_the_first_ones_time() -> None:
    again = Moment(row=ROW | {"contacted_at": AT}, by=OPERATOR, at=AT)
    assert effect_of(Contact(outcome=ContactOutcome.REACHED, note=""), again).changes == {}
    assert effect_of(life.Answer(reply="答"), Moment(row=ROW, by=None, at=AT)).contacts == ()


SPOKEN = (TryContact, Contact, life.Answer, life.TransferOut, life.NotAccept)


@pytest.mark.parametrize("move", [case[0] for case in CASES if not isinstance(case[0], SPOKEN)])
def test_no_other_move_is_a_contact(move: Move) -> None:
    assert effect_of(move, MOMENT).contacts == ()


@pytest.mark.rule("GH-16")
@pytest.mark.parametrize(
    ("doubt", "days", "due"),
    [
        ({}, 30, None),
        ({"reopened": 1}, 30, date(2026, 4, 1)),
        ({"difficult": True}, 7, date(2026, 3, 9)),
        ({"again": True}, 30, date(2026, 4, 1)),
        ({"matter_id": ITEM}, 30, date(2026, 4, 1)),
        ({"reopened": 1}, 0, None),
    ],
)
def test_the_effect_of_doubtful_closes_is_looked_at_once_more(
    doubt: dict[str, Any], days: int, due: date | None
) -> None:
    row = {"reopened": 0, "difficult": False, "again": False, "matter_id": None, **doubt}
    expected = {} if due is None else {"effect_due": due, "effect_holds": None}
    assert effect_due(row, date(2026, 3, 2), days) == expected
