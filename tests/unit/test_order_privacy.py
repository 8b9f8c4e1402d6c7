"""Who sees how much of a caller, who reveals for which purpose, when confidentiality is suggested, who does what."""

from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest

from callcenter.core.ids import OrgId, UserId, new_id
from callcenter.orders.privacy import (
    REVEALS,
    CallerSeen,
    Purpose,
    Sight,
    caller_seen,
    guarded,
    hides_numbers,
    may_reveal,
    may_ring,
    sight_of,
    suggest_confidential,
)
from callcenter.orders.standing import Standing
from callcenter.orders.terms import RequestType, Stage
from callcenter.people.actor import Actor, Role

CENTRE, UNIT = OrgId(UUID(int=1)), OrgId(UUID(int=2))
CENTRE_STAFF = (Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR, Role.SERVICE)
UNIT_STAFF = (Role.UNIT_OPERATOR, Role.UNIT_HEAD)


def person(*roles: Role, org: OrgId = CENTRE) -> Actor:
    path = "/city/" if org == CENTRE else "/city/water/"
    return Actor(user_id=UserId(new_id()), username="x", name="x", roles=frozenset(roles), org_id=org, org_path=path)


TAKER = person(Role.AGENT)
HELD = Standing(
    stage=Stage.HANDLING,
    created_by=TAKER.user_id,
    owner_org_id=UNIT,
    owner_org_path="/city/water/",
    intake_org_path="/city/",
)
REPORTED = replace(HELD, request_type=RequestType.REPORT)


@pytest.mark.rule("B-29", "SG-22")
@pytest.mark.parametrize("role", Role)
def test_nobody_but_the_taker_sees_the_caller_of_a_guarded_order(role: Role) -> None:
    for order, confidential in ((HELD, True), (REPORTED, False), (REPORTED, True)):
        for org in (CENTRE, UNIT):
            sight = sight_of(order, person(role, org=org), confidential=confidential)
            assert sight is Sight.NOTHING
            assert caller_seen(sight, "欧阳某", "+8613800000001", confidential=True) == CallerSeen("", "")
    whole = sight_of(REPORTED, TAKER, confidential=True)
    assert caller_seen(whole, "欧阳某", "1", confidential=True) == CallerSeen("欧阳某", "1")


@pytest.mark.rule("B-29", "GH-06")
@pytest.mark.parametrize("role", Role)
def test_how_much_of_an_open_order_s_caller_each_role_sees(role: Role) -> None:
    in_centre = sight_of(HELD, person(role), confidential=False)
    in_unit = sight_of(HELD, person(role, org=UNIT), confidential=False)
    assert in_centre is (Sight.WHOLE if role in (*CENTRE_STAFF, Role.ADMIN) else Sight.NOTHING)
    if role in (*UNIT_STAFF, Role.ADMIN):
        assert in_unit is Sight.CONTACT
        assert caller_seen(in_unit, "欧阳某", "+8613800000001", confidential=False).name == "欧**"
    elif role not in CENTRE_STAFF:
        assert in_unit is Sight.NOTHING
        assert caller_seen(in_unit, "欧阳某", "+8613800000001", confidential=False) == CallerSeen("", "**********0001")


@pytest.mark.rule("B-29")
@pytest.mark.parametrize("role", Role)
def test_a_guest_sees_nothing_whatever_else_the_account_may_do(role: Role) -> None:
    guest = person(Role.GUEST, role)
    assert sight_of(replace(HELD, created_by=guest.user_id), guest, confidential=False) is Sight.NOTHING
    assert not may_ring(HELD, guest, confidential=False)
    assert not any(may_reveal(guest, purpose) for purpose in Purpose)


@pytest.mark.rule("SG-22")
def test_the_centre_rings_for_a_guarded_order_whose_number_stays_hidden() -> None:
    assert may_ring(REPORTED, person(Role.REVIEWER), confidential=True)
    assert not may_ring(REPORTED, person(Role.UNIT_OPERATOR, org=UNIT), confidential=True)
    assert may_ring(HELD, person(Role.UNIT_OPERATOR, org=UNIT), confidential=False)
    assert not may_ring(HELD, person(Role.ADMIN), confidential=True)


@pytest.mark.rule("B-29")
@pytest.mark.parametrize(("role", "purpose"), list(product(Role, Purpose)))
def test_who_reveals_for_which_purpose(role: Role, purpose: Purpose) -> None:
    assert may_reveal(person(role), purpose) is (role in REVEALS[purpose])
    assert REVEALS.keys() == set(Purpose)
    never = {*UNIT_STAFF, Role.GUEST, Role.ADMIN, Role.INSPECTOR, Role.LEADER, Role.DEPUTY, Role.FIELD, Role.AUDITOR}
    assert never.isdisjoint(REVEALS[purpose])


def test_what_is_guarded() -> None:
    assert guarded({"confidential": True, "request_type": "help"})
    assert guarded({"confidential": False, "request_type": "report"})
    assert not guarded({"confidential": False, "request_type": "complaint"})


@pytest.mark.rule("B-29", "SG-22")
@pytest.mark.parametrize(("confidential", "unit"), [(False, False), (True, True)])
def test_free_texts_keep_their_numbers_for_who_sees_the_caller(confidential: bool, unit: bool) -> None:
    plain = dict.fromkeys(("handled_by", "contacted_at", "reply", "result_type", "resolved", "satisfied"))
    row = plain | dict.fromkeys(("close_reason", "again", "locked", "upper_ref", "assigned_by_org_id", "barred_path"))
    row |= {"stage": "handling", "request_type": "help", "channel": "phone", "confidential": confidential}
    row |= {"created_by": TAKER.user_id, "owner_org_id": UNIT, "centre_org_id": CENTRE, "round_no": 1}
    row |= {"owner_org_path": "/city/water/", "intake_org_path": "/city/", "callback_exhausted": False}
    row |= {"supervisions": 0, "reasonableness": None, "reasonableness_confirmed": False}
    assert not hides_numbers(row, TAKER)
    assert hides_numbers(row, person(Role.LEADER))
    assert hides_numbers(row, person(Role.UNIT_OPERATOR, org=UNIT)) is unit


@pytest.mark.rule("SG-22")
@pytest.mark.parametrize(
    ("request_type", "category", "content", "suggested"),
    [
        ("report", "", "某单位乱收费", True),
        ("complaint", "邻里纠纷", "", True),
        ("complaint", "噪声", "楼上每晚装修", True),
        ("help", "", "希望匿名反映食堂问题", True),
        ("complaint", "公用事业", "水压不足", False),
    ],
)
def test_when_confidentiality_is_suggested(request_type: str, category: str, content: str, suggested: bool) -> None:
    found = suggest_confidential(request_type, category, content)
    assert found.confidential is suggested
    assert bool(found.zh and found.en) is suggested
