"""The clocks' door: an order's clocks, extensions, the rule sets and what differs between them."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.core import errors
from callcenter.core.ids import OrderId
from callcenter.core.pages import place_of
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clock_views import DifferenceList, OrderClocksView, RuleSetList, RuleSetView
from callcenter.orders.extensions import Extensions
from callcenter.orders.order_clocks import clocks_of
from callcenter.orders.policy import Span
from callcenter.orders.rule_pages import difference_list, ruleset_list, ruleset_view
from callcenter.orders.rulesets import NoSuchRuleSet, RuleSet
from callcenter.orders.service import Orders
from callcenter.orders.slow_orders import SlowPage, slow_page
from callcenter.orders.upper_dues import UpperDues
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor

SLOW_FOR: Final = timedelta(days=92)


class RuleSetUnknown(errors.NotFound):
    code = "ruleset-unknown"
    zh = "没有规则集 {ruleset}"
    en = "there is no rule set {ruleset}"


class Clocks:
    def __init__(self, orders: Orders, store: ClockStore, outbox: Outbox) -> None:
        self._orders = orders
        self._store = store
        self._extensions = Extensions(orders, store, outbox)
        self.upper = UpperDues(orders, store, outbox)

    @property
    def zone(self) -> ZoneInfo:
        return self._orders.room.calendar.zone

    async def of(self, actor: Actor, order: OrderId) -> OrderClocksView:
        """Raises NoSuchOrder."""
        return await clocks_of(self._orders.room, self._store, actor, order)

    async def ask_extension(self, actor: Actor, order: OrderId, span: Span, reason: str) -> OrderClocksView:
        """See `Extensions.ask`."""
        await self._extensions.ask(actor, order, span, reason)
        return await self.of(actor, order)

    async def decide_extension(
        self, actor: Actor, order: OrderId, extension: UUID, *, granted: bool, opinion: str
    ) -> OrderClocksView:
        """See `Extensions.decide`."""
        await self._extensions.decide(actor, order, extension, granted=granted, opinion=opinion)
        return await self.of(actor, order)

    async def set_upper(self, actor: Actor, order: OrderId, due: datetime, reason: str) -> OrderClocksView:
        """See `UpperDues.enter`."""
        await self.upper.enter(actor, order, due, reason)
        return await self.of(actor, order)

    def rulesets(self) -> RuleSetList:
        return ruleset_list(self._orders.room)

    def ruleset(self, ref: str) -> RuleSetView:
        """`xiayang-2022/1`, or `xiayang-2022` for the version in force. Raises RuleSetUnknown, CalendarMissing."""
        return ruleset_view(self._named(ref), self._orders.room)

    def differences(self, before: str, after: str) -> DifferenceList:
        """Raises RuleSetUnknown, CalendarMissing."""
        return difference_list(self._named(before), self._named(after), self._orders.room.calendar)

    def _named(self, ref: str) -> RuleSet:
        room = self._orders.room
        try:
            return room.rules.named(ref, room.calendar.local_date(room.clock.now()))
        except NoSuchRuleSet as error:
            raise RuleSetUnknown(ruleset=ref) from error

    async def slow(self, actor: Actor, cursor: str | None, limit: int) -> SlowPage:
        """GH-11: solvable orders of the last quarter that were not submitted within the target. Raises BadCursor."""
        room = self._orders.room
        since = room.clock.now() - SLOW_FOR
        rows = await self._store.solvable_used_all(actor.org_path, since, place_of(cursor), limit + 1)
        return slow_page(rows, limit, room)
