"""The citizen's own pages: progress by number and code, one-tap rating; bounded, without anything personal."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from callcenter.core.ids import OrderId
from callcenter.orders.progress import CALLER_MISSES
from callcenter.orders.rating import NotRateable
from callcenter.orders.room import NoSuchOrder
from callcenter.store.pool import Pool
from tests.rooms.public_site import LASTS, PublicSite, open_public_site
from tests.rooms.town_of_orders import Town, build_town

GOOD = {"resolved": "true", "satisfied": "true"}


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


@pytest.fixture
async def site(town: Town) -> AsyncIterator[PublicSite]:
    async with open_public_site(town) as site:
        yield site


@pytest.mark.rule("JC-01", "SJ-36", "B-27")
async def test_progress_is_told_in_coarse_steps_and_nothing_else(site: PublicSite) -> None:
    order = await site.town.in_callback(title="桐影路88号高层水压")
    code = await site.code(order.id)
    status, page = await site.ask("/p", number=order.number, code=code)
    assert status == 200
    for word in ("等待回访", "已受理", "已派至承办单位", "正在办理", "办理结果审核中", "2026-03-04"):
        assert word in page, word
    hidden = ("欧阳", "13800000001", "桐影路", "已修复加压泵", "责任清单", "water", "street", str(order.id), code)
    assert not [word for word in hidden if word in page]
    status, page = await site.ask("/p", number=order.number.replace("-", ""), code=code)
    assert status == 200, "pressed without the dash"


@pytest.mark.rule("JC-01", "B-27")
async def test_wrong_codes_and_wrong_numbers_look_alike_and_are_bounded(site: PublicSite) -> None:
    order = await site.town.created()
    code = await site.code(order.id)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    answers = {
        await site.ask("/p", number=order.number, code=wrong),
        await site.ask("/p", number="20200101-000009", code=wrong),
    }
    assert [status for status, _ in answers] == [404], "one answer for both"
    for _ in range(CALLER_MISSES - 2):
        await site.ask("/p", number=order.number, code=wrong)
    assert (await site.ask("/p", number=order.number, code=code))[0] == 429
    assert (await site.ask("/p", "203.0.113.8", number=order.number, code=code))[0] == 200, "another address"
    for nonsense in ("", "x", "'; --", "1" * 400):
        assert (await site.ask("/p", "203.0.113.9", number=nonsense, code=code))[0] == 404
    assert (await site.ask("/p", "203.0.113.9", number="1" * 5000, code=code))[0] == 413
    assert await site.town.pool.fetchval("select count(*) from progress_miss where caller_number like '%203.0%'") == 0


@pytest.mark.rule("B-27")
async def test_the_code_is_sealed(site: PublicSite) -> None:
    order = await site.town.created()
    code = await site.code(order.id)
    assert code == await site.code(order.id)
    assert code not in await site.town.pool.fetchval("select code from order_query_code")


@pytest.mark.rule("JC-01")
async def test_an_address_asks_so_often_and_no_more(town: Town) -> None:
    async with open_public_site(town, an_hour=3) as site:
        order = await town.in_callback()
        link = await site.link(order.id)
        statuses = [(await site.ask("/r/" + "x" * 43))[0] for _ in range(4)]
        assert statuses == [410, 410, 410, 429]
        assert (await site.ask("/p", number="x", code="y"))[0] == 429
        assert (await site.ask(link, **GOOD))[0] == 429
        town.clock.forward(hours=1, seconds=1)
        assert (await site.ask(link, **GOOD))[0] == 200
        kept = await town.pool.fetch("select asker from public_ask")
        assert all(len(row["asker"]) == 32 for row in kept), "addresses are kept as keyed hashes"
        assert len(kept) == 1, "and forgotten after an hour"


@pytest.mark.rule("JC-01", "SJ-06")
async def test_one_tap_settles_the_call_back_as_the_citizen_s_own_answer(site: PublicSite) -> None:
    order = await site.town.in_callback()
    link = await site.link(order.id)
    status, page = await site.ask(link)
    assert (status, order.number in page) == (200, True)
    assert (await site.ask(link, resolved="true"))[0] == 400, "both answers are needed"
    assert (await site.ask(link, **GOOD, attitude="9"))[0] == 400
    status, page = await site.ask(link, **GOOD, attitude="5", timeliness="4", service="", measures="3")
    assert (status, "感谢" in page) == (200, True)
    assert (await site.ask(link))[0] == 410
    assert (await site.ask(link, **GOOD))[0] == 410
    after = await site.town.orders.get(site.town.people["reviewer"], order.id)
    assert (after.stage, after.resolved, after.satisfied) == ("closed", True, True)
    row = await site.town.pool.fetchrow("select * from rating_link")
    assert row is not None
    assert row["answer"] == GOOD_WITH_SCORES
    assert link.removeprefix("/r/") not in str(dict(row)), "only the digest is kept"


GOOD_WITH_SCORES = {
    "resolved": True,
    "satisfied": True,
    "attitude": 5,
    "timeliness": 4,
    "service": None,
    "measures": 3,
}


@pytest.mark.rule("JC-01")
async def test_a_no_warns_and_two_taps_at_once_count_once(site: PublicSite) -> None:
    order = await site.town.in_callback()
    first, second = await site.link(order.id), await site.link(order.id)
    answers = await asyncio.gather(
        *(site.ask(link, resolved="true", satisfied="false") for link in (first, first, second))
    )
    assert sorted(status for status, _ in answers) == [200, 410, 410]
    after = await site.town.orders.get(site.town.people["reviewer"], order.id)
    assert (after.stage, after.flagged, after.satisfied) == ("warned", True, False)
    assert (await site.ask(second))[0] == 410, "other links of the round end with it"


@pytest.mark.rule("JC-01")
async def test_a_link_ends_and_belongs_to_its_round(site: PublicSite) -> None:
    town = site.town
    order = await town.in_callback()
    link = await site.link(order.id)
    town.clock.forward(seconds=LASTS.total_seconds())
    assert (await site.ask(link, **GOOD))[0] == 410
    with pytest.raises(NotRateable):
        await site.ratings.link(town.people["reviewer"], (await town.created()).id)
    with pytest.raises(NoSuchOrder):
        await site.ratings.link(town.people["far"], order.id)


@pytest.mark.rule("JC-01")
async def test_a_tenant_without_rating_by_link_keeps_the_answer_and_the_call_back(town: Town) -> None:
    async with open_public_site(town, sms_rating=False) as site:
        order = await town.in_callback()
        assert (await site.ask(await site.link(order.id), **GOOD))[0] == 200
        assert (await town.orders.get(town.people["reviewer"], order.id)).stage == "callback"


@pytest.mark.rule("JC-01")
async def test_an_answer_that_was_taken_is_told_by_the_next_start(site: PublicSite) -> None:
    order = await site.town.in_callback()
    assert (await site.ask(await site.link(order.id), **GOOD))[0] == 200
    other = await site.town.in_callback()
    await site.link(other.id)
    await site.town.pool.execute(
        "update rating_link set used_at = now(), answer = $2 where order_id = $1", other.id, GOOD_WITH_SCORES
    )
    await site.ratings.tell_rest()
    assert (await site.town.orders.get(site.town.people["reviewer"], OrderId(other.id))).stage == "closed"
    assert await site.town.pool.fetchval("select count(*) from rating_link where settled_at is null") == 0


@pytest.mark.rule("JC-01", "B-30")
async def test_pages_are_not_indexed_not_kept_and_run_no_script(site: PublicSite) -> None:
    for path in ("/p", "/r/" + "x" * 43):
        async with site.http.get(path) as answer:
            page = await answer.text()
            assert "noindex" in answer.headers["X-Robots-Tag"]
            assert answer.headers["Cache-Control"] == "no-store"
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "Set-Cookie" not in answer.headers
            assert "<script" not in page
            assert " style=" not in page
    async with site.http.post("/p", data={"number": "1"}, headers={"Origin": "https://elsewhere.example"}) as answer:
        assert answer.status == 403
