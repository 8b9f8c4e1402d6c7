"""What readers get of dispatch. Nothing of a caller in any of it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.core.pages import Page
from callcenter.dispatching.duty_views import ContactView
from callcenter.dispatching.views_base import Seen
from callcenter.orders.standards import StandardView


class ReasonView(Seen):
    """`kind`: words, category, area, ruling, precedent, place."""

    kind: str
    told: str


class SuggestionView(Seen):
    org_id: OrgId
    org: str
    kind: str
    score: float
    item_id: UUID | None
    item: str
    co_org_ids: tuple[OrgId, ...]
    exceptions: str
    category: str
    level: str
    reasons: tuple[ReasonView, ...]
    pushed_down: bool


class SuggestionsView(Seen):
    """The best first. `intake` is the score of completeness, `least` what is needed before dispatch. `standard`:
    what the rule set says for category and level (JC-21)."""

    items: tuple[SuggestionView, ...]
    standard: StandardView | None
    stations: tuple["PlaceView", ...]
    contacts: tuple[ContactView, ...]
    intake: int
    least: int
    missing_zh: tuple[str, ...]
    missing_en: tuple[str, ...]


class PlaceView(Seen):
    """A joint-duty station with its area."""

    org_id: OrgId
    name: str
    roads: tuple[str, ...]
    grid_codes: tuple[str, ...]


class BodyView(Seen):
    """An org that may be chosen: only its name and kind."""

    id: OrgId
    code: str
    name: str
    kind: str


class BodyPage(Page[BodyView]):
    """By kind and name, at most 500, on one page: search for what is not on it."""


class PlacePage(Page[PlaceView]):
    """By name, on one page."""


class DispatchView(Seen):
    """One hop, or one co-handler of it (XY-06)."""

    id: UUID
    seq: int
    kind: str
    role: str
    from_org: str
    to_org: str
    to_org_id: OrgId
    by: str
    at: datetime
    reason: str
    item: str
    outside_list: bool
    grassroots_reason: str
    suggested_org: str | None
    rank: int | None
    dues: Mapping[str, datetime]


class HeldView(Seen):
    """SG-07: how long one org has held the order, in hours."""

    org_id: OrgId
    org: str
    hours: float


class TrailView(Seen):
    hops: int
    distinct: int
    returned_to_origin: bool
    ping_pong: bool
    held: tuple[HeldView, ...]


class TaskView(Seen):
    """A task as those on the order see it."""

    id: UUID
    kind: str
    org_id: OrgId | None
    helper: str
    asked_org: str
    task: str
    asked_at: datetime
    accept_due_at: datetime | None
    due_at: datetime
    accepted_at: datetime | None
    attended_at: datetime | None
    opinion: str
    result: str
    done_at: datetime | None
    late_at: datetime | None
    absent_at: datetime | None
    cancelled_at: datetime | None
    rating: int | None
    whistle_id: UUID | None


class HelpView(Seen):
    """A task as its helper sees it: the demand and the place, never the caller (XY-34)."""

    task: TaskView
    number: str
    title: str
    demand: str
    category: str
    address: str
    latitude: float | None
    longitude: float | None
    actions: tuple[str, ...]


class HelpPage(Page[HelpView]):
    """Newest first."""


class WhistleView(Seen):
    id: UUID
    org: str
    org_id: OrgId
    matter: str
    place: str
    urgency: str
    blown_at: datetime
    report_due_at: datetime
    confirmed_at: datetime | None


class MeetingView(Seen):
    id: UUID
    held_at: datetime
    place: str
    participants: tuple[str, ...]
    minutes: str
    decisions: str
    noted_by: str


class ClaimView(Seen):
    id: UUID
    org_id: OrgId
    org: str
    reason: str
    at: datetime
    accepted: bool | None
    note: str


class DifficultyView(Seen):
    id: UUID
    org: str
    reason: str
    at: datetime
    granted: bool | None
    opinion: str


class ClaimableView(Seen):
    id: OrderId
    number: str
    title: str
    category: str
    place: str
    stage: str
    created_at: datetime


class ClaimablePage(Page[ClaimableView]):
    """Newest first."""


class DispatchingView(Seen):
    """Everything of dispatch on one order, and what the reader may do with it now."""

    dispatches: tuple[DispatchView, ...]
    trail: TrailView
    tasks: tuple[TaskView, ...]
    whistles: tuple[WhistleView, ...]
    meetings: tuple[MeetingView, ...]
    claims: tuple[ClaimView, ...]
    difficulties: tuple[DifficultyView, ...]
    first_org: str | None
    responsible_org: str | None
    territory_org: str | None
    duty_org: str | None
    duty_body: str
    block_reason: str | None
    locked: bool
    difficult: bool
    actions: tuple[str, ...]


class ReturnView(Seen):
    """退单申请表. `state`: draft, signed, granted, rejected, withdrawn."""

    id: UUID
    org_id: OrgId
    org: str
    state: str
    reason_code: str
    reason_text: str
    basis: str
    suggested_org_id: OrgId
    suggested_org: str
    drafted_by: str
    drafted_at: datetime
    dispatched_at: datetime
    window_due_at: datetime
    signed_by: str | None
    signed_at: datetime | None
    delegated_by: str | None
    digest: str
    opinion: str
    decided_by: str | None
    decided_at: datetime | None


class RefusalView(Seen):
    at: datetime
    opinion: str
    lead_org: str
    instruction: str


class SignView(Seen):
    """签派批办单. `state`: open, proposed, approved, modified, ended."""

    id: UUID
    state: str
    cause: str
    cause_text: str
    opened_at: datetime
    opinion: str | None
    lead_org_id: OrgId | None
    lead_org: str | None
    co_orgs: tuple[str, ...]
    co_org_ids: tuple[OrgId, ...]
    due_at: datetime | None
    proposed_by: str | None
    proposed_at: datetime | None
    instruction: str
    decided_by: str | None
    decided_at: datetime | None
    digest: str
    refusals: tuple[RefusalView, ...]


class ReturningView(Seen):
    """Returns and signed dispatch of one order. `window_due_at` is the first instant that is too late; null without a
    unit or when it cannot return the order."""

    returns: tuple[ReturnView, ...]
    signs: tuple[SignView, ...]
    window_due_at: datetime | None
    window_open: bool
    locked: bool
    dispute: str | None
    actions: tuple[str, ...]


class DelegationView(Seen):
    """`state`: running, coming, over, ended."""

    id: UUID
    org: str
    head: str
    deputy: str
    reason: str
    from_at: datetime
    until_at: datetime
    recorded_by: str
    ended_at: datetime | None
    ended_by: str | None
    state: str
    may_end: bool


class DelegationPage(Page[DelegationView]):
    """The latest begin first; at most 500, on one page."""


class SignatoryView(Seen):
    """A person of a unit who may sign, or sign in the head's place."""

    id: UserId
    name: str
    org_id: OrgId
    org: str
    head: bool


