"""Loads the invented city: orgs, users with seats, knowledge articles. Loading it again changes nothing."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, SecretStr

from callcenter.core.ids import OrgId, UserId
from callcenter.people.actor import Role
from callcenter.people.model import NewOrg, NewUser, OrgKind
from callcenter.people.service import People
from callcenter.people.slots import Slot
from callcenter.sample.state import LocalState

HERE: Final = Path(__file__).parent
CALENDAR: Final = HERE / "calendar.yaml"

Assign = Callable[[UserId, str, str, tuple[str, ...]], Awaitable[None]]
Publish = Callable[[str, str, list[str]], Awaitable[None]]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SampleOrg(_Given):
    code: str
    parent: str | None = None
    kind: OrgKind
    level: int
    name: str
    phone: str | None = None


class SampleUser(_Given):
    username: str
    name: str
    org: str
    roles: frozenset[Role]
    extension: str | None = None
    queues: tuple[str, ...] = ()


class SampleSlots(_Given):
    """Who stands for an org, by user name (SJ-35)."""

    org: str
    chief: str
    deputy: str
    section: str


class SampleLeader(_Given):
    org: str
    domain: str
    user: str


class SampleArticle(_Given):
    title: str
    keywords: list[str]
    body: str


class SampleCity(_Given):
    city: str
    orgs: list[SampleOrg]
    users: list[SampleUser]
    slots: list[SampleSlots] = []
    leaders: list[SampleLeader] = []
    articles: list[SampleArticle]

    @property
    def extensions(self) -> list[str]:
        return [user.extension for user in self.users if user.extension]


def read_city() -> SampleCity:
    return SampleCity.model_validate(yaml.safe_load((HERE / "city.yaml").read_text("utf-8")))


async def load_city(city: SampleCity, people: People, state: LocalState, assign: Assign, publish: Publish) -> None:
    """`assign` gives a user a seat, `publish` stores an article (title, body, keywords). What is there stays."""
    orgs = await people.pool.fetch("select code, id from org")
    ids: dict[str, OrgId] = {row["code"]: OrgId(row["id"]) for row in orgs}
    for org in city.orgs:
        if org.code not in ids:
            given = org.model_dump(exclude={"parent"})
            made = await people.create_org(NewOrg(parent_id=ids[org.parent] if org.parent else None, **given), by=None)
            ids[org.code] = made.id
    there = {row["username"] for row in await people.pool.fetch("select username from app_user")}
    for user in city.users:
        if user.username not in there:
            await _load_user(user, ids[user.org], people, state, assign)
    await _load_slots(city, people, ids)
    if not there:
        for article in city.articles:
            await publish(article.title, article.body, article.keywords)


async def _load_user(user: SampleUser, org: OrgId, people: People, state: LocalState, assign: Assign) -> None:
    given = user.model_dump(exclude={"org", "queues"})
    password = SecretStr(state.password_of(user.username))
    one = await people.create_user(NewUser(org_id=org, password=password, **given), by=None)
    if user.extension:
        await assign(one.id, user.extension, state.sip_secret_of(user.extension), user.queues)


async def _load_slots(city: SampleCity, people: People, orgs: dict[str, OrgId]) -> None:
    """An org that has any stays as it is."""
    users = {row["username"]: UserId(row["id"]) for row in await people.pool.fetch("select username, id from app_user")}
    for given in city.slots:
        if not await people.slots.of(orgs[given.org]):
            for slot in Slot:
                await people.slots.fill(orgs[given.org], slot, users[getattr(given, slot.value)], by=None)
    for leader in city.leaders:
        if leader.domain not in await people.leaders.of(orgs[leader.org]):
            await people.leaders.name(orgs[leader.org], leader.domain, users[leader.user], by=None)
