"""The lists of numbers as they are asked for and shown: numbers masked, people by name."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from callcenter.core.pages import Page
from callcenter.core.phone import Number, region_of
from callcenter.people.vault import Vault


class Category(StrEnum):
    """Why a caller is in special care (重点关爱)."""

    ELDERLY = "elderly"
    DISABLED = "disabled"
    MINOR = "minor"
    EXPECTING = "expecting"
    CRISIS = "crisis"
    HARDSHIP = "hardship"
    OTHER = "other"


class Policy(StrEnum):
    """What an approved harassment entry does. Each keeps the emergency exit and an exit to a person by key."""

    NOTICE = "notice"
    """A notice is said, then the call goes its ordinary way."""
    LOWER = "lower"
    """The notice, and a place behind ordinary callers."""
    REFUSE = "refuse"
    """The notice, and the call ends unless the caller chooses an exit."""


class EntryState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    ENDED = "ended"


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class CareEntry(_View):
    id: UUID
    number: str = Field(description="Masked")
    region: str
    category: Category
    note: str
    set_by: str
    set_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    standing: bool = Field(description="In force now")


class CarePage(Page[CareEntry]):
    """Newest first."""


class HarassmentEntry(_View):
    """`due_for_review`: it has expired, and nobody has looked at what it came to."""

    id: UUID
    number: str = Field(description="Masked")
    region: str
    policy: Policy
    reason: str
    evidence: tuple[UUID, ...]
    state: EntryState
    proposed_by: str
    proposed_by_id: UUID
    proposed_at: datetime
    days: int
    decided_by: str | None
    decided_at: datetime | None
    opinion: str
    expires_at: datetime | None
    ended_at: datetime | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    finding: str
    standing: bool = Field(description="In force now")
    due_for_review: bool


class HarassmentPage(Page[HarassmentEntry]):
    """Newest first."""


class DialRefusal(_View):
    """`source`: gate, seat (dialled by hand on a telephone), trunk (a stranger)."""

    id: UUID
    at: datetime
    source: str
    actor: str | None
    purpose: str
    reason: str
    number: str = Field(description="Masked; empty where it was not looked at")
    place: str


class RefusalPage(Page[DialRefusal]):
    """Newest first."""


class CallerNotes(_View):
    """What the house remembers of the caller of one call: for the card of whoever talks with them."""

    care: Category | None = None
    care_note: str = ""
    harassment: Policy | None = None
    language: str = ""


def care_entry(row: Mapping[str, Any], vault: Vault, at: datetime) -> CareEntry:
    number = Number(vault.open(row["number"]))
    return CareEntry(
        number=number.masked,
        region=region_of(number),
        standing=row["ended_at"] is None and row["expires_at"] > at,
        **{name: row[name] for name in ("id", "category", "note", "set_by", "set_at", "expires_at", "ended_at")},
    )


_PLAIN = (
    "id",
    "policy",
    "reason",
    "evidence",
    "state",
    "proposed_by",
    "proposed_by_id",
    "proposed_at",
    "decided_by",
    "decided_at",
    "opinion",
    "expires_at",
    "ended_at",
    "reviewed_by",
    "reviewed_at",
    "finding",
)


def harassment_entry(row: Mapping[str, Any], vault: Vault, at: datetime) -> HarassmentEntry:
    number, approved = Number(vault.open(row["number"])), row["state"] == EntryState.APPROVED
    return HarassmentEntry(
        number=number.masked,
        region=region_of(number),
        days=row["lasts"].days,
        standing=approved and row["expires_at"] > at,
        due_for_review=approved and row["expires_at"] <= at and row["reviewed_at"] is None,
        **{name: row[name] for name in _PLAIN},
    )


def dial_refusal(row: Mapping[str, Any]) -> DialRefusal:
    shown = dict(row)
    return DialRefusal(number=shown.pop("masked"), **shown)
