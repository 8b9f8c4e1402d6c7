"""Back-off and password policy."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.people.backoff import Backoff
from callcenter.people.errors import WeakPassword
from callcenter.people.password_policy import check_password

NOW = datetime(2026, 3, 2, tzinfo=UTC)
POLICY = Backoff(3, timedelta(seconds=10), timedelta(minutes=1))


@pytest.mark.parametrize(
    ("failures", "since", "wait"),
    [(0, 0, 0), (2, 0, 0), (3, 0, 10), (3, 4, 6), (3, 10, 0), (4, 0, 20), (5, 0, 40), (6, 0, 60), (5000, 0, 60)],
)
def test_waits_double_up_to_the_longest(failures: int, since: int, wait: int) -> None:
    assert POLICY.remaining(failures, NOW - timedelta(seconds=since), NOW) == timedelta(seconds=wait)


def test_no_failures_no_wait() -> None:
    assert POLICY.remaining(0, None, NOW) == timedelta(0)


@pytest.mark.parametrize(
    "password", ["Willow-Bridge-7", "一座安静的桥下流过一条清澈见底的河", "correct horse battery staple"]
)
def test_good_passwords(password: str) -> None:
    check_password(password, "hw01", 10)


@pytest.mark.parametrize(
    "password",
    ["Sh0rt!", "x" * 129, "Hw01-Bridge-7", "aaaaaaaaaaaaaaaaa1A", "Password12345!", "willowbridge7", "1234567890"],
)
def test_bad_passwords(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password, "hw01", 10)
