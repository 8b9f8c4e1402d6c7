"""One test call or drill in the air: its facts become its result."""

import asyncio
from datetime import timedelta
from typing import Final

from callcenter.core.events import Event
from callcenter.pbx.facts import ChannelEnded, DialplanMarked, LinkLost, OriginateAnswered
from callcenter.transfers.probe import Reason, Result, reason_of_dial
from callcenter.transfers.probe_telephony import ProbeId, leg_of

HEARS: Final = (DialplanMarked, ChannelEnded, OriginateAnswered, LinkLost)
FAIL_SAFE: Final = "safe"
"""What the dialplan says that a test call reached when the dialogue server did not lead it."""


class ProbeFlight:
    def __init__(self, probe: ProbeId) -> None:
        self.probe = probe
        self._leg = leg_of(probe)
        self._result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._refusal: Reason | None = None

    async def result(self, within: timedelta) -> Result:
        """The first result that the facts give; LATE when there is none in time."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                return await asyncio.shield(self._result)
        except TimeoutError:
            return Result(Reason.LATE)

    def hear(self, event: Event) -> None:
        match event:
            case DialplanMarked(mark="HotlineTest", fields=fields) if dict(fields).get("Id") == str(self.probe):
                reached = dict(fields).get("Reached", "")
                self._over(_tested(reached, event))
            case DialplanMarked(mark="HotlineReach", fields=fields) if dict(fields).get("Transfer") == str(self.probe):
                self._reached(dict(fields).get("Status", ""), event)
            case OriginateAnswered(success=False, action_id=name) if name == str(self.probe):
                self._over(Result(self._refusal or Reason.NOT_REACHED))
            case ChannelEnded(leg=leg) if leg == self._leg:
                self._over(Result(self._refusal or Reason.NOT_REACHED))
            case LinkLost():
                self._over(Result(Reason.LINK_LOST))

    def _reached(self, status: str, event: DialplanMarked) -> None:
        if status == "ANSWER":
            self._over(Result(None, event.at))
        elif status != "RINGING":
            self._refusal = reason_of_dial(status)

    def _over(self, result: Result) -> None:
        if not self._result.done():
            self._result.set_result(result)


def _tested(reached: str, event: DialplanMarked) -> Result:
    if reached == FAIL_SAFE:
        return Result(Reason.FAIL_SAFE, event.at)
    return Result(None, event.at) if reached else Result(Reason.NOT_REACHED)
