"""Lists over HTTP: kept filters, the search by number, many orders dispatched at once, the two linked lists."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pypdfium2
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from callcenter.documents.config import DocumentsConfig
from callcenter.documents.printer import Printer
from callcenter.orders import saved
from callcenter.store.pool import Pool
from callcenter.web.openapi import openapi
from callcenter.web.order_lists import order_list_routes
from callcenter.web.order_sheets import sheet_routes
from tests.rooms.desk_of_orders import Desk, open_desk
from tests.rooms.town_of_orders import Town, build_town
from tests.rooms.web_of_town import CONFIG

LISTS = "/api/order-lists"


@dataclass(frozen=True, slots=True)
class Site:
    town: Town
    desk: Desk


@pytest.fixture
async def site(pool: Pool) -> AsyncIterator[Site]:
    town = await build_town(pool)
    printer = Printer(DocumentsConfig().face, "云堰街道城运中心")
    async with open_desk(town, [*order_list_routes(town.orders), *sheet_routes(town.orders, printer)]) as desk:
        yield Site(town, desk)


async def test_found_counted_and_exported(site: Site) -> None:
    for n in range(3):
        await site.town.created(title=f"第{n}件水压不足")
    status, page = await site.desk.ask("agent", "POST", f"{LISTS}/find", json={"text": "水压", "limit": 2})
    assert (status, len(page["items"])) == (200, 2)
    assert page["items"][0]["found"][0] == [
        {"text": "第2件", "hit": False},
        {"text": "水压", "hit": True},
        {"text": "不足", "hit": False},
    ]
    assert "13800000001" not in str(page)
    _, rest = await site.desk.ask(
        "agent", "POST", f"{LISTS}/find", json={"text": "水压", "limit": 2, "cursor": page["next"]}
    )
    assert [line["title"] for line in rest["items"]] == ["第0件水压不足"]
    assert rest["next"] is None
    assert await site.desk.ask("agent", "POST", f"{LISTS}/count", json={"view": "mine"}) == (
        200,
        {"count": 3, "more": False},
    )
    response = await site.desk.clients["agent"].http.post(f"{LISTS}/export", json={"view": "mine", "form": "csv"})
    assert (response.status, response.content_type) == (200, "text/csv")
    assert len((await response.text("utf-8-sig")).splitlines()) == 4
    assert await site.desk.refused("agent", f"{LISTS}/find", json={"text": "，"}) == (422, "search-words-too-short")
    assert await site.desk.refused("agent", f"{LISTS}/find", json={"view": "secret"}) == (422, "invalid-fields")
    OpenAPIV31SpecValidator(openapi(order_list_routes(site.town.orders), CONFIG)).validate()


async def test_filters_are_kept_and_shared_with_the_org(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def names(who: str) -> list[str]:
        _, page = await site.desk.ask(who, "GET", f"{LISTS}/filters")
        return [one["name"] for one in page["items"]]

    new = {"name": "今日紧急", "filter": {"kinds": ["urgent"], "open": True}}
    status, kept = await site.desk.ask("agent", "POST", f"{LISTS}/filters", json=new)
    assert (status, kept["filter"]["kinds"], kept["mine"]) == (201, ["urgent"], True)
    await site.desk.ask("agent", "POST", f"{LISTS}/filters", json=new | {"name": "大家的", "shared": True})
    assert await names("agent") == ["今日紧急", "大家的"]
    assert await names("agent2") == ["大家的"]
    assert await names("water") == []
    monkeypatch.setattr(saved, "MOST", 2)
    assert await site.desk.refused("agent", f"{LISTS}/filters", json=new | {"name": "多"}) == (409, "too-many-filters")
    assert (await site.desk.ask("agent", "POST", f"{LISTS}/filters", json=new))[0] == 201
    one = f"{LISTS}/filters/{kept['id']}"
    assert await site.desk.refused("agent2", one, method="DELETE") == (404, "not-found")
    assert await site.desk.ask("agent", "DELETE", one) == (204, None)
    assert await names("agent") == ["大家的"]


async def test_a_number_is_searched_for_a_purpose_and_never_named(site: Site) -> None:
    open_order = await site.town.created()
    guarded = await site.town.created(confidential=True)
    report = await site.town.created(request_type="report")
    await site.town.created(caller_number="+8613900000002")
    body = {"number": "138 0000 0001", "purpose": "contact", "reason": "市民再次来电询问进度"}
    path = f"{LISTS}/by-number"
    _, found = await site.desk.ask("dispatcher", "POST", path, json=body)
    assert [line["id"] for line in found["items"]] == [str(open_order.id)]
    _, own = await site.desk.ask("agent", "POST", path, json=body)
    assert {line["id"] for line in own["items"]} == {str(one.id) for one in (open_order, guarded, report)}
    assert await site.desk.refused("water", path, json=body) == (403, "reveal-needs-role")
    assert await site.desk.refused("dispatcher", path, json=body | {"purpose": "law"}) == (403, "reveal-needs-role")
    trail = await site.town.pool.fetch("select subject_id, detail from audit_log where action = 'searched_by_number'")
    assert len(trail) == 2
    assert "1380000" not in str(trail)
    _, far = await site.desk.ask("far", "POST", path, json=body)
    assert far["items"] == []
    tail = body | {"number": "0001"}
    assert await site.desk.ask("dispatcher", "POST", path, json=tail) == (200, found)
    assert await site.desk.ask("agent", "POST", path, json=tail) == (200, own)
    assert await site.desk.ask("far", "POST", path, json=tail) == (200, far)
    assert await site.desk.ask("dispatcher", "POST", path, json=body | {"number": "9001"}) == (200, far)
    assert await site.desk.refused("water", path, json=tail) == (403, "reveal-needs-role")
    newest = "select subject_id, detail from audit_log where action = 'searched_by_number' order by id desc limit 1"
    told = await site.town.pool.fetchrow(newest)
    assert told is not None
    assert told["detail"] == {"purpose": "contact", "reason": body["reason"], "tail": 4}
    assert "9001" not in told["subject_id"]


@pytest.mark.rule("SG-27")
async def test_a_street_station_dispatches_a_days_orders_at_once(site: Site) -> None:
    """A hundred orders in one request, one of them gone already: each has its own result."""
    orders = [(await site.town.created(title=f"第{n}件")).id for n in range(12)]
    await site.town.orders.dispatch(site.town.people["dispatcher"], orders[0], site.town.orgs["roads"], "属地")
    body = {"orders": [str(one) for one in orders], "unit_id": str(site.town.orgs["water"]), "reason": "责任清单第3项"}
    _, result = await site.desk.ask("dispatcher", "POST", f"{LISTS}/dispatch", json=body)
    assert result["done"] == 11
    assert [(line["id"], line["code"]) for line in result["lines"] if line["code"]] == [
        (str(orders[0]), "move-refused")
    ]
    _, count = await site.desk.ask("water", "POST", f"{LISTS}/count", json={"view": "waiting"})
    assert count == {"count": 11, "more": False}
    refused = await site.desk.refused("dispatcher", f"{LISTS}/dispatch", json=body | {"orders": [str(orders[0])] * 101})
    assert refused == (422, "invalid-fields")


@pytest.mark.rule("SJ-07", "XY-33")
async def test_problems_turn_into_satisfaction(site: Site) -> None:
    """The two lists of a unit and period, what became of the one in the other, and the head's own warnings."""
    for resolved, satisfied in ((True, True), (True, True), (False, False)):
        order = await site.town.in_callback()
        await site.town.orders.settle_callback(order.id, None, resolved, satisfied, "answered")
    await site.town.handling()
    unit, now = str(site.town.orgs["water"]), site.town.clock.now()
    period = {"since": (now - timedelta(days=7)).isoformat(), "until": (now + timedelta(days=1)).isoformat()}
    path = f"{LISTS}/satisfaction"
    _, told = await site.desk.ask("water", "GET", path, params={"unit_id": unit} | period)
    assert told == {"problems": 2, "satisfied": 2, "warned": 1, "total": 4, "conversion": 0.5, "rate": 0.6667}
    for view, count in (("problems", 2), ("satisfied", 2), ("warned", 1)):
        assert await site.desk.ask("water", "POST", f"{LISTS}/count", json={"view": view}) == (
            200,
            {"count": count, "more": False},
        )
    empty = {"unit_id": str(site.town.orgs["roads"])} | period
    _, none = await site.desk.ask("dispatcher", "GET", path, params=empty)
    assert (none["conversion"], none["rate"]) == (None, None)
    assert await site.desk.refused("water", path, method="GET", params=empty) == (404, "not-found")
    long = empty | {"since": "2024-01-01T00:00:00+08:00"}
    assert await site.desk.refused("dispatcher", path, method="GET", params=long) == (422, "period-too-long")


