"""Who may, and who sees."""

from dataclasses import replace
from uuid import UUID

import pytest

from callcenter.core.errors import Forbidden
from callcenter.core.ids import OrgId, UserId
from callcenter.people.actor import ANONYMOUS, Actor, Role

AGENT = Actor(
    user_id=UserId(UUID(int=1)),
    username="hw01",
    name="甲",
    roles=frozenset({Role.AGENT}),
    org_id=OrgId(UUID(int=2)),
    org_path="/310000/310118/",
)


def test_one_of_the_roles_is_enough() -> None:
    AGENT.require(Role.SUPERVISOR, Role.AGENT)
    with pytest.raises(Forbidden):
        AGENT.require(Role.SUPERVISOR, Role.DISPATCHER)


@pytest.mark.parametrize("role", Role)
def test_the_administrator_holds_every_role_and_the_anonymous_none(role: Role) -> None:
    replace(AGENT, roles=frozenset({Role.ADMIN})).require(role)
    with pytest.raises(Forbidden):
        ANONYMOUS.require(role)


@pytest.mark.parametrize(
    ("path", "seen"),
    [("/310000/310118/", True), ("/310000/310118/7/", True), ("/310000/", False), ("/310000/310119/", False)],
)
def test_rows_are_seen_from_above_and_never_from_beside_or_below(path: str, seen: bool) -> None:
    assert AGENT.sees(path) is seen
    assert not ANONYMOUS.sees(path)
