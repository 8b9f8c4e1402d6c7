"""延期: asked for by the unit, decided by another person of the role that the rule set names (A-07). No clock moves
otherwise, and none beyond an outer one."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId, new_id
from callcenter.orders.calendar import Length, due_at
from callcenter.orders.clock_names import clock_name
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.events import ClockStarted
from callcenter.orders.policy import Policy, Span
from callcenter.orders.room import Conflict
from callcenter.orders.row import Row
from callcenter.orders.ruleset_parsing import length_raw
from callcenter.orders.service import Orders
from callcenter.orders.signs import signs_of
from callcenter.orders.terms import Stage
from callcenter.orders.timers import INSTANT
from callcenter.outbox.model import Notice, To
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

IN_HAND: Final = frozenset({Stage.ACCEPTED, Stage.HANDLING, Stage.COLLAB, Stage.REHANDLING})
UNIT: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})


class ExtensionNotAllowed(errors.Refused):
    code = "extension-not-allowed"
    zh = "规则集 {ruleset} 不允许延期；时限不得变动"
    en = "the rule set {ruleset} knows no extension: the limit stays"


class ExtensionTooLong(errors.Refused):
    code = "extension-too-long"
    zh = "延期超出规则集 {ruleset} 允许的长度、次数，或外层时限已无余量"
    en = "the extension is longer or oftener than {ruleset} allows, or the outer limit leaves no time"


class NoClockToExtend(errors.Refused):
    code = "no-clock-to-extend"
    zh = "该工单没有可延期的办理时限：已停止、已逾期或不由承办单位负责"
    en = "the order has no running handling clock of the unit that is not late yet"


class ExtensionOpen(errors.Refused):
    code = "extension-open"
    zh = "该时限已有待审批的延期申请"
    en = "an extension of this clock waits for its decision already"


class NoSuchExtension(errors.NotFound):
    code = "no-such-extension"
    zh = "没有这项待审批的延期申请"
    en = "there is no such extension to decide"


class SamePerson(errors.Refused):
    code = "extension-own"
    zh = "申请人不得审批自己的延期申请"
    en = "who asked for an extension may not decide it"


def may_ask(row: Row, policy: Policy, actor: Actor) -> bool:
    allowed = policy.extension.allowed and row["extended"] < policy.extension.times
    return allowed and row["stage"] in IN_HAND and actor.may(*UNIT) and actor.org_id == row["owner_org_id"]


def may_decide(row: Row, policy: Policy, actor: Actor, asked_by: UUID) -> bool:
    return actor.may(policy.extension.approver) and actor.user_id != asked_by and actor.org_id != row["owner_org_id"]


def _extendable(timers: Sequence[asyncpg.Record], round_no: int) -> asyncpg.Record:
    """The unit's own handling clock of this round. Raises NoClockToExtend."""
    for row in timers:
        running = row["stopped_at"] is None and row["breached_at"] is None and row["round_no"] == round_no
        if running and row["binds"] and not row["outer_clock"]:
            return row
    raise NoClockToExtend


def _cut(due: datetime, timers: Sequence[asyncpg.Record]) -> tuple[datetime, str]:
    """Outer clocks that run end it sooner."""
    outer = [(row["due_at"], row["name"]) for row in timers if row["outer_clock"] and row["stopped_at"] is None]
    return min([(due, ""), *outer], key=lambda pair: pair[0])


