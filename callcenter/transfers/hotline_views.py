"""The registry as people and other rooms see it."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.pages import Page
from callcenter.transfers.hotline import Hotline, Link, Mode, Status, Title

Item = Literal["orders_migrated", "knowledge_loaded", "test_call_ok", "service_level_kept"]
"""JC-10: no interruption, every demand has an owner, no service downgrade."""


class View(BaseModel):
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class PublicHotline(View):
    """`dial_now` is the number that a citizen dials today for what this number was for."""

    number: str
    title: Title
    owner: Title | None
    mode: Mode
    status: Status
    since: date | None
    until: date | None
    dial_now: str


class PublicHotlines(View):
    items: tuple[PublicHotline, ...]


class CallCounts(View):
    """Calls from outside to one number: all, those that asked for a person, were answered by one, gave up."""

    calls: int = 0
    asked_person: int = 0
    answered: int = 0
    abandoned: int = 0


class DayCounts(CallCounts):
    """`day` is the city's."""

    day: date


class NumberDays(View):
    """Oldest first; days without a call are there with zeros."""

    number: str
    items: tuple[DayCounts, ...]


class CheckView(View):
    item: Item
    done: bool
    by: str | None = None
    at: datetime | None = None
    note: str = ""


class ClosingView(View):
    """The 销号 task; `closed_at` is null while it is open."""

    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None
    note: str


class ProbeView(View):
    """A test call or drill. `reason` is a word of `transfers.probe.Reason`, '' when it went well; `answer_seconds` is
    the time from the dial to the answer."""

    id: UUID
    number: str
    kind: Literal["daily", "manual", "drill"]
    status: Literal["waiting", "running", "ok", "failed", "unknown"]
    reason: str
    asked_at: datetime
    by: str | None
    ended_at: datetime | None
    answer_seconds: float | None
    call_id: UUID | None


class ProbePage(Page[ProbeView]):
    """Newest first."""


class HotlineView(View):
    """One number with all that is known of it. `alarm`: the last test call did not get through. `checklist` and
    `closing` are of merged numbers only; `test` and `drill` are the newest of each."""

    line: Hotline
    status: Status
    days_left: int | None
    answers_now: bool | None
    today: CallCounts
    yesterday: CallCounts
    checklist: tuple[CheckView, ...]
    closing: ClosingView | None
    test: ProbeView | None
    drill: ProbeView | None
    alarm: bool


class HotlineBoard(View):
    """`day` is the city's; `alarms` the numbers whose last test call did not get through."""

    version: int
    sha256: str
    day: date
    items: tuple[HotlineView, ...]
    alarms: tuple[str, ...]


class ChangeView(View):
    """`by` is null for a change that was taken up when the server started."""

    id: UUID
    number: str
    at: datetime
    by: str | None
    kind: Literal["added", "changed", "removed"]
    fields: tuple[str, ...]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    sha256: str
    version: int


class ChangePage(Page[ChangeView]):
    """Newest first."""


class Taken(View):
    """What a reload changed. `needs_switch`: the dialplan has to be written anew (`callcenter pbx`), and Asterisk to
    reload it, before callers notice."""

    version: int
    sha256: str
    numbers: tuple[str, ...]
    needs_switch: bool


def answers_now(link: Link | None, local: datetime) -> bool | None:
    return None if link is None else link.answers_at(local)
