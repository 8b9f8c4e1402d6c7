"""docs/rules.md is what the markers say, and every requirement has a test or a reason."""

import pytest

from tests.requirements.page import PAGE, Row, catalogue, faults, page, proofs


def row(name: str, planned: str = "") -> Row:
    return Row(id=name, asks="it", lives="orders", planned=planned)


def test_every_requirement_has_a_test_or_a_reason() -> None:
    assert faults(catalogue(), proofs()) == []


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(catalogue(), proofs()), "run python -m tests.requirements.page"


@pytest.mark.parametrize(
    ("rows", "proved", "wrong"),
    [
        ([row("XY-01")], {}, "XY-01: no test"),
        ([row("XY-01", "later")], {"XY-01": ["tests/a"]}, "XY-01: is proven"),
        ([], {"XY-99": ["tests/a"]}, "XY-99: no such"),
    ],
)
def test_what_does_not_fit_is_told(rows: list[Row], proved: dict[str, list[str]], wrong: str) -> None:
    (fault,) = faults(rows, proved)
    assert fault.startswith(wrong)
