"""Which language, which words, which status."""

import pytest
from pydantic import BaseModel, Field, ValidationError

from callcenter.core import errors
from callcenter.core.errors import DomainError
from callcenter.people.errors import LoginFailed, LoginLocked, WeakPassword
from callcenter.web.errors import WrongCsrf
from callcenter.web.fields import explain
from callcenter.web.language import preferred
from callcenter.web.problem import TITLES, status_of


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("*", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("en,zh", "en"),
        ("zh,en", "zh"),
        ("fr,de;q=0.5", "zh"),
        ("en;q=0", "zh"),
        ("en;q=banana", "zh"),
        (";;;,,,=;q", "zh"),
        ("EN-gb", "en"),
    ],
)
def test_language(header: str, language: str) -> None:
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Invalid, 422),
        (WeakPassword, 422),
        (LoginFailed, 401),
        (LoginLocked, 429),
        (WrongCsrf, 403),
        (errors.NotFound, 404),
        (errors.Refused, 409),
        (errors.Unavailable, 503),
        (DomainError, 500),
    ],
)
def test_the_nearest_family_gives_the_status(kind: type[DomainError], status: int) -> None:
    assert status_of(kind) == status
    assert status in TITLES


class Form(BaseModel):
    title: str = Field(min_length=3, max_length=5)
    count: int = Field(ge=1)


def test_reasons_carry_the_limits_but_never_the_value() -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"title": "toolongsecret", "count": 0})
    title, count = explain("body", caught.value.errors(include_input=False, include_url=False))
    assert (title.field, title.reason_zh) == ("title", "最多 5 个字符")
    assert (count.field, count.reason_zh) == ("count", "不得小于 1")
    assert "toolongsecret" not in repr([title, count])


def test_reasons_without_a_translation_keep_the_english() -> None:
    (one,) = explain("query", [{"type": "new_kind", "loc": ("a", 0), "msg": "Value error, odd"}])
    assert (one.field, one.reason_en, one.reason_zh) == ("a.0", "odd", "取值不符合要求（odd）")


def test_a_reason_whose_limit_is_not_told_keeps_the_english() -> None:
    (one,) = explain("body", [{"type": "string_too_long", "loc": ("a",), "msg": "too long"}])
    assert one.reason_zh == "取值不符合要求（too long）"


def test_a_flood_of_errors_is_cut() -> None:
    assert len(explain("body", [{"type": "missing", "loc": ("a",), "msg": "x"}] * 1000)) == 20
