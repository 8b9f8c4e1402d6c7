"""Leads one caller through the flows, over FastAGI, and winds up the dead-man's switch before each step (D2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import uuid4

import structlog

from callcenter.core.clock import Clock
from callcenter.core.ids import LegId
from callcenter.core.phone import parse_number
from callcenter.flows import effects, engine
from callcenter.flows.asking import HEARING, Caller, Inquiry
from callcenter.flows.book import FlowBook, NoSuchFlow
from callcenter.flows.conditions import CallerFacts
from callcenter.flows.dialogue import MARGIN, Dialogue
from callcenter.flows.effects import Done, Entered, Heard, Pressed, Seen, Silence
from callcenter.flows.part import HOME_QUEUE
from callcenter.flows.ports import Outside
from callcenter.pbx.agi import AgiSession
from callcenter.pbx.facts import FlowFinished, FlowStepped

__all__ = ["MOST_STEPS", "FlowRunner", "FlowSink", "NoSuchFlow"]

log = structlog.get_logger(__name__)

MOST_STEPS: Final = 100
"""A caller who presses on and on is led to a person."""
_UNTOLD: Final = (effects.Look, effects.UseLanguage)
"""Nothing was said or heard there: no step of the caller's path."""


class FlowSink(Protocol):
    """Hears the way each caller takes. It may fail: the caller goes on."""

    async def stepped(self, step: FlowStepped) -> None: ...

    async def finished(self, end: FlowFinished) -> None: ...


class FlowRunner:
    """The handler of `open_agi`. `book` may be replaced at any time: a call keeps the one it started with.

    `answers` handed to the sink: node → key pressed or digits entered, of answering nodes. Steps carry the flow's
    version (`model.version_of`) among their `args`.
    """

    def __init__(self, *, pbx: str, book: FlowBook, outside: Outside, sink: FlowSink, clock: Clock) -> None:
        self.pbx = pbx
        self.outside = outside
        self.clock = clock
        self.book = book
        self._sink = sink

    async def __call__(self, session: AgiSession) -> None:
        await _Call(self, session).run(session.request.args.get("name", ""))

    async def tell_step(self, call: "_Call", node: str, key: str, began_at: datetime) -> None:
        flow = call.flow.flow
        try:
            await self._sink.stepped(
                FlowStepped(
                    pbx=self.pbx,
                    leg=call.leg,
                    flow=flow,
                    node=node,
                    key=key,
                    began_at=began_at,
                    at=self.clock.now(),
                    args=(*call.args.items(), ("version", call.book.versions.get(flow, ""))),
                )
            )
        except Exception:
            log.exception("menu_step_not_recorded", leg=call.leg)

    async def tell_end(self, call: "_Call", flow: str) -> None:
        try:
            await self._sink.finished(
                FlowFinished(
                    pbx=self.pbx,
                    leg=call.leg,
                    flow=flow,
                    answers=tuple(call.answers.items()),
                    at=self.clock.now(),
                    args=tuple(call.args.items()),
                )
            )
        except Exception:
            log.exception("menu_end_not_recorded", leg=call.leg)


