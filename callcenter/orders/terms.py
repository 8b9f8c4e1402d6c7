"""The words of a work order (工单): stages, kinds, requests. Each has its Chinese and English name beside it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where an order stands (requirements A3.2, the part built so far)."""

    NEW = "new"
    ANSWERED = "answered"
    PENDING_DISPATCH = "pending_dispatch"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    HANDLING = "handling"
    SUBMITTED = "submitted"
    CALLBACK = "callback"
    WARNED = "warned"
    CLOSED = "closed"


class Kind(StrEnum):
    """XY-24: which clocks apply."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    SEMI_URGENT = "semi_urgent"
    SNAPSHOT = "snapshot"
    CITY_REVIEW = "city_review"


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


class Solvability(StrEnum):
    """XY-04: what the unit declares when it submits."""

    SOLVABLE = "solvable"
    COORDINATE = "coordinate"
    HARD_NOW = "hard_now"


class ResultType(StrEnum):
    """XY-37."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    EXPLAINED = "explained"
    NOTED = "noted"


class ContactOutcome(StrEnum):
    REACHED = "reached"
    UNREACHABLE = "unreachable"


STAGE_NAMES: Final[Mapping[Stage, tuple[str, str]]] = {
    Stage.NEW: ("受理登记", "new"),
    Stage.ANSWERED: ("直接答复", "answered directly"),
    Stage.PENDING_DISPATCH: ("待派单", "waiting for dispatch"),
    Stage.DISPATCHED: ("已派单待接单", "dispatched, not yet accepted"),
    Stage.ACCEPTED: ("已接单", "accepted"),
    Stage.HANDLING: ("办理中", "being handled"),
    Stage.SUBMITTED: ("已提交待审核", "submitted for review"),
    Stage.CALLBACK: ("回访中", "in call-back"),
    Stage.WARNED: ("预警", "warned"),
    Stage.CLOSED: ("结案", "closed"),
}
