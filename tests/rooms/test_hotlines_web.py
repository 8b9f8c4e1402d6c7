"""The registry over HTTP: public facts without a log-in, refusals with their dates, cases by a machine's token."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from callcenter.people.operator import issue_token
from callcenter.store.pool import Pool
from callcenter.web.hotlines import hotline_routes
from callcenter.web.openapi import openapi
from tests.rooms.registry_house import LINES, RegistryHouse
from tests.rooms.web_of_town import CONFIG, Web, open_web

CASE = {"external": "GA-20260304-0007", "summary": "邻里噪声", "caller": "13900000001"}


@pytest.fixture
async def house(pool: Pool, tmp_path: Path) -> RegistryHouse:
    house = RegistryHouse(pool, tmp_path / "hotlines.yaml")
    link: dict[str, Any] = LINES[5]["link"]
    house.write([LINES[5] | {"link": link | {"machine": "machine"}} if line is LINES[5] else line for line in LINES])
    house.book.current, house.book.sha256 = house.read()
    await house.book.take_up(None)
    return house


@pytest.fixture
async def web(house: RegistryHouse) -> AsyncIterator[Web]:
    routes = hotline_routes(house.book, house.reading, house.merges, house.probes, house.cases)
    OpenAPIV31SpecValidator(openapi(routes, CONFIG)).validate()
    async with open_web(house.pool, routes) as web:
        yield web


async def test_anybody_learns_which_number_to_dial(web: Web) -> None:
    async with web.client() as nobody:
        status, answer = await nobody.ask("GET", "/api/hotlines")
        assert status == 200
        listed = {line["number"]: line for line in answer["items"]}
        assert listed["12325"]["dial_now"] == "12345"
        assert set(listed["110"]) == {"number", "title", "owner", "mode", "status", "since", "until", "dial_now"}
        for path in ("/api/hotlines/board", "/api/hotlines/changes", "/api/hotlines/probes", "/api/links/cases"):
            assert (await nobody.ask("GET", path))[0] == 401


async def test_an_agent_sees_no_board_and_changes_nothing(web: Web) -> None:
    async with web.client("hw01") as agent:
        for method, path, body in [
            ("GET", "/api/hotlines/board", None),
            ("POST", "/api/hotlines/reload", None),
            ("POST", "/api/hotlines/12369/closing", {}),
            ("PUT", "/api/hotlines/12369/checklist/orders_migrated", {"done": True}),
            ("POST", "/api/hotlines/12369/tests", None),
            ("POST", "/api/links/110/drills", None),
            ("POST", "/api/links/110/cases", CASE),
        ]:
            status, answer = await agent.ask(method, path, json=body)
            assert (status, answer["code"]) == (403, "forbidden"), path


async def test_a_closing_before_its_time_is_refused_with_the_date(web: Web) -> None:
    async with web.client("root") as root:
        status, answer = await root.ask("POST", "/api/hotlines/12369/closing", json={})
        assert (status, answer["code"]) == (409, "closing-too-early")
        assert "2026-04-30" in answer["message_zh"]
        status, answer = await root.ask("PUT", "/api/hotlines/12369/checklist/test_call_ok", json={"done": True})
        assert (status, answer["code"]) == (409, "no-good-test-call")
        status, answer = await root.ask("PUT", "/api/hotlines/12369/checklist/orders_migrated", json={"done": True})
        assert status == 200
        merged = next(item for item in answer["items"] if item["line"]["number"] == "12369")
        assert [check["done"] for check in merged["checklist"]] == [True, False, False, False]
        for path in ("/api/hotlines/12369/checklist/anything", "/api/hotlines/1x/checklist/orders_migrated"):
            assert (await root.ask("PUT", path, json={"done": True}))[0] in {404, 422}
        status, answer = await root.ask("POST", "/api/hotlines/12329/closing", json={})
        assert (status, answer["code"]) == (409, "hotline-not-merged")
        status, answer = await root.ask("POST", "/api/hotlines/12369/closing/complete")
        assert (status, answer["code"]) == (409, "no-closing-task")


async def test_tests_and_drills_are_asked_for(web: Web) -> None:
    async with web.client("root") as root:
        status, answer = await root.ask("POST", "/api/hotlines/12369/tests")
        assert (status, answer["kind"], answer["status"]) == (202, "manual", "waiting")
        status, answer = await root.ask("POST", "/api/hotlines/12369/tests")
        assert (status, answer["code"]) == (409, "probe-under-way")
        status, answer = await root.ask("POST", "/api/links/119/drills")
        assert (status, answer["code"]) == (409, "no-drill-target")
        status, answer = await root.ask("GET", "/api/hotlines/probes?number=12369")
        assert (status, len(answer["items"])) == (200, 1)


async def test_days_changes_and_a_reload(web: Web, house: RegistryHouse) -> None:
    async with web.client("root") as root:
        status, answer = await root.ask("GET", "/api/hotlines/12369/days?days=7")
        assert (status, len(answer["items"])) == (200, 7)
        assert (await root.ask("GET", "/api/hotlines/99999/days"))[0] == 404
        house.write(LINES[:-1], version=2)
        status, answer = await root.ask("POST", "/api/hotlines/reload")
        assert (status, answer["version"], answer["needs_switch"]) == (200, 2, True)
        status, answer = await root.ask("GET", "/api/hotlines/changes?number=119")
        assert [change["kind"] for change in answer["items"]] == ["removed", "added"]
        house.file.write_text("hotlines: [", encoding="utf-8")
        status, answer = await root.ask("POST", "/api/hotlines/reload")
        assert answer["code"] == "misconfigured"
        assert house.book.current.version == 2


async def test_a_machine_hands_in_its_case_once(web: Web, house: RegistryHouse) -> None:
    bearer = await issue_token(web.people, "machine", "110", timedelta(days=1))
    headers = {"Authorization": f"Bearer {bearer}"}
    async with web.client() as machine, web.client("hw01") as agent:
        status, answer = await machine.ask("POST", "/api/links/110/cases", json=CASE, headers=headers)
        assert (status, answer["state"]) == (201, "waiting")
        status, again = await machine.ask("POST", "/api/links/110/cases", json=CASE, headers=headers)
        assert (status, again) == (200, answer)
        changed = CASE | {"summary": "另一件事"}
        status, answer = await machine.ask("POST", "/api/links/110/cases", json=changed, headers=headers)
        assert (status, answer["code"]) == (422, "link-case-differs")
        status, answer = await machine.ask("POST", "/api/links/12366/cases", json=CASE, headers=headers)
        assert (status, answer["code"]) == (403, "not-your-link")
        status, answer = await machine.ask("POST", "/api/links/12345/cases", json=CASE, headers=headers)
        assert (status, answer["code"]) == (404, "no-such-link")
        status, answer = await agent.ask("GET", "/api/links/cases?number=110")
        assert [case["caller_number"] for case in answer["items"]] == ["*" * 10 + "0001"]
        nowhere = "/api/calls/00000000-0000-7000-8000-000000000000/link"
        assert (await agent.ask("GET", nowhere))[1]["code"] == "no-such-link-case"
        case = answer["items"][0]["id"]
        body = {"call_id": "00000000-0000-7000-8000-000000000000"}
        assert (await agent.ask("POST", f"/api/links/cases/{case}/call", json=body))[0] == 404
