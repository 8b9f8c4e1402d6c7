"""How long the notice of a merged number is given: three calendar months (T-VOICE, JC-09)."""

from calendar import monthrange
from datetime import date
from typing import Final

NOTICE_MONTHS: Final = 3


def notice_end(start: date) -> date:
    """The first day on which the number may be closed. A month without the start's day ends the notice on its last
    day: 2026-11-30 gives 2027-02-28. Raises ValueError beyond the year 9999."""
    months = start.month - 1 + NOTICE_MONTHS
    year, month = start.year + months // 12, months % 12 + 1
    if year > date.max.year:
        raise ValueError("the notice would end after the year 9999")
    return date(year, month, min(start.day, monthrange(year, month)[1]))
