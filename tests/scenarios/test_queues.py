"""Skills, overflow, kept places and the last agent: real server, Asterisk and PostgreSQL, telephones by SIPp."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
import yaml

from callcenter.pbx.host import AsteriskInstall
from callcenter.resources import IVR
from callcenter.sample.desk import Desk
from callcenter.sample.rtp import alaw
from callcenter.sample.sipp import Telephone, open_agent, open_caller, open_citizen
from tests.scenarios.house import House, open_house, until
from tests.simulators.tones import tone

SECOND = timedelta(seconds=1)
SOON = 25 * SECOND
QUIET = alaw(tone(0, 1.0))
FIRST, SECOND_CALLER, LATER, STRANGER = "13800000101", "13800000102", "13800000103", "13800000104"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, asterisk_install: AsteriskInstall
) -> AsyncIterator[House]:
    """The shipped queues, whose callers lose patience after five seconds."""
    folder = tmp_path_factory.mktemp("queues")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_SEATS__QUEUES", str(_hasty(folder / "queues.yaml")))
        async with open_house(folder, postgres, asterisk_install) as house:
            yield house


def _hasty(file: Path) -> Path:
    book = yaml.safe_load((IVR / "queues.yaml").read_text(encoding="utf-8"))
    for queue in book["queues"]:
        queue["patience"] = 5
    file.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    return file


@asynccontextmanager
async def phone(house: House, extension: str) -> AsyncIterator[Telephone]:
    secret = house.state.sip_secret_of(extension)
    async with open_agent(house.exchange, extension=extension, secret=secret, speech=QUIET) as telephone:
        yield telephone


@asynccontextmanager
async def caller(house: House, number: str) -> AsyncIterator[Telephone]:
    async with open_caller(house.exchange, dial="12345", caller=number, speech=QUIET, hold=120 * SECOND) as telephone:
        yield telephone


class Floor:
    """hw01 and hw02 at their desks, and the supervisor."""

    def __init__(self, house: House, boss: Desk, desks: dict[str, Desk]) -> None:
        self._house = house
        self.boss = boss
        self.desks = desks

    async def ready(self, *extensions: str) -> None:
        for extension in extensions:
            await self.desks[extension].post("/api/desk/presence", {"presence": "ready"})

    async def away(self, *extensions: str) -> None:
        for extension in extensions:
            await self._house.desk_shows(self.desks[extension])
            state = await self.desks[extension].get("/api/desk")
            if state["presence"] in {"ringing", "talking"}:
                await self._house.desk_shows(self.desks[extension], presence="after_call")
            await self.desks[extension].post("/api/desk/presence", {"presence": "offline"})

    async def skill(self, extension: str, penalty: int) -> None:
        seats = (await self.boss.get("/api/seats"))["items"]
        user = next(seat["user_id"] for seat in seats if seat["extension"] == extension)
        await self.boss.put(f"/api/seats/{user}/skills", {"skills": [{"queue": "main", "penalty": penalty}]})

    async def shows(self, extension: str, **wanted: Any) -> Any:
        return await self._house.desk_shows(self.desks[extension], **wanted)


@asynccontextmanager
async def open_floor(house: House) -> AsyncIterator[Floor]:
    async with AsyncExitStack() as stack:
        boss = await stack.enter_async_context(house.desk("bz01"))
        desks = {
            extension: await stack.enter_async_context(house.desk(username))
            for username, extension in (("hw01", "8001"), ("hw02", "8002"))
        }
        yield Floor(house, boss, desks)


async def place_of(house: House, number: str, state: str) -> UUID:
    """The number's newest kept place, as soon as it is in the state."""
    key = house.key_of(number)

    async def look() -> UUID | None:
        found: UUID | None = await house.sql.fetchval(
            "select id from kept_place where number_key = $1 and state = $2 order by kept_at desc", key, state
        )
        return found

    try:
        return await until(look)
    except TimeoutError:
        rows = await house.sql.fetch("select state, reason, attempts from kept_place where number_key = $1", key)
        raise AssertionError(f"the place is not {state}: {rows}") from None