class Extensions:
    def __init__(self, orders: Orders, store: ClockStore, outbox: Outbox) -> None:
        self._orders = orders
        self._store = store
        self._outbox = outbox

    async def ask(self, actor: Actor, order: OrderId, span: Span, reason: str) -> None:
        """Raises NoSuchOrder, ExtensionNotAllowed, ExtensionTooLong, NoClockToExtend, ExtensionOpen, Forbidden."""
        row = await self._orders.row(actor, order)
        ruleset = self._orders.rules_of(row)
        rule = ruleset.policy.extension
        if not rule.allowed:
            raise ExtensionNotAllowed(ruleset=ruleset.ref)
        timers = await self._orders.room.store.timers(order)
        clock = _extendable(timers, row["round_no"])
        due, _ = _cut(self._after(clock, span.length), timers)
        if row["extended"] >= rule.times or due > self._after(clock, rule.most.length) or due <= clock["due_at"]:
            raise ExtensionTooLong(ruleset=ruleset.ref)
        fields = {
            "id": new_id(),
            "order_id": order,
            "timer": clock["name"],
            "round_no": clock["round_no"],
            "length": length_raw(span.length),
            "reason": reason,
            "due_before": clock["due_at"],
            "due_after": due,
            "asked_by": actor.user_id,
            "asked_at": self._orders.room.clock.now(),
        }

        async def also(on: Connection, moved: asyncpg.Record) -> None:
            await self._store.ask_extension(on, fields)
            await self._tell(on, "extension_asked", moved, moved["centre_org_id"], due, rule.approver)

        body = {"timer": clock["name"], "due": due, "reason": reason}
        try:
            await self._orders.record(actor, order, "extension_asked", body, also=also)
        except asyncpg.UniqueViolationError as error:
            raise ExtensionOpen from error

    async def decide(self, actor: Actor, order: OrderId, extension: UUID, *, granted: bool, opinion: str) -> None:
        """Raises NoSuchExtension, SamePerson, NoClockToExtend (meanwhile late or done), Forbidden, Conflict."""
        row = await self._orders.row(actor, order)
        ruleset = self._orders.rules_of(row)
        actor.require(ruleset.policy.extension.approver)
        asked = next((one for one in await self._store.extensions(order) if one["id"] == extension), None)
        if asked is None or asked["granted"] is not None:
            raise NoSuchExtension
        if not may_decide(row, ruleset.policy, actor, asked["asked_by"]):
            raise SamePerson
        now = self._orders.room.clock.now()

        async def also(on: Connection, moved: asyncpg.Record) -> None:
            if not await self._store.decide_extension(
                on, extension, granted=granted, opinion=opinion, decided_by=actor.user_id, decided_at=now
            ):
                raise Conflict
            if granted:
                await self._grant(on, moved, asked, now)
            due = asked["due_after"] if granted else asked["due_before"]
            await self._tell(
                on, "extension_decided", moved, moved["owner_org_id"], due, *UNIT, granted=granted, timer=asked["timer"]
            )

        what = "extension_granted" if granted else "extension_refused"
        body = {"timer": asked["timer"], "due": asked["due_after"], "opinion": opinion}
        changes = (lambda now_row: {"extended": now_row["extended"] + 1}) if granted else None
        await self._orders.record(actor, order, what, body, changes=changes, also=also)
        await self._wake(order, now)

    def _after(self, clock: asyncpg.Record, length: Length) -> datetime:
        return due_at(clock["due_at"] - INSTANT, length, self._orders.room.calendar)

    async def _grant(self, on: Connection, moved: asyncpg.Record, asked: asyncpg.Record, now: datetime) -> None:
        timers = await self._orders.room.store.timers(OrderId(moved["id"]))
        clock = _extendable(timers, asked["round_no"])
        due, cut_by = _cut(asked["due_after"], timers)
        warnings = self._orders.rules_of(moved).policy.warnings
        signs = signs_of(warnings, clock["started_at"], due, None, self._orders.room.calendar)
        left = [asdict(sign) for sign in signs if sign.at > now]
        if not await self._store.extend(
            on, OrderId(moved["id"]), asked["timer"], asked["round_no"], due_at=due, cut_by=cut_by, signs=left
        ):
            raise NoClockToExtend

    async def _tell(
        self,
        on: Connection,
        kind: str,
        order: Row,
        org: UUID,
        due: datetime,
        *roles: Role,
        granted: bool = False,
        timer: str = "handle",
    ) -> None:
        zh, en = clock_name(timer)
        words: dict[str, Any] = {
            "number": order["number"],
            "due": f"{due.astimezone(self._orders.room.calendar.zone):%Y-%m-%d %H:%M}",
            "timer": zh,
            "timer_en": en,
            "decision": "已批准" if granted else "未批准",
            "decision_en": "granted" if granted else "refused",
        }
        await self._outbox.post(
            on,
            Notice(kind=kind, to=To(org=OrgId(org), roles=frozenset(roles)), order=OrderId(order["id"]), words=words),
        )

    async def _wake(self, order: OrderId, now: datetime) -> None:
        """The clock's signs have moved: a watch may have to look sooner."""
        room = self._orders.room
        nexts = [row["next_at"] for row in await room.store.timers(order) if row["next_at"]]
        for at in nexts:
            room.bus.publish(ClockStarted(at=now, order=order, due_at=at))
        await room.notices.tell(order, nexts)
