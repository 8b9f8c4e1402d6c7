"""Who signs on a real PostgreSQL: heads and their delegates; a signed dispatch by hand while a return is reviewed."""

from datetime import timedelta
from typing import Any

import pytest

from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.dispatching.terms import SignCause
from callcenter.orders.room import Conflict
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool
from tests.rooms.dispatch_house import House, build_house, notices, refused


@pytest.fixture
async def house(pool: Pool) -> House:
    return await build_house(pool)


async def admin_of(house: House, org: str) -> Actor:
    user = UserId(new_id())
    path = await house.town.pool.fetchval("select path from org where id = $1", house.orgs[org])
    await house.town.pool.execute(
        "insert into app_user (id, username, name, org_id, roles, password_hash, created_at)"
        " values ($1, $2, $2, $3, '{admin}', '', now())",
        user,
        f"admin.{org}",
        house.orgs[org],
    )
    return Actor(
        user_id=user,
        username=f"admin.{org}",
        name=f"admin.{org}",
        roles=frozenset({Role.ADMIN}),
        org_id=OrgId(house.orgs[org]),
        org_path=path,
    )


def days(house: House, since: float = 0, until: float = 1) -> dict[str, Any]:
    return {"from_at": house.later(days=since), "until_at": house.later(days=until)}


@pytest.mark.rule("XY-19")
async def test_only_the_head_signs_or_whom_the_head_named(house: House) -> None:
    order = await house.accepted()
    await house.draft(order)
    assert await refused(house.sign(order, by="water")) == "head-signature-needed"
    assert await refused(house.sign(order, by="roads.head")) == "no-such-order"
    head, operator = house.people["water.head"], house.people["water"]
    delegations = house.room.delegations
    assert await refused(delegations.record(operator, None, head.user_id, "出差", **days(house))) == "forbidden"
    await delegations.record(head, None, operator.user_id, "出差", **days(house))
    await house.sign(order, by="water")
    form = (await house.room.reading.returning(operator, order)).returns[0]
    assert (form.signed_by, form.delegated_by, len(form.digest)) == ("water", "water.head", 64)
    (listed,) = (await delegations.listed(head)).items
    assert (listed.deputy, listed.state, listed.recorded_by, listed.may_end) == ("water", "running", "water.head", True)


@pytest.mark.rule("XY-19")
async def test_a_delegation_ends_with_its_time_by_hand_or_with_the_head(house: House) -> None:
    head, operator, delegations = house.people["water.head"], house.people["water"], house.room.delegations
    first, second, third = [await house.accepted() for _ in range(3)]
    for order in (first, second, third):
        await house.draft(order)
    ended = await delegations.record(head, None, operator.user_id, "出差", **days(house))
    assert await refused(delegations.end(operator, ended)) == "no-such-delegation"
    assert await refused(delegations.end(house.people["roads.head"], ended)) == "no-such-delegation"
    await delegations.end(head, ended)
    assert await refused(delegations.end(head, ended)) == "delegation-over"
    assert await refused(house.sign(first, by="water")) == "head-signature-needed"
    coming = await delegations.record(head, None, operator.user_id, "休假", **days(house, 0.1, 0.2))
    assert await refused(house.sign(first, by="water")) == "head-signature-needed"
    house.town.clock.forward(hours=3)
    await house.sign(first, by="water")
    await house.town.pool.execute("update app_user set disabled_at = now() where id = $1", head.user_id)
    assert await refused(house.sign(second, by="water")) == "head-signature-needed"
    await house.town.pool.execute("update app_user set disabled_at = null where id = $1", head.user_id)
    house.town.clock.forward(hours=3)
    assert await refused(house.sign(third, by="water")) == "head-signature-needed"
    assert await refused(delegations.end(head, coming)) == "delegation-over"
    states = {one.id: (one.state, one.ended_by) for one in (await delegations.listed(operator)).items}
    assert states == {ended: ("ended", "water.head"), coming: ("over", None)}
    assert (await delegations.listed(house.people["roads.head"])).items == ()
    house.town.clock.forward(days=91)
    assert (await delegations.listed(head)).items == ()
    trail = await house.town.pool.fetch("select action from audit_log where action like '%deleg%' order by id")
    assert [row["action"] for row in trail] == ["signature_delegated", "delegation_ended", "signature_delegated"]


