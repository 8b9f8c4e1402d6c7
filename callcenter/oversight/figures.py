"""What oversight counts: JC-29's days, XY-42 and XY-44's lists, the coverage of SG-05, the live ledger (JC-32)."""

from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any, Final
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter

from callcenter.core.pages import key_of
from callcenter.orders.calendar import WorkingDays, walk
from callcenter.orders.policy import DEFAULT_WARNINGS
from callcenter.orders.signs import colour_at
from callcenter.oversight.list_views import Figures, KpiLine, LateLine, LedgerLine, LedgerPage, WaitingLine
from callcenter.oversight.proposing import days_to_supervision
from callcenter.oversight.room import SANCTIONS, SQL, Room
from callcenter.oversight.terms import OVERDUES, Flag
from callcenter.oversight.views import shown
from callcenter.oversight.weeks import begin_of
from callcenter.people.actor import Actor

_YEAR: Final = timedelta(days=365)
_FIRST: Final = (datetime(1, 1, 2, tzinfo=UTC), UUID(int=0))
_KEY: Final[TypeAdapter[tuple[datetime, UUID]]] = TypeAdapter(tuple[AwareDatetime, UUID])
LATE: Final = {"accept": [Flag.LATE_ACCEPT], "handling": sorted({Flag.NO_CONTACT} | OVERDUES)}
"""The two lists: 未按时先行接单 (XY-42); 未先行联系 or 逾期 (XY-44)."""


class Reckoning:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def figures(self, actor: Actor) -> Figures:
        path, room = await self._room.reach(actor), self._room
        found = SQL.dissatisfied_to_supervised(room.pool, path=path, since=room.clock.now() - _YEAR)
        lines = [
            shown(
                KpiLine, row, days=days_to_supervision(self._day(row["dissatisfied_at"]), self._day(row["opened_at"]))
            )
            async for row in found
        ]
        today = room.today()
        waiting = [
            shown(WaitingLine, row, days=days_to_supervision(self._day(row["dissatisfied_at"]), today))
            async for row in SQL.dissatisfied_waiting(room.pool, path=path)
        ]
        counts = await SQL.month_counts(room.pool, path=path)
        categories, covered = await room.duties.coverage(actor)
        return Figures(
            waiting=tuple(waiting),
            supervised=tuple(lines),
            median_days=median(line.days for line in lines) if lines else None,
            categories=categories,
            with_duty_org=covered,
            templates=counts["templates"],
            open_supervisions=counts["open_supervisions"],
            open_cases=counts["open_cases"],
            open_tasks=counts["open_tasks"],
        )

    async def late(self, actor: Actor, which: str, since: date, until: date) -> tuple[LateLine, ...]:
        """`which` is a key of LATE; `until` is the last day. By org, each with its count in the calendar year."""
        found = SANCTIONS.late_in_period(
            self._room.pool,
            path=await self._room.reach(actor),
            flags=LATE[which],
            since=self._begin_of(since),
            until=self._begin_of(until + timedelta(days=1)),
            year_since=self._begin_of(until.replace(month=1, day=1)),
        )
        return tuple([shown(LateLine, row, delay_days=self._delay(row)) async for row in found])

    async def ledger(self, actor: Actor, *, cursor: str | None, limit: int) -> LedgerPage:
        """JC-32: every running clock, the most urgent first. Raises BadCursor."""
        at, order = key_of(cursor, _KEY, _FIRST)
        now = self._room.clock.now()
        found = SANCTIONS.live_ledger(
            self._room.pool, path=await self._room.reach(actor), after_at=at, after_id=order, limit=limit + 1
        )
        rows = [row async for row in found]
        return LedgerPage.cut(
            rows,
            limit,
            lambda row: shown(
                LedgerLine, row, colour=colour_at(now, row["due_at"], DEFAULT_WARNINGS, self._room.calendar)
            ),
            lambda row: (row["due_at"], row["order_id"]),
        )

    def _delay(self, row: Any) -> int:
        """Working days from the due instant to the deed, or to now; a begun day counts."""
        ended = row["stopped_at"] or self._room.clock.now()
        due = row["due_at"]
        if due is None or ended <= due:
            return 0
        last = due - timedelta(microseconds=1)
        days, span = 0, (self._day(ended) - self._day(last)).days
        for counted in walk(last, WorkingDays(max(1, span)), self._room.calendar):
            if counted.number is not None and counted.on <= self._day(ended):
                days += 1
        return days

    def _begin_of(self, day: date) -> datetime:
        return begin_of(day, self._room.zone)

    def _day(self, at: datetime) -> date:
        return self._room.calendar.local_date(at)
