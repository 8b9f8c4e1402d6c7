"""Attachments over HTTP and on the disk: what is kept, what is refused, who opens it, and what a sweep takes away."""

import hashlib
import io
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import FormData

from callcenter.app.files import SightOfOrders
from callcenter.core.ids import OrderId
from callcenter.files import shelf as shelves
from callcenter.files.config import FilesConfig
from callcenter.files.errors import NoSuchFile, StorageFull
from callcenter.files.service import Files
from callcenter.files.sweep import sweep_files
from callcenter.files.views import FileId, Purpose
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.web.files import files_routes
from tests.rooms.desk_of_orders import Desk, open_desk
from tests.rooms.town_of_orders import Town, build_town

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40


def docx(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **members}.items():
            archive.writestr(name, content)
    return packed.getvalue()


@dataclass(frozen=True, slots=True)
class Stage:
    desk: Desk
    town: Town
    files: Files
    order: OrderId

    async def send(self, who: str, content: bytes, name: str = "现场.jpg", **fields: str) -> tuple[int, Any]:
        form = FormData()
        for key, value in fields.items():
            form.add_field(key, value)
        form.add_field("file", content, filename=name, content_type="image/jpeg")
        return await self.desk.ask(who, "POST", f"/api/orders/{self.order}/files", data=form)

    async def refused(self, who: str, content: bytes, name: str = "a.jpg") -> tuple[int, str]:
        status, problem = await self.send(who, content, name)
        assert problem["message_zh"]
        return status, problem["code"]

    def on_disk(self) -> list[Path]:
        return [path for path in self.files.shelf.folder.rglob("*") if path.is_file()]


@asynccontextmanager
async def open_stage(pool: Pool, folder: Path, **order: Any) -> AsyncIterator[Stage]:
    town = await build_town(pool)
    config = FilesConfig(folder=folder, file_limit=200_000, order_limit=300_000)
    files = Files(pool, config, town.clock, Audit(town.clock), SightOfOrders(town.orders.room))
    made = await town.created(**order)
    async with open_desk(town, files_routes(files, config)) as desk:
        yield Stage(desk, town, files, made.id)


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


async def test_kept_by_content_and_given_back_as_it_was(pool: Pool, tmp_path: Path) -> None:
    async with open_stage(pool, tmp_path) as stage:
        status, kept = await stage.send("agent", JPEG, "../现场 张三.png.exe", kind="record")
        assert (status, kept["name"], kept["media_type"]) == (201, "现场 张三.png.jpg", "image/jpeg")
        digest = hashlib.sha256(JPEG).hexdigest()
        assert (kept["kind"], kept["bytes"], kept["sha256"]) == ("record", len(JPEG), digest)
        assert [path.name for path in stage.on_disk()] == [digest]
        assert (await stage.send("agent", JPEG))[1]["id"] == kept["id"]
        _, listed = await stage.desk.ask("dispatcher", "GET", f"/api/orders/{stage.order}/files")
        assert [file["uploader"] for file in listed["items"]] == ["agent"]
        response = await stage.desk.clients["dispatcher"].http.get(f"/api/files/{kept['id']}")
        assert await response.read() == JPEG
        assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E7%8E%B0")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Type"] == "image/jpeg"
        trail = await pool.fetch("select action, detail from audit_log where subject_type = 'order' order by id")
        assert [row["action"] for row in trail if row["action"].startswith("file_")] == ["file_kept", "file_read"]
        assert "张三" not in str(trail)


