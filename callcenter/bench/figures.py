"""What a measure returns, and the small arithmetic that all measures share."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import psutil


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the report. `aim` is what was hoped for as text, `met` whether it was reached (None: no aim)."""

    measure: str
    name: str
    value: str
    aim: str = ""
    met: bool | None = None


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest-rank percentile; `share` from 0 to 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Median with minimum and maximum, as in `12.1 [11.8–13.0]`."""
    return f"{median(values):,.{digits}f} [{min(values):,.{digits}f}–{max(values):,.{digits}f}]"


def cpu_seconds(pid: int) -> float:
    """User and system seconds of a process and its children so far."""
    process = psutil.Process(pid)
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        times = one.cpu_times()
        total += times.user + times.system
    return total


def resident_mib(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / (1 << 20)


def interleaved(rounds: int, **subjects: Callable[[], float]) -> dict[str, list[float]]:
    """Runs the subjects in turn, A B A B ..., so that drift of a shared machine hits them alike."""
    results: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, run in subjects.items():
            results[name].append(run())
    return results


def cpu_timed(work: Callable[[], int]) -> float:
    """Units of work per CPU second of this process."""
    began = time.process_time()
    done = work()
    return done / max(time.process_time() - began, 1e-9)
