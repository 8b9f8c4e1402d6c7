"""The call-back room at work: hears of reviewed orders, dials what is due, tells the orders what came of it."""

import asyncio
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from callcenter.callbacks import store
from callcenter.callbacks.config import CallbackConfig
from callcenter.callbacks.dialer import HEARS, Dialer
from callcenter.callbacks.events import CallbackSettled
from callcenter.callbacks.policy import allowed_from, dialable
from callcenter.callbacks.ports import CallbackOrders, DialGate, OutboundLedger
from callcenter.callbacks.telephony import Telephony
from callcenter.core.bus import Bus, Subscription
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId
from callcenter.orders.events import OrderMoved
from callcenter.pbx.facts import LinkUp
from callcenter.people.vault import Vault
from callcenter.store.patience import BETWEEN_TRIES, patiently, until
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)


class Callbacks:
    """One for each PBX, run by the holder of its lease. `city` is an IANA zone name."""

    def __init__(
        self,
        *,
        pool: Pool,
        bus: Bus,
        clock: Clock,
        config: CallbackConfig,
        city: str,
        telephony: Telephony,
        ledger: OutboundLedger,
        orders: CallbackOrders,
        gate: DialGate,
        vault: Vault,
    ) -> None:
        self._pool = pool
        self._bus = bus
        self._clock = clock
        self._config = config
        self._zone = ZoneInfo(city)
        self._telephony = telephony
        self._orders = orders
        self._vault = vault
        self._wake = asyncio.Event()
        self._moved: dict[OrderId, str] = {}
        self._relinked = True
        self._dialer = Dialer(
            pool=pool,
            bus=bus,
            clock=clock,
            config=config,
            zone=self._zone,
            telephony=telephony,
            ledger=ledger,
            gate=gate,
        )

    async def run(self) -> None:
        """Until cancelled. Attempts in the air go on at Asterisk and are taken up by the next run."""
        with self._bus.subscribe(OrderMoved, CallbackSettled, *HEARS) as heard:
            async with asyncio.TaskGroup() as crew:
                crew.create_task(self._listen(heard))
                await patiently(self._catch_up)
                while True:
                    await self._resume_open(crew)
                    await patiently(self._follow_orders)
                    await patiently(self._tell_orders)
                    await patiently(self._sweep)
                    await self._dial_due(crew)
                    await self._rest()

    async def _listen(self, heard: Subscription) -> None:
        async for event in heard:
            match event:
                case OrderMoved(order=order, stage=stage):
                    self._moved[order] = stage
                    self._wake.set()
                case CallbackSettled():
                    self._wake.set()
                case LinkUp():
                    self._dialer.hear(event)
                    self._relinked = True
                    self._wake.set()
                case _:
                    self._dialer.hear(event)

    async def _resume_open(self, crew: asyncio.TaskGroup) -> None:
        """Attempts that nobody follows: of an earlier life of the house, or left behind by a mistake."""
        if not self._relinked:
            return
        self._relinked = False
        for claim in await patiently(lambda: store.open_attempts(self._pool, self._vault, self._telephony.pbx)):
            self._dialer.resume(crew, claim)

    async def _catch_up(self) -> None:
        """What was heard by nobody while the house was down."""
        now = self._clock.now()
        await store.withdraw_settled(self._pool, now)
        for order, round_no, number in await self._orders.awaiting():
            await self._enrol(order, round_no, number)

    async def _follow_orders(self) -> None:
        """Enrols the orders that have come to call-back and withdraws those that a human has settled."""
        while self._moved:
            order, stage = next(iter(self._moved.items()))
            if stage == "callback":
                found = await store.awaiting_order(self._pool, self._vault, order)
                if found is not None:
                    await self._enrol(order, *found)
            else:
                await store.withdraw(self._pool, order, self._clock.now())
            if self._moved.get(order) == stage:
                del self._moved[order]

    async def _enrol(self, order: OrderId, round_no: int, number: str) -> None:
        now = self._clock.now()
        due = allowed_from(now, self._config, self._zone)
        person = await self._orders.asked_by_person(order)
        await store.enrol(
            self._pool, self._vault, order, round_no, dialable(number), next_at=due, at=now, by_person=person
        )

    async def _tell_orders(self) -> None:
        for done in await store.untold(self._pool):
            try:
                await self._orders.settle_callback(
                    done.order, done.attempt, done.verdict.resolved, done.verdict.satisfied, done.outcome
                )
            except DomainError as error:
                log.warning("callback_order_not_told", order=str(done.order), code=error.code)
                continue
            await store.mark_told(self._pool, done.callback, self._clock.now())

    async def _sweep(self) -> None:
        """Lets the PBX forget attempts that are long over; it would remember them for ever."""
        before = self._clock.now() - self._config.keep_marks
        for attempt in await store.unswept(self._pool, self._telephony.pbx, before):
            try:
                await self._telephony.forget(attempt)
            except DomainError:
                return
            await store.mark_swept(self._pool, attempt, self._clock.now())

    async def _dial_due(self, crew: asyncio.TaskGroup) -> None:
        await patiently(partial(store.leave_to_people, self._pool, self._config.by_person))
        while self._telephony.connected and self._dialer.busy < self._config.at_once:
            now = self._clock.now()
            if allowed_from(now, self._config, self._zone) > now:
                return
            claim = await patiently(partial(store.claim, self._pool, self._vault, self._telephony.pbx, now))
            if claim is None:
                return
            self._dialer.begin(crew, claim)

    async def _rest(self) -> None:
        """Until the next is due, or something has happened that may change what is due."""
        due = await patiently(lambda: store.next_due(self._pool))
        now = self._clock.now()
        if due is None or not self._telephony.connected or self._dialer.busy >= self._config.at_once:
            await until(self._wake, None)
            return
        await until(self._wake, max(allowed_from(max(due, now), self._config, self._zone) - now, BETWEEN_TRIES / 10))
