"""Notices: posted with their cause, seen by whom they are addressed to, telephoned about, carried outside."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from callcenter.outbox.config import OutboxConfig
from callcenter.outbox.delivery import Delivery, pause
from callcenter.outbox.model import Notice, To
from callcenter.outbox.outbox import NoSuchNotice, Outbox
from callcenter.outbox.signing import new_secret, signature
from callcenter.outbox.webhooks import NoSuchWebhook, Webhooks, WebhookUrlRefused, check_url
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.config import StoreConfig
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import Town, build_town
from tests.scenarios.house import until
from tests.vaults import VAULT

pytestmark = pytest.mark.rule("XY-12")


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


def unread(to: To) -> Notice:
    return Notice(kind="notice_unread", to=to, words={"kind": "warned", "hours": "4", "org": "水务所"})


async def texts(outbox: Outbox, town: Town, user: str, *, only_unread: bool = False) -> list[str]:
    page = await outbox.of(town.pool, town.people[user], "zh", unread=only_unread, cursor=None, limit=50)
    return [item.text for item in page.items]


async def test_a_notice_goes_to_the_org_s_people_of_the_role(town: Town) -> None:
    outbox = Outbox(town.clock)
    await outbox.post(town.pool, unread(To(org=town.orgs["water"], roles=frozenset({Role.UNIT_OPERATOR}))))
    await outbox.post(town.pool, unread(To(org=town.orgs["water"], roles=frozenset({Role.UNIT_HEAD}))))
    await outbox.post(town.pool, unread(To(user=town.people["roads"].user_id)))
    assert await texts(outbox, town, "water") == ["通知“warned”已逾4小时未读，请电话提醒水务所"]
    assert len(await texts(outbox, town, "roads")) == 1
    assert await texts(outbox, town, "dispatcher") == []


async def test_what_is_rolled_back_was_never_told(town: Town) -> None:
    outbox = Outbox(town.clock)
    with pytest.raises(asyncio.CancelledError):  # noqa: PT012 - the transaction is what is tested
        async with town.pool.acquire() as connection, connection.transaction():
            await outbox.post(connection, unread(To(org=town.orgs["water"])))
            raise asyncio.CancelledError
    assert await texts(outbox, town, "water") == []


async def test_an_empty_slot_is_refused_when_posted_not_when_read(town: Town) -> None:
    with pytest.raises(KeyError):
        await Outbox(town.clock).post(town.pool, Notice(kind="notice_unread", to=To(org=town.orgs["water"])))
    with pytest.raises(ValueError, match="org or a person"):
        To()


async def test_the_read_receipt_is_given_once_and_only_by_whom_it_is_addressed_to(town: Town) -> None:
    outbox = Outbox(town.clock)
    await outbox.post(town.pool, unread(To(org=town.orgs["water"])))
    (one,) = (await outbox.of(town.pool, town.people["water"], "en", unread=True, cursor=None, limit=9)).items
    assert one.text.startswith("the notice")
    with pytest.raises(NoSuchNotice):
        await outbox.read(town.pool, town.people["roads"], one.id)
    await outbox.read(town.pool, town.people["water"], one.id)
    town.clock.forward(hours=1)
    await outbox.read(town.pool, town.people["water"], one.id)
    assert await texts(outbox, town, "water", only_unread=True) == []
    (again,) = (await outbox.of(town.pool, town.people["water"], "zh", unread=False, cursor=None, limit=9)).items
    assert again.read_at == town.clock.at - timedelta(hours=1)


async def test_pages_follow_each_other_without_gap(town: Town) -> None:
    outbox = Outbox(town.clock)
    for _ in range(5):
        town.clock.forward(seconds=1)
        await outbox.post(town.pool, unread(To(org=town.orgs["water"])))
    first = await outbox.of(town.pool, town.people["water"], "zh", unread=False, cursor=None, limit=3)
    rest = await outbox.of(town.pool, town.people["water"], "zh", unread=False, cursor=first.next, limit=3)
    assert len({item.id for item in (*first.items, *rest.items)}) == 5
    assert rest.next is None


async def test_who_leaves_a_must_unread_is_telephoned_once(town: Town) -> None:
    outbox, hours = Outbox(town.clock), timedelta(hours=4)
    await town.pool.execute(
        "insert into outbox_notice (id, at, kind, org_id, words, must_read) "
        "values (gen_random_uuid(), $1, 'warned', $2, '{}', true)",
        town.clock.at,
        town.orgs["water"],
    )
    town.clock.forward(hours=3, minutes=59)
    assert await outbox.ring_about_unread(town.pool, hours) == 0
    town.clock.forward(minutes=2)
    assert await outbox.ring_about_unread(town.pool, hours) == 1
    assert await outbox.ring_about_unread(town.pool, hours) == 0
    assert await texts(outbox, town, "dispatcher") == ["通知“warned”已逾4小时未读，请电话提醒water"]


class Receiver:
    """Another machine, on a real socket: answers what it is told to, keeps what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, object]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        status, body = self.answers.pop(0) if self.answers else (200, {"errcode": 0})
        return web.json_response(body, status=status)


