"""Patrols whose findings are proactive orders (SG-21), and activities with the later demands of their topic (SG-41)."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import FormData
from PIL import Image

from callcenter.app.fieldwork import FieldworkRoom, ProactiveDoor, furnish_fieldwork
from callcenter.app.files import furnish_files
from callcenter.core.ids import OrderId
from callcenter.fieldwork.config import FieldworkConfig
from callcenter.fieldwork.patrols import Enforced, Where
from callcenter.files.config import FilesConfig
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.web.files import files_routes
from tests.rooms.channels_of_town import Intake, add_user, build_intake
from tests.rooms.desk_of_orders import Desk, open_desk

WHERE = {"place": "云堰街道东河堤", "latitude": 31.15, "longitude": 121.12}


@dataclass(frozen=True, slots=True)
class Field:
    intake: Intake
    room: FieldworkRoom
    desk: Desk

    def shift(self, **more: Any) -> dict[str, Any]:
        now = self.intake.town.clock.now()
        walker = self.intake.town.people["walker"].user_id
        return {
            "id": str(uuid4()),
            "area": "东河堤至孙家村麦田",
            "task": "牛羊啃青、秸秆焚烧",
            "category": "农业农村",
            "begins_at": (now + timedelta(hours=1)).isoformat(),
            "ends_at": (now + timedelta(hours=5)).isoformat(),
            "people": [str(walker)],
            **more,
        }

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        status, answer = await self.desk.ask(who, method, path, **({"json": body} if body is not None else {}))
        assert status in {200, 201}, answer
        return answer

    async def refused(self, who: str, path: str, body: Any, method: str = "POST") -> tuple[int, str]:
        return await self.desk.refused(who, path, method=method, json=body)

    async def begun(self) -> str:
        patrol = (await self.ask("dispatcher", "POST", "/api/patrols", self.shift()))["id"]
        self.intake.town.clock.forward(minutes=45)
        return f"/api/patrols/{patrol}"


@asynccontextmanager
async def open_field(pool: Pool, folder: Path) -> AsyncIterator[Field]:
    intake = await build_intake(pool)
    town, config = intake.town, FilesConfig(folder=folder)
    for name, org, role in (
        ("walker", "water", Role.FIELD),
        ("walker2", "roads", Role.FIELD),
        ("guest", "water", Role.GUEST),
        ("head", "water", Role.UNIT_HEAD),
    ):
        town.people[name] = await add_user(town, name, org, role)
    audit = Audit(town.clock)
    files = furnish_files(config, pool=pool, clock=town.clock, audit=audit, orders=town.orders.room)
    room = furnish_fieldwork(
        FieldworkConfig(),
        pool=pool,
        clock=town.clock,
        orders=town.orders,
        outbox=Outbox(town.clock),
        audit=audit,
        taking=intake.channels.taking,
        pictures=files.pictures,
        files=config,
    )
    async with open_desk(town, [*room.routes(), *files_routes(files.files, config)]) as desk:
        yield Field(intake, room, desk)


@pytest.fixture
async def field(pool: Pool, tmp_path: Path) -> AsyncIterator[Field]:
    async with open_field(pool, tmp_path) as field:
        yield field


@pytest.mark.rule("SG-21", "SG-19", "JC-36")
async def test_a_patrol_finds_something_and_it_is_a_proactive_order(field: Field) -> None:
    path = await field.begun()
    here = {"id": str(uuid4()), **WHERE, "note": "到岗"}
    await field.ask("walker", "POST", f"{path}/check-ins", here)
    seen = await field.ask("walker", "POST", f"{path}/check-ins", here)  # the answer was lost: sent again
    assert [(one["place"], one["by_name"]) for one in seen["checked"]] == [(WHERE["place"], "walker")]
    assert (seen["state"], seen["may"]) == ("running", ["check_in", "find", "end"])

    found = {"id": str(uuid4()), **WHERE, "content": "三十余只羊在麦田啃青", "result": "persuaded", "note": "劝离"}
    first = await field.ask("walker", "POST", f"{path}/findings", found)
    again = await field.ask("walker", "POST", f"{path}/findings", found)
    assert len(again["found"]) == 1
    assert first["found"] == again["found"]
    row = await field.intake.row(OrderId(again["found"][0]["order_id"]))
    assert (row["origin"], row["channel"], row["stage"]) == ("proactive", "proactive", "triage")
    assert (row["category"], row["owner_org_id"]) == ("农业农村", field.intake.town.orgs["street"])
    assert (row["latitude"], row["created_by"]) == (31.15, field.intake.town.people["walker"].user_id)
    assert {"主动发现", "巡查"} <= set(row["tags"])

    form = FormData()
    form.add_field("file", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(50), filename="现场.jpg", content_type="image/jpeg")
    status, kept = await field.desk.ask("walker", "POST", f"/api/orders/{row['id']}/files", data=form)
    assert (status, kept["kind"]) == (201, "evidence")

    done = {"result": "fined", "note": "孙综执罚〔2026〕3号"}
    enforced = await field.ask(
        "dispatcher", "POST", f"/api/patrol-findings/{again['found'][0]['id']}/enforcement", done
    )
    assert (enforced["found"][0]["result"], enforced["found"][0]["note"]) == ("fined", "孙综执罚〔2026〕3号")
    ended = await field.ask("walker", "POST", f"{path}/end", {"summary": "劝离一起，立案一起"})
    assert (ended["state"], ended["summary"]) == ("done", "劝离一起，立案一起")
    assert await field.refused("walker", f"{path}/check-ins", {**here, "id": str(uuid4())}) == (409, "patrol-over")
    figures = await field.ask("supervisor", "GET", "/api/patrol-figures?since=2026-03-01&until=2026-04-01")
    assert (figures["patrols"], figures["walked"], figures["findings"], figures["orders"]) == (1, 1, 1, 1)
    assert figures["enforcement"] == {"fined": 1}
    behind = await field.ask("dispatcher", "GET", f"/api/orders/{row['id']}/fieldwork")
    assert (behind["area"], behind["found_by"], behind["result"]) == ("东河堤至孙家村麦田", "walker", "fined")


@pytest.mark.rule("SG-21")
async def test_a_finding_whose_order_did_not_come_about_is_completed(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends between the finding and its order; the telephone sends it again, after the shift, too."""
    path, town = await field.begun(), field.intake.town
    patrol, one = path.rpartition("/")[2], uuid4()
    told = (Where(place="东河堤", latitude=None, longitude=None), "井盖缺失", "", Enforced())

    async def gone(*_: Any) -> OrderId:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(ProactiveDoor, "take_in", gone)
        with pytest.raises(ConnectionError):
            await field.room.patrols.find(town.people["walker"], UUID(patrol), one, *told)
    assert await town.pool.fetchval("select count(*) from work_order") == 0
    town.clock.forward(hours=12)
    view = await field.room.patrols.find(town.people["walker"], UUID(patrol), one, *told)
    assert view.found[0].number is not None
    assert await town.pool.fetchval("select count(*) from work_order") == 1


