"""Small views that cross between rooms of one floor."""

from dataclasses import dataclass
from datetime import datetime

from callcenter.core.ids import OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBrief:
    """An order in one line, as a screen-pop shows it."""

    id: OrderId
    number: str
    stage: str
    title: str
    category: str
    address: str
    created_at: datetime
