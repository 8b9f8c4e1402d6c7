"""The sample city has every body and role that the seeds name, so that a whole life can be played."""

import pytest

from callcenter.people.actor import Role
from callcenter.sample.city import read_city


@pytest.mark.rule("XY-53", "SJ-35")
def test_every_kind_of_body_and_every_human_role_is_there() -> None:
    city = read_city()
    codes, names = {org.code for org in city.orgs}, {user.username for user in city.users}
    assert {org.kind for org in city.orgs} == {"centre", "unit", "village", "discipline", "station", "team", "external"}
    assert {role for user in city.users for role in user.roles} == set(Role) - {Role.SERVICE}
    assert {user.org for user in city.users} <= codes
    for slots in city.slots:
        assert slots.org in codes
        assert {slots.chief, slots.deputy, slots.section} <= names
    assert all(leader.org in codes and leader.user in names for leader in city.leaders)
