"""A call-back made by a person: what it must hold, what it counts as, what is said."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from callcenter.callbacks.questionnaire import (
    Correction,
    Coverage,
    Questionnaire,
    counts,
    coverage_of,
    phrases,
    times,
)
from callcenter.core.ids import new_id

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)


@pytest.mark.rule("SJ-32", "SJ-06", "A-23")
def test_two_answers_each_for_itself_and_four_optional_grades() -> None:
    heard = Questionnaire.model_validate({"reached": "reached", "resolved": True, "satisfied": "basic"})
    assert (heard.attitude, heard.timeliness, heard.service, heard.measures) == (None, None, None, None)
    assert not heard.unhappy
    graded = heard.model_dump() | {"attitude": 5, "timeliness": 4, "service": 5, "measures": 1}
    assert Questionnaire.model_validate(graded).measures == 1
    with pytest.raises(ValidationError):
        Questionnaire.model_validate(graded | {"attitude": 6})
    with pytest.raises(ValidationError, match="both answers"):
        Questionnaire.model_validate({"reached": "reached", "resolved": True})


@pytest.mark.rule("XY-11")
@pytest.mark.parametrize(
    ("given", "unhappy"),
    [
        ({"resolved": True, "satisfied": "satisfied"}, False),
        ({"resolved": False, "satisfied": "satisfied", "reason": "仍无水"}, True),
        ({"resolved": True, "satisfied": "dissatisfied", "reason": "太慢"}, True),
        ({"resolved": True, "satisfied": "satisfied", "tendency": True, "reason": "语气勉强"}, True),
    ],
)
def test_a_leaning_is_enough_and_has_its_reason(given: dict[str, object], unhappy: bool) -> None:
    assert Questionnaire.model_validate({"reached": "reached"} | given).unhappy is unhappy
    if unhappy:
        with pytest.raises(ValidationError, match="why"):
            Questionnaire.model_validate({"reached": "reached"} | given | {"reason": ""})


@pytest.mark.rule("JC-26", "A-20")
def test_refused_and_exempt_need_a_reason_and_nobody_unheard_has_answered() -> None:
    for reached in ("refused", "exempt"):
        with pytest.raises(ValidationError, match="reason"):
            Questionnaire.model_validate({"reached": reached})
        Questionnaire.model_validate({"reached": reached, "reason": "明确表示不愿接听"})
    Questionnaire.model_validate({"reached": "unreached"})
    with pytest.raises(ValidationError, match="answered"):
        Questionnaire.model_validate({"reached": "unreached", "resolved": True})


@pytest.mark.rule("XY-54")
def test_a_correction_cites_a_recording() -> None:
    said = {"reached": "reached", "resolved": True, "satisfied": "satisfied"}
    with pytest.raises(ValidationError, match="recording_id"):
        Correction.model_validate(said)
    Correction.model_validate(said | {"recording_id": str(new_id())})
    with pytest.raises(ValidationError, match="citizen"):
        Correction.model_validate({"reached": "unreached", "recording_id": str(new_id())})


def test_basic_counts_as_the_city_says() -> None:
    assert counts(None, basic_counts=True) is None
    assert counts("satisfied", basic_counts=False) is True
    assert counts("basic", basic_counts=True) is True
    assert counts("basic", basic_counts=False) is False
    assert counts("dissatisfied", basic_counts=True) is False


@pytest.mark.rule("A-20")
def test_attempts_at_one_time_count_once() -> None:
    tried = [NOON, NOON + timedelta(minutes=5), NOON + timedelta(hours=2), NOON + timedelta(days=1)]
    assert times(reversed(tried)) == 3  # type: ignore[arg-type] # any order
    assert times([]) == 0


@pytest.mark.rule("JC-26")
@pytest.mark.parametrize(
    ("person", "machine", "answered", "kind"),
    [
        (None, "done", True, Coverage.HEARD),
        ("reached", "exhausted", False, Coverage.HEARD),
        ("refused", "waiting", False, Coverage.REFUSED),
        ("exempt", "waiting", False, Coverage.EXEMPT),
        ("unreached", "exhausted", False, Coverage.UNREACHED),
        ("unreached", "waiting", False, Coverage.WAITING),
        (None, "exhausted", False, Coverage.UNREACHED),
        (None, "dialling", False, Coverage.WAITING),
    ],
)
def test_coverage_tells_four_kinds_apart(person: str | None, machine: str, answered: bool, kind: Coverage) -> None:
    assert coverage_of(person, machine, answered=answered) is kind


@pytest.mark.rule("SG-26", "SG-28", "SG-29")
def test_what_is_said_fits_the_citizen() -> None:
    assert [code for code, _, _ in phrases("calm", [])] == ["opening", "empathy"]
    upset = phrases("fierce", ["hard_of_hearing", "unknown", "dialect"])
    assert [code for code, _, _ in upset] == ["opening", "hard_of_hearing", "dialect", "empathy", "fierce", "read_back"]
    assert all(zh and en for _, zh, en in upset)
