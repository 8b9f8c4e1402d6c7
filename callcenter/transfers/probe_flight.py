"""One test call or drill in the air: its facts become its result."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from callcenter.core.events import Event
from callcenter.core.ids import LegId
from callcenter.pbx.facts import ChannelEnded, DialplanMarked, LinkLost, OriginateAnswered
from callcenter.transfers.probe import LINE, Reason, Result, heard, reason_of_dial
from callcenter.transfers.probe_telephony import ProbeId, leg_of

HEARS: Final = (DialplanMarked, ChannelEnded, OriginateAnswered, LinkLost)


class ProbeFlight:
    def __init__(self, probe: ProbeId) -> None:
        self._name = str(probe)
        self._leg = leg_of(probe)
        self._legs = {self._leg, LegId(f"{self._leg}-2")}
        self._result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._refusal = Reason.NOT_REACHED

    async def result(self, within: timedelta) -> Result:
        """The first result that the facts give; LATE when there is none in time."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                return await asyncio.shield(self._result)
        except TimeoutError:
            return Result(Reason.LATE)

    def hear(self, event: Event) -> None:
        match event:
            case DialplanMarked():
                self._marked(event, dict(event.fields))
            case OriginateAnswered(success=False, action_id=self._name):
                self._over(Result(self._refusal))
            case ChannelEnded(leg=self._leg):
                self._over(Result(self._refusal))
            case LinkLost():
                self._over(Result(Reason.LINK_LOST))

    def _marked(self, event: DialplanMarked, told: Mapping[str, str]) -> None:
        """The fail-safe branch speaks, too: what is heard there is no good result."""
        match event.mark:
            case "HotlineTest" if told.get("Id") == self._name:
                if told.get("Reached") == LINE:
                    self._legs.add(event.leg)
                self._over(heard(told.get("Reached", ""), event.at))
            case "HotlineSafe" if event.leg in self._legs:
                self._over(Result(Reason.FAIL_SAFE))
            case "HotlineReach" if told.get("Transfer") == self._name:
                self._reached(told.get("Status", ""), event)

    def _reached(self, status: str, event: DialplanMarked) -> None:
        if status == "ANSWER":
            self._over(Result(None, event.at))
        elif status != "RINGING":
            self._refusal = reason_of_dial(status)

    def _over(self, result: Result | None) -> None:
        if result is not None and not self._result.done():
            self._result.set_result(result)
