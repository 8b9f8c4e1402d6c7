"""How Asterisk places an agent's call: the agent's telephone first, then the citizen (`[hl-out]`)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from callcenter.calls.identity import OURS
from callcenter.core.ids import LegId
from callcenter.pbx import actions
from callcenter.pbx.link import AmiLink

CONTEXT = "hl-out"


def leg_of(outbound: UUID) -> LegId:
    """The agent's leg."""
    return LegId(f"{OURS}{outbound}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """`number` is digits only; never logged."""

    outbound: UUID
    extension: str
    number: str
    group: str
    caller_id: str
    agent_ring: timedelta
    citizen_ring: timedelta


class Telephony(Protocol):
    """`place` raises LinkDown, ActionRefused (nothing happened) or OutcomeUnknown."""

    @property
    def pbx(self) -> str: ...

    @property
    def connected(self) -> bool: ...

    async def place(self, placing: Placing) -> None: ...


def outbound_of(leg: str) -> UUID | None:
    """Of `leg_of`; None for what is none of ours."""
    try:
        return UUID(leg.removeprefix(OURS)) if leg.startswith(OURS) else None
    except ValueError:
        return None


class AmiTelephony:
    def __init__(self, link: AmiLink) -> None:
        self._link = link

    @property
    def pbx(self) -> str:
        return self._link.pbx

    @property
    def connected(self) -> bool:
        return self._link.connected

    async def place(self, placing: Placing) -> None:
        ring = int(placing.citizen_ring.total_seconds())
        await actions.originate(
            self._link,
            channel=f"PJSIP/{placing.extension}",
            context=CONTEXT,
            exten=str(placing.outbound),
            channel_id=leg_of(placing.outbound),
            action_id=leg_of(placing.outbound),
            variables={
                "HL_PLAN": f"{placing.number}|{placing.group}|{ring}|||||",
                "HL_CID": placing.caller_id,
            },
            caller_id=placing.caller_id,
            timeout=placing.agent_ring,
        )
