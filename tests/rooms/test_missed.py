"""Missed calls on a real PostgreSQL: one record per caller, found live or by a scan, ended when the caller is answered;
who sees and claims them over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.app.calls import furnish_calls
from callcenter.calls.events import MissedCallClosed, MissedCallOpened
from callcenter.calls.ledger import Ledger
from callcenter.calls.missed_watch import MissedWatch
from callcenter.calls.reading import CallsReading
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import LegId
from callcenter.pbx import facts
from callcenter.pbx.facts import PbxFact
from callcenter.people.audit import Audit
from callcenter.store.config import StoreConfig
from callcenter.store.pool import Pool, open_pool
from tests.rooms.people_of_town import PASSWORD, MovableClock
from tests.rooms.test_ledger import PBX, call_in, ledger_on, renamed
from tests.rooms.web_of_town import Web, open_web
from tests.simulators.call_recorder import recorded
from tests.simulators.eventually import comes_true
from tests.simulators.severed_postgres import open_severed
from tests.vaults import VAULT

NUMBER = "+8613800000000"
MINUTE = timedelta(minutes=1)


class Later(MovableClock):
    """A few minutes after the recorded calls."""

    def __init__(self) -> None:
        self.at = recorded("abandoned")[0].at + timedelta(hours=6)


_proof: Clock = Later()


def from_number(stream: Iterable[PbxFact], number: str) -> list[PbxFact]:
    return [replace(f, caller_number=number) if isinstance(f, facts.ChannelStarted) else f for f in stream]


def after(name: str, minutes: int, number: str = "13800000000") -> list[PbxFact]:
    """A recorded call once more, so many minutes after the recording of `abandoned`."""
    stream = recorded(name)
    later = recorded("abandoned")[0].at - stream[0].at + minutes * MINUTE
    return from_number(renamed(stream, f"m{minutes}", later), number)


async def told(ledger: Ledger, *streams: list[PbxFact]) -> None:
    for stream in streams:
        for fact in stream:
            await ledger.take(fact)
    await ledger.settled()


@asynccontextmanager
async def watched(pool: Pool, ledger: Ledger, bus: Bus) -> AsyncIterator[MissedWatch]:
    watch = MissedWatch(pool, ledger, Later(), bus)
    task = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def rows(pool: Pool) -> list[dict[str, Any]]:
    found = await pool.fetch("select * from missed_call order by first_at, id")
    return [{**dict(row), "number": VAULT.open(row["number"])} for row in found]


async def until(pool: Pool, **wanted: Any) -> dict[str, Any]:
    """The first record, once it looks so."""

    async def looks_so() -> bool:
        found = await rows(pool)
        return bool(found) and wanted.items() <= found[0].items()

    await comes_true(looks_so)
    return (await rows(pool))[0]


async def test_calls_of_one_caller_are_one_record_with_the_first_arrival(pool: Pool, tmp_path: Path) -> None:
    bus = Bus()
    with bus.subscribe(MissedCallOpened) as opened:
        async with ledger_on(pool, tmp_path, bus) as ledger, watched(pool, ledger, bus):
            await told(
                ledger, after("abandoned", 0), after("abandoned_ringing", 7), after("abandoned", 9, "13900000001")
            )
            await until(pool, times=2)
            await comes_true(lambda: _opened(pool, 2))
        await asyncio.sleep(0)
        assert opened.waiting == 2
    first, second = await rows(pool)
    assert (first["number"], first["reason"], first["state"], first["hotline"]) == (
        *(NUMBER, "abandoned", "open"),
        "市民服务热线",
    )
    assert first["last_at"] - first["first_at"] == 7 * MINUTE
    assert first["last_call"] == call_in(after("abandoned_ringing", 7))
    assert (second["number"], second["times"]) == ("+8613900000001", 1)


@pytest.mark.parametrize("name", ["gone_in_the_greeting", "called_back_busy"])
async def test_who_asked_for_nobody_or_was_rung_by_us_is_not_missed(pool: Pool, tmp_path: Path, name: str) -> None:
    async with ledger_on(pool, tmp_path) as ledger:
        await told(ledger, after(name, 0))
        await MissedWatch(pool, ledger, Later(), Bus()).scan(recorded("abandoned")[0].at - MINUTE)
    assert await rows(pool) == []


async def test_a_test_call_and_a_toll_attempt_are_not_missed(pool: Pool, tmp_path: Path) -> None:
    async with ledger_on(pool, tmp_path) as ledger:
        for place, mark in enumerate(("HotlineTest", "HotlineTollRefused")):
            stream = after("abandoned", place)
            first = stream[0]
            assert isinstance(first, facts.ChannelStarted)
            marked = facts.DialplanMarked(
                pbx=PBX, at=first.at, leg=first.leg, linked=first.leg, channel=first.channel, mark=mark, fields=()
            )
            await told(ledger, [first, marked, *stream[1:]])
        assert await MissedWatch(pool, ledger, Later(), Bus()).scan(recorded("abandoned")[0].at - MINUTE) == 0
    purposes = await pool.fetch("select purpose from call order by started_at")
    assert [row["purpose"] for row in purposes] == ["test", "toll"]


async def test_refused_calls_and_such_as_nobody_saw_end_are_told_apart(pool: Pool, tmp_path: Path) -> None:
    arrived = [f for f in after("abandoned", 0) if isinstance(f, facts.ChannelStarted)]
    (start,) = arrived
    async with ledger_on(pool, tmp_path) as ledger:
        for place, (cause, number) in enumerate(((34, "13900000001"), (38, "13900000002"))):
            leg = LegId(f"x{place}-{start.leg}")
            first = replace(start, leg=leg, linked=leg, caller_number=number, at=start.at + place * MINUTE)
            over = facts.ChannelEnded(pbx=PBX, at=first.at, leg=leg, linked=leg, channel=start.channel, cause=cause)
            await told(ledger, [first, over])
        await MissedWatch(pool, ledger, Later(), Bus()).scan(start.at - MINUTE)
    assert [row["reason"] for row in await rows(pool)] == ["rejected", "failed"]


async def test_a_caller_who_rings_again_and_is_answered_is_struck_off(pool: Pool, tmp_path: Path) -> None:
    bus = Bus()
    with bus.subscribe(MissedCallClosed) as closed:
        async with ledger_on(pool, tmp_path, bus) as ledger, watched(pool, ledger, bus):
            await told(ledger, after("abandoned", 0))
            await until(pool, state="open")
            answered = after("answered", 5)
            place = next(i for i, fact in enumerate(answered) if isinstance(fact, facts.AgentConnected))
            await told(ledger, answered[: place + 1])
            row = await until(pool, state="got_through")
            assert row["ended_call"] == call_in(answered)
            await told(ledger, answered[place + 1 :], after("abandoned", 9))
            await comes_true(lambda: _opened(pool, 1))
        assert closed.waiting == 1
    assert [row["state"] for row in await rows(pool)] == ["got_through", "open"]


async def _opened(pool: Pool, count: int) -> bool:
    return int(await pool.fetchval("select count(*) from missed_call where state = 'open'")) == count


async def _counted(pool: Pool, times: int) -> bool:
    return bool(
        await pool.fetchval("select exists (select from missed_call where state = 'open' and times = $1)", times)
    )


async def test_withheld_numbers_have_a_record_each(pool: Pool, tmp_path: Path) -> None:
    async with ledger_on(pool, tmp_path) as ledger:
        await told(ledger, after("abandoned", 0, ""), after("abandoned", 1, ""), after("answered", 2, ""))
        await MissedWatch(pool, ledger, Later(), Bus()).scan(recorded("abandoned")[0].at - MINUTE)
    assert [(row["number"], row["times"], row["state"]) for row in await rows(pool)] == [("", 1, "open")] * 2


async def test_a_scan_makes_up_for_all_that_nobody_heard(pool: Pool, tmp_path: Path) -> None:
    async with ledger_on(pool, tmp_path) as ledger:
        await told(ledger, after("abandoned", 0), after("answered", 5), after("abandoned", 9), after("abandoned", 11))
        bus = Bus()
        async with watched(pool, ledger, bus):
            await until(pool, state="got_through")
            await comes_true(lambda: _counted(pool, 2))
        assert await MissedWatch(pool, ledger, Later(), bus).scan(recorded("abandoned")[0].at - MINUTE) == 0
    first, second = await rows(pool)
    assert (first["state"], first["times"]) == ("got_through", 1)
    assert (second["state"], second["times"]) == ("open", 2)


async def test_an_outage_of_the_database_loses_no_missed_call(database_url: str, pool: Pool, tmp_path: Path) -> None:
    bus = Bus()
    async with (
        open_severed(database_url) as severed,
        open_pool(StoreConfig.model_validate({"url": severed.url, "pool_max": 4})) as cut_pool,
        ledger_on(cut_pool, tmp_path, bus) as ledger,
        watched(cut_pool, ledger, bus),
    ):
        await severed.cut()
        await told(ledger, after("abandoned", 0))
        await severed.mend()
        row = await until(pool, state="open")
    assert (row["number"], row["times"]) == (NUMBER, 1)


@pytest.fixture
async def web(pool: Pool, tmp_path: Path) -> AsyncIterator[Web]:
    """Three callers missed, the first one twice; `hw01` (8001) and `hw02` are agents, `zb01` their supervisor."""
    async with ledger_on(pool, tmp_path) as ledger:
        await told(
            ledger,
            after("abandoned", 0),
            after("abandoned", 1),
            after("abandoned", 2, "13900000001"),
            after("abandoned", 3, "13900000002"),
        )
        clock, bus = Later(), Bus()
        audit = Audit(clock)
        room = furnish_calls(pool, bus, clock, audit, ledger, CallsReading(pool, audit, VAULT), VAULT)
        await room.watch.scan(recorded("abandoned")[0].at - MINUTE)
        async with open_web(pool, room.routes()) as web:
            await _hire(web)
            yield web


async def _hire(web: Web) -> None:
    async with web.client("root") as client:
        for username, org, role in (
            ("hw02", "east", "agent"),
            ("zb01", "city", "supervisor"),
            ("zb02", "west", "supervisor"),
        ):
            body = {
                "username": username,
                "name": username,
                "org_id": str(web.town.orgs[org].id),
                "roles": [role],
                "password": PASSWORD,
                "extension": "8002" if role == "agent" else None,
            }
            status, answer = await client.ask("POST", "/api/users", json=body)
            assert status in (200, 201), answer


async def test_an_agent_claims_rings_and_closes(web: Web, pool: Pool) -> None:
    async with web.client("hw01") as one, web.client("hw02") as two, web.client("zb02") as strange:
        _, page = await one.ask("GET", "/api/missed", params={"limit": "2"})
        first = page["items"][0]
        assert (first["times"], first["number"]) == (2, "*" * 10 + "0000")
        _, rest = await one.ask("GET", "/api/missed", params={"limit": "2", "cursor": page["next"]})
        assert (len(rest["items"]), rest["next"]) == (1, None)
        path = f"/api/missed/{first['id']}"
        assert (await one.ask("POST", f"{path}/close", json={"remark": "已联系"}))[1]["code"] == "missed-not-claimed"
        status, claimed = await one.ask("POST", f"{path}/claim")
        assert (status, claimed["number"], claimed["claimer"]) == (200, NUMBER, "用户 hw01")
        assert (await two.ask("POST", f"{path}/claim"))[1]["code"] == "missed-claimed"
        assert (await two.ask("GET", path))[0] == 404
        assert (await strange.ask("GET", path))[0] == 404
        assert [i["id"] for i in (await two.ask("GET", "/api/missed"))[1]["items"]].count(first["id"]) == 0
        _, own = await one.ask("GET", "/api/missed", params={"own": "true"})
        assert [item["number"] for item in own["items"]] == [NUMBER]
        _, closed = await one.ask("POST", f"{path}/close", json={"remark": "已联系"})
        assert (closed["state"], closed["remark"], closed["number"]) == ("closed", "已联系", "*" * 10 + "0000")
        assert (await one.ask("POST", f"{path}/claim"))[1]["code"] == "missed-over"
        assert (await one.ask("POST", f"{path}/release"))[1]["code"] == "missed-over"
    trail = await pool.fetch("select action from audit_log where subject_id = $1 order by at", first["id"])
    actions = [row["action"] for row in trail]
    assert actions == ["missed_claimed", "missed_closed"]


async def test_a_supervisor_sees_the_number_and_takes_a_claim_back(web: Web, pool: Pool) -> None:
    async with web.client("hw02") as agent, web.client("zb01") as chief, web.client("zb02") as strange:
        _, page = await agent.ask("GET", "/api/missed")
        path = f"/api/missed/{page['items'][1]['id']}"
        assert (await agent.ask("POST", f"{path}/release"))[1]["code"] == "missed-not-claimed"
        await agent.ask("POST", f"{path}/claim")
        _, seen = await chief.ask("GET", path)
        assert (seen["number"], seen["claimer"]) == ("+8613900000001", "hw02")
        assert (await strange.ask("POST", f"{path}/release"))[0] == 404
        status, free = await chief.ask("POST", f"{path}/release")
        assert (status, free["claimed_by"]) == (200, None)
        assert (await strange.ask("GET", path))[0] == 200
    viewed = await pool.fetchval("select count(*) from audit_log where action = 'number_viewed'")
    assert viewed == 2


async def test_the_figures_of_the_day(web: Web) -> None:
    end = recorded("abandoned")[0].at + MINUTE * 30
    async with web.client("zb01") as client:
        status, figures = await client.ask("GET", "/api/call-figures", params={"until": end.isoformat()})
        assert (status, figures["all"]["asked"], figures["all"]["abandoned"]) == (200, 4, 4)
        assert (figures["all"]["connect_rate"], figures["connect_line_held"]) == (0.0, False)
        assert [(line["number"], line["hotline"]) for line in figures["hotlines"]] == [("12345", "市民服务热线")]
    async with web.client("hw01") as client:
        assert (await client.ask("GET", "/api/call-figures"))[0] == 403
