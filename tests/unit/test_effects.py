"""What each move writes beside the stage."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from callcenter.core.ids import CallId, OrgId, UserId
from callcenter.orders.effects import Moment, effect_of
from callcenter.orders.lifecycle import (
    MOVES,
    Accept,
    Answer,
    Approve,
    Assign,
    CloseUnheard,
    Contact,
    Dispatch,
    ExhaustCallback,
    Move,
    Register,
    Satisfy,
    SendBack,
    Submit,
    TryContact,
    Warn,
)
from callcenter.orders.terms import ContactOutcome, ResultType, Solvability

AT = datetime(2026, 3, 2, tzinfo=UTC)
CENTRE, STREET, UNIT = (OrgId(UUID(int=n)) for n in range(1, 4))
OPERATOR, CALL = UserId(UUID(int=9)), CallId(UUID(int=10))
ROW = {"owner_org_id": CENTRE, "missed_contacts": 1, "contacted_at": None, "call_id": CALL}
MOMENT = Moment(row=ROW, by=OPERATOR, at=AT)
SUBMIT = Submit(reply="已修", solvability=Solvability.COORDINATE, result=ResultType.PARTLY, plan="会商")
SAID = {"reply": "已修", "solvability": Solvability.COORDINATE, "result_type": ResultType.PARTLY}

CASES: list[tuple[Move, dict[str, Any], dict[str, Any]]] = [
    (
        Assign(centre=STREET, reason="属地"),
        {"owner_org_id": STREET, "centre_org_id": STREET},
        {"centre": STREET, "from": CENTRE, "reason": "属地"},
    ),
    (
        Dispatch(unit=UNIT, reason="职责清单"),
        {"owner_org_id": UNIT, "centre_org_id": CENTRE, "dispatched_at": AT},
        {"unit": UNIT, "from": CENTRE, "reason": "职责清单"},
    ),
    (Accept(), {"accepted_at": AT}, {}),
    (TryContact(note="关机", call=CALL), {"missed_contacts": 2}, {"missed": 2}),
    (
        Contact(outcome=ContactOutcome.REACHED, note="已约", call=CALL),
        {"contacted_at": AT},
        {"outcome": ContactOutcome.REACHED},
    ),
    (SUBMIT, {**SAID, "handled_by": OPERATOR, "submitted_at": AT}, {**SAID, "plan": "会商"}),
    (Approve(opinion="同意"), {}, {"opinion": "同意"}),
    (SendBack(opinion="补照片"), {}, {"opinion": "补照片"}),
    (Answer(reply="八点开门"), {"reply": "八点开门", "contacted_at": AT}, {"reply": "八点开门"}),
    (Satisfy(), {"resolved": True, "satisfied": True, "closed_at": AT}, {"resolved": True, "satisfied": True}),
    (
        Warn(resolved=False, satisfied=None),
        {"resolved": False, "satisfied": None, "flagged": True, "flag_reason": "XY-11"},
        {"resolved": False, "satisfied": None},
    ),
    (ExhaustCallback(), {"callback_exhausted": True}, {}),
    (
        CloseUnheard(reason="多次无人接听"),
        {"closed_at": AT, "close_reason": "多次无人接听"},
        {"reason": "多次无人接听"},
    ),
]


@pytest.mark.parametrize(("move", "changes", "body"), CASES, ids=[type(case[0]).__name__ for case in CASES])
def test_columns_and_body(move: Move, changes: dict[str, Any], body: dict[str, Any]) -> None:
    effect = effect_of(move, MOMENT)
    assert (effect.changes, effect.body) == (changes, body)


def test_every_move_of_an_existing_order_has_an_effect() -> None:
    assert {type(case[0]) for case in CASES} == set(MOVES) - {Register}


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
        (Answer(reply="八点开门"), {}, ("direct_answer", ContactOutcome.REACHED, "", CALL)),
    ],
)
def test_a_contact_is_written_down_with_who_made_it(move: Move, row: dict[str, Any], contact: tuple[Any, ...]) -> None:
    (one,) = effect_of(move, Moment(row={**ROW, **row}, by=OPERATOR, at=AT)).contacts
    assert (one["kind"], one["outcome"], one["note"], one["call_id"]) == contact
    assert one["actor_id"] == OPERATOR


@pytest.mark.parametrize("move", [case[0] for case in CASES if not isinstance(case[0], TryContact | Contact | Answer)])
def test_no_other_move_is_a_contact(move: Move) -> None:
    assert effect_of(move, MOMENT).contacts == ()
