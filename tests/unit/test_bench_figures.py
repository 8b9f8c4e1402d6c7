"""The benchmark's arithmetic and report, and its cheapest measure on a recorded stream. No time is asserted."""

import asyncio
import io
import json
import os
from pathlib import Path

import pytest
from rich.console import Console

from callcenter.bench import agi, pop, report
from callcenter.bench.ami import volume
from callcenter.bench.command import MEASURES, run_bench
from callcenter.bench.decode import measure_decode
from callcenter.bench.dialogue import Count
from callcenter.bench.figures import Figure, cpu_seconds, cpu_timed, interleaved, percentile, resident_mib, spread
from callcenter.bench.queue import Step, figures_of, highest
from callcenter.core.errors import Misconfigured

STREAM = (Path(__file__).parent.parent / "data" / "ami" / "two_queue_calls.txt").read_bytes()
MACHINE = report.Machine(
    cores=2, processor="a processor", python="3.11.0", asterisk="22.0.0", postgres="18.0", load=(0.5, 1.5)
)


def step(rate: int, lost: int = 0, serve: float = 5.0) -> Step:
    cpu = {"asterisk": 10.0, "serve": serve, "postgres": 2.0}
    return Step(rate=rate, calls=rate * 6, lost=lost, repeated=0, cpu=cpu)


def named(figures: list[Figure], name: str) -> Figure:
    return next(figure for figure in figures if figure.name == name)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 50), (0.99, 99), (1.0, 100)])
def test_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == expected


def test_percentile_of_one_value() -> None:
    assert percentile([7.0], 0.99) == 7.0


def test_spread_tells_the_median_between_its_ends() -> None:
    assert spread([3.0, 1.0, 2000.0], 0) == "3 [1–2,000]"


def test_subjects_take_turns() -> None:
    order: list[str] = []

    def subject(name: str) -> float:
        order.append(name)
        return float(len(order))

    results = interleaved(2, ours=lambda: subject("ours"), bare=lambda: subject("bare"))
    assert order == ["ours", "bare", "ours", "bare"]
    assert results == {"ours": [1.0, 3.0], "bare": [2.0, 4.0]}


def test_work_is_divided_by_cpu_time() -> None:
    assert cpu_timed(lambda: sum(range(200_000)) and 10) > 0


def test_a_process_has_used_cpu_and_memory() -> None:
    assert cpu_seconds(os.getpid()) > 0
    assert resident_mib(os.getpid()) > 1


def test_the_highest_rate_is_one_without_a_loss() -> None:
    assert highest([step(10), step(20), step(30, lost=1)]) == 20
    assert highest([step(10, lost=1)]) == 0


def test_queue_aims_are_judged() -> None:
    good = figures_of([step(10), step(20), step(30, lost=2)], [step(10), step(20), step(30)], 30)
    assert named(good, "ratio").value == "0.67"
    assert named(good, "ratio").met is True
    assert named(good, "calls/s, none lost").value == "20"
    assert named(good, "bare Queue() calls/s, none lost").value == "≥ 30"
    assert named(good, "serve CPU / Asterisk CPU").met is True
    assert named(good, "lost, ours").value == "10/s 0/60, 20/s 0/120, 30/s 2/180"
    poor = figures_of([step(10, serve=20.0), step(20, lost=1)], [step(10), step(20)], 20)
    assert named(poor, "ratio").met is False
    assert named(poor, "serve CPU / Asterisk CPU").value == "2.00"
    assert named(poor, "serve CPU / Asterisk CPU").met is False


def test_when_every_call_is_lost_nothing_is_claimed() -> None:
    figures = figures_of([step(10, lost=60)], [step(10, lost=60)], 80)
    assert named(figures, "ratio").met is False
    assert named(figures, "calls/s, none lost").value == "0"


def test_pops_are_judged_by_the_median_round_and_all_must_come() -> None:
    good, bad = [5.0] * 99 + [50.0], [5.0] * 90 + [70.0] * 10
    whole = pop.figures([good, bad, good], calls=100)
    assert named(whole, "p99 ms").value == "5.0 [5.0–70.0]"
    assert named(whole, "p99 ms").met is True
    assert named(whole, "longest ms").value == "50.0 [50.0–70.0]"
    assert named(whole, "calls popped").met is True
    assert named(pop.figures([bad, bad, good], calls=100), "p99 ms").met is False
    assert named(pop.figures([good], calls=101), "calls popped").met is False
    nothing = pop.figures([[]], calls=10)
    assert named(nothing, "calls popped").value == "0 of 10"
    assert named(nothing, "p99 ms").met is False


def test_dialogue_aims_are_judged_by_the_median_round() -> None:
    ours = [{"p50": 0.1, "p99": p99, "cpu": 0.6} for p99 in (1.0, 2.0, 90.0)]
    theirs = [{"p50": 0.1, "p99": 2.0, "cpu": 1.2} for _ in ours]
    figures = agi.figures_of(ours, theirs, failed=0)
    assert named(figures, "p99 ms").met is True
    assert named(figures, "CPU, ours / panoramisk").value == "0.50"
    assert named(agi.figures_of(ours, theirs, failed=1), "calls failed").met is False


def test_a_count_begins_anew() -> None:
    count = Count()
    count.waits += [1.0, 2.0]
    count.calls = 1
    assert count.told()["p99"] == 2.0
    count.begin()
    assert count.told()["calls"] == 0
    assert count.told()["p50"] == 0.0


def test_volume_of_a_recorded_stream() -> None:
    figures = volume(STREAM, calls=2)
    assert float(named(figures, "events a queue call").value) == STREAM.count(b"\r\n\r\n") / 2
    assert "AgentCalled 1.0" in named(figures, "by name").value
    assert named(figures, "KB a queue call").value == f"{len(STREAM) / 2000:.1f}"


def test_decoding_a_recorded_stream_beside_panoramisk() -> None:
    figures = measure_decode(STREAM, repeat=2)
    assert [figure.name for figure in figures] == ["events per CPU second", "panoramisk alone", "ratio"]
    assert float(figures[2].value) > 0


def test_report_for_people_and_for_machines(tmp_path: Path) -> None:
    figures = [
        Figure(measure="one", name="first", value="1"),
        Figure(measure="one", name="second", value="2", aim="≤ 1", met=False),
        Figure(measure="two", name="third", value="3", aim="≥ 1", met=True),
    ]
    shown = io.StringIO()
    report.show(Console(file=shown, width=120), figures, MACHINE)
    text = shown.getvalue()
    assert text.count("one") == 1
    assert "✗" in text
    assert "✓" in text
    assert "load 0.5 → 1.5" in text
    report.write(tmp_path / "figures.json", figures, MACHINE)
    told = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert told["machine"]["asterisk"] == "22.0.0"
    assert [figure["met"] for figure in told["figures"]] == [None, False, True]
    assert report.missed(figures) == [figures[1]]


async def test_an_unknown_measure_is_refused_with_those_there_are() -> None:
    with pytest.raises(Misconfigured) as refused:
        await run_bench(asyncio.Event(), ["speed"], quick=True, file=None)
    assert all(name in str(refused.value) for name in MEASURES)
