"""How each kind of case goes on, as one table (XY-45, XY-43, GH-20, JC-40, B-06b). Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from callcenter.core import errors
from callcenter.oversight.terms import CASE_NAMES, CaseKind
from callcenter.people.actor import Role


class State(StrEnum):
    PROPOSED = "proposed"  # 待第二人确认
    PENDING = "pending"  # 待提交、待约谈
    SUBMITTED = "submitted"  # 已提交
    RETURNED = "returned"  # 退回
    ACCEPTED = "accepted"  # 已认可
    HELD = "held"  # 已约谈
    SENT = "sent"  # 已移送
    CLOSED = "closed"
    DISMISSED = "dismissed"


class Act(StrEnum):
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    HOLD = "hold"
    REPLY = "reply"
    CLOSE = "close"


STATE_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    State.PROPOSED: ("待第二人确认", "waiting for the second person"),
    State.PENDING: ("待提交", "pending"),
    State.SUBMITTED: ("已提交", "submitted"),
    State.RETURNED: ("退回", "returned"),
    State.ACCEPTED: ("已认可", "accepted"),
    State.HELD: ("已约谈", "held"),
    State.SENT: ("已移送", "sent"),
    State.CLOSED: ("已办结", "closed"),
    State.DISMISSED: ("不予移送", "dismissed"),
}

_WRITTEN: Final = {
    (State.PENDING, Act.SUBMIT): State.SUBMITTED,
    (State.RETURNED, Act.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Act.ACCEPT): State.ACCEPTED,
    (State.SUBMITTED, Act.RETURN): State.RETURNED,
}
_SPOKEN: Final = {
    (State.PENDING, Act.HOLD): State.HELD,
    (State.HELD, Act.REPLY): State.HELD,
    (State.HELD, Act.CLOSE): State.CLOSED,
}
_BY_TWO: Final = {
    (State.PROPOSED, Act.CONFIRM): State.SENT,
    (State.PROPOSED, Act.DISMISS): State.DISMISSED,
    (State.SENT, Act.REPLY): State.SENT,
    (State.SENT, Act.CLOSE): State.CLOSED,
}
LIVES: Final[Mapping[CaseKind, Mapping[tuple[State, Act], State]]] = {
    CaseKind.EXPLANATION: _WRITTEN,
    CaseKind.CRITICISM: _WRITTEN,
    CaseKind.REMINDER: _SPOKEN,
    CaseKind.INTERVIEW: _SPOKEN,
    CaseKind.REMINDING_INTERVIEW: _SPOKEN,
    CaseKind.LEADER_INTERVIEW: _SPOKEN,
    CaseKind.ACCOUNTABILITY: _BY_TWO,
    CaseKind.REFERRAL: _BY_TWO,
    CaseKind.POLICE: _BY_TWO,
}
UNIT: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})
BY_UNIT: Final = frozenset({Act.SUBMIT, Act.REPLY})
"""What the org does that the case is about; everything else is done by the other side."""
_LED: Final = frozenset({Role.DEPUTY, Role.LEADER})
AUTHORITY: Final[Mapping[CaseKind, frozenset[Role]]] = {
    CaseKind.EXPLANATION: frozenset({Role.DISCIPLINE}),
    CaseKind.CRITICISM: frozenset({Role.DISCIPLINE}) | _LED,
    CaseKind.REMINDER: _LED | {Role.SUPERVISOR},
    CaseKind.INTERVIEW: frozenset({Role.DISCIPLINE}),
    CaseKind.REMINDING_INTERVIEW: _LED,
    CaseKind.LEADER_INTERVIEW: _LED,
    CaseKind.ACCOUNTABILITY: _LED | {Role.DISCIPLINE},
    CaseKind.REFERRAL: _LED | {Role.DISCIPLINE},
    CaseKind.POLICE: _LED | {Role.SUPERVISOR},
}
"""Who conducts a case (A3.6)."""


class CaseMoveRefused(errors.Refused):
    code = "case-move-refused"
    zh = "“{kind_zh}”处于“{state_zh}”，不能执行此操作；可执行：{acts}"
    en = "the case ({kind_en}) is {state_en}: that is not possible; possible: {acts}"


def first_state(kind: CaseKind) -> State:
    return State.PROPOSED if LIVES[kind] is _BY_TWO else State.PENDING


def open_acts(kind: CaseKind, state: State) -> list[Act]:
    return [act for before, act in LIVES[kind] if before is state]


def after(kind: CaseKind, state: State, act: Act) -> State:
    """Raises CaseMoveRefused, naming what would be possible."""
    try:
        return LIVES[kind][state, act]
    except KeyError:
        kind_zh, kind_en = CASE_NAMES[kind]
        state_zh, state_en = STATE_NAMES[state]
        acts = ", ".join(open_acts(kind, state)) or "-"
        raise CaseMoveRefused(
            kind_zh=kind_zh, kind_en=kind_en, state_zh=state_zh, state_en=state_en, acts=acts
        ) from None
