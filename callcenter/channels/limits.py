"""How often somebody may ask: so many in any minute, counted by this process; pure."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

_MINUTE: Final = timedelta(minutes=1)
_MOST_KNOWN: Final = 10_000


class Limit:
    def __init__(self, a_minute: int) -> None:
        self._most = a_minute
        self._asked: OrderedDict[str, deque[datetime]] = OrderedDict()

    def passes(self, who: str, now: datetime) -> bool:
        """Counts it when it passes; who asks too often is not held off longer for asking on."""
        times = self._asked.setdefault(who, deque())
        self._asked.move_to_end(who)
        if len(self._asked) > _MOST_KNOWN:
            self._asked.popitem(last=False)
        while times and now - times[0] >= _MINUTE:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        return True
