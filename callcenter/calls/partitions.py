"""Months of the ledger, made before their time."""

from collections.abc import Iterable
from datetime import date, timedelta

import structlog

from callcenter.calls.store import SQL, UNREACHED
from callcenter.core.clock import Clock
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)


async def ensure_partitions(pool: Pool, clock: Clock) -> list[date]:
    """The months newly made, of the last one to the one after next. Run at start and daily. Facts outside them, and
    all while the database cannot be asked, go to the default partition and move when their month is made."""
    try:
        return [month for month in _months(clock.now().date()) if await SQL.ensure_month(pool, day=month)]
    except UNREACHED as error:
        log.warning("ledger_month_postponed", kind=type(error).__name__)
        return []


def _months(today: date) -> Iterable[date]:
    first = today.replace(day=1)
    previous = (first - timedelta(days=1)).replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return (previous, first, following, (following + timedelta(days=32)).replace(day=1))