async def test_what_is_refused_leaves_nothing(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_stage(pool, tmp_path) as stage:
        assert await stage.refused("agent", b"<html><script>", "a.jpg") == (422, "file-type-refused")
        assert await stage.refused("agent", docx(**{"setup.exe": b"MZ"}), "a.docx") == (422, "file-type-refused")
        assert await stage.refused("agent", b"PK\x03\x04broken", "a.docx") == (422, "file-type-refused")
        assert await stage.refused("agent", b"") == (422, "file-empty")
        assert await stage.refused("agent", JPEG * 20) == (422, "file-too-large")
        monkeypatch.setattr(shelves, "UNPACKED_LIMIT", 50_000)
        assert await stage.refused("agent", docx(**{"word/a.xml": b"0" * 60_000}), "b") == (422, "file-type-refused")
        assert await stage.desk.refused("agent", f"/api/orders/{stage.order}/files", json={}) == (422, "file-not-sent")
        form = FormData({"kind": "no such"}, default_to_multipart=True)
        assert await stage.desk.refused("agent", f"/api/orders/{stage.order}/files", data=form) == (
            422,
            "file-not-sent",
        )
        assert stage.on_disk() == []


async def test_an_order_takes_so_much_and_no_more(pool: Pool, tmp_path: Path) -> None:
    async with open_stage(pool, tmp_path) as stage:
        big = JPEG * 15
        assert (await stage.send("agent", big))[0] == 201
        assert (await stage.send("agent", docx(), "说明.docx"))[1]["name"] == "说明.docx"
        assert await stage.refused("agent", big + b"1") == (409, "order-files-full")


async def test_the_orders_own_readers_and_nobody_else(pool: Pool, tmp_path: Path) -> None:
    async with open_stage(pool, tmp_path) as stage:
        _, kept = await stage.send("agent", JPEG)
        for path in (f"/api/orders/{stage.order}/files", f"/api/files/{kept['id']}"):
            status, _ = await stage.desk.ask("far", "GET", path)
            assert status == 404
        assert await stage.refused("far", JPEG) == (404, "no-such-order")
        assert await stage.desk.refused("agent", f"/api/files/{uuid4()}", method="GET") == (404, "no-such-file")
        stage.files.shelf.place(kept["sha256"]).unlink()
        assert await stage.desk.refused("agent", f"/api/files/{kept['id']}", method="GET") == (404, "file-gone")


async def test_what_the_citizen_sent_to_a_guarded_order_shows_to_who_may_know_the_citizen(
    pool: Pool, tmp_path: Path
) -> None:
    async with open_stage(pool, tmp_path, confidential=True) as stage:
        town, files = stage.town, stage.files
        photo = await files.keep(None, stage.order, "微信图片.jpg", _chunks(JPEG), Purpose.CITIZEN)
        plan = await files.keep(
            town.people["dispatcher"], stage.order, "方案.txt", _chunks("更换".encode()), Purpose.PLAN
        )
        await town.orders.dispatch(town.people["dispatcher"], stage.order, town.orgs["water"], "责任清单第3项")
        seen = {who: (await files.listed(town.people[who], stage.order)).items for who in ("agent", "water")}
        assert [file.id for file in seen["agent"]] == [photo.id, plan.id]
        assert [file.id for file in seen["water"]] == [plan.id]
        with pytest.raises(NoSuchFile):
            await files.open(town.people["water"], photo.id)
        assert (await files.open(town.people["agent"], photo.id))[1].read_bytes() == JPEG
        await files.require(stage.order, [photo.id, plan.id, plan.id])
        with pytest.raises(NoSuchFile):
            await files.require(stage.order, [photo.id, FileId(uuid4())])


async def test_a_full_disk_is_told_and_leaves_nothing(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    async with open_stage(pool, tmp_path) as stage:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StorageFull):
            await stage.files.keep(None, stage.order, "a.jpg", _chunks(JPEG))
        assert stage.on_disk() == []


async def test_the_sweep_takes_what_no_row_names_and_tells_what_is_gone(pool: Pool, tmp_path: Path) -> None:
    async with open_stage(pool, tmp_path) as stage:
        shelf = stage.files.shelf
        kept = await stage.files.keep(None, stage.order, "a.jpg", _chunks(JPEG))
        gone = await stage.files.keep(None, stage.order, "b.jpg", _chunks(JPEG + b"2"))
        shelf.place(gone.sha256).write_bytes(b"changed")
        orphan, torn = shelf.place("ab" + "0" * 62), shelf.folder / "incoming" / "torn"
        orphan.parent.mkdir(exist_ok=True)
        for file in (orphan, torn):
            file.write_bytes(b"left behind")
        young = await sweep_files(pool, shelf, stage.town.clock.now() - timedelta(days=365 * 50))
        assert (young.removed, young.gone) == (0, 1)
        swept = await sweep_files(pool, shelf, stage.town.clock.now() + timedelta(days=365 * 50))
        assert (swept.removed, swept.gone) == (2, 1)
        assert {path.name for path in stage.on_disk()} == {kept.sha256, gone.sha256}