@pytest.mark.rule("SG-27", "B-29")
async def test_many_orders_are_printed_at_once_without_their_callers(site: Site) -> None:
    town, path = site.town, f"{LISTS}/print"
    plain = await town.dispatched(title="请回电13800000001水压不足", content="六楼无水，电话13800000001")
    secret = await town.created(confidential=True, caller_name="欧阳某某")
    asked = {"orders": [str(plain.id), str(secret.id), str(plain.id)]}
    answer = await site.desk.clients["dispatcher"].http.post(path, json=asked)
    assert (answer.status, answer.content_type) == (200, "application/pdf")
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(await answer.read())]
    assert [number in page for number, page in zip((plain.number, secret.number), pages, strict=True)] == [True, True]
    assert "市政" not in pages[0]
    for word in ("water", "投诉", "先行接单", "办理时限", "现场办理记录"):
        assert word in pages[0]
    assert "保密件" in pages[1]
    assert not any(told in page for told in ("13800000001", "欧阳") for page in pages)
    answer = await site.desk.clients["dispatcher"].http.post(path, json=asked | {"form": "docx"})
    assert answer.content_type == "application/zip"
    names = ZipFile(BytesIO(await answer.read())).namelist()
    assert names == [f"工单-{plain.number}.docx", f"工单-{secret.number}.docx"]
    assert await site.desk.refused("far", path, json=asked) == (404, "no-such-order")
    trail = await town.pool.fetch("select detail from audit_log where action = 'orders_printed'")
    assert [row["detail"] for row in trail] == [{"orders": 2}, {"orders": 2}]
