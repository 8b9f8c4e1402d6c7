"""Bodies and queries of oversight."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.oversight.cases import Done, NewCase
from callcenter.oversight.entering import NewSupervision
from callcenter.oversight.meetings import NewItem, NewMeeting
from callcenter.oversight.quality import NewReview
from callcenter.oversight.rulings import NewRuling
from callcenter.oversight.terms import CaseKind, Flag, Hook, MeetingKind, Mode, QcClass, Trigger, Verdict
from callcenter.oversight.views import Participant
from callcenter.web.route import Paged, Wire

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Ref = tuple[Annotated[str, StringConstraints(pattern="^(order|call|recording|file|violation)$")], UUID]


class TakingPart(Wire):
    """`body` is the org's own name where `org_id` is given."""

    body: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    name: Short = ""
    external: bool = False
    org_id: UUID | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.body and self.org_id is None:
            raise ValueError("name a body or an org")
        return self

    def participant(self) -> Participant:
        return Participant(body=self.body, name=self.name, external=self.external, org_id=self.org_id)


class Supervised(Wire):
    """JC-24; `target_id` is the unit that holds the order unless another is named. `parties` go to the place together
    at `visit_at` (JC-29); left out, those that were proposed."""

    mode: Mode
    requirement: Said
    due_on: date
    basis: Text = ""
    trigger: Trigger = Trigger.BY_HAND
    target_id: UUID | None = None
    higher_id: UUID | None = None
    leader_id: UUID | None = None
    meeting_id: UUID | None = None
    record: Text = ""
    parties: list[TakingPart] | None = Field(default=None, max_length=30)
    visit_at: AwareDatetime | None = None

    def new(self) -> NewSupervision:
        return NewSupervision(
            mode=self.mode,
            requirement=self.requirement,
            due_on=self.due_on,
            basis=self.basis,
            trigger=self.trigger,
            target=OrgId(self.target_id) if self.target_id else None,
            higher=OrgId(self.higher_id) if self.higher_id else None,
            leader=UserId(self.leader_id) if self.leader_id else None,
            meeting=self.meeting_id,
            record=self.record,
            parties=None if self.parties is None else [one.participant() for one in self.parties],
            visit_at=self.visit_at,
        )


class Spoken(Wire):
    text: Said


class Ended(Wire):
    verdict: Verdict
    result: Said
    record: Text = ""
    meeting_id: UUID | None = None


class SupervisionsAsked(Paged):
    state: Literal["proposed", "open", "replied", "closed", "dismissed"] | None = None
    order_id: UUID | None = None


class Flagged(Wire):
    flag: Flag
    reason: Said


class Decided(Wire):
    confirmed: bool
    reason: Text = ""


class ViolationsAsked(Paged):
    state: Literal["proposed", "confirmed", "dismissed"] | None = None
    flag: Flag | None = None
    order_id: UUID | None = None


class TasksAsked(Paged):
    state: Literal["open", "reviewed"] | None = None
    qc_class: QcClass | None = None
    hook: Hook | None = None
    order_id: UUID | None = None


class TaskOpened(Wire):
    hook: Hook


class Inspected(Wire):
    """SJ-23. `checklist`: code of the question → yes or no."""

    focus: Said
    indicator: Said
    finding: Said
    severity: Literal["none", "minor", "serious"]
    verdict: Literal["passed", "rectify", "far_fetched", "justified"]
    action: Text = ""
    due_on: date | None = None
    checklist: dict[str, bool] = Field(default_factory=dict, max_length=20)

    def new(self) -> NewReview:
        return NewReview(**self.model_dump())


class DutyForced(Wire):
    org_id: UUID
    reason: Said


class RulingDrafted(Wire):
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=90)]
    text: Said
    category: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    place: Short = ""
    duty_id: UUID
    party_ids: list[UUID] = Field(min_length=1, max_length=20)
    order_id: UUID | None = None

    def new(self) -> NewRuling:
        return NewRuling(
            question=self.question,
            text=self.text,
            category=self.category,
            place=self.place,
            duty=OrgId(self.duty_id),
            parties=[OrgId(one) for one in self.party_ids],
            order=OrderId(self.order_id) if self.order_id else None,
        )