@pytest.mark.rule("SG-21", "XY-03")
async def test_who_plans_who_walks_and_who_sees(field: Field) -> None:
    town = field.intake.town
    people = await field.ask("dispatcher", "GET", "/api/patrol-people")
    assert {one["name"] for one in people["items"]} == {"walker", "walker2", "water", "roads", "head"}
    assert await field.refused("walker", "/api/patrols", field.shift()) == (403, "forbidden")
    late = field.shift(ends_at=(town.clock.now() + timedelta(hours=30)).isoformat())
    assert await field.refused("dispatcher", "/api/patrols", late) == (422, "patrol-shift")
    for wrong in ("guest", "agent"):
        body = field.shift(people=[str(town.people[wrong].user_id)])
        assert await field.refused("dispatcher", "/api/patrols", body) == (422, "patrol-people")

    patrol = (await field.ask("dispatcher", "POST", "/api/patrols", field.shift()))["id"]
    path = f"/api/patrols/{patrol}"
    assert await town.pool.fetchval("select user_id from outbox_notice where kind = 'patrol_planned'") == (
        town.people["walker"].user_id
    )
    here = {"id": str(uuid4()), **WHERE}
    assert await field.refused("walker", f"{path}/check-ins", here) == (409, "patrol-outside-shift")
    assert await field.refused("walker2", f"{path}/check-ins", here) == (404, "no-such-patrol")
    assert await field.refused("far", f"{path}/cancel", {"reason": "x"}) == (404, "no-such-patrol")
    town.clock.forward(minutes=45)
    nowhere = {"id": str(uuid4()), "place": " "}
    assert await field.refused("walker", f"{path}/check-ins", nowhere) == (422, "check-in-without-place")
    half = {"id": str(uuid4()), "latitude": 31.0}
    assert (await field.refused("walker", f"{path}/check-ins", half))[0] == 422
    mine = await field.ask("walker", "GET", "/api/patrols?mine=true")
    assert [one["id"] for one in mine["items"]] == [patrol]
    for nobody in ("far", "walker2"):
        assert (await field.ask(nobody, "GET", "/api/patrols"))["items"] == []
    assert [one["id"] for one in (await field.ask("supervisor", "GET", "/api/patrols?limit=1"))["items"]] == [patrol]
    town.clock.forward(hours=9)
    assert (await field.ask("dispatcher", "GET", path))["state"] == "missed"


