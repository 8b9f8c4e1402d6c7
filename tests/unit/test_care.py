"""How a citizen is asked who hears badly, speaks a dialect, is spoken for, or was upset."""

import pytest
from pydantic import ValidationError

from callcenter.callbacks.care import ReadBackMissing, Way, check_read_back, kept_from_machine, ways
from callcenter.callbacks.config import CallbackConfig
from callcenter.callbacks.questionnaire import Questionnaire

CARES = CallbackConfig().by_person


@pytest.mark.rule("SG-29")
@pytest.mark.parametrize(
    ("needs", "wish", "first"),
    [
        ([], None, Way.PHONE),
        ([], "visit", Way.VISIT),
        (["dialect"], None, Way.PHONE),
        (["hard_of_hearing", "dialect"], None, Way.MESSAGE),
        (["hard_of_hearing"], "visit", Way.VISIT),
    ],
)
def test_the_wish_goes_first_and_who_hears_badly_is_not_telephoned_first(
    needs: list[str], wish: str | None, first: Way
) -> None:
    found = ways(needs, wish)
    assert found[0] is first
    assert sorted(found) == sorted(Way)


@pytest.mark.rule("SG-28", "SG-29")
@pytest.mark.parametrize(
    ("needs", "emotion", "wish", "kept"),
    [
        ([], "calm", None, False),
        ([], "irritated", "phone", False),
        ([], "fierce", None, True),
        (["hard_of_hearing"], "calm", None, True),
        ([], "calm", "message", True),
    ],
)
def test_the_machine_rings_only_who_can_answer_it(needs: list[str], emotion: str, wish: str | None, kept: bool) -> None:
    assert kept_from_machine(needs, emotion, wish, CARES) is kept
    assert not kept_from_machine(needs, emotion, None, ())


@pytest.mark.rule("SG-29")
def test_answers_are_read_back_on_the_telephone_only() -> None:
    with pytest.raises(ReadBackMissing):
        check_read_back(["dialect"], "phone", reached=True, read_back=False)
    check_read_back(["dialect"], "phone", reached=True, read_back=True)
    check_read_back(["dialect"], "visit", reached=True, read_back=False)
    check_read_back(["dialect"], "phone", reached=False, read_back=False)
    check_read_back([], "phone", reached=True, read_back=False)


@pytest.mark.rule("SG-29")
@pytest.mark.parametrize(
    "way", [{"way": "visit"}, {"way": "visit", "officers": ["王工"]}, {"officers": ["王工", "李工"]}]
)
def test_two_officers_visit_together(way: dict[str, object]) -> None:
    said = {"reached": "reached", "resolved": True, "satisfied": "satisfied"}
    with pytest.raises(ValidationError):
        Questionnaire.model_validate(said | way)
    with pytest.raises(ValidationError):
        Questionnaire.model_validate(said | {"way": "visit", "officers": ["王工", "王工"]})
    Questionnaire.model_validate(said | {"way": "visit", "officers": ["王工", "李工"]})