@asynccontextmanager
async def receiving() -> AsyncIterator[tuple[Receiver, str]]:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/in", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    try:
        yield receiver, f"http://127.0.0.1:{port}/in"
    finally:
        await runner.cleanup()


def delivery(town: Town, url: str, **config: Any) -> Delivery:
    return Delivery(town.pool, StoreConfig.model_validate({"url": url}), OutboxConfig(**config), VAULT, town.clock)


async def delivered(town: Town) -> Sequence[tuple[str, str, int, str]]:
    rows = await town.pool.fetch("select adapter, state, attempts, cause from notice_delivery order by adapter")
    return [tuple(row) for row in rows]


async def until_sent(town: Town, table: str, count: int) -> None:
    sent = f"select count(*) >= {count} or null from {table} where state = 'sent'"
    await until(lambda: town.pool.fetchval(sent), timedelta(seconds=20))


async def test_robot_and_gateway_get_the_text_and_nothing_of_a_citizen(town: Town, database_url: str) -> None:
    async with receiving() as (receiver, url):
        config = {"wecom": {"water": url}, "sms_url": url, "sms_token": "sms-token"}
        await town.pool.execute("update org set phone = '021-5555' where code = 'water'")
        outbox = Outbox(town.clock, ("wecom", "sms"))
        await outbox.post(town.pool, unread(To(org=town.orgs["water"])))
        task = asyncio.create_task(delivery(town, database_url, **config).run())
        await until_sent(town, "notice_delivery", 2)
        task.cancel()
    bodies = sorted((orjson.loads(body) for _, body in receiver.got), key=len)
    text = "通知“warned”已逾4小时未读，请电话提醒水务所"
    assert bodies[0] == {"msgtype": "text", "text": {"content": text}}
    assert (bodies[1]["to"], bodies[1]["text"]) == ("021-5555", text)
    assert any(headers.get("Authorization") == "Bearer sms-token" for headers, _ in receiver.got)


async def test_a_refusing_robot_is_tried_again_and_then_told(town: Town, database_url: str) -> None:
    async with receiving() as (receiver, url), aiohttp.ClientSession() as http:
        receiver.answers = [(200, {"errcode": 45009}), (500, {}), (200, ["odd"])]
        await Outbox(town.clock, ("wecom",)).post(town.pool, unread(To(org=town.orgs["water"])))
        job = f"{await town.pool.fetchval('select notice_id from notice_delivery')}/wecom"
        carrying = delivery(town, database_url, wecom={"*": url}, attempts=3)
        assert await carrying.carry(http, job) == timedelta(seconds=10)
        assert await delivered(town) == [("wecom", "pending", 1, "errcode 45009")]
        assert await carrying.carry(http, job) == timedelta(seconds=40)
        assert await carrying.carry(http, job) is None
        assert await delivered(town) == [("wecom", "failed", 3, "not the answer of a robot")]
        nobody = delivery(town, database_url, wecom={"roads": url})
        await town.pool.execute("update notice_delivery set state = 'pending', attempts = 0")
        await nobody.carry(http, job)
    assert (await delivered(town))[0][3] == "no robot for this org"