@pytest.mark.rule("SG-21")
async def test_a_patrol_is_cancelled_until_somebody_walks_it(field: Field) -> None:
    patrol = (await field.ask("dispatcher", "POST", "/api/patrols", field.shift()))["id"]
    gone = await field.ask("dispatcher", "POST", f"/api/patrols/{patrol}/cancel", {"reason": "暴雨红色预警"})
    assert (gone["state"], gone["cancel_reason"], gone["may"]) == ("cancelled", "暴雨红色预警", [])
    path = await field.begun()
    await field.ask("walker", "POST", f"{path}/check-ins", {"id": str(uuid4()), **WHERE})
    assert await field.refused("dispatcher", f"{path}/cancel", {"reason": "x"}) == (409, "patrol-walked")


@pytest.mark.rule("SG-41")
async def test_an_activity_shows_the_later_demands_of_its_topic(field: Field) -> None:
    town = field.intake.town
    for _ in range(3):
        await town.created(category="噪声扰民")
    town.clock.forward(days=2)
    held = {
        "id": str(uuid4()),
        "kind": "forum",
        "title": "夜间施工噪声群众座谈会",
        "held_on": "2026-03-06",
        "place": "云堰社区会议室",
        "participants": 42,
        "who": "居民代表、施工单位、城管中队",
        "category": "噪声扰民",
    }
    activity = (await field.ask("dispatcher", "POST", "/api/activities", held))["id"]
    assert (await field.ask("dispatcher", "POST", "/api/activities", held))["id"] == activity
    town.clock.forward(days=3)
    later = await town.created(category="噪声扰民", title="夜里又在打桩")
    await town.created(category="公用事业")
    town.clock.forward(minutes=1)
    path = f"/api/activities/{activity}"
    seen = await field.ask("dispatcher", "GET", path)
    assert [one["number"] for one in seen["later"]] == [later.number]
    assert (seen["before"], seen["after"], seen["days"]) == (3, 1, 30)
    assert "打桩" not in str(seen)
    done = await field.ask(
        "dispatcher", "PUT", f"{path}/outcome", {"participants": 45, "who": "居民代表", "outcome": "22时后停工"}
    )
    assert (done["participants"], done["outcome"]) == (45, "22时后停工")
    about = await field.ask("dispatcher", "GET", f"/api/orders/{later.id}/fieldwork")
    assert [one["title"] for one in about["activities"]] == ["夜间施工噪声群众座谈会"]
    assert (await field.ask("dispatcher", "GET", "/api/activities?kind=welfare"))["items"] == []
    for who, status in (("far", 404), ("water", 404)):
        assert (await field.desk.ask(who, "GET", path))[0] == status
    for change, code in (
        ({"held_on": "2026-03-20"}, "activity-in-future"),
        ({"category": ""}, "activity-without-topic"),
        ({"matter_id": str(uuid4())}, "activity-matter"),
    ):
        body = {**held, "id": str(uuid4()), **change}
        assert await field.refused("dispatcher", "/api/activities", body) == (422, code)


@pytest.mark.rule("SG-41")
async def test_an_activity_about_a_matter_and_its_pictures(field: Field) -> None:
    town, dispatcher = field.intake.town, field.intake.town.people["dispatcher"]
    order, other = [await town.created(caller_number=f"+861380000000{n}") for n in (1, 2)]
    matter = await field.intake.matters.merging.merge(dispatcher, order.id, [other.id], title="高层水压", plan="")
    held = {
        "id": str(uuid4()),
        "kind": "negotiation",
        "title": "加压泵现场协商",
        "held_on": "2026-03-04",
        "place": "桐影路88号",
        "participants": 0,
        "matter_id": str(matter.id),
    }
    path = f"/api/activities/{(await field.ask('dispatcher', 'POST', '/api/activities', held))['id']}"

    def form(content: bytes) -> FormData:
        given = FormData()
        given.add_field("file", content, filename="合影 张三.png", content_type="image/png")
        return given

    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "PNG")
    status, kept = await field.desk.ask("dispatcher", "POST", f"{path}/pictures", data=form(drawn.getvalue()))
    assert (status, kept["media_type"]) == (201, "image/png")
    same = await field.desk.ask("dispatcher", "POST", f"{path}/pictures", data=form(drawn.getvalue()))
    assert same[1]["id"] == kept["id"]
    assert await field.desk.refused("dispatcher", f"{path}/pictures", data=form(b"%PDF-1.4 ")) == (
        422,
        "file-not-a-picture",
    )
    seen = await field.ask("dispatcher", "GET", path)
    assert ([one["id"] for one in seen["pictures"]], seen["matter"]) == ([kept["id"]], "高层水压")
    answer = await field.desk.clients["dispatcher"].http.get(f"{path}/pictures/{kept['id']}")
    assert await answer.read() == drawn.getvalue()
    assert (await field.desk.ask("far", "GET", f"{path}/pictures/{kept['id']}"))[0] == 404
