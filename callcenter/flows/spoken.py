"""Numbers, waits and stages as prompts, one after the other. Whole numbers only: nothing personal is ever spoken."""

from typing import Final

from callcenter.flows.conditions import QueueFacts
from callcenter.flows.nodes import PROGRESS

BEEP: Final = "beep"
_LARGEST: Final = 99
_NUMBERS: Final = (*(f"number_{n}" for n in (*range(21), *range(30, 100, 10))), "number_more")
WAIT_PROMPTS: Final = ("wait_position", "wait_place", "wait_about", "wait_minutes", *_NUMBERS)
PROGRESS_PROMPTS: Final = tuple(f"progress_{word}" for word in PROGRESS)


def number(n: int) -> tuple[str, ...]:
    """Prompts of 0 to 99, in both languages tens before ones (二十三, twenty-three); above that "over ninety-nine"."""
    if n > _LARGEST:
        return ("number_more",)
    if n <= 20 or n % 10 == 0:
        return (f"number_{n}",)
    return (f"number_{n - n % 10}", f"number_{n % 10}")


def waiting(queue: QueueFacts | None) -> tuple[str, ...]:
    """The place a caller would get, and the estimate in whole minutes, rounded up. () where nobody knows."""
    if queue is None:
        return ()
    place = ("wait_position", *number(queue.waiting + 1), "wait_place")
    if queue.wait is None:
        return place
    minutes = max(1, -int(-queue.wait.total_seconds() // 60))
    return (*place, "wait_about", *number(minutes), "wait_minutes")


def progress(word: str) -> str:
    """The prompt of one of `PROGRESS`."""
    return f"progress_{word}"
