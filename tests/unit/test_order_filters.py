"""What a filter becomes in SQL, and along which index its list is walked."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from callcenter.core.ids import OrgId, UserId
from callcenter.orders.drivers import access, branches, code_of, depth_of, few_open
from callcenter.orders.filters import FLAGS, WAITING, Flag, OrderFilter, Values, View, conditions, only_open
from callcenter.people.actor import Actor, Role

ME = Actor(
    user_id=UserId(UUID(int=1)),
    username="me",
    name="me",
    roles=frozenset({Role.DISPATCHER}),
    org_id=OrgId(UUID(int=2)),
    org_path="/city/district/street/",
)
CITY = replace(ME, org_path="/city/")
UNIT = replace(ME, org_path="/city/district/street/unit/", roles=frozenset({Role.UNIT_OPERATOR}))


def asked(**parts: Any) -> OrderFilter:
    return OrderFilter(**parts)


@pytest.mark.parametrize(
    ("parts", "sql"),
    [
        ({"stages": ["handling"]}, ["w.stage = any($1::text[])", "w.closed_at is null"]),
        ({"stages": ["closed"]}, ["w.stage = any($1::text[])"]),
        ({"stages": ["handling", "closed"]}, ["w.stage = any($1::text[])"]),
        ({"open": False}, ["w.closed_at is not null"]),
        ({"open": True}, ["w.closed_at is null"]),
        ({"tags": ["回头看"]}, ["w.tags @> $1::text[]"]),
        ({"category": "03"}, ["starts_with(w.category_code, $1)"]),
        ({"flags": ["difficult", "excluded"]}, ["w.difficult", "w.exclusion = 'approved'"]),
        ({"unit": UUID(int=9)}, ["w.owner_org_id = $1::text::uuid"]),
        ({"view": "mine"}, ["w.created_by = $1"]),
        ({"view": "unit"}, ["w.owner_org_id = $1"]),
        ({"view": "centre"}, ["w.centre_org_id = $1"]),
        ({"view": "owned"}, ["w.case_owner = $1", "w.closed_at is null"]),
        ({"view": "key"}, ["w.key_listed"]),
        ({"view": "ledger"}, ["w.stage = 'ledger'", "w.closed_at is null"]),
        ({"view": "problems"}, ["(w.closed_at is null or w.resolved is false)"]),
        ({"colour": "red"}, ["w.closed_at is null"]),
        ({}, []),
    ],
)
def test_conditions(parts: dict[str, Any], sql: list[str]) -> None:
    assert sql == conditions(asked(**parts), ME, Values())


@pytest.mark.rule("JC-32")
def test_everybody_has_a_list_of_what_waits_for_them() -> None:
    values = Values()
    (waiting, _) = conditions(asked(view=View.WAITING), replace(ME, roles=frozenset(WAITING)), values)
    assert waiting.count(" or ") == len(WAITING) - 1
    assert conditions(asked(view=View.WAITING), replace(ME, roles=frozenset({Role.AUDITOR})), Values())[0] == "false"
    assert set(FLAGS) == set(Flag)


def test_the_walk_begins_with_the_reader() -> None:
    assert branches(asked(), CITY, Values()) == ["true"]
    assert branches(asked(stages=["warned"]), CITY, Values()) == ["w.stage = $1 and w.closed_at is null"]
    assert branches(asked(stages=["closed"]), CITY, Values()) == ["true"]
    held, taken, entered = branches(asked(), ME, Values())
    assert held == "split_part(w.owner_org_path, '/', 4) = $1::text"
    assert taken.startswith("split_part(w.intake_org_path, '/', 4) = $1::text and")
    assert entered.startswith("w.created_by = ")
    assert branches(asked(open=True), UNIT, Values())[0] == "w.owner_org_id = $2 and w.closed_at is null"


@pytest.mark.parametrize(
    ("parts", "sql"),
    [
        ({"view": "mine"}, "w.created_by = $1"),
        ({"view": "unit"}, "w.owner_org_id = $1"),
        ({"view": "owned"}, "w.case_owner = $1 and w.closed_at is null"),
        ({"unit": UUID(int=9)}, "w.owner_org_id = $1"),
        ({"matter": str(UUID(int=9))}, "w.matter_id = $1::text::uuid"),
        ({"view": "supervised"}, "w.supervisions > 0"),
        ({"view": "key"}, "w.key_listed"),
        (
            {"view": "helping"},
            "w.id = any(array(select t.order_id from co_task t where t.cancelled_at is null and t.org_id = $1))",
        ),
    ],
)
def test_a_narrow_part_is_an_index_of_its_own(parts: dict[str, Any], sql: str) -> None:
    assert [sql] == branches(asked(**parts), ME, Values())


def test_access_of_guests_ends_at_guarded_orders() -> None:
    assert "confidential" not in access(asked(), ME, Values())
    assert access(asked(), replace(ME, roles=frozenset({Role.GUEST})), Values()).endswith("w.request_type <> 'report'")


def test_who_helps_sees_these_orders_and_no_guarded_one() -> None:
    helping, values = asked(view=View.HELPING), Values()
    helps, kept_out = branches(helping, ME, Values())[0], "w.barred_path <> '' and starts_with($1, w.barred_path)"
    assert access(helping, ME, values) == f"{helps.replace('$1', '$2')} and not ({kept_out})"
    assert values.given == [ME.org_path, ME.org_id]
    assert conditions(helping, ME, Values()) == ["not w.confidential and w.request_type <> 'report'"]


def test_paths() -> None:
    assert (depth_of("/city/"), depth_of("/city/a/"), code_of("/city/a/")) == (1, 2, "a")
    assert few_open(asked(), ME)
    assert few_open(asked(view=View.MINE), CITY)
    assert few_open(asked(unit=UUID(int=9)), CITY)
    assert not few_open(asked(), CITY)


def test_what_asks_for_a_due_time_lists_open_orders_by_it() -> None:
    assert asked(due_before=datetime(2026, 3, 4, tzinfo=UTC)).by_due
    assert only_open(asked(sort="due"))
    assert not asked().by_due
    with pytest.raises(ValidationError):
        asked(surprise=1)
