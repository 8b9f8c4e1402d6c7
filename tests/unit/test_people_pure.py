"""Back-off, password policy, and sessions remembered while the database is away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.people.actor import ANONYMOUS
from callcenter.people.backoff import Backoff
from callcenter.people.errors import WeakPassword
from callcenter.people.memory import SessionMemory
from callcenter.people.password_policy import check_password
from callcenter.people.session import Session

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


def test_a_confirmed_session_is_recalled_for_a_while() -> None:
    memory = SessionMemory(timedelta(minutes=15))
    late = Session(actor=ANONYMOUS, csrf="c", expires_at=NOW + timedelta(minutes=5))
    whole = replace(late, expires_at=NOW + timedelta(hours=1))
    memory.confirm(b"late", late, NOW)
    memory.confirm(b"whole", whole, NOW)
    assert memory.recall(b"whole", NOW + timedelta(minutes=14)) is whole
    assert memory.recall(b"whole", NOW + timedelta(minutes=15)) is None
    assert memory.recall(b"late", NOW + timedelta(minutes=5)) is None
    assert memory.recall(b"other", NOW) is None


def test_an_ended_session_is_forgotten() -> None:
    memory = SessionMemory(timedelta(minutes=15))
    session = Session(actor=ANONYMOUS, csrf="c", expires_at=NOW + timedelta(hours=1))
    for name in (b"a", b"b", b"c"):
        memory.confirm(name, session, NOW)
    memory.forget(b"a")
    memory.forget(b"never")
    memory.forget_user(ANONYMOUS.user_id, but=b"b")
    assert [memory.recall(name, NOW) is not None for name in (b"a", b"b", b"c")] == [False, True, False]


def test_the_oldest_confirmation_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callcenter.people.memory._MOST", 2)
    memory = SessionMemory(timedelta(minutes=15))
    session = Session(actor=ANONYMOUS, csrf="c", expires_at=NOW + timedelta(hours=1))
    for name in (b"a", b"b", b"a", b"c"):
        memory.confirm(name, session, NOW)
    assert [memory.recall(name, NOW) is not None for name in (b"a", b"b", b"c")] == [True, False, True]
