"""What is asked of the handling room, and what it shows."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from callcenter.core.ids import CallId, OrderId, RecordingId, UserId
from callcenter.core.pages import Page
from callcenter.handling.measures import Standing
from callcenter.handling.papers import Files, Line, Name, Told
from callcenter.handling.presumptions import Matter
from callcenter.orders.terms import ContactOutcome

Note = Annotated[str, Field(max_length=2000)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewContact(_Asked):
    """SJ-11. `counterpart_name` names a department or an enterprise, never a citizen. Purpose `result`: the citizen was
    told what came of it (JC-25)."""

    counterpart: Literal["citizen", "department", "enterprise"] = "citizen"
    counterpart_name: str = Field(default="", max_length=60)
    direction: Literal["out", "in"] = "out"
    channel: Literal["phone", "visit", "message", "video", "letter"] = "phone"
    purpose: Literal["progress", "result", "explain", "interim", "coordinate"] = "progress"
    outcome: ContactOutcome
    note: Note = ""
    duration_s: int | None = Field(default=None, ge=0, le=86_400)
    call_id: CallId | None = None
    recording_id: RecordingId | None = None


class NewTask(_Asked):
    """SG-02: what to do first (mitigate), and what goes to the root."""

    aim: Literal["mitigate", "root_cause", "other"]
    title: Line
    org_id: UUID
    due_at: AwareDatetime | None = None


class TaskSettled(_Asked):
    """`note` says what was done or, when waived, why."""

    state: Literal["done", "waived"]
    note: Told
    evidence: Files = ()


class NewOption(_Asked):
    proposal: Told
    proposer: Name


class OptionJudged(_Asked):
    feasible: bool
    reason: Line


class NewMilestone(_Asked):
    title: Line
    due_on: date


class Reached(_Asked):
    evidence: Files = ()


class NewDeparture(_Asked):
    """Away from a presumption (GH-21)."""

    matter: Matter
    value: str = Field(max_length=30)
    reason: Told
    evidence: Told
    files: Files = ()


class Decided(_Asked):
    upheld: bool
    opinion: Line


class HandedOver(_Asked):
    to: UUID
    reason: Told


class HeadNamed(_Asked):
    user_id: UUID


class Finished(_Asked):
    """When the work on the ground was really done (JC-25)."""

    at: AwareDatetime


class NewExclusion(_Asked):
    reason_code: Literal["litigation", "beyond_authority", "malicious", "policy", "resolved_elsewhere", "other"]
    reason: Told
    files: Files = ()


class ExclusionStep(_Asked):
    """`ref`: the superior's own number of its review. `reason` is needed for a no."""

    approved: bool
    ref: str = Field(default="", max_length=60)
    reason: str = Field(default="", max_length=1000)


class Seen(BaseModel):
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class Written(Seen):
    """The id of what was written."""

    id: UUID


class ContactSeen(Seen):
    id: UUID
    kind: str
    outcome: str
    note: str
    at: datetime
    direction: str
    counterpart: str
    counterpart_name: str
    channel: str
    purpose: str
    duration_s: int | None
    call_id: CallId | None
    recording_id: RecordingId | None
    round_no: int
    actor: str


class PaperSeen(Seen):
    id: UUID
    round_no: int
    kind: str
    at: datetime
    body: Mapping[str, Any]
    actor: str


class TaskSeen(Seen):
    id: UUID
    place: int
    aim: str
    title: str
    org_id: UUID
    org: str
    due_at: datetime | None
    state: str
    note: str
    evidence: tuple[UUID, ...]
    settled_at: datetime | None


class OptionSeen(Seen):
    id: UUID
    proposal: str
    proposer: str
    feasible: bool | None
    verdict_reason: str
    chosen: bool
    created_at: datetime
    judged_at: datetime | None


class MilestoneSeen(Seen):
    id: UUID
    title: str
    due_on: date
    done_at: datetime | None
    evidence: tuple[UUID, ...]


class DepartureSeen(Seen):
    id: UUID
    matter: str
    value: str
    reason: str
    evidence: str
    files: tuple[UUID, ...]
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    upheld: bool | None
    opinion: str


class RoundSeen(Seen):
    round_no: int
    reason: str
    started_at: datetime
    due_at: datetime | None
    head_user: UserId | None
    head: str
    confirmed_at: datetime | None


class ExclusionSeen(Seen):
    id: UUID
    state: str
    reason_code: str
    reason: str
    files: tuple[UUID, ...]
    proposer: str
    proposed_at: datetime
    confirmer: str
    confirmed_at: datetime | None
    superior_ref: str
    superior_at: datetime | None
    signer: str
    signed_at: datetime | None
    digest: str | None
    rejected_why: str


class DecisionSeen(Seen):
    """What a leader owes (A-10): another round, 解释说明, 挂账 or 提级督办. `leader` is the one of the domain, ''
    for any leader of `org`; `lapsed_at`: nobody had decided when it was due."""

    id: UUID
    order_id: OrderId
    number: str
    category: str
    round_no: int
    cause: Literal["two_rounds", "unreasonable"]
    org: str
    user_id: UserId | None
    leader: str
    asked_at: datetime
    due_at: datetime
    lapsed_at: datetime | None


class LackSeen(Seen):
    """A duty that is open; `blocks` tells whether a submission is refused for it."""

    code: str
    rule: str
    zh: str
    en: str
    blocks: bool


class SignalSeen(Seen):
    code: str
    weight: int
    zh: str
    en: str


class Perfunctory(Seen):
    """SG-11: for people to judge; nothing follows from it by itself."""

    score: int
    likely: bool
    signals: tuple[SignalSeen, ...]


class HandlingView(Seen):
    """`acts` are what this reader may write here; `lacks` are for a matter declared solvable and resolved, as a first
    look. `perfunctory` is shown to reviewers and inspectors only."""

    order_id: OrderId
    standing: Standing
    replied_at: datetime | None
    finished_at: datetime | None
    closed_at: datetime | None
    days_to_solution: float | None
    feedback_took: timedelta | None
    case_owner: str
    lacks: tuple[LackSeen, ...]
    contacts: tuple[ContactSeen, ...]
    papers: tuple[PaperSeen, ...]
    tasks: tuple[TaskSeen, ...]
    options: tuple[OptionSeen, ...]
    milestones: tuple[MilestoneSeen, ...]
    interim_due_at: datetime | None
    departures: tuple[DepartureSeen, ...]
    rounds: tuple[RoundSeen, ...]
    decisions: tuple[DecisionSeen, ...]
    exclusion: ExclusionSeen | None
    perfunctory: Perfunctory | None
    acts: tuple[str, ...]


class Colleague(Seen):
    id: UserId
    name: str
    head: bool


class Colleagues(Page[Colleague]):
    """Of the reader's own org, on one page."""
