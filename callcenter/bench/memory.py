"""Whether `serve` grows with the calls it has served."""

from callcenter.bench.figures import Figure, resident_mib
from callcenter.bench.queue import hotline_step
from callcenter.bench.stage import Bench, open_house

MEASURE = "memory"
SEATS = 120
RATE = 20
FIRST, LAST, EACH = 2_000, 10_000, 1_000


async def measure_memory(bench: Bench) -> list[Figure]:
    """Steps of EACH calls; the size after each. The quick form shows the way only: 100 and 300 calls."""
    first, last, each = (120, 360, 60) if bench.quick else (FIRST, LAST, EACH)
    sizes: dict[int, float] = {}
    lost = 0
    async with open_house(bench, SEATS, on_duty=True) as house:
        at_start = resident_mib(house.server.pid)
        for calls in range(each, last + 1, each):
            bench.say(f"{calls - each}/{last} 次通话 calls")
            lost += (await hotline_step(house, RATE, each // RATE)).lost
            sizes[calls] = resident_mib(house.server.pid)
    growth = sizes[last] / sizes[first] - 1
    return [
        Figure(measure=MEASURE, name="serve MiB at its start", value=f"{at_start:.1f}"),
        Figure(measure=MEASURE, name=f"serve MiB after {first:,} calls", value=f"{sizes[first]:.1f}"),
        Figure(measure=MEASURE, name=f"serve MiB after {last:,} calls", value=f"{sizes[last]:.1f}"),
        Figure(measure=MEASURE, name="growth", value=f"{growth:+.1%}", aim="± 5 %", met=abs(growth) <= 0.05),
        Figure(measure=MEASURE, name="on the way, MiB", value=", ".join(f"{size:.0f}" for size in sizes.values())),
        Figure(measure=MEASURE, name="calls lost on the way", value=str(lost)),
    ]
