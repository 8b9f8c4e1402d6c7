"""Rosters and expert seats over a real database and by HTTP."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from callcenter.app.rosters import check_roster, furnish_rosters
from callcenter.core.ids import new_id
from callcenter.people.audit import Audit
from callcenter.resources import IVR
from callcenter.seats.queues import QueueBook, read_queues
from callcenter.seats.store import SeatStore
from callcenter.settings import load_settings
from callcenter.store.pool import Pool
from tests.rooms.people_of_town import MovableClock
from tests.rooms.web_of_town import Web, open_web

HOUR = timedelta(hours=1)
TITLE = {"zh": "综合", "en": "General"}
BOOK = QueueBook.model_validate({"version": 1, "queues": [{"name": "main", "title": TITLE, "skill": "general"}]})
HEADING = "username,starts_at,ends_at,breaks,note\n"
TABLE = HEADING + (
    "hw01,2026-11-23 00:00,08:00,,夜班\n"
    "hw01,2026-11-23 08:00,16:00,12:00-12:30,早班\n"
    "hw01,2026-11-23 15:00,18:00,,重叠\n"
    "nobody,2026-11-23 08:00,16:00,,\n"
    "hw01,2026-11-24 8点,16:00,,\n"
)
SPAN = {"since": "2026-11-23T00:00:00+08:00", "until": "2026-11-24T00:00:00+08:00"}


@pytest.fixture
async def web(pool: Pool) -> AsyncIterator[Web]:
    clock = MovableClock()
    room = furnish_rosters(pool, BOOK, clock, Audit(clock), "Asia/Shanghai")
    async with open_web(pool, room.routes()) as web:
        await SeatStore(pool).assign(web.town.users["hw01"].id, "8001", "secret-8001", ["main"], datetime.now(UTC))
        yield web


async def test_a_table_is_read_in_with_a_report_of_its_bad_rows_and_checked_for_gaps(web: Web) -> None:
    async with web.client("root") as client:
        status, report = await client.ask("POST", "/api/rosters/import", json={"csv": TABLE})
        assert (status, report["stored"], [row["line"] for row in report["bad"]]) == (200, 2, [4, 5, 6])
        assert report["bad"][1]["reason_zh"] == "没有坐席 nobody"
        assert (await client.ask("POST", "/api/rosters/import", json={"csv": TABLE}))[1]["stored"] == 2
        _, listed = await client.ask("GET", "/api/rosters", params=SPAN)
        assert [(one["username"], one["note"], len(one["breaks"])) for one in listed["items"]] == [
            ("hw01", "夜班", 0),
            ("hw01", "早班", 1),
        ]
        _, check = await client.ask("GET", "/api/rosters/check", params={"since": SPAN["since"], "days": "1"})
        missing = [datetime.fromisoformat(gap["hour"]).astimezone(UTC).hour for gap in check["items"]]
        assert missing == [4, *range(8, 16)], "the break at noon, and the evening"
        for item in listed["items"]:
            assert (await client.ask("DELETE", f"/api/rosters/shifts/{item['id']}"))[0] == 204
        assert (await client.ask("DELETE", f"/api/rosters/shifts/{new_id()}"))[0] == 404
        assert (await client.ask("GET", "/api/rosters", params=SPAN))[1]["items"] == []


async def test_the_roster_as_a_file(web: Web) -> None:
    async with web.client("root") as client:
        await client.ask("POST", "/api/rosters/import", json={"csv": TABLE})
        async with client.http.get("/api/rosters/export", params=SPAN) as answer:
            text = await answer.text()
            assert answer.content_type == "text/csv"
        assert "hw01,2026-11-23 08:00,2026-11-23 16:00,12:00-12:30,早班" in text
        _, report = await client.ask("POST", "/api/rosters/import", json={"csv": text})
        assert (report["stored"], report["bad"]) == (2, [])


@pytest.mark.rule("JC-18")
async def test_the_command_names_each_gap_hour(web: Web, pool: Pool, database_url: str) -> None:
    settings = load_settings(store={"url": database_url})
    said = Console(record=True, width=200, file=io.StringIO())
    assert not await check_roster(settings, 1, said)
    text = said.export_text()
    assert "main  在岗 planned 0 / 应有 needed 1" in text
    assert "缺口" in text
    now = datetime.now(UTC)
    queues = [queue.name for queue in read_queues(IVR / "queues.yaml").queues]
    await SeatStore(pool).assign(web.town.users["hw01"].id, "8001", "secret-8001", queues, now)
    await pool.execute(
        "insert into shift (id, user_id, starts_at, ends_at) values ($1, $2, $3, $4)",
        new_id(),
        web.town.users["hw01"].id,
        now - HOUR,
        now + 30 * HOUR,
    )
    well = Console(record=True, width=200, file=io.StringIO())
    assert await check_roster(settings, 1, well)
    assert "no gap within 1 days" in well.export_text()


async def test_spans_that_are_none(web: Web) -> None:
    async with web.client("root") as client:
        for until in ("2026-11-22T00:00:00+08:00", "2027-11-22T00:00:00+08:00"):
            for path in ("/api/rosters", "/api/rosters/export", "/api/experts"):
                status, problem = await client.ask("GET", path, params=SPAN | {"until": until})
                assert (status, problem["code"]) == (422, "roster-span-wrong")


async def test_agents_see_who_is_on_and_change_nothing(web: Web) -> None:
    async with web.client("hw01") as client:
        status, on = await client.ask("GET", "/api/rosters/now")
        assert (status, on["items"]) == (200, [])
        assert (await client.ask("POST", "/api/rosters/import", json={"csv": TABLE}))[0] == 403
        assert (await client.ask("GET", "/api/rosters/check"))[0] == 403


def slot(web: Web, begin: float, **more: Any) -> dict[str, Any]:
    now = web.clock.now()
    return {
        "org": "税务局",
        "person": "专家甲",
        "skill": "main",
        "target": "62000001",
        "starts_at": (now + begin * HOUR).isoformat(),
        "ends_at": (now + (begin + 2) * HOUR).isoformat(),
        **more,
    }


@pytest.mark.rule("JC-12")
async def test_experts_are_there_in_their_slots_only(web: Web) -> None:
    async with web.client("root") as client:
        assert (await client.ask("POST", "/api/experts", json=slot(web, -1)))[0] == 201
        status, later = await client.ask("POST", "/api/experts", json=slot(web, 5, person="专家乙", target="seat/8001"))
        assert status == 201
        assert (await client.ask("POST", "/api/experts", json=slot(web, 1, skill="poetry")))[1][
            "code"
        ] == "unknown-queue"
        assert (await client.ask("POST", "/api/experts", json=slot(web, 1, target="SIP/evil")))[0] == 422
        assert (await client.ask("POST", "/api/experts", json=slot(web, 1, ends_at=slot(web, 0)["starts_at"])))[
            0
        ] == 422
        _, now = await client.ask("GET", "/api/experts/now")
        assert [one["person"] for one in now["items"]] == ["专家甲"]
        assert (await client.ask("DELETE", f"/api/experts/{later['id']}"))[0] == 204
        assert (await client.ask("DELETE", f"/api/experts/{later['id']}"))[0] == 404


@pytest.mark.rule("JC-12")
async def test_what_an_expert_said_becomes_an_article_once_a_supervisor_accepts_it(web: Web) -> None:
    async with web.client("root") as client:
        _, planned = await client.ask("POST", "/api/experts", json=slot(web, -1))
        said = {"slot_id": planned["id"], "title": "个体户税率", "outcome": "按季申报。"}
        async with web.client("hw01") as agent:
            status, first = await agent.ask("POST", "/api/experts/consultations", json=said)
            assert (status, first["state"], first["person"]) == (201, "candidate", "专家甲")
            _, second = await agent.ask("POST", "/api/experts/consultations", json=said | {"title": "发票"})
            status, _ = await agent.ask("POST", "/api/experts/consultations", json=said | {"slot_id": str(new_id())})
            assert status == 404
        assert (await client.ask("DELETE", f"/api/experts/{planned['id']}"))[1]["code"] == "expert-slot-in-use"
        _, page = await client.ask("GET", "/api/experts/consultations", params={"limit": "1"})
        assert [one["title"] for one in page["items"]] == ["发票"]
        decision = f"/api/experts/consultations/{first['id']}/decision"
        _, accepted = await client.ask("POST", decision, json={"accept": True})
        assert accepted["state"] == "accepted"
        _, article = await client.ask("GET", f"/api/articles/{accepted['article_id']}")
        assert article["title"] == "个体户税率"
        assert "税务局" in article["body"]
        assert (await client.ask("POST", decision, json={"accept": False}))[1]["code"] == "consultation-decided"
        declined = f"/api/experts/consultations/{second['id']}/decision"
        assert (await client.ask("POST", declined, json={"accept": False}))[1]["state"] == "declined"
        assert (await client.ask("POST", f"/api/experts/consultations/{new_id()}/decision", json={"accept": True}))[
            0
        ] == 404
