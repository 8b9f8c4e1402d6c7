"""Every route of the real server, asked by every role of another street, and by every role around guarded orders."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from callcenter.core.ids import OrderId
from callcenter.people.actor import Role
from callcenter.web.route import Route
from tests.rooms.made_bodies import smallest
from tests.rooms.whole_house import NAME, NUMBER, PERSONS, WORDS, Who, WholeHouse, open_whole_house

SKIPPED = ("/api/socket", "/api/live", "/api/docs", "/api/openapi", "/metrics")
"""A web socket, which is asked in its own tests; and what never reads an order."""


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[WholeHouse]:
    async with open_whole_house(database_url, tmp_path) as house:
        yield house


async def asked(house: WholeHouse, http: ClientSession, route: Route, org: str, role: Who, order: OrderId) -> str:
    """The status and the text of the answer; what is no text counts as its bytes read so."""
    given = {}
    clock = house.rooms.clock
    if route.body is not None:
        given["json"] = smallest(route.body, order, clock)
    if route.query is not None:
        params = smallest(route.query, order, clock)
        given["params"] = {name: str(value) for name, value in params.items()}
    async with (
        asyncio.timeout(20),
        http.request(route.method, house.path_of(route, order), headers=house.bearer(org, role), **given) as answer,
    ):
        text = (await answer.read()).decode("utf-8", "replace")
        return f"{answer.status} {text}"


def walkers(route: Route) -> list[Who]:
    """Each role where orders are asked for; elsewhere the one who holds them all, guests and administrators. Whoever
    the guard itself refuses is left to the test of the guard."""
    few: tuple[Who, ...] = ("everything", Role.GUEST, Role.ADMIN)
    wanted = tuple(PERSONS) if "/orders" in route.path else few
    return [who for who in wanted if not route.roles or Role.ADMIN is who or PERSONS[who] & route.roles]


def walked(house: WholeHouse, *methods: str) -> list[Route]:
    return [one for one in house.routes if one.method in methods and not one.path.startswith(SKIPPED)]


@pytest.mark.rule("XY-03", "B-29")
async def test_nothing_of_another_street_comes_out_of_any_route(house: WholeHouse) -> None:
    """All routes, all roles, two foreign orgs; the orders themselves stay as they are."""
    order = house.orders["plain"]
    before = await house.rooms.pool.fetch("select id, version, events, stage from work_order order by id")
    number = await house.rooms.pool.fetchval("select number from work_order where id = $1", order)
    found: list[str] = []
    async with house.http() as http:
        one = next(route for route in house.routes if (route.method, route.path) == ("GET", "/api/orders/{id}"))
        assert NUMBER in await asked(house, http, one, "west-water", Role.UNIT_OPERATOR, order), (
            "else nothing is proven"
        )
        for route in walked(house, "GET", "POST", "PUT", "PATCH", "DELETE"):
            for role in walkers(route):
                for org in ("east", "east-water") if "/orders" in route.path else ("east",):
                    answer = await asked(house, http, route, org, role, order)
                    if any(secret in answer for secret in (NAME, NUMBER, WORDS, number)):
                        found.append(f"{route.method} {route.path} {org}.{role}: {answer[:80]}")
                    if answer.startswith("500"):
                        found.append(f"{route.method} {route.path} {org}.{role}: {answer[:200]}")
    after = await house.rooms.pool.fetch("select id, version, events, stage from work_order order by id")
    assert found == []
    assert before == [row for row in after if row["id"] in {old["id"] for old in before}]


@pytest.mark.rule("B-29", "SG-22", "GH-06", "XY-53")
async def test_no_route_tells_a_caller_of_a_guarded_order(house: WholeHouse) -> None:
    """Roles of the same street, its unit, its guests and the city: only whoever took the call, or a reveal."""
    found: list[str] = []
    async with house.http() as http:
        for route in walked(house, "GET"):
            for org in ("west", "west-water", "west-estate", "city"):
                for role in walkers(route):
                    if (org, role) == ("west", Role.AGENT):
                        continue  # took the call
                    for name in ("confidential", "report"):
                        answer = await asked(house, http, route, org, role, house.orders[name])
                        if NAME in answer or NUMBER in answer or f"*{NUMBER[-4:]}" in answer.split(WORDS)[0]:
                            found.append(f"{route.path} {org}.{role} {name}")
                        if role is Role.GUEST and WORDS in answer:
                            found.append(f"{route.path} {org}.{role} {name}: content")
    assert found == []


@pytest.mark.rule("XY-53", "SJ-21")
async def test_a_route_is_refused_to_every_role_that_it_does_not_name(house: WholeHouse) -> None:
    wrong: list[str] = []
    async with house.http() as http:
        for route in walked(house, "GET", "POST", "PUT", "PATCH", "DELETE"):
            for role in Role:
                if not route.roles or role in route.roles or role is Role.ADMIN:
                    continue
                answer = await asked(house, http, route, "west", role, house.orders["plain"])
                if not answer.startswith("403"):
                    wrong.append(f"{route.method} {route.path} {role}: {answer[:60]}")
    assert wrong == []


@pytest.mark.rule("XY-03")
async def test_supervisors_see_the_seats_of_their_own_subtree(house: WholeHouse) -> None:
    agent = house.people["west", Role.AGENT].user_id
    await house.rooms.pool.execute(
        "insert into agent_seat (user_id, extension, since) values ($1, '8001', $2)", agent, house.rooms.clock.now()
    )
    seats = next(route for route in house.routes if (route.method, route.path) == ("GET", "/api/seats"))
    async with house.http() as http:
        seen = {
            org: "8001" in await asked(house, http, seats, org, Role.SUPERVISOR, house.orders["plain"])
            for org in ("city", "west", "east")
        }
    assert seen == {"city": True, "west": True, "east": False}


@pytest.mark.rule("XY-03")
async def test_without_a_log_in_only_the_public_routes_answer(house: WholeHouse) -> None:
    async with house.http() as http:
        for route in walked(house, "GET", "POST"):
            try:
                async with http.request(route.method, house.path_of(route, house.orders["plain"])) as answer:
                    assert route.public or answer.status == 401, route.path
            except ClientError:
                pytest.fail(route.path)
