"""How the orders of one matter follow their master (SJ-01, GH-09): pure, from what both are now, never from what was
heard. Asked again after any interruption it gives the same next step.

Members go where the master goes: to the unit, into handling, into the ledger and out of it, to the review, with its
reply; and where no unit handles it, to the answer, the transfer or the refusal that the master got. What each citizen
is owed stays each order's own: its contact, its call-back, its second round when that citizen is not satisfied. A
member whose own citizen was not contacted yet therefore waits before its submission; one that ends without a call-back
waits until its citizen was told how it ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from callcenter.core.ids import OrgId
from callcenter.orders import lifecycle as life
from callcenter.orders.row import Row
from callcenter.orders.terms import CloseReason, NotAcceptedReason, ResultType, Solvability, Stage

BEFORE_UNIT: Final = frozenset({Stage.TRIAGE, Stage.PENDING_DISPATCH, Stage.REDISPATCH, Stage.SIGN_PENDING})
AT_UNIT: Final = frozenset({Stage.DISPATCHED, Stage.ACCEPTED, Stage.RETURN_REQUESTED, Stage.HANDLING, Stage.COLLAB})
ACCEPTED: Final = frozenset({Stage.ACCEPTED, Stage.HANDLING, Stage.COLLAB, Stage.LEDGER})
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
NO_UNIT: Final[Mapping[ResultType, Stage]] = {
    ResultType.ANSWERED: Stage.ANSWERED,
    ResultType.TRANSFERRED: Stage.TRANSFERRED,
    ResultType.NOT_ACCEPTED: Stage.NOT_ACCEPTED,
}
"""Results without a unit, and where an order stands until somebody has looked at it."""
MAY_END: Final = frozenset({Stage.TRIAGE, Stage.PENDING_DISPATCH})
NEEDS_CONTACT: Final = "contact-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the rows do not say. `told`: the member's citizen was reached since the master's last reply, or tried often
    enough; `target`: whereto the master was transferred; `led`: the machine brought the member where it stands."""

    told: bool = False
    target: str = ""
    led: bool = True


def next_step(master: Row, member: Row, number: str, known: Told) -> life.Move | None:
    """The machine's next move of the member, None when there is none. `number` is the master's, for the reasons."""
    because = f"并入主单 {number}"
    if _without_unit(master):
        return _end(master, member, because, known)
    mine = Stage(member["stage"])
    if mine in NO_UNIT.values():
        return _take_back(mine, because) if known.led else None
    if mine is Stage.LEDGER:
        return _leave_ledger(master, because, known)
    return _work(master, member, because)


def waits_for(master: Row, member: Row, known: Told) -> str | None:
    """What only a person can do before the member can follow on: the code of a refusal."""
    where, mine = Stage(master["stage"]), Stage(member["stage"])
    if _without_unit(master):
        waits = mine in MAY_END and not known.told
    elif mine is Stage.LEDGER:
        waits = _fulfilled(master) and not known.told
    elif mine in {Stage.ACCEPTED, Stage.HANDLING}:
        waits = (_has_result(master, where) or where is Stage.LEDGER) and member["contacted_at"] is None
    else:
        waits = False
    return NEEDS_CONTACT if waits else None


def _without_unit(master: Row) -> bool:
    """It ended, or is about to end, with what the centre said. Taken back, it has no result any more."""
    if master["result_type"] is None:
        return False
    stands = NO_UNIT.get(ResultType(master["result_type"]))
    return stands is not None and Stage(master["stage"]) in {stands, Stage.CLOSED}


def _end(master: Row, member: Row, because: str, known: Told) -> life.Move | None:
    mine, closed = Stage(member["stage"]), Stage(master["stage"]) is Stage.CLOSED
    if mine in MAY_END:
        return _same_end(master, known) if known.told else None
    if not closed or not known.led or NO_UNIT[ResultType(master["result_type"])] is not mine:
        return None
    if mine is Stage.NOT_ACCEPTED:
        return life.ConfirmNotAccepted(opinion=because)
    return life.Close(opinion=because)


def _same_end(master: Row, known: Told) -> life.Move:
    match ResultType(master["result_type"]):
        case ResultType.ANSWERED:
            return life.Answer(reply=master["reply"], article=master["article_id"])
        case ResultType.TRANSFERRED:
            return life.TransferOut(target=known.target, told=master["reply"])
        case _:
            reason = NotAcceptedReason(master["close_reason"].partition(":")[2])
            return life.NotAccept(reason=reason, told=master["reply"])


def _take_back(mine: Stage, because: str) -> life.Move | None:
    """The master is open again."""
    match mine:
        case Stage.TRANSFERRED:
            return life.BounceBack(reason=because)
        case Stage.NOT_ACCEPTED:
            return life.RejectNotAccepted(opinion=because)
    return None


def _fulfilled(master: Row) -> bool:
    return Stage(master["stage"]) in {Stage.CLOSE_PENDING, Stage.CLOSED} and (
        master["close_reason"] == CloseReason.LEDGER_FULFILLED
    )


def _leave_ledger(master: Row, because: str, known: Told) -> life.Move | None:
    """What only this member was put there for stays there until the matter is done."""
    where = Stage(master["stage"])
    if _fulfilled(master):
        return life.Fulfil(reply=master["reply"]) if known.told else None
    if where in {Stage.HANDLING, Stage.COLLAB} | DONE and known.led:
        return life.Unhang(reason=because)
    return None


def _work(master: Row, member: Row, because: str) -> life.Move | None:
    where, mine = Stage(master["stage"]), Stage(member["stage"])
    same_unit = member["owner_org_id"] == master["owner_org_id"]
    if where in AT_UNIT | DONE | {Stage.LEDGER}:
        if (step := _towards_unit(mine, same_unit, OrgId(master["owner_org_id"]), because)) is not None:
            return step
        if mine is Stage.DISPATCHED and same_unit and where in ACCEPTED | DONE:
            return life.Accept(case_owner=master["case_owner"])
    if mine is Stage.SUBMITTED and where is Stage.HANDLING and master["round_no"] == member["round_no"]:
        return life.SendBack(opinion=because)
    if mine is Stage.SUBMITTED and where in APPROVED:
        return life.Approve(opinion=because)
    if same_unit and member["contacted_at"] is not None:
        return _together(master, mine, because)
    return None


def _together(master: Row, mine: Stage, because: str) -> life.Move | None:
    """At one unit, the citizen contacted."""
    where = Stage(master["stage"])
    hung, done = where is Stage.LEDGER, _has_result(master, where)
    if mine is Stage.ACCEPTED and (hung or done):
        return life.Verify(note=because)
    if mine is Stage.HANDLING and hung:
        return life.Hang(due=master["ledger_due"], reason=because)
    if mine is Stage.HANDLING and done:
        return _submit(master, because)
    return None


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
    """The plan, or the record of the coordination, stands with the master; one that was done out of the ledger had no
    submission."""
    return life.Submit(
        reply=master["reply"],
        solvability=Solvability(master["solvability"] or Solvability.SOLVABLE),
        result=ResultType(master["result_type"]),
        plan=because,
    )
