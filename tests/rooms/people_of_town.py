"""A small invented town for tests: two districts under one centre, a user of each kind, a clock that tests move."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from callcenter.core.clock import Clock
from callcenter.people.actor import Role
from callcenter.people.config import PeopleConfig
from callcenter.people.model import NewOrg, NewUser, Org, User
from callcenter.people.service import People

PASSWORD = "Willow-Bridge-7"
QUICK = PeopleConfig(argon2_time=1, argon2_memory=64, argon2_lanes=1)


class MovableClock:
    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def forward(self, by: timedelta) -> None:
        self.at += by


_proof: Clock = MovableClock()


@dataclass(frozen=True, slots=True)
class Town:
    """`users` by user name; all have PASSWORD but `machine`, who has none."""

    orgs: dict[str, Org]
    users: dict[str, User]


async def build_town(people: People) -> Town:
    orgs: dict[str, Org] = {}
    for code, parent, level in [("city", None, 1), ("east", "city", 2), ("west", "city", 2), ("east-water", "east", 4)]:
        parent_id = orgs[parent].id if parent else None
        new = NewOrg(code=code, parent_id=parent_id, level=level, kind="centre", name=f"{code} 机构")
        orgs[code] = await people.create_org(new, by=None)
    users: dict[str, User] = {}
    for username, org, role, extension in [
        ("root", "city", Role.ADMIN, None),
        ("hw01", "city", Role.AGENT, "8001"),
        ("east.admin", "east", Role.ADMIN, None),
        ("east.head", "east", Role.UNIT_HEAD, None),
        ("west.op", "west", Role.UNIT_OPERATOR, None),
        ("machine", "city", Role.SERVICE, None),
    ]:
        user = NewUser(
            username=username,
            name=f"用户 {username}",
            org_id=orgs[org].id,
            roles=frozenset({role}),
            extension=extension,
            password=None if username == "machine" else SecretStr(PASSWORD),
        )
        users[username] = await people.create_user(user, by=None)
    return Town(orgs, users)
