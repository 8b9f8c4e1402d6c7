"""Knowledge articles: search by words, revision without lost updates, by HTTP on a real database."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from callcenter.knowledge.model import NewArticle
from callcenter.knowledge.service import Knowledge
from callcenter.store.pool import Pool
from tests.rooms.web_of_town import Web, open_web


@pytest.fixture
async def web(pool: Pool) -> AsyncIterator[Web]:
    async with open_web(pool) as web:
        knowledge = Knowledge(pool, web.clock, web.people.audit)
        for title, keywords, body in [
            ("二次供水水压不足", ["供水", "水压"], "先询问是整栋楼还是单户。"),
            ("夜间施工噪声", ["噪声", "施工"], "二十二时以后施工的，派执法队。供水抢修除外。"),
            ("住房公积金 12329 Transfer", ["公积金"], "优先转接12329。"),
        ]:
            await knowledge.write(NewArticle(title=title, keywords=keywords, body=body), by=None)
        yield web


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("供水", ["二次供水水压不足", "夜间施工噪声"]),  # in the title before in the body
        ("供水 抢修", ["夜间施工噪声"]),
        ("transfer 12329", ["住房公积金 12329 Transfer"]),
        ("没有的词", []),
        ("%", []),
        ("_", []),
    ],
)
async def test_search(web: Web, words: str, titles: list[str]) -> None:
    async with web.client("hw01") as client:
        _, found = await client.ask("GET", "/api/articles", params={"words": words})
        assert [article["title"] for article in found["items"]] == titles


async def test_no_words_give_the_newest(web: Web) -> None:
    async with web.client("hw01") as client:
        _, found = await client.ask("GET", "/api/articles", params={"limit": "2"})
        assert len(found["items"]) == 2
        _, article = await client.ask("GET", f"/api/articles/{found['items'][0]['id']}")
        assert article["body"].startswith(found["items"][0]["excerpt"])


async def test_agents_read_only(web: Web) -> None:
    async with web.client("hw01") as client:
        assert (await client.ask("POST", "/api/articles", json={"title": "a", "body": "b"}))[0] == 403


async def test_two_revisions_never_overwrite_each_other(web: Web) -> None:
    async with web.client("root") as client:
        status, article = await client.ask("POST", "/api/articles", json={"title": "新条目", "body": "一"})
        assert (status, article["version"]) == (201, 1)
        path = f"/api/articles/{article['id']}"
        revision = {"title": "新条目", "body": "二", "version": 1}
        assert (await client.ask("PUT", path, json=revision))[1]["version"] == 2
        status, body = await client.ask("PUT", path, json=revision)
        assert (status, body["code"]) == (409, "article-revised-meanwhile")
        status, body = await client.ask("PUT", path, json={**revision, "title": "夜间施工噪声", "version": 2})
        assert (status, body["code"]) == (409, "article-title-taken")


async def test_retired_articles_are_gone(web: Web) -> None:
    async with web.client("root") as client:
        _, found = await client.ask("GET", "/api/articles", params={"words": "公积金"})
        path = f"/api/articles/{found['items'][0]['id']}"
        assert await client.ask("DELETE", path) == (204, None)
        assert (await client.ask("GET", path))[0] == 404
        assert (await client.ask("PUT", path, json={"title": "a", "body": "b", "version": 1}))[0] == 404
        assert (await client.ask("GET", "/api/articles", params={"words": "公积金"}))[1] == {"items": [], "next": None}


@pytest.mark.rule("SG-09")
async def test_kinds_of_articles_and_templates_over_http(web: Web) -> None:
    body = "您好，我单位于【时间】到【地点】核查，采取【措施】，结果：【结果】。如有疑问请致电【联系方式】。"
    template = {"title": "水压类答复", "body": body, "kind": "reply_template", "source_no": "8号", "review_months": 6}
    async with web.client("root") as client:
        lacking = {**template, "body": "已于【时间】处理"}
        status, refused = await client.ask("POST", "/api/articles", json=lacking)
        assert (status, refused["code"]) == (422, "template-slots-missing")
        status, refused = await client.ask("POST", "/api/articles", json={**template, "owner_org_id": str(uuid4())})
        assert (status, refused["code"]) == (422, "no-such-owner")
        status, made = await client.ask("POST", "/api/articles", json=template)
        assert (status, made["kind"], made["review_months"]) == (201, "reply_template", 6)
        _, found = await client.ask("GET", "/api/articles", params={"kind": "reply_template"})
        assert [one["title"] for one in found["items"]] == ["水压类答复"]
        slots = {"时间": "3月4日", "地点": "桐影路", "措施": "换泵", "结果": "恢复"}
        path = f"/api/articles/{made['id']}/fill"
        status, refused = await client.ask("POST", path, json={"slots": slots})
        assert (status, refused["code"]) == (409, "reply-slot-empty")
        status, filled = await client.ask("POST", path, json={"slots": slots | {"联系方式": "供水所"}})
        assert (status, "请致电供水所" in filled["reply"]) == (200, True)
        _, plain = await client.ask("GET", "/api/articles", params={"words": "噪声"})
        status, refused = await client.ask("POST", f"/api/articles/{plain['items'][0]['id']}/fill", json={"slots": {}})
        assert (status, refused["code"]) == (409, "not-a-template")
