"""Moves of an order from its intake to the desk that dispatches it (A3.2: NEW to PENDING_DISPATCH)."""

from dataclasses import dataclass
from uuid import UUID

from callcenter.core.ids import OrgId
from callcenter.orders.moves_base import Move
from callcenter.orders.terms import Kind, Level, NotAcceptedReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Move):
    """The demand is complete enough to be dispatched (B-26)."""

    kind = "created"
    zh = "登记"
    en = "register"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive(Move):
    """It came by a channel or from another platform: somebody must still classify it."""

    kind = "received"
    zh = "接收"
    en = "receive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Classify(Move):
    """Level, kind and category, and that it is ours (归属确认, XY-05, GH-14). None or '' leaves a value as it is."""

    kind = "classified"
    zh = "分类并确认归属"
    en = "classify and confirm as ours"
    level: Level | None = None
    order_kind: Kind | None = None
    category: str = ""
    category_code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Move):
    """Passes the order down to another centre, which will confirm and dispatch it (XY-05)."""

    kind = "assigned"
    zh = "转派下级中心"
    en = "assign to a centre"
    centre: OrgId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack(Move):
    """XY-05: not ours; back to the centre that assigned it."""

    kind = "given_back"
    zh = "退回派发中心"
    en = "give back to the centre that assigned it"
    centre: OrgId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnUp(Move):
    """It came from an upper platform and is not ours: it ends here, without having been handled."""

    kind = "returned_up"
    zh = "退回上级平台"
    en = "return to the upper platform"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Move):
    """The agent answers at once, with the citizen on the line: no unit and no handling clock (JC-19)."""

    kind = "answered"
    zh = "直接答复"
    en = "answer directly"
    reply: str
    article: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOut(Move):
    """Another line takes it (emergency, branch centre, own hotline); `told` is what the citizen heard of it."""

    kind = "transferred"
    zh = "转出"
    en = "transfer out"
    target: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceBack(Move):
    kind = "bounced"
    zh = "转出被退回"
    en = "take back what was transferred"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAccept(Move):
    """`told` names the way that is open to the citizen; a second person confirms."""

    kind = "not_accepted"
    zh = "不予受理"
    en = "not accept"
    reason: NotAcceptedReason
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmNotAccepted(Move):
    kind = "closed"
    zh = "确认不予受理"
    en = "confirm that it is not accepted"
    opinion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectNotAccepted(Move):
    kind = "taken_after_all"
    zh = "不同意不予受理"
    en = "take the demand after all"
    opinion: str
