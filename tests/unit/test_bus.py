"""Each subscriber hears its types in order, and a slow one holds nobody up."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from callcenter.core.bus import Bus
from callcenter.core.events import Event

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang(Event):
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Event):
    pass


async def test_hears_its_own_types_in_order() -> None:
    bus = Bus()
    with bus.subscribe(Rang) as rings, bus.subscribe(Event) as everything:
        for number in range(3):
            bus.publish(Rang(at=NOON, number=number))
        bus.publish(Ended(at=NOON))
        heard = []
        async with asyncio.timeout(5):
            async for event in rings:
                assert isinstance(event, Rang)
                heard.append(event.number)
                if len(heard) == 3:
                    break
        assert heard == [0, 1, 2]
        assert (rings.waiting, everything.waiting) == (0, 4)


def test_after_leaving_nothing_is_delivered() -> None:
    bus = Bus()
    with bus.subscribe(Rang) as rings:
        pass
    bus.publish(Rang(at=NOON, number=1))
    assert rings.waiting == 0
