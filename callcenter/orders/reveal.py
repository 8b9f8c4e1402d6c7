"""Revealing a caller for a purpose, and who has seen whom (B-29, SG-22)."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core import errors
from callcenter.core.ids import OrderId, UserId
from callcenter.core.pages import Page, place_of
from callcenter.orders.privacy import CallerSeen, Purpose, Sight, may_reveal, sight_of
from callcenter.orders.room import Room, visible_row
from callcenter.orders.standing import standing_of
from callcenter.people.actor import Actor, Role
from callcenter.store.queries import load

SQL: Final[Any] = load("reveal")
WINDOW: Final = timedelta(hours=1)
READERS: Final = frozenset({Role.AUDITOR, Role.SUPERVISOR, Role.DISCIPLINE})


class RevealNotYours(errors.Forbidden):
    code = "reveal-needs-role"
    zh = "您的角色不能以“{purpose}”为由查看诉求人身份；请由中心工作人员联系"
    en = "your role may not reveal a caller for the purpose {purpose}: ask the centre to contact the citizen"


class NoReveal(errors.Forbidden):
    """To nobody's question: what the page says instead of the form."""

    code = "no-reveal"
    zh = "您的角色不能查看诉求人身份；需要联系诉求人时，请由中心工作人员联系或转接"
    en = "Your role may not see who the caller is: ask the centre to contact the citizen, or to connect you"


class TooManyReveals(errors.Refused):
    code = "too-many-reveals"
    zh = "一小时内查看诉求人身份已达 {limit} 次，请稍后再试或请值班长处理"
    en = "{limit} callers were revealed within an hour: wait, or ask the supervisor on duty"


class CallerView(BaseModel):
    """An order's caller, as asked for with a purpose."""

    model_config = ConfigDict(frozen=True)

    name: str
    number: str


class RevealRights(BaseModel):
    """`hidden`: the order has a caller whom its page does not show to the reader. `purposes` are those that the reader
    may reveal for, `left` how often within this hour; where that is never, `refused_zh` and `refused_en` say whom to
    ask."""

    model_config = ConfigDict(frozen=True)

    hidden: bool
    purposes: tuple[Purpose, ...]
    left: int
    refused_zh: str = ""
    refused_en: str = ""


class SightView(BaseModel):
    """Who saw a caller, when, and why."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    at: datetime
    actor_id: UserId | None
    actor_name: str | None
    org_name: str | None
    action: str
    purpose: str
    reason: str


class SightPage(Page[SightView]):
    """Newest first."""


async def note_view(room: Room, actor: Actor, order: OrderId, *, seen: str) -> None:
    """Every look at a caller that the order's page itself shows: `seen` is the sight, the purpose is the work on it."""
    detail = {"purpose": "work", "seen": seen}
    await room.audit.record(room.store.pool, actor.user_id, "caller_viewed", "order", str(order), detail)


class Reveals:
    """`an_hour` bounds each user's reveals."""

    def __init__(self, room: Room, an_hour: int) -> None:
        self._room = room
        self._an_hour = an_hour

    async def rights(self, actor: Actor, order: OrderId) -> RevealRights:
        """What `reveal` would let this reader do, before anything is asked. Raises NoSuchOrder."""
        row = await visible_row(self._room, actor, order)
        sight = sight_of(standing_of(row), actor, confidential=row["confidential"])
        hidden = bool(row["caller_name"] or row["caller_number"]) and sight is Sight.NOTHING
        purposes = tuple(one for one in Purpose if may_reveal(actor, one)) if hidden else ()
        since = self._room.clock.now() - WINDOW
        used = await SQL.reveals_since(self._room.store.pool, actor_id=actor.user_id, since=since) if purposes else 0
        left = max(self._an_hour - int(used), 0)
        refused: errors.DomainError | None = None
        if hidden and not (purposes and left):
            refused = TooManyReveals(limit=self._an_hour) if purposes else NoReveal()
        return RevealRights(
            hidden=hidden,
            purposes=purposes,
            left=left,
            refused_zh=refused.text("zh") if refused else "",
            refused_en=refused.text("en") if refused else "",
        )

    async def reveal(self, actor: Actor, order: OrderId, purpose: Purpose, reason: str) -> CallerView:
        """Written down before it is shown. Raises NoSuchOrder, RevealNotYours, TooManyReveals."""
        row = await visible_row(self._room, actor, order)
        if not may_reveal(actor, purpose):
            raise RevealNotYours(purpose=purpose.value)
        room = self._room
        async with room.store.pool.acquire() as connection, connection.transaction():
            await SQL.lock_reveals(connection, actor_id=actor.user_id)
            since = room.clock.now() - WINDOW
            if await SQL.reveals_since(connection, actor_id=actor.user_id, since=since) >= self._an_hour:
                raise TooManyReveals(limit=self._an_hour)
            detail = {"purpose": purpose.value, "reason": reason}
            await room.audit.record(connection, actor.user_id, "caller_revealed", "order", str(order), detail)
        seen = CallerSeen(room.vault.open(row["caller_name"]), room.vault.open(row["caller_number"]))
        return CallerView(name=seen.name, number=seen.number)

    async def views(self, actor: Actor, order: OrderId, limit: int, cursor: str | None) -> SightPage:
        """Everybody who saw this order's caller or code. Raises NoSuchOrder, Forbidden, BadCursor."""
        actor.require(*READERS)
        await visible_row(self._room, actor, order)
        at, entry = place_of(cursor)
        found = SQL.views_of(self._room.store.pool, order=str(order), before_at=at, before_id=entry, limit=limit + 1)
        rows = [row async for row in found]
        return SightPage.cut(rows, limit, lambda row: SightView(**dict(row)), lambda row: (row["at"], row["id"]))
