"""Clocks, extensions and rule sets over HTTP, in the roles that may."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clocks import Clocks
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Role
from callcenter.store.pool import Pool
from callcenter.web.openapi import openapi
from callcenter.web.order_clocks import clock_routes
from tests.rooms.desk_of_orders import Desk, open_desk
from tests.rooms.town_of_orders import Town, build_town
from tests.rooms.web_of_town import CONFIG


@dataclass(frozen=True, slots=True)
class Site:
    town: Town
    desk: Desk


@pytest.fixture
async def site(pool: Pool) -> AsyncIterator[Site]:
    """Under the national default, where a deputy may grant an extension."""
    town = await build_town(pool)
    town = replace(town, orders=Orders(replace(town.orders.room, ruleset="national")))
    await pool.execute("update app_user set roles = $1 where username = 'reviewer'", [Role.DEPUTY.value])
    town.people["reviewer"] = replace(town.people["reviewer"], roles=frozenset({Role.DEPUTY}))
    routes = clock_routes(Clocks(town.orders, ClockStore(pool), Outbox(town.clock)))
    OpenAPIV31SpecValidator(openapi(routes, CONFIG)).validate()
    async with open_desk(town, routes) as desk:
        yield Site(town, desk)


@pytest.mark.rule("A-07", "XY-01")
async def test_clocks_extension_and_rule_sets(site: Site) -> None:
    order = await site.town.handling()
    one, desk = f"/api/orders/{order.id}", site.desk
    status, seen = await desk.ask("water", "GET", f"{one}/clocks")
    handle = next(clock for clock in seen["clocks"] if clock["public"] == "T-HANDLE1")
    assert (status, handle["due_day"], handle["effective"], seen["may_extend"]) == (200, "2026-03-11", True, True)
    assert await desk.refused("far", f"{one}/clocks", method="GET") == (404, "no-such-order")
    both = {"working_days": 1, "hours": 1, "reason": "雨季施工困难"}
    assert (await desk.refused("water", f"{one}/extension", json=both))[0] == 422
    wanted = {"working_days": 3, "reason": "雨季施工困难"}
    assert (await desk.refused("agent", f"{one}/extension", json=wanted))[0] == 403
    _, asked = await desk.ask("water", "POST", f"{one}/extension", json=wanted)
    extension = f"{one}/extension/{asked['extensions'][0]['id']}"
    assert (await desk.refused("dispatcher", extension, json={"granted": True}))[0] == 403
    status, granted = await desk.ask("reviewer", "POST", extension, json={"granted": True, "opinion": "同意"})
    handle = next(clock for clock in granted["clocks"] if clock["public"] == "T-HANDLE1")
    assert (status, handle["due_day"]) == (200, "2026-03-16")
    _, sets = await desk.ask("agent", "GET", "/api/rules")
    assert [one["ref"] for one in sets["items"] if one["chosen"]] == ["national/2"]
    assert (await desk.ask("agent", "GET", "/api/rules/songjiang-1510/1"))[1]["extends"] == "sh-1515/1"
    between = {"before": "sh-1515/1", "after": "songjiang-1510/1"}
    assert (await desk.ask("agent", "GET", "/api/rules/differences", params=between))[1]["items"][0][
        "change"
    ] == "added"
    assert await desk.refused("agent", "/api/rules/nowhere/1", method="GET") == (404, "ruleset-unknown")
    assert (await desk.refused("agent", "/api/rules/solvable", method="GET"))[0] == 403
    await site.town.submit(order.id)
    _, slow = await desk.ask("supervisor", "GET", "/api/rules/solvable")
    assert [one["late"] for one in slow["items"]] == [False]
