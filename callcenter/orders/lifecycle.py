"""The life cycle of a work order as one transition table (requirements A3.2, first form).

Every rule about which move is possible at which stage lives here; who may make it and what it must carry is in
`guards`. A move that grows the life cycle is a new type and new lines of `NEXT`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from callcenter.core import errors
from callcenter.core.ids import CallId, OrgId
from callcenter.orders.terms import STAGE_NAMES, ContactOutcome, ResultType, Solvability, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What somebody asks to do with an order. `kind` is the word in events, rule sets and the API."""

    kind: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Move):
    """The demand is complete enough to be dispatched (B-26)."""

    kind = "created"
    zh = "登记"
    en = "register"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Move):
    """The agent answers at once, with the citizen on the line: no unit and no handling clock."""

    kind = "answered"
    zh = "直接答复"
    en = "answer directly"
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Move):
    """Passes the order down to another centre, which will dispatch it (XY-05)."""

    kind = "assigned"
    zh = "转派下级中心"
    en = "assign to a centre"
    centre: OrgId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch(Move):
    """XY-06: to the handling unit, with the basis."""

    kind = "dispatched"
    zh = "派单"
    en = "dispatch"
    unit: OrgId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Move):
    """先行接单 (XY-07)."""

    kind = "accepted"
    zh = "接单"
    en = "accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class TryContact(Move):
    """The citizen was not reached, and fewer attempts were made than the rule set asks for (XY-08)."""

    kind = "contact_attempted"
    zh = "记录联系未果"
    en = "record an attempt to contact"
    note: str
    call: CallId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Move):
    """先行联系 (XY-08) fulfilled: reached, or enough attempts made."""

    kind = "contacted"
    zh = "记录联系"
    en = "record the contact"
    outcome: ContactOutcome
    note: str
    call: CallId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Move):
    """XY-09; `plan` is the work plan or coordination record that XY-04 asks for unless the matter is solvable."""

    kind = "submitted"
    zh = "提交办理结果"
    en = "submit the result"
    reply: str
    solvability: Solvability
    result: ResultType
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Move):
    kind = "reviewed"
    zh = "审核通过"
    en = "approve"
    opinion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack(Move):
    kind = "sent_back"
    zh = "审核退回"
    en = "send back"
    opinion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfy(Move):
    """The citizen said at call-back: resolved and satisfied (XY-10)."""

    kind = "closed"
    zh = "回访满意结案"
    en = "close after a satisfied call-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warn(Move):
    """XY-11: the citizen said at call-back: not resolved, or not satisfied."""

    kind = "warned"
    zh = "列为预警工单"
    en = "mark as a warning order"
    resolved: bool | None
    satisfied: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhaustCallback(Move):
    """A-20: every attempt was made and no full answer came. The order stays for a human to decide."""

    kind = "callback_exhausted"
    zh = "回访未果待人工处理"
    en = "leave to a human after fruitless call-backs"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUnheard(Move):
    """Closes without the citizen's answer, for a recorded reason (XY-02 c)."""

    kind = "closed"
    zh = "说明原因结案"
    en = "close with a reason"
    reason: str


NEXT: Final[Mapping[tuple[Stage, type[Move]], Stage]] = {
    (Stage.NEW, Register): Stage.PENDING_DISPATCH,
    (Stage.PENDING_DISPATCH, Answer): Stage.ANSWERED,
    (Stage.PENDING_DISPATCH, Assign): Stage.PENDING_DISPATCH,
    (Stage.PENDING_DISPATCH, Dispatch): Stage.DISPATCHED,
    (Stage.ANSWERED, CloseUnheard): Stage.CLOSED,
    (Stage.DISPATCHED, Accept): Stage.ACCEPTED,
    (Stage.ACCEPTED, TryContact): Stage.ACCEPTED,
    (Stage.ACCEPTED, Contact): Stage.HANDLING,
    (Stage.HANDLING, TryContact): Stage.HANDLING,
    (Stage.HANDLING, Contact): Stage.HANDLING,
    (Stage.HANDLING, Submit): Stage.SUBMITTED,
    (Stage.SUBMITTED, Approve): Stage.CALLBACK,
    (Stage.SUBMITTED, SendBack): Stage.HANDLING,
    (Stage.CALLBACK, Satisfy): Stage.CLOSED,
    (Stage.CALLBACK, Warn): Stage.WARNED,
    (Stage.CALLBACK, ExhaustCallback): Stage.CALLBACK,
    (Stage.CALLBACK, CloseUnheard): Stage.CLOSED,
}
MOVES: Final[tuple[type[Move], ...]] = tuple(dict.fromkeys(move for _, move in NEXT))


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
