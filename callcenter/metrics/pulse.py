"""How late the event loop is: the first sign of a callback that blocks everybody."""

import asyncio
from collections import deque
from datetime import timedelta
from typing import Final

from callcenter.metrics.instruments import Instruments

BEAT: Final = timedelta(milliseconds=250)
WINDOW: Final = timedelta(minutes=1)


class Pulse:
    """`lag` is the longest delay of the last minute, in seconds."""

    def __init__(self, instruments: Instruments) -> None:
        self._delays: deque[float] = deque(maxlen=WINDOW // BEAT)
        self._histogram = instruments.lags
        instruments.lag.set_function(lambda: self.lag)

    @property
    def lag(self) -> float:
        return max(self._delays, default=0.0)

    async def run(self) -> None:
        """For ever: asks to be woken, and measures how late that was."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT.total_seconds()
            await asyncio.sleep(BEAT.total_seconds())
            late = max(loop.time() - due, 0.0)
            self._delays.append(late)
            self._histogram.observe(late)
