"""Pictures that leave by Open311 (B-46, B-29): by a link of its own kind, drawn anew, and only what may be seen;
and how often the public asks, whatever process answers."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from callcenter.app.files import SightOfOrders
from callcenter.channels.kinds import Channel
from callcenter.channels.limits import Limit
from callcenter.core.ids import OrderId
from callcenter.files.config import FilesConfig
from callcenter.files.errors import NotPublishable
from callcenter.files.service import Files
from callcenter.files.views import FileView, Purpose
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from tests.rooms.channels_of_town import Intake, build_intake, told
from tests.rooms.test_open311 import QUIET, served
from tests.simulators.geo_report_client import GeoError, GeoReportClient
from tests.vaults import VAULT

pytestmark = pytest.mark.rule("B-46", "B-29")

GPS, ORIENTATION, ARTIST = 0x8825, 0x0112, 0x013B


def photograph(colour: str = "green") -> bytes:
    """2400 x 1200, taken with the camera on its side, with where and by whom."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[ARTIST] = "Zhang San"
    exif[GPS] = {1: "N", 2: (IFDRational(31), IFDRational(9), IFDRational(1)), 3: "E", 4: (121.0, 7.0, 10.0)}
    out = io.BytesIO()
    Image.new("RGB", (2400, 1200), colour).save(out, "JPEG", exif=exif, comment=b"Zhang San 13800000001")
    return out.getvalue() + b"behind the end: 13800000001"


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


@dataclass(frozen=True, slots=True)
class Gallery:
    intake: Intake
    files: Files
    order: OrderId
    city: GeoReportClient

    async def keep(self, who: str | None, content: bytes, kind: Purpose = Purpose.EVIDENCE) -> FileView:
        actor = self.intake.machine if who is None else self.intake.town.people[who]
        return await self.files.keep(actor, self.order, "现场.jpg", _pieces(content), kind)

    async def link(self) -> str | None:
        (seen,) = await self.city.requests()
        url: str | None = seen["media_url"]
        return url


@asynccontextmanager
async def open_gallery(pool: Pool, folder: Path, channel: Channel) -> AsyncIterator[Gallery]:
    config = FilesConfig(folder=folder, public_side=600)
    intake = await build_intake(pool, QUIET, files=config)
    town = intake.town
    files = Files(pool, config, town.clock, Audit(town.clock), SightOfOrders(town.orders.room))
    await intake.channels.taking.hand_in(intake.machine, channel, told("P1", category_code="refuse"))
    order = OrderId((await intake.of(channel, "P1"))["id"])
    async with served(intake) as port, ClientSession(f"http://127.0.0.1:{port}") as http:
        yield Gallery(intake, files, order, GeoReportClient(http, "json"))


async def test_the_citizen_s_photograph_is_shown_without_what_the_camera_wrote(pool: Pool, tmp_path: Path) -> None:
    async with open_gallery(pool, tmp_path, Channel.OPEN311) as gallery:
        await gallery.keep("dispatcher", photograph("red"))
        assert await gallery.link() is None  # evidence stays inside
        await gallery.keep("dispatcher", photograph("yellow"), Purpose.CITIZEN)
        assert await gallery.link() is None  # what staff put there was not sent for everybody
        sent = photograph()
        kept = await gallery.keep(None, sent, Purpose.CITIZEN)
        url = await gallery.link()
        assert url is not None
        assert str(kept.id) not in url
        assert kept.sha256 not in url
        shown = await gallery.city.picture(url)
        with Image.open(io.BytesIO(shown)) as picture:
            assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (300, 600), {})
            assert picture.getpixel((150, 300)) == pytest.approx((0, 128, 0), abs=6)
        assert not any(secret in shown for secret in (b"Zhang", b"1380000", b"Exif"))
        original = gallery.files.shelf.place(kept.sha256).read_bytes()
        assert (original, hashlib.sha256(original).hexdigest()) == (sent, kept.sha256)


async def test_a_link_cannot_be_made_and_ends(pool: Pool, tmp_path: Path) -> None:
    async with open_gallery(pool, tmp_path, Channel.OPEN311) as gallery:
        await gallery.keep(None, photograph(), Purpose.CITIZEN)
        url = await gallery.link()
        assert url is not None
        token = url.rpartition("/")[2].removesuffix(".jpg")
        for wrong in (token[:-4] + "AAAA", "A" * len(token), "x", token[:22], "%ff%00"):
            with pytest.raises(GeoError) as refused:
                await gallery.city.picture(url.replace(token, wrong))
            assert refused.value.status in {400, 404}
        gallery.intake.town.clock.forward(days=9)
        with pytest.raises(GeoError):
            await gallery.city.picture(url)
        fresh = await gallery.link()
        assert fresh is not None
        assert await gallery.city.picture(fresh)
        await pool.execute("update work_order set confidential = true")
        with pytest.raises(GeoError) as hidden:
            await gallery.city.picture(fresh)
        assert hidden.value.status == 404


async def test_a_unit_publishes_a_picture_and_takes_it_back(pool: Pool, tmp_path: Path) -> None:
    async with open_gallery(pool, tmp_path, Channel.WECHAT) as gallery:
        dispatcher = gallery.intake.town.people["dispatcher"]
        private = await gallery.keep(None, photograph("blue"), Purpose.CITIZEN)
        assert await gallery.link() is None  # sent to the centre, not to everybody
        broken = await gallery.keep("dispatcher", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(99))
        paper = await gallery.keep("dispatcher", b"%PDF-1.4 paper")
        with pytest.raises(NotPublishable):
            await gallery.files.publish(dispatcher, paper.id, public=True)
        assert (await gallery.files.publish(dispatcher, private.id, public=True)).published_at is not None
        url = await gallery.link()
        assert url is not None
        assert await gallery.city.picture(url)
        await gallery.files.publish(dispatcher, private.id, public=False)
        assert await gallery.link() is None
        with pytest.raises(GeoError):
            await gallery.city.picture(url)
        await gallery.files.publish(dispatcher, broken.id, public=True)
        url = await gallery.link()
        assert url is not None
        with pytest.raises(GeoError) as gone:
            await gallery.city.picture(url)
        assert gone.value.status == 404
        await pool.execute("update work_order set anonymous = true")
        with pytest.raises(NotPublishable):
            await gallery.files.publish(dispatcher, private.id, public=True)
        trail = await pool.fetch(
            "select action from audit_log where action in ('file_published', 'file_withdrawn') order by id"
        )
        assert [row["action"] for row in trail] == ["file_published", "file_withdrawn", "file_published"]


async def test_a_limit_holds_for_all_processes_and_its_table_stays_small(pool: Pool) -> None:
    intake = await build_intake(pool)
    clock = intake.town.clock

    def door() -> Limit:
        return Limit(pool, clock, VAULT, "reads", 6)

    one, other = door(), door()  # two processes
    passed = await asyncio.gather(*(limit.passes("10.0.0.1") for limit in (one, other) * 10))
    assert sum(passed) == 6
    assert not await other.passes("10.0.0.1")
    assert await other.passes("10.0.0.2")
    clock.forward(seconds=10)
    again: list[Any] = [await limit.passes("10.0.0.1") for limit in (one, other)]
    assert again == [True, False]  # one in ten seconds
    assert b"10.0.0.1" not in bytes(await pool.fetchval("select asker from public_allowance limit 1"))
    for number in range(40):
        await one.passes(f"10.0.1.{number}")
    clock.forward(minutes=2)
    for number in range(5):
        await one.passes(f"10.0.2.{number}")
    assert await pool.fetchval("select count(*) from public_allowance") == 5
