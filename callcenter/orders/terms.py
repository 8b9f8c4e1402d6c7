"""The words of a work order (工单): stages, kinds, requests. Each has its Chinese and English name beside it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where an order stands (requirements A3.2). 督办 and 不纳入测评 are no stages but columns that lie over them."""

    NEW = "new"
    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    NOT_ACCEPTED = "not_accepted"
    TRIAGE = "triage"
    RETURNED_UP = "returned_up"
    PENDING_DISPATCH = "pending_dispatch"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    RETURN_REQUESTED = "return_requested"
    REDISPATCH = "redispatch"
    SIGN_PENDING = "sign_pending"
    HANDLING = "handling"
    COLLAB = "collab"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    CALLBACK = "callback"
    WARNED = "warned"
    REHANDLING = "rehandling"
    LEDGER = "ledger"
    CLOSE_PENDING = "close_pending"
    CLOSED = "closed"


class Kind(StrEnum):
    """XY-24: which clocks apply."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    SEMI_URGENT = "semi_urgent"
    SNAPSHOT = "snapshot"
    CITY_REVIEW = "city_review"


QUEUE: Final = (Kind.URGENT, Kind.SEMI_URGENT, Kind.CITY_REVIEW, Kind.SNAPSHOT, Kind.ORDINARY)
"""XY-24: which kind is looked at first."""


class RequestType(StrEnum):
    """B-22."""

    INQUIRY = "inquiry"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


class Urgency(StrEnum):
    """B-26, XY-24."""

    NORMAL = "normal"
    SEMI_URGENT = "semi_urgent"
    URGENT = "urgent"
    CRITICAL = "critical"


class Level(StrEnum):
    """GH-14: with the category it decides kind, queue and who is told."""

    NORMAL = "normal"
    SEMI_URGENT = "semi_urgent"
    URGENT = "urgent"


class Solvability(StrEnum):
    """XY-04: what the unit declares when it submits."""

    SOLVABLE = "solvable"
    COORDINATE = "coordinate"
    HARD_NOW = "hard_now"


class Reasonableness(StrEnum):
    """JC-20: set by the handler with reason and evidence, confirmed by a second person."""

    REASONABLE = "reasonable"
    PARTLY = "partly"
    UNREASONABLE = "unreasonable"
    LITIGATION = "litigation"


class ResultType(StrEnum):
    """XY-37; the last six are what becomes of a suggestion (GH-22), a praise (GH-01) and of what no unit handles."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    EXPLAINED = "explained"
    NOTED = "noted"
    ADOPTED = "adopted"
    PARTLY_ADOPTED = "partly_adopted"
    NOT_ADOPTED = "not_adopted"
    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    NOT_ACCEPTED = "not_accepted"


UNDER_WAY: Final = frozenset({ResultType.PARTLY, ResultType.ADOPTED, ResultType.PARTLY_ADOPTED})
"""Results that are told while the work on the ground goes on (A-29); after the others nothing is left to do."""


class NotAcceptedReason(StrEnum):
    """Why a demand is not taken (A3.2, NOT_ACCEPTED): each names the way the citizen was told to go."""

    LITIGATION = "litigation"
    DISCIPLINE = "discipline"
    CLASSIFIED_MATTER = "classified_matter"
    DECIDED_ALREADY = "decided_already"
    NOT_ADMINISTRATIVE = "not_administrative"
    UNLAWFUL = "unlawful"
    UNCLEAR = "unclear"


class CloseReason(StrEnum):
    """What stands for a citizen's answer at the call-back (XY-02 c), or begins such a reason: after a colon comes its
    own code, or what somebody wrote. Any other reason is what somebody wrote."""

    DIRECT_ANSWER = "direct_answer"
    TRANSFERRED = "transferred"
    NOT_ACCEPTED = "not_accepted"
    EXPLAINED = "explained"
    LEDGER_FULFILLED = "ledger_fulfilled"
    REFUSED = "refused"
    EXEMPT = "exempt"


class DispatchKind(StrEnum):
    """How the unit came by the order (XY-06, XY-21..23, XY-55)."""

    ORDINARY = "ordinary"
    REDISPATCH = "redispatch"
    SIGNED = "signed"
    CLAIMED = "claimed"


