"""The server and the transcriber as processes of their own, ended by their process ids."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from callcenter.core.errors import Misconfigured
from callcenter.resources import ROOT

STOP: Final = timedelta(seconds=20)


class Child:
    """One running `callcenter` command; its output goes to `log`."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ended(self) -> Misconfigured:
        """Waits for an end that nobody asked for, and explains it."""
        code = await self._process.wait()
        last = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        said = last[-1][:400] if last else "no output"
        return Misconfigured(cause=f"{self.name} ended with exit code {code}: {said}", remedy=f"read {self.log}")

    def signal(self, number: signal.Signals) -> None:
        """Nothing when it has ended."""
        if self._process.returncode is None:
            self._process.send_signal(number)

    async def stop(self) -> None:
        if self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP.total_seconds()):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def open_child(name: str, settings: Mapping[str, str], logs: Path) -> AsyncIterator[Child]:
    """Runs `callcenter <name>` with the settings as environment, its output in the folder `logs`, apart from this
    terminal's Ctrl-C; it is told to end should this process vanish."""
    log = logs / f"{name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *("setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "callcenter", name),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **settings, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
    child = Child(name, process, log)
    try:
        yield child
    finally:
        await child.stop()
