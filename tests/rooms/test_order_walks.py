"""Random walks of real orders: whatever people try, the row, its events and its clocks agree."""

import random
from collections.abc import Mapping
from typing import Any, Final

import pytest

from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId
from callcenter.orders import lifecycle as life
from callcenter.orders.store import KEPT_OUT
from callcenter.orders.terms import Stage
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import Town, build_town
from tests.unit.people_of_orders import ONE_OF_EACH

WALKS: Final = 6
STEPS: Final = 45
NOT_FOLDED: Final = {*KEPT_OUT, "version", "events", "number"}


def tried(rng: random.Random, town: Town, row: Any) -> tuple[life.Move, Actor | None]:
    """Mostly what the table allows here, sometimes anything; by somebody, or by the machine."""
    here = [move for stage, move in life.NEXT if stage == row["stage"]]
    kinds = here if here and rng.random() < 0.9 else list(life.MOVES)
    move = _of(rng.choice(kinds))
    if isinstance(move, life.Dispatched):
        unit = town.orgs[rng.choice(["water", "roads"])]
        move = type(move)(unit=unit, reason="随机")
    if isinstance(move, life.Assign | life.GiveBack):
        move = type(move)(centre=town.orgs[rng.choice(["city", "street"])], reason="随机")
    return move, rng.choice([*[None] * 8, *town.people.values()])


def _of(kind: type[life.Move]) -> life.Move:
    return next(move for move in ONE_OF_EACH if type(move) is kind)


async def defaults(pool: Pool) -> dict[str, Any]:
    columns = await pool.fetch(
        "select column_name, column_default from information_schema.columns "
        "where table_name = 'work_order' and column_default is not null and is_generated = 'NEVER'"
    )
    given = ", ".join(f"'{row['column_name']}', {row['column_default']}" for row in columns)
    found: dict[str, Any] = await pool.fetchval(f"select jsonb_build_object({given})")
    return found


async def folded(town: Town, order: OrderId, base: Mapping[str, Any]) -> dict[str, Any]:
    """The row as its events tell it."""
    row = dict(base)
    for event in await town.pool.fetch("select * from order_event where order_id = $1 order by seq", order):
        row |= event["changes"] | {"stage": event["stage_after"]}
    typed: dict[str, Any] = await town.pool.fetchval(
        "select to_jsonb(jsonb_populate_record(null::work_order, $1::jsonb))", row
    )
    return typed


async def check(town: Town, order: OrderId, base: Mapping[str, Any], clocks: set[tuple[str, int]]) -> None:
    row = await town.pool.fetchval("select to_jsonb(w) from work_order w where id = $1", order)
    told = await folded(town, order, base)
    columns = set(row) - NOT_FOLDED - await generated(town.pool)
    assert {name: told[name] for name in columns} == {name: row[name] for name in columns}
    timers = await town.pool.fetch("select * from order_timer where order_id = $1", order)
    assert clocks <= {(timer["name"], timer["round_no"]) for timer in timers}, "a clock was lost"
    clocks |= {(timer["name"], timer["round_no"]) for timer in timers}
    if row["closed_at"] is not None:
        assert all(timer["stopped_at"] for timer in timers), "a clock runs on after the end"
    if row["stage"] == Stage.CLOSED:
        assert row["reply"]
        assert row["contacted_at"]
        assert row["result_type"]
        assert (row["resolved"] and row["satisfied"]) or row["close_reason"]
        assert not row["supervisions"]


async def generated(pool: Pool) -> set[str]:
    rows = await pool.fetch(
        "select column_name from information_schema.columns where table_name = 'work_order' and is_generated = 'ALWAYS'"
    )
    return {row["column_name"] for row in rows}


@pytest.mark.rule("XY-02", "JC-23", "XY-13", "GH-09")
@pytest.mark.parametrize("seed", range(WALKS))
async def test_whatever_is_tried_row_events_and_clocks_agree(pool: Pool, seed: int) -> None:
    town = await build_town(pool)
    rng = random.Random(seed)
    base = await defaults(pool)
    order = (await town.created()).id
    clocks: set[tuple[str, int]] = set()
    made = 0
    for _ in range(STEPS):
        row = await town.orders.row_of(order)
        move, actor = tried(rng, town, row)
        town.clock.forward(hours=rng.choice([0, 1, 5]))
        try:
            await town.orders.move(actor, order, move)
        except DomainError:
            after = await town.orders.row_of(order)
            assert dict(after) == dict(row), "a refused move changed something"
        else:
            made += 1
            await check(town, order, base, clocks)
    assert made >= 5, "the walk went nowhere"


@pytest.mark.rule("XY-02")
async def test_the_straight_way_is_one_of_the_walks(pool: Pool) -> None:
    """The check above sees what it should: a whole life passes it, and an order that lost its reply does not."""
    town = await build_town(pool)
    base, clocks = await defaults(pool), set[tuple[str, int]]()
    order = (await town.in_callback()).id
    await town.orders.settle_callback(order, None, True, True, "answered")
    await check(town, order, base, clocks)
    assert {"accept", "contact", "handle", "callback"} <= {name for name, _ in clocks}
    await pool.execute("update work_order set reply = null where id = $1", order)
    with pytest.raises(AssertionError):
        await check(town, order, base, clocks)
