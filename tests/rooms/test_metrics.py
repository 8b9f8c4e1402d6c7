"""Gauges from the real database: right, bounded by open work, and honest when the database is away."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import asyncpg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from callcenter.core.errors import DomainError, Unauthenticated, Unavailable
from callcenter.metrics.exposition import Exposition
from callcenter.metrics.instruments import Instruments
from callcenter.metrics.standing import KEPT_FOR, Standing
from callcenter.people.actor import Actor
from callcenter.people.session import Session
from callcenter.resources import SCHEMA
from callcenter.store.pool import Pool
from callcenter.web.config import WebConfig
from callcenter.web.health import Check, database_check, health_routes, lease_check, link_check, seats_check
from callcenter.web.server import build_app, open_site

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


class HandClock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


class Nobody:
    """Nobody is known: the routes under test must not ask."""

    async def session(self, token: str) -> Session:
        raise Unauthenticated

    async def actor_of_token(self, bearer: str) -> Actor:
        raise Unauthenticated


class Link:
    def __init__(self, connected: bool) -> None:
        self.pbx = "pbx1"
        self.connected = connected
        self.problem: DomainError | None = None if connected else Unavailable(part="Asterisk", remedy="start it")


@asynccontextmanager
async def site(exposition: Exposition, *checks: Check, lag: float = 0.0) -> AsyncIterator[aiohttp.ClientSession]:
    config = WebConfig(port=0)
    app = build_app(health_routes(exposition, lambda: lag, checks), Nobody(), config, static=None)
    async with open_site(app, config) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        yield client


async def recording(pool: Pool, *, ended: datetime | None) -> None:
    call = uuid4()
    await pool.execute(
        "insert into call (id, pbx, linked, direction, stage, started_at, ended_at) "
        "values ($1, 'pbx1', $2, 'inbound', 'ended', $3, $4)",
        call,
        str(call),
        NOW - timedelta(hours=1),
        ended,
    )
    await pool.execute(
        "insert into recording (id, call_id, pbx, leg, source, status, started_at) "
        "values ($1, $4, 'pbx1', '1.1', $2, 'recording', $3)",
        uuid4(),
        str(call),
        NOW - timedelta(hours=1),
        call,
    )


async def test_what_stands_open_is_counted(pool: Pool) -> None:
    instruments = Instruments()
    standing = Standing(instruments, pool, HandClock())
    await recording(pool, ended=None)
    await recording(pool, ended=NOW - timedelta(minutes=11))
    await pool.execute(
        "insert into pgqueuer (priority, status, entrypoint, execute_after, payload) "
        "values (0, 'queued', 'transcribe', $1, '')",
        NOW - timedelta(minutes=5),
    )
    await standing.refresh()
    value = instruments.registry.get_sample_value
    assert value("hotline_database_up") == 1
    assert value("hotline_recordings", {"state": "open"}) == 2
    assert value("hotline_recordings", {"state": "unsealed"}) == 1
    assert value("hotline_jobs", {"status": "queued", "entrypoint": "transcribe"}) == 1
    assert value("hotline_job_oldest_seconds", {"entrypoint": "transcribe"}) == 300


async def test_what_stands_on_the_telephone_side(pool: Pool) -> None:
    instruments = Instruments()
    for queue, stage, seconds in (("main", "queued", 40), ("main", "ringing", 95), ("tax", "queued", 5)):
        await pool.execute(
            "insert into call (id, pbx, linked, direction, stage, queue, started_at, queued_at)"
            " values ($1, 'pbx1', $2, 'inbound', $3, $4, $5, $5)",
            uuid4(),
            f"l{seconds}",
            stage,
            queue,
            NOW - timedelta(seconds=seconds),
        )
    await pool.execute(
        "insert into missed_call (id, number, reason, first_at, last_at, last_call)"
        " values ($1, '+8613900000001', 'abandoned', $2, $2, $1)",
        uuid4(),
        NOW,
    )
    await Standing(instruments, pool, HandClock()).refresh()
    value = instruments.registry.get_sample_value
    assert value("hotline_queue_longest_wait_seconds", {"queue": "main"}) == 95
    assert value("hotline_queue_longest_wait_seconds", {"queue": "tax"}) == 5
    assert value("hotline_missed_calls_open", {"reason": "abandoned"}) == 1
    assert value("hotline_transfers_open", {"mode": "warm"}) is None


async def test_the_database_is_asked_once_in_a_while(pool: Pool) -> None:
    instruments, clock = Instruments(), HandClock()
    standing = Standing(instruments, pool, clock)
    await standing.refresh()
    await recording(pool, ended=None)
    await standing.refresh()
    assert instruments.registry.get_sample_value("hotline_recordings", {"state": "open"}) == 0
    clock.time += KEPT_FOR
    await standing.refresh()
    assert instruments.registry.get_sample_value("hotline_recordings", {"state": "open"}) == 1


async def test_no_question_reads_history(pool: Pool) -> None:
    """With sequential scans made dear, only tables that hold nothing but the present may still be scanned."""
    sql = (Path(SCHEMA) / "queries" / "metrics.sql").read_text().replace(":now", "now()").rstrip().rstrip(";")
    async with pool.acquire() as connection:
        await connection.execute("set enable_seqscan = off")
        plan = "\n".join(row[0] for row in await connection.fetch(f"explain {sql}"))
    assert set(re.findall(r"Seq Scan on (\w+)", plan)) <= {"agent_seat", "audit_chain_place", "pgqueuer"}, plan


async def test_a_database_that_is_away_hides_nothing_else(pool: Pool) -> None:
    instruments = Instruments()
    standing = Standing(instruments, pool, HandClock())
    await pool.close()
    async with site(Exposition(instruments, standing), database_check(pool)) as client:
        async with client.get("/metrics") as answer:
            assert answer.status == 200
            text = await answer.text()
        assert "hotline_database_up 0.0" in text
        assert "hotline_build{" in text
        async with client.get("/readyz") as answer:
            assert answer.status == 503
            body = await answer.json()
    assert body["parts"][0]["state"] == "away"
    assert "数据库" in body["parts"][0]["reason_zh"]
    assert "DATABASE_URL" in body["parts"][0]["reason_en"]


async def test_metrics_are_what_prometheus_parses(pool: Pool) -> None:
    instruments = Instruments()
    async with site(Exposition(instruments, Standing(instruments, pool, HandClock()))) as client:
        async with client.get("/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            families = {family.name for family in text_string_to_metric_families(await answer.text())}
        async with client.get("/metrics", headers={"Accept": "application/openmetrics-text"}) as answer:
            assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
            assert (await answer.text()).endswith("# EOF\n")
    assert {"hotline_human_requested", "hotline_agents", "hotline_event_loop_lag_seconds"} <= families


@pytest.mark.parametrize(("lag", "status"), [(0.01, 200), (6.0, 503)])
async def test_alive_means_the_loop_turns(lag: float, status: int) -> None:
    async with site(Exposition(Instruments(), None), lag=lag) as client, client.get("/healthz") as answer:
        assert answer.status == status
        assert await answer.json() == {"alive": status == 200, "lag_seconds": lag}


async def test_ready_names_each_part(pool: Pool) -> None:
    checks = (database_check(pool), lease_check(lambda: True), link_check(lambda: Link(connected=False)))
    async with site(Exposition(Instruments(), None), *checks) as client, client.get("/readyz") as answer:
        assert answer.status == 503
        body = await answer.json()
    assert [(part["part"], part["state"]) for part in body["parts"]] == [
        ("database", "ok"),
        ("lease", "ok"),
        ("ami:pbx1", "away"),
    ]
    assert "start it" in body["parts"][2]["reason_en"]


async def test_an_instance_without_the_lease_is_ready(pool: Pool) -> None:
    checks = (database_check(pool), lease_check(lambda: False), link_check(lambda: None))
    async with site(Exposition(Instruments(), None), *checks) as client, client.get("/readyz") as answer:
        assert answer.status == 200
        assert (await answer.json())["ready"] is True


@pytest.mark.parametrize(
    ("owns", "taken_up", "state", "status"),
    [(True, True, "ok", 200), (True, False, "away", 503), (False, False, "standby", 200)],
)
async def test_an_owner_is_ready_when_agents_can_log_in(owns: bool, taken_up: bool, state: str, status: int) -> None:
    check = seats_check(lambda: owns, lambda: taken_up)
    async with site(Exposition(Instruments(), None), check) as client, client.get("/readyz") as answer:
        assert answer.status == status
        assert [(part["part"], part["state"]) for part in (await answer.json())["parts"]] == [("seats", state)]


async def test_a_slow_database_does_not_hold_the_scrape(pool: Pool, database_url: str) -> None:
    instruments = Instruments()
    other = await asyncpg.connect(database_url)
    transaction = other.transaction()
    await transaction.start()
    await other.execute("lock table agent_seat in access exclusive mode")
    await Standing(instruments, pool, HandClock()).refresh()
    await transaction.rollback()
    await other.close()
    assert instruments.registry.get_sample_value("hotline_database_up") == 0
