"""分级分类交办标准 on a real PostgreSQL: one source for clocks, supervision and call-back (JC-21)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from callcenter.callbacks import store as callbacks
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clocks import Clocks
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import Town
from tests.rooms.town_of_oversight import Overseen, build_overseen
from tests.vaults import VAULT

WATER = {"category": "公用事业/供水", "level": "urgent", "kind": "ordinary"}


@pytest.fixture
async def town(pool: Pool) -> Overseen:
    return await build_overseen(pool)


def jincheng(town: Overseen) -> Town:
    return replace(town.town, orders=Orders(replace(town.orders.room, ruleset="jincheng")))


@pytest.mark.rule("JC-21", "GH-14")
async def test_the_line_gives_the_clocks_and_is_shown(town: Overseen) -> None:
    order = await jincheng(town).dispatched(**WATER)
    room = Clocks(town.orders, ClockStore(town.pool), Outbox(town.clock))
    seen = await room.of(town.people["water"], order.id)
    dues = {clock.name: clock.due_at - town.clock.now() for clock in seen.clocks}
    assert (dues["contact"], dues["handle"]) == (timedelta(hours=4), timedelta(hours=24))
    assert seen.standard is not None
    assert (seen.standard.duty, seen.standard.callback) == ("供应单位", "human")


@pytest.mark.rule("GH-14")
async def test_whom_the_standard_names_hears_of_the_dispatch(town: Overseen) -> None:
    graded = await jincheng(town).dispatched(**WATER)
    await jincheng(town).dispatched(category="公用事业/供水")
    await town.oversight.duty.once()
    told = await town.pool.fetch(
        "select n.order_id, n.roles, o.kind, n.words from outbox_notice n join org o on o.id = n.org_id"
        " where n.kind = 'graded_dispatch'"
    )
    assert sorted(row["kind"] for row in told) == ["centre", "unit"]
    assert {row["order_id"] for row in told} == {graded.id}
    assert all(set(row["roles"]) == {"unit_head", "supervisor", "deputy"} for row in told)


@pytest.mark.rule("JC-21")
async def test_after_the_reminder_the_standards_mode_is_proposed_once_a_round(town: Overseen) -> None:
    order = await jincheng(town).dispatched(**WATER)
    other = await jincheng(town).dispatched(category="园林绿化")
    town.clock.forward(days=10)
    for late in (order.id, other.id):
        await town.breach(late, "handle")
        await town.oversight.duty.once()
    rows = await town.pool.fetch(
        "select mode from order_supervision where order_id = $1 and trigger = 'overdue' order by mode", order.id
    )
    assert [row["mode"] for row in rows] == ["phone", "urge"]
    plain = await town.pool.fetch("select mode from order_supervision where order_id = $1", other.id)
    assert [row["mode"] for row in plain] == ["urge"]


@pytest.mark.rule("JC-21")
async def test_a_call_back_by_a_person_is_left_alone_by_the_machine(town: Overseen) -> None:
    graded = await jincheng(town).dispatched(**WATER)
    usual = await jincheng(town).dispatched(category="公用事业/供水")
    assert await town.orders.asked_by_person(graded.id)
    assert not await town.orders.asked_by_person(usual.id)
    now = town.clock.now()
    for order, person in ((graded.id, True), (usual.id, False)):
        await callbacks.enrol(town.pool, VAULT, order, 1, "13800000001", next_at=now, at=now, by_person=person)
    rows = await town.pool.fetch("select order_id, status, next_at from callback")
    assert {row["order_id"]: (row["status"], row["next_at"]) for row in rows} == {
        graded.id: ("person", None),
        usual.id: ("waiting", now),
    }
