"""The real program as a process of its own, in surroundings that a test spoils."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import aiohttp
import psutil

from callcenter.pbx.host import default_cache
from callcenter.people.keys import have_keys
from callcenter.resources import ROOT
from tests.simulators.ports import free_port

SECRET: Final = "not-for-any-log-7f3a"
PATIENCE: Final = timedelta(seconds=60)
LIKE_ANYONE: Final = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--")
"""Root writes where nobody may; a server is not root."""


FULL_DISK: Final = ("prlimit", "--fsize=0", "--")


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    said: str

    def refused(self, *words: str) -> None:
        """It stopped in good order, and told cause and remedy."""
        assert self.code == 2, self.said
        assert "Traceback" not in self.said
        assert SECRET not in self.said
        assert "处理办法" in self.said
        for word in words:
            assert word in self.said, self.said


def settings_in(folder: Path, database: str) -> dict[str, str]:
    """A server that would start; no Asterisk is at its port."""
    return {
        "HOTLINE_STORE__URL": database,
        "HOTLINE_WEB__PORT": str(free_port()),
        "HOTLINE_AMI__PORT": str(free_port()),
        "HOTLINE_AMI__SECRET": SECRET,
        "HOTLINE_AGI__PORT": str(free_port()),
        "HOTLINE_FLOWS__SOUNDS": str(folder / "sounds"),
        "HOTLINE_FLOWS__PROMPT_CACHE": str(default_cache() / "prompts"),
        "HOTLINE_CALLS__SPOOL": str(folder / "spool"),
        "HOTLINE_PRIVACY__KEYS_FILE": str(have_keys(folder / "keys.json")),
        "HOTLINE_MEDIA__FOLDER": str(folder / "media"),
        "HOTLINE_FILES__FOLDER": str(folder / "files"),
        "HOTLINE_MEDIA__MONITOR_FOLDER": str(folder / "monitor"),
    }


def _surroundings(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "DATABASE_URL"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}


async def _start(
    arguments: tuple[str, ...], settings: Mapping[str, str], before: tuple[str, ...] = ()
) -> asyncio.subprocess.Process:
    command = (*before, sys.executable, "-m", "callcenter", *arguments)
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=_surroundings(settings),
    )


async def run(
    *arguments: str, settings: Mapping[str, str], like_anyone: bool = False, full_disk: bool = False
) -> Ended:
    """Until it ends by itself. On a `full_disk` the kernel refuses every byte."""
    before = LIKE_ANYONE if like_anyone and os.geteuid() == 0 else ()
    process = await _start(arguments, settings, (*before, *(FULL_DISK if full_disk else ())))
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode or 0, said.decode(errors="replace"))


class Server:
    """A running program, which answers at `base` when it is `serve`."""

    def __init__(self, process: asyncio.subprocess.Process, base: str) -> None:
        self._process = process
        self._base = base
        self._lines: list[str] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._lines.append(line.decode(errors="replace"))

    @property
    def said(self) -> str:
        return "".join(self._lines)

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    @property
    def runs(self) -> bool:
        return self._process.returncode is None

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body; 0 while nobody listens."""
        try:
            async with aiohttp.ClientSession(self._base) as http, http.get(path) as answer:
                return answer.status, await answer.text()
        except aiohttp.ClientConnectionError:
            return 0, ""

    async def until(self, path: str, status: int, *words: str) -> str:
        """The first answer with this status that holds the words. Raises AssertionError with what came instead."""
        seen = (0, "")
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                while True:
                    seen = await self.get(path)
                    if seen[0] == status and all(word in seen[1] for word in words):
                        return seen[1]
                    assert self.runs, self.said
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{path}: {seen}\n{self.said[-4000:]}") from None

    async def says(self, *words: str) -> None:
        """Raises AssertionError when its log does not come to hold them."""
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                while not all(word in self.said for word in words):
                    assert self.runs, self.said
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{words} not in: {self.said[-4000:]}") from None

    async def ends_or_answers(self, path: str, status: int) -> bool:
        """False when it ended, True once it answers with this status."""
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while self.runs:
                if (await self.get(path))[0] == status:
                    return True
                await asyncio.sleep(0.05)
        return False

    async def stop(self) -> int:
        """The exit code after a SIGTERM."""
        if self.runs:
            self._process.terminate()
        try:
            async with asyncio.timeout(30):
                code = await self._process.wait()
        except TimeoutError:
            self._process.kill()
            code = await self._process.wait()
        await self._reading
        return code


@asynccontextmanager
async def running(command: str, settings: Mapping[str, str]) -> AsyncIterator[Server]:
    process = await _start((command,), settings)
    server = Server(process, f"http://127.0.0.1:{settings['HOTLINE_WEB__PORT']}")
    try:
        yield server
    finally:
        await server.stop()


def serving(settings: Mapping[str, str]) -> AbstractAsyncContextManager[Server]:
    return running("serve", settings)
