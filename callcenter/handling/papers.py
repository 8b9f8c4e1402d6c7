"""What is written once about the handling of an order and never changes: each kind of paper with its fields."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Told = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=8000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Party = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30, pattern=r"^(?:\d{0,4}\D)*\d{0,4}$")
]
"""A party by a pseudonym (甲方, 乙方): a row of digits would be somebody's number."""
Files = Annotated[tuple[UUID, ...], Field(max_length=20)]


class Stance(StrEnum):
    """XY-37: how the citizen takes an explanation."""

    UNDERSTANDS = "understands"
    DOES_NOT = "does_not"


class RootCause(StrEnum):
    """XY-36: why the matter arose."""

    FACILITY = "facility"
    MAINTENANCE = "maintenance"
    SUPERVISION = "supervision"
    UNCLEAR_DUTY = "unclear_duty"
    POLICY = "policy"
    THIRD_PARTY = "third_party"
    CONDUCT = "conduct"
    NATURE = "nature"
    MISUNDERSTANDING = "misunderstanding"
    OTHER = "other"


class _Paper(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteVisit(_Paper):
    """XY-36, SG-01: who was there, when, where, what was found and why it came to be. Of neighbours only the count."""

    kind: Literal["site_visit"] = "site_visit"
    visited_at: AwareDatetime
    people: tuple[Name, ...] = Field(min_length=1, max_length=20, description="Staff and bodies on the spot")
    place: Line
    latitude: float | None = Field(default=None, ge=-90, le=90, description="WGS84")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="WGS84")
    findings: Told
    root_cause: RootCause
    witnesses: int = Field(default=0, ge=0, le=1000)
    files: Files = ()


class JointVisit(_Paper):
    """JC-30: 走访、座谈、协商."""

    kind: Literal["joint_visit"] = "joint_visit"
    form: Literal["visit", "talk", "negotiation"]
    held_at: AwareDatetime
    participants: tuple[Name, ...] = Field(min_length=2, max_length=30, description="Bodies: 社区, 物业, 居民代表 ...")
    outcome: Told
    option: UUID | None = None
    implement_on: date | None = None
    before: UUID | None = None
    after: UUID | None = None


class Mediation(_Paper):
    """SG-03; `amount` in yuan when something was paid or made good (JC-42)."""

    kind: Literal["mediation"] = "mediation"
    parties: tuple[Party, ...] = Field(min_length=2, max_length=10)
    conflict: Told
    measures: Told
    agreement: Told
    amount: Decimal | None = Field(default=None, ge=0, max_digits=12, decimal_places=2)
    follow_up_on: date | None = None


class FaceToFace(_Paper):
    """SJ-16: 面对面沟通."""

    kind: Literal["face_to_face"] = "face_to_face"
    met_at: AwareDatetime
    place: Line
    people: tuple[Name, ...] = Field(min_length=1, max_length=20)
    content: Told
    stance: Stance


class Explanation(_Paper):
    """XY-37: 解释说明, with its basis and how the citizen took it."""

    kind: Literal["explanation"] = "explanation"
    told_at: AwareDatetime
    channel: Literal["phone", "visit", "message", "letter"]
    content: Told
    basis: Line
    stance: Stance


class Coordination(_Paper):
    """XY-04 B: with whom it was coordinated, and what came of it."""

    kind: Literal["coordination"] = "coordination"
    held_at: AwareDatetime
    bodies: tuple[Name, ...] = Field(min_length=1, max_length=20, description="Co-handlers: units, enterprises")
    outcome: Told


class WorkPlan(_Paper):
    """XY-04 C: 工作方案; its milestones stand beside it."""

    kind: Literal["work_plan"] = "work_plan"
    content: Told
    files: Files = ()


class Exemption(_Paper):
    """A-28: why no site visit was made where one is asked for."""

    kind: Literal["exemption"] = "exemption"
    reason: Told


class WorkRecord(_Paper):
    """XY-15, XY-52: what Form 2 tells of one round beside the logs."""

    kind: Literal["work_record"] = "work_record"
    measures: Told
    result: Told
    opinion: Line = Field(description="The citizen's")
    participants: tuple[Name, ...] = Field(min_length=1, max_length=30, description="The head among them")
    files: Files = ()


class HandOver(_Paper):
    """SJ-13: from one named person to another. Written by the room itself."""

    kind: Literal["hand_over"] = "hand_over"
    from_user: UUID | None
    to_user: UUID
    reason: Told


Paper = Annotated[
    SiteVisit | JointVisit | Mediation | FaceToFace | Explanation | Coordination | WorkPlan | Exemption | WorkRecord,
    Field(discriminator="kind"),
]
"""What people write."""
