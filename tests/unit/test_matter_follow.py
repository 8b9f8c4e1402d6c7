"""How the orders of a matter follow their master (SJ-01, GH-09)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.matters.follow import NEEDS_CONTACT, Told, next_step, waits_for
from callcenter.orders import lifecycle as life
from callcenter.orders.terms import NotAcceptedReason, Stage

pytestmark = pytest.mark.rule("SJ-01", "GH-09")

UNIT, OTHER, CENTRE = UUID(int=1), UUID(int=2), UUID(int=3)


def row(stage: Stage, owner: UUID = UNIT, **more: Any) -> dict[str, Any]:
    base = {
        "stage": stage.value,
        "owner_org_id": owner,
        "case_owner": UUID(int=9),
        "round_no": 1,
        "contacted_at": "then",
        "reply": None,
        "solvability": "solvable",
        "result_type": "resolved",
        "close_reason": None,
        "article_id": None,
        "ledger_due": date(2026, 9, 1),
    }
    return base | more


def ended(stage: Stage, result: str, reason: str) -> dict[str, Any]:
    """A master that no unit has handled."""
    return row(stage, CENTRE, reply="已告知", result_type=result, close_reason=reason)


ANSWERED = ended(Stage.CLOSED, "answered", "direct_answer")
OUT = ended(Stage.TRANSFERRED, "transferred", "transferred")
NOT_TAKEN = ended(Stage.NOT_ACCEPTED, "not_accepted", "not_accepted:litigation")
FULFILLED = row(Stage.CLOSE_PENDING, reply="已办结", solvability=None, close_reason="ledger_fulfilled")
UNTOLD, BY_HAND = Told(), Told(told=True, led=False)
TOLD = Told(told=True, target="12366")


def step(master: Mapping[str, Any], member: Mapping[str, Any], known: Told = TOLD) -> life.Move | None:
    return next_step(master, member, "20260304-000001", known)


@pytest.mark.parametrize(
    ("master", "member", "wanted"),
    [
        (row(Stage.TRIAGE, CENTRE), row(Stage.TRIAGE, CENTRE), None),
        (row(Stage.PENDING_DISPATCH, CENTRE), row(Stage.TRIAGE, CENTRE), None),
        (row(Stage.DISPATCHED), row(Stage.TRIAGE, CENTRE), life.Classify),
        (row(Stage.DISPATCHED), row(Stage.PENDING_DISPATCH, CENTRE), life.Dispatch),
        (row(Stage.DISPATCHED), row(Stage.DISPATCHED), None),
        (row(Stage.HANDLING), row(Stage.DISPATCHED), life.Accept),
        (row(Stage.HANDLING), row(Stage.REDISPATCH, CENTRE), life.Redispatch),
        (row(Stage.ACCEPTED), row(Stage.DISPATCHED, OTHER), life.Accept),
        (row(Stage.ACCEPTED), row(Stage.ACCEPTED, OTHER), life.RequestReturn),
        (row(Stage.ACCEPTED), row(Stage.RETURN_REQUESTED, OTHER), life.GrantReturn),
        (row(Stage.ACCEPTED), row(Stage.RETURN_REQUESTED), None),
        (row(Stage.HANDLING), row(Stage.HANDLING), None),
        (row(Stage.HANDLING), row(Stage.SUBMITTED), life.SendBack),
        (row(Stage.SUBMITTED, reply="已修复"), row(Stage.HANDLING), life.Submit),
        (row(Stage.SUBMITTED, reply="已修复"), row(Stage.HANDLING, contacted_at=None), None),
        (row(Stage.SUBMITTED, reply="已修复"), row(Stage.ACCEPTED), life.Verify),
        (row(Stage.SUBMITTED, reply="已修复"), row(Stage.SUBMITTED), None),
        (row(Stage.CALLBACK, reply="已修复"), row(Stage.SUBMITTED), life.Approve),
        (row(Stage.CALLBACK, reply="已修复"), row(Stage.CALLBACK), None),
        (row(Stage.CLOSED, reply="已修复"), row(Stage.TRIAGE, CENTRE), life.Classify),
        (row(Stage.CLOSED, reply="已修复"), row(Stage.WARNED), None),
        (row(Stage.ANSWERED, CENTRE), row(Stage.TRIAGE, CENTRE), None),
        (ANSWERED, row(Stage.TRIAGE, CENTRE), life.Answer),
        (ANSWERED, row(Stage.ANSWERED, CENTRE), life.Close),
        (ANSWERED, row(Stage.HANDLING), None),
        (OUT, row(Stage.PENDING_DISPATCH, CENTRE), life.TransferOut),
        (OUT, row(Stage.TRANSFERRED, CENTRE), None),
        (OUT | {"stage": "closed"}, row(Stage.TRANSFERRED, CENTRE), life.Close),
        (OUT | {"stage": "closed"}, row(Stage.NOT_ACCEPTED, CENTRE), None),
        (row(Stage.TRIAGE, CENTRE, result_type=None), row(Stage.TRANSFERRED, CENTRE), life.BounceBack),
        (NOT_TAKEN, row(Stage.TRIAGE, CENTRE), life.NotAccept),
        (NOT_TAKEN, row(Stage.NOT_ACCEPTED, CENTRE), None),
        (NOT_TAKEN | {"stage": "closed"}, row(Stage.NOT_ACCEPTED, CENTRE), life.ConfirmNotAccepted),
        (row(Stage.DISPATCHED, result_type=None), row(Stage.NOT_ACCEPTED, CENTRE), life.RejectNotAccepted),
        (row(Stage.DISPATCHED), row(Stage.ANSWERED, CENTRE), None),
        (row(Stage.LEDGER), row(Stage.TRIAGE, CENTRE), life.Classify),
        (row(Stage.LEDGER), row(Stage.DISPATCHED), life.Accept),
        (row(Stage.LEDGER), row(Stage.ACCEPTED), life.Verify),
        (row(Stage.LEDGER), row(Stage.HANDLING), life.Hang),
        (row(Stage.LEDGER), row(Stage.HANDLING, contacted_at=None), None),
        (row(Stage.LEDGER), row(Stage.LEDGER), None),
        (row(Stage.LEDGER), row(Stage.CALLBACK), None),
        (row(Stage.HANDLING), row(Stage.LEDGER), life.Unhang),
        (row(Stage.SUBMITTED, reply="已修复"), row(Stage.LEDGER), life.Unhang),
        (FULFILLED, row(Stage.LEDGER), life.Fulfil),
        (FULFILLED, row(Stage.HANDLING), life.Submit),
    ],
)
def test_the_next_step(master: dict[str, Any], member: dict[str, Any], wanted: type[life.Move] | None) -> None:
    move = step(master, member)

    assert wanted is (type(move) if move else None)


def test_a_member_goes_to_the_master_s_unit_with_its_reply() -> None:
    dispatch = step(row(Stage.DISPATCHED), row(Stage.PENDING_DISPATCH, CENTRE))
    submit = step(row(Stage.SUBMITTED, reply="已修复"), row(Stage.HANDLING))

    assert isinstance(dispatch, life.Dispatch)
    assert dispatch.unit == UNIT
    assert "20260304-000001" in dispatch.reason
    assert isinstance(submit, life.Submit)
    assert submit.reply == "已修复"


def test_a_member_ends_as_its_master_with_the_same_words() -> None:
    answer = step(ANSWERED | {"article_id": UUID(int=5)}, row(Stage.TRIAGE, CENTRE))
    transfer = step(OUT, row(Stage.TRIAGE, CENTRE))
    refusal = step(NOT_TAKEN, row(Stage.TRIAGE, CENTRE))
    hung = step(row(Stage.LEDGER), row(Stage.HANDLING))

    assert answer == life.Answer(reply="已告知", article=UUID(int=5))
    assert transfer == life.TransferOut(target="12366", told="已告知")
    assert refusal == life.NotAccept(reason=NotAcceptedReason.LITIGATION, told="已告知")
    assert isinstance(hung, life.Hang)
    assert hung.due == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("master", "member"),
    [
        (ANSWERED, row(Stage.TRIAGE, CENTRE)),
        (OUT, row(Stage.PENDING_DISPATCH, CENTRE)),
        (NOT_TAKEN, row(Stage.TRIAGE, CENTRE)),
        (FULFILLED, row(Stage.LEDGER)),
    ],
)
def test_who_was_not_told_how_it_ended_is_told_first(master: dict[str, Any], member: dict[str, Any]) -> None:
    assert step(master, member, UNTOLD) is None
    assert waits_for(master, member, UNTOLD) == NEEDS_CONTACT
    assert waits_for(master, member, TOLD) is None


@pytest.mark.parametrize(
    ("master", "member"),
    [
        (row(Stage.HANDLING), row(Stage.LEDGER)),
        (row(Stage.TRIAGE, CENTRE, result_type=None), row(Stage.TRANSFERRED, CENTRE)),
        (NOT_TAKEN | {"stage": "closed"}, row(Stage.NOT_ACCEPTED, CENTRE)),
    ],
)
def test_what_a_person_decided_of_one_order_is_not_undone(master: dict[str, Any], member: dict[str, Any]) -> None:
    assert step(master, member, BY_HAND) is None


def test_who_was_not_contacted_is_told_to_be() -> None:
    done, hung = row(Stage.REVIEWED, reply="已修复"), row(Stage.LEDGER)

    assert waits_for(done, row(Stage.ACCEPTED, contacted_at=None), TOLD) == NEEDS_CONTACT
    assert waits_for(hung, row(Stage.HANDLING, contacted_at=None), TOLD) == NEEDS_CONTACT
    assert waits_for(done, row(Stage.HANDLING), TOLD) is None
    assert waits_for(done, row(Stage.CALLBACK, contacted_at=None), TOLD) is None
    assert waits_for(row(Stage.HANDLING), row(Stage.HANDLING, contacted_at=None), TOLD) is None
    assert waits_for(row(Stage.HANDLING), row(Stage.LEDGER), UNTOLD) is None


ENDS = (
    {"result_type": None},
    {"result_type": "resolved", "reply": "已修复"},
    {"result_type": "resolved", "reply": "已办结", "close_reason": "ledger_fulfilled"},
    {"result_type": "answered", "reply": "已告知", "close_reason": "direct_answer"},
    {"result_type": "transferred", "reply": "已告知", "close_reason": "transferred"},
    {"result_type": "not_accepted", "reply": "已告知", "close_reason": "not_accepted:unclear"},
)


@given(
    st.sampled_from(Stage),
    st.sampled_from(Stage),
    st.sampled_from((UNIT, OTHER)),
    st.sampled_from(ENDS),
    st.sampled_from(("then", None)),
    st.builds(Told, told=st.booleans(), target=st.just("12366"), led=st.booleans()),
)
def test_every_step_is_one_that_the_life_cycle_knows(
    where: Stage, mine: Stage, owner: UUID, end: dict[str, Any], contacted: str | None, known: Told
) -> None:
    master, member = row(where) | end, row(mine, owner, contacted_at=contacted)

    move = step(master, member, known)

    assert move is None or life.advance(mine, type(move))
    if isinstance(move, life.Answer | life.TransferOut | life.NotAccept | life.Fulfil):
        assert known.told
