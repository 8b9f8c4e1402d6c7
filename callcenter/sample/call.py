"""The sample call: a citizen rings, an agent answers, an order is made and handled, the citizen is rung back.

Everything goes through what real users have: SIP and RTP, the desk's WebSocket, the HTTP API.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from callcenter.core.clock import SystemClock
from callcenter.core.errors import DomainError
from callcenter.core.tasks import ended_with
from callcenter.sample.desk import Desk
from callcenter.sample.progress import Detail
from callcenter.sample.rtp import RATE
from callcenter.sample.sipp import Exchange, Telephone, open_agent, open_caller, open_citizen
from callcenter.sample.timeline import Timeline

AGENT: Final = "8001"
PATIENCE: Final = timedelta(seconds=60)
LOOK_EVERY: Final = 0.2

Say = Callable[[str], None]
Notices = asyncio.Queue[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the sample call plays. `passwords` by username; speech is 8 kHz A-law."""

    base: str
    exchange: Exchange
    citizens_port: int
    passwords: dict[str, str]
    agent_secret: str
    caller_speech: bytes
    agent_speech: bytes
    media: Path
    citizen: str = field(default_factory=lambda: f"1390000{secrets.randbelow(10_000):04}")
    """An invented number, another one at each start: who rings again is led to the agent of last time."""