@pytest.mark.rule("XY-19")
async def test_an_administrator_records_for_a_head_of_the_own_area_only(house: House) -> None:
    people, delegations = house.people, house.room.delegations
    near, far = await admin_of(house, "street"), await admin_of(house, "far")
    head, deputy = people["water.head"].user_id, people["water"].user_id
    assert await refused(delegations.record(far, head, deputy, "住院", **days(house))) == "forbidden"
    assert await refused(delegations.record(near, None, deputy, "住院", **days(house))) == "forbidden"
    record = delegations.record
    assert await refused(record(people["roads.head"], head, deputy, "住院", **days(house))) == "forbidden"
    assert await refused(record(near, head, people["roads"].user_id, "住院", **days(house))) == "no-such-deputy"
    assert await refused(record(near, head, head, "住院", **days(house))) == "no-such-deputy"
    assert await refused(record(near, deputy, head, "住院", **days(house))) == "forbidden"
    late = {"from_at": house.later(days=-2), "until_at": house.later(days=-1)}
    assert await refused(record(near, head, deputy, "住院", **late)) == "task-due-wrong"
    one = await record(near, head, deputy, "住院", **days(house))
    (listed,) = (await delegations.listed(people["water"])).items
    assert (listed.head, listed.recorded_by, listed.may_end) == ("water.head", "admin.street", False)
    named = (await delegations.signatories(near)).items
    assert {(one.org, one.name, one.head) for one in named} >= {("water", "water.head", True), ("farm", "farm", False)}
    assert {one.org for one in (await delegations.signatories(people["water.head"])).items} == {"water"}
    assert await refused(delegations.end(far, one)) == "no-such-delegation"
    await delegations.end(near, one)


async def under_review(house: House) -> OrderId:
    order = await house.accepted()
    await house.draft(order)
    await house.sign(order)
    return order


@pytest.mark.rule("XY-22", "A-06b", "XY-46")
async def test_a_signature_by_hand_settles_the_return_under_review_and_counts_it(house: House) -> None:
    order = await under_review(house)
    start = house.town.clock.now() - timedelta(days=1)
    await house.room.signing.need(house.people["reviewer"], order, SignCause.PASSING_BUCK, "两科互推")
    row = await house.row(order)
    assert (row["stage"], row["returns"], row["owner_org_id"]) == ("sign_pending", 1, house.orgs["street"])
    seen = await house.room.reading.returning(house.people["deputy"], order)
    (form,), (sign,) = seen.returns, seen.signs
    assert (form.state, form.opinion, form.decided_by) == ("granted", "两科互推", "reviewer")
    assert (sign.state, sign.cause, seen.dispute) == ("open", "passing_buck", "passing_buck")
    (told,) = await notices(house, "return_decided")
    assert told["order_id"] == order
    event = (await house.town.orders.get(house.people["reviewer"], order)).events[-1]
    assert event.body["returned_by"] == str(house.orgs["water"])
    figures = await house.room.figures.of(house.people["deputy"], start, house.later(days=1))
    assert [(one.org, one.applied, one.granted) for one in figures.returns] == [("water", 1, 1)]
    assert (figures.orders, figures.first_right) == (1, 0)
    late = house.room.returns.decide(house.people["reviewer"], order, granted=False, opinion="不同意")
    assert await refused(late) == "no-return"


@pytest.mark.rule("XY-22")
async def test_the_second_return_settled_so_counts_distinct_units(house: House) -> None:
    order = await house.accepted()
    await house.returned(order)
    await house.send(order, "roads")
    await house.town.orders.accept(house.people["roads"], order)
    await house.draft(order, "roads", "farm")
    await house.sign(order, "roads")
    await house.room.signing.need(house.people["dispatcher"], order, SignCause.NO_MAIN_UNIT, "权责不清")
    assert (await house.row(order))["returns"] == 2


@pytest.mark.rule("XY-22")
async def test_a_review_that_begins_meanwhile_is_not_lost(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The centre asks for the signature after it has looked, and before it writes, the head signs Form 1."""
    order = await house.accepted()
    await house.draft(order)
    signing = house.room.signing
    looked = signing._under_review

    async def then_signed(asked: OrderId, *db: Any) -> Any:
        found = await looked(asked, *db)
        if not db:
            await house.sign(order)
        return found

    monkeypatch.setattr(signing, "_under_review", then_signed)
    with pytest.raises(Conflict):
        await signing.need(house.people["reviewer"], order, SignCause.NO_MAIN_UNIT, "权责不清")
    assert await house.stage(order) == "return_requested"
    monkeypatch.undo()
    await signing.need(house.people["reviewer"], order, SignCause.NO_MAIN_UNIT, "权责不清")
    assert (await house.row(order))["returns"] == 1
