"""What waiting callers are told, and how true it was, over a real database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.errors import Forbidden
from callcenter.core.ids import LegId, OrgId, UserId, new_id
from callcenter.people.actor import Actor, Role
from callcenter.resources import IVR
from callcenter.seats.presence import Presence
from callcenter.seats.queues import read_queues
from callcenter.store.pool import Pool
from callcenter.waiting.config import WaitingConfig
from callcenter.waiting.last_agent import LastAgent
from callcenter.waiting.reading import WaitsReading
from callcenter.waiting.store import PlaceStore, WaitStore
from tests.rooms.desks_of_town import open_room
from tests.rooms.waiting_house import MINUTE, NUMBER, StagedSeats, WaitingHouse, open_waiting, seat
from tests.simulators.eventually import comes_true
from tests.vaults import VAULT

SECOND = timedelta(seconds=1)


@pytest.fixture
async def house(pool: Pool) -> AsyncIterator[WaitingHouse]:
    async with open_waiting(pool) as house:
        yield house


def actor(role: Role) -> Actor:
    ids = {"user_id": UserId(new_id()), "org_id": OrgId(new_id())}
    return Actor(username="x", name="x", roles=frozenset({role}), org_path="/city/", **ids)  # type: ignore[arg-type]


async def told(house: WaitingHouse) -> list[tuple[str, int, float | None, str, str | None]]:
    await house.waits.stored()
    rows = await house.pool.fetch(
        "select leg, ahead, extract(epoch from told)::float8 as told, basis, outcome from told_wait"
        " order by joined_at, leg"
    )
    return [tuple(row) for row in rows]


async def test_what_was_told_at_joining_is_stored_and_compared_with_the_wait(house: WaitingHouse) -> None:
    house.join("one")
    await comes_true(lambda: _waiting(house, 1))
    house.seats.seats = [seat(presence=Presence.TALKING)]
    house.join("two", position=2)
    await comes_true(lambda: _waiting(house, 2))
    house.leave("one")
    house.connect(LegId("one"))
    await comes_true(lambda: _waiting(house, 1))
    assert await told(house) == [
        ("one", 0, 0.0, "estimated", "answered"),
        ("two", 1, 480.0, "estimated", None),
    ]
    reading = WaitsReading(house.waits, WaitStore(house.pool), read_queues(IVR / "queues.yaml"), SystemClock())
    report = await reading.accuracy(actor(Role.LEADER), None, datetime.now(UTC) + MINUTE)
    assert [(one.queue, one.answered, one.told, one.within_a_minute) for one in report.items] == [("main", 1, 1, 1.0)]
    assert report.items[0].mean_error == pytest.approx(report.items[0].mean_wait)
    with pytest.raises(Forbidden):
        await reading.accuracy(actor(Role.AGENT), None, None)
    view = next(queue for queue in reading.queues(actor(Role.AGENT)).items if queue.name == "main")
    assert (view.waiting, view.on_duty, view.expected_seconds, view.basis) == (1, 1, 480.0, "estimated")


async def _waiting(house: WaitingHouse, callers: int) -> bool:
    facts = await house.waits.outlook("main")
    return facts is not None and facts.waiting == callers


async def test_nothing_is_told_while_nobody_is_on_duty(house: WaitingHouse) -> None:
    house.seats.seats = []
    house.join("one")
    await comes_true(lambda: _waiting(house, 1))
    assert await told(house) == [("one", 0, None, "nobody_on_duty", None)]
    facts = await house.waits.outlook("main")
    assert facts is not None
    assert (facts.staffed, facts.wait) == (False, None)


async def test_waits_go_on_after_a_restart(pool: Pool) -> None:
    async with open_waiting(pool) as house:
        house.join("one")
        await comes_true(lambda: _waiting(house, 1))
        await house.waits.stored()
    assert await house.waits.outlook("main") is None, "who hears nothing tells nothing"
    async with open_waiting(pool) as again:
        assert await _waiting(again, 1)
        again.leave("one")
        again.connect(LegId("one"))
        await comes_true(lambda: _waiting(again, 0))
        assert (await told(again))[0][-1] == "answered"


async def test_handling_times_are_measured_from_offers_and_the_presence_log(pool: Pool) -> None:
    async with open_room(pool) as town:
        user, now = town.user("hw01"), datetime.now(UTC)
        for minutes in (2, 4):
            begun = now - 20 * MINUTE - minutes * MINUTE
            await pool.execute(
                "insert into call_offer (id, call_id, user_id, card, offered_at, answered_at, ended_at)"
                " values ($1, $2, $3, $4, $5, $5, $6)",
                new_id(),
                new_id(),
                user,
                {"queue": "main"},
                begun,
                begun + minutes * MINUTE,
            )
        await pool.execute(
            "insert into agent_presence (id, user_id, presence, since, until) values ($1, $2, 'after_call', $3, $4)",
            new_id(),
            user,
            now - MINUTE,
            now - 30 * SECOND,
        )
    config = WaitingConfig(supposed_weight=1, supposed_handling=3 * MINUTE)
    async with open_waiting(pool, config) as house:
        await comes_true(lambda: _handles(house, "main", 3.5 * MINUTE))
        assert house.waits.handling("housing") == 3.5 * MINUTE, "supposed talk, measured work after it"


async def _handles(house: WaitingHouse, queue: str, time: timedelta) -> bool:
    return house.waits.handling(queue) == time


async def _talked(pool: Pool, extension: str, days: int) -> None:
    call = new_id()
    await pool.execute(
        "insert into call (id, pbx, linked, direction, stage, caller_key, extension, started_at, answered_at,"
        " ended_at) values ($1, 'a', $2, 'inbound', 'ended', $3, $4, $5, $5, $5)",
        call,
        call.hex,
        VAULT.key(NUMBER),
        extension,
        datetime.now(UTC) - timedelta(days=days),
    )


async def test_who_rings_again_is_led_to_the_agent_of_the_last_call(pool: Pool) -> None:
    seats = StagedSeats([seat("8001"), seat("8002")])
    last = LastAgent(PlaceStore(pool, VAULT), seats, WaitingConfig(), SystemClock())
    assert await last.of(NUMBER) == ""
    await _talked(pool, "8003", days=5)
    assert await last.of(NUMBER) == "", "too long ago"
    await _talked(pool, "8001", days=2)
    assert await last.of(NUMBER) == "8001"
    await _talked(pool, "8002", days=1)
    assert await last.of(NUMBER) == "8002"
    assert await last.of("") == ""
    seats.seats = [seat("8001"), seat("8002", Presence.TALKING)]
    assert await last.of(NUMBER) == "", "that agent is not ready"