def admin(town: Town, org: str = "city") -> Actor:
    of = town.people["agent" if org == "city" else "far"]
    return Actor(
        user_id=of.user_id,
        username="admin",
        name="admin",
        roles=frozenset({Role.ADMIN}),
        org_id=of.org_id,
        org_path=of.org_path,
    )


def webhooks(town: Town) -> Webhooks:
    return Webhooks(town.pool, town.clock, Audit(town.clock), VAULT, plain_http=False)


@pytest.mark.rule("JC-15", "GH-03")
async def test_a_machine_hears_of_moves_signed_and_without_anything_personal(town: Town, database_url: str) -> None:
    hooks = webhooks(town)
    async with receiving() as (receiver, url):
        made = await hooks.add(admin(town), name="省平台", url=url, moves=["dispatched"], channel="phone")
        other = await hooks.add(admin(town, "far"), name="别处", url=url, moves=[], channel=None)
        order = await town.dispatched()
        task = asyncio.create_task(delivery(town, database_url).run())
        await until_sent(town, "webhook_delivery", 1)
        task.cancel()
        ((headers, body),) = receiver.got
    told = orjson.loads(body)
    assert told["type"] == "order.dispatched"
    assert (told["data"]["number"], told["data"]["stage"]) == (order.number, "dispatched")
    assert "13800000001" not in body.decode()
    assert "欧阳" not in body.decode()
    at = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == signature(made.secret, headers["webhook-id"], at, body)
    assert (await hooks.deliveries(admin(town, "far"), other.webhook.id, None, 9)).items == ()
    (line,) = (await hooks.deliveries(admin(town), made.webhook.id, None, 9)).items
    assert (line.state, line.status, line.attempts) == ("sent", 200, 1)
    stored = await town.pool.fetchval("select secret from webhook where id = $1", made.webhook.id)
    assert made.secret not in stored


async def test_a_webhook_that_fails_may_be_tried_again_by_hand(town: Town, database_url: str) -> None:
    hooks = webhooks(town)
    async with receiving() as (receiver, url), aiohttp.ClientSession() as http:
        made = await hooks.add(admin(town), name="省平台", url=url, moves=["created"], channel=None)
        await town.created()
        one = await town.pool.fetchval("select id from webhook_delivery")
        calling = delivery(town, database_url, attempts=2)
        receiver.answers = [(302, {}), (404, {})]
        assert await calling.call(http, one) == timedelta(seconds=10)
        assert await calling.call(http, one) is None
        (seen,) = (await hooks.all(admin(town))).items
        assert (seen.pending, seen.failed) == (0, 1)
        assert await hooks.retry(admin(town), made.webhook.id) == 1
        assert await calling.call(http, one) is None
        assert await calling.call(http, one) is None  # sent: a job that comes twice calls once
        assert len(receiver.got) == 3
        await hooks.end(admin(town), made.webhook.id)
        with pytest.raises(NoSuchWebhook):
            await hooks.end(admin(town), made.webhook.id)
        await town.created()
    assert await town.pool.fetchval("select count(*) from webhook_delivery") == 1


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("http://far.example/in", False),
        ("ftp://127.0.0.1/in", True),
        ("https://user:word@far.example/", True),
        ("https:///in", True),
        ("http://[::1", True),
    ],
)
def test_an_unsafe_address_is_refused(url: str, plain: bool) -> None:
    with pytest.raises(WebhookUrlRefused):
        check_url(url, plain_http=plain)


def test_a_signature_is_what_standard_webhooks_publishes() -> None:
    """The example of the specification."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected
    assert len(new_secret()) == 50


def test_pauses_grow_and_end() -> None:
    first = timedelta(seconds=10)
    assert [pause(n, first).total_seconds() for n in (1, 2, 3)] == [10, 40, 160]
    assert pause(20, first) == timedelta(hours=6)
