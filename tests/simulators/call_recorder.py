"""Records what a real Asterisk reports of typical calls: `python -m tests.simulators.call_recorder`.

Writes `tests/data/calls/<name>.json`, each a list of `[kind, at, body]` as the ledger stores them.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from callcenter.calls.wire import KINDS, body_of, fact_of
from callcenter.core.clock import SystemClock
from callcenter.core.ids import LegId
from callcenter.pbx import actions
from callcenter.pbx.config import AmiConfig
from callcenter.pbx.facts import AgentConnected, AgentRingMissed, ChannelEnded, ChannelStarted, LinkUp, PbxFact
from callcenter.pbx.host import AsteriskHost, default_cache, find_or_build
from callcenter.pbx.link import AmiLink, open_link
from callcenter.sample.sipp import Exchange, Telephone, open_agent, open_busy, open_caller, open_citizen
from tests.simulators.asterisk import sample_plan, seat_secret

FOLDER = Path(__file__).parent.parent / "data" / "calls"
TONE = b"\x55" * 1600
CALLER = "13800000000"
SECOND = timedelta(seconds=1)

Scene = Callable[["Stage"], Awaitable[None]]


def recorded(name: str) -> list[PbxFact]:
    """The facts of a recorded stream, in the order in which they came."""
    rows = orjson.loads((FOLDER / f"{name}.json").read_bytes())
    return [fact_of(kind, "pbx", datetime.fromisoformat(at), body) for kind, at, body in rows]


def config_of(host: AsteriskHost, **changed: Any) -> AmiConfig:
    plan = host.plan
    given = {"name": plan.name, "port": plan.ami_port, "username": plan.ami_user, "secret": plan.ami_secret}
    return AmiConfig.model_validate(given | changed)


class Stage:
    """One Asterisk, one link, and the facts heard since the last scene."""

    def __init__(self, host: AsteriskHost, link: AmiLink) -> None:
        self.link = link
        self.host = host
        self.exchange = Exchange(host="127.0.0.1", port=host.plan.sip_port)
        self.heard: list[PbxFact] = []
        self._changed = asyncio.Condition()

    async def hear(self) -> None:
        async for fact in self.link.facts():
            async with self._changed:
                self.heard.append(fact)
                self._changed.notify_all()

    async def until(self, kind: type[PbxFact], times: int = 1) -> None:
        async with asyncio.timeout(40), self._changed:
            await self._changed.wait_for(lambda: sum(isinstance(f, kind) for f in self.heard) >= times)

    async def quiet(self) -> None:
        """All legs that began have ended, and Asterisk has had its last words."""

        def over() -> bool:
            begun = {f.leg for f in self.heard if isinstance(f, ChannelStarted)}
            return bool(begun) and begun <= {f.leg for f in self.heard if isinstance(f, ChannelEnded)}

        async with asyncio.timeout(60), self._changed:
            await self._changed.wait_for(over)
        await self.link.send("Ping")
        await self.host.command("core show channels")

    @asynccontextmanager
    async def agent(self, extension: str, *, penalty: int = 0, **told: Any) -> AsyncIterator[Telephone]:
        secret = seat_secret(extension)
        async with open_agent(self.exchange, extension=extension, secret=secret, speech=TONE, **told) as phone:
            await actions.add_member(self.link, "main", extension, paused=False, penalty=penalty)
            try:
                yield phone
            finally:
                await actions.remove_member(self.link, "main", extension)

    @asynccontextmanager
    async def caller(self, hold: timedelta, dial: str = "12345") -> AsyncIterator[Telephone]:
        async with open_caller(self.exchange, dial=dial, caller=CALLER, speech=TONE, hold=hold) as phone:
            yield phone

    async def hang_up_caller(self) -> None:
        first = next(f for f in self.heard if isinstance(f, ChannelStarted))
        await actions.hang_up(self.link, first.channel)

    async def call_back(self) -> None:
        attempt = str(uuid4())
        await actions.originate(
            self.link,
            channel=f"Local/{attempt}@hl-dial/n",
            context="hl-survey",
            exten="s",
            channel_id=LegId(f"hl-{attempt}"),
            other_channel_id=LegId(f"hl-{attempt}-2"),
            action_id=attempt,
            variables={"__HL_ATTEMPT": attempt, "__HL_NUMBER": CALLER, "HL_SURVEY": "survey"},
            caller_id="12345",
            timeout=timedelta(seconds=20),
        )


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