class ContactOutcome(StrEnum):
    REACHED = "reached"
    UNREACHABLE = "unreachable"


class CallerType(StrEnum):
    """JC-01."""

    PERSON = "person"
    ENTERPRISE = "enterprise"
    OTHER = "other"


class CallerNeed(StrEnum):
    """SG-29: what the telephone must take into account."""

    HARD_OF_HEARING = "hard_of_hearing"
    DIALECT = "dialect"
    PROXY = "proxy"


class SpecialGroup(StrEnum):
    """GH-06: sensitive, shown by need."""

    ELDERLY = "elderly"
    DISABLED = "disabled"
    MINOR = "minor"
    LOW_INCOME = "low_income"
    VETERAN = "veteran"


class Emotion(StrEnum):
    """SG-28."""

    CALM = "calm"
    LOW = "low"
    IRRITATED = "irritated"
    FIERCE = "fierce"


class Origin(StrEnum):
    """JC-36: what citizens bring, and what the patrol finds before they ring."""

    DEMAND = "demand"
    PROACTIVE = "proactive"


class LocationType(StrEnum):
    """XY-35."""

    STREET_SURFACE = "street_surface"
    ESTATE = "estate"
    VILLAGE = "village"
    SITE = "site"
    SHOP = "shop"
    OTHER = "other"
    UNKNOWN = ""


STAGE_NAMES: Final[Mapping[Stage, tuple[str, str]]] = {
    Stage.NEW: ("受理登记", "new"),
    Stage.ANSWERED: ("直接答复", "answered directly"),
    Stage.TRANSFERRED: ("已转接", "transferred"),
    Stage.NOT_ACCEPTED: ("不予受理待审核", "not accepted, to be confirmed"),
    Stage.TRIAGE: ("分类与归属确认", "being classified"),
    Stage.RETURNED_UP: ("退回上级", "returned to the upper level"),
    Stage.PENDING_DISPATCH: ("待派单", "waiting for dispatch"),
    Stage.DISPATCHED: ("已派单待接单", "dispatched, not yet accepted"),
    Stage.ACCEPTED: ("已接单", "accepted"),
    Stage.RETURN_REQUESTED: ("退单待审", "return requested"),
    Stage.REDISPATCH: ("待重新派单", "waiting for re-dispatch"),
    Stage.SIGN_PENDING: ("签派待批", "waiting for signed dispatch"),
    Stage.HANDLING: ("办理中", "being handled"),
    Stage.COLLAB: ("联合处置", "handled jointly"),
    Stage.SUBMITTED: ("已提交待审核", "submitted for review"),
    Stage.REVIEWED: ("审核通过待回访", "reviewed, to be called back"),
    Stage.CALLBACK: ("回访中", "in call-back"),
    Stage.WARNED: ("预警", "warned"),
    Stage.REHANDLING: ("再次处置", "handled again"),
    Stage.LEDGER: ("疑难挂账", "in the ledger"),
    Stage.CLOSE_PENDING: ("结案审核", "waiting for the closing audit"),
    Stage.CLOSED: ("结案", "closed"),
}
KIND_NAMES: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.ORDINARY: ("常规", "ordinary"),
    Kind.URGENT: ("紧急", "urgent"),
    Kind.SEMI_URGENT: ("次紧急", "semi-urgent"),
    Kind.SNAPSHOT: ("随身拍", "snapshot report"),
    Kind.CITY_REVIEW: ("市级复核", "city-level review"),
}
REQUEST_NAMES: Final[Mapping[RequestType, tuple[str, str]]] = {
    RequestType.INQUIRY: ("咨询", "inquiry"),
    RequestType.HELP: ("求助", "request for help"),
    RequestType.COMPLAINT: ("投诉", "complaint"),
    RequestType.REPORT: ("举报", "report of wrongdoing"),
    RequestType.SUGGESTION: ("建议", "suggestion"),
    RequestType.PRAISE: ("表扬", "praise"),
}
URGENCY_NAMES: Final[Mapping[Urgency, tuple[str, str]]] = {
    Urgency.NORMAL: ("一般", "normal"),
    Urgency.SEMI_URGENT: ("次紧急", "semi-urgent"),
    Urgency.URGENT: ("紧急", "urgent"),
    Urgency.CRITICAL: ("特急", "critical"),
}
