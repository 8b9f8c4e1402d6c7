"""Gauges of what stands open in the database, asked at most once in a while, and only when somebody scrapes."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import structlog
from prometheus_client import Gauge

from callcenter.core.clock import Clock
from callcenter.metrics.instruments import Instruments
from callcenter.store import queries
from callcenter.store.pool import AWAY, Pool

log = structlog.get_logger(__name__)

KEPT_FOR: Final = timedelta(seconds=10)
DEADLINE: Final = timedelta(seconds=3)
"""Shorter than any scrape timeout: a slow database must not hide the other metrics."""


class Standing:
    """`hotline_database_up` tells whether the last question was answered; old values are dropped when it was not."""

    def __init__(self, instruments: Instruments, pool: Pool, clock: Clock) -> None:
        self._pool, self._clock = pool, clock
        self._queries = queries.load("metrics")
        self._asked_at: datetime | None = None
        self._lock = asyncio.Lock()

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"hotline_{name}", text, labels, registry=instruments.registry)

        self._up = gauge("database_up", "1 when the database answered the last question.")
        jobs = gauge("jobs", "Background jobs that are not done.", "status", "entrypoint")
        self._jobs = jobs
        self._gauges: Mapping[str, tuple[Gauge, str]] = {
            "agents": (gauge("agents", "Agents by presence.", "presence"), "presence"),
            "orders": (gauge("orders_open", "Work orders that are not closed.", "stage"), "stage"),
            "overdue": (gauge("order_timers_overdue", "Running timers past their deadline.", "timer"), "timer"),
            "unnoticed": (gauge("order_timers_unnoticed", "Overdue, and not yet marked so.", "timer"), "timer"),
            "backlog": (gauge("orders_backlog", "Orders waiting for an org in backlog alarm.", "org"), "org"),
            "job_age": (
                gauge("job_oldest_seconds", "Age of the oldest job that could run.", "entrypoint"),
                "entrypoint",
            ),
            "callbacks": (
                gauge("callbacks_open", "Call-backs waiting; late: due for an hour; person: left to people.", "state"),
                "state",
            ),
            "decisions": (gauge("leader_decisions", "Decisions of leaders: owed, or overdue.", "state"), "state"),
            "attempts": (gauge("callback_attempts", "Call-back attempts without an outcome.", "state"), "state"),
            "recordings": (
                gauge("recordings", "Recordings not sealed; unsealed: ended 10 minutes ago.", "state"),
                "state",
            ),
            "longest_wait": (
                gauge("queue_longest_wait_seconds", "How long the first caller has waited.", "queue"),
                "queue",
            ),
            "missed": (
                gauge("missed_calls_open", "Callers to be rung back, by why nobody answered.", "reason"),
                "reason",
            ),
            "transfers": (gauge("transfers_open", "Transfers that are being tried.", "mode"), "mode"),
            "intrusions": (gauge("intrusions_open", "Supervisors in calls.", "mode"), "mode"),
            "unchained": (gauge("audit_unsealed", "Audit rows that are not chained yet.", "source"), "source"),
            "transcripts": (gauge("transcripts_open", "Transcripts that are not finished.", "status"), "status"),
        }

    async def refresh(self) -> None:
        """Never raises on a database that is away."""
        async with self._lock:
            now = self._clock.now()
            if self._asked_at is not None and now - self._asked_at < KEPT_FOR:
                return
            self._asked_at = now
            for gauge in (self._jobs, *(gauge for gauge, _ in self._gauges.values())):
                gauge.clear()
            try:
                async with asyncio.timeout(DEADLINE.total_seconds()):
                    rows = await self._rows(now)
            except (*AWAY, asyncpg.PostgresError) as error:
                log.warning("standing_not_known", error=type(error).__name__)
                self._up.set(0)
                return
            self._up.set(1)
            for name, kind, value in rows:
                self._set(name, kind, value)

    async def _rows(self, now: datetime) -> list[tuple[str, str, float]]:
        async with self._pool.acquire() as connection:
            rows = self._queries.standing(connection, now=now)
            return [(row["gauge"], row["kind"], row["value"]) async for row in rows]

    def _set(self, name: str, kind: str, value: float) -> None:
        if name.startswith("jobs_"):
            self._jobs.labels(status=name.removeprefix("jobs_"), entrypoint=kind).set(value)
        else:
            gauge, label = self._gauges[name]
            gauge.labels(**{label: kind}).set(value)
