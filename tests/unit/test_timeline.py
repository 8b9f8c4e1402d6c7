"""The sample call's report: complete only when every step happened, times counted from the arrival."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.core.errors import Misconfigured
from callcenter.sample.timeline import STEPS, Timeline

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)


def complete() -> Timeline:
    timeline = Timeline()
    for offset, name in enumerate(STEPS):
        timeline.happened(name, NOON + timedelta(milliseconds=100 * offset))
    return timeline


def test_complete_is_ok_and_counts_from_the_first_step(tmp_path: Path) -> None:
    complete().write(tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["ok"] is True
    assert [step["name"] for step in report["steps"]] == list(STEPS)
    assert [step["elapsed_ms"] for step in report["steps"]][:3] == [0, 100, 200]


def test_one_missing_step_is_named_and_not_ok() -> None:
    timeline = complete()
    del timeline.steps["survey_answered"]
    assert (timeline.ok, timeline.missing) == (False, ["survey_answered"])


def test_a_failure_is_not_ok_even_when_complete() -> None:
    timeline = complete()
    timeline.failure = "the citizen heard nothing"
    assert timeline.as_report()["ok"] is False


def test_the_first_time_counts_and_unknown_steps_are_mistakes() -> None:
    timeline = Timeline()
    timeline.happened("queued", NOON, "main")
    timeline.happened("queued", NOON + timedelta(seconds=1))
    assert timeline.steps["queued"].at == NOON
    with pytest.raises(KeyError):
        timeline.happened("danced", NOON)


def test_an_unwritable_report_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="away"):
        complete().write(tmp_path / "away" / "report.json")
