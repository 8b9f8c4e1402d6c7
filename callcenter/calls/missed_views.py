"""Missed calls as people see them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from callcenter.calls.views import View
from callcenter.core.errors import NotFound, Refused
from callcenter.core.ids import CallId, MissedId, UserId
from callcenter.core.pages import Page
from callcenter.core.phone import Number

MissedState = Literal["open", "called_back", "got_through", "closed"]


class NoSuchMissedCall(NotFound):
    code = "no-such-missed-call"
    zh = "没有这条漏接记录"
    en = "There is no such missed call"


class MissedClaimed(Refused):
    code = "missed-claimed"
    zh = "该漏接已由他人认领"
    en = "Somebody else has claimed this missed call"


class MissedNotClaimed(Refused):
    code = "missed-not-claimed"
    zh = "请先认领该漏接"
    en = "Claim this missed call first"


class MissedOver(Refused):
    code = "missed-over"
    zh = "该漏接已经办结"
    en = "This missed call is over"


class MissedView(View):
    """A caller whom nobody answered. `first_at` is the arrival of the first of `times` calls; `reason` (abandoned,
    rejected, failed), `queue`, `hotline` and `last_call` are the last one's. `state`: `got_through` by ringing again,
    `called_back`, or `closed` by hand with a `remark`; `ended_call` is the call in which the caller was answered."""

    id: MissedId
    number: str
    region: str
    hotline: str
    dialled: str
    queue: str | None
    reason: Literal["abandoned", "rejected", "failed"]
    first_at: datetime
    last_at: datetime
    times: int
    last_call: CallId
    state: MissedState
    claimed_by: UserId | None
    claimer: str | None
    claimed_at: datetime | None
    ended_at: datetime | None
    ended_by: UserId | None
    ended_call: UUID | None
    remark: str

    def masked(self) -> "MissedView":
        return self.model_copy(update={"number": Number(self.number).masked})


class MissedPage(Page[MissedView]):
    """Longest missed first."""
