"""Callers in great anger on a real PostgreSQL (SG-28)."""

import pytest

from callcenter.callbacks.caring import Caring, NewCare
from callcenter.callbacks.lexicon import lexicon
from callcenter.orders.terms import Emotion
from callcenter.store.pool import Pool
from tests.rooms.town_of_oversight import Overseen, build_overseen


@pytest.fixture
async def town(pool: Pool) -> Overseen:
    return await build_overseen(pool)


async def told(town: Overseen, org: str = "street") -> list[object]:
    """The orders that supervisors there heard of."""
    await town.oversight.duty.conclude()
    rows = await town.pool.fetch(
        "select order_id from outbox_notice where kind = 'caller_fierce' and roles = '{supervisor}' and org_id = $1",
        town.orgs[org],
    )
    return [row["order_id"] for row in rows]


@pytest.mark.rule("SG-28")
async def test_the_supervisor_hears_of_a_caller_in_great_anger_once(town: Overseen) -> None:
    fierce = await town.town.dispatched(emotion=Emotion.FIERCE)
    await town.town.dispatched(emotion=Emotion.IRRITATED)
    for org in ("street", "city", "city"):  # where it is dispatched, and where the call was taken
        assert await told(town, org) == [fierce.id]


@pytest.mark.rule("SG-28")
async def test_who_grows_angry_later_is_told_then_and_again_only_after_calming_down(town: Overseen) -> None:
    order = await town.town.dispatched()
    caring = Caring(town.pool, town.clock, town.orders, (), lexicon())

    async def heard(emotion: Emotion) -> int:
        await caring.note(town.people["water"], order.id, NewCare(needs=(), emotion=emotion))
        return len(await told(town))

    assert await told(town) == []
    assert await heard(Emotion.FIERCE) == 1
    assert await heard(Emotion.FIERCE) == 1
    assert await heard(Emotion.CALM) == 1
    assert await heard(Emotion.FIERCE) == 2
