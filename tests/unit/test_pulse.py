"""A callback that blocks the loop shows in the pulse."""

import asyncio
from time import sleep

from callcenter.metrics.instruments import Instruments
from callcenter.metrics.pulse import BEAT, Pulse


def block() -> None:
    """What must never be done in the loop."""
    sleep(0.6)


async def test_a_blocked_loop_is_measured() -> None:
    instruments = Instruments()
    pulse = Pulse(instruments)
    task = asyncio.create_task(pulse.run())
    await asyncio.sleep(0)
    block()
    await asyncio.wait({task}, timeout=2 * BEAT.total_seconds())
    task.cancel()
    assert pulse.lag > 0.2
    assert instruments.registry.get_sample_value("hotline_event_loop_lag_seconds") == pulse.lag
