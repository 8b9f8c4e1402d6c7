"""Who sees the number of a call and hears its recording: the own subtree (XY-03), orders at hand, and the trail of it
(B-29)."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from callcenter.calls.reading import CallsReading
from callcenter.core.errors import NotFound
from callcenter.core.ids import CallId, OrderId, UserId, new_id
from callcenter.media.config import MediaConfig
from callcenter.media.reading import Recordings
from callcenter.media.transcripts import Transcripts
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from tests.rooms.media_calls import BEGAN, leg_named, make_call
from tests.rooms.town_of_orders import ORGS, Town, build_town
from tests.vaults import VAULT

NUMBER = "+8613800000001"
MASKED = "*" * 10 + "0001"


@dataclass(frozen=True, slots=True)
class House:
    """Three calls: one answered at the city's centre (8001), one at the street's (8101), one by nobody."""

    town: Town
    calls: CallsReading
    recordings: Recordings
    city: CallId
    street: CallId
    nobodys: CallId

    def actor(self, name: str, *roles: Role) -> Actor:
        """One of the town's people, in other roles when given."""
        person = self.town.people[name]
        return replace(person, roles=frozenset(roles)) if roles else person

    async def hears(self, actor: Actor, call: CallId) -> bool:
        try:
            await self.recordings.of_call(actor, call)
        except NotFound:
            with pytest.raises(NotFound):
                await Transcripts(self.town.pool).of_call(actor, call)
            return False
        return True

    async def looks(self) -> int:
        return int(await self.town.pool.fetchval("select count(*) from audit_log where action = 'number_viewed'"))


async def add_agent(pool: Pool, town: Town, org: str, extension: str) -> Actor:
    user = UserId(new_id())
    await pool.execute(
        "insert into app_user (id, username, name, org_id, roles, password_hash, extension, created_at)"
        " values ($1, $2, $2, $3, '{agent}', '', $4, $5)",
        user, f"{org}{extension}", town.orgs[org], extension, BEGAN,
    )  # fmt: skip
    return Actor(
        user_id=user,
        username=f"{org}{extension}",
        name=f"{org}{extension}",
        roles=frozenset({Role.AGENT}),
        org_id=town.orgs[org],
        org_path=ORGS[org][3],
    )


@pytest.fixture
async def house(pool: Pool, tmp_path: Path) -> House:
    town = await build_town(pool)
    town.people["seat8001"] = await add_agent(pool, town, "city", "8001")
    town.people["seat8101"] = await add_agent(pool, town, "street", "8101")
    calls = [await make_call(pool, leg_named(n), seat) for n, seat in enumerate(("8001", "8101", None))]
    await pool.execute("update call set caller_number = $1", NUMBER)
    reading = CallsReading(pool, Audit(town.clock), VAULT)
    return House(town, reading, Recordings(pool, MediaConfig(folder=tmp_path)), *calls)


@pytest.mark.parametrize(
    ("who", "roles", "sees"),
    [
        ("supervisor", (), {"city", "street", "nobodys"}),
        ("leader", (), {"city", "street", "nobodys"}),
        ("reviewer", (), {"street"}),
        ("far", (Role.SUPERVISOR,), set()),
        ("far", (Role.ADMIN,), set()),
        ("water", (Role.LEADER,), set()),
        ("dispatcher", (), set()),
        ("seat8001", (), {"city"}),
        ("seat8101", (), {"street"}),
    ],
)
async def test_numbers_and_recordings_end_at_the_border(
    house: House, who: str, roles: tuple[Role, ...], sees: set[str]
) -> None:
    actor = house.actor(who, *roles)
    calls = {"city": house.city, "street": house.street, "nobodys": house.nobodys}
    listed = {call.id: call.caller_number for call in (await house.calls.page(actor, limit=10)).items}
    assert {name for name, call in calls.items() if listed[call] == NUMBER} == sees
    assert {listed[call] for name, call in calls.items() if name not in sees} <= {MASKED}
    assert await house.looks() == 0  # a list is no look at one call
    for name, call in calls.items():
        detail = await house.calls.detail(actor, call)
        assert detail.call.caller_number == (NUMBER if name in sees else MASKED)
        assert await house.hears(actor, call) == (name in sees)
    assert await house.looks() == len(sees)


async def test_an_order_lets_those_hear_who_work_on_it(house: House) -> None:
    town = house.town
    order = await town.created(call_id=house.city)
    hearing = {name: await house.hears(town.people[name], house.city) for name in town.people}
    assert {name for name, hears in hearing.items() if hears} == {
        "supervisor", "leader", "seat8001", "dispatcher", "reviewer",
    }  # fmt: skip
    order = await town.orders.dispatch(town.people["dispatcher"], order.id, town.orgs["water"], "责任清单第3项")
    assert await house.hears(town.people["water"], house.city)
    assert not await house.hears(town.people["roads"], house.city)
    seen = await town.orders.get(town.people["water"], order.id)
    assert seen.call_id == house.city
    detail = await house.calls.detail(town.people["water"], house.city)
    assert detail.call.caller_number == MASKED  # hearing is not seeing


async def test_a_confidential_order_keeps_its_call_from_the_unit(house: House) -> None:
    town = house.town
    order = await town.created(call_id=house.city, confidential=True)
    await town.orders.dispatch(town.people["dispatcher"], OrderId(order.id), town.orgs["water"], "责任清单第3项")
    assert not await house.hears(town.people["water"], house.city)
    assert await house.hears(town.people["reviewer"], house.city)


async def test_nobody_lets_himself_in_by_an_order_of_his_own(house: House) -> None:
    dispatcher = house.town.people["dispatcher"]
    order = await house.town.created()
    await house.town.pool.execute(
        "update work_order set call_id = $2, created_by = $3 where id = $1", order.id, house.city, dispatcher.user_id
    )
    assert not await house.hears(dispatcher, house.city)


async def test_a_call_stays_with_the_org_whose_agent_took_it(house: House) -> None:
    """The extension goes to somebody else later; who took the call is known from the desk."""
    pool, town = house.town.pool, house.town
    await pool.execute(
        "insert into call_offer (id, call_id, user_id, card, offered_at, answered_at, ended_at)"
        " values ($1, $2, $3, '{}', $4, $4, $4)",
        new_id(), house.street, town.people["seat8101"].user_id, BEGAN,
    )  # fmt: skip
    await pool.execute("update app_user set extension = null where extension = '8101'")
    await add_agent(pool, town, "far", "8101")
    assert not await house.hears(house.actor("far", Role.REVIEWER), house.street)
    assert await house.hears(town.people["reviewer"], house.street)
