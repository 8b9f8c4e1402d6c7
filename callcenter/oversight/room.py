"""The parts that the use cases of this room share, put together once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from callcenter.core import errors
from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.orders.calendar import Length, WorkingCalendar, due_at
from callcenter.orders.service import Orders
from callcenter.outbox.model import Notice, To
from callcenter.outbox.outbox import Outbox
from callcenter.oversight.config import OversightConfig
from callcenter.oversight.ports import Duties, NoDuties, NoPublisher, NoSigns, Publisher, Signs
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.slots import Slot, Slots
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("oversight")
SANCTIONS: Final[Any] = load("sanctions")


class NotThere(errors.NotFound):
    """Not there, or not visible to this user: the two look alike on purpose."""

    code = "oversight-not-found"
    zh = "未找到该督办、质控或问责事项"
    en = "there is no such item of oversight"


class NotNow(errors.Refused):
    code = "oversight-not-now"
    zh = "该事项处于“{state}”，不能执行此操作"
    en = "the item is {state}: that is not possible now"


class NeedsAnother(errors.Forbidden):
    """Separation of duties, the two-person rule."""

    code = "needs-another-person"
    zh = "须由另一人确认：{reason_zh}"
    en = "another person must confirm this: {reason_en}"


class NoSuchOrg(errors.Invalid):
    code = "no-such-target"
    zh = "所选单位不存在，或不在您的辖区内"
    en = "the chosen organisation does not exist or lies outside your area"


class DuePast(errors.Invalid):
    code = "due-in-the-past"
    zh = "期限 {day} 已过；处理办法：填写今天或以后的日期"
    en = "the due day {day} has passed: give today or a later one"


class NoSuchPerson(errors.Invalid):
    code = "no-such-person"
    zh = "所选人员不存在、已停用，或不担任该职务"
    en = "the chosen person does not exist, is disabled, or has no such office"


class Incomplete(errors.Invalid):
    code = "oversight-incomplete"
    zh = "还缺：{zh_what}"
    en = "still missing: {en_what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    pool: Pool
    orders: Orders
    clock: Clock
    zone: ZoneInfo
    calendar: WorkingCalendar
    audit: Audit
    outbox: Outbox
    slots: Slots
    config: OversightConfig = field(default_factory=OversightConfig)
    duties: Duties = field(default_factory=NoDuties)
    signs: Signs = field(default_factory=NoSigns)
    publisher: Publisher = field(default_factory=NoPublisher)

    def today(self) -> date:
        return self.calendar.local_date(self.clock.now())

    def end_of(self, day: date | None) -> datetime | None:
        """The first instant after the day."""
        return None if day is None else self.calendar.end_of(day)

    def not_past(self, day: date | None) -> None:
        """Raises DuePast."""
        if day is not None and day < self.today():
            raise DuePast(day=str(day))

    async def answerable(self, org: OrgId, flag: str, at: datetime) -> tuple[Slot, UserId | None]:
        """The slot that answers for it, and who held it then (JC-04); `flag` any other word: the slot in general."""
        slot = self.config.slot_for(flag)
        return slot, await self.slots.holder_at(org, slot, at)

    def due(self, start: datetime, length: Length) -> datetime:
        """Raises CalendarMissing."""
        return due_at(start, length, self.calendar)

    async def reach(self, actor: Actor) -> str:
        """The path of the subtree that the actor oversees."""
        found = await SQL.reach_of(self.pool, org_id=actor.org_id)
        return str(found) if found else actor.org_path

    async def org(self, actor: Actor, org: OrgId) -> Mapping[str, Any]:
        """Raises NoSuchOrg, also for one outside the actor's reach."""
        row: Mapping[str, Any] | None = await SQL.org_place(self.pool, id=org)
        if row is None or not row["path"].startswith(await self.reach(actor)):
            raise NoSuchOrg
        return row

    async def number(self, db: Connection, mark: str) -> str:
        """The next of its kind in the year: 督〔2026〕1号."""
        year = self.today().year
        last = await SQL.next_number(db, kind=mark, year=year)
        return f"{mark}〔{year}〕{last}号"

    async def tell(
        self, db: Connection, kind: str, org: OrgId, roles: frozenset[Role], order: OrderId | None, /, **words: str
    ) -> None:
        await self.outbox.post(db, Notice(kind=kind, to=To(org=org, roles=roles), order=order, words=words))
