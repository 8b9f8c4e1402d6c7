"""The desk in a real Chromium: the real application, database and routes; calls are told on the bus."""

import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.async_api import Browser, Page, async_playwright

from callcenter.app.files import SightOfOrders
from callcenter.app.matters import furnish_matters
from callcenter.calls.events import AgentAnswered, AgentFinished, AgentRung
from callcenter.core.clock import SystemClock
from callcenter.core.ids import CallId, new_id
from callcenter.files.config import FilesConfig
from callcenter.files.service import Files
from callcenter.matters.config import MattersConfig
from callcenter.media.config import MediaConfig
from callcenter.media.messages import VoiceMail
from callcenter.media.reading import Recordings
from callcenter.media.transcripts import Transcripts
from callcenter.numbers.refusals import Refusals
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clocks import Clocks
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import Orders, open_orders
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Role
from callcenter.people.model import NewOrg, NewUser
from callcenter.store.pool import Pool
from callcenter.web.files import files_routes
from callcenter.web.messages import message_routes
from callcenter.web.numbers import numbers_routes
from callcenter.web.order_clocks import clock_routes
from callcenter.web.orders import orders_routes
from callcenter.web.recordings import recording_routes
from callcenter.web.route import Route
from tests.rooms.desks_of_town import CallSeen, Room, Site, brief, open_room, open_site_of
from tests.rooms.lists_of_callers import Lists, open_lists
from tests.rooms.people_of_town import PASSWORD
from tests.vaults import VAULT

