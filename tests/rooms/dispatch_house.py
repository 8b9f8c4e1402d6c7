"""The dispatching room over the invented town, with a village, a station, an outside company and who signs."""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from callcenter.app.dispatching import scored
from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.dispatching.asking import Wanted
from callcenter.dispatching.config import DispatchingConfig
from callcenter.dispatching.dispatches import Chosen
from callcenter.dispatching.duty import DutyDraft
from callcenter.dispatching.returns import Draft
from callcenter.dispatching.room import Room
from callcenter.dispatching.service import Dispatching
from callcenter.dispatching.suggest import Ruling
from callcenter.dispatching.terms import ReturnReason, TaskKind
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import Town, build_town

REASON: Final = "泵房由道路科统一管养，不属于本科职责"
MORE: Final = {
    "village": ("street", "village"),
    "station": ("street", "station"),
    "field-team": ("street", "team"),
    "farm": ("street", "unit"),
    "waterworks": ("street", "external"),
}
STAFF: Final = {
    "water.head": ("water", Role.UNIT_HEAD),
    "roads.head": ("roads", Role.UNIT_HEAD),
    "village.head": ("village", Role.UNIT_HEAD),
    "farm": ("farm", Role.UNIT_OPERATOR),
    "farm.head": ("farm", Role.UNIT_HEAD),
    "station": ("station", Role.FIELD),
    "team": ("field-team", Role.FIELD),
    "guest": ("waterworks", Role.GUEST),
    "deputy": ("street", Role.DEPUTY),
    "chief": ("street", Role.LEADER),
}


class NotedRulings:
    def __init__(self) -> None:
        self.known: list[Ruling] = []

    async def approved(self, category: str, on: date) -> Sequence[Ruling]:
        return [one for one in self.known if one.category == category]


@dataclass(frozen=True, slots=True)
class House:
    town: Town
    room: Dispatching
    rulings: NotedRulings
    orgs: dict[str, OrgId]
    people: dict[str, Actor]

    async def listed(self, **fields: object) -> UUID:
        """An item in force that leads to the water unit: proposed by the dispatcher, agreed by every named head."""
        await self.room.duties.propose(self.people["dispatcher"], [draft(**fields)])
        page = await self.room.duties.page(self.people["dispatcher"], "", cursor=None, limit=50)
        item = next(one for one in page.items if one.code == fields.get("code", "GS-01") and one.state == "waiting")
        for org in (item.lead_org_id, *item.co_org_ids):
            head = next(a for a in self.people.values() if a.org_id == org and Role.UNIT_HEAD in a.roles)
            await self.room.duties.answer(head, item.id, agreed=True, note="")
        return item.id

    async def dispatched(self, unit: str = "water", **fields: object) -> OrderId:
        order = (await self.town.created(**fields)).id
        await self.send(order, unit)
        return order

    async def send(self, order: OrderId, unit: str, **fields: Any) -> None:
        given: dict[str, Any] = {"unit": self.orgs[unit], "reason": "职责所在", "outside": "清单尚无此项"}
        chosen = Chosen(**given | fields)
        await self.room.dispatches.dispatch(self.people["dispatcher"], order, chosen)

    async def accepted(self, unit: str = "water", **fields: object) -> OrderId:
        order = await self.dispatched(unit, **fields)
        await self.town.orders.accept(self.people[unit], order)
        return order

    async def draft(self, order: OrderId, unit: str = "water", suggested: str = "roads") -> None:
        form = Draft(
            reason=ReturnReason.NOT_OUR_DUTY, text=REASON, basis="三定方案第三条", suggested=self.orgs[suggested]
        )
        await self.room.returns.draft(self.people[unit], order, form)

    async def sign(self, order: OrderId, unit: str = "water", by: str = "") -> None:
        seen = await self.room.reading.returning(self.people[unit], order)
        form = seen.returns[-1]
        actor = self.people[by or f"{unit}.head"]
        await self.room.returns.sign(actor, order, form.id, form.drafted_at)

    async def returned(self, order: OrderId, unit: str = "water", suggested: str = "roads") -> None:
        """Drafted, signed, granted."""
        await self.draft(order, unit, suggested)
        await self.sign(order, unit)
        await self.room.returns.decide(self.people["reviewer"], order, granted=True, opinion="情况属实")

    async def row(self, order: OrderId) -> Mapping[str, Any]:
        return dict(await self.town.orders.row_of(order))

    async def stage(self, order: OrderId) -> str:
        return str((await self.row(order))["stage"])

    def later(self, **by: float) -> datetime:
        return self.town.clock.now() + timedelta(**by)


def draft(**fields: object) -> DutyDraft:
    given: dict[str, object] = {
        "code": "GS-01",
        "title": "二次供水水压不足",
        "category": "公用事业",
        "keywords": ["水压", "加压泵"],
        "lead": "water",
        "basis": "供水条例第十二条",
        "valid_from": "2026-01-01",
    }
    return DutyDraft.model_validate(given | fields)


async def _settle(pool: Pool, town: Town) -> tuple[dict[str, OrgId], dict[str, Actor]]:
    orgs, people = dict(town.orgs), dict(town.people)
    for code, (parent, kind) in MORE.items():
        orgs[code] = OrgId(new_id())
        await pool.execute(
            "insert into org (id, parent_id, code, path, level, kind, name) values ($1, $2, $3, $4, 4, $5, $3)",
            orgs[code],
            orgs[parent],
            code,
            f"/city/{parent}/{code}/",
            kind,
        )
    paths = {row["id"]: row["path"] for row in await pool.fetch("select id, path from org")}
    for username, (org, role) in STAFF.items():
        user = UserId(new_id())
        await pool.execute(
            "insert into app_user (id, username, name, org_id, roles, password_hash, created_at)"
            " values ($1, $2, $2, $3, $4, '', now())",
            user,
            username,
            orgs[org],
            [role.value],
        )
        people[username] = Actor(
            user_id=user,
            username=username,
            name=username,
            roles=frozenset({role}),
            org_id=orgs[org],
            org_path=paths[orgs[org]],
        )
    return orgs, people


async def build_house(pool: Pool) -> House:
    town, rulings = await build_town(pool), NotedRulings()
    orgs, people = await _settle(pool, town)
    room = Room(
        pool=pool,
        clock=town.clock,
        bus=town.bus,
        orders=town.orders,
        outbox=Outbox(town.clock),
        audit=Audit(town.clock),
        rulings=rulings,
        intake=scored,
        config=DispatchingConfig(),
    )
    return House(town, Dispatching(room), rulings, orgs, people)


async def refused(attempt: Coroutine[Any, Any, Any]) -> str:
    with pytest.raises(DomainError) as caught:
        await attempt
    return caught.value.code


def co(house: House, org: str, **fields: Any) -> Wanted:
    given: dict[str, Any] = {"kind": TaskKind.CO, "org": house.orgs[org], "task": "查明管网走向"} | fields
    return Wanted(**given)


async def notices(house: House, kind: str) -> list[Any]:
    found: list[Any] = await house.town.pool.fetch("select * from outbox_notice where kind = $1", kind)
    return found
