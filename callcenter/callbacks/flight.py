"""One attempt in the air: what Asterisk has told of it so far."""

import asyncio
from datetime import timedelta
from typing import Final

from callcenter.callbacks.store import Claim
from callcenter.callbacks.telephony import leg_of
from callcenter.core.ids import LegId
from callcenter.store.patience import until

ANSWER: Final = "ANSWER"
DIALLING: Final = "dialling"
REPEATED: Final = "repeated"


class Flight:
    """`mark` is the dialplan's word (DIALSTATUS); `over` once nothing more can happen; doubt asks for a
    look-up; `rung` when the citizen's telephone is known to have been dialled, `accepted` when Asterisk took
    the Originate."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.leg = leg_of(claim.attempt)
        self.mark: str | None = None
        self.over = False
        self.rung = False
        self.accepted = False
        self.announced = False
        self.surveyed = asyncio.Event()
        self._news = asyncio.Event()

    @property
    def legs(self) -> tuple[LegId, LegId]:
        return self.leg, LegId(f"{self.leg}-2")

    async def news(self, within: timedelta) -> None:
        """Until something has changed, or nothing was heard for so long."""
        await until(self._news, within)

    def doubt(self) -> None:
        """Facts may have been missed."""
        self._news.set()

    def marked(self, status: str) -> None:
        """HotlineDial. `repeated` says only that the same Originate came twice; the first one goes on."""
        if status == REPEATED:
            return
        self.mark = status
        if status != ANSWER:
            self._end()

    def leg_ended(self, leg: LegId) -> None:
        if self.mark is not None:
            self._end()
        elif leg != self.leg:
            self.doubt()

    def _end(self) -> None:
        self.over = True
        self._news.set()
