"""What a rule set decides beside its clocks: a value for everything that the documents leave open (A4, A-25).

Each part has a visible default and may carry `reading`: the ambiguity that its values interpret, '' when the document
itself says them. A default is never the regulation's text.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from callcenter.orders.calendar import Hours, Length, Months, NaturalDays, WorkingDays
from callcenter.orders.sanction_terms import CaseKind, Flag
from callcenter.orders.terms import RequestType
from callcenter.people.actor import Role

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0, le=1000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    reading: str = ""


class Span(BaseModel):
    """A length of time with its unit: exactly one is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    working_days: Annotated[int, Field(ge=1, le=366)] | None = None
    natural_days: Annotated[int, Field(ge=1, le=366)] | None = None
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    hours: Annotated[int, Field(ge=1, le=8784)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Span":
        if sum(value is not None for value in (self.working_days, self.natural_days, self.months, self.hours)) != 1:
            raise ValueError("give exactly one of working_days, natural_days, months, hours")
        return self

    @property
    def length(self) -> Length:
        if self.working_days is not None:
            return WorkingDays(self.working_days)
        if self.natural_days is not None:
            return NaturalDays(self.natural_days)
        if self.months is not None:
            return Months(self.months)
        return Hours(timedelta(hours=self.hours or 0))


class ContactPolicy(_Part):
    """XY-08, A-11: so many fruitless attempts fulfil the first contact; who makes it, and whether before dispatch."""

    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    tier: Literal["unit", "centre"] = "unit"
    before_dispatch: bool = False


class ReturnPolicy(_Part):
    """XY-17..23, A-06: the second distinct unit's granted return leads to signed dispatch."""

    max_ordinary_redispatch: Count = 1
    sign_at_distinct_returns: Count = 2
    head_signature: bool = True
    reason_min: Count = 10
    reading: str = "A-06"


class CallbackPolicy(_Part):
    """XY-10, JC-26. `closing_audit`: a human approves each close. `basic_counts`: 基本满意 counts as satisfied."""

    coverage: Share = 1.0
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    closing_audit: bool = False
    basic_counts: bool = False
    reading: str = "A-20"


class RehandlePolicy(_Part):
    """XY-13..16, JC-27, A-10."""

    only_if_reasonable: bool = False
    rounds_before_escalation: Count = 2
    head_from_round: Count = 2
    form2: bool = True
    reading: str = "A-10"


class ExclusionPolicy(_Part):
    """XY-27, A-09: who signs that an order is left out of the evaluation."""

    signer: Role = Role.DEPUTY
    reading: str = "A-09"


SuperviseMode = Literal["phone", "written", "joint_meeting", "on_site", "escalated"]


class AutoSupervise(_Part):
    """Supervision opens by itself at so many calls on one matter, or at this age."""

    repeat_calls: Count = 2
    age_days: Count = 30


class SupervisePolicy(_Part):
    """JC-24: 电话、书面、联席会、现场、提级."""

    modes: tuple[SuperviseMode, ...] = ("phone", "written", "joint_meeting", "on_site", "escalated")
    auto: AutoSupervise = AutoSupervise()
    reading: str = "A-25"


class SanctionRule(_Part):
    """A3.6: an independent trigger. `flag` is a consequence of a clock or a finding, `count` of it within `window` at
    one unit lead to `action`, done `by` a role, answered within `due`."""

    flag: Flag
    count: Annotated[int, Field(ge=1, le=100)] = 1
    window: Literal["calendar_year", "month"] = "calendar_year"
    reset: Literal["on_case_created", "never"] = "on_case_created"
    action: CaseKind
    by: Role
    due: Span = Span(working_days=5)


class ExtensionPolicy(_Part):
    """A-07: no seed knows an extension. Where a tenant allows one: at most this long, so often, approved by a role."""

    allowed: bool = False
    most: Span = Span(working_days=5)
    times: Annotated[int, Field(ge=1, le=10)] = 1
    approver: Role = Role.DEPUTY
    reading: str = "A-07"


class WhistlePolicy(_Part):
    """吹哨报到: who may whistle, and how soon those called must report."""

    initiators: tuple[str, ...] = ("village",)
    report_hours: Annotated[int, Field(ge=1, le=720)] = 24
    reading: str = "A-25"


class LedgerPolicy(_Part):
    """挂账: the citizen hears something at least this often."""

    contact_every: Span = Span(working_days=10)
    reading: str = "A-25"


class VisitPolicy(_Part):
    """On-site visits are asked for except with these requests."""

    exempt: tuple[RequestType, ...] = (RequestType.INQUIRY, RequestType.PRAISE, RequestType.SUGGESTION)
    reading: str = "A-25"


class QcPolicy(_Part):
    """SJ-19: `window` holds a submitted order in the time between the internal and the superior due date; `sampling` is
    the share of orders checked afterwards."""

    sampling: Share = 0.1
    window: bool = False
    ruling_due: Span = Span(working_days=1)
    reading: str = "A-25"


class RepeatPolicy(_Part):
    """SJ-15: a call of the same caller on the same matter within so many days is a repeat."""

    days: Annotated[int, Field(ge=1, le=366)] = 30
    reading: str = "A-25"


class SolvableTarget(_Part):
    """GH-11: what is solvable should be solved sooner than the limit; no clock, but a target that is reported on."""

    length: Span | None = None
    reading: str = "A-25"


class OrderClass(_Part):
    """SJ-17, A-08: neutral classes; the tenant's label. The first class whose conditions hold takes the order: its
    request is one of `requests` (empty: any), and it is difficult when `difficult` asks so."""

    name: Literal["A", "B", "C"]
    label: str
    requests: tuple[RequestType, ...] = ()
    difficult: bool = False


class WarningSign(_Part):
    """A sign on a clock before it is late: at a share of its length, or this long before it is due."""

    percent: Annotated[int, Field(ge=1, le=99)] | None = None
    before: Span | None = None
    colour: Literal["yellow", "red"] | None = None

    @model_validator(mode="after")
    def _one(self) -> "WarningSign":
        if (self.percent is None) == (self.before is None):
            raise ValueError("give either percent or before")
        return self

    @property
    def sign(self) -> str:
        """How events name it: `50%`, `yellow`."""
        return f"{self.percent}%" if self.percent is not None else str(self.colour)


DEFAULT_WARNINGS = (
    WarningSign(percent=50),
    WarningSign(percent=80),
    WarningSign(before=Span(working_days=1), colour="yellow", reading="A-25"),
)
"""XY-08 names 50 % and 80 %; red is the due itself."""


class Policy(BaseModel):
    """`contacts_min`: SG-15. `dedicated_owner`: SJ-13, one person from accept to close."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: ContactPolicy = ContactPolicy()
    returns: ReturnPolicy = ReturnPolicy()
    callback: CallbackPolicy = CallbackPolicy()
    rehandle: RehandlePolicy = RehandlePolicy()
    exclusion: ExclusionPolicy = ExclusionPolicy()
    supervise: SupervisePolicy = SupervisePolicy()
    sanctions: tuple[SanctionRule, ...] = ()
    extension: ExtensionPolicy = ExtensionPolicy()
    whistle: WhistlePolicy = WhistlePolicy()
    ledger: LedgerPolicy = LedgerPolicy()
    site_visit: VisitPolicy = VisitPolicy()
    qc: QcPolicy = QcPolicy()
    contacts_min: Annotated[int, Field(ge=1, le=20)] = 2
    dedicated_owner: bool = False
    repeat: RepeatPolicy = RepeatPolicy()
    solvable_target: SolvableTarget = SolvableTarget()
    classes: tuple[OrderClass, ...] = ()
    warnings: tuple[WarningSign, ...] = DEFAULT_WARNINGS
