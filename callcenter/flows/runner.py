"""Leads one caller through the flows, over FastAGI, and winds up the dead-man's switch before each step (D2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound
from callcenter.core.ids import LegId
from callcenter.flows import engine
from callcenter.flows.model import HOME_QUEUE, Flow
from callcenter.flows.prompts import PromptBook
from callcenter.pbx.agi import AgiSession
from callcenter.pbx.facts import FlowFinished, FlowStepped

log = structlog.get_logger(__name__)

_MARGIN: Final = timedelta(seconds=4)
"""What a step may take beyond its own prompts and waits before Asterisk takes the caller back."""
_MOST_STEPS: Final = 200
"""A caller who presses on and on is led to a person."""


class NoSuchFlow(NotFound):
    code = "no-such-flow"
    zh = "没有名为{flow}的语音流程"
    en = "There is no call flow named {flow}"


class FlowSink(Protocol):
    """Hears the way each caller takes. It may fail: the caller goes on."""

    async def stepped(self, step: FlowStepped) -> None: ...

    async def finished(self, end: FlowFinished) -> None: ...


class FlowRunner:
    """The handler of `open_agi`. `flows` may be replaced at any time: a call keeps those it started with.

    `answers` handed to the sink: node → key pressed (answering menus) or digits entered.
    """

    def __init__(
        self, *, pbx: str, flows: Mapping[str, Flow], prompts: PromptBook, sink: FlowSink, clock: Clock
    ) -> None:
        self._pbx = pbx
        self._prompts = prompts
        self._sink = sink
        self._clock = clock
        self.flows = flows

    async def __call__(self, session: AgiSession) -> None:
        args = session.request.args
        await _Call(self, session, self.flows, args).run(args.get("name", ""))

    def length(self, prompt: str) -> timedelta:
        return self._prompts.length(prompt)

    def sound(self, prompt: str) -> str:
        return self._prompts.sound(prompt)

    def now(self) -> datetime:
        return self._clock.now()

    async def tell_step(self, call: "_Call", node: str, key: str, began_at: datetime) -> None:
        try:
            await self._sink.stepped(
                FlowStepped(
                    pbx=self._pbx,
                    leg=call.leg,
                    flow=call.flow.flow,
                    node=node,
                    key=key,
                    began_at=began_at,
                    at=self.now(),
                    args=tuple(call.args.items()),
                )
            )
        except Exception:
            log.exception("menu_step_not_recorded", leg=call.leg)

    async def tell_end(self, call: "_Call", flow: str) -> None:
        try:
            await self._sink.finished(
                FlowFinished(
                    pbx=self._pbx,
                    leg=call.leg,
                    flow=flow,
                    answers=tuple(call.answers.items()),
                    at=self.now(),
                    args=tuple(call.args.items()),
                )
            )
        except Exception:
            log.exception("menu_end_not_recorded", leg=call.leg)


class _Call:
    def __init__(
        self, runner: FlowRunner, session: AgiSession, flows: Mapping[str, Flow], args: Mapping[str, str]
    ) -> None:
        self._runner = runner
        self._session = session
        self._flows = flows
        self.args = args
        self.leg = LegId(session.request.uniqueid)
        self.answers: dict[str, str] = {}
        self.flow: Flow

    async def run(self, name: str) -> None:
        """Sets HL_ROUTE for the dialplan; what was answered is told even if the caller hangs up half-way."""
        self._enter(name)
        await self._session.renew(_MARGIN)
        await self._session.answer()
        try:
            await self._session.set_variable("HL_ROUTE", await self._lead())
        finally:
            await self._runner.tell_end(self, name)

    def _enter(self, name: str) -> None:
        if name not in self._flows:
            raise NoSuchFlow(flow=name)
        self.flow = self._flows[name]

    async def _lead(self) -> str:
        step = engine.begin(self.flow)
        for _ in range(_MOST_STEPS):
            match step.effect:
                case engine.EnterQueue(queue):
                    await self._runner.tell_step(self, step.place.node, "", self._runner.now())
                    return f"queue:{self._queue(queue)}"
                case engine.EndCall():
                    return "hangup"
                case engine.EnterFlow(name):
                    self._enter(name)
                    step = engine.begin(self.flow)
                case engine.Play() | engine.Ask() | engine.AskDigits() as effect:
                    step = await self._ask(step.place, effect)
        log.warning("menu_without_end", leg=self.leg, flow=self.flow.flow)
        return f"queue:{self._queue(HOME_QUEUE)}"

    async def _ask(self, place: engine.Place, effect: engine.Play | engine.Ask | engine.AskDigits) -> engine.Step:
        began_at = self._runner.now()
        heard = await self._hear(effect)
        following = engine.step(self.flow, place, heard)
        if following.answer is not None:
            self.answers[place.node] = following.answer
        await self._runner.tell_step(self, place.node, _shown(heard), began_at)
        return following

    async def _hear(self, effect: engine.Play | engine.Ask | engine.AskDigits) -> engine.Heard:
        sound, length = self._runner.sound(effect.prompt), self._runner.length(effect.prompt)
        match effect:
            case engine.Play():
                await self._session.renew(length + _MARGIN)
                await self._session.stream_file(sound, longest=length)
                return engine.Played()
            case engine.Ask(keys=keys, wait=wait):
                await self._session.renew(length + wait + _MARGIN)
                key = await self._session.stream_file(sound, stop_keys=keys, longest=length)
                key = key or await self._session.wait_key(wait)
                return engine.Pressed(key) if key else engine.Silence()
            case engine.AskDigits(most=most, wait=wait):
                await self._session.renew(length + wait * (most + 1) + _MARGIN)
                digits = await self._session.collect(sound, within=wait, digits=most, longest=length)
                return engine.Entered(digits) if digits else engine.Silence()

    def _queue(self, queue: str) -> str:
        return self.args.get("queue", "") or "main" if queue == HOME_QUEUE else queue


def _shown(heard: engine.Heard) -> str:
    """The key for the menu path. Digits collected may be a person's number: they are not shown."""
    match heard:
        case engine.Pressed(key):
            return key
        case engine.Entered(digits):
            return "*" * len(digits)
        case _:
            return ""
