"""The life cycle of a work order as one transition table (requirements A3.2).

Every rule about which move is possible at which stage lives here; who may make it and what it must carry is in
`guards`. A move that grows the life cycle is a new type in a `moves_*` module and new lines of `NEXT`.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from callcenter.core import errors
from callcenter.core.ids import CallId
from callcenter.orders.moves_base import Move as Move
from callcenter.orders.moves_closing import BeginCallback as BeginCallback
from callcenter.orders.moves_closing import Close as Close
from callcenter.orders.moves_closing import CloseUnheard as CloseUnheard
from callcenter.orders.moves_closing import ExhaustCallback as ExhaustCallback
from callcenter.orders.moves_closing import Explain as Explain
from callcenter.orders.moves_closing import Fulfil as Fulfil
from callcenter.orders.moves_closing import Hang as Hang
from callcenter.orders.moves_closing import Refuse as Refuse
from callcenter.orders.moves_closing import Rehandle as Rehandle
from callcenter.orders.moves_closing import Reopen as Reopen
from callcenter.orders.moves_closing import Satisfy as Satisfy
from callcenter.orders.moves_closing import Unhang as Unhang
from callcenter.orders.moves_closing import UnhangAgain as UnhangAgain
from callcenter.orders.moves_closing import Warn as Warn
from callcenter.orders.moves_dispatch import Accept as Accept
from callcenter.orders.moves_dispatch import Claim as Claim
from callcenter.orders.moves_dispatch import Dispatch as Dispatch
from callcenter.orders.moves_dispatch import Dispatched as Dispatched
from callcenter.orders.moves_dispatch import GrantReturn as GrantReturn
from callcenter.orders.moves_dispatch import NeedSign as NeedSign
from callcenter.orders.moves_dispatch import Redispatch as Redispatch
from callcenter.orders.moves_dispatch import RejectReturn as RejectReturn
from callcenter.orders.moves_dispatch import RequestReturn as RequestReturn
from callcenter.orders.moves_dispatch import SignDispatch as SignDispatch
from callcenter.orders.moves_handling import Approve as Approve
from callcenter.orders.moves_handling import Collaborate as Collaborate
from callcenter.orders.moves_handling import Contact as Contact
from callcenter.orders.moves_handling import EndCollaboration as EndCollaboration
from callcenter.orders.moves_handling import EndCollaborationAgain as EndCollaborationAgain
from callcenter.orders.moves_handling import SendBack as SendBack
from callcenter.orders.moves_handling import SendBackAgain as SendBackAgain
from callcenter.orders.moves_handling import Submit as Submit
from callcenter.orders.moves_handling import TryContact as TryContact
from callcenter.orders.moves_handling import Verify as Verify
from callcenter.orders.moves_intake import Answer as Answer
from callcenter.orders.moves_intake import Assign as Assign
from callcenter.orders.moves_intake import BounceBack as BounceBack
from callcenter.orders.moves_intake import Classify as Classify
from callcenter.orders.moves_intake import ConfirmNotAccepted as ConfirmNotAccepted
from callcenter.orders.moves_intake import GiveBack as GiveBack
from callcenter.orders.moves_intake import NotAccept as NotAccept
from callcenter.orders.moves_intake import Receive as Receive
from callcenter.orders.moves_intake import Register as Register
from callcenter.orders.moves_intake import RejectNotAccepted as RejectNotAccepted
from callcenter.orders.moves_intake import ReturnUp as ReturnUp
from callcenter.orders.moves_intake import TransferOut as TransferOut
from callcenter.orders.terms import STAGE_NAMES, ContactOutcome, Stage

NEXT: Final[Mapping[tuple[Stage, type[Move]], Stage]] = {
    (Stage.NEW, Register): Stage.PENDING_DISPATCH,
    (Stage.NEW, Receive): Stage.TRIAGE,
    (Stage.TRIAGE, Classify): Stage.PENDING_DISPATCH,
    (Stage.TRIAGE, Assign): Stage.TRIAGE,
    (Stage.TRIAGE, GiveBack): Stage.TRIAGE,
    (Stage.TRIAGE, ReturnUp): Stage.RETURNED_UP,
    (Stage.TRIAGE, Answer): Stage.ANSWERED,
    (Stage.TRIAGE, TransferOut): Stage.TRANSFERRED,
    (Stage.TRIAGE, NotAccept): Stage.NOT_ACCEPTED,
    (Stage.TRIAGE, TryContact): Stage.TRIAGE,
    (Stage.TRIAGE, Contact): Stage.TRIAGE,
    (Stage.PENDING_DISPATCH, Answer): Stage.ANSWERED,
    (Stage.PENDING_DISPATCH, Assign): Stage.TRIAGE,
    (Stage.PENDING_DISPATCH, TransferOut): Stage.TRANSFERRED,
    (Stage.PENDING_DISPATCH, NotAccept): Stage.NOT_ACCEPTED,
    (Stage.PENDING_DISPATCH, TryContact): Stage.PENDING_DISPATCH,
    (Stage.PENDING_DISPATCH, Contact): Stage.PENDING_DISPATCH,
    (Stage.PENDING_DISPATCH, Dispatch): Stage.DISPATCHED,
    (Stage.PENDING_DISPATCH, Claim): Stage.DISPATCHED,
    (Stage.PENDING_DISPATCH, NeedSign): Stage.SIGN_PENDING,
    (Stage.ANSWERED, Close): Stage.CLOSED,
    (Stage.TRANSFERRED, Close): Stage.CLOSED,
    (Stage.TRANSFERRED, BounceBack): Stage.TRIAGE,
    (Stage.NOT_ACCEPTED, ConfirmNotAccepted): Stage.CLOSED,
    (Stage.NOT_ACCEPTED, RejectNotAccepted): Stage.TRIAGE,
    (Stage.DISPATCHED, Accept): Stage.ACCEPTED,
    (Stage.ACCEPTED, TryContact): Stage.ACCEPTED,
    (Stage.ACCEPTED, Contact): Stage.HANDLING,
    (Stage.ACCEPTED, Verify): Stage.HANDLING,
    (Stage.ACCEPTED, RequestReturn): Stage.RETURN_REQUESTED,
    (Stage.RETURN_REQUESTED, RejectReturn): Stage.ACCEPTED,
    (Stage.RETURN_REQUESTED, GrantReturn): Stage.REDISPATCH,
    (Stage.RETURN_REQUESTED, NeedSign): Stage.SIGN_PENDING,
    (Stage.REDISPATCH, Redispatch): Stage.DISPATCHED,
    (Stage.REDISPATCH, Claim): Stage.DISPATCHED,
    (Stage.REDISPATCH, NeedSign): Stage.SIGN_PENDING,
    (Stage.SIGN_PENDING, SignDispatch): Stage.DISPATCHED,
    (Stage.SIGN_PENDING, Claim): Stage.DISPATCHED,
    (Stage.HANDLING, TryContact): Stage.HANDLING,
    (Stage.HANDLING, Contact): Stage.HANDLING,
    (Stage.HANDLING, Collaborate): Stage.COLLAB,
    (Stage.HANDLING, Submit): Stage.SUBMITTED,
    (Stage.HANDLING, Hang): Stage.LEDGER,
    (Stage.COLLAB, TryContact): Stage.COLLAB,
    (Stage.COLLAB, Contact): Stage.COLLAB,
    (Stage.COLLAB, EndCollaboration): Stage.HANDLING,
    (Stage.COLLAB, EndCollaborationAgain): Stage.REHANDLING,
    (Stage.SUBMITTED, Approve): Stage.REVIEWED,
    (Stage.SUBMITTED, SendBack): Stage.HANDLING,
    (Stage.SUBMITTED, SendBackAgain): Stage.REHANDLING,
    (Stage.REVIEWED, BeginCallback): Stage.CALLBACK,
    (Stage.CALLBACK, Satisfy): Stage.CLOSE_PENDING,
    (Stage.CALLBACK, Warn): Stage.WARNED,
    (Stage.CALLBACK, ExhaustCallback): Stage.CALLBACK,
    (Stage.CALLBACK, CloseUnheard): Stage.CLOSE_PENDING,
    (Stage.CALLBACK, Hang): Stage.LEDGER,
    (Stage.WARNED, Rehandle): Stage.REHANDLING,
    (Stage.WARNED, Explain): Stage.CLOSE_PENDING,
    (Stage.WARNED, Hang): Stage.LEDGER,
    (Stage.REHANDLING, TryContact): Stage.REHANDLING,
    (Stage.REHANDLING, Contact): Stage.REHANDLING,
    (Stage.REHANDLING, Collaborate): Stage.COLLAB,
    (Stage.REHANDLING, Submit): Stage.SUBMITTED,
    (Stage.REHANDLING, Explain): Stage.CLOSE_PENDING,
    (Stage.REHANDLING, Hang): Stage.LEDGER,
    (Stage.LEDGER, TryContact): Stage.LEDGER,
    (Stage.LEDGER, Contact): Stage.LEDGER,
    (Stage.LEDGER, Unhang): Stage.HANDLING,
    (Stage.LEDGER, UnhangAgain): Stage.REHANDLING,
    (Stage.LEDGER, Fulfil): Stage.CLOSE_PENDING,
    (Stage.CLOSE_PENDING, Close): Stage.CLOSED,
    (Stage.CLOSE_PENDING, Refuse): Stage.REHANDLING,
    (Stage.CLOSED, Reopen): Stage.TRIAGE,
}
MOVES: Final[tuple[type[Move], ...]] = tuple(dict.fromkeys(move for _, move in NEXT))
OF_LATER_ROUND: Final[Mapping[type[Move], type[Move]]] = {
    SendBack: SendBackAgain,
    EndCollaboration: EndCollaborationAgain,
    Unhang: UnhangAgain,
}
"""What goes back into handling goes back into 再次处置 from the second round on."""


class MoveRefused(errors.Refused):
    """The move is not possible at this stage; the text names the stages from which it would be."""

    code = "move-refused"
    zh = "工单处于“{stage_zh}”，不能{move_zh}；该操作适用于：{from_zh}"
    en = "the order is {stage_en}: cannot {move_en}; possible when: {from_en}"

    def __init__(self, stage: Stage, move: type[Move]) -> None:
        starts = [before for before, kind in NEXT if kind is move]
        super().__init__(
            stage=stage.value,
            move=move.kind,
            stage_zh=STAGE_NAMES[stage][0],
            stage_en=STAGE_NAMES[stage][1],
            move_zh=move.zh,
            move_en=move.en,
            from_zh="、".join(STAGE_NAMES[before][0] for before in starts),
            from_en=", ".join(STAGE_NAMES[before][1] for before in starts),
        )


def advance(stage: Stage, move: type[Move]) -> Stage:
    """The stage after the move. Raises MoveRefused."""
    try:
        return NEXT[stage, move]
    except KeyError:
        raise MoveRefused(stage, move) from None


def fitting(move: Move, *, again: bool) -> Move:
    """The move itself, or the one that does the same in a later round (`again`)."""
    later = OF_LATER_ROUND.get(type(move))
    if later is None or not again:
        return move
    return later(**{field.name: getattr(move, field.name) for field in fields(move)})


def contact_move(outcome: ContactOutcome, note: str, call: CallId | None, missed: int, enough: int) -> Move:
    """Reached, or the `enough`-th fruitless attempt, fulfils XY-08; `missed` attempts were made before."""
    if outcome is ContactOutcome.REACHED or missed + 1 >= enough:
        return Contact(outcome=outcome, note=note, call=call)
    return TryContact(note=note, call=call)


def callback_move(resolved: bool | None, satisfied: bool | None) -> Move:
    """XY-10, XY-11: any no warns, two yes close, anything less is left to a human (A-20)."""
    if resolved is False or satisfied is False:
        return Warn(resolved=resolved, satisfied=satisfied)
    if resolved and satisfied:
        return Satisfy()
    return ExhaustCallback()
