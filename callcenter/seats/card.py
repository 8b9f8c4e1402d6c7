"""What an agent's desk shows: the card of a call and the state of the desk. Citizens' data: never logged."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.pages import Page

Note = Literal[
    "call_unavailable",
    "history_unavailable",
    "orders_unavailable",
    "similar_unavailable",
    "notes_unavailable",
    "still_looking",
]


class Shown(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class MenuStep(Shown):
    """A flow node the caller went through, and for how long; `key` is what was pressed, '' for nothing."""

    flow: str
    node: str
    key: str = ""
    seconds: float = 0.0


class EarlierCall(Shown):
    id: UUID
    started_at: datetime
    direction: str
    hotline: str
    outcome: str | None
    talked_seconds: float | None


class OrderLine(Shown):
    id: UUID
    number: str
    stage: str
    title: str
    category: str
    address: str
    created_at: datetime


class EarlierTransfer(Shown):
    """Where an agent passed, or tried to pass, the caller of this call on to; `outcome` is '' while that goes on."""

    target: str
    mode: str
    outcome: str
    at: datetime


class CallNotes(Shown):
    """What other rooms know of the call: `care` is why the caller is in special care ('' for others), `language` what
    is to be spoken ('' for Chinese), `remote_case` the number under which 110, 119, 12366 ... handed the caller in."""

    care: str = ""
    care_note: str = ""
    language: str = ""
    remote_case: str = ""
    remote_summary: str = ""
    transfers: tuple[EarlierTransfer, ...] = ()


class Card(Shown):
    """`waited_seconds` counts from joining the queue to the ring. `notes` says which parts could not be looked up."""

    caller_number: str
    caller_region: str
    dialled: str
    hotline: str
    queue: str
    menu_path: tuple[MenuStep, ...] = ()
    waited_seconds: float
    care: str = ""
    care_note: str = ""
    language: str = ""
    remote_case: str = ""
    remote_summary: str = ""
    transfers: tuple[EarlierTransfer, ...] = ()
    recent_calls: tuple[EarlierCall, ...] = ()
    open_orders: tuple[OrderLine, ...] = ()
    similar_orders: tuple[OrderLine, ...] = ()
    notes: tuple[Note, ...] = ()


class OfferView(Shown):
    """A call as it was offered to one agent; `outcome` is answered, missed, abandoned or elsewhere, None while open."""

    id: UUID
    call_id: UUID
    card: Card
    offered_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None


class OfferPage(Page[OfferView]):
    """Newest first."""


class ReasonView(Shown):
    code: str
    zh: str
    en: str


class OrderView(Shown):
    """What a supervisor ordered, and why; `pending` until the call that stands is over."""

    presence: str
    reason: str
    by: str
    at: datetime
    pending: bool


class SkillView(Shown):
    """A queue of a seat; the lower the penalty, the earlier it rings."""

    queue: str
    penalty: int


class DeskState(Shown):
    """Everything a desk needs to resume. Of two states the higher `version` is the newer one.

    `seat` is False for users who answer no calls. `pbx_connected` is False while Asterisk cannot be asked."""

    version: int
    seat: bool
    extension: str = ""
    queues: tuple[str, ...] = ()
    presence: str = "offline"
    reason: str = ""
    since: datetime | None = None
    reachable: bool = True
    pbx_connected: bool = False
    after_call_until: datetime | None = None
    pause_reasons: tuple[ReasonView, ...] = ()
    order: OrderView | None = None
    offer: OfferView | None = None
    at: datetime


class SeatView(Shown):
    """A seat in a supervisor's list."""

    user_id: UUID
    name: str
    extension: str
    queues: tuple[str, ...]
    presence: str
    reason: str
    since: datetime
    reachable: bool
    call_id: UUID | None
    skills: tuple[SkillView, ...] = ()
    order: OrderView | None = None
