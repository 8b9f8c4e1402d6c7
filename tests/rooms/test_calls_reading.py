"""Calls by HTTP: pages, one call with its timeline, and who sees which number."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from callcenter.calls.reading import CallsReading
from callcenter.core.clock import SystemClock
from callcenter.core.errors import NotFound
from callcenter.core.ids import CallId
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.web.calls import calls_routes
from tests.rooms.test_ledger import call_in, ledger_on, renamed
from tests.rooms.web_of_town import Web, open_web
from tests.simulators.call_recorder import recorded
from tests.vaults import VAULT

NUMBER = "+8613800000000"


@pytest.fixture
async def web(pool: Pool, tmp_path: Path) -> AsyncIterator[Web]:
    """Five calls: the first answered by seat 8001, who is hw01, the others a minute apart by 8002 or by nobody."""
    async with ledger_on(pool, tmp_path) as ledger:
        for fact in recorded("answered"):
            await ledger.take(fact)
        for number, name in enumerate(("second_agent_answers", "abandoned", "abandoned", "abandoned")):
            for fact in renamed(recorded(name), f"n{number}", timedelta(hours=number + 1)):
                await ledger.take(fact)
    async with open_web(pool, calls_routes(CallsReading(pool, Audit(SystemClock()), VAULT))) as web:
        yield web


async def test_pages_follow_each_other_without_loss(web: Web) -> None:
    async with web.client("root") as client:
        seen, cursor = [], None
        while True:
            params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            status, page = await client.ask("GET", "/api/calls", params=params)
            assert status == 200
            seen += page["items"]
            if (cursor := page["next"]) is None:
                break
        assert len({call["id"] for call in seen}) == len(seen) == 5
        assert [call["started_at"] for call in seen] == sorted((c["started_at"] for c in seen), reverse=True)
        _, abandoned = await client.ask("GET", "/api/calls", params={"outcome": "abandoned"})
        assert len(abandoned["items"]) == 3
        for cursor in ("nonsense", "2026-01-01~x", f"2026-01-01~{uuid4()}"):
            status, problem = await client.ask("GET", "/api/calls", params={"cursor": cursor})
            assert (status, problem["code"]) == (422, "bad-cursor")


async def test_an_agent_sees_the_numbers_of_his_own_calls_only(web: Web, pool: Pool) -> None:
    own = call_in(recorded("answered"))
    async with web.client("hw01") as client:
        _, page = await client.ask("GET", "/api/calls")
        numbers = {call["id"]: call["caller_number"] for call in page["items"]}
        assert numbers.pop(str(own)) == NUMBER
        assert set(numbers.values()) == {"*" * 10 + "0000"}
        other = next(iter(numbers))
        _, detail = await client.ask("GET", f"/api/calls/{other}")
        assert NUMBER[3:] not in str(detail)
        _, detail = await client.ask("GET", f"/api/calls/{own}")
        assert detail["call"]["caller_number"] == NUMBER
        rung = await pool.fetchval("select id from call where extension = '8002'")
        _, detail = await client.ask("GET", f"/api/calls/{rung}")
        assert detail["call"]["caller_number"] == NUMBER  # his phone rang for it first


async def test_one_call_tells_its_story(web: Web) -> None:
    async with web.client("root") as client:
        _, detail = await client.ask("GET", f"/api/calls/{call_in(recorded('answered'))}")
        kinds = [entry["kind"] for entry in detail["timeline"]]
        assert kinds[0] == "ChannelStarted"
        assert kinds.index("AgentCalled") < kinds.index("AgentConnected") < kinds.index("AgentCompleted")
        assert [leg["role"] for leg in detail["legs"]] == ["caller", "agent"]
        assert detail["call"]["talked"].startswith("PT4")
        status, problem = await client.ask("GET", f"/api/calls/{uuid4()}")
        assert (status, problem["code"]) == (404, "no-such-call")
    async with web.client("west.op") as client:
        assert (await client.ask("GET", "/api/calls"))[0] == 403


async def test_other_rooms_read_calls(web: Web, pool: Pool) -> None:
    calls = CallsReading(pool, Audit(SystemClock()), VAULT)
    assert len(await calls.recent_of(NUMBER, 3)) == 3
    assert await calls.recent_of("", 3) == []
    assert await calls.open_calls() == []
    with pytest.raises(NotFound):
        await calls.get(CallId(uuid4()))


async def test_a_call_we_dialled_hides_both_numbers(pool: Pool, tmp_path: Path) -> None:
    stream = recorded("called_back")
    leg = stream[0].leg  # type: ignore[attr-defined]  # its Newchannel
    async with ledger_on(pool, tmp_path) as ledger:
        call = await ledger.begin_outbound(
            pbx="pbx", leg=leg, purpose="callback", number="13800000000", related=None, at=stream[0].at
        )
    calls = CallsReading(pool, Audit(SystemClock()), VAULT)
    view = (await calls.get(call)).masked()
    assert (view.caller_number, view.dialled) == ("*" * 10 + "0000", "*" * 7 + "0000")
    assert [open_.id for open_ in await calls.open_calls()] == [call]
