"""Counting violations against the sanction rules (A3.6, A-04): independent triggers, no ladder. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

Window = Literal["calendar_year", "month"]


class Counted(NamedTuple):
    """A violation of one org and one flag, on its day in the city."""

    id: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """So many of a flag within a window. `reset` on_case_created: what led to a case is not counted again, the counter
    restarts at 0 (A-04); never: from the `count`-th on, each further one is a case with all of its window."""

    count: int
    window: Window = "calendar_year"
    reset: Literal["on_case_created", "never"] = "on_case_created"


def window_of(on: date, window: Window) -> tuple[date, date]:
    """First day of the window that holds the day, and first day after it."""
    if window == "calendar_year":
        return date(on.year, 1, 1), date(on.year + 1, 1, 1)
    first = on.replace(day=1)
    return first, date(on.year + on.month // 12, on.month % 12 + 1, 1)


def evidence(new: Counted, known: Iterable[Counted], spent: Iterable[UUID], rule: Counting) -> Sequence[UUID] | None:
    """The violations that make a case now that `new` has been confirmed, oldest first; None while there are too few.
    `known` may hold `new` and others of any day; `spent` are those that led to a case of this trigger before."""
    begins, ends = window_of(new.on, rule.window)
    gone = set(spent) if rule.reset == "on_case_created" else set()
    if new.id in gone:
        return None
    within = {one for one in (*known, new) if begins <= one.on < ends and one.id not in gone}
    if len(within) < rule.count:
        return None
    return [one.id for one in sorted(within, key=lambda one: (one.on, one.id))]
