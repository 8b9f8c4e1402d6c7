"""The moves of a live call on Asterisk. Each returns when the ledger has heard that it has happened."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from callcenter.calls.events import CallEvent
from callcenter.calls.state import CallState
from callcenter.core.bus import Bus
from callcenter.core.ids import CallId, LegId
from callcenter.pbx.errors import OutcomeUnknown
from callcenter.pbx.facts import BridgeEntered, ChannelEnded, DialplanMarked
from callcenter.transfers.live_errors import NobodyTalks, NoLiveCall
from callcenter.transfers.live_parties import Parties, parties
from callcenter.transfers.live_ports import LiveLedger, Telephony

CITIZEN: Final = "hl-room-citizen"
AGENT: Final = "hl-room-agent"
HOLD: Final = "hl-hold"
TRANSFER: Final = "hl-transfer"
QUEUE: Final = "hl-queue"


class Floor:
    """Knows nothing of who may do what. `muted` are agents' legs, by call."""

    def __init__(self, telephony: Telephony, ledger: LiveLedger, bus: Bus, confirm_within: timedelta) -> None:
        self.telephony = telephony
        self.ledger = ledger
        self._bus = bus
        self._confirm_within = confirm_within
        self.muted: defaultdict[CallId, set[LegId]] = defaultdict(set)

    def state(self, call: CallId) -> CallState:
        """Raises NoLiveCall."""
        state = self.ledger.open_call(call)
        if state is None:
            raise NoLiveCall
        return state

    def parties(self, call: CallId, extension: str = "") -> Parties:
        """Raises NoLiveCall when the citizen is gone."""
        found = parties(self.state(call), extension)
        if found is None:
            raise NoLiveCall
        return found

    async def open_room(self, call: CallId, extension: str = "") -> Parties:
        """Citizen and agent are in the call's room, as they are already or by one step out of what joins them."""
        now = self.parties(call, extension)
        agent = now.agent
        if agent is None:
            raise NobodyTalks
        if now.joined:
            return now
        await self._confirmed(
            call,
            extension,
            "Redirect",
            lambda: self.telephony.redirect(
                now.citizen.channel,
                CITIZEN,
                now.room,
                extra=None if now.agent_in_room else (agent.channel, AGENT, now.room),
            ),
            lambda seen: seen.joined,
        )
        return self.parties(call, extension)

    async def hold(self, call: CallId, extension: str = "") -> bool:
        """Whether it was this that put the citizen on hold; the agent waits in the room."""
        now = self.parties(call, extension)
        agent = now.agent
        if agent is None:
            raise NobodyTalks
        if now.held:
            return False
        await self._confirmed(
            call,
            extension,
            "Redirect",
            lambda: self.telephony.redirect(
                now.citizen.channel,
                HOLD,
                now.room,
                extra=None if now.agent_in_room else (agent.channel, AGENT, now.room),
            ),
            lambda seen: seen.held and seen.agent_in_room,
        )
        return True

    async def take_back(self, call: CallId) -> bool:
        """From hold into the room. False when the citizen is not on hold."""
        now = self.parties(call)
        if not now.held:
            return False
        await self._confirmed(
            call,
            "",
            "Redirect",
            lambda: self.telephony.redirect(now.citizen.channel, CITIZEN, now.room),
            lambda seen: not seen.held and seen.citizen.party == "citizen" and seen.citizen.bridge is not None,
        )
        return True

    async def mute(self, call: CallId, extension: str, on: bool) -> bool:
        """Whether anything has changed. The agent's own voice; what is said to him goes on."""
        if on == self.is_muted(call, extension):
            return False
        now = await self.open_room(call, extension) if on else self.parties(call, extension)
        if now.agent is None:
            raise NobodyTalks
        await self.telephony.mute(now.room, now.agent.channel, on)
        (self.muted[call].add if on else self.muted[call].discard)(now.agent.id)
        return True

    def is_muted(self, call: CallId, extension: str = "") -> bool:
        agent = self.parties(call, extension).agent
        return agent is not None and agent.id in self.muted.get(call, ())

    async def release(self, call: CallId, channel: str, extension: str) -> None:
        """The agent's leg ends; the others stay."""
        await self._confirmed(
            call, extension, "Hangup", lambda: self.telephony.hang_up(channel), lambda seen: seen.agent is None
        )

    async def send_away(self, call: CallId, channel: str, context: str, exten: str, *, extension: str) -> None:
        """The citizen's leg goes on there. An agent who was in the room with him is let go."""
        before = self.parties(call, extension)
        await self.telephony.redirect(channel, context, exten)
        if before.agent is not None and before.agent_in_room:
            await self.telephony.hang_up(before.agent.channel)

    async def _confirmed(
        self,
        call: CallId,
        extension: str,
        action: str,
        send: Callable[[], Awaitable[None]],
        holds: Callable[[Parties], bool],
    ) -> None:
        """An answer that is lost is no matter while the facts show that it has happened. Raises OutcomeUnknown when
        they do not in time, NoLiveCall when the call has ended."""
        with self._bus.subscribe(CallEvent, DialplanMarked, BridgeEntered, ChannelEnded) as heard:
            try:
                async with asyncio.timeout(self._confirm_within.total_seconds()):
                    try:
                        await send()
                    except OutcomeUnknown:
                        if not self.telephony.connected:
                            raise
                    if holds(self.parties(call, extension)):
                        return
                    async for _ in heard:
                        if holds(self.parties(call, extension)):
                            return
            except TimeoutError:
                raise OutcomeUnknown(action) from None
