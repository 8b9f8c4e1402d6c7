"""Who stands for an org: chief, deputy and section (SJ-35, JC-04), the chain of escalation (JC-05), and the leaders of
domains (XY-03).

What a slot is called differs from city to city (in one the deputy is the 第一责任人, A-13): labels are a setting, and
nothing is concluded from them. A slot keeps its history, so that a sanction can name who held it then.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.clock import Clock
from callcenter.core.errors import Invalid
from callcenter.core.ids import OrgId, UserId, new_id
from callcenter.core.pages import Page, name_of
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("slots")


class Slot(StrEnum):
    CHIEF = "chief"  # 主要负责人
    DEPUTY = "deputy"  # 分管负责人
    SECTION = "section"  # 承办科室（联系人）


CHAIN: Final = (Slot.SECTION, Slot.DEPUTY, Slot.CHIEF)
"""Whom a breach climbs to, in order (SJ-35, JC-05)."""
LABELS: Final[Mapping[Slot, tuple[str, str]]] = {
    Slot.CHIEF: ("主要负责人", "chief"),
    Slot.DEPUTY: ("分管负责人", "deputy in charge"),
    Slot.SECTION: ("承办科室（联系人）", "section (contact)"),
}


class SlotHolder(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UserId
    name: str


class NotOfThisOrg(Invalid):
    code = "user-not-of-this-org"
    zh = "该人员不在此机构或其上级、下级机构中，或已停用"
    en = "this user is disabled, or belongs neither to this org nor to one above or below it"


class Slots:
    def __init__(self, pool: Pool, clock: Clock, audit: Audit) -> None:
        self._pool = pool
        self._clock = clock
        self._audit = audit

    async def of(self, org: OrgId, db: Pool | Connection | None = None) -> Mapping[Slot, UserId]:
        """The slots that are filled now."""
        found = SQL.slots_of(db or self._pool, org_id=org)
        return {Slot(row["slot"]): UserId(row["user_id"]) async for row in found}

    async def missing(self, org: OrgId) -> tuple[Slot, ...]:
        """Empty slots, in the order of the chain: a dispatcher is warned of them (SJ-35)."""
        filled = await self.of(org)
        return tuple(slot for slot in CHAIN if slot not in filled)

    async def chain(self, org: OrgId) -> tuple[tuple[Slot, UserId], ...]:
        """Section, deputy, chief, as far as they are filled: whom the next step of an escalation reaches (JC-05)."""
        filled = await self.of(org)
        return tuple((slot, filled[slot]) for slot in CHAIN if slot in filled)

    async def next_above(self, org: OrgId, slot: Slot | None) -> tuple[Slot, UserId] | None:
        """Who is told next after `slot` was told in vain (None: the first of the chain); None when nobody is left."""
        begun = 0 if slot is None else CHAIN.index(slot) + 1
        return next((step for step in await self.chain(org) if CHAIN.index(step[0]) >= begun), None)

    async def holder_at(self, org: OrgId, slot: Slot, at: datetime) -> UserId | None:
        """Who held the slot at that time (JC-04)."""
        found: UUID | None = await SQL.slot_holder_at(self._pool, org_id=org, slot=slot.value, at=at)
        return None if found is None else UserId(found)

    async def heads(self, org: OrgId) -> list[UserId]:
        """The org's users of the role `unit_head`, by name."""
        found = SQL.users_of_role(self._pool, org_id=org, role=Role.UNIT_HEAD.value)
        return [UserId(row["id"]) async for row in found]

    async def under(self, actor: Actor, limit: int, cursor: str | None = None) -> "OrgSlotsPage":
        """The actor's subtree (XY-03). Raises BadCursor."""
        found = SQL.slots_under(self._pool, path=actor.org_path, after=name_of(cursor), limit=limit + 1)
        return OrgSlotsPage.cut([row async for row in found], limit, _org_slots, lambda row: (row["path"],))

    async def fill(self, org: OrgId, slot: Slot, user: UserId | None, *, by: Actor | None) -> None:
        """`user` None leaves it empty; `by` None is the operator. Raises NotOfThisOrg."""
        if user is not None and not await SQL.may_stand_for(self._pool, org_id=org, user_id=user):
            raise NotOfThisOrg
        actor, now = (by.user_id if by else None), self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.end_slot(connection, org_id=org, slot=slot.value, at=now)
            if user is not None:
                await SQL.begin_slot(
                    connection, id=new_id(), org_id=org, slot=slot.value, user_id=user, at=now, set_by=actor
                )
            detail = {"slot": slot.value, "user": str(user) if user else None}
            await self._audit.record(connection, actor, "slot_filled", "org", org, detail)


class OrgSlots(BaseModel):
    """An org with who stands for it; `missing` are the slots that a dispatcher is warned of (SJ-35)."""

    model_config = ConfigDict(frozen=True)

    org_id: OrgId
    org_name: str
    path: str
    kind: str
    level: int
    slots: Mapping[Slot, SlotHolder]
    missing: tuple[Slot, ...]


class OrgSlotsPage(Page[OrgSlots]):
    """By path, parents before children."""


def _org_slots(row: Mapping[str, Any]) -> OrgSlots:
    held = {Slot(slot): SlotHolder(**who) for slot, who in row["slots"].items()}
    return OrgSlots(**{**dict(row), "slots": held, "missing": tuple(slot for slot in CHAIN if slot not in held)})


class DomainLeaders:
    """Which leader of a centre answers for a domain, e.g. 城市管理 (XY-03)."""

    def __init__(self, pool: Pool, clock: Clock, audit: Audit) -> None:
        self._pool = pool
        self._clock = clock
        self._audit = audit

    async def of(self, centre: OrgId) -> Mapping[str, UserId]:
        """By domain."""
        found = SQL.domain_leaders_of(self._pool, org_id=centre)
        return {row["domain"]: UserId(row["user_id"]) async for row in found}

    async def name(self, centre: OrgId, domain: str, user: UserId | None, *, by: Actor | None) -> None:
        """`user` None takes the domain's leader away. Raises NotOfThisOrg."""
        if user is not None and not await SQL.may_stand_for(self._pool, org_id=centre, user_id=user):
            raise NotOfThisOrg
        actor = by.user_id if by else None
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.drop_domain_leader(connection, org_id=centre, domain=domain)
            if user is not None:
                await SQL.set_domain_leader(
                    connection, org_id=centre, domain=domain, user_id=user, at=self._clock.now()
                )
            detail = {"domain": domain, "user": str(user) if user else None}
            await self._audit.record(connection, actor, "domain_leader_named", "org", centre, detail)
