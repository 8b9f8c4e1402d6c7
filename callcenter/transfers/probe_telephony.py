"""What test calls and drills need of a PBX, and how Asterisk gives it."""

from datetime import timedelta
from typing import Final, NewType, Protocol
from uuid import UUID

from callcenter.core.ids import LegId
from callcenter.pbx import actions
from callcenter.pbx.link import AmiLink

ProbeId = NewType("ProbeId", UUID)

DRILL_NOTICE: Final = "hotline/drill_notice"
"""What the test target of a drill hears first: that nothing has happened."""


def leg_of(probe: ProbeId) -> LegId:
    """The listening half of the Local channel; `-2` behind it is the half that dials."""
    return LegId(f"hl-{probe}")


class ProbeTelephony(Protocol):
    """All raise LinkDown (nothing happened), ActionRefused (nothing happened) or OutcomeUnknown."""

    @property
    def pbx(self) -> str: ...

    @property
    def connected(self) -> bool: ...

    async def test(self, probe: ProbeId, number: str, caller_id: str, within: timedelta) -> None:
        """Rings a hotline number of ours like a citizen; HotlineTest marks tell what was reached."""
        ...

    async def drill(
        self, probe: ProbeId, target: str, group: str, caller_id: str, ring: timedelta, within: timedelta
    ) -> None:
        """Dials the test target by the way of a real transfer; HotlineReach marks tell how it went."""
        ...

    async def hang_up(self, probe: ProbeId) -> None:
        """Ends what is left of it; nothing left is no error."""
        ...


class AsteriskProbes:
    def __init__(self, link: AmiLink) -> None:
        self._link = link

    @property
    def pbx(self) -> str:
        return self._link.pbx

    @property
    def connected(self) -> bool:
        return self._link.connected

    async def test(self, probe: ProbeId, number: str, caller_id: str, within: timedelta) -> None:
        await self._originate(
            probe,
            channel=f"Local/{number}@hl-test/n",
            context="hl-listen",
            exten=str(probe),
            variables={"__HL_TEST": str(probe)},
            caller_id=caller_id,
            within=within,
        )

    async def drill(
        self, probe: ProbeId, target: str, group: str, caller_id: str, ring: timedelta, within: timedelta
    ) -> None:
        plan = f"{target}|{group}|{int(ring.total_seconds())}||||{DRILL_NOTICE}|"
        room = f"drill-{probe}"
        await self._originate(
            probe,
            channel=f"Local/{probe}@hl-reach/n",
            context="hl-room-guest",
            exten=room,
            variables={"__HL_PLAN": plan, "__HL_ROOM": room, "HL_TRANSFER": str(probe), "__HL_CID": caller_id},
            caller_id=caller_id,
            within=within,
        )

    async def hang_up(self, probe: ProbeId) -> None:
        reply = await self._link.send("CoreShowChannels")
        legs = {leg_of(probe), LegId(f"{leg_of(probe)}-2")}
        for event in reply.events:
            if event.get("Uniqueid", "") in legs:
                await actions.hang_up(self._link, event["Channel"])

    async def _originate(
        self,
        probe: ProbeId,
        *,
        channel: str,
        context: str,
        exten: str,
        variables: dict[str, str],
        caller_id: str,
        within: timedelta,
    ) -> None:
        leg = leg_of(probe)
        await actions.originate(
            self._link,
            channel=channel,
            context=context,
            exten=exten,
            channel_id=leg,
            other_channel_id=LegId(f"{leg}-2"),
            action_id=str(probe),
            variables=variables,
            caller_id=caller_id,
            timeout=within,
        )
