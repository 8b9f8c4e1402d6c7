"""How the orders of a matter follow their master (SJ-01, GH-09)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from callcenter.matters.follow import NEEDS_CONTACT, next_step, waits_for
from callcenter.orders import lifecycle as life
from callcenter.orders.terms import Stage

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
    }
    return base | more


def step(master: Mapping[str, Any], member: Mapping[str, Any]) -> life.Move | None:
    return next_step(master, member, "20260304-000001")


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


def test_who_was_not_contacted_is_told_to_be() -> None:
    done = row(Stage.REVIEWED, reply="已修复")

    assert waits_for(done, row(Stage.ACCEPTED, contacted_at=None)) == NEEDS_CONTACT
    assert waits_for(done, row(Stage.HANDLING)) is None
    assert waits_for(done, row(Stage.CALLBACK, contacted_at=None)) is None
    assert waits_for(row(Stage.HANDLING), row(Stage.HANDLING, contacted_at=None)) is None


def test_every_step_is_one_that_the_life_cycle_knows() -> None:
    for where in Stage:
        for mine in Stage:
            for owner in (UNIT, OTHER):
                move = step(row(where, reply="已修复"), row(mine, owner))
                assert move is None or life.advance(mine, type(move))
