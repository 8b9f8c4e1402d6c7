"""Cases that other platforms hand over (JC-15), and calls that come from them, as people see them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from callcenter.core.pages import Page
from callcenter.core.phone import Number
from callcenter.transfers.hotline import Title
from callcenter.transfers.hotline_views import View


class CaseView(View):
    """`external` is their case number. `state`: waiting for its call, matched with one, or expired without."""

    id: UUID
    link: str
    external: str
    summary: str
    caller_number: str
    received_at: datetime
    expires_at: datetime
    call_id: UUID | None
    matched_at: datetime | None
    state: Literal["waiting", "matched", "expired"]

    def masked(self) -> "CaseView":
        """Without the citizen's full number."""
        return self.model_copy(update={"caller_number": Number(self.caller_number).masked})


class CasePage(Page[CaseView]):
    """Newest first, numbers masked."""


class LinkArrival(View):
    """A call that another platform handed to us. `how` it was known: by the number it dialled (entry) or presented
    (caller), by its case, or by hand. `earlier_call_id` is the citizen's call to us before this one."""

    call_id: UUID
    link: str
    title: Title | None
    how: Literal["entry", "caller", "case", "hand"]
    at: datetime
    earlier_call_id: UUID | None
    earlier_call_at: datetime | None
    case: CaseView | None
