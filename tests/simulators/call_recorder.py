"""Records what a real Asterisk reports of typical calls: `python -m tests.simulators.call_recorder [scene ...]`.

Writes `tests/data/calls/<name>.json`, each a list of `[kind, at, body]` as the ledger stores them.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from callcenter.calls.wire import KINDS, body_of, fact_of
from callcenter.core.clock import SystemClock
from callcenter.pbx import actions
from callcenter.pbx.config import AmiConfig
from callcenter.pbx.facts import AgentConnected, AgentRingMissed, LinkUp, PbxFact
from callcenter.pbx.host import AsteriskHost, default_cache, find_or_build
from callcenter.pbx.link import open_link
from callcenter.sample.sipp import open_busy, open_citizen
from tests.simulators.asterisk import sample_plan
from tests.simulators.recorder_stage import SECOND, TONE, Stage
from tests.simulators.room_scenes import ROOM_SCENES

FOLDER = Path(__file__).parent.parent / "data" / "calls"

Scene = Callable[[Stage], Awaitable[None]]


def recorded(name: str) -> list[PbxFact]:
    """The facts of a recorded stream, in the order in which they came."""
    rows = orjson.loads((FOLDER / f"{name}.json").read_bytes())
    return [fact_of(kind, "pbx", datetime.fromisoformat(at), body) for kind, at, body in rows]


def config_of(host: AsteriskHost, **changed: Any) -> AmiConfig:
    plan = host.plan
    given = {"name": plan.name, "port": plan.ami_port, "username": plan.ami_user, "secret": plan.ami_secret}
    return AmiConfig.model_validate(given | changed)


async def answered(stage: Stage) -> None:
    async with stage.agent("8001"), stage.caller(7 * SECOND) as caller:
        await caller.until("hung_up", 40 * SECOND)
        await stage.quiet()


async def agent_hangs_up(stage: Stage) -> None:
    async with stage.agent("8001", hold=SECOND), stage.caller(60 * SECOND) as caller:
        await caller.until("bye", 40 * SECOND)
        await stage.quiet()


async def abandoned(stage: Stage) -> None:
    async with stage.caller(6 * SECOND) as caller:
        await caller.until("hung_up", 40 * SECOND)
        await stage.quiet()


async def abandoned_ringing(stage: Stage) -> None:
    async with stage.agent("8001", ring=30 * SECOND), stage.caller(8 * SECOND) as caller:
        await caller.until("hung_up", 40 * SECOND)
        await stage.quiet()


async def second_agent_answers(stage: Stage) -> None:
    """The first seat's phone is given up after the queue's time; then it is paused, and the next one rings."""
    async with (
        stage.agent("8001", ring=100 * SECOND),
        stage.agent("8002", penalty=1),
        stage.caller(60 * SECOND) as caller,
    ):
        await stage.until(AgentRingMissed)
        await actions.pause_member(stage.link, "8001", paused=True, reason="missed")
        await stage.until(AgentConnected)
        await stage.hang_up_caller()
        await caller.until("bye", 40 * SECOND)
        await stage.quiet()


async def gone_in_the_greeting(stage: Stage) -> None:
    async with stage.caller(SECOND) as caller:
        await caller.until("hung_up", 40 * SECOND)
        await stage.quiet()


async def called_back(stage: Stage) -> None:
    async with open_citizen(stage.exchange, port=stage.host.plan.trunks[0].port, speech=TONE, hold=2 * SECOND):
        await stage.call_back()
        await stage.quiet()


async def called_back_busy(stage: Stage) -> None:
    async with open_busy(stage.exchange, port=stage.host.plan.trunks[0].port):
        await stage.call_back()
        await stage.quiet()


SCENES: tuple[Scene, ...] = (
    answered,
    agent_hangs_up,
    abandoned,
    abandoned_ringing,
    second_agent_answers,
    gone_in_the_greeting,
    called_back,
    called_back_busy,
    *ROOM_SCENES,
)


async def record(names: list[str]) -> None:
    host = AsteriskHost(find_or_build(default_cache(), print), sample_plan())
    await host.start()
    try:
        for scene in SCENES:
            if names and scene.__name__ not in names:
                continue
            async with open_link(config_of(host), SystemClock()) as link:
                stage = Stage(host, link)
                hearing = asyncio.create_task(stage.hear())
                await stage.until(LinkUp)
                await scene(stage)
                hearing.cancel()
            stage.heard.sort(key=lambda f: f.at)
            rows = [[type(f).__name__, f.at, body_of(f)] for f in stage.heard if type(f).__name__ in KINDS]
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / f"{scene.__name__}.json").write_bytes(
                b"[\n" + b",\n".join(orjson.dumps(row) for row in rows) + b"\n]\n"
            )
            print(scene.__name__, len(rows))
    finally:
        await host.stop()
        host.remove()


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1:]))
