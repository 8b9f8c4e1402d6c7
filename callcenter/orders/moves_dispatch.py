"""Moves between the centre and the units: dispatch, acceptance, return, signed dispatch (XY-05..23, XY-55)."""

from dataclasses import dataclass
from uuid import UUID

from callcenter.core.ids import OrgId, UserId
from callcenter.orders.moves_base import Move
from callcenter.orders.terms import DispatchKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched(Move):
    """What all ways to a unit have in common: the basis, and the item of the responsibility list (XY-06)."""

    unit: OrgId
    reason: str
    item: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch(Dispatched):
    """XY-06: to the handling unit, with the basis."""

    kind = "dispatched"
    zh = "派单"
    en = "dispatch"
    dispatch_kind: DispatchKind = DispatchKind.ORDINARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Redispatch(Dispatched):
    """XY-21: once, after a granted return, to another unit."""

    kind = "redispatched"
    zh = "重新派单"
    en = "dispatch again"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignDispatch(Dispatched):
    """XY-23: signed by the leader; the unit may not return it."""

    kind = "signed"
    zh = "签派"
    en = "dispatch by signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Dispatched):
    """XY-55: the unit volunteered, the dispatcher confirms."""

    kind = "claimed"
    zh = "确认主动认领"
    en = "confirm a claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedSign(Move):
    """XY-22: two units returned it, nobody is clearly in charge, or units pass it on."""

    kind = "sign_needed"
    zh = "提请签派"
    en = "ask for signed dispatch"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Move):
    """先行接单 (XY-07). `case_owner` handles it from here to the close (SJ-13); None: whoever accepts."""

    kind = "accepted"
    zh = "接单"
    en = "accept"
    case_owner: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReturn(Move):
    """XY-17: within the window, with the form that `dispatching` keeps."""

    kind = "return_requested"
    zh = "申请退单"
    en = "ask to return it"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectReturn(Move):
    kind = "return_rejected"
    zh = "不同意退单"
    en = "refuse the return"
    opinion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantReturn(Move):
    """XY-21: the centre holds the order again."""

    kind = "return_granted"
    zh = "同意退单"
    en = "grant the return"
    opinion: str = ""
