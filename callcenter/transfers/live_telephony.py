"""The live calls' `Telephony` over the AMI link."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

from callcenter.core.ids import LegId
from callcenter.pbx import actions
from callcenter.pbx.errors import ActionRefused
from callcenter.pbx.link import AmiLink
from callcenter.pbx.snapshot import ChannelSeen, channel_seen
from callcenter.transfers.attempts import TransferId

_GONE: Final = "No such channel"


class AmiCalls:
    def __init__(self, link: AmiLink) -> None:
        self._link = link

    @property
    def pbx(self) -> str:
        return self._link.pbx

    @property
    def connected(self) -> bool:
        return self._link.connected

    async def redirect(
        self, channel: str, context: str, exten: str, *, extra: tuple[str, str, str] | None = None
    ) -> None:
        await actions.redirect(self._link, channel, context, exten, extra=extra)

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        await actions.set_variable(self._link, channel, name, value)

    async def mute(self, room: LegId, channel: str, on: bool) -> None:
        await actions.mute(self._link, room, channel, on)

    async def hang_up(self, channel: str) -> None:
        try:
            await actions.hang_up(self._link, channel)
        except ActionRefused as refused:
            if refused.message != _GONE:
                raise

    async def reach(self, transfer: TransferId, room: LegId, plan: str, *, caller_id: str, timeout: timedelta) -> None:
        leg = LegId(f"hl-{transfer}")
        await actions.originate(
            self._link,
            channel=f"Local/{transfer}@hl-reach/n",
            context="hl-room-guest",
            exten=room,
            channel_id=leg,
            other_channel_id=LegId(f"{leg}-2"),
            action_id=str(transfer),
            variables={"__HL_PLAN": plan, "__HL_ROOM": room, "HL_TRANSFER": str(transfer)},
            caller_id=caller_id,
            timeout=timeout,
        )

    async def standing(self) -> Mapping[LegId, ChannelSeen]:
        reply = await self._link.send("CoreShowChannels")
        seen = (channel_seen(event) for event in reply.events if event.get("Event") == "CoreShowChannel")
        return {channel.leg: channel for channel in seen}

    async def muted(self, room: LegId) -> frozenset[str]:
        with suppress(ActionRefused):  # there is no such room
            reply = await self._link.send("ConfbridgeList", {"Conference": room})
            return frozenset(event["Channel"] for event in reply.events if event.get("Muted") == "Yes")
        return frozenset()
