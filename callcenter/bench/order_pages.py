"""Every list page and every search of the readers of all levels, one after another: the time of each, and the worst."""

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from callcenter.bench.figures import Figure, percentile
from callcenter.bench.stage import Bench
from callcenter.orders import lists
from callcenter.orders.filters import OrderFilter, View
from callcenter.orders.room import Room
from callcenter.people.actor import Actor

PAGE: Final = 50
DEEP: Final = 4
"""So many pages of each list are turned."""
ROUNDS: Final = 5
LIST_MS: Final = 50.0
SEARCH_MS: Final = 200.0

FILTERS: Final[Sequence[Mapping[str, Any]]] = (
    *({"view": view.value} for view in View),
    {"stages": ["warned"]},
    {"stages": ["handling", "accepted", "dispatched"]},
    {"kinds": ["urgent"], "channels": ["mailbox"]},
    {"request_types": ["praise"], "category": "0603"},
    {"tags": ["回头看"]},
    {"flags": ["flagged"], "open": True},
    {"colour": "red"},
    {"colour": "yellow"},
    {"sort": "due", "stages": ["ledger"]},
    {"sort": "due"},
)
WORDS: Final = (
    "噪音",
    "噪音扰民",
    "水压 漏水",
    "宅基地审批",
    "网络诈骗 退费",
    "云堰桐影",
    "华景云岸 停电",
    "限期三日整改",
    "完全没有的词",
    "翠瑞",
    "犬",
)


async def measure_lists(bench: Bench, room: Room, people: Mapping[str, Actor]) -> list[Figure]:
    bench.say("清单 lists")
    year = room.clock.now() - timedelta(days=365)
    asked = [*(OrderFilter.model_validate(parts) for parts in FILTERS), OrderFilter(created_to=year)]
    times = await _pages(bench, room, people, asked, DEEP)
    return _figures("list page", times, LIST_MS)


async def measure_search(bench: Bench, room: Room, people: Mapping[str, Actor]) -> list[Figure]:
    bench.say("检索 search")
    asked = [OrderFilter(text=words) for words in WORDS]
    asked += [OrderFilter(text="噪音", stages=("handling",)), OrderFilter(text="停电", flags=("flagged",))]
    times = await _pages(bench, room, people, asked, 2)
    return _figures("search", times, SEARCH_MS)


async def _pages(
    bench: Bench, room: Room, people: Mapping[str, Actor], asked: Sequence[OrderFilter], deep: int
) -> list[tuple[float, str]]:
    """Milliseconds of each page, with what it was. The first round of each is left out: it fills the caches."""
    times: list[tuple[float, str]] = []
    for number in range(2 if bench.quick else ROUNDS + 1):
        for name, who in people.items():
            for one in asked:
                cursor: str | None = None
                for turned in range(deep):
                    began = time.perf_counter()
                    page = await lists.page(room, who, one, cursor=cursor, limit=PAGE)
                    took = (time.perf_counter() - began) * 1000
                    if number:
                        told = one.model_dump_json(exclude_defaults=True)
                        times.append((took, f"{name} {told} page {turned + 1}"))
                    cursor = page.next
                    if cursor is None:
                        break
    return times


def _figures(name: str, times: Sequence[tuple[float, str]], aim: float) -> list[Figure]:
    took = [one for one, _ in times]
    p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
    worst, which = max(times)
    return [
        Figure(
            measure="orders",
            name=f"{name} p50 / p99 ms, {len(took):,} pages",
            value=f"{p50:.1f} / {p99:.1f}",
            aim=f"p99 ≤ {aim:.0f}",
            met=p99 <= aim,
        ),
        Figure(measure="orders", name=f"slowest {name}: {which}", value=f"{worst:.1f} ms"),
    ]
