"""Eight callers, each in another place of a call, under five faults of the real house."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from callcenter.pbx.host import AsteriskInstall
from tests.scenarios.fault_places import SEATS, Fault, Round, play, table_of
from tests.scenarios.house import House, open_house

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(3600)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def five_seats(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, asterisk_install: AsteriskInstall
) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("house"), postgres, asterisk_install, seats=SEATS) as house:
        yield house


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest) -> Iterator[list[Round]]:
    """All rounds, written to `--table` at the end."""
    rounds: list[Round] = []
    yield rounds
    file = request.config.getoption("--table")
    if file and rounds:
        Path(file).write_text(table_of(rounds), encoding="utf-8")


@pytest.mark.parametrize("fault", list(Fault))
async def test_nobody_is_cut_or_lost(
    five_seats: House, fault: Fault, played: list[Round], request: pytest.FixtureRequest
) -> None:
    rounds = [await play(five_seats, fault) for _ in range(request.config.getoption("--rounds"))]
    played += rounds
    for one in rounds:
        assert [place for place, kept in one.kept.items() if not kept] == []
        assert one.differences == []
