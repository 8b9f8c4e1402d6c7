"""The gate over a real database: limits that all instances count together, refusals that are kept without numbers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callcenter.core.bus import Bus, Subscription
from callcenter.core.errors import Forbidden
from callcenter.core.ids import LegId
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.events import DialWasRefused, TollAlarmRaised
from callcenter.numbers.gate import DialRefused, Gate, Purpose, Reason
from callcenter.numbers.refusals import Refusals
from callcenter.numbers.rules import Limit, Limits
from callcenter.numbers.store import SQL
from callcenter.numbers.tolls import Tolls
from callcenter.pbx.facts import DialplanMarked
from callcenter.people.actor import Actor
from callcenter.store.config import StoreConfig
from callcenter.store.pool import Pool, open_pool
from tests.rooms.gates import open_gate
from tests.rooms.town_of_orders import StandingClock, add_people
from tests.scenarios.house import until
from tests.vaults import VAULT

AT = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
NUMBERS = [f"1380000{number:04}" for number in range(20)]


@pytest.fixture
async def people(pool: Pool) -> dict[str, Actor]:
    return (await add_people(pool))[1]


def limit(times: int, within: timedelta = HOUR) -> Limit:
    return Limit(times=times, within=within)


async def allowed(gate: Gate, actor: Actor | None, purpose: Purpose, number: str, at: datetime = AT) -> str:
    """'ok', or the reason of the refusal."""
    try:
        await gate.allow(actor, purpose, number, at=at)
    except DialRefused as refused:
        return refused.reason.value if number not in refused.text("zh") + refused.text("en") else "tells the number"
    return "ok"


async def told(heard: Subscription) -> Any:
    async with asyncio.timeout(10):
        return await anext(aiter(heard))


async def test_each_limit_refuses_what_is_over_it(pool: Pool, people: dict[str, Actor]) -> None:
    limits = Limits(actor=limit(3), number=limit(2), purpose=limit(5))
    gate = open_gate(pool, Bus(), {Purpose.CONTACT: limits})
    agent, other = people["agent"], people["agent2"]
    assert [await allowed(gate, agent, Purpose.CONTACT, NUMBERS[0]) for _ in range(3)] == ["ok", "ok", "number-limit"]
    assert await allowed(gate, agent, Purpose.CONTACT, NUMBERS[1]) == "ok"
    assert await allowed(gate, agent, Purpose.CONTACT, NUMBERS[2]) == "actor-limit"
    assert await allowed(gate, other, Purpose.CONTACT, NUMBERS[2]) == "ok"
    assert await allowed(gate, other, Purpose.CONTACT, NUMBERS[3]) == "ok"
    assert await allowed(gate, other, Purpose.CONTACT, NUMBERS[4]) == "purpose-limit"
    assert await allowed(gate, agent, Purpose.MISSED, NUMBERS[4]) == "ok"
    assert await allowed(gate, agent, Purpose.CONTACT, NUMBERS[0], AT + HOUR) == "ok"


async def test_one_number_in_two_forms_is_one_number(pool: Pool, people: dict[str, Actor]) -> None:
    gate = open_gate(pool, Bus(), {Purpose.CONTACT: Limits(number=limit(1))})
    assert await allowed(gate, people["agent"], Purpose.CONTACT, "021-52340000") == "ok"
    assert await allowed(gate, people["agent"], Purpose.CONTACT, "52340000") == "number-limit"
    kept = await pool.fetchval("select key from dial_count where counter = 'number-limit'")
    assert kept == f"contact:{VAULT.key('02152340000').hex()}", "nobody learns from it who was rung"


async def test_a_refused_call_counts_in_no_limit(pool: Pool, people: dict[str, Actor]) -> None:
    gate = open_gate(pool, Bus(), {Purpose.CONTACT: Limits(actor=limit(2), number=limit(1))})
    agent = people["agent"]
    assert await allowed(gate, agent, Purpose.CONTACT, NUMBERS[0]) == "ok"
    assert await allowed(gate, agent, Purpose.CONTACT, NUMBERS[0]) == "number-limit"
    assert await allowed(gate, agent, Purpose.CONTACT, NUMBERS[1]) == "ok"
    assert await pool.fetchval("select max(times) from dial_count where counter = 'actor-limit'") == 2


async def test_two_instances_count_together(pool: Pool, database_url: str, people: dict[str, Actor]) -> None:
    limits = {Purpose.CONTACT: Limits(actor=limit(8), number=limit(5), purpose=limit(12))}
    async with open_pool(StoreConfig.model_validate({"url": database_url, "pool_max": 8})) as other:
        gates = [open_gate(pool, Bus(), limits), open_gate(other, Bus(), limits)]
        found = await asyncio.gather(
            *(
                allowed(gates[turn % 2], people[who], Purpose.CONTACT, NUMBERS[turn % 4])
                for turn in range(20)
                for who in ("agent", "agent2")
            )
        )
    assert found.count("ok") == 12
    assert await pool.fetchval("select times from dial_count where counter = 'purpose-limit'") == 12


async def test_no_counter_and_no_database_holds_an_emergency_up(pool: Pool, people: dict[str, Actor]) -> None:
    limits = {purpose: Limits(purpose=limit(1)) for purpose in Purpose}
    gate = open_gate(pool, Bus(), limits)
    for _ in range(3):
        assert await allowed(gate, people["agent"], Purpose.EMERGENCY, "119") == "ok"
        assert await allowed(gate, people["agent"], Purpose.TRANSFER, "12366") == "ok"
    await pool.close()
    assert await allowed(gate, people["agent"], Purpose.EMERGENCY, "110") == "ok"
    assert await allowed(gate, people["agent"], Purpose.TRANSFER, "12366") == "ok"
    assert await allowed(gate, people["agent"], Purpose.CONTACT, "16812345") == "premium"


async def test_a_refusal_is_kept_told_and_shows_no_number(pool: Pool, people: dict[str, Actor]) -> None:
    bus = Bus()
    gate = open_gate(pool, bus)
    with bus.subscribe(DialWasRefused) as heard:
        assert await allowed(gate, people["agent"], Purpose.CONTACT, "168-12345") == "premium"
        assert (await told(heard)).reason == "premium"
    page = await Refusals(pool).page(people["supervisor"], 10)
    (kept,) = page.items
    assert (kept.source, kept.actor, kept.purpose, kept.reason) == ("gate", "agent", "contact", Reason.PREMIUM)
    assert kept.number.endswith("2345")
    assert "16812345" not in str(await pool.fetch("select * from dial_refusal"))
    with pytest.raises(Forbidden):
        await Refusals(pool).page(people["agent"], 10)


def toll(at: datetime, **fields: str) -> DialplanMarked:
    leg = LegId("1.1")
    told = tuple(fields.items())
    return DialplanMarked(
        at=at, pbx="pbx1", leg=leg, linked=leg, channel="PJSIP/8001-1", mark="HotlineTollRefused", fields=told
    )


@asynccontextmanager
async def watching(pool: Pool, bus: Bus, **config: Any) -> AsyncIterator[Subscription]:
    tolls = Tolls(pool, bus, StandingClock(), NumbersConfig(**config))
    with bus.subscribe(DialWasRefused, TollAlarmRaised) as heard:
        task = asyncio.create_task(tolls.run())
        await asyncio.sleep(0)
        yield heard
        task.cancel()


async def test_toll_attempts_are_listed_and_raise_one_alarm_a_window(pool: Pool, people: dict[str, Actor]) -> None:
    bus, seconds = Bus(), timedelta(seconds=1)
    async with watching(pool, bus, toll_alarm=3, toll_window=timedelta(minutes=10)) as heard:
        for turn in range(4):
            bus.publish(toll(AT + turn * seconds, Extension="8001"))
        bus.publish(toll(AT + 5 * seconds, Trunk="mobile"))
        bus.publish(toll(AT + timedelta(minutes=11), Extension="8001"))
        events = [await told(heard) for _ in range(7)]

        async def all_kept() -> object:  # each is told before it is written
            return await pool.fetchval("select count(*) = 6 from dial_refusal")

        await until(all_kept)
    alarms = [event for event in events if isinstance(event, TollAlarmRaised)]
    assert [(alarm.attempts, alarm.at) for alarm in alarms] == [(3, AT + 2 * seconds)]
    refused = [event.source for event in events if isinstance(event, DialWasRefused)]
    assert refused == ["seat", "seat", "seat", "seat", "trunk", "seat"]
    page = await Refusals(pool).page(people["supervisor"], 2)
    assert [(one.source, one.place, one.number) for one in page.items] == [
        ("seat", "8001", ""),
        ("trunk", "mobile", ""),
    ]
    rest = await Refusals(pool).page(people["supervisor"], 10, page.next)
    assert len(rest.items) == 4


async def test_counters_are_forgotten_when_their_window_is_over(pool: Pool, people: dict[str, Actor]) -> None:
    gate = open_gate(pool, Bus(), {Purpose.CONTACT: Limits(actor=limit(3), purpose=limit(5, 2 * HOUR))})
    await gate.allow(people["agent"], Purpose.CONTACT, NUMBERS[0], at=AT)
    await SQL.sweep_counts(pool, at=AT + HOUR)
    assert await pool.fetchval("select count(*) from dial_count") == 1
    await SQL.sweep_counts(pool, at=AT + 3 * HOUR)
    assert await pool.fetchval("select count(*) from dial_count") == 0
