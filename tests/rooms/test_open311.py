"""Open311 GeoReport v2 over a real socket: with a client of its own kind in both formats, and with our own outwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, Literal

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr

from callcenter.channels.config import ChannelsConfig, Peer
from callcenter.channels.coordinates import Point, gcj_of_wgs
from callcenter.channels.geo_client import GeoClient
from callcenter.channels.geo_server import PublicService
from callcenter.channels.kinds import Channel
from callcenter.channels.refusals import NoSuchPeer, PeerRefused, SentAlready
from callcenter.channels.service_items import Directory, DirectoryAway
from callcenter.core.ids import OrderId
from callcenter.orders.lifecycle import Classify
from callcenter.people.audit import Audit
from callcenter.people.tokens import Tokens
from callcenter.store.pool import Pool
from callcenter.web.config import WebConfig
from callcenter.web.docs import with_docs
from callcenter.web.open311 import open311_routes
from callcenter.web.server import build_app, open_site
from tests.rooms.channels_of_town import Intake, build_intake, key_of, told
from tests.simulators.geo_report_client import GeoError, GeoReportClient

pytestmark = pytest.mark.rule("B-35", "B-46")

WEB = WebConfig(port=0, body_timeout=5.0)
QUIET = ChannelsConfig(jurisdiction_id="310118", public_posts=20, public_reads=40)


class _Tokens:
    """The part of the doorkeeper that an API key needs."""

    def __init__(self, intake: Intake) -> None:
        self._tokens = Tokens(intake.town.pool, intake.town.clock, Audit(intake.town.clock))

    async def actor_of_token(self, bearer: str) -> Any:
        return await self._tokens.actor_of(bearer)

    async def session(self, token: str) -> Any:
        raise AssertionError(token)


@asynccontextmanager
async def served(intake: Intake) -> AsyncIterator[int]:
    people = _Tokens(intake)
    routes = open311_routes(intake.channels.server, people, intake.channels.limits(), WEB)
    async with open_site(build_app(with_docs(routes, WEB), people, WEB, static=None), WEB) as port:
        yield port


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_a_city_s_client_reports_and_follows(pool: Pool, form: Literal["json", "xml"]) -> None:
    intake = await build_intake(pool, QUIET)
    key = await key_of(intake, timedelta(days=1))
    road = {
        "api_key": key,
        "jurisdiction_id": "310118",
        "service_code": "road-damage",
        "lat": "31.15049",
        "long": "121.11951",
        "address_string": "桐影路88号3号楼502室",
        "description": "我叫李四，电话13800000001，门口路面塌陷",
        "attribute[danger]": "yes",
        "first_name": "四",
        "last_name": "李",
        "phone": "13800000001",
    }
    async with served(intake) as port, ClientSession(f"http://127.0.0.1:{port}") as http:
        city = GeoReportClient(http, form)
        assert "road-damage" in {one["service_code"] for one in await city.services()}
        assert await city.definition("road-damage") == ["danger"]
        number = (await city.post(**road))["service_request_id"]
        assert number == (await city.post(**road))["service_request_id"]  # the answer was lost: asked again
        seen = await city.request(number)
        assert [seen] == await city.requests(service_code="road-damage,refuse", status="open")
        assert await city.requests(status="closed") == []
        assert await city.requests(start_date="2026-01-01T00:00:00Z", end_date="2026-02-01T00:00:00Z") == []

        row = await intake.of(
            Channel.OPEN311, await pool.fetchval("select external_id from work_order where number = $1", number)
        )
        assert tuple(intake.town.orders.room.vault.open(row[name]) for name in ("caller_name", "caller_number")) == (
            "李四",
            "+8613800000001",
        )
        assert "是否影响通行" in row["content"]
        assert (row["latitude"], row["longitude"]) == (31.15049, 121.11951)
        assert (seen["address"], str(seen["lat"])[:5]) == ("桐影路", "31.15")
        assert not any(word in str(seen) for word in ("李四", "1380000", "502", "31.15049"))

        order, dispatcher = OrderId(row["id"]), intake.town.people["dispatcher"]
        await intake.town.orders.move(dispatcher, order, Classify(category_code="road-damage"))
        await intake.town.orders.dispatch(dispatcher, order, intake.town.orgs["roads"], "责任清单")
        assert (await city.request(number))["agency_responsible"] == "roads"

        for change, status in (
            ({"api_key": "wrong"}, 403),
            ({"api_key": ""}, 403),
            ({"service_code": "none"}, 404),
            ({"jurisdiction_id": "1"}, 404),
            ({"attribute[danger]": "x"}, 400),
        ):
            with pytest.raises(GeoError) as refused:
                await city.post(**(road | change))
            assert (status, str(status)) == (refused.value.status, str(refused.value.errors[0]["code"]))
        with pytest.raises(GeoError) as missing:
            await city.request("20260304-999999")
        assert missing.value.status == 404


async def test_what_may_not_be_seen_is_not_there(pool: Pool) -> None:
    intake = await build_intake(pool, QUIET)
    taking = intake.channels.taking
    for external, fields in (
        ("1", {"confidential": True}),
        ("2", {"anonymous": True}),
        ("3", {"request_type": "report"}),
        ("4", {"category_code": "secret"}),
        ("5", {}),
    ):
        given: dict[str, Any] = {"category_code": "refuse"} | fields
        await taking.hand_in(intake.machine, Channel.WEB, told(external, **given))
    async with served(intake) as port, ClientSession(f"http://127.0.0.1:{port}") as http:
        city = GeoReportClient(http, "json")
        fifth = (await intake.of(Channel.WEB, "5"))["number"]
        assert [fifth] == [one["service_request_id"] for one in await city.requests()]
        hidden = (await intake.of(Channel.WEB, "3"))["number"]
        assert await city.requests(service_request_id=hidden) == []
        supervisor = intake.town.people["supervisor"]
        taken_out = PublicService(code="refuse", name_zh="垃圾清运", name_en="Refuse", active=False)
        await intake.channels.server.publish(supervisor, taken_out)
        assert await city.requests() == []
        assert "refuse" in {one.code for one in (await intake.channels.server.catalogue()).items}
        discovery = await (await http.get("/open311/v2/discovery.json")).json()
        assert discovery["endpoints"][0]["formats"] == ["application/json", "text/xml"]
        assert discovery["endpoints"][0]["url"].endswith("/open311/v2")
        for _ in range(QUIET.public_reads):
            await pressed(city)
        with pytest.raises(GeoError) as often:
            await city.requests()
        assert often.value.status == 429


async def pressed(city: GeoReportClient) -> None:
    """Asks on, whatever is answered."""
    with suppress(GeoError):
        await city.requests()


async def test_a_deferred_client_gets_a_token_first(pool: Pool) -> None:
    intake = await build_intake(pool, QUIET)
    key = await key_of(intake, timedelta(days=1))
    await pool.execute("update channel_account set deferred = true where channel = 'open311'")
    gcj = gcj_of_wgs(Point(31.15, 121.12))
    async with served(intake) as port, ClientSession(f"http://127.0.0.1:{port}") as http:
        city = GeoReportClient(http, "xml")
        token = (await city.post(api_key=key, service_code="refuse", lat=str(gcj.latitude), long="121.12"))["token"]
        assert (await city.of_token(token)).startswith("20260304-")
        with pytest.raises(GeoError):
            await city.of_token("0" * 32)


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_our_order_goes_to_another_city_once(pool: Pool, form: Literal["json", "xml"]) -> None:
    """The other city is our own server, and what it stores has nobody's name in it."""
    intake = await build_intake(pool, QUIET)
    key = await key_of(intake, timedelta(days=1))
    order = (await intake.town.created(content="我叫欧阳某，六楼无水，电话13800000001")).id
    async with served(intake) as port:
        peer = Peer(
            name="邻市",
            endpoint=f"http://127.0.0.1:{port}/open311/v2",
            api_key=SecretStr(key),
            format=form,
            services={"*": "water-supply"},
        )
        client = GeoClient(pool, intake.town.orders, intake.town.clock, QUIET.model_copy(update={"peers": (peer,)}))
        supervisor = intake.town.people["supervisor"]
        sent = (await client.send(supervisor, order, "邻市")).items[0]
        assert (sent.state, sent.peer) == ("sent", "邻市")
        there = await pool.fetchrow("select content, caller_name from work_order where number = $1", sent.remote_id)
        assert there is not None
        assert "欧阳" not in there["content"]
        assert "1380000" not in there["content"]
        assert there["caller_name"] == ""
        with pytest.raises(SentAlready):
            await client.send(supervisor, order, "邻市")
        with pytest.raises(NoSuchPeer):
            await client.send(supervisor, order, "无此市")
    assert "sent_out" in await intake.events(order)