class _Call:
    """`_taken` holds what was pressed at each node, for look-ups; `answers` what is for others."""

    def __init__(self, runner: FlowRunner, session: AgiSession) -> None:
        request = session.request
        self._runner = runner
        self._session = session
        self.book = runner.book
        self.args: Mapping[str, str] = request.args
        self.leg = LegId(request.uniqueid)
        self.answers: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self._files = 0
        self._language = request.language or "zh"
        self._dialogue = Dialogue(session, self.book)
        self._inquiry = Inquiry(
            runner.outside,
            runner.clock,
            Caller(
                pbx=runner.pbx,
                leg=self.leg,
                number=parse_number(request.caller).key,
                dialled=self.args.get("dnis", ""),
                home=self.args.get("queue", "") or "main",
                waited=_seconds(self.args.get("waited", "")),
            ),
        )

    async def run(self, name: str) -> None:
        """Sets HL_ROUTE for the dialplan; what was answered is told even if the caller hangs up half-way."""
        self.flow = self.book.flow(name)
        await self._session.renew(MARGIN)
        await self._session.answer()
        try:
            await self._session.set_variable("HL_ROUTE", await self._lead())
        finally:
            await self._runner.tell_end(self, name)

    async def _lead(self) -> str:
        step = engine.begin(self.flow)
        for _ in range(MOST_STEPS):
            match step.effect:
                case effects.EnterFlow(name):
                    self.flow = self.book.flow(name)
                    step = engine.begin(self.flow)
                case effects.EndCall():
                    return "hangup"
                case effects.EnterQueue() | effects.EnterTransfer() as leaving:
                    await self._runner.tell_step(self, step.place.node, "", self._runner.clock.now())
                    return await self._leave(leaving)
                case effect:
                    step = await self._pass(step.place, effect)
        log.warning("menu_without_end", leg=self.leg, flow=self.flow.flow)
        return await self._leave(effects.EnterQueue(HOME_QUEUE))

    async def _pass(self, place: engine.Place, effect: effects.Exchange) -> engine.Step:
        began_at = self._runner.clock.now()
        heard = await self._exchange(place, effect)
        following = engine.step(self.flow, place, heard)
        if following.taken is not None:
            self._taken[place.node] = following.taken
            if following.answer:
                self.answers[place.node] = following.taken
        if not isinstance(effect, _UNTOLD):
            await self._runner.tell_step(self, place.node, _shown(heard), began_at)
        return following

    async def _exchange(self, place: engine.Place, effect: effects.Exchange) -> Heard:
        match effect:
            case effects.Play(prompts):
                return await self._dialogue.play(prompts)
            case effects.Greet(prompt):
                return await self._dialogue.play((self._greeting(prompt),))
            case effects.Ask():
                return await self._dialogue.ask(effect)
            case effects.AskDigits():
                return await self._dialogue.ask_digits(effect)
            case effects.Listen():
                return await self._listen(effect)
            case effects.TakeMessage():
                return await self._take_message(place.node, effect)
            case effects.UseLanguage(language):
                self._language = language
                await self._session.set_variable("CHANNEL(language)", language)
                await self._inquiry.chose(language)
                return effects.Played()
            case effects.Look():
                await self._session.renew(MARGIN * 2)
                return Seen(await self._inquiry.world(effect, self._language))
            case effects.LookUpOrder(number, code):
                await self._session.renew(MARGIN)
                word = await self._inquiry.order(self._taken.get(number, ""), self._taken.get(code, ""))
                return effects.Stands(word)
            case effects.OfferCallback(queue):
                await self._session.renew(MARGIN)
                return Done(await self._inquiry.call_back(queue))

    def _greeting(self, prompt: str) -> str:
        own = self._inquiry.greeting(prompt)
        return own if own in self.book.prompts.lengths else prompt

    async def _listen(self, effect: effects.Listen) -> Heard:
        if not self._inquiry.hears:
            return await self._dialogue.ask(effects.Ask(effect.prompt, effect.keys, effect.wait))
        file = self._file("speech")
        if pressed := await self._dialogue.listen(effect, file):
            await self._inquiry.discard(file)
            return pressed
        await self._session.renew(HEARING + MARGIN)
        keys = {phrase: key for key, phrases in effect.words.items() for phrase in phrases}
        key = keys.get(await self._inquiry.phrase(file, list(keys)))
        return Pressed(key) if key else Silence()

    async def _take_message(self, node: str, effect: effects.TakeMessage) -> Heard:
        file = self._file("message")
        done = await self._dialogue.take_message(effect, file)
        if done.well:
            await self._inquiry.keep(file, self.flow.flow, node)
        else:
            await self._inquiry.discard(file)
        return done

    async def _leave(self, leaving: effects.EnterQueue | effects.EnterTransfer) -> str:
        """The rest is the dialplan's: where the caller belongs if something fails is told first."""
        queue = self._inquiry.queue(leaving.queue)
        if queue != self._inquiry.queue(HOME_QUEUE):
            await self._session.set_variable("HL_HOME", queue)
        match leaving:
            case effects.EnterTransfer(target):
                await self._session.renew(MARGIN)
                plan = await self._inquiry.plan(target, queue)
                if plan is None:
                    log.warning("flow_transfer_without_way", leg=self.leg, flow=self.flow.flow)
                    return f"queue:{queue}"
                await self._session.set_variable("HL_PLAN", plan)
                await self._session.set_variable("HL_TRANSFER", str(uuid4()))
                return "transfer"
            case effects.EnterQueue(_, priority, last_agent):
                await self._session.renew(MARGIN)
                known = await self._inquiry.history() or CallerFacts()
                if priority := known.placed(priority):
                    held = await self._session.evaluate("${HL_PRIO}")  # a place that was earned before is not lost
                    priority = max(priority, int(held)) if held.isdecimal() else priority
                    await self._session.set_variable("HL_PRIO", str(priority))
                return f"seat:{known.seat}" if last_agent and known.seat else f"queue:{queue}"

    def _file(self, what: str) -> str:
        """A name in the monitor folder that no other call and no other try has."""
        self._files += 1
        return f"{what}-{self.leg}-{self._files}"


def _seconds(told: str) -> timedelta:
    return timedelta(seconds=int(told)) if told.isdigit() else timedelta()


def _shown(heard: Heard) -> str:
    """The key for the menu path. Digits collected may be a person's number: they are not shown."""
    match heard:
        case Pressed(key):
            return key
        case Entered(digits):
            return "*" * len(digits)
        case _:
            return ""
