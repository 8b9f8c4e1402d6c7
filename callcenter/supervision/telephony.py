"""The supervision room's `Telephony` over the AMI link (contexts hl-spy and hl-room-*, docs/asterisk.md)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from callcenter.core.ids import LegId
from callcenter.pbx import actions
from callcenter.pbx.errors import ActionRefused
from callcenter.pbx.link import AmiLink

_SPY: Final = "hl-spy"
_AGENT: Final = "hl-room-agent"
_CITIZEN: Final = "hl-room-citizen"
_GONE: Final = frozenset({"No such channel"})


class AsteriskTelephony:
    def __init__(self, link: AmiLink, caller_id: str) -> None:
        self._link = link
        self._caller_id = caller_id

    @property
    def pbx(self) -> str:
        return self._link.pbx

    async def listen(self, leg: LegId, extension: str, spied: str, mode: str, ring: timedelta) -> None:
        await self._ring(leg, extension, _SPY, mode, ring, {"HL_SPY": spied})

    async def enter(self, leg: LegId, extension: str, room: LegId, ring: timedelta) -> None:
        await self._ring(leg, extension, _AGENT, room, ring, {})

    async def _ring(
        self, leg: LegId, extension: str, context: str, exten: str, ring: timedelta, variables: Mapping[str, str]
    ) -> None:
        await actions.originate(
            self._link,
            channel=f"PJSIP/{extension}",
            context=context,
            exten=exten,
            channel_id=leg,
            action_id=leg,
            variables=variables,
            caller_id=self._caller_id,
            timeout=ring,
        )

    async def switch(self, leg: LegId, mode: str) -> None:
        await actions.redirect(self._link, leg, _SPY, mode)

    async def move_in(self, leg: LegId, room: LegId) -> None:
        await actions.redirect(self._link, leg, _AGENT, room)

    async def bring(self, citizen: str, room: LegId) -> None:
        await actions.redirect(self._link, citizen, _CITIZEN, room)

    async def put_first(self, queue: str, citizen: str, priority: int) -> None:
        await actions.queue_priority(self._link, queue, citizen, priority, immediate=True)

    async def hang_up(self, channel: str) -> bool:
        try:
            await actions.hang_up(self._link, channel)
        except ActionRefused as refused:
            if refused.message not in _GONE:
                raise
            return False
        return True
