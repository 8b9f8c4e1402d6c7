"""Dispatch over HTTP: by the people's own log-ins, refusals with their codes, printed forms, a true description."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from callcenter.store.pool import Pool
from callcenter.web.openapi import openapi
from tests.rooms.dispatch_web import FACE, Site, open_dispatch_web
from tests.rooms.web_of_town import CONFIG

ITEM = {
    "code": "GS-01",
    "title": "二次供水水压不足",
    "category": "公用事业",
    "keywords": ["水压"],
    "lead": "water",
    "co": ["roads"],
    "basis": "供水条例第十二条",
    "valid_from": "2026-01-01",
}


@pytest.fixture
async def site(pool: Pool) -> AsyncIterator[Site]:
    async with open_dispatch_web(pool) as site:
        yield site


@pytest.mark.rule("SG-06", "SG-05", "GH-05", "XY-34")
async def test_the_list_over_http(site: Site) -> None:
    assert (await site.refused("cb", "POST", "/api/duties", json={"items": [ITEM]}))[0] == 403
    assert await site.done("pd", "POST", "/api/duties", json={"items": [ITEM]}) == {"proposed": 1}
    (item,) = (await site.done("fz", "GET", "/api/duties", params={"words": "水压"}))["items"]
    assert (item["state"], item["may_answer"]) == ("waiting", True)
    one = f"/api/duties/{item['id']}"
    await site.done("fz", "POST", f"{one}/answer", json={"agreed": True})
    whole = await site.done("dlz", "POST", f"{one}/answer", json={"agreed": True, "note": "同意"})
    assert whole["item"]["state"] == "in_force"
    assert (await site.refused("dlz", "POST", f"{one}/answer", json={"agreed": True})) == (409, "duty-decided")
    order = await site.created()
    found = await site.done("pd", "GET", f"{order}/suggestions")
    assert found["items"][0]["item_id"] == item["id"]
    body = {"unit_id": str(site.orgs["farm"]), "reason": "属地", "outside_reason": "清单无此项"}
    await site.done("pd", "POST", f"{order}/dispatches", json=body)
    (gap,) = (await site.done("pd", "GET", "/api/duty-gaps"))["items"]
    await site.done("pd", "POST", f"/api/duty-gaps/{gap['id']}/settle", json={"outcome": "dismissed"})
    assert (await site.done("sh", "GET", "/api/duty-coverage"))["share"] == 1.0
    wrong = {"form": "csv", "text": "code,title\nA-1,x\n"}
    assert await site.refused("pd", "POST", "/api/duties/import", json=wrong) == (422, "duty-list-broken")
    await site.done("pd", "POST", f"{one}/retire")
    contact = {
        "org_id": str(site.orgs["water"]),
        "matter": "供水",
        "contact": "顾工",
        "phone": "59700000",
        "hours": "工作日",
    }
    await site.done("pd", "POST", "/api/duty-contacts", json=contact)
    (line,) = (await site.done("hw", "GET", "/api/duty-contacts"))["items"]
    await site.done("pd", "PUT", f"/api/duty-contacts/{line['id']}", json=contact | {"backup": "陆工"})
    assert (await site.done("hw", "GET", "/api/duty-contacts"))["items"][0]["backup"] == "陆工"
    station = f"/api/stations/{site.orgs['station']}"
    await site.done("pd", "PUT", station, json={"roads": ["桐影路"]})
    assert (await site.done("gz", "GET", "/api/stations"))["items"][0]["org_id"] == str(site.orgs["station"])
    assert (await site.done("cb", "GET", "/api/stations"))["items"] == []
    assert (await site.done("pd", "GET", "/api/stations"))["items"][0]["roads"] == ["桐影路"]


async def to_acceptance(site: Site, unit: str = "water", who: str = "cb") -> str:
    order = await site.created()
    body = {"unit_id": str(site.orgs[unit]), "reason": "属地", "outside_reason": "清单无此项"}
    await site.done("pd", "POST", f"{order}/dispatches", json=body)
    await site.done(who, "POST", f"{order}/accept")
    return order


@pytest.mark.rule("XY-17", "XY-19", "XY-21", "XY-22", "XY-23", "XY-51")
async def test_returns_and_signatures_over_http_with_their_forms(site: Site) -> None:
    order = await to_acceptance(site)
    form: dict[str, Any] = {
        "reason_code": "other_owner",
        "reason_text": "泵房由道路科统一管养，非我科职责",
        "basis": "三定方案",
        "suggested_org_id": str(site.orgs["roads"]),
    }
    named = (await site.done("cb", "GET", "/api/dispatching/bodies", params={"words": "科"}))["items"]
    assert [one["name"] for one in named] == ["市政事务科", "道路管理科"]
    short = await site.refused("cb", "POST", f"{order}/return", json=form | {"reason_text": "不是"})
    assert short == (422, "return-reason-short")
    drafted = (await site.done("cb", "POST", f"{order}/return", json=form))["returns"][0]
    signed = {"form_id": drafted["id"], "drafted_at": drafted["drafted_at"]}
    assert (await site.refused("cb", "POST", f"{order}/return/sign", json=signed))[1] == "head-signature-needed"
    await site.done("fz", "POST", f"{order}/return/sign", json=signed)
    await site.done("sh", "POST", f"{order}/return/decision", json={"granted": True, "opinion": "属实"})
    await site.done("pd", "POST", f"{order}/sign", json={"cause": "no_main_unit", "text": "各科均不认"})
    due = "2026-03-09T18:00:00+08:00"
    arranged = {"lead_org_id": str(site.orgs["roads"]), "co_org_ids": [str(site.orgs["water"])], "due_at": due}
    await site.done("fg", "POST", f"{order}/sign/opinion", json=arranged | {"opinion": "由道路科主办"})
    assert (await site.refused("zy", "POST", f"{order}/sign/decision", json={"decision": "reject"}))[0] == 422
    decided = await site.done(
        "zy", "POST", f"{order}/sign/decision", json={"decision": "approve", "instruction": "照办"}
    )
    assert (decided["signs"][0]["state"], decided["locked"]) == ("approved", True)
    for kind, name in (("returns", drafted["id"]), ("signs", decided["signs"][0]["id"])):
        answer = await site.clients["sh"].http.get(f"{order}/{kind}/{name}/form.docx")
        assert answer.status == 200
        with ZipFile(BytesIO(await answer.read())) as packed:
            assert "欧阳" not in packed.read("word/document.xml").decode()
    assert FACE.exists(), "the typeface of printed forms: apt-get install fonts-noto-cjk"
    answer = await site.clients["zy"].http.get(f"{order}/signs/{decided['signs'][0]['id']}/form.pdf")
    assert (await answer.read())[:5] == b"%PDF-"
    assert (await site.ask("zy", "GET", f"{order}/signs/{drafted['id']}/form.pdf"))[0] == 404
    assert (await site.ask("zy", "GET", f"{order}/returns/{drafted['id']}/form.exe"))[0] == 404


@pytest.mark.rule("XY-20")
async def test_too_late_is_409_with_the_codes_own_name(site: Site) -> None:
    order = await to_acceptance(site)
    site.clock.forward(days=7)
    await site.clients["cb"].log_in("cb01")
    form = {
        "reason_code": "not_our_duty",
        "reason_text": "泵房由道路科统一管养，非我科职责",
        "basis": "三定方案",
        "suggested_org_id": str(site.orgs["roads"]),
    }
    assert await site.refused("cb", "POST", f"{order}/return", json=form) == (409, "RETURN_WINDOW_EXPIRED")
    seen = await site.done("cb", "GET", f"{order}/returning")
    assert (seen["locked"], seen["window_open"], seen["actions"]) == (True, False, [])


@pytest.mark.rule("XY-34", "SJ-12", "GH-12", "XY-55", "SG-40")
async def test_helpers_whistles_and_volunteers_over_http(site: Site) -> None:
    order = await to_acceptance(site)
    asked = {"helpers": [{"org_id": str(site.orgs["works"]), "task": "检查出厂水压"}]}
    await site.done("cb", "POST", f"{order}/tasks", json=asked)
    (help_,) = (await site.done("sc", "GET", "/api/tasks"))["items"]
    assert "138" not in str(help_)
    assert "欧阳" not in str(help_)
    task = f"/api/tasks/{help_['task']['id']}"
    for step, body in (
        ("accept", None),
        ("attend", {"latitude": 31.1, "longitude": 121.1}),
        ("finish", {"result": "正常"}),
    ):
        await site.done("sc", "POST", f"{task}/{step}", **({"json": body} if body is not None else {}))
    assert (await site.done("sc", "GET", task))["task"]["done_at"]
    assert (await site.ask("sc", "GET", order))[0] == 404
    assert (await site.ask("sc", "GET", f"{order}/dispatching"))[0] == 404
    village = await to_acceptance(site, "village", "jw")
    whistle = {
        "matter": "井盖破损",
        "place": "村口",
        "helpers": [{"org_id": str(site.orgs["roads"]), "task": "更换井盖"}],
    }
    assert await site.refused("cb", "POST", f"{order}/whistles", json=whistle) == (403, "whistle-initiator")
    blown = (await site.done("jw", "POST", f"{village}/whistles", json=whistle))["whistles"][0]
    rated = {"attendances": [{"org_id": str(site.orgs["roads"]), "attended": False, "rating": 1}]}
    await site.done("jw", "POST", f"/api/whistles/{blown['id']}/confirm", json=rated)
    await site.done("cb", "POST", f"{order}/difficulty", json={"reason": "产权不清"})
    decided = {"granted": True, "opinion": "联合处置", "helpers": [{"body": "某开发公司", "task": "到会"}]}
    view = await site.done("sh", "POST", f"{order}/difficulty/decision", json=decided)
    outside = next(one for one in view["tasks"] if one["helper"] == "某开发公司")
    await site.done("sh", "POST", f"{order}/tasks/{outside['id']}/cancel")
    met = {
        "held_at": "2026-03-04T15:00:00+08:00",
        "place": "二楼会议室",
        "org_ids": [str(site.orgs["water"])],
        "bodies": ["某开发公司"],
        "minutes": "各方说明",
        "decisions": "开发商出资",
    }
    assert (await site.done("sh", "POST", f"{order}/meetings", json=met))["meetings"][0]["participants"]
    await site.done("sh", "POST", f"{order}/block-reason", json={"reason": "funds"})
    placed = {
        "territory_id": str(site.orgs["village"]),
        "duty_id": None,
        "duty_body": "铁路部门",
        "letter": "请贵单位处置",
    }
    assert (await site.done("sh", "POST", f"{order}/territory", json=placed))["block_reason"] == "funds"
    free = await site.created()
    (offer,) = (await site.done("dl", "GET", "/api/claimable"))["items"]
    assert free.endswith(offer["id"])
    await site.done("dl", "POST", f"{free}/claims", json={"reason": "我科可先行处置"})
    claim = (await site.done("pd", "GET", f"{free}/dispatching"))["claims"][0]["id"]
    taken = await site.done("pd", "POST", f"{free}/claims/{claim}", json={"accepted": True})
    assert taken["responsible_org"] == "道路管理科"
    period = {"since": "2026-03-01T00:00:00+08:00", "until": "2026-04-01T00:00:00+08:00"}
    figures = await site.done("sh", "GET", "/api/dispatching/figures", params=period)
    assert (figures["orders"], figures["volunteered"]) == (3, 1)
    assert (await site.refused("cb", "GET", "/api/dispatching/figures", params=period))[0] == 403
    lasting = {
        "deputy_id": str(site.orgs["water"]),
        "reason": "出差",
        "from_at": period["since"],
        "until_at": period["until"],
    }
    assert await site.refused("fz", "POST", "/api/signature-delegations", json=lasting) == (422, "no-such-deputy")
    assert (await site.done("fz", "GET", "/api/signature-delegations"))["items"] == []
    people = (await site.done("fz", "GET", "/api/signature-delegations/people"))["items"]
    assert [(one["name"], one["head"]) for one in people] == [("用户fz", True), ("用户cb", False)]
    lasting["deputy_id"] = people[1]["id"]
    await site.done("fz", "POST", "/api/signature-delegations", json=lasting)
    (one,) = (await site.done("cb", "GET", "/api/signature-delegations"))["items"]
    assert (one["deputy"], one["state"], one["may_end"]) == ("用户cb", "running", False)
    end = f"/api/signature-delegations/{one['id']}/end"
    assert (await site.refused("cb", "POST", end))[0] == 403
    assert await site.refused("dlz", "POST", end) == (404, "no-such-delegation")
    await site.done("fz", "POST", end)
    assert await site.refused("fz", "POST", end) == (409, "delegation-over")
    assert (await site.done("fz", "GET", "/api/dispatching/backlog"))["items"] == []


async def test_the_description_is_valid(site: Site) -> None:
    OpenAPIV31SpecValidator(openapi(site.routes, CONFIG)).validate()
