"""How long each step of a call took, from the ledger's facts: Asterisk's own times, and ours for the dialogue's."""

from collections.abc import Awaitable, Callable
from typing import Final

from callcenter.bench.figures import Figure, percentile
from callcenter.bench.queue import Step
from callcenter.bench.stage import House

STEPS: Final = {
    "INVITE to answer": ("rung", "up"),
    "menu's end to the queue": ("chosen", "queued"),
    "queue to the agent's phone": ("queued", "called"),
    "agent's phone to the talk": ("called", "talking"),
    "menu's end to the talk": ("chosen", "talking"),
}
_TIMES: Final = """
select min(at) filter (where kind = 'ChannelStarted') as rung,
       min(at) filter (where kind = 'ChannelStateChanged' and body->>'state' = 'Up') as up,
       max(at) filter (where kind = 'FlowStepped' and body->>'node' = 'choose') as chosen,
       min(at) filter (where kind = 'QueueJoined') as queued,
       min(at) filter (where kind = 'AgentCalled') as called,
       min(at) filter (where kind = 'AgentConnected') as talking
from call_fact where call_id = any($1) group by call_id
"""


async def latencies(house: House, measure: str, rate: int, run: Callable[[], Awaitable[Step]]) -> list[Figure]:
    """Of the calls of one `run` at `rate`: p50 and p99 of every step, in milliseconds."""
    before = await house.pool.fetchval("select coalesce(max(started_at), '-infinity') from call")
    await run()
    calls = [row["id"] for row in await house.pool.fetch("select id from call where started_at > $1", before)]
    rows = await house.pool.fetch(_TIMES, calls)
    figures = []
    for name, (first, last) in STEPS.items():
        took = [(row[last] - row[first]).total_seconds() * 1000 for row in rows if row[first] and row[last]]
        if not took:
            raise RuntimeError(f"no call shows the step {name}")
        value = f"{percentile(took, 0.5):.0f} / {percentile(took, 0.99):.0f}"
        figures.append(
            Figure(measure=measure, name=f"{name}, p50 / p99 ms at {rate}/s, {len(took)} calls", value=value)
        )
    return figures