async def offered(house: House, call: UUID) -> None:
    """Until the caller's patience is over, and the overflow flow speaks."""

    async def look() -> bool:
        return bool(
            await house.sql.fetchval(
                "select count(*) from call_fact where call_id = $1 and body->>'mark' = 'HotlineOverflow'", call
            )
        )

    await until(look)


async def test_the_seat_with_the_lower_penalty_rings_first_and_a_change_holds_at_once(house: House) -> None:
    async with open_floor(house) as floor, phone(house, "8001") as first, phone(house, "8002") as second:
        await floor.ready("8001", "8002")
        await floor.skill("8001", 5)
        async with caller(house, FIRST):
            await second.until("answered", SOON)
            assert first.said == ()
            async with caller(house, LATER):
                await first.until("answered", SOON)
        await floor.shows("8001", presence="after_call")
        await floor.shows("8002", presence="after_call")
        await floor.skill("8001", 0)
        await floor.skill("8002", 5)
        await floor.ready("8001", "8002")
        async with caller(house, STRANGER):
            await first.until("answered", SOON, times=2)
        await floor.away("8001", "8002")
        assert second.said.count("answered") == 1


async def test_with_nobody_on_duty_a_caller_hears_music_is_promised_nothing_and_is_asked_how_to_go_on(
    house: House,
) -> None:
    async with house.desk("bz01") as boss, caller(house, STRANGER) as waiting:
        call = await house.call_of(STRANGER, stage="queued")
        waiting.voice.forget()
        await waiting.voice.hears_speech(SOON)
        queues = (await boss.get("/api/queues"))["items"]
        main = next(queue for queue in queues if queue["name"] == "main")
        assert (main["waiting"], main["on_duty"], main["basis"], main["expected_seconds"]) == (
            1,
            0,
            "nobody_on_duty",
            None,
        )
        await offered(house, call["id"])
        told = await house.sql.fetchrow("select basis, told from told_wait order by joined_at desc limit 1")
        assert told is not None
        assert (told["basis"], told["told"]) == ("nobody_on_duty", None)


async def test_a_kept_place_is_rung_in_turn_and_served_before_those_who_came_later(house: House) -> None:
    citizens = house.state.ports["citizens"]
    async with AsyncExitStack() as stack:
        floor = await stack.enter_async_context(open_floor(house))
        agent = await stack.enter_async_context(phone(house, "8001"))
        await floor.ready("8001")
        async with caller(house, FIRST):
            await agent.until("answered", SOON)
            async with caller(house, SECOND_CALLER) as waiting:
                await waiting.until("answered", SOON)
                call = await house.call_of(SECOND_CALLER, stage="queued")
                await offered(house, call["id"])
                await waiting.voice.hears_speech(SOON)
                waiting.voice.press("1")
                await place_of(house, SECOND_CALLER, "waiting")
                await waiting.until("bye", SOON)
            later = await stack.enter_async_context(caller(house, LATER))
            await house.call_of(LATER, stage="queued")
            called = await stack.enter_async_context(
                open_citizen(house.exchange, port=citizens, speech=QUIET, ring=SECOND / 2)
            )
        await called.until("answered", SOON)
        await place_of(house, SECOND_CALLER, "queued")
        await floor.shows("8001", presence="after_call")
        await floor.ready("8001")
        state = await floor.shows("8001", presence="talking")
        assert state["offer"]["card"]["caller_number"] == f"+86{SECOND_CALLER}"
        await place_of(house, SECOND_CALLER, "served")
        assert called.said.count("offered") == 1, "a citizen is rung once"
        await later.hang_up()
        await called.hang_up()
        await floor.away("8001")


async def test_who_rings_again_is_led_to_the_agent_of_the_last_call(house: House) -> None:
    async with open_floor(house) as floor, phone(house, "8001") as first, phone(house, "8002") as second:
        await floor.skill("8002", 0)
        await floor.ready("8002")
        async with caller(house, LATER):
            await second.until("answered", SOON)
        await floor.shows("8002", presence="after_call")
        await floor.skill("8002", 9)
        await floor.ready("8001", "8002")
        async with caller(house, LATER):
            await second.until("answered", SOON, times=2)
            assert first.said == (), "the queue itself would have rung the lower penalty"
        await floor.away("8001", "8002")
