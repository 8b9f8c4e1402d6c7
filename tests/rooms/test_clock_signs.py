"""Warnings, levels, caps and extensions of clocks on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from callcenter.core.bus import Bus
from callcenter.core.errors import Forbidden
from callcenter.core.ids import OrderId
from callcenter.orders import clocks_watch
from callcenter.orders import lifecycle as life
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clock_views import ClockView
from callcenter.orders.clocks import Clocks, RuleSetUnknown
from callcenter.orders.clocks_watch import ClockWatch
from callcenter.orders.events import TimerBreached, TimerWarned
from callcenter.orders.extensions import (
    ExtensionNotAllowed,
    ExtensionOpen,
    ExtensionTooLong,
    NoClockToExtend,
    NoSuchExtension,
    SamePerson,
)
from callcenter.orders.policy import Span
from callcenter.orders.service import Orders
from callcenter.orders.terms import ContactOutcome
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import Town, build_town

LONG = 20.0


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


def under(town: Town, ruleset: str) -> Town:
    return replace(town, orders=Orders(replace(town.orders.room, ruleset=ruleset)))


def clocks(town: Town) -> Clocks:
    return Clocks(town.orders, ClockStore(town.pool), Outbox(town.clock))


async def faces(town: Town, order: OrderId) -> dict[str, ClockView]:
    seen = await clocks(town).of(town.people["agent"], order)
    return {clock.name: clock for clock in seen.clocks}


async def events(town: Town, order: OrderId, move: str) -> list[dict[str, object]]:
    rows = await town.pool.fetch(
        "select body from order_event where order_id = $1 and move = $2 order by seq", order, move
    )
    return [row["body"] for row in rows]


@asynccontextmanager
async def watching(town: Town, bus: Bus) -> AsyncIterator[ClockWatch]:
    watch = ClockWatch(ClockStore(town.pool), town.clock, bus, Outbox(town.clock), town.orders.room.calendar.zone)
    task = asyncio.create_task(watch.run())
    try:
        async with asyncio.timeout(LONG):
            await watch.asleep.wait()
        yield watch
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def looked(watch: ClockWatch) -> None:
    """The watch has made another pass."""
    watch.asleep.clear()
    watch.wake()
    async with asyncio.timeout(LONG):
        await watch.asleep.wait()


@pytest.mark.rule("XY-08", "SJ-05")
async def test_signs_then_the_breach_each_once_and_told(town: Town) -> None:
    order = await town.dispatched()
    bus = Bus()
    with bus.subscribe(TimerWarned) as warned, bus.subscribe(TimerBreached) as late:
        async with watching(town, bus) as watch:
            town.clock.at = datetime.fromisoformat("2026-03-05T12:00+08:00")
            await looked(watch)
            assert warned.waiting == 2  # accept and contact: 50%, the yellow one before it passed with it
            town.clock.at = datetime.fromisoformat("2026-03-05T20:00+08:00")
            await looked(watch)
            await looked(watch)
            assert warned.waiting == 4
            town.clock.at = datetime.fromisoformat("2026-03-06T00:00+08:00")
            await looked(watch)
            assert late.waiting == 2
    signs = [body["sign"] for body in await events(town, order.id, "timer_warned")]
    assert signs == ["50%", "50%", "80%", "80%"]
    breached = {str(body["timer"]): body["consequence"] for body in await events(town, order.id, "timer_breached")}
    assert breached == {"accept": "late_accept", "contact": "no_contact"}
    kinds = await town.pool.fetch("select kind, org_id, words from outbox_notice order by at, kind")
    assert [row["kind"] for row in kinds] == ["timer_warned"] * 4 + ["timer_breached"] * 2
    assert {row["org_id"] for row in kinds} == {town.orgs["water"]}
    assert all(set(row["words"]) <= {"number", "timer", "timer_en", "due", "sign"} for row in kinds)


@pytest.mark.rule("SJ-05")
async def test_no_reply_by_the_due_is_overdue(town: Town) -> None:
    order = await town.handling()
    town.clock.at = datetime.fromisoformat("2026-03-12T00:00+08:00")
    late = await ClockStore(town.pool).mark_breaches(town.clock.now(), 100)
    assert [(row["name"], row["consequence"]) for row in late] == [("handle", "overdue")]
    assert (await faces(town, order.id))["handle"].colour == "red"


async def test_a_clock_jump_forward_shows_the_last_sign_and_back_shows_nothing_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks_watch, "LOOK", timedelta(milliseconds=20))
    order = await town.dispatched()
    bus = Bus()
    with bus.subscribe(TimerWarned) as warned:
        async with watching(town, bus) as watch:
            town.clock.at = datetime.fromisoformat("2026-03-05T23:00+08:00")  # nobody wakes the watch: it looks
            async with asyncio.timeout(LONG):
                seen = [await anext(aiter(warned)) for _ in range(2)]
            shown = {(event.timer, event.sign) for event in seen if isinstance(event, TimerWarned)}
            assert shown == {("accept", "80%"), ("contact", "80%")}
            town.clock.at = datetime.fromisoformat("2026-03-04T10:00+08:00")
            await looked(watch)
            await looked(watch)
            assert warned.waiting == 0
    assert len(await events(town, order.id, "timer_warned")) == 2


@pytest.mark.rule("XY-08")
async def test_signs_missed_while_nothing_ran_are_shown_at_start(town: Town) -> None:
    order = await town.dispatched()
    town.clock.at = datetime.fromisoformat("2026-03-05T13:00+08:00")
    async with watching(town, Bus()):
        pass
    assert [body["sign"] for body in await events(town, order.id, "timer_warned")] == ["50%", "50%"]


@pytest.mark.rule("XY-50", "XY-25")
async def test_clocks_of_several_levels_with_day_by_day_reasons(town: Town) -> None:
    town.clock.at = datetime.fromisoformat("2026-02-13T10:00+08:00")
    order = await town.created(kind="snapshot")
    taken = await faces(town, order.id)
    assert set(taken) == {"outer"}
    assert taken["outer"].start_event == "created"
    await town.orders.dispatch(town.people["dispatcher"], order.id, town.orgs["water"], "责任清单第3项")
    seen = await faces(town, order.id)
    assert {name: clock.level for name, clock in seen.items()} == {"outer": 3, "accept": 4, "contact": 4, "handle": 4}
    handle = seen["handle"]
    assert (str(handle.due_day), handle.cut_by, handle.effective) == ("2026-02-16", "outer", True)
    assert [day.counts for day in handle.days] == [False, True, False, False]
    assert "T-SNAP" in handle.days[-1].why_zh
    assert handle.colour == "green"
    assert [seen["accept"].public, handle.public, seen["outer"].public] == ["T-ACCEPT", "T-SPECIAL-L4", "T-SNAP"]


@pytest.mark.rule("A-05")
async def test_a_redispatch_keeps_the_outer_clock_and_what_the_first_unit_did(town: Town) -> None:
    order = await town.dispatched(kind="urgent")
    outer = (await faces(town, order.id))["outer"]
    await town.orders.accept(town.people["water"], order.id)
    town.clock.at = datetime.fromisoformat("2026-03-06T01:00+08:00")
    await ClockStore(town.pool).mark_breaches(town.clock.now(), 100)
    water, dispatcher = town.people["water"], town.people["dispatcher"]
    await town.orders.move(water, order.id, life.RequestReturn(reason="不属于本单位职责范围"))
    await town.orders.move(dispatcher, order.id, life.GrantReturn(opinion="同意"))
    assert (await faces(town, order.id))["handle"].stopped_at == town.clock.now()
    await town.orders.move(dispatcher, order.id, life.Redispatch(unit=town.orgs["roads"], reason="道路养护"))
    seen = await faces(town, order.id)
    assert seen["outer"].due_at == outer.due_at
    assert (seen["handle"].owner, str(seen["handle"].due_day), seen["handle"].cut_by) == (
        "roads",
        "2026-03-06",
        "outer",
    )
    assert seen["contact"].breached_at is None
    past = (await clocks(town).of(town.people["agent"], order.id)).past
    kept = {one.name: (one.owner, one.breached_at is not None) for one in past}
    assert kept == {"accept": ("water", False), "contact": ("water", True), "handle": ("water", False)}


@pytest.mark.rule("A-11", "SJ-18")
async def test_songjiang_contacts_before_dispatch_and_keeps_both_dates(town: Town) -> None:
    songjiang = under(town, "songjiang-1510")
    order = await songjiang.created()
    assert set(await faces(songjiang, order.id)) == {"contact", "class_b"}
    await town.pool.execute("update work_order set difficult = true where id = $1", order.id)
    await songjiang.orders.contact(town.people["dispatcher"], order.id, ContactOutcome.REACHED, "已联系")
    assert (await faces(songjiang, order.id))["contact"].stopped_at
    await songjiang.orders.dispatch(town.people["dispatcher"], order.id, town.orgs["water"], "责任清单")
    seen = await faces(songjiang, order.id)
    assert {"class_b", "class_c", "class_c_internal", "qc", "accept", "contact"} == set(seen)
    assert seen["class_b"].stopped_at  # it is a difficult one now
    assert seen["class_c"].due_at - seen["class_c_internal"].due_at == timedelta(days=7)  # five working days
    assert seen["contact"].start_event == "created"


@pytest.mark.rule("JC-17")
async def test_the_upper_platforms_date_binds(town: Town) -> None:
    upper = datetime.fromisoformat("2026-03-06T17:00+08:00")
    order = await town.dispatched(upper_due_at=upper)
    seen = await faces(town, order.id)
    assert (seen["upper"].due_at, seen["handle"].due_at, seen["handle"].cut_by) == (upper, upper, "upper")
    assert seen["upper"].days == ()


def deputy(town: Town) -> Actor:
    return replace(town.people["reviewer"], roles=frozenset({Role.DEPUTY}))


@pytest.mark.rule("A-07")
async def test_an_extension_is_refused_where_the_rule_set_knows_none(town: Town) -> None:
    order = await town.handling()
    with pytest.raises(ExtensionNotAllowed, match="xiayang-2022/3"):
        await clocks(town).ask_extension(town.people["water"], order.id, Span(working_days=2), "雨季施工困难")
    assert not (await clocks(town).of(town.people["water"], order.id)).may_extend


@pytest.mark.rule("A-07")
async def test_an_extension_is_decided_by_another_and_moves_due_and_signs(town: Town) -> None:
    national = under(town, "national")
    room, water = clocks(national), town.people["water"]
    order = await national.handling()
    before = (await faces(national, order.id))["handle"]
    with pytest.raises(ExtensionTooLong):
        await room.ask_extension(water, order.id, Span(working_days=11), "雨季施工困难")
    seen = await room.ask_extension(water, order.id, Span(working_days=3), "雨季施工困难")
    with pytest.raises(ExtensionOpen):
        await room.ask_extension(water, order.id, Span(working_days=2), "雨季施工困难")
    (asked,) = seen.extensions
    assert not asked.may_decide
    with pytest.raises(Forbidden):
        await room.decide_extension(town.people["reviewer"], order.id, asked.id, granted=True, opinion="")
    own = replace(water, roles=frozenset({Role.DEPUTY}))
    with pytest.raises(SamePerson):
        await room.decide_extension(own, order.id, asked.id, granted=True, opinion="")
    await room.decide_extension(deputy(town), order.id, asked.id, granted=True, opinion="同意")
    after = (await faces(national, order.id))["handle"]
    assert (str(before.due_day), str(after.due_day)) == ("2026-03-11", "2026-03-16")
    assert after.signs[-1].at > before.signs[-1].at
    assert sum(day.counts for day in after.days) == 8
    with pytest.raises(NoSuchExtension):
        await room.decide_extension(deputy(town), order.id, asked.id, granted=False, opinion="")
    with pytest.raises(ExtensionTooLong):
        await room.ask_extension(water, order.id, Span(working_days=1), "仍需时间")
    kinds = await town.pool.fetch("select kind from outbox_notice order by at, kind")
    assert [row["kind"] for row in kinds] == ["extension_asked", "extension_decided"]
    assert (await national.orders.row(water, order.id))["extended"] == 1


@pytest.mark.rule("A-07")
async def test_a_late_clock_is_not_extended_and_a_refusal_changes_nothing(town: Town) -> None:
    national = under(town, "national")
    room, water = clocks(national), town.people["water"]
    order = await national.handling()
    asked = (await room.ask_extension(water, order.id, Span(hours=30), "需会同权属单位")).extensions[0]
    town.clock.forward(days=30)
    await ClockStore(town.pool).mark_breaches(town.clock.now(), 100)
    with pytest.raises(NoClockToExtend):
        await room.decide_extension(deputy(town), order.id, asked.id, granted=True, opinion="")
    seen = await room.decide_extension(deputy(town), order.id, asked.id, granted=False, opinion="已逾期")
    assert [one.granted for one in seen.extensions] == [False]
    with pytest.raises(NoClockToExtend):
        await room.ask_extension(water, order.id, Span(working_days=1), "仍需时间")


@pytest.mark.rule("GH-11")
async def test_solvable_orders_that_used_all_their_time_are_reported(town: Town) -> None:
    national = under(town, "national")
    quick, slow = await national.handling(), await national.handling()
    assert str((await clocks(national).of(town.people["agent"], quick.id)).target_day) == "2026-03-09"
    await national.submit(quick.id)
    town.clock.at = datetime.fromisoformat("2026-03-11T16:00+08:00")
    await national.submit(slow.id)
    page = await clocks(national).slow(town.people["supervisor"], None, 10)
    found = {one.id: (one.late, one.used_all) for one in page.items}
    assert found == {quick.id: (False, False), slow.id: (True, True)}


@pytest.mark.rule("XY-01")
async def test_the_page_of_rule_sets(town: Town, tmp_path: Path) -> None:
    room = clocks(town)
    chosen = [one.ref for one in room.rulesets().items if one.chosen]
    assert chosen == ["xiayang-2022/3"]
    one = room.ruleset("xiayang-2022")
    handle = next(rule for rule in one.rules if rule.public == "T-HANDLE1")
    assert (handle.source, handle.reading, str(handle.example_day)) == ("XY-09", "A-01", "2026-03-11")
    assert any(value.path == "whistle.report_hours" and value.default for value in one.policy)
    assert any(value.path == "contact.attempts" and not value.default for value in one.policy)
    assert room.differences("sh-1515/1", "songjiang-1510/1").items[0].change == "added"
    with pytest.raises(RuleSetUnknown):
        room.ruleset("nowhere/1")
