"""The desk's web socket on a real port: tabs in step, slow and strange peers, other instances, lost connections."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from callcenter.people.model import NewToken
from callcenter.seats.card import DeskState
from callcenter.seats.presence import Presence
from callcenter.store.notify import notify
from callcenter.store.pool import Pool
from callcenter.web import socket as desk_socket
from tests.rooms.desks_of_town import PATIENCE, Room, Site, open_room, open_site_of
from tests.rooms.people_of_town import PASSWORD
from tests.rooms.test_seats import answered, rung


@pytest.fixture
async def site(pool: Pool, database_url: str) -> AsyncIterator[Site]:
    async with open_room(pool) as room, open_site_of(room, database_url) as site:
        yield site


@asynccontextmanager
async def logged_in(site: Site, username: str = "hw01") -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(site.base, cookie_jar=jar) as client:
        body = {"username": username, "password": PASSWORD}
        async with client.post("/api/session", json=body) as answer:
            assert answer.status == 200
            client.headers["X-CSRF-Token"] = (await answer.json())["csrf"]
        yield client


def tab(client: aiohttp.ClientSession, site: Site, **more: Any) -> Any:
    return client.ws_connect("/api/desk/socket", headers={"Origin": site.base}, **more)


async def state(socket: aiohttp.ClientWebSocketResponse, presence: str) -> DeskState:
    """The first pushed state with this presence."""
    async with asyncio.timeout(PATIENCE):
        async for message in socket:
            heard = json.loads(message.data)
            if heard["type"] == "state" and heard["state"]["presence"] == presence:
                assert heard["version"] == heard["state"]["version"]
                return DeskState.model_validate(heard["state"])
    raise AssertionError(f"closed with {socket.close_code}")


async def test_a_stranger_gets_no_socket(site: Site) -> None:
    async with aiohttp.ClientSession(site.base) as client:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await tab(client, site)
        assert refusal.value.status == 401


async def test_another_sites_page_gets_no_socket(site: Site) -> None:
    async with logged_in(site) as client:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await client.ws_connect("/api/desk/socket", headers={"Origin": "https://evil.example"})
        assert refusal.value.status == 403


async def test_two_tabs_are_in_step_and_a_third_resumes(site: Site) -> None:
    async with logged_in(site) as client, tab(client, site) as first, tab(client, site) as second:
        for opened in (first, second):
            assert (await state(opened, "offline")).seat
        async with client.post("/api/desk/presence", json={"presence": "ready"}) as answer:
            assert (await answer.json())["presence"] == "ready"
        versions = {(await state(opened, "ready")).version for opened in (first, second)}
        assert len(versions) == 1
        call = site.room.ring_in()
        site.room.bus.publish(rung(call))
        async with asyncio.timeout(PATIENCE):
            while (shown := await state(first, "ringing")).offer is None:
                pass
        site.room.bus.publish(answered(call))
        await state(first, "talking")
        async with tab(client, site) as third:
            resumed = await state(third, "talking")
            assert resumed.offer is not None
            assert shown.offer is not None
            assert (resumed.offer.id, resumed.offer.card) == (shown.offer.id, shown.offer.card)
        async with client.get("/api/desk") as answer:
            assert DeskState.model_validate(await answer.json()).version == resumed.version
    async with asyncio.timeout(PATIENCE):
        await site.all_tabs_closed()


async def test_versions_only_grow(site: Site) -> None:
    async with logged_in(site) as client, tab(client, site) as opened:
        versions = [(await state(opened, "offline")).version]
        for presence, reason in [("ready", ""), ("paused", "meal"), ("ready", ""), ("offline", "")]:
            await site.room.seats.set_presence(site.room.actors["hw01"], Presence(presence), reason)
            versions.append((await state(opened, presence)).version)
        assert versions == sorted(set(versions))


async def test_nobody_hears_of_other_desks(site: Site) -> None:
    async with logged_in(site, "hw02") as client, tab(client, site) as opened:
        await state(opened, "offline")
        await site.room.seats.log_in(site.room.actors["hw01"])
        await notify(site.room.pool, "desk", {"user": str(site.room.user("hw02")), "kind": "order", "id": str(uuid4())})
        async with asyncio.timeout(PATIENCE):
            assert json.loads((await opened.receive()).data)["type"] == "order"


async def test_other_instances_wake_the_desk(site: Site) -> None:
    """What another instance stored and announced is read from the database and shown, and a hint is passed on."""
    async with logged_in(site, "west.op") as client, tab(client, site) as opened:
        await opened.receive()
        order = str(uuid4())
        user = str(site.room.user("west.op"))
        await notify(site.room.pool, "desk", {"user": user, "kind": "transcript", "id": order})
        await notify(site.room.pool, "desk", {"user": "nobody", "kind": "order", "id": order})
        async with asyncio.timeout(PATIENCE):
            assert json.loads((await opened.receive()).data) == {"type": "transcript", "id": order, "version": 0}


async def test_after_the_listening_connection_was_cut_the_state_is_shown_again(site: Site) -> None:
    async with logged_in(site) as client, tab(client, site) as opened:
        await state(opened, "offline")
        await site.room.pool.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()"
        )
        await state(opened, "offline")


async def test_a_tab_that_reads_nothing_is_closed_and_others_are_not(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_socket, "GOODBYE", desk_socket.GOODBYE / 10)
    async with logged_in(site) as client, tab(client, site) as good:
        await state(good, "offline")
        slow = await tab(client, site)
        slow._conn.transport.pause_reading()
        user, order = str(site.room.user("hw01")), str(uuid4())
        filler = json.dumps({"type": "order", "id": order, "pad": "x" * 100_000}).encode()
        async with asyncio.timeout(PATIENCE):
            while site.hub.open_tabs == 2:
                site.hub._send(site.room.user("hw01"), filler)
                await asyncio.wait_for(good.receive(), PATIENCE)
        await notify(site.room.pool, "desk", {"user": user, "kind": "order", "id": order})
        async with asyncio.timeout(PATIENCE):
            while "pad" in (heard := json.loads((await good.receive()).data)):
                pass
        assert heard["id"] == order
        slow._conn.transport.abort()


async def test_logging_out_ends_the_socket(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_socket, "STILL_LOGGED_IN", desk_socket.STILL_LOGGED_IN / 300)
    async with logged_in(site) as client, tab(client, site) as opened:
        await state(opened, "offline")
        async with client.delete("/api/session") as answer:
            assert answer.status == 204
        async with asyncio.timeout(PATIENCE):
            while (await opened.receive()).type is not aiohttp.WSMsgType.CLOSE:
                pass
        assert opened.close_code == desk_socket.LOGGED_OUT


async def test_revoking_the_token_ends_a_machines_socket(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_socket, "STILL_LOGGED_IN", desk_socket.STILL_LOGGED_IN / 300)
    room = site.room
    root, machine = room.actors["root"], room.user("machine")
    new = NewToken(user_id=machine, name="wallboard", expires_at=room.people.clock.now() + timedelta(days=1))
    issued = await room.people.tokens.issue(new, by=None)
    async with aiohttp.ClientSession(site.base) as client:
        async with client.ws_connect(
            "/api/desk/socket", headers={"Authorization": f"Bearer {issued.secret}"}
        ) as opened:
            assert not (await state(opened, "offline")).seat
            await room.people.tokens.revoke(issued.token.id, by=root)
            async with asyncio.timeout(PATIENCE):
                while (await opened.receive()).type is not aiohttp.WSMsgType.CLOSE:
                    pass
        assert opened.close_code == desk_socket.LOGGED_OUT


async def test_the_offers_of_a_day_are_paged(site: Site) -> None:
    room: Room = site.room
    await room.seats.log_in(room.actors["hw01"])
    for _ in range(3):
        call = room.ring_in()
        room.bus.publish(rung(call))
        await room.until("ringing", lambda desk, call=call: desk.offer is not None and desk.offer.call_id == call)  # type: ignore[misc]
    async with logged_in(site) as client:
        seen: list[str] = []
        query: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            while True:
                async with client.get("/api/desk/offers", params={"limit": "2", **query}) as answer:
                    page = await answer.json()
                seen += [item["id"] for item in page["items"]]
                if page["next"] is None:
                    break
                query = {"cursor": page["next"]}
        assert len(seen) == len(set(seen)) == 3
        async with client.get("/api/desk/offers", params={"cursor": str(uuid4())}) as answer:
            assert answer.status == 422
        async with client.get("/api/seats") as answer:
            assert answer.status == 403
    async with logged_in(site, "bz01") as client, client.get("/api/seats") as answer:
        assert [seat["extension"] for seat in (await answer.json())["items"]] == ["8001", "8002"]
