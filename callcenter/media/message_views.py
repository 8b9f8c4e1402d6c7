"""Voice messages as people see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.pages import Page


@dataclass(frozen=True, slots=True)
class Kept:
    """The copy in the media folder."""

    seconds: float
    bytes: int
    sha256: str


class MessageView(BaseModel):
    """`state` is new or handled; `call_id` is null until the ledger knows the call; `caller_number` is '' when withheld
    and masked in lists; `handled_by` is a person's name. `flow` and `node` say where it was left."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    call_id: UUID | None
    caller_number: str
    dialled: str
    queue: str
    flow: str
    node: str
    recorded_at: datetime
    seconds: float
    state: str
    handled_by: str | None
    handled_at: datetime | None
    note: str


class MessagePage(Page[MessageView]):
    """Newest first."""
