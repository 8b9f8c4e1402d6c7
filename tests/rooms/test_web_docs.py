"""The API's description is valid OpenAPI 3.1, complete, readable, and true: every documented route keeps to it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from callcenter.app.files import furnish_files
from callcenter.app.handling import furnish_handling
from callcenter.app.rosters import furnish_rosters
from callcenter.calls.reading import CallsReading
from callcenter.core.bus import Bus
from callcenter.documents.config import DocumentsConfig
from callcenter.documents.printer import Printer
from callcenter.files.config import FilesConfig
from callcenter.knowledge.service import Knowledge
from callcenter.media.config import MediaConfig
from callcenter.media.reading import Recordings
from callcenter.media.transcripts import Transcripts
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import open_orders
from callcenter.outbox.outbox import Outbox
from callcenter.people.audit import Audit
from callcenter.seats.config import SeatsConfig
from callcenter.seats.service import Seats
from callcenter.store.pool import Pool
from callcenter.waiting.config import WaitingConfig
from callcenter.waiting.keeping import Places
from callcenter.waiting.reading import WaitsReading
from callcenter.waiting.store import WaitStore
from callcenter.waiting.waits import Waits
from callcenter.web.calls import calls_routes
from callcenter.web.orders import orders_routes
from callcenter.web.recordings import recording_routes
from callcenter.web.seats import seats_routes
from callcenter.web.waiting import waiting_routes
from tests.rooms.desks_of_town import StagedCalls, StagedTelephony, running
from tests.rooms.nasty import PATH, QUERY, Document
from tests.rooms.people_of_town import MovableClock
from tests.rooms.test_rosters import BOOK
from tests.rooms.waiting_house import waits_running
from tests.rooms.web_of_town import Client, Web, open_web
from tests.vaults import VAULT

OWN_SESSION = ("delete_api_session", "post_api_session", "put_api_password")


@pytest.fixture
async def whole(pool: Pool, tmp_path: Path) -> AsyncIterator[Web]:
    """Every room that answers from the database."""
    clock, bus = MovableClock(), Bus()
    audit = Audit(clock)
    orders = await open_orders(
        pool, clock=clock, bus=bus, config=OrdersConfig(), city="Asia/Shanghai", audit=audit, vault=VAULT
    )
    seats = Seats(
        pool, StagedTelephony(), StagedCalls(), orders, SeatsConfig(), clock, bus, audit=audit, queues=(), vault=VAULT
    )
    store = WaitStore(pool)
    waits = Waits(pbx="a", store=store, seats=seats, config=WaitingConfig(), clock=clock, bus=bus)
    recordings = Recordings(pool, MediaConfig(folder=tmp_path))
    documents, files = DocumentsConfig(), FilesConfig(folder=tmp_path)
    handling = furnish_handling(
        pool=pool,
        clock=clock,
        orders=orders,
        outbox=Outbox(clock),
        files=furnish_files(files, pool=pool, clock=clock, audit=audit, orders=orders.room).files,
        templates=Knowledge(pool, clock, audit),
        city="Asia/Shanghai",
    )
    extra = [
        *orders_routes(orders),
        *seats_routes(seats),
        *recording_routes(pool, recordings, Transcripts(pool), audit),
        *calls_routes(CallsReading(pool, Audit(clock), VAULT)),
        *handling.routes(Printer(documents.face, documents.issuer)),
        *furnish_rosters(pool, BOOK, clock, audit, "Asia/Shanghai").routes(),
        *waiting_routes(
            WaitsReading(waits, store, BOOK, clock), Places(pool, WaitingConfig(), clock, bus, audit, VAULT)
        ),
    ]
    async with running(seats), waits_running(waits), open_web(pool, extra) as web:
        yield web


async def document_of(client: Client) -> dict[str, Any]:
    status, document = await client.ask("GET", "/api/openapi.json")
    assert status == 200
    return dict(document)


async def test_the_document_is_valid_and_names_every_operation_once(whole: Web) -> None:
    async with whole.client() as client:
        document = await document_of(client)
    OpenAPIV31SpecValidator(document).validate()
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    assert "post_api_session" in ids
    assert all(" / " in operation["summary"] for operation in operations)
    assert document["paths"]["/api/session"]["post"]["security"] == []


async def test_the_page_stands_alone_and_every_link_in_it_leads_somewhere(whole: Web) -> None:
    async with whole.client() as client:
        html = await (await client.http.get("/api/docs")).text()
        assert (await client.http.get("/api/docs.css")).status == 200
    assert "<script" not in html
    assert "style=" not in html
    assert not re.search(r'(src|href)="(https?:)?//', html)
    anchors = set(re.findall(r'id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= anchors
    assert "problem-login-failed" in anchors


async def test_garbage_is_refused_as_a_problem_on_every_documented_route(whole: Web) -> None:
    """For someone who may do everything, so that what passes the types reaches the rooms. Never a 500, never a 503."""
    async with whole.client("root") as client:
        document = await document_of(client)
        maker = Document(document)
        known = await things(client)
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if not operation["operationId"].startswith(OWN_SESSION) and "socket" not in path:
                    address = re.sub(r"\{\w+\}", known.get(path.split("/")[2], str(uuid4())), path)
                    await bombard(client, maker, (path, address), method.upper(), operation)


async def things(client: Client) -> dict[str, str]:
    """One of each, so that what is sent to its address gets past "not found"."""
    order = {"title": "路灯不亮", "content": "路口路灯三天不亮", "request_type": "help", "address": "东街口"}
    known = {}
    for kind, body in {"orders": order, "articles": {"title": "路灯", "body": "报修电话"}}.items():
        status, made = await client.ask("POST", f"/api/{kind}", json=body)
        assert status == 201, made
        known[kind] = made["id"]
    return known


async def bombard(client: Client, maker: Document, addresses: tuple[str, str], method: str, operation: Any) -> None:
    path, address = addresses
    named = [parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"]
    for nasty in PATH if named else ():
        await expect_no_fault(client, method, re.sub(r"\{\w+\}", nasty, path))
    for parameter in (p for p in operation["parameters"] if p["in"] == "query"):
        for nasty in QUERY:
            await expect_no_fault(client, method, address, params={parameter["name"]: nasty})
    for body in maker.bodies(operation) if "requestBody" in operation else ():
        await expect_no_fault(client, method, address, json=body)


async def expect_no_fault(client: Client, method: str, address: str, **given: Any) -> None:
    status, body = await client.ask(method, address, **given)
    assert status < 500, (method, address, given, body)
    if status >= 400:
        assert body["code"] != "internal"