class Approved(Wire):
    effective_from: date


class RulingsAsked(Paged):
    state: Literal["draft", "approved", "withdrawn"] | None = None


class ItemDecided(Wire):
    matter: Said
    owner_id: UUID
    owner_body: Short = ""
    due_on: date
    order_id: UUID | None = None

    def new(self) -> NewItem:
        return NewItem(
            matter=self.matter,
            owner=OrgId(self.owner_id),
            due_on=self.due_on,
            order=OrderId(self.order_id) if self.order_id else None,
            body=self.owner_body,
        )


class MeetingCalled(Wire):
    kind: MeetingKind
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    held_at: AwareDatetime
    place: Short = ""
    participants: list[TakingPart] = Field(default_factory=list, max_length=100)
    order_ids: list[UUID] = Field(default_factory=list, max_length=100)
    minutes: Text = ""
    items: list[ItemDecided] = Field(default_factory=list, max_length=50)

    def new(self) -> NewMeeting:
        return NewMeeting(
            kind=self.kind,
            title=self.title,
            held_at=self.held_at,
            place=self.place,
            participants=[one.participant() for one in self.participants],
            orders=[OrderId(one) for one in self.order_ids],
            minutes=self.minutes,
            items=[item.new() for item in self.items],
        )


class MeetingsAsked(Paged):
    kind: MeetingKind | None = None


class NumberAsked(Wire):
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class MinutesWritten(Wire):
    minutes: Said
    items: list[ItemDecided] = Field(default_factory=list, max_length=50)


class Instructed(Wire):
    text: Said
    requirement: Said
    due_on: date
    target_ids: list[UUID] = Field(min_length=1, max_length=50)
    order_id: UUID | None = None


class InstructionsAsked(Paged):
    order_id: UUID | None = None


class CaseOpened(Wire):
    """`references`: kind and id of what proves it; never a citizen's data."""

    kind: CaseKind
    reason: Said
    org_id: UUID | None = None
    reason_code: Flag | Literal[""] = ""
    order_id: UUID | None = None
    meeting_id: UUID | None = None
    supervision_id: UUID | None = None
    previous_id: UUID | None = None
    person_id: UUID | None = None
    references: list[Ref] = Field(default_factory=list, max_length=50)
    due_on: date | None = None

    def new(self) -> NewCase:
        return NewCase(
            kind=self.kind,
            reason=self.reason,
            org=OrgId(self.org_id) if self.org_id else None,
            reason_code=self.reason_code,
            order=OrderId(self.order_id) if self.order_id else None,
            meeting=self.meeting_id,
            supervision=self.supervision_id,
            previous=self.previous_id,
            person=UserId(self.person_id) if self.person_id else None,
            references=[(kind, str(one)) for kind, one in self.references],
            due_on=self.due_on,
        )


class CaseActed(Wire):
    text: Text = ""
    commitments: Text = ""
    due_on: date | None = None
    poor: bool = False

    def done(self) -> Done:
        return Done(**self.model_dump())


class CasesAsked(Paged):
    kind: CaseKind | None = None
    state: str | None = Field(default=None, max_length=20)
    org_id: UUID | None = None


class KeyListAsked(Paged):
    state: Literal["proposed", "listed", "dismissed", "removed"] | None = None
    list: Literal["dissatisfied", "overdue", "perfunctory"] | None = None
    week: date | None = None


class KeyDecided(Wire):
    """`due_on`: of the reminding interview (约谈提醒)."""

    listed: bool
    due_on: date | None = None


class WeekAsked(Wire):
    week: date


class TopicsAsked(Wire):
    week: date | None = None


class PeriodAsked(Wire):
    """Both days belong to it."""

    since: date
    until: date


class LateAsked(PeriodAsked):
    list: Literal["accept", "handling"] = "handling"


class ProblemsAsked(Paged):
    since: date
    until: date
    satisfied: bool = False
    org_id: UUID | None = None
