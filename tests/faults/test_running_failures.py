"""The real server loses its database or its disk while it runs: it says so, loses nothing, and recovers by itself."""

import resource
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from callcenter.core.clock import SystemClock
from callcenter.core.ids import UserId, new_id
from callcenter.people.actor import Role
from callcenter.people.config import PeopleConfig
from callcenter.people.model import NewOrg, NewUser
from callcenter.people.service import open_people
from callcenter.sample.desk import Desk, StepFailed
from callcenter.seats.store import SeatStore
from callcenter.store.notify import notify
from callcenter.store.pool import Pool
from tests.faults.program import Server, serving, settings_in
from tests.rooms.media_calls import BEGAN, PBX, end_call, leg_named, make_call, record, source_of
from tests.scenarios.house import until
from tests.simulators.ami_server import AmiServer
from tests.simulators.severed_postgres import SeveredPostgres, open_severed
from tests.speech_material import Material

PASSWORD = "Willow-Bridge-7"
DEMAND = {"title": "高层水压不足", "content": "六楼以上早晚无水", "request_type": "complaint", "address": "桐影路88号"}


@dataclass(frozen=True, slots=True)
class House:
    """`gate` stands between the server and its database; `sql` goes around it. Asterisk is the scripted one."""

    server: Server
    gate: SeveredPostgres
    sql: Pool
    ami: AmiServer
    agent: UserId
    folder: Path
    settings: dict[str, str]

    def desk(self) -> Desk:
        return Desk(f"http://127.0.0.1:{self.settings['HOTLINE_WEB__PORT']}", "hw01", PASSWORD)


@pytest.fixture
async def house(pool: Pool, database_url: str, tmp_path: Path, ami: AmiServer) -> AsyncIterator[House]:
    async with open_people(pool, SystemClock(), PeopleConfig()) as people:
        city = await people.create_org(NewOrg(code="city", level=1, kind="centre", name="城运中心"), by=None)
        new = NewUser(
            username="hw01",
            name="话务员",
            org_id=city.id,
            roles=frozenset({Role.AGENT, Role.SUPERVISOR}),
            extension="8001",
            password=SecretStr(PASSWORD),
        )
        agent = await people.create_user(new, by=None)
        await SeatStore(pool).assign(agent.id, "8001", "phone", ["main"], SystemClock().now())
    async with open_severed(database_url) as gate:
        settings = settings_in(tmp_path, gate.url) | {
            "HOTLINE_AMI__PORT": str(ami.port),
            "HOTLINE_AMI__SECRET": ami.secret,
            "HOTLINE_MEDIA__SCAN_EVERY": "1",
            "HOTLINE_MEDIA__CLOSE_DEADLINE": "PT0.5S",
            "HOTLINE_REGISTRY__PROBES": "false",  # else the day's test calls are made up for
        }
        async with serving(settings) as server:
            await server.until("/readyz", 200, "ami:pbx1")  # it owns the PBX; before that it would stand by
            yield House(server, gate, pool, ami, agent.id, tmp_path, settings)
            assert await server.stop() == 0
        assert "Traceback" not in server.said, server.said


async def refused(desk: Desk, method: str, path: str, body: dict[str, Any] | None = None) -> StepFailed:
    with pytest.raises(StepFailed) as refusal:
        await (desk.get(path) if method == "GET" else desk.post(path, body or {}))
    return refusal.value


