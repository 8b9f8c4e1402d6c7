"""What the room shows. Every view is made from a row by `shown`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.pages import Page

View = TypeVar("View", bound="Shown")


class Shown(BaseModel):
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


def shown(kind: type[View], row: Mapping[str, Any], **more: Any) -> View:
    fields = {name: row[name] for name in kind.model_fields if name not in more and name in row.keys()}  # noqa: SIM118
    return kind(**fields, **more)


class OrgChoice(Shown):
    id: UUID
    name: str
    kind: str


class LeaderChoice(Shown):
    id: UUID
    name: str
    org: str


class OrderChoice(Shown):
    id: UUID
    number: str
    title: str


class Choices(Shown):
    """What forms may name: `orgs` of the reader's area, `higher` the centres above and the own one, `leaders`."""

    orgs: tuple[OrgChoice, ...]
    higher: tuple[OrgChoice, ...]
    leaders: tuple[LeaderChoice, ...]


class Participant(Shown):
    """`external`: of a body that is no org of ours; else `org_id` names it where it is known."""

    body: str
    name: str = ""
    external: bool = False
    org_id: UUID | None = None


class SupervisionView(Shown):
    """`mode` JC-24 or `urge`; `trigger` and `basis` say why; `due_on` is the last day in time. A proposal has
    `decide_by`. `parties` and `visit_at`: who goes there together, and when (JC-29)."""

    id: UUID
    order_id: UUID
    order_number: str
    title: str
    category: str
    number: str
    mode: str
    state: str
    trigger: str
    basis: str
    initiator: str | None
    initiator_org: str | None
    target_org_id: UUID
    target_org: str
    requirement: str
    due_on: date | None
    higher_org: str | None
    leader: str | None
    meeting_id: UUID | None
    meeting: str | None = None
    record: str
    parties: tuple[Participant, ...] = ()
    visit_at: datetime | None = None
    decide_by: datetime | None = None
    lapsed_at: datetime | None = None
    dissatisfied_at: datetime | None
    proposed_at: datetime
    opened_at: datetime | None
    reply: str
    replied_at: datetime | None
    verdict: str | None
    result: str
    closed_at: datetime | None


class SupervisionPage(Page[SupervisionView]):
    """The newest first."""


class ItemView(Shown):
    id: UUID
    matter: str
    order_id: UUID | None
    owner_org_id: UUID
    owner_org: str
    owner_body: str
    due_on: date
    report: str
    done_at: datetime | None


class MeetingView(Shown):
    id: UUID
    kind: str
    title: str
    convener_org_id: UUID
    convener_org: str
    caller: str
    place: str
    held_at: datetime
    participants: tuple[Participant, ...]
    orders: tuple[UUID, ...]
    minutes: str
    items: tuple[ItemView, ...] = ()
    open_items: int = 0


class MeetingPage(Page[MeetingView]):
    """The latest first, without their items; `open_items` counts those that are not done."""


class BulletinLine(Shown):
    """What the next circular says: an item of a meeting after its due day, done or not (XY-40), or an explanation that
    is overdue (T-EXPLAIN); `meeting` is the meeting's title or the case's number."""

    source: str
    due_on: date
    done_at: datetime | None
    org: str
    matter: str
    meeting: str
    order_number: str | None


class InstructionView(Shown):
    id: UUID
    order_id: UUID | None
    order_number: str | None
    leader: str
    text: str
    at: datetime
    target_org_id: UUID
    target_org: str
    requirement: str
    due_on: date
    feedback: str
    fed_back_at: datetime | None


class InstructionPage(Page[InstructionView]):
    """The newest first."""


class CheckView(Shown):
    code: str
    passed: bool


class TaskView(Shown):
    """`diff`: column → value before and after; `hints`: what speaks against a return (SJ-25); `answer`: what the unit
    has put right since."""

    id: UUID
    order_id: UUID
    order_number: str
    title: str
    category: str
    hook: str
    qc_class: str
    origin: str
    checks: tuple[CheckView, ...]
    diff: Mapping[str, tuple[Any, Any]]
    hints: tuple[tuple[str, str, str], ...]
    org_id: UUID
    org: str
    opened_at: datetime
    due_at: datetime | None
    state: str
    verdict: str | None
    focus: str | None
    indicator: str | None
    finding: str | None
    severity: str | None
    action: str | None
    action_due: date | None
    answer: str
    answered_at: datetime | None
    inspector: str | None
    reviewed_at: datetime | None


class TaskPage(Page[TaskView]):
    """The newest first."""


class PartyView(Shown):
    org_id: UUID
    org: str
    agreed_at: datetime | None


class RulingView(Shown):
    id: UUID
    number: str
    question: str
    text: str
    category: str
    place: str
    duty_org_id: UUID
    duty_org: str
    state: str
    drafter: str
    drafted_at: datetime
    approver: str | None
    effective_from: date | None
    article_id: UUID | None
    parties: tuple[PartyView, ...]


class RulingPage(Page[RulingView]):
    """The newest first."""


class ViolationView(Shown):
    """`slot` and `person`: who held the slot when it happened (JC-04)."""

    id: UUID
    order_id: UUID
    order_number: str
    title: str
    org_id: UUID
    org: str
    flag: str
    at: datetime
    due_at: datetime | None
    state: str
    reason: str
    proposer: str
    slot: str
    person: str


class ViolationPage(Page[ViolationView]):
    """The newest first."""


class EvidenceView(Shown):
    id: UUID
    flag: str
    at: datetime
    due_at: datetime | None
    reason: str
    order_id: UUID
    order_number: str


class CaseView(Shown):
    """`evidence` are the violations that made it, `acts` what the reader may do now."""

    id: UUID
    number: str
    kind: str
    state: str
    trigger: str
    org_id: UUID | None
    org: str
    slot: str
    person: str
    by_role: str
    reason_code: str
    reason: str
    order_id: UUID | None
    order_number: str
    meeting: str | None
    supervision_id: UUID | None
    previous_id: UUID | None
    opener: str
    second: str
    opened_at: datetime
    due_at: datetime | None
    text: str
    commitments: str
    replied_at: datetime | None
    outcome: str | None
    opinion: str
    closed_at: datetime | None
    references: tuple[tuple[str, str], ...] = ()
    evidence: tuple[EvidenceView, ...] = ()
    acts: tuple[str, ...] = ()


class CasePage(Page[CaseView]):
    """The newest first, without their evidence."""
