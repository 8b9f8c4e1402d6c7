"""Work that waits for a database that is away."""

from datetime import timedelta
from functools import partial

import asyncpg
import pytest

from callcenter.store import patience
from callcenter.store.patience import name_of, patiently


class Work:
    """Fails with each of these in turn, then gives 7."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)

    async def __call__(self) -> int:
        if self.errors:
            raise self.errors.pop(0)
        return 7


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "BETWEEN_TRIES", timedelta())


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.InterfaceError("closed"),
        asyncpg.InternalClientError("died in its hands"),
        asyncpg.DeadlockDetectedError("deadlock"),
        ExceptionGroup("duty", [OSError(), ExceptionGroup("inner", [asyncpg.ConnectionDoesNotExistError("gone")])]),
    ],
)
async def test_it_asks_again(error: Exception) -> None:
    assert await patiently(Work(error, error)) == 7


async def test_what_else_goes_wrong_is_told() -> None:
    with pytest.raises(ZeroDivisionError):
        await patiently(Work(OSError(), ZeroDivisionError()))
    with pytest.raises(ExceptionGroup) as told:
        await patiently(Work(ExceptionGroup("duty", [OSError(), ZeroDivisionError()])))
    assert told.value.subgroup(OSError) is None
    assert told.value.subgroup(ZeroDivisionError) is not None


def test_work_has_a_name() -> None:
    assert name_of(partial(Work.__call__, Work())) == "Work.__call__"
    assert name_of(Work()) == "Work"
