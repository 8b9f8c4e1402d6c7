"""Uploads before a virus scanner: a peer that speaks clamd's INSTREAM over a real socket, clean, infected, away."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.app.files import SightOfOrders
from callcenter.files.config import FilesConfig
from callcenter.files.errors import FileInfected, ScannerAway
from callcenter.files.scanning import PIECE, Scan, Scanner
from callcenter.files.service import Files
from callcenter.files.sweep import scan_waiting
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import Town, build_town
from tests.simulators.ports import free_port

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file that every scanner knows (eicar.org); it does nothing."""
pytestmark = pytest.mark.rule("B-29")


@dataclass(slots=True)
class Clamd:
    """Reads a stream as clamd does, up to `most` bytes, and answers in its words."""

    most: int = 1 << 20
    silent: bool = False
    abrupt: bool = False
    seen: list[int] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\x00") == b"zINSTREAM\x00"
        content = b""
        while length := struct.unpack("!I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(length)
            if len(content) > self.most:
                if self.abrupt:
                    writer.transport.abort()
                    return
                writer.write(b"INSTREAM size limit exceeded. ERROR\x00")
                break
        else:
            self.seen.append(len(content))
            if self.silent:
                await reader.read()
            writer.write(b"stream: Eicar-Signature FOUND\x00" if EICAR in content else b"stream: OK\x00")
        writer.close()


@asynccontextmanager
async def listening(peer: Clamd, at: str) -> AsyncIterator[None]:
    if at.startswith("unix:"):
        server: asyncio.Server = await asyncio.start_unix_server(peer.serve, at.removeprefix("unix:"))
    else:
        server = await asyncio.start_server(peer.serve, "127.0.0.1", int(at.rpartition(":")[2]))
    async with server:
        yield


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


def files_of(town: Town, config: FilesConfig) -> Files:
    return Files(town.pool, config, town.clock, Audit(town.clock), SightOfOrders(town.orders.room))


@pytest.mark.parametrize("way", ["tcp", "unix"])
async def test_a_file_goes_whole_to_the_scanner_and_an_infected_one_is_refused(tmp_path: Path, way: str) -> None:
    at = f"127.0.0.1:{free_port()}" if way == "tcp" else f"unix:{tmp_path}/clamd"
    peer, scanner, file = Clamd(), Scanner(FilesConfig(clamd=at)), tmp_path / "upload"
    async with listening(peer, at):
        file.write_bytes(b"1" * (3 * PIECE + 5))
        assert await scanner.check(file) is Scan.CLEAN
        assert peer.seen == [3 * PIECE + 5]
        file.write_bytes(b"text " + EICAR)
        with pytest.raises(FileInfected):
            await scanner.check(file)
        assert await scanner.again(file) is Scan.INFECTED


async def test_no_word_is_no_leave(tmp_path: Path) -> None:
    """Nobody listens, the peer says nothing, the file is too large for it: none of it counts as clean."""
    at, file = f"127.0.0.1:{free_port()}", tmp_path / "upload"
    file.write_bytes(b"1" * 2000)
    config = FilesConfig(clamd=at, clamd_within=timedelta(milliseconds=300))
    with pytest.raises(ScannerAway):
        await Scanner(config).check(file)
    for peer in (Clamd(silent=True), Clamd(most=1000)):
        async with listening(peer, at):
            with pytest.raises(ScannerAway):
                await Scanner(config).check(file)
    assert await Scanner(FilesConfig()).check(file) is Scan.NONE


async def test_what_is_refused_leaves_no_row_and_no_file(pool: Pool, tmp_path: Path) -> None:
    town, at = await build_town(pool), f"127.0.0.1:{free_port()}"
    order = (await town.created()).id
    files = files_of(town, FilesConfig(folder=tmp_path, clamd=at))
    with pytest.raises(ScannerAway):
        await files.keep(None, order, "a.txt", _pieces("说明".encode()))
    async with listening(Clamd(), at):
        with pytest.raises(FileInfected):
            await files.keep(None, order, "a.txt", _pieces(b"text " + EICAR))
        assert (await files.keep(None, order, "a.txt", _pieces("说明".encode()))).scan is Scan.CLEAN
    assert await pool.fetchval("select count(*) from order_file") == 1
    assert len(list(files.shelf.settled())) == 1
    assert list(files.shelf.cut_short()) == []


@pytest.mark.parametrize("abrupt", [False, True])
async def test_what_was_kept_unseen_is_opened_once_it_was_scanned(pool: Pool, tmp_path: Path, abrupt: bool) -> None:
    town, at = await build_town(pool), f"127.0.0.1:{free_port()}"
    order, agent = (await town.created()).id, town.people["agent"]
    config = FilesConfig(folder=tmp_path, clamd=at, clamd_away="keep")
    files = files_of(town, config)
    good = await files.keep(agent, order, "a.txt", _pieces("说明".encode()))
    bad = await files.keep(agent, order, "b.txt", _pieces(b"text " + EICAR))
    large = await files.keep(agent, order, "c.txt", _pieces(b"1" * 5000))
    assert {one.scan for one in (good, bad, large)} == {Scan.WAITING}
    for one in (good, bad):
        with pytest.raises(ScannerAway):
            await files.open(agent, one.id)
    with pytest.raises(ScannerAway):
        await scan_waiting(pool, files.shelf, Scanner(config))
    async with listening(Clamd(most=1000, abrupt=abrupt), at):
        assert await scan_waiting(pool, files.shelf, Scanner(config)) == 1
    assert (await files.open(agent, good.id))[1].read_bytes() == "说明".encode()
    with pytest.raises(FileInfected):
        await files.open(agent, bad.id)
    with pytest.raises(ScannerAway):
        await files.open(agent, large.id)