class SampleCall:
    """Plays once; `timeline` tells how far it came."""

    def __init__(self, stage: Stage, say: Say) -> None:
        self._stage = stage
        self._say = say
        self._clock = SystemClock()
        self.timeline = Timeline()

    async def play(self) -> Timeline:
        """Never raises for a step that did not happen: the timeline names it."""
        try:
            async with AsyncExitStack() as stack:
                self._agent = await self._desk(stack, "hw01")
                self._dispatcher = await self._desk(stack, "pd01")
                self._unit = await self._desk(stack, "cb01")
                self._reviewer = await self._desk(stack, "sh01")
                call = await self._ring_and_talk()
                await self._read_call(call)
                await self._recording(call)
                order = await self._enter_order(call)
                async with open_citizen(
                    self._stage.exchange, port=self._stage.citizens_port, speech=self._stage.caller_speech
                ) as citizen:
                    await self._handle_order(order)
                    await self._called_back(citizen, order)
                await self._transcript(call)
        except (DomainError, TimeoutError) as error:
            self.timeline.failure = str(error) or "a step did not happen in time"
        return self.timeline

    async def _desk(self, stack: AsyncExitStack, username: str) -> Desk:
        return await stack.enter_async_context(Desk(self._stage.base, username, self._stage.passwords[username]))

    def _now(self, step: str, detail: str = "") -> None:
        self.timeline.happened(step, self._clock.now(), detail)

    async def _ring_and_talk(self) -> str:
        """The call's id, when it is over."""
        stage = self._stage
        self._say("坐席登录并就绪")
        speech_length = timedelta(seconds=len(stage.caller_speech) / RATE)
        phone = open_agent(stage.exchange, extension=AGENT, secret=stage.agent_secret, speech=stage.agent_speech)
        async with phone as telephone, self._agent.notices() as notices:
            await self._agent.post("/api/desk/presence", {"presence": "ready"})
            self._say("市民来电")
            caller = open_caller(
                stage.exchange,
                dial="12345",
                caller=stage.citizen,
                speech=stage.caller_speech,
                hold=speech_length + timedelta(seconds=12),
            )
            async with caller as citizen:
                call = await self._popped(notices)
                await telephone.until("answered", PATIENCE)
                self._say("通话中")
                await citizen.voice.hears_speech(PATIENCE)
                await citizen.ended(speech_length + PATIENCE)
            await self._shown(notices, lambda state: state["presence"] == "after_call")
            await self._agent.post("/api/desk/presence", {"presence": "ready"})
        return call

    async def _popped(self, notices: Notices) -> str:
        state = await self._shown(notices, lambda state: (state["offer"] or {"ended_at": ""})["ended_at"] is None)
        card = state["offer"]["card"]
        self._now("screen_pop", f"{card['hotline']} · {card['caller_region'] or '归属地未知'}")
        return str(state["offer"]["call_id"])

    async def _shown(self, notices: Notices, wanted: Callable[[Any], bool]) -> Any:
        """The first state pushed to the agent's desk that is as wanted. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while True:
                state = (await notices.get()).get("state")
                if state and wanted(state):
                    return state

    async def _read_call(self, call: str) -> None:
        """Takes the instants of the call from the ledger, as Asterisk gave them."""

        async def ended() -> Any:
            view = await self._agent.get(f"/api/calls/{call}")
            return view if view["call"]["ended_at"] else None

        view = await self._until(ended)
        self.timeline.facts["call_id"] = call
        names = {"FlowStepped": "greeting_played", "QueueJoined": "queued", "AgentCalled": "agent_rung"}
        names |= {"AgentConnected": "agent_answered"}
        began = view["call"]
        self.timeline.happened(
            "call_arrived", _at(began["started_at"]), f"拨打 {began['dialled']} · {began['hotline']}"
        )
        for fact in view["timeline"]:
            if (step := names.get(fact["kind"])) is not None:
                self.timeline.happened(step, _at(fact["at"]))

    async def _recording(self, call: str) -> None:
        async def sealed() -> Any:
            found = (await self._agent.get(f"/api/calls/{call}/recordings"))["items"]
            return next((one for one in found if one["sealed_at"]), None)

        self._say("等待录音封存")
        one = await self._until(sealed)
        self.timeline.facts["recording"] = {
            "path": str(self._stage.media / f"{_at(one['started_at']):%Y/%m/%d}" / f"{one['id']}.wav"),
            "seconds": one["seconds"],
            "sha256": one["sha256"],
            "channels": one["channels"],
        }
        self.timeline.happened("recording_sealed", _at(one["sealed_at"]), f"{one['seconds']:.1f} 秒，双声道")

    async def _enter_order(self, call: str) -> str:
        self._say("登记工单")
        centre = await self._org("yunyan")
        order = await self._agent.post(
            "/api/orders",
            {
                "title": "高层住宅早晚高峰水压不足",
                "content": "市民反映：五楼以上早晚高峰自来水细得像一根线，热水器打不着火，已持续半年。",
                "request_type": "help",
                "category": "公用事业/供水",
                "address": "栖岚区云堰街道桐影里小区7号楼",
                "caller_name": "李女士",
                "caller_number": self._stage.citizen,
                "call_id": call,
                "centre_id": centre,
                "idempotency_key": f"sample-{call}",
            },
        )
        self._now("order_created", order["number"])
        self.timeline.facts["order_id"] = order["id"]
        return str(order["id"])

    async def _org(self, code: str) -> str:
        orgs = (await self._agent.get("/api/orgs"))["items"]
        return str(next(org["id"] for org in orgs if org["code"] == code))

    async def _handle_order(self, order: str) -> None:
        self._say("派单、接单、联系、提交、审核")
        path = f"/api/orders/{order}"
        unit = await self._org("yunyan-water")
        await self._dispatcher.post(f"{path}/dispatch", {"unit_id": unit, "reason": "二次供水设施维护属市政事务科职责"})
        self._now("order_dispatched", "云堰街道市政事务科")
        await self._unit.post(f"{path}/accept", {})
        self._now("order_accepted")
        await self._unit.post(
            f"{path}/contacts", {"outcome": "reached", "note": "已致电市民，约定当日上门检查加压泵。"}
        )
        self._now("first_contact", "已联系市民")
        visit = {
            "kind": "site_visit",
            "visited_at": self._clock.now().isoformat(),
            "people": ["市政事务科"],
            "place": "桐影里小区7号楼泵房",
            "findings": "加压泵控制器故障，已更换并调试。",
            "root_cause": "facility",
        }
        await self._unit.post(f"{path}/papers", visit)
        told = {"purpose": "result", "channel": "visit", "outcome": "reached", "note": "当面说明维修情况，水压已恢复。"}
        await self._unit.post(f"{path}/contact-log", told)
        reply = "经现场检查，小区加压泵控制器故障，已更换并调试，五楼以上水压恢复正常，已向市民当面说明。"
        await self._unit.post(f"{path}/submit", {"reply": reply, "solvability": "solvable", "result": "resolved"})
        self._now("order_submitted")
        await self._reviewer.post(f"{path}/review", {"approved": True, "opinion": "情况属实，同意办结。"})
        self._now("order_reviewed")

    async def _called_back(self, citizen: Telephone, order: str) -> None:
        """The citizen listens to each question, then presses 1: resolved; 1: satisfied."""
        self._say("等待自动回访")
        await citizen.until("answered", PATIENCE)
        self._now("callback_dialled", "回访接通")

        async def closed() -> Any:
            view = await self._agent.get(f"/api/orders/{order}")
            return view if view["stage"] == "closed" else None

        pressing = asyncio.create_task(press_at_each_pause(citizen))
        try:
            view = await self._until(closed)
        finally:
            await ended_with(pressing)
        survey = next(event for event in view["events"] if event["stage_after"] == "closed")
        self.timeline.facts["survey"] = {"resolved": view["resolved"], "satisfied": view["satisfied"]}
        self.timeline.happened("survey_answered", _at(survey["at"]), "已解决，满意")
        self.timeline.happened("order_closed", _at(view["closed_at"]))

    async def _transcript(self, call: str) -> None:
        async def finished() -> Any:
            found = (await self._agent.get(f"/api/calls/{call}/transcripts"))["items"]
            return next((one for one in found if one["status"] in {"ready", "empty", "failed", "awaiting_model"}), None)

        self._say("等待转写")
        one = await self._until(finished)
        self.timeline.facts["transcript"] = {"status": one["status"], "text": one["text"]}
        if one["status"] == "ready":
            self.timeline.happened("transcript_ready", _at(one["finished_at"]), one["text"][:40])

    async def _until(self, look: Callable[[], Awaitable[Any]]) -> Any:
        """Asks again until the answer is something. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE.total_seconds()):
            async for _ in _moments():
                if found := await look():
                    return found
        raise TimeoutError


async def _moments() -> AsyncIterator[None]:
    while True:
        yield
        await asyncio.sleep(LOOK_EVERY)


async def press_at_each_pause(citizen: Telephone, within: timedelta = PATIENCE) -> None:
    """Both answers are a 1; a key that comes in the middle of a sentence is asked for again. Raises TimeoutError when
    nothing is heard `within`."""
    while True:
        await citizen.voice.hears_speech(within)
        await citizen.voice.hears_pause(within)
        citizen.voice.forget()
        citizen.voice.press("1")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def place_sample_call(stage: Stage, detail: Detail) -> Timeline:
    return await SampleCall(stage, detail.say).play()
