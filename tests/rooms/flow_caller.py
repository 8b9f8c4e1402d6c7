"""A scripted caller of the flow runner: what Asterisk would answer, and everything that was asked."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from callcenter.core.clock import SystemClock
from callcenter.flows.book import FlowBook
from callcenter.flows.files import read_prompts
from callcenter.flows.model import Flow
from callcenter.flows.ports import Outside
from callcenter.flows.prompts import PromptBook
from callcenter.flows.runner import FlowRunner
from callcenter.pbx.agi import AgiConfig, open_agi
from callcenter.pbx.facts import FlowFinished, FlowStepped
from callcenter.resources import IVR
from tests.simulators.agi_peer import OPENING, AgiPeer

PROMPTS = PromptBook(
    dict.fromkeys(read_prompts(IVR / "prompts" / "prompts.yaml"), timedelta(seconds=5)),
    {"beep": "beep-0123456789ab"},
)
NOTHING = "200 result=0"
GONE = "200 result=-1"


def pressed(key: str) -> str:
    return f"200 result={ord(key)} endpos=100"


class Sink:
    """Remembers, and fails when told to."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.steps: list[tuple[str, str, str]] = []
        self.versions: set[str] = set()
        self.ends: list[tuple[Mapping[str, str], Mapping[str, str]]] = []

    async def stepped(self, step: FlowStepped) -> None:
        if self.broken:
            raise RuntimeError("staged")
        assert step.began_at <= step.at
        self.steps.append((step.flow, step.node, step.key))
        self.versions.add(dict(step.args)["version"])

    async def finished(self, end: FlowFinished) -> None:
        if self.broken:
            raise RuntimeError("staged")
        self.ends.append((dict(end.args), dict(end.answers)))


def flow_of(nodes: dict[str, Any], name: str = "main") -> Flow:
    title = {"zh": "流程", "en": "Flow"}
    return Flow.model_validate({"flow": name, "version": 1, "title": title, "start": "a", "nodes": nodes})


def opening(**args: str) -> bytes:
    """As the dialplan calls: the flow's name, the number dialled, the queue of that number."""
    query = "&".join(f"{name}={value}" for name, value in args.items())
    return OPENING.replace(b"name=main&dnis=12345", query.encode())


async def dialogue(
    sink: Sink,
    flows: Iterable[Flow],
    replies: Mapping[str, list[str]],
    *,
    opened: bytes = OPENING,
    outside: Outside | None = None,
) -> list[str]:
    """Everything the runner asked, answered by the first word's next reply, else by success."""
    book = FlowBook.of(flows, PROMPTS)
    runner = FlowRunner(pbx="p", book=book, outside=outside or Outside(), sink=sink, clock=SystemClock())
    left = {word: list(texts) for word, texts in replies.items()}
    asked: list[str] = []
    async with open_agi(AgiConfig(port=0), runner) as server, asyncio.timeout(20):
        peer = await AgiPeer.connect(server.port, opened)
        while line := await peer.command():
            asked.append(line)
            queue = left.get(line.split()[0], [])
            peer.writer.write((queue.pop(0) if queue else NOTHING).encode() + b"\n")
        peer.writer.close()
    return asked
