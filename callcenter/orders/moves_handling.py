"""Moves while the order is in the unit's hands: contact, joint handling, submission and its review (XY-08..16)."""

from dataclasses import dataclass

from callcenter.core.ids import CallId
from callcenter.orders.moves_base import Move
from callcenter.orders.terms import ContactOutcome, ResultType, Solvability


@dataclass(frozen=True, slots=True, kw_only=True)
class TryContact(Move):
    """The citizen was not reached, and fewer attempts were made than the rule set asks for (XY-08)."""

    kind = "contact_attempted"
    zh = "登记先行联系未果"
    en = "record an attempt at the first contact"
    note: str
    call: CallId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Move):
    """先行联系 (XY-08) fulfilled: reached, or enough attempts made. Before dispatch it is the centre's (SJ-20)."""

    kind = "contacted"
    zh = "登记先行联系"
    en = "record the first contact"
    outcome: ContactOutcome
    note: str
    call: CallId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify(Move):
    """核实确认 (SJ-20): the centre has spoken with the citizen already, who is not called a second time (A-11)."""

    kind = "verified"
    zh = "核实确认"
    en = "verify and begin"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collaborate(Move):
    """XY-16, GH-11: others help; the lead stays."""

    kind = "collab_begun"
    zh = "发起联合处置"
    en = "begin joint handling"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCollaboration(Move):
    kind = "collab_ended"
    zh = "结束联合处置"
    en = "end joint handling"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCollaborationAgain(EndCollaboration):
    """Of a later round."""


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
class SendBackAgain(SendBack):
    """Of a later round."""
