"""The registry in a whole house: a test call asked for at the desk is placed by the server, on the real Asterisk."""

import aiohttp
import pytest

from tests.scenarios.house import House, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.rule("JC-10")
async def test_a_test_call_asked_for_at_the_desk(house: House) -> None:
    async with house.desk("bz01") as desk:
        asked = await desk.post("/api/hotlines/12329/tests", {})
        assert asked["status"] in {"waiting", "running"}  # the probe may be quicker than the answer

        async def ended() -> dict[str, object] | None:
            page = await desk.get("/api/hotlines/probes?number=12329")
            return page["items"][0] if page["items"][0]["ended_at"] else None

        result = await until(ended)
        assert (result["status"], result["reason"]) == ("ok", "")
        board = await desk.get("/api/hotlines/board")
        dual = next(item for item in board["items"] if item["line"]["number"] == "12329")
        assert dual["today"]["calls"] == 0  # the house's own call is nobody's demand
        assert board["alarms"] == []
    call = await house.sql.fetchrow("select purpose, ended_at from call where id = $1", result["call_id"])
    assert call is not None
    assert call["purpose"] == "test"
    assert await house.sql.fetchval("select count(*) from call where purpose <> 'test'") == 0
    assert await house.sql.fetchval("select count(*) from registry_change where kind = 'added'") == len(board["items"])
    async with aiohttp.ClientSession(base_url=house.base) as http, http.get("/metrics") as answer:
        metrics = await answer.text()
    assert 'hotline_number_unreached{number="12329"} 0.0' in metrics
