"""Notices as rooms post them and as their readers see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.core.pages import Page
from callcenter.people.actor import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class To:
    """The people of an org who hold one of `roles` (all of them when empty), or one person."""

    org: OrgId | None = None
    roles: frozenset[Role] = frozenset()
    user: UserId | None = None

    def __post_init__(self) -> None:
        if self.org is None and self.user is None:
            raise ValueError("a notice needs an org or a person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`kind` is a key of `words.WORDS`, `words` fill its slots."""

    kind: str
    to: To
    order: OrderId | None = None
    words: Mapping[str, str] = field(default_factory=dict)


class NoticeView(BaseModel):
    """`text` is in the reader's language."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    at: datetime
    kind: str
    text: str
    order_id: OrderId | None
    org: str | None
    must_read: bool
    read_at: datetime | None
    sent: Mapping[str, str]


class NoticePage(Page[NoticeView]):
    """Newest first."""
