"""The API's description is valid OpenAPI 3.1, complete, readable, and true: every documented route keeps to it."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from callcenter.store.pool import Pool
from tests.rooms.web_of_town import Client, Web, open_web

GARBAGE: list[Any] = [None, 0, "", "\u0000", "x" * 3000, [], {"a": {"b": []}}, True, -(10**30), 1e300, "\ud83d\ude00"]


@pytest.fixture
async def web(pool: Pool) -> AsyncIterator[Web]:
    async with open_web(pool) as web:
        yield web


async def document_of(client: Client) -> dict[str, Any]:
    status, document = await client.ask("GET", "/api/openapi.json")
    assert status == 200
    return dict(document)


async def test_the_document_is_valid_and_names_every_operation_once(web: Web) -> None:
    async with web.client() as client:
        document = await document_of(client)
    OpenAPIV31SpecValidator(document).validate()
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    assert "post_api_session" in ids
    assert all(" / " in operation["summary"] for operation in operations)
    assert document["paths"]["/api/session"]["post"]["security"] == []


async def test_the_page_stands_alone_and_every_link_in_it_leads_somewhere(web: Web) -> None:
    async with web.client() as client:
        html = await (await client.http.get("/api/docs")).text()
        assert (await client.http.get("/api/docs.css")).status == 200
    assert "<script" not in html
    assert "style=" not in html
    assert not re.search(r'(src|href)="(https?:)?//', html)
    anchors = set(re.findall(r'id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= anchors
    assert "problem-login-failed" in anchors


def fitting(schema: dict[str, Any]) -> str:
    return str(uuid4()) if schema.get("format") == "uuid" else "x"


async def test_garbage_is_refused_as_a_problem_on_every_documented_route(web: Web) -> None:
    """Each field of each body takes each piece of garbage in turn; each parameter too; never a 500."""
    async with web.client("root") as client:
        document = await document_of(client)
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if operation["operationId"].startswith(("delete_api_session", "post_api_session")):
                    continue
                await bombard(client, document, path, method, operation)


async def bombard(client: Client, document: Any, path: str, method: str, operation: Any) -> None:
    parameters = operation["parameters"]
    address = path
    for parameter in (p for p in parameters if p["in"] == "path"):
        address = address.replace("{" + parameter["name"] + "}", fitting(parameter["schema"]))
    for bad in ("x", "%00", "%ff%fe", "..%2f..", "9" * 300, "'; drop table org;--"):
        await expect_no_fault(client, method, re.sub(r"\{\w+\}", bad, path))
    for parameter in (p for p in parameters if p["in"] == "query"):
        for bad in ("\x00", "-1", "9" * 40, "x" * 3000, "NaN"):
            await expect_no_fault(client, method, address, params={parameter["name"]: bad})
    if "requestBody" in operation:
        for body in [*GARBAGE, *bodies_of(document, operation)]:
            await expect_no_fault(client, method, address, json=body)


def bodies_of(document: Any, operation: Any) -> list[Any]:
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    fields = document["components"]["schemas"][name]["properties"]
    return [dict.fromkeys(fields, bad) for bad in GARBAGE] + [{field: bad} for field in fields for bad in GARBAGE]


async def expect_no_fault(client: Client, method: str, address: str, **given: Any) -> None:
    status, body = await client.ask(method.upper(), address, **given)
    assert status < 500, (method, address, given, body)
    if status >= 400:
        assert body["code"] != "internal"
