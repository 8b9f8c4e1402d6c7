"""What readers get of the responsibility list and of the domain directory."""

from datetime import date, datetime
from uuid import UUID

from callcenter.core.ids import OrderId, OrgId
from callcenter.core.pages import Page
from callcenter.dispatching.views_base import Seen


class AnswerView(Seen):
    """What a named unit said to a version."""

    org_id: OrgId
    org: str
    agreed: bool
    note: str
    decided_by: str
    at: datetime


class DutyView(Seen):
    """`state` is waiting, refused, in_force, scheduled, expired or retired."""

    id: UUID
    code: str
    version: int
    centre_org_id: OrgId
    centre: str
    title: str
    category: str
    keywords: tuple[str, ...]
    areas: tuple[str, ...]
    lead_org_id: OrgId
    lead: str
    co_org_ids: tuple[OrgId, ...]
    co: tuple[str, ...]
    basis: str
    exceptions: str
    level: str
    functional: bool
    valid_from: date
    valid_to: date | None
    state: str
    answers: int
    needed: int
    may_answer: bool


class DutyPage(Page[DutyView]):
    """In the order of code and version."""


class DutyWhole(Seen):
    """One version with the answers to it, and the versions before and after."""

    item: DutyView
    answers: tuple[AnswerView, ...]
    versions: tuple[DutyView, ...]


class Imported(Seen):
    proposed: int


class GapView(Seen):
    """清单外: a dispatch that no item covered."""

    id: UUID
    order_id: OrderId
    number: str
    title: str
    category: str
    reason: str
    unit: str
    noted_by: str
    at: datetime


class GapPage(Page[GapView]):
    """Newest first."""


class CoverageLine(Seen):
    category: str
    orders: int
    covered: bool


class CoverageView(Seen):
    """SG-05: of the categories that citizens brought, how many an item in force serves."""

    categories: int
    covered: int
    share: float | None
    lines: tuple[CoverageLine, ...]


class ContactView(Seen):
    """GH-05: a member of staff who answers for a matter."""

    id: UUID
    org_id: OrgId
    org: str
    matter: str
    keywords: tuple[str, ...]
    contact: str
    backup: str
    phone: str
    hours: str
    updated_at: datetime


class ContactPage(Page[ContactView]):
    """In the order of the matter."""