async def test_a_database_that_goes_and_comes_back(house: House) -> None:
    server = house.server
    async with house.desk() as desk, desk.notices() as pushed:
        assert (await pushed.get())["type"] == "state"
        accepted = await desk.post("/api/orders", DEMAND | {"idempotency_key": "before-the-cut"})
        await house.gate.cut()
        for method, path, body in (
            ("GET", "/api/orders", None),
            ("GET", f"/api/orders/{accepted['id']}", None),
            ("POST", "/api/orders", DEMAND | {"idempotency_key": "during-the-cut"}),
        ):
            answer = await refused(desk, method, path, body)
            assert (answer.fields["status"], answer.fields["code"]) == (503, "database-away"), path
            assert answer.fields["detail"]
        assert "database" in await server.until("/readyz", 503, "DATABASE_URL")
        assert (await server.get("/healthz"))[0] == 200
        await server.says("lease_in_doubt", "listener_away", "recording_scan_postponed")
        await house.gate.mend()
        await server.until("/readyz", 200)
        assert (await desk.get(f"/api/orders/{accepted['id']}"))["title"] == DEMAND["title"]
        again = await desk.post("/api/orders", DEMAND | {"idempotency_key": "before-the-cut"})
        assert again["id"] == accepted["id"]  # repeated by a careful client: still one order
        later = await desk.post("/api/orders", DEMAND | {"idempotency_key": "during-the-cut"})
        assert await house.sql.fetchval("select count(*) from work_order") == 2
        # The listeners are back: a notice of another instance reaches the desk on the socket that was open all along.
        order = str(later["id"])

        async def told() -> bool:
            await notify(house.sql, "desk", {"user": str(house.agent), "kind": "order", "id": order})
            return order in [pushed.get_nowait().get("id") for _ in range(pushed.qsize())]

        await until(told)
        ready = await desk.post("/api/desk/presence", {"presence": "ready"})
        assert ready["presence"] == "ready"
        status, metrics = await server.get("/metrics")
        assert status == 200
        assert "hotline_" in metrics
    assert server.runs


async def test_a_database_that_goes_while_the_server_stops(house: House) -> None:
    """A patient duty must not take its own cancellation for an outage: the fixture stops the server."""
    await house.gate.cut()
    await house.server.says("lease_in_doubt")


async def test_a_disk_that_fills_up_while_facts_are_spooled(house: House) -> None:
    """With neither database nor disk the facts stay in memory, which the log says; then nothing is missing."""
    server = house.server
    await house.gate.cut()
    await server.until("/readyz", 503)
    server.process.rlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    for number in range(3):
        leg = f"1772413200.{number}"
        await house.ami.latest.event(
            "Newchannel",
            Channel=f"PJSIP/carrier-0000000{number}",
            ChannelStateDesc="Ring",
            CallerIDNum="13800000001",
            Exten="12345",
            Context="from-trunk",
            Uniqueid=leg,
            Linkedid=leg,
        )
    await server.says("spool_full")
    assert (await server.get("/healthz"))[0] == 200
    server.process.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await house.gate.mend()
    await server.until("/readyz", 200)

    async def all_there() -> object:
        return await house.sql.fetchval("select count(*) from call") == 3

    await until(all_there)
    assert server.said.count("spool_full") == 1  # once, not for each try


async def test_a_disk_that_fills_up_while_a_recording_is_sealed(house: House, tmp_path: Path) -> None:
    server, leg = house.server, leg_named(1)
    call = await make_call(house.sql, leg, "8001")
    voice = Material().clip("aishell1_st_audio_4").samples(8000)
    originals = record(tmp_path / "monitor", leg, voice, voice)
    server.process.rlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    await house.sql.execute(
        "insert into recording (id, call_id, pbx, leg, source, status, started_at)"
        " values ($1, $2, $3, $4, $5, 'recording', $6)",
        new_id(), call, PBX, leg, source_of(leg), BEGAN,
    )  # fmt: skip
    await end_call(house.sql, call)
    await server.says("recording_not_sealed", "storage-full")
    assert all(original.stat().st_size > 20_000 for original in originals)
    assert await house.sql.fetchval("select fault from recording") == "storage-full"
    server.process.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    async def sealed() -> Any:
        return await house.sql.fetchrow("select * from recording where status = 'sealed'")

    row = await until(sealed)
    assert (row["fault"], row["channels"]) == ("", 2)
    assert (tmp_path / "media" / row["path"]).stat().st_size == row["bytes"]
    assert not any(original.exists() for original in originals)
