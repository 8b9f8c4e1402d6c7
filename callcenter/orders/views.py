"""What a reader gets of an order, already cut down to what that reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.ids import CallId, OrderId, OrgId, UserId
from callcenter.core.pages import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What the agent enters (B-26: who, when, where, what and how). `centre` is the centre that shall dispatch it, the
    agent's own org when None. `key` makes a repeated request harmless. `caller_number` is a `Number.key`."""

    title: str
    content: str
    request_type: str
    kind: str = "ordinary"
    urgency: str = "normal"
    channel: str = "phone"
    category: str = ""
    address: str = ""
    happened_at: datetime | None = None
    caller_name: str = ""
    caller_number: str = ""
    confidential: bool = False
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


class OrderView(_Seen):
    """The whole order for one reader; `actions` are what that reader may do now (`guards.ACTIONS`)."""

    id: OrderId
    number: str
    version: int
    stage: str
    kind: str
    request_type: str
    urgency: str
    channel: str
    title: str
    content: str
    category: str
    address: str
    happened_at: datetime | None
    caller_name: str
    caller_number: str
    confidential: bool
    call_id: CallId | None
    created_by: UserId
    owner_org_id: OrgId
    round_no: int
    ruleset: str | None
    reply: str | None
    solvability: str | None
    result_type: str | None
    flagged: bool
    callback_exhausted: bool
    resolved: bool | None
    satisfied: bool | None
    close_reason: str | None
    created_at: datetime
    dispatched_at: datetime | None
    accepted_at: datetime | None
    submitted_at: datetime | None
    closed_at: datetime | None
    actions: tuple[str, ...]
    events: tuple[EventView, ...] = ()
    timers: tuple[TimerView, ...] = ()
    contacts: tuple[ContactView, ...] = ()
