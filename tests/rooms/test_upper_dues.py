"""Another date from above, by hand and by the channel, on a real PostgreSQL (JC-17)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from callcenter.channels.kinds import Channel
from callcenter.core.bus import Subscription
from callcenter.core.errors import Forbidden
from callcenter.core.events import Event
from callcenter.core.ids import OrderId
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clock_views import ClockView
from callcenter.orders.clocks import Clocks
from callcenter.orders.events import ClockStarted, TimerBreached
from callcenter.orders.upper_dues import UpperDuePast, UpperDueSame
from callcenter.outbox.outbox import Outbox
from callcenter.store.pool import Pool
from tests.rooms.channels_of_town import build_intake, told
from tests.rooms.town_of_orders import Town, build_town

FIRST = datetime.fromisoformat("2026-03-06T17:00+08:00")
LATER = datetime.fromisoformat("2026-03-10T12:00+08:00")
REASON = "区平台电话通知，延至下周二"


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


def clocks(town: Town) -> Clocks:
    return Clocks(town.orders, ClockStore(town.pool), Outbox(town.clock))


async def drawn(heard: Subscription) -> list[Event]:
    """What was published so far."""
    stream = aiter(heard)
    return [await anext(stream) for _ in range(heard.waiting)]


async def faces(town: Town, order: OrderId) -> dict[str, ClockView]:
    return {clock.name: clock for clock in (await clocks(town).of(town.people["agent"], order)).clocks}


async def rebounds(town: Town, order: OrderId) -> list[dict[str, Any]]:
    rows = await town.pool.fetch(
        "select body from order_event where order_id = $1 and move = 'timer_rebound' order by seq", order
    )
    return [row["body"] for row in rows]


@pytest.mark.rule("JC-17", "A-02")
async def test_a_date_entered_by_hand_binds_the_clocks_that_hang_on_it(town: Town) -> None:
    order = await town.dispatched(upper_due_at=FIRST)
    room, dispatcher = clocks(town), town.people["dispatcher"]
    assert (await faces(town, order.id))["handle"].due_at == FIRST
    with town.bus.subscribe(ClockStarted) as started:
        seen = await room.set_upper(dispatcher, order.id, LATER, REASON)
        heard = await drawn(started)
    assert len(heard) == 3
    now = {clock.name: clock for clock in seen.clocks}
    assert (now["upper"].due_at, now["handle"].due_at, now["handle"].cut_by) == (LATER, LATER, "upper")
    assert "外层时限 T-UPPER 于此截止" in now["handle"].days[-1].why_zh
    assert str(now["phase2"].due_day) == "2026-03-17"  # it begins where the handling ends now
    assert [one.reason for one in seen.rebounds] == [REASON] * 3
    assert {(one.before, one.after) for one in seen.rebounds if one.name_en != "second five days"} == {(FIRST, LATER)}
    assert seen.may_set_upper
    assert not (await room.of(town.people["water"], order.id)).may_set_upper
    row = await town.orders.row(dispatcher, order.id)
    events = await town.pool.fetch("select seq from order_event where order_id = $1 order by seq", order.id)
    assert [one["seq"] for one in events] == list(range(1, row["events"] + 1))
    told = await town.pool.fetch("select org_id from outbox_notice where kind = 'upper_due_set'")
    assert {one["org_id"] for one in told} == {town.orgs["water"], town.orgs["street"]}


@pytest.mark.rule("JC-17")
async def test_who_may_enter_it_and_what_is_refused(town: Town) -> None:
    order = await town.dispatched(upper_due_at=FIRST)
    room, dispatcher = clocks(town), town.people["dispatcher"]
    with pytest.raises(Forbidden):
        await room.set_upper(town.people["water"], order.id, LATER, REASON)
    with pytest.raises(UpperDuePast):
        await room.set_upper(dispatcher, order.id, town.clock.now(), REASON)
    with pytest.raises(UpperDueSame):
        await room.set_upper(dispatcher, order.id, FIRST, REASON)
    assert await rebounds(town, order.id) == []


@pytest.mark.rule("JC-17", "A-05")
async def test_a_breach_stays_on_record_and_the_new_date_is_watched(town: Town) -> None:
    """The unit's own clock stays late; the date's own clock starts anew, and the watch finds its next breach."""
    order = await town.dispatched(upper_due_at=FIRST)
    town.clock.at = FIRST + timedelta(hours=1)  # nothing has marked it yet
    with town.bus.subscribe(TimerBreached) as heard:
        await clocks(town).set_upper(town.people["dispatcher"], order.id, LATER, REASON)
        late = await drawn(heard)
    assert {"upper", "handle"} <= {event.timer for event in late if isinstance(event, TimerBreached)}
    seen = await faces(town, order.id)
    assert (seen["upper"].due_at, seen["upper"].breached_at) == (LATER, None)
    assert (seen["handle"].due_at, seen["handle"].breached_at) == (FIRST, town.clock.now())
    past = await town.pool.fetch("select name, due_at, breached_at from order_timer_past where order_id = $1", order.id)
    assert [(one["name"], one["due_at"], one["breached_at"]) for one in past] == [("upper", FIRST, town.clock.now())]
    town.clock.at = LATER
    marked = await ClockStore(town.pool).mark_breaches(town.clock.now(), 100)
    assert "upper" in {one["name"] for one in marked}
    events = await town.pool.fetch(
        "select body ->> 'timer' as timer from order_event where order_id = $1 and move = 'timer_breached'", order.id
    )
    assert [one["timer"] for one in events].count("upper") == 2


@pytest.mark.rule("JC-17")
async def test_a_date_that_comes_later_than_the_order_starts_its_clock(town: Town) -> None:
    order = await town.handling()
    assert "upper" not in await faces(town, order.id)
    seen = await clocks(town).set_upper(town.people["dispatcher"], order.id, FIRST, "市级平台补发时限")
    now = {clock.name: clock for clock in seen.clocks}
    assert (now["upper"].due_at, now["handle"].due_at, now["handle"].cut_by) == (FIRST, FIRST, "upper")
    assert now["upper"].start_event == "upper_due_set"


@pytest.mark.rule("JC-17")
async def test_the_platform_sends_another_date_itself(pool: Pool) -> None:
    intake = await build_intake(pool, None, Channel.PROVINCIAL)
    town, taking = intake.town, intake.channels.taking
    await taking.hand_in(intake.machine, Channel.PROVINCIAL, told("P1", due_at=FIRST))
    order = OrderId((await intake.of(Channel.PROVINCIAL, "P1"))["id"])
    await taking.hand_in(intake.machine, Channel.PROVINCIAL, told("P1", due_at=LATER, content="省级延期通知"))
    assert (await faces(town, order))["upper"].due_at == LATER
    (one,) = await rebounds(town, order)
    assert one["timer"] == "upper"
    (shown,) = (await clocks(town).of(town.people["agent"], order)).rebounds
    assert (shown.before, shown.after, shown.reason) == (FIRST, LATER, "")
    await taking.hand_in(intake.machine, Channel.PROVINCIAL, told("P1", due_at=LATER, content="再次说明"))
    assert len(await rebounds(town, order)) == 1
