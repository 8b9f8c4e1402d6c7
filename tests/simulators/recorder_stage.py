"""The stage of the recorded calls: one Asterisk, one link, telephones, and what the house would do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from callcenter.calls.facts import LegExpected, OutboundBegan
from callcenter.core.clock import SystemClock
from callcenter.core.ids import LegId
from callcenter.pbx import actions
from callcenter.pbx.facts import (
    BridgeEntered,
    ChannelEnded,
    ChannelStarted,
    ChannelStateChanged,
    DialplanMarked,
    PbxFact,
)
from callcenter.pbx.host import AsteriskHost
from callcenter.pbx.link import AmiLink
from callcenter.sample.sipp import Exchange, Telephone, open_agent, open_caller
from tests.simulators.asterisk import seat_secret

TONE = b"\x55" * 1600
CALLER = "13800000000"
OTHER_HOTLINE = "110"
SECOND = timedelta(seconds=1)
MOMENT = 1.1 * SECOND


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
    async def agent(
        self, extension: str, *, penalty: int = 0, joins: bool = True, **told: Any
    ) -> AsyncIterator[Telephone]:
        """`joins`: a member of `main`."""
        secret = seat_secret(extension)
        async with open_agent(self.exchange, extension=extension, secret=secret, speech=TONE, **told) as phone:
            if joins:
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
        await actions.hang_up(self.link, self.first.channel)

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

    @property
    def first(self) -> ChannelStarted:
        """The leg that began the call."""
        return next(f for f in self.heard if isinstance(f, ChannelStarted))

    def seat(self, extension: str) -> ChannelStarted:
        """The seat's newest channel."""
        name = f"PJSIP/{extension}-"
        return next(f for f in reversed(self.heard) if isinstance(f, ChannelStarted) and f.channel.startswith(name))

    async def heard_that(self, true: Callable[[PbxFact], bool], times: int = 1) -> None:
        """And a moment more: what people do one after the other, they do not do in the same instant."""
        async with asyncio.timeout(40), self._changed:
            await self._changed.wait_for(lambda: sum(true(f) for f in self.heard) >= times)
        await asyncio.sleep(MOMENT.total_seconds())

    async def marked(self, mark: str, *, times: int = 1, **fields: str) -> None:
        """The dialplan has said so, with these fields among others."""

        def true(fact: PbxFact) -> bool:
            return (
                isinstance(fact, DialplanMarked) and fact.mark == mark and fields.items() <= dict(fact.fields).items()
            )

        await self.heard_that(true, times)

    async def bridged(self, leg: LegId, times: int = 1) -> None:
        await self.heard_that(lambda f: isinstance(f, BridgeEntered) and f.leg == leg, times)

    async def gone(self, leg: LegId) -> None:
        await self.heard_that(lambda f: isinstance(f, ChannelEnded) and f.leg == leg)

    async def ringing(self, times: int) -> None:
        """So many telephones have rung in this call."""
        await self.heard_that(lambda f: isinstance(f, ChannelStateChanged) and f.state == "Ringing", times)

    async def move(self, context: str, exten: str) -> None:
        """The citizen's leg."""
        await actions.redirect(self.link, self.first.channel, context, exten)

    async def open_room(self, extension: str) -> None:
        """Citizen and agent leave the queue's bridge for a room."""
        room = self.first.leg
        agent = self.seat(extension)
        extra = (agent.channel, "hl-room-agent", room)
        await actions.redirect(self.link, self.first.channel, "hl-room-citizen", room, extra=extra)
        await self.bridged(room, 2)
        await self.bridged(agent.leg, 2)

    async def fetch(self, plan: str, *, purpose: str = "guest") -> str:
        """Somebody for the room; gives the transfer's id."""
        transfer = str(uuid4())
        self.expect(LegId(f"hl-{transfer}"), purpose)
        await actions.originate(
            self.link,
            channel=f"Local/{transfer}@hl-reach/n",
            context="hl-room-guest",
            exten=self.first.leg,
            channel_id=LegId(f"hl-{transfer}"),
            other_channel_id=LegId(f"hl-{transfer}-2"),
            action_id=transfer,
            variables={"__HL_PLAN": plan, "__HL_ROOM": self.first.leg, "HL_TRANSFER": transfer},
            caller_id="12345",
            timeout=timedelta(seconds=60),
        )
        return transfer

    async def call_seat(self, extension: str, context: str, exten: str, purpose: str, **variables: str) -> LegId:
        """A seat's telephone rings for the call, at the house's word; gives its leg."""
        leg = LegId(f"hl-{uuid4()}")
        self.expect(leg, purpose)
        await self._originate_seat(extension, context, exten, leg, variables)
        return leg

    async def call_out(self, extension: str, number: str) -> None:
        leg = LegId(f"hl-{uuid4()}")
        at = SystemClock().now()
        pbx = self.host.plan.name
        self.heard.append(OutboundBegan(at=at, pbx=pbx, leg=leg, purpose="contact", number=number, related=None))
        await self._originate_seat(extension, "hl-out", leg[3:], leg, {"HL_PLAN": f"{number}|public|20"})

    async def blind(self, plan: str) -> str:
        """The citizen goes on to another hotline, the agent is let go; gives the transfer's id."""
        transfer = str(uuid4())
        await actions.set_variable(self.link, self.first.channel, "HL_PLAN", plan)
        await self.move("hl-transfer", transfer)
        return transfer

    async def offer_seat(self, extension: str, *, ring: str = "12") -> None:
        """The waiting citizen's call rings at one seat."""
        for name, value in {"HL_HOME": "main", "HL_SEAT_RING": ring}.items():
            await actions.set_variable(self.link, self.first.channel, name, value)
        await self.move("hl-seat", extension)

    def expect(self, leg: LegId, purpose: str) -> None:
        at, pbx = SystemClock().now(), self.host.plan.name
        self.heard.append(LegExpected(at=at, pbx=pbx, leg=self.first.leg, expected=leg, purpose=purpose))

    async def _originate_seat(
        self, extension: str, context: str, exten: str, leg: LegId, variables: dict[str, str]
    ) -> None:
        await actions.originate(
            self.link,
            channel=f"PJSIP/{extension}",
            context=context,
            exten=exten,
            channel_id=leg,
            action_id=str(leg),
            variables=variables,
            caller_id="12345",
            timeout=timedelta(seconds=30),
        )
