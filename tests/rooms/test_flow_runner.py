"""The runner over a real socket: the caller goes on whatever the rest of the house does."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest

from callcenter.core.clock import SystemClock
from callcenter.flows.files import read_flows
from callcenter.flows.prompts import PromptBook
from callcenter.flows.runner import FlowRunner
from callcenter.pbx.agi import AgiConfig, open_agi
from callcenter.pbx.facts import FlowFinished, FlowStepped
from callcenter.resources import IVR
from tests.simulators.agi_peer import OPENING, AgiPeer

PROMPTS = PromptBook(
    {name: timedelta(seconds=5) for name in ("greeting", "survey_greeting", "survey_resolved")}
    | {name: timedelta(seconds=6) for name in ("survey_satisfied", "survey_thanks")}
)
SURVEY = OPENING.replace(b"name=main&dnis=12345", b"name=survey&attempt=a1")


class Sink:
    """Remembers, and fails when told to."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.steps: list[tuple[str, str, str]] = []
        self.ends: list[tuple[Mapping[str, str], Mapping[str, str]]] = []

    async def stepped(self, step: FlowStepped) -> None:
        if self.broken:
            raise RuntimeError("staged")
        assert step.began_at <= step.at
        self.steps.append((step.flow, step.node, step.key))

    async def finished(self, end: FlowFinished) -> None:
        if self.broken:
            raise RuntimeError("staged")
        self.ends.append((dict(end.args), dict(end.answers)))


async def dialogue(sink: Sink, opening: bytes, replies: Mapping[str, list[str]]) -> list[str]:
    """Everything the runner asked, answered by the first word's next reply, else by success."""
    runner = FlowRunner(pbx="p", flows=read_flows(IVR / "flows"), prompts=PROMPTS, sink=sink, clock=SystemClock())
    left = {word: list(texts) for word, texts in replies.items()}
    asked: list[str] = []
    async with open_agi(AgiConfig(port=0), runner) as server, asyncio.timeout(10):
        peer = await AgiPeer.connect(server.port, opening)
        while line := await peer.command():
            asked.append(line)
            queue = left.get(line.split()[0], [])
            peer.writer.write((queue.pop(0) if queue else "200 result=0").encode() + b"\n")
        peer.writer.close()
    return asked


@pytest.mark.parametrize("broken", [False, True], ids=["recorded", "sink-broken"])
async def test_the_main_line_leads_to_its_queue_and_winds_the_switch_before_each_step(broken: bool) -> None:
    sink = Sink(broken=broken)
    asked = await dialogue(sink, OPENING, {})
    assert asked == [
        'SET VARIABLE "TIMEOUT(absolute)" 4.000',
        "ANSWER",
        'SET VARIABLE "TIMEOUT(absolute)" 9.000',
        'STREAM FILE hotline/greeting ""',
        'SET VARIABLE HL_ROUTE "queue:main"',
    ]
    if not broken:
        assert sink.steps == [("main", "greeting", ""), ("main", "agent", "")]


async def test_the_survey_collects_keys_and_hangs_up() -> None:
    sink = Sink()
    one, none = f"200 result={ord('1')} endpos=100", "200 result=0"
    asked = await dialogue(sink, SURVEY, {"STREAM": [none, none, one, none], "WAIT": [f"200 result={ord('2')}"]})
    assert sink.ends == [({"name": "survey", "attempt": "a1"}, {"resolved": "2", "satisfied": "1"})]
    assert asked[-1] == "SET VARIABLE HL_ROUTE hangup"
    assert "STREAM FILE hotline/survey_resolved 12" in asked


async def test_answers_given_before_the_caller_hangs_up_are_told() -> None:
    sink = Sink()
    replies = ["200 result=0", f"200 result={ord('1')}", "200 result=-1"]
    await dialogue(sink, SURVEY, {"STREAM": replies})
    assert sink.ends == [({"name": "survey", "attempt": "a1"}, {"resolved": "1"})]


async def test_a_silent_citizen_is_asked_three_times_and_let_go() -> None:
    sink = Sink()
    asked = await dialogue(sink, SURVEY, {})
    assert sum("survey_resolved" in line for line in asked) == 3
    assert sink.ends == [({"name": "survey", "attempt": "a1"}, {})]


async def test_an_unknown_flow_gives_the_caller_back_to_the_dialplan() -> None:
    sink = Sink()
    assert await dialogue(sink, OPENING.replace(b"name=main", b"name=nope"), {}) == []
    assert sink.ends == []
