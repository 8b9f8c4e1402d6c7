"""Returns and signed dispatch as rules: where a granted return leads, what is signed, who held the order how long."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from callcenter.core.ids import OrgId
from callcenter.dispatching.hops import Held, trail
from callcenter.dispatching.refusals import ReasonShort, SuggestsSelf
from callcenter.dispatching.returning import SIGNED, Onward, check_form, digest_of, dispute_of, onward
from callcenter.orders.policy import ReturnPolicy

CENTRE, WATER, ROADS, FARM = (OrgId(UUID(int=n)) for n in (1, 2, 3, 4))
POLICY = ReturnPolicy()


@pytest.mark.rule("XY-18")
def test_a_form_needs_a_reason_and_another_unit() -> None:
    check_form("该泵房由物业管理，非我科职责", ROADS, WATER, POLICY)
    with pytest.raises(ReasonShort, match="10"):
        check_form("   不是我们的事   ", ROADS, WATER, POLICY)
    with pytest.raises(SuggestsSelf):
        check_form("该泵房由物业管理，非我科职责", WATER, WATER, POLICY)


@pytest.mark.rule("XY-21", "XY-22", "A-06")
@pytest.mark.parametrize(
    ("granted", "redispatches", "leads_to"),
    [
        ([WATER], 0, Onward.REDISPATCH),
        ([WATER, WATER], 0, Onward.REDISPATCH),
        ([WATER, ROADS], 0, Onward.SIGN),
        ([WATER, ROADS], 1, Onward.SIGN),
        ([WATER], 1, Onward.SIGN),
    ],
)
def test_one_ordinary_redispatch_then_a_signature(granted: list[OrgId], redispatches: int, leads_to: Onward) -> None:
    assert onward(granted, redispatches, POLICY) is leads_to


@pytest.mark.rule("A-06")
def test_the_numbers_are_the_rule_sets() -> None:
    loose = ReturnPolicy(max_ordinary_redispatch=5, sign_at_distinct_returns=3)
    assert onward([WATER, ROADS], 1, loose) is Onward.REDISPATCH


@pytest.mark.rule("XY-19")
def test_the_digest_covers_every_word_that_is_signed() -> None:
    at = datetime(2026, 10, 8, 1, tzinfo=UTC)
    form = dict.fromkeys(SIGNED, "x") | {"drafted_at": at}
    digest = digest_of(form, SIGNED)
    assert len(digest) == 64
    assert digest_of(form | {"opinion": "later words"}, SIGNED) == digest
    for name in SIGNED:
        assert digest_of(form | {name: "y"}, SIGNED) != digest


@pytest.mark.rule("SJ-24")
def test_when_departments_disagree() -> None:
    assert dispute_of([WATER], {WATER: ROADS}) is None
    assert dispute_of([WATER, ROADS], {WATER: ROADS, ROADS: WATER}) == "counter_return"
    assert dispute_of([WATER, ROADS], {WATER: FARM, ROADS: FARM}) == "units_refuse"


def at(hour: int) -> datetime:
    return datetime(2026, 3, 4, tzinfo=UTC) + timedelta(hours=hour)


def held(*came: tuple[OrgId, int]) -> list[Held]:
    return [Held(org=org, since=at(hour)) for org, hour in came]


@pytest.mark.rule("SG-07", "XY-46")
def test_who_held_it_how_long() -> None:
    walk = trail(held((CENTRE, 0), (WATER, 1), (CENTRE, 9), (ROADS, 10)), at(20), [CENTRE])
    assert (walk.hops, walk.distinct, walk.returned_to_origin) == (2, 2, True)
    hours = {org: lasted / timedelta(hours=1) for org, lasted in walk.held.items()}
    assert hours == {CENTRE: 2, WATER: 8, ROADS: 10}
    assert walk.ping_pong(2)
    assert not walk.ping_pong(3)


@pytest.mark.rule("SG-07")
def test_a_straight_way_is_no_ping_pong() -> None:
    walk = trail(held((CENTRE, 0), (CENTRE, 1), (WATER, 2)), at(5), [CENTRE])
    assert (walk.hops, walk.returned_to_origin, walk.ping_pong(1)) == (1, False, False)
    assert [stay.lasted for stay in walk.stays] == [timedelta(hours=2), timedelta(hours=3)]


@pytest.mark.rule("SG-07")
def test_the_same_unit_again_is_a_circle() -> None:
    walk = trail(held((WATER, 0), (ROADS, 1), (WATER, 2)), at(3), [])
    assert (walk.hops, walk.distinct, walk.returned_to_origin) == (3, 2, True)
    assert trail([], at(1), []).hops == 0
