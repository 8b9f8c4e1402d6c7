"""The real Prometheus, with our own configuration, scrapes a live server, and its rules see what happened."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from callcenter.calls.events import AgentAnswered, CallArrived, CallEnded, CallQueued
from callcenter.core.clock import SystemClock
from callcenter.core.ids import CallId
from callcenter.metrics.exposition import Exposition
from callcenter.metrics.hearing import Hearing
from callcenter.metrics.instruments import Instruments
from callcenter.metrics.standing import Standing
from callcenter.pbx.facts import LinkLost
from callcenter.resources import ROOT
from callcenter.store.pool import Pool
from callcenter.web.config import WebConfig
from callcenter.web.health import health_routes
from callcenter.web.server import build_app, open_site
from tests.rooms.test_metrics import Nobody
from tests.simulators.ports import free_port


def configure(folder: Path, target: int) -> Path:
    """The shipped files; only the address of the server and the pace differ."""
    shipped = ROOT / "docker" / "prometheus"
    for name in ("recording.yml", "alerts.yml"):
        shutil.copy(shipped / name, folder / name)
    text = (shipped / "prometheus.yml").read_text()
    assert "127.0.0.1:8080" in text
    file = folder / "prometheus.yml"
    file.write_text(text.replace("127.0.0.1:8080", f"127.0.0.1:{target}").replace("15s", "1s"))
    return file


@asynccontextmanager
async def prometheus(folder: Path, target: int) -> AsyncIterator[aiohttp.ClientSession]:
    port = free_port()
    with (folder / "prometheus.log").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            "prometheus",
            f"--config.file={configure(folder, target)}",
            f"--storage.tsdb.path={folder / 'series'}",
            f"--web.listen-address=127.0.0.1:{port}",
            stdout=output,
            stderr=output,
        )
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        process.terminate()
        await process.wait()


async def ask(client: aiohttp.ClientSession, query: str) -> list[dict[str, Any]]:
    """Asks until there is an answer; the test's deadline ends it."""
    while True:
        try:
            async with client.get("/api/v1/query", params={"query": query}) as answer:
                body = await answer.json()
                if body["status"] == "success" and body["data"]["result"]:
                    result: list[dict[str, Any]] = body["data"]["result"]
                    return result
        except aiohttp.ClientError:
            pass  # it is not listening yet
        await asyncio.wait({asyncio.create_task(asyncio.sleep(0.2))})


async def test_prometheus_scrapes_what_happened(pool: Pool, tmp_path: Path) -> None:
    instruments, config = Instruments(), WebConfig(port=0)
    hearing = Hearing(instruments)
    now, call = datetime.now(UTC), CallId(uuid4())
    hearing.hear(CallArrived(at=now, call=call, direction="inbound", caller="13912345678", dialled="12345"))
    hearing.hear(CallQueued(at=now, call=call, queue="main"))
    hearing.hear(AgentAnswered(at=now, call=call, extension="8001", queue="main", waited=timedelta(seconds=3)))
    hearing.hear(CallEnded(at=now, call=call, outcome="answered", waited=timedelta(3), talked=timedelta(seconds=9)))
    hearing.hear(LinkLost(at=now, pbx="pbx1", reason="closed"))
    exposition = Exposition(instruments, Standing(instruments, pool, SystemClock()))
    app = build_app(health_routes(exposition, lambda: 0.0, ()), Nobody(), config, static=None)
    async with asyncio.timeout(60), open_site(app, config) as port, prometheus(tmp_path, port) as client:
        up = await ask(client, 'up{job="hotline"} == 1')
        assert up[0]["metric"]["instance"] == f"127.0.0.1:{port}"
        calls = await ask(client, "hotline_calls_total")
        assert calls[0]["metric"]["outcome"] == "answered"
        assert calls[0]["value"][1] == "1"
        assert (await ask(client, "hotline_database_up"))[0]["value"][1] == "1"
        pending = await ask(client, 'ALERTS{alertname="AmiLinkDown"}')
        assert pending[0]["metric"]["pbx"] == "pbx1"
        series = await ask(client, '{job="hotline"}')
        assert not [s for s in series if "13912345678" in str(s["metric"])]
