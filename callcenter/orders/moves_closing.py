"""Moves from the call-back to the close, and back: warning, second round, ledger, closing audit, reopening."""

from dataclasses import dataclass
from datetime import date

from callcenter.orders.moves_base import Move


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginCallback(Move):
    """XY-10: by the machine, as soon as the review has approved and no quality window holds the order."""

    kind = "callback_begun"
    zh = "转入回访"
    en = "begin the call-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfy(Move):
    """The citizen said at call-back: resolved and satisfied (XY-10)."""

    kind = "heard_satisfied"
    zh = "回访满意"
    en = "record a satisfied call-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warn(Move):
    """XY-11: not resolved or not satisfied, or a tendency to it that a human ticked."""

    kind = "warned"
    zh = "列为预警工单"
    en = "mark as a warning order"
    resolved: bool | None
    satisfied: bool | None
    tendency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhaustCallback(Move):
    """A-20: every attempt was made and no full answer came. The order stays for a human to decide."""

    kind = "callback_exhausted"
    zh = "回访未果待人工处理"
    en = "leave to a human after fruitless call-backs"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUnheard(Move):
    """Goes on to the close without the citizen's answer, for a recorded reason (XY-02 c)."""

    kind = "callback_excused"
    zh = "说明原因结案"
    en = "close with a reason"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehandle(Move):
    """XY-13: the next round, at the same unit."""

    kind = "rehandled"
    zh = "再次处置"
    en = "handle again"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain(Move):
    """解释说明 (JC-20, A-10): a leader lets it go; `basis` is the policy that was explained."""

    kind = "explained"
    zh = "解释说明结案"
    en = "close by explanation"
    reason: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang(Move):
    """挂账 (XY-04): hard now, with a plan and a day on which it will be looked at again."""

    kind = "hung"
    zh = "疑难挂账"
    en = "put into the ledger"
    due: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhang(Move):
    kind = "unhung"
    zh = "销账续办"
    en = "take out of the ledger"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnhangAgain(Unhang):
    """Of a later round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfil(Move):
    """The plan is done; `reply` is what the citizen was told of it."""

    kind = "fulfilled"
    zh = "挂账办结"
    en = "report the ledger as done"
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Move):
    """结案: by the approver, or by the machine where the rule set asks for no closing audit (SJ-20)."""

    kind = "closed"
    zh = "审核结案"
    en = "close"
    opinion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse(Move):
    kind = "close_refused"
    zh = "不同意结案"
    en = "refuse to close"
    opinion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Move):
    """A review by the city, or the citizen again (A3.2, REOPENED): the same order, another round."""

    kind = "reopened"
    zh = "复核重开"
    en = "open again"
    reason: str
    city_review: bool = False
