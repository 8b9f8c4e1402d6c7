"""Agents' calls out, as they are asked for and shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from callcenter.core.ids import CallId, MissedId, OrderId
from callcenter.core.pages import Page
from callcenter.numbers.gate import Purpose
from callcenter.outbound.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Exactly one of the four is given. `number` is not shown, so that no log can hold it."""

    order: OrderId | None = None
    missed: MissedId | None = None
    call: CallId | None = None
    number: str | None = None

    def __repr__(self) -> str:
        return f"Wanted(order={self.order}, missed={self.missed}, call={self.call})"

    @property
    def purpose(self) -> Purpose:
        if self.number is not None:
            return Purpose.MANUAL
        return Purpose.MISSED if self.missed is not None else Purpose.CONTACT


class OutboundView(BaseModel):
    """`outcome` null while it is under way. `told`: what the order made of it, `ok` or a problem's
    code; null while it is not told, '' where there is nothing to tell."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    id: UUID
    purpose: Purpose
    agent: str
    extension: str
    call_id: UUID
    order_id: UUID | None
    missed_id: UUID | None
    placed_at: datetime
    outcome: Outcome | None = None
    talked: timedelta | None = Field(default=None, description="With the citizen")
    settled_at: datetime | None = None
    told: str | None = None


class OutboundPage(Page[OutboundView]):
    """Newest first."""