async def test_a_peer_that_refuses_may_be_asked_again_and_one_that_is_silent_not(pool: Pool) -> None:
    intake = await build_intake(pool, QUIET)
    answers = iter([web.Response(status=400), web.Response(status=500), web.Response(status=200, text="{}")])

    async def answer(_: web.Request) -> web.Response:
        return next(answers)

    app = web.Application()
    app.router.add_post("/requests.json", answer)
    app.router.add_get("/items", _items)
    async with open_site(app, WEB) as port:
        peer = Peer(
            name="邻市",
            endpoint=f"http://127.0.0.1:{port}",
            api_key=SecretStr("k"),
            format="json",
            services={"*": "water"},
        )
        config = QUIET.model_copy(update={"peers": (peer,), "service_items": f"http://127.0.0.1:{port}/items"})
        client = GeoClient(pool, intake.town.orders, intake.town.clock, config)
        supervisor, order = intake.town.people["supervisor"], (await intake.town.created()).id
        for state in ("refused", "unknown"):
            with pytest.raises(PeerRefused):
                await client.send(supervisor, order, "邻市")
            assert state in {one.state for one in (await client.of(supervisor, order)).items}
        with pytest.raises(SentAlready):
            await client.send(supervisor, order, "邻市")
        await _looks_up_service_items(config)


async def _items(request: web.Request) -> web.Response:
    return web.json_response([{"code": "A1", "name": f"{request.query['q']}办理", "office": "人社", "extra": 1}])


async def _looks_up_service_items(config: ChannelsConfig) -> None:
    found = (await Directory(config).find("社保卡")).items
    assert [(one.code, one.name) for one in found] == [("A1", "社保卡办理")]
    with pytest.raises(DirectoryAway):
        await Directory(config.model_copy(update={"service_items": ""})).find("社保卡")
    with pytest.raises(DirectoryAway):
        await Directory(config.model_copy(update={"service_items": f"{config.service_items}/none"})).find("社保卡")


@pytest.mark.rule("GH-03")
async def test_grid_cases_are_exchanged_like_any_demand(pool: Pool) -> None:
    """一网统管: a grid case comes with its cell and number, and is answered on the same channel."""
    intake = await build_intake(pool, QUIET)
    taking = intake.channels.taking
    await taking.hand_in(intake.machine, Channel.GRID, told("G-9", grid_code="310118-07-12", upper_ref="G-9"))
    row = await intake.of(Channel.GRID, "G-9")
    assert (row["grid_code"], row["channel"]) == ("310118-07-12", "grid")
    assert row["number"] == (await taking.standing(intake.machine, Channel.GRID, "G-9")).number
