"""How the orders of one matter follow their master (SJ-01, GH-09): pure, from what both are now, never from what was
heard. Asked again after any interruption it gives the same next step.

Members go where the master goes, to the unit, into handling, to the review, with its reply. What each citizen is owed
stays each order's own: its contact, its call-back, its second round when that citizen is not satisfied. A member whose
own citizen was not contacted yet therefore waits before its submission.
"""

from typing import Final

from callcenter.core.ids import OrgId
from callcenter.orders import lifecycle as life
from callcenter.orders.row import Row
from callcenter.orders.terms import ResultType, Solvability, Stage

BEFORE_UNIT: Final = frozenset({Stage.TRIAGE, Stage.PENDING_DISPATCH, Stage.REDISPATCH, Stage.SIGN_PENDING})
AT_UNIT: Final = frozenset({Stage.DISPATCHED, Stage.ACCEPTED, Stage.RETURN_REQUESTED, Stage.HANDLING, Stage.COLLAB})
ACCEPTED: Final = frozenset({Stage.ACCEPTED, Stage.HANDLING, Stage.COLLAB})
DONE: Final = frozenset(
    {
        Stage.SUBMITTED,
        Stage.REVIEWED,
        Stage.CALLBACK,
        Stage.WARNED,
        Stage.REHANDLING,
        Stage.CLOSE_PENDING,
        Stage.CLOSED,
    }
)
"""The master's unit has submitted a result."""
APPROVED: Final = DONE - {Stage.SUBMITTED}
MERGEABLE: Final = BEFORE_UNIT | AT_UNIT | {Stage.SUBMITTED, Stage.LEDGER}
"""Where an order may still join a matter; what was submitted, heard or ended stays as it is."""
NEEDS_CONTACT: Final = "contact-missing"


def next_step(master: Row, member: Row, number: str) -> life.Move | None:
    """The machine's next move of the member, None when there is none. `number` is the master's, for the reasons."""
    where, mine = Stage(master["stage"]), Stage(member["stage"])
    same_unit = member["owner_org_id"] == master["owner_org_id"]
    because = f"并入主单 {number}"
    if where in AT_UNIT | DONE:
        if (step := _towards_unit(mine, same_unit, OrgId(master["owner_org_id"]), because)) is not None:
            return step
        if mine is Stage.DISPATCHED and same_unit and where in ACCEPTED | DONE:
            return life.Accept(case_owner=master["case_owner"])
    if mine is Stage.SUBMITTED and where is Stage.HANDLING and master["round_no"] == member["round_no"]:
        return life.SendBack(opinion=because)
    if same_unit and _has_result(master, where) and member["contacted_at"] is not None:
        if mine is Stage.ACCEPTED:
            return life.Verify(note=because)
        if mine is Stage.HANDLING:
            return _submit(master, because)
    if mine is Stage.SUBMITTED and where in APPROVED:
        return life.Approve(opinion=because)
    return None


def waits_for(master: Row, member: Row) -> str | None:
    """What only a person can do before the member can follow on: the code of a refusal."""
    ready = _has_result(master, Stage(master["stage"])) and member["contacted_at"] is None
    return NEEDS_CONTACT if ready and Stage(member["stage"]) in {Stage.ACCEPTED, Stage.HANDLING} else None


def _towards_unit(mine: Stage, same_unit: bool, unit: OrgId, because: str) -> life.Move | None:
    match mine:
        case Stage.TRIAGE:
            return life.Classify(reason=because)
        case Stage.PENDING_DISPATCH:
            return life.Dispatch(unit=unit, reason=because)
        case Stage.REDISPATCH:
            return life.Redispatch(unit=unit, reason=because)
        case Stage.DISPATCHED if not same_unit:
            return life.Accept()
        case Stage.ACCEPTED if not same_unit:
            return life.RequestReturn(reason=because)
        case Stage.RETURN_REQUESTED if not same_unit:
            return life.GrantReturn(opinion=because)
    return None


def _has_result(master: Row, where: Stage) -> bool:
    return where in DONE and bool(master["reply"])


def _submit(master: Row, because: str) -> life.Submit:
    """The plan, or the record of the coordination, stands with the master."""
    return life.Submit(
        reply=master["reply"],
        solvability=Solvability(master["solvability"]),
        result=ResultType(master["result_type"]),
        plan=because,
    )
