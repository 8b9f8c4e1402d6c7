"""Who rings again is led to the agent of the last call, if that agent is ready now."""

from callcenter.core.clock import Clock
from callcenter.seats.presence import Presence
from callcenter.waiting.config import WaitingConfig
from callcenter.waiting.ports import Seats
from callcenter.waiting.store import PlaceStore


class LastAgent:
    def __init__(self, store: PlaceStore, seats: Seats, config: WaitingConfig, clock: Clock) -> None:
        self._store = store
        self._seats = seats
        self._config = config
        self._clock = clock

    async def of(self, number: str) -> str:
        """The extension, '' when there was no talk lately or that agent is not ready. `number` is a number's key."""
        if not number:
            return ""
        last = await self._store.last_talk(number, self._clock.now() - self._config.last_agent_within)
        if last is None:
            return ""
        extension, _ = last
        free = (seat for seat in self._seats.standing() if seat.presence is Presence.READY and seat.reachable)
        return next((seat.extension for seat in free if seat.extension == extension), "")