class SignatoryPage(Page[SignatoryView]):
    """By unit and name; at most 500, on one page."""


class BacklogView(Seen):
    """SG-27: `waiting` orders wait for this org, since `since` more than the city's threshold."""

    org_id: OrgId
    org: str
    kind: str
    waiting: int
    since: datetime


class BacklogPage(Page[BacklogView]):
    """The fullest first, at most 200, on one page."""


class UnitReturns(Seen):
    """XY-46: a unit's returns in the period. `wrong`: granted, and yet the order came back to it. `extra_days`: average
    days from its dispatch to the decision, on granted returns."""

    org_id: OrgId
    org: str
    applied: int
    granted: int
    rejected: int
    late: int
    wrong: int
    extra_days: float | None
    top_reason: str | None


class HolderView(Seen):
    """SG-07: how long an org held the orders of the period, those it still holds until now."""

    org_id: OrgId
    org: str
    kind: str
    orders: int
    mean_hours: float
    most_hours: float


class FiguresView(Seen):
    """SJ-29, SG-40, SG-07. Shares are null without orders. Minutes run from intake to the unit that finally has it.
    `return_rate`: orders on which a unit asked to return ÷ orders; `improper_rate`: rejected ÷ all returns."""

    orders: int
    first_right: int
    accuracy: float | None
    median_minutes: float | None
    p90_minutes: float | None
    suggested: int
    suggestion_accepted: float | None
    outside_list: float | None
    average_hops: float | None
    ping_pong: int
    volunteered: int
    return_rate: float | None
    improper_rate: float | None
    returns: tuple[UnitReturns, ...]
    holders: tuple[HolderView, ...]
