"""Oversight over HTTP: a true description, each role its part, refusals with their codes, papers as files."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession
from openapi_spec_validator import OpenAPIV31SpecValidator

from callcenter.core.errors import Unauthenticated
from callcenter.documents.config import DocumentsConfig
from callcenter.documents.printer import Printer
from callcenter.people.actor import Actor
from callcenter.people.session import Session
from callcenter.store.pool import Pool
from callcenter.web.openapi import openapi
from callcenter.web.oversight import oversight_routes
from callcenter.web.server import build_app, open_site
from tests.rooms.town_of_oversight import Overseen, build_overseen
from tests.rooms.web_of_town import CONFIG, body_of

SUPERVISION = {"mode": "written", "requirement": "三日内整改", "due_on": "2026-03-06"}
PERIOD = {"since": "2026-03-01", "until": "2026-03-31"}


class NamedBearers:
    """The bearer is the user's name."""

    def __init__(self, people: Mapping[str, Actor]) -> None:
        self._people = people

    async def session(self, token: str) -> Session:
        raise Unauthenticated

    async def actor_of_token(self, bearer: str) -> Actor:
        return self._people[bearer]


@dataclass(frozen=True, slots=True)
class Site:
    town: Overseen
    http: ClientSession

    async def ask(self, who: str, method: str, path: str, **given: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {who}"}
        response = await self.http.request(method, path, headers=headers, **given)
        return response.status, await body_of(response)


@pytest.fixture
async def site(pool: Pool) -> AsyncIterator[Site]:
    town = await build_overseen(pool)
    documents = DocumentsConfig()
    routes = oversight_routes(town.oversight, Printer(documents.face, documents.issuer))
    app = build_app(routes, NamedBearers(town.people), CONFIG, static=None)
    async with open_site(app, CONFIG) as port, ClientSession(f"http://127.0.0.1:{port}") as http:
        yield Site(town, http)


@pytest.mark.rule("JC-24", "XY-42", "XY-44", "SG-13", "JC-32")
async def test_each_role_sees_and_does_its_part(site: Site) -> None:
    order = await site.town.town.handling()
    path = f"/api/orders/{order.id}/supervisions"
    assert (await site.ask("water", "POST", path, json=SUPERVISION))[0] == 403
    status, made = await site.ask("supervisor", "POST", path, json=SUPERVISION)
    assert (status, made["number"], made["target_org"]) == (201, "督〔2026〕1号", "water")
    late = SUPERVISION | {"trigger": "overdue"}
    status, refusal = await site.ask("supervisor", "POST", path, json=late)
    assert (status, refusal["code"]) == (409, "urge-first")
    one = f"/api/supervisions/{made['id']}"
    for who, seen in {"water": 1, "roads": 0, "far": 0, "street-supervisor": 1, "discipline": 1}.items():
        status, page = await site.ask(who, "GET", "/api/supervisions", params={"state": "open"})
        assert (status, len(page["items"])) == (200, seen), who
    assert (await site.ask("agent", "GET", "/api/supervisions"))[0] == 403
    assert (await site.ask("roads", "GET", f"{one}/pdf"))[0] == 404
    assert (await site.ask("water", "GET", f"{one}/exe"))[0] == 404
    response = await site.http.get(f"{one}/pdf", headers={"Authorization": "Bearer water"})
    assert (response.status, (await response.read())[:5]) == (200, b"%PDF-")
    assert (await site.ask("water", "POST", f"{one}/reply", json={"text": "已整改"}))[1]["state"] == "replied"
    end = {"verdict": "fulfilled", "result": "属实"}
    assert (await site.ask("supervisor", "POST", f"{one}/close", json=end))[1]["verdict"] == "fulfilled"
    for path, query in [
        ("/api/late", PERIOD | {"list": "accept"}),
        ("/api/late", PERIOD),
        ("/api/conversion", PERIOD),
        ("/api/problems", PERIOD | {"satisfied": "true"}),
        ("/api/bulletin", PERIOD),
        ("/api/week-pack", {"week": "2026-03-04"}),
        ("/api/joint-candidates", {}),
        ("/api/live-ledger", {}),
        ("/api/oversight", {}),
        ("/api/key-list", {}),
        ("/api/quality/checklists", {}),
        ("/api/rulings", {}),
        ("/api/meetings", {}),
        ("/api/instructions", {}),
    ]:
        status, answer = await site.ask("leader", "GET", path, params=query)
        assert status == 200, (path, answer)


@pytest.mark.rule("XY-39", "SJ-08", "SJ-33", "SJ-27")
async def test_meeting_instruction_and_ruling_from_end_to_end(site: Site) -> None:
    order = await site.town.town.handling()
    water, roads = str(site.town.orgs["water"]), str(site.town.orgs["roads"])
    meeting = {
        "kind": "special",
        "title": "供水专题协调会",
        "held_at": "2026-03-05T09:00:00+08:00",
        "participants": [{"body": "自来水公司", "external": True}],
        "order_ids": [str(order.id)],
        "items": [{"matter": "更换加压泵", "owner_id": water, "due_on": "2026-03-13"}],
    }
    assert (await site.ask("supervisor", "POST", "/api/meetings", json=meeting))[0] == 403
    status, held = await site.ask("deputy", "POST", "/api/meetings", json=meeting)
    assert (status, held["items"][0]["owner_org"]) == (201, "water")
    item = f"/api/meeting-items/{held['items'][0]['id']}/finish"
    assert (await site.ask("water", "POST", item, json={"text": "已更换"}))[0] == 204
    response = await site.http.get(f"/api/meetings/{held['id']}/docx", headers={"Authorization": "Bearer deputy"})
    assert (response.status, (await response.read())[:2]) == (200, b"PK")
    words = {"text": "限期整改", "requirement": "报方案", "due_on": "2026-03-20", "target_ids": [water]}
    assert (await site.ask("supervisor", "POST", "/api/instructions", json=words))[0] == 403
    assert (await site.ask("chief", "POST", "/api/instructions", json=words))[0] == 204
    given = (await site.ask("water", "GET", "/api/instructions"))[1]["items"]
    told = await site.ask("water", "POST", f"/api/instructions/{given[0]['id']}/feedback", json={"text": "已报"})
    assert told[0] == 204
    ruling = {
        "question": "加压泵谁负责",
        "text": "供水科",
        "category": "公用事业",
        "duty_id": water,
        "party_ids": [water, roads],
    }
    status, drafted = await site.ask("inspector", "POST", "/api/rulings", json=ruling)
    assert status == 201
    one = f"/api/rulings/{drafted['id']}"
    approval = {"effective_from": "2026-03-04"}
    assert (await site.ask("deputy", "POST", f"{one}/approve", json=approval))[1]["code"] == "ruling-not-agreed"
    for head in ("water-head", "roads-head"):
        assert (await site.ask(head, "POST", f"{one}/agree"))[0] == 204
    assert (await site.ask("deputy", "POST", f"{one}/approve", json=approval))[0] == 204
    assert (await site.ask("leader", "GET", "/api/rulings", params={"state": "approved"}))[1]["items"][0]["number"]


@pytest.mark.rule("B-06b", "JC-40", "XY-02", "SJ-28", "SJ-23")
async def test_cases_flags_and_quality_over_http(site: Site) -> None:
    order = await site.town.town.submitted()
    water = str(site.town.orgs["water"])
    case = {"kind": "police", "reason": "恶意拨打", "references": [["order", str(order.id)]]}
    status, made = await site.ask("street-supervisor", "POST", "/api/cases", json=case)
    assert (status, made["acts"]) == (201, ["confirm", "dismiss"])
    one = f"/api/cases/{made['id']}"
    assert (await site.ask("street-supervisor", "POST", f"{one}/confirm", json={}))[1]["code"] == "needs-another-person"
    assert (await site.ask("street-supervisor2", "POST", f"{one}/confirm", json={}))[1]["state"] == "sent"
    assert (await site.ask("street-supervisor2", "POST", f"{one}/dance", json={}))[0] == 404
    assert (await site.ask("street-supervisor", "GET", f"{one}/form/pdf"))[0] == 200
    circular = await site.ask("discipline", "GET", "/api/interview-circular/docx", params=PERIOD)
    assert circular[0] == 200
    bad = {"kind": "police", "reason": "x", "references": [["phone", "+8613800000001"]]}
    assert (await site.ask("supervisor", "POST", "/api/cases", json=bad))[0] == 422
    flag = {"flag": "perfunctory", "reason": "空泛"}
    assert (await site.ask("reviewer", "POST", f"/api/orders/{order.id}/flags", json=flag))[0] == 204
    (found,) = (await site.ask("leader", "GET", "/api/violations"))[1]["items"]
    decision = f"/api/violations/{found['id']}/decision"
    assert (await site.ask("leader", "POST", decision, json={"confirmed": True}))[0] == 204
    assert (await site.ask("inspector", "POST", f"/api/orders/{order.id}/quality", json={"hook": "after"}))[0] == 204
    force = {"org_id": water, "reason": "权属"}
    assert (await site.ask("inspector", "POST", f"/api/orders/{order.id}/duty-org", json=force))[0] == 204
    (task,) = (await site.ask("inspector", "GET", "/api/quality/tasks", params={"state": "open"}))[1]["items"]
    review = {"focus": "水压", "indicator": "答复", "finding": "无", "severity": "none", "verdict": "passed"}
    assert (await site.ask("inspector", "POST", f"/api/quality/tasks/{task['id']}/review", json=review))[0] == 204


@pytest.mark.rule("JC-24")
async def test_forms_ask_for_what_they_may_name(site: Site) -> None:
    order = await site.town.town.dispatched()
    asked = {"number": order.number}
    status, found = await site.ask("supervisor", "GET", "/api/oversight/order", params=asked)
    assert (status, found["id"]) == (200, str(order.id))
    assert (await site.ask("far", "GET", "/api/oversight/order", params=asked))[1]["code"] == "no-such-order"
    status, found = await site.ask("street-supervisor", "GET", "/api/oversight/choices")
    assert (status, [one["name"] for one in found["higher"]]) == (200, ["city", "street"])
    assert (await site.ask("water", "GET", "/api/oversight/choices"))[0] == 403
    nobody = {"kind": "coordination", "title": "协调会", "held_at": "2026-03-05T10:00:00+08:00", "participants": [{}]}
    assert (await site.ask("deputy", "POST", "/api/meetings", json=nobody))[0] == 422


def test_its_description_is_valid(site: Site) -> None:
    documents = DocumentsConfig()
    routes = oversight_routes(site.town.oversight, Printer(documents.face, documents.issuer))
    OpenAPIV31SpecValidator(openapi(routes, CONFIG)).validate()
