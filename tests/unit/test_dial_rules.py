"""What may be dialled, by whom and for what: the shipped rules, and the decision over any rules."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from callcenter.core.errors import Misconfigured
from callcenter.numbers.errors import NumberNotListable, NumberWithheld
from callcenter.numbers.listing import forms_of, listable
from callcenter.numbers.rules import (
    Allowed,
    DialRules,
    NumberClass,
    Purpose,
    Reason,
    ShortCodes,
    decide,
    kind_of,
    rules_schema,
    unlimited,
)
from callcenter.numbers.rules_file import read_rules
from callcenter.people.actor import ANONYMOUS, Actor, Role
from callcenter.resources import IVR

RULES = read_rules(IVR / "dialling.yaml")
CODES = ShortCodes(emergency=frozenset({"110", "119"}), hotlines=frozenset({"12345", "12366"}))
MOBILE = "13800138000"


def person(*roles: Role) -> Actor:
    return replace(ANONYMOUS, roles=frozenset(roles))


AGENT, UNIT, SUPERVISOR, LEADER = map(person, (Role.AGENT, Role.UNIT_OPERATOR, Role.SUPERVISOR, Role.LEADER))


def ask(actor: Actor | None, purpose: Purpose, number: str, rules: DialRules = RULES) -> Any:
    return decide(rules, CODES, actor, purpose, number, "021")


@pytest.mark.parametrize(
    ("digits", "kind"),
    [
        ("110", NumberClass.EMERGENCY),
        ("12366", NumberClass.HOTLINE),
        ("12333", NumberClass.SHORT_CODE),
        ("10086", NumberClass.SERVICE),
        ("114", NumberClass.SHORT_CODE),
        ("95588", NumberClass.SERVICE),
        ("96110", NumberClass.SERVICE),
        ("02196123", NumberClass.SERVICE),
        ("95013123456", NumberClass.SERVICE),
        ("16812345", NumberClass.PREMIUM),
        ("16012345", NumberClass.PREMIUM),
        ("02116812345", NumberClass.PREMIUM),
        ("4008123123", NumberClass.SHARED_COST),
        ("10108888", NumberClass.SHARED_COST),
        ("8008123123", NumberClass.TOLL_FREE),
        ("13491234567", NumberClass.SATELLITE),
        ("17400123456", NumberClass.SATELLITE),
        ("1064812345678", NumberClass.MACHINE),
        ("1440123456789", NumberClass.MACHINE),
        ("13800138000", NumberClass.MOBILE),
        ("19900000000", NumberClass.MOBILE),
        ("02152340000", NumberClass.LANDLINE),
        ("01058888888", NumberClass.LANDLINE),
        ("03102345678", NumberClass.LANDLINE),
        ("075523456789", NumberClass.LANDLINE),
        ("03101234567", NumberClass.UNKNOWN),
        ("02612345678", NumberClass.UNKNOWN),
        ("0085221234567", NumberClass.INTERNATIONAL),
        ("00979123456789", NumberClass.INTERNATIONAL),
        ("99999999999", NumberClass.UNKNOWN),
    ],
)
def test_the_numbering_plan(digits: str, kind: NumberClass) -> None:
    assert kind_of(digits, RULES.ranges, CODES) is kind


@pytest.mark.parametrize(
    ("actor", "purpose", "number", "digits"),
    [
        (None, Purpose.CALLBACK, "+8613800138000", MOBILE),
        (UNIT, Purpose.CONTACT, "+862152340000", "02152340000"),
        (AGENT, Purpose.CONTACT, "52340000", "02152340000"),
        (AGENT, Purpose.TRANSFER, "12366", "12366"),
        (AGENT, Purpose.TRANSFER, "119", "119"),
        (AGENT, Purpose.EMERGENCY, "119", "119"),
        (LEADER, Purpose.EMERGENCY, "110", "110"),
        (AGENT, Purpose.EMERGENCY, "021-52340000", "02152340000"),
        (SUPERVISOR, Purpose.MANUAL, "400-812-3123", "4008123123"),
        (person(Role.ADMIN), Purpose.MANUAL, MOBILE, MOBILE),
    ],
)
def test_who_may(actor: Actor | None, purpose: Purpose, number: str, digits: str) -> None:
    allowed, _ = ask(actor, purpose, number)
    group = "emergency" if purpose is Purpose.EMERGENCY else "public"
    assert allowed == Allowed(number=digits, group=group, caller_id="12345")


@pytest.mark.parametrize(
    ("actor", "purpose", "number", "reason"),
    [
        (AGENT, Purpose.CONTACT, "anonymous", Reason.WITHHELD),
        (AGENT, Purpose.CONTACT, "", Reason.WITHHELD),
        (AGENT, Purpose.CONTACT, "16812345", Reason.PREMIUM),
        (SUPERVISOR, Purpose.MANUAL, "021-16812345", Reason.PREMIUM),
        (SUPERVISOR, Purpose.MANUAL, "+1 900 555 0100", Reason.INTERNATIONAL),
        (SUPERVISOR, Purpose.MANUAL, "00 979 123456789", Reason.INTERNATIONAL),
        (SUPERVISOR, Purpose.MANUAL, "179090085221234567", Reason.INTERNATIONAL),
        (AGENT, Purpose.CONTACT, "95588", Reason.SERVICE),
        (AGENT, Purpose.CONTACT, "12333", Reason.SHORT_CODE),
        (AGENT, Purpose.CONTACT, "13491234567", Reason.SATELLITE),
        (AGENT, Purpose.CONTACT, "1064812345678", Reason.MACHINE),
        (AGENT, Purpose.CONTACT, "99999999999", Reason.UNKNOWN),
        (AGENT, Purpose.CONTACT, "110", Reason.NOT_FOR_PURPOSE),
        (None, Purpose.CALLBACK, "12366", Reason.NOT_FOR_PURPOSE),
        (None, Purpose.CALLBACK, "4008123123", Reason.NOT_FOR_PURPOSE),
        (AGENT, Purpose.MANUAL, MOBILE, Reason.ROLE),
        (LEADER, Purpose.CONTACT, MOBILE, Reason.ROLE),
        (AGENT, Purpose.CALLBACK, MOBILE, Reason.ROLE),
        (None, Purpose.CONTACT, MOBILE, Reason.ROLE),
    ],
)
def test_who_may_not(actor: Actor | None, purpose: Purpose, number: str, reason: Reason) -> None:
    assert ask(actor, purpose, number) is reason


def changed(**grant: Any) -> DialRules:
    """With one grant for contacts, and no rules for tests."""
    given = RULES.model_dump(mode="json")
    given["purposes"]["contact"]["grants"] = [{"roles": ["agent"], **grant}]
    del given["purposes"]["test"]
    return DialRules.model_validate(given)


def test_a_grant_may_name_prefixes() -> None:
    rules = changed(kinds=["mobile", "landline"], prefixes=["138", "021"])
    assert isinstance(ask(AGENT, Purpose.CONTACT, MOBILE, rules), tuple)
    assert ask(AGENT, Purpose.CONTACT, "13900139000", rules) is Reason.PREFIX
    assert ask(AGENT, Purpose.CONTACT, "010-58888888", rules) is Reason.PREFIX


def test_a_grant_for_abroad_names_the_countries() -> None:
    rules = changed(kinds=["international"], countries=["852"])
    assert isinstance(ask(AGENT, Purpose.CONTACT, "+85221234567", rules), tuple)
    assert ask(AGENT, Purpose.CONTACT, "+81312345678", rules) is Reason.INTERNATIONAL
    for wrong in ({"kinds": ["international"]}, {"kinds": ["mobile"], "countries": ["852"]}):
        with pytest.raises(ValidationError, match="countries"):
            changed(**wrong)


def test_a_purpose_without_rules_is_never_dialled_for() -> None:
    assert ask(None, Purpose.TEST, "12366", changed(kinds=["mobile"])) is Reason.NOT_FOR_PURPOSE


@pytest.mark.parametrize(
    ("purpose", "kind", "free"),
    [
        (Purpose.EMERGENCY, NumberClass.EMERGENCY, True),
        (Purpose.TRANSFER, NumberClass.EMERGENCY, True),
        (Purpose.TRANSFER, NumberClass.HOTLINE, True),
        (Purpose.CONSULT, NumberClass.HOTLINE, False),
        (Purpose.EMERGENCY, NumberClass.LANDLINE, False),
        (Purpose.CONTACT, NumberClass.MOBILE, False),
    ],
)
def test_no_counter_stands_before_an_emergency(purpose: Purpose, kind: NumberClass, free: bool) -> None:
    assert unlimited(purpose, kind) is free


def test_a_permission_shows_no_number() -> None:
    allowed, _ = ask(None, Purpose.CALLBACK, MOBILE)
    assert MOBILE not in repr(allowed)


def test_every_purpose_has_rules_and_none_dials_premium_or_abroad() -> None:
    assert set(RULES.purposes) == set(Purpose)
    kinds = {kind for one in RULES.purposes.values() for grant in one.grants for kind in grant.kinds}
    assert kinds.isdisjoint({NumberClass.PREMIUM, NumberClass.INTERNATIONAL, NumberClass.SATELLITE})
    assert all(one.limits.purpose for one in RULES.purposes.values())


def test_the_published_schema_is_the_models() -> None:
    assert json.loads((IVR / "dialling.schema.json").read_text(encoding="utf-8")) == rules_schema()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ranges: [", "not YAML at line"),
        ("version: 1", "ranges"),
        ("version: 1\nranges: [{kind: mobile, pattern: '['}]\npurposes: {}", "regular expression"),
        ("version: 1\nranges: [{kind: mobile, pattern: '1'}]\npurposes: {spam: {}}", "purposes"),
    ],
)
def test_wrong_rules_are_named(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "dialling.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=told):
        read_rules(file)


def test_rules_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_rules(tmp_path / "dialling.yaml")


def test_limits_are_told_in_iso_durations() -> None:
    limit = RULES.purposes[Purpose.CALLBACK].limits.number
    assert limit is not None
    assert limit.within == timedelta(days=1)


def test_calls_of_a_local_number_may_stand_without_its_area_code() -> None:
    assert forms_of("+862152340000", "021") == ["+862152340000", "+8652340000"]
    assert forms_of("+8613800138000", "021") == ["+8613800138000"]
    assert forms_of("+862152340000", "") == ["+862152340000"]


def test_what_can_stand_on_a_list() -> None:
    assert listable("52340000", "021") == "+862152340000"
    assert listable("+85221234567", "") == "+85221234567"
    with pytest.raises(NumberWithheld):
        listable("anonymous", "021")
    for other_service in ("110", "12345", "95588"):
        with pytest.raises(NumberNotListable):
            listable(other_service, "021")
