"""How Asterisk rings back the citizen of a kept place: claimed once in AstDB like every call-back (D8), then led like a
caller of the hotline, so that a dead server leaves nobody in silence."""

from typing import Final

from callcenter.core.ids import AttemptId, LegId
from callcenter.numbers.rules import Allowed
from callcenter.pbx import actions
from callcenter.pbx.link import AmiLink
from callcenter.waiting.ports import RingBack

PRIORITY: Final = 5
"""Before all who wait, behind emergencies only."""


def leg_of(attempt: AttemptId) -> LegId:
    """The citizen's half of the Local channel, which waits in the queue; `-2` behind it is the half that dials."""
    return LegId(f"hl-{attempt}")


class AmiRingBacks:
    def __init__(self, link: AmiLink, public_number: str) -> None:
        self._link = link
        self._public_number = public_number

    @property
    def pbx(self) -> str:
        return self._link.pbx

    @property
    def connected(self) -> bool:
        return self._link.connected

    async def ring_back(self, attempt: AttemptId, to: Allowed, call: RingBack) -> None:
        leg = leg_of(attempt)
        await actions.originate(
            self._link,
            channel=f"Local/{attempt}@hl-dial/n",
            context="hl-welcome",
            exten=call.dialled or self._public_number,
            channel_id=leg,
            other_channel_id=LegId(f"{leg}-2"),
            action_id=str(attempt),
            variables={
                "__HL_ATTEMPT": str(attempt),
                "__HL_NUMBER": to.number,
                "__HL_GROUP": to.group,
                "__HL_CID": to.caller_id,
                "HL_FLOW": call.flow,
                "HL_HOME": call.queue,
                "HL_PRIO": str(PRIORITY),
            },
            caller_id=call.caller,
            timeout=call.ring,
        )
