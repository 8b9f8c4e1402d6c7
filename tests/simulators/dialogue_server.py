"""The dialogue server as a process of its own, so that a test can kill it or stop its clock.

`python -m tests.simulators.dialogue_server PORT CACHE SOUNDS`; one JSON line on standard output per thing told.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from callcenter.core.clock import SystemClock
from callcenter.flows.book import FlowBook
from callcenter.flows.files import read_flows, read_prompts
from callcenter.flows.ports import Outside
from callcenter.flows.prompts import install_prompts
from callcenter.flows.runner import FlowRunner
from callcenter.pbx.agi import AgiConfig, open_agi
from callcenter.pbx.facts import FlowFinished, FlowStepped
from callcenter.resources import IVR, ROOT


class PrintedSink:
    """Tells everything on standard output."""

    async def stepped(self, step: FlowStepped) -> None:
        tell(kind="step", flow=step.flow, node=step.node, key=step.key, args=dict(step.args))

    async def finished(self, end: FlowFinished) -> None:
        tell(kind="end", flow=end.flow, answers=dict(end.answers), args=dict(end.args))


def tell(**what: Any) -> None:
    print(json.dumps(what), flush=True)


async def main(port: int, cache: Path, sounds: Path) -> None:
    prompts = install_prompts(read_prompts(IVR / "prompts" / "prompts.yaml"), cache=cache, sounds=sounds)
    book = FlowBook.of(read_flows(IVR / "flows").values(), prompts)
    runner = FlowRunner(pbx="test", book=book, outside=Outside(), sink=PrintedSink(), clock=SystemClock())
    async with open_agi(AgiConfig(port=port), runner):
        tell(kind="ready")
        await asyncio.Event().wait()


class DialogueServer:
    """The process, and what it has told so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.told: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()

    async def follow(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            async with self._changed:
                self.told.append(json.loads(line))
                self._changed.notify_all()

    async def until(self, within: timedelta = timedelta(seconds=30), **wanted: Any) -> dict[str, Any]:
        """The first thing told that has all these values. Raises TimeoutError."""

        def found() -> dict[str, Any] | None:
            return next((t for t in self.told if all(t.get(k) == v for k, v in wanted.items())), None)

        async with asyncio.timeout(within.total_seconds()), self._changed:
            await self._changed.wait_for(lambda: found() is not None)
            return found() or {}


@asynccontextmanager
async def open_dialogue_server(port: int, *, cache: Path, sounds: Path) -> AsyncIterator[DialogueServer]:
    """Ready to answer; killed on leaving, whatever state it is in."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.simulators.dialogue_server", str(port), str(cache), str(sounds)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    server = DialogueServer(process)
    following = asyncio.create_task(server.follow())
    try:
        await server.until(kind="ready")
        yield server
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await following


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