CHROMIUM = os.environ.get("HOTLINE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = os.environ.get("HOTLINE_SHOTS")
Shot = Callable[[Page, str], Awaitable[None]]

NUMBER = "+8613800000001"


def media_of(folder: Path) -> MediaConfig:
    return MediaConfig(folder=folder, monitor_folder=folder / "monitor")


@dataclass(slots=True, kw_only=True)
class Desk:
    """The site with a town of clerks; `call` is the one that `ring` let in last."""

    site: Site
    room: Room
    orders: Orders
    media: Path
    call: CallId | None = None

    @property
    def lists(self) -> Lists:
        return open_lists(self.room.pool, SystemClock(), self.room.actors)

    @property
    def mail(self) -> VoiceMail:
        """Of the PBX `a`, whose monitor folder is below the media."""
        return VoiceMail(self.room.pool, media_of(self.media), SystemClock(), self.room.people.audit, VAULT, "a")

    async def ring(self) -> CallId:
        now = datetime.now(UTC)
        call = CallId(new_id())
        self.room.calls.calls[call] = CallSeen(id=call, queued_at=now - timedelta(seconds=6))
        await self.room.pool.execute(
            "insert into call (id, pbx, linked, direction, stage, extension, caller_number, caller_key, started_at)"
            " values ($1, 'a', $2, 'inbound', 'ringing', '8001', $3, $4, $5)",
            call,
            call.hex,
            VAULT.seal(NUMBER),
            VAULT.key(NUMBER),
            now,
        )
        self.room.ring_in(call=call)
        self.room.bus.publish(AgentRung(at=now, call=call, extension="8001", queue="main"))
        self.call = call
        return call

    def answer(self) -> None:
        assert self.call is not None
        now, waited = datetime.now(UTC), timedelta(seconds=6)
        self.room.bus.publish(AgentAnswered(at=now, call=self.call, extension="8001", queue="main", waited=waited))

    def finish(self) -> None:
        assert self.call is not None
        now = datetime.now(UTC)
        self.room.bus.publish(AgentFinished(at=now, call=self.call, extension="8001", talked=timedelta(seconds=40)))

    async def record(self, status: str) -> None:
        """A sealed two-channel recording of the call, with its transcript in this status."""
        wave = 0.2 * np.sin(2 * np.pi * 440 * np.arange(8000 * 5) / 8000)
        path = self.media / f"{self.call}.wav"
        soundfile.write(path, np.column_stack([wave, wave[::-1]]), 8000, subtype="PCM_16")
        recording, transcript, now = new_id(), new_id(), datetime.now(UTC)
        await self.room.pool.execute(
            "insert into recording (id, call_id, pbx, leg, source, status, path, started_at, sealed_at, seconds, bytes,"
            " sha256, channels, sample_rate) values ($1, $2, 'a', '1.1', $3, 'sealed', $4, $5, $5, 5, $6, $7, 2, 8000)",
            recording,
            self.call,
            f"20260302/{recording}",
            path.name,
            now,
            path.stat().st_size,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        await self.room.pool.execute(
            "insert into transcript (id, recording_id, call_id, status, created_at) values ($1, $2, $3, $4, $5)",
            transcript,
            recording,
            self.call,
            status,
            now,
        )
        if status == "ready":
            said = [("agent", 200, "您好，很高兴为您服务。"), ("caller", 1800, "我家在桐影里，水压一直不足。")]
            await self.room.pool.executemany(
                "insert into transcript_segment (transcript_id, idx, party, start_ms, end_ms, text)"
                " values ($1, $2, $3, $4, $5, $6)",
                [(transcript, idx, party, ms, ms + 1500, text) for idx, (party, ms, text) in enumerate(said)],
            )


async def settle_clerks(room: Room) -> None:
    """A unit below the centre, and one clerk of each kind."""
    city = room.town.orgs["city"]
    unit = NewOrg(code="city-mains", parent_id=city.id, level=4, kind="unit", name="市政事务科")
    mains = await room.people.create_org(unit, by=None)
    for username, org, role in [
        ("pd01", city, Role.DISPATCHER),
        ("cb01", mains, Role.UNIT_OPERATOR),
        ("sh01", city, Role.REVIEWER),
    ]:
        new = {
            "username": username,
            "name": f"用户 {username}",
            "org_id": org.id,
            "roles": [role],
            "password": PASSWORD,
        }
        room.town.users[username] = await room.people.create_user(NewUser.model_validate(new), by=None)


def open_files(pool: Pool, folder: Path, orders: Orders, room: Room) -> list[Route]:
    config = FilesConfig(folder=folder)
    return files_routes(Files(pool, config, SystemClock(), room.people.audit, SightOfOrders(orders.room)), config)


@pytest.fixture
async def desk(pool: Pool, database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_room(pool) as room:
        await settle_clerks(room)
        room.calls.recent = [
            CallSeen(id=CallId(new_id()), outcome="answered", talked=timedelta(seconds=95)),
            CallSeen(id=CallId(new_id()), outcome="abandoned"),
        ]
        room.orders.similar = [brief("桐影里小区加压泵夜间停运", "20260301-000031")]
        orders = await open_orders(
            pool,
            clock=SystemClock(),
            bus=room.bus,
            config=OrdersConfig(),
            city="Asia/Shanghai",
            audit=room.people.audit,
            vault=VAULT,
        )
        media, lists = media_of(tmp_path), open_lists(pool, SystemClock(), room.actors)
        mail = VoiceMail(pool, media, SystemClock(), room.people.audit, VAULT, "a")
        clock = SystemClock()
        matters = furnish_matters(
            MattersConfig(), pool=pool, clock=clock, bus=room.bus, orders=orders, outbox=Outbox(clock)
        )
        more = [
            *orders_routes(orders),
            *clock_routes(Clocks(orders, ClockStore(pool), Outbox(SystemClock()))),
            *matters.routes(),
            *open_files(pool, tmp_path / "files", orders, room),
            *recording_routes(pool, Recordings(pool, media), Transcripts(pool), room.people.audit),
            *numbers_routes(lists.callers, lists.care, lists.harassment, Refusals(pool)),
            *message_routes(mail),
        ]
        async with open_site_of(room, database_url, more) as site:
            yield Desk(site=site, room=room, orders=orders, media=tmp_path)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    assert CHROMIUM is not None, "Chromium is needed: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def page(browser: Browser, desk: Desk) -> AsyncIterator[Page]:
    """A page at the log-in, 1280 x 800; whatever it complains of on its console fails the test."""
    context = await browser.new_context(
        base_url=desk.site.base, viewport={"width": 1280, "height": 800}, locale="zh-CN"
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    await page.goto("/")
    yield page
    await context.close()
    assert complaints == []


@pytest.fixture
def shot() -> Shot:
    """Keeps a picture of the page under HOTLINE_SHOTS, when that is set."""

    async def take(page: Page, name: str) -> None:
        if SHOTS:
            await page.screenshot(path=Path(SHOTS) / f"{name}.png")

    return take


async def log_in(page: Page, username: str) -> None:
    await page.get_by_label("用户名").fill(username)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.get_by_text("已连接").wait_for()
