"""Calls as people and other rooms see them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.errors import NotFound
from callcenter.core.ids import CallId
from callcenter.core.pages import Page
from callcenter.core.phone import Number


class NoSuchCall(NotFound):
    code = "no-such-call"
    zh = "没有这个通话"
    en = "There is no such call"


class View(BaseModel):
    model_config = ConfigDict(frozen=True)


class MenuStepView(View):
    flow: str
    node: str
    key: str
    seconds: float


class StepView(View):
    """`step` is target, fallback, agent or queue; `status` null while it rings."""

    step: str
    status: str | None
    began_at: datetime | None
    ended_at: datetime | None


class TransferView(View):
    id: str
    steps: tuple[StepView, ...]


class CallView(View):
    """`caller_number` is the citizen's, whichever side dialled; `dialled` is the citizen's too when we dialled.
    Durations are there once the call has ended. `has_gap`: not all of the call was heard."""

    id: CallId
    pbx: str
    direction: str
    purpose: str
    caller_number: str
    caller_region: str
    dialled: str
    hotline: str
    stage: str
    outcome: str | None
    queue: str | None
    extension: str | None
    menu_path: tuple[MenuStepView, ...]
    transfers: tuple[TransferView, ...] = ()
    started_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    waited: timedelta | None
    talked: timedelta | None
    has_gap: bool
    related_call_id: UUID | None

    def masked(self) -> "CallView":
        """Without the citizen's full number."""
        hidden = {"caller_number": Number(self.caller_number).masked}
        if self.direction == "outbound":
            hidden["dialled"] = Number(self.dialled).masked
        return self.model_copy(update=hidden)


class LegView(View):
    leg: str
    channel: str
    role: str
    started_at: datetime
    ended_at: datetime | None


class TimelineEntry(View):
    """One fact. `source` is ami, cel (read back after a gap), snapshot, agi or house; `detail` holds no numbers,
    names or answers of the citizen."""

    at: datetime
    kind: str
    source: str
    leg: str | None
    detail: dict[str, Any]


class CallPage(Page[CallView]):
    """Newest first."""


class CallDetail(View):
    call: CallView
    legs: list[LegView]
    timeline: list[TimelineEntry]
