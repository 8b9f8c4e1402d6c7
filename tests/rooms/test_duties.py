"""The responsibility list on a real PostgreSQL: versions, the named units' agreement, files, gaps."""

import pytest

from callcenter.core.pages import BadCursor
from callcenter.store.pool import Pool
from tests.rooms.dispatch_house import House, build_house, draft, notices, refused


@pytest.fixture
async def house(pool: Pool) -> House:
    return await build_house(pool)


@pytest.mark.rule("SG-06")
async def test_a_version_counts_once_every_named_unit_has_agreed(house: House) -> None:
    duties, people = house.room.duties, house.people
    assert (await duties.propose(people["dispatcher"], [draft(co=["roads"])])).proposed == 1
    item = (await duties.page(people["water"], "", cursor=None, limit=5)).items[0]
    assert (item.state, item.needed, item.answers, item.lead, item.co) == ("waiting", 2, 0, "water", ("roads",))
    assert len(await notices(house, "duty_waiting")) == 2
    assert await duties.counting("/city/street/") == []
    assert await refused(duties.answer(people["farm.head"], item.id, agreed=True, note="")) == "duty-not-named"
    assert await refused(duties.answer(people["water"], item.id, agreed=True, note="")) == "duty-not-named"
    await duties.answer(people["water.head"], item.id, agreed=True, note="同意")
    assert await duties.counting("/city/street/") == []
    whole = await duties.answer(people["roads.head"], item.id, agreed=True, note="")
    assert (whole.item.state, [answer.org for answer in whole.answers]) == ("in_force", ["water", "roads"])
    assert [one.ref for one in await duties.counting("/city/street/")] == ["GS-01/1"]
    assert await refused(duties.answer(people["roads.head"], item.id, agreed=False, note="")) == "duty-decided"


@pytest.mark.rule("SG-06")
async def test_a_change_is_a_new_version_and_the_old_one_counts_until_then(house: House) -> None:
    duties, people = house.room.duties, house.people
    first = await house.listed()
    await duties.propose(people["dispatcher"], [draft(title="改名", lead="roads")])
    assert [one.title for one in await duties.counting("/city/street/")] == ["二次供水水压不足"]
    waiting = next(
        one
        for one in (await duties.page(people["dispatcher"], "", cursor=None, limit=9)).items
        if one.state == "waiting"
    )
    whole = await duties.answer(people["roads.head"], waiting.id, agreed=False, note="职责不符")
    assert (whole.item.state, whole.item.version, len(whole.versions)) == ("refused", 2, 2)
    await duties.propose(people["dispatcher"], [draft(title="三版", valid_from="2026-04-01")])
    third = await house.listed(title="四版", valid_from="2026-04-01")
    assert [one.version for one in await duties.counting("/city/street/")] == [1]
    house.town.clock.forward(days=40)
    assert [one.version for one in await duties.counting("/city/street/")] == [4]
    assert await duties.counting("/city/far/") == []
    await duties.retire(people["dispatcher"], third)
    assert [one.id for one in await duties.counting("/city/street/")] == [str(first)]
    assert await refused(duties.retire(people["far"], first)) == "forbidden"
    assert await refused(duties.one(people["far"], first)) == "no-such-duty"


@pytest.mark.rule("SG-06")
async def test_a_file_is_taken_whole_or_not_at_all(house: House) -> None:
    text = "code,title,keywords,lead,basis,valid_from\nA-1,积水,积水,water,条例,2026-01-01\n"
    assert (await house.room.duties.take(house.people["dispatcher"], text, "csv")).proposed == 1
    for wrong in ("nowhere", "far-unit"):
        other = text + f"A-2,坑洞,坑洞,{wrong},条例,2026-01-01\n"
        assert await refused(house.room.duties.take(house.people["dispatcher"], other, "csv")) == "duty-list-broken"
    assert await house.town.pool.fetchval("select count(*) from duty_item") == 1
    assert await refused(house.room.duties.take(house.people["water"], text, "csv")) == "forbidden"
    first = await house.room.duties.page(house.people["dispatcher"], "积水", cursor=None, limit=1)
    assert (len(first.items), first.next) == (1, None)
    with pytest.raises(BadCursor):
        await house.room.duties.page(house.people["dispatcher"], "", cursor="x", limit=1)


@pytest.mark.rule("SG-06", "SG-05")
async def test_outside_the_list_goes_to_the_improvement_list_and_coverage_tells(house: House) -> None:
    await house.listed()
    order = await house.dispatched(category="噪声")
    await house.dispatched()
    gaps = (await house.room.duties.gaps(house.people["dispatcher"], cursor=None, limit=5)).items
    gap = next(one for one in gaps if one.order_id == order)
    assert (gap.reason, gap.unit, gap.category) == ("清单尚无此项", "water", "噪声")
    coverage = await house.room.duties.coverage(house.people["dispatcher"])
    assert (coverage.categories, coverage.covered, coverage.share) == (2, 1, 0.5)
    await house.room.duties.settle_gap(house.people["dispatcher"], gap.id, "listed", "已提出新事项")
    assert len((await house.room.duties.gaps(house.people["dispatcher"], cursor=None, limit=5)).items) == 1
    again = house.room.duties.settle_gap(house.people["dispatcher"], gap.id, "listed", "")
    assert await refused(again) == "no-such-duty"
