"""The invented town with its handling room at work: the gate stands before each move, the heads are there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from callcenter.app.files import furnish_files
from callcenter.app.handling import HandlingRoom, furnish_handling
from callcenter.core.ids import OrderId
from callcenter.files.config import FilesConfig
from callcenter.files.service import Files
from callcenter.handling.following import Following
from callcenter.handling.model import HandlingView, NewContact
from callcenter.handling.papers import SiteVisit, WorkRecord
from callcenter.handling.service import Handling
from callcenter.knowledge.service import Knowledge
from callcenter.orders import lifecycle as life
from callcenter.orders.rulesets import RuleBook
from callcenter.orders.terms import ResultType, Solvability
from callcenter.orders.views import OrderView
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import Town, build_town, settle

EXTRA = {
    "water.head": ("water", Role.UNIT_HEAD),
    "water2": ("water", Role.UNIT_OPERATOR),
    "deputy": ("street", Role.DEPUTY),
    "inspector": ("street", Role.INSPECTOR),
    "reviewer2": ("street", Role.REVIEWER),
}
REPLY = "3月4日上午工作人员到桐影路88号现场核查，因加压泵老化，已更换加压泵，六楼以上水压恢复正常，并电话告知诉求人。"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@dataclass(frozen=True, slots=True)
class HandlingTown:
    town: Town
    room: HandlingRoom
    following: Following
    files: Files
    knowledge: Knowledge

    @property
    def people(self) -> dict[str, Actor]:
        return self.town.people

    @property
    def handling(self) -> Handling:
        return self.room.handling

    @property
    def pool(self) -> Pool:
        return self.town.pool

    async def accepted(self, **fields: object) -> OrderId:
        order = await self.town.dispatched(**fields)
        await self.town.orders.accept(self.people["water"], order.id)
        return order.id

    async def contact(self, order: OrderId, who: str = "water", **fields: Any) -> HandlingView:
        new = NewContact.model_validate({"outcome": "reached", "note": "已联系"} | fields)
        return await self.handling.log_contact(self.people[who], order, new)

    async def visited(self, order: OrderId, who: str = "water") -> UUID:
        visit = SiteVisit(
            visited_at=self.town.clock.now(),
            people=("供水所王工", "网格员"),
            place="桐影路88号泵房",
            latitude=31.14,
            longitude=121.12,
            findings="加压泵老化，压力不足",
            root_cause="facility",
            witnesses=2,
        )
        return (await self.handling.write_paper(self.people[who], order, visit)).id

    async def ready(self, **fields: object) -> OrderId:
        """Contacted, visited, told: may be submitted."""
        order = await self.accepted(**fields)
        await self.contact(order)
        await self.visited(order)
        await self.contact(order, purpose="result")
        return order

    async def submit(self, order: OrderId, who: str = "water", **fields: Any) -> OrderView:
        said = {"reply": REPLY, "solvability": Solvability.SOLVABLE, "result": ResultType.RESOLVED, "plan": ""}
        return await self.town.orders.submit(self.people[who], order, **(said | fields))

    async def in_callback(self, order: OrderId | None = None, **fields: object) -> OrderId:
        one = order or await self.ready(**fields)
        await self.submit(one)
        await self.town.orders.review(self.people["reviewer"], one, approved=True, opinion="同意")
        return one

    async def warned(self, order: OrderId | None = None) -> OrderId:
        one = await self.in_callback(order)
        move = life.Warn(resolved=False, satisfied=False)
        await self.town.orders.move(self.people["reviewer"], one, move)
        return one

    async def rehandling(self) -> OrderId:
        """Back at the unit for its second round, by the machine."""
        order = await self.warned()
        await self.following.catch_up()
        return order

    async def second_round_done(self, order: OrderId) -> None:
        """All that a second round asks for."""
        await self.visited(order)
        await self.contact(order, purpose="result")
        record = WorkRecord(
            measures="更换水泵并夜间巡检",
            result="水压恢复正常",
            opinion="认可",
            participants=("所长", "王工"),
        )
        await self.handling.write_paper(self.people["water"], order, record)

    async def file_of(self, order: OrderId) -> UUID:
        return (await self.files.keep(self.people["water"], order, "现场.png", _stream(PICTURE))).id

    async def stage(self, order: OrderId) -> str:
        return str((await self.town.orders.row_of(order))["stage"])

    async def notices(self, kind: str) -> list[Any]:
        return await self.pool.fetch("select * from outbox_notice where kind = $1 order by at", kind)

    def policy(self, **changed: Any) -> None:
        """Every rule set of this town from now on with parts of its policy changed."""
        room = self.town.orders.room
        rules = [replace(known, policy=known.policy.model_copy(update=changed)) for known in room.rules._all.values()]
        self.town.orders.room = replace(room, rules=RuleBook(rules))


async def _stream(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def build_handling(pool: Pool, folder: Path) -> HandlingTown:
    town = await build_town(pool)
    await settle(pool, town.orgs, town.people, {}, EXTRA)
    audit = Audit(town.clock)
    files = furnish_files(
        FilesConfig(folder=folder), pool=pool, clock=town.clock, audit=audit, orders=town.orders.room
    ).files
    knowledge = Knowledge(pool, town.clock, audit)
    room = furnish_handling(
        pool=pool,
        clock=town.clock,
        orders=town.orders,
        outbox=Outbox(town.clock),
        files=files,
        templates=knowledge,
        city="Asia/Shanghai",
    )
    return HandlingTown(town, room, room.following(town.bus), files, knowledge)
