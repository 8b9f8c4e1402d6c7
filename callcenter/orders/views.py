"""What a reader gets of an order, already cut down to what that reader may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.briefs import OrderBrief
from callcenter.core.ids import CallId, OrderId, OrgId, UserId
from callcenter.core.pages import Page
from callcenter.orders.phases import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What is entered (B-26: who, when, where, what and how; B-44). `centre` is the centre that shall dispatch it, the
    agent's own org when None. `key` makes a repeated request harmless, `external_id` a channel that sends twice.
    `caller_number` is a `Number.key`."""

    title: str
    content: str
    request_type: str
    kind: str = "ordinary"
    urgency: str = "normal"
    level: str = "normal"
    channel: str = "phone"
    origin: str = "demand"
    category: str = ""
    category_code: str = ""
    address: str = ""
    location_type: str = ""
    latitude: float | None = None
    longitude: float | None = None
    grid_code: str = ""
    happened_at: datetime | None = None
    caller_name: str = ""
    caller_number: str = ""
    caller_type: str = "person"
    caller_needs: Sequence[str] = ()
    special_groups: Sequence[str] = ()
    emotion: str = "calm"
    anonymous: bool = False
    confidential: bool = False
    reported_body: str = ""
    reported_org_id: OrgId | None = None
    tags: Sequence[str] = ()
    season: str = ""
    source_hotline: str = ""
    external_id: str | None = None
    upper_ref: str = ""
    upper_due_at: datetime | None = None
    origin_order_id: OrderId | None = None
    call_id: CallId | None = None
    centre: OrgId | None = None
    key: str | None = None


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True)


class EventView(_Seen):
    seq: int
    at: datetime
    actor: str
    move: str
    stage_before: str | None
    stage_after: str
    body: Mapping[str, Any]


class TimerView(_Seen):
    """`due_at` is the first instant that is late, `due_day` the day that people call the due day."""

    name: str
    round_no: int
    owner: str
    ruleset: str
    start_event: str
    started_at: datetime
    due_at: datetime
    due_day: date
    stopped_at: datetime | None
    breached_at: datetime | None


class ContactView(_Seen):
    id: UUID
    kind: str
    outcome: str
    note: str
    at: datetime
    actor: str
    call_id: CallId | None


class OrderLine(_Seen):
    """One line of a list: nothing of the caller in it."""

    id: OrderId
    number: str
    stage: str
    kind: str
    request_type: str
    urgency: str
    title: str
    category: str
    owner_org_id: OrgId
    owner: str
    flagged: bool
    callback_exhausted: bool
    created_at: datetime
    closed_at: datetime | None


class OrderPage(Page[OrderLine]):
    """Newest first."""


class RoundView(_Seen):
    """One round of handling (XY-13): why and when it began, what was submitted, what the citizen said of it."""

    round_no: int
    reason: str
    started_at: datetime
    due_at: datetime | None
    submitted_at: datetime | None = None
    reply: str | None = None
    result_type: str | None = None
    resolved: bool | None = None
    satisfied: bool | None = None


class OrderChecks(_Seen):
    """`unanswered`: closed without a reply, or without a call-back or a reason for none: there must be none (SJ-10).
    `effects_due`: closed orders whose effect is to be checked now (GH-16)."""

    unanswered: tuple[OrderBrief, ...]
    effects_due: tuple[OrderBrief, ...]


class OrderView(_Seen):
    """The whole order for one reader; `actions` are what that reader may do now (`rights.ACTIONS`), `in_progress` is
    已答复·落实中 (A-29). `finished_at` is the handler's word of the finish on the ground, `resolved` the citizen's
    (A-23)."""

    id: OrderId
    number: str
    version: int
    stage: str
    kind: str
    request_type: str
    urgency: str
    level: str
    channel: str
    origin: str
    source_hotline: str
    upper_ref: str | None
    upper_due_at: datetime | None
    origin_order_id: OrderId | None
    title: str
    content: str
    category: str
    category_code: str
    address: str
    location_type: str
    latitude: float | None
    longitude: float | None
    grid_code: str
    happened_at: datetime | None
    caller_name: str
    caller_number: str
    caller_type: str
    caller_needs: tuple[str, ...]
    special_groups: tuple[str, ...]
    emotion: str
    anonymous: bool
    confidential: bool
    reported_body: str
    reported_org_id: OrgId | None
    tags: tuple[str, ...]
    season: str
    call_id: CallId | None
    created_by: UserId
    owner_org_id: OrgId
    centre_org_id: OrgId
    case_owner: UserId | None
    round_no: int
    reopened: int
    ruleset: str | None
    item_id: UUID | None
    article_id: UUID | None
    dispatch_kind: str | None
    locked: bool
    reply: str | None
    solvability: str | None
    reasonableness: str | None
    reasonableness_confirmed: bool
    result_type: str | None
    flagged: bool
    satisfied_late: bool | None
    callback_exhausted: bool
    resolved: bool | None
    satisfied: bool | None
    close_reason: str | None
    supervisions: int
    violations: tuple[str, ...]
    key_listed: bool
    difficult: bool
    exclusion: str | None
    matter_id: UUID | None
    master: bool
    ledger_due: date | None
    effect_due: date | None
    effect_holds: bool | None
    created_at: datetime
    assigned_at: datetime | None
    dispatched_at: datetime | None
    accepted_at: datetime | None
    contacted_at: datetime | None
    submitted_at: datetime | None
    replied_at: datetime | None
    finished_at: datetime | None
    closed_at: datetime | None
    in_progress: bool
    phases: tuple[Phase, ...]
    actions: tuple[str, ...]
    events: tuple[EventView, ...] = ()
    timers: tuple[TimerView, ...] = ()
    contacts: tuple[ContactView, ...] = ()
    rounds: tuple[RoundView, ...] = ()
