"""The lists of callers over HTTP: who may, what is refused, and that numbers come back masked only."""

from collections.abc import AsyncIterator

import pytest

from callcenter.numbers.refusals import Refusals
from callcenter.people.model import NewUser
from callcenter.store.pool import Pool
from callcenter.web.numbers import numbers_routes
from tests.rooms.lists_of_callers import CALLER, Lists, open_lists
from tests.rooms.people_of_town import PASSWORD, MovableClock
from tests.rooms.web_of_town import Client, Web, open_web


@pytest.fixture
async def lists(pool: Pool) -> Lists:
    return open_lists(pool, MovableClock(), {})


@pytest.fixture
async def web(pool: Pool, lists: Lists) -> AsyncIterator[Web]:
    routes = numbers_routes(lists.callers, lists.care, lists.harassment, Refusals(pool))
    async with open_web(pool, routes) as web:
        new = {"username": "bz01", "name": "班长", "org_id": web.town.orgs["city"].id, "roles": ["supervisor"]}
        await web.people.create_user(NewUser.model_validate(new | {"password": PASSWORD}), by=None)
        yield web


async def codes(client: Client, method: str, path: str, **given: object) -> tuple[int, str]:
    status, body = await client.ask(method, path, **given)
    return status, body["code"] if status >= 400 else ""


async def test_care_is_set_on_a_call_and_ended_by_a_supervisor(web: Web, lists: Lists) -> None:
    (call,) = await lists.calls(count=1)
    async with web.client("hw01") as agent, web.client("bz01") as supervisor, web.client("west.op") as unit:
        given = {"call_id": str(call), "category": "elderly", "note": "听力弱"}
        assert await codes(unit, "POST", "/api/care", json=given) == (403, "forbidden")
        status, entry = await agent.ask("POST", "/api/care", json=given)
        assert (status, entry["number"], entry["standing"]) == (201, "**********0007", True)
        assert await codes(agent, "POST", "/api/care", json=given) == (409, "number-listed-already")
        assert (await codes(agent, "POST", "/api/care", json={"category": "elderly"}))[0] == 422
        assert (await codes(agent, "POST", "/api/care", json={**given, "number": CALLER}))[0] == 422
        assert await codes(agent, "GET", "/api/care") == (403, "forbidden")
        _, notes = await agent.ask("GET", f"/api/calls/{call}/caller")
        assert notes == {"care": "elderly", "care_note": "听力弱", "harassment": None, "language": ""}
        _, page = await supervisor.ask("GET", "/api/care")
        assert [one["id"] for one in page["items"]] == [entry["id"]]
        assert CALLER[3:] not in str(page)
        assert await supervisor.ask("DELETE", f"/api/care/{entry['id']}") == (204, None)
        assert await codes(supervisor, "DELETE", f"/api/care/{entry['id']}") == (404, "no-such-entry")


async def test_a_restraint_takes_two(web: Web, lists: Lists) -> None:
    evidence = [str(call) for call in await lists.calls()]
    proposal = {"evidence": evidence, "policy": "refuse", "reason": "辱骂", "days": 30}
    async with web.client("hw01") as agent, web.client("bz01") as supervisor:
        short = {**proposal, "evidence": evidence[:1]}
        assert await codes(agent, "POST", "/api/harassment", json=short) == (422, "evidence-wrong")
        status, entry = await agent.ask("POST", "/api/harassment", json=proposal)
        assert (status, entry["state"]) == (201, "proposed")
        path, yes = f"/api/harassment/{entry['id']}", {"approved": True, "opinion": "属实"}
        assert await codes(agent, "POST", f"{path}/decision", json=yes) == (403, "forbidden")
        _, entry = await supervisor.ask("POST", f"{path}/decision", json=yes)
        assert (entry["state"], entry["standing"]) == ("approved", True)
        assert await codes(supervisor, "POST", f"{path}/review", json={"finding": "有效"}) == (409, "entry-settled")
        _, entry = await supervisor.ask("POST", f"{path}/end", json={"finding": "误报"})
        assert (entry["state"], entry["finding"]) == ("ended", "误报")
        status, own = await supervisor.ask("POST", "/api/harassment", json=proposal)
        path = f"/api/harassment/{own['id']}"
        assert await codes(supervisor, "POST", f"{path}/decision", json=yes) == (409, "approver-is-proposer")
        _, page = await supervisor.ask("GET", "/api/harassment")
        assert CALLER[3:] not in str(page)


async def test_a_language_is_told_by_the_agent(web: Web, lists: Lists) -> None:
    (call,) = await lists.calls(count=1)
    (withheld,) = await lists.calls("", 1)
    async with web.client("hw01") as agent:
        path = f"/api/calls/{call}/caller"
        assert (await codes(agent, "PUT", f"{path}/language", json={"language": "中文"}))[0] == 422
        assert await agent.ask("PUT", f"{path}/language", json={"language": "en"}) == (204, None)
        assert (await agent.ask("GET", path))[1]["language"] == "en"
        nobody = f"/api/calls/{withheld}/caller"
        assert await codes(agent, "PUT", f"{nobody}/language", json={"language": "en"}) == (409, "number-withheld")
        assert (await agent.ask("GET", nobody))[1] == {
            "care": None,
            "care_note": "",
            "harassment": None,
            "language": "",
        }
