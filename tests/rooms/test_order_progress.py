"""An order's progress by number and code, over a real database: coarse words, every miss alike, few guesses."""

from datetime import timedelta

import pytest

from callcenter.flows.nodes import STAGES
from callcenter.orders.progress import CALLER_MISSES, CALLER_WINDOW, ORDER_MISSES, ORDER_WINDOW, TOLD, Progress
from callcenter.orders.room import NoSuchOrder
from callcenter.orders.terms import Stage
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import Town, build_town

CALLER = "+8613900000001"


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


async def asked(town: Town, number: str, code: str, caller: str = CALLER) -> str:
    return await Progress(town.orders.room).progress(number=number.replace("-", ""), code=code, caller=caller)


def test_every_stage_has_a_word_that_the_flows_have_a_prompt_for() -> None:
    assert TOLD.keys() == set(Stage)
    assert set(TOLD.values()) == set(STAGES)


async def test_the_progress_is_told_with_the_code_that_stays_the_same(town: Town) -> None:
    order = await town.created()
    progress = Progress(town.orders.room)
    code = await progress.code_of(town.people["agent"], order.id)
    assert code == await progress.code_of(town.people["agent"], order.id)
    assert len(code) == 6
    assert code.isdigit()
    assert await asked(town, order.number, code) == "received"
    await town.orders.dispatch(town.people["dispatcher"], order.id, town.orgs["water"], "责任清单第3项")
    assert await asked(town, order.number, code) == "assigned"
    viewed = await town.pool.fetchval("select count(*) from audit_log where action = 'query_code_viewed'")
    assert viewed == 2


async def test_who_may_not_see_the_order_gets_no_code(town: Town) -> None:
    order = await town.dispatched()
    with pytest.raises(NoSuchOrder):
        await Progress(town.orders.room).code_of(town.people["far"], order.id)


async def test_an_order_whose_code_nobody_asked_for_is_not_told(town: Town) -> None:
    order = await town.created()
    assert await asked(town, order.number, "000000") == "unknown"
    assert await asked(town, order.number, "") == "unknown"


async def test_a_caller_may_miss_a_few_times_and_a_right_answer_costs_nothing(town: Town) -> None:
    order = await town.created()
    code = await Progress(town.orders.room).code_of(town.people["agent"], order.id)
    for n in range(CALLER_MISSES):
        assert await asked(town, f"2026030499999{n}", code) == "unknown"
    assert await asked(town, order.number, code) == "later", "also the right code: nobody learns which it was"
    assert await asked(town, order.number, code, "+8613900000002") == "received"
    assert await asked(town, order.number, code, "") == "received"
    town.clock.forward(seconds=CALLER_WINDOW.total_seconds() + 1)
    assert await asked(town, order.number, code) == "received"


@pytest.mark.parametrize("known", [True, False])
async def test_an_order_number_is_not_guessed_at_from_many_telephones(town: Town, known: bool) -> None:
    """A number that is not there behaves the same."""
    order = await town.created()
    code = await Progress(town.orders.room).code_of(town.people["agent"], order.id)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    number = order.number if known else "20200101-000001"
    for n in range(ORDER_MISSES):
        assert await asked(town, number, wrong, f"+86139000010{n:02}") == "unknown"
    assert await asked(town, number, wrong, "+8613900009999") == "later"
    town.clock.forward(seconds=(ORDER_WINDOW + timedelta(seconds=1)).total_seconds())
    assert await asked(town, number, wrong, "+8613900009999") == "unknown"
    assert await town.pool.fetchval("select count(*) from progress_miss") == 1, "old misses are forgotten"
