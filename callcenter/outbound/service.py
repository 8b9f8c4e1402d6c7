"""Agents' calls out: one press rings the agent's own telephone, then the citizen; what it came to is told to the order
it was made for, and a missed call is closed by the ledger."""

from uuid import UUID

import structlog

from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, new_id
from callcenter.core.pages import place_of
from callcenter.numbers.gate import Purpose
from callcenter.outbound.config import OutboundConfig
from callcenter.outbound.errors import NoSuchOutbound, NothingToDial, OutboundElsewhere
from callcenter.outbound.outcome import Outcome
from callcenter.outbound.ports import (
    CitizensCalls,
    ContactOrders,
    DialGate,
    MissedCalls,
    OutboundLedger,
    Telephones,
)
from callcenter.outbound.settling import NOTHING, Settling
from callcenter.outbound.store import OutboundStore, view_of
from callcenter.outbound.telephony import Placing, Telephony, leg_of
from callcenter.outbound.views import OutboundPage, OutboundView, Wanted
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)


class Outbound:
    """`settling` must be running where calls are placed (the lease, D5)."""

    def __init__(
        self,
        *,
        pool: Pool,
        clock: Clock,
        config: OutboundConfig,
        audit: Audit,
        gate: DialGate,
        ledger: OutboundLedger,
        telephony: Telephony,
        telephones: Telephones,
        orders: ContactOrders,
        missed: MissedCalls,
        calls: CitizensCalls,
        settling: Settling,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._config = config
        self._audit = audit
        self._gate = gate
        self._ledger = ledger
        self._telephony = telephony
        self._telephones = telephones
        self._orders = orders
        self._missed = missed
        self._calls = calls
        self._settling = settling
        self._store = OutboundStore(pool)

    async def place(self, actor: Actor, wanted: Wanted) -> OutboundView:
        """Returns when Asterisk has begun to ring the agent's telephone.

        Raises Forbidden, NotFound, NothingToDial, NoTelephone, SeatBusy, OutboundUnderWay, DialRefused,
        OutboundElsewhere, and what the PBX answers."""
        if wanted.purpose is Purpose.MANUAL:
            actor.require(Role.SUPERVISOR)
        if not self._settling.running or not self._telephony.connected:
            raise OutboundElsewhere
        extension = await self._telephones.free_extension(actor)
        number = await self._number(actor, wanted)
        if not number:
            raise NothingToDial
        at, outbound = self._clock.now(), new_id()
        allowed = await self._gate.allow(actor, wanted.purpose, number, at=at)
        call = self._settling.call_of(outbound)
        await self._store.insert(
            outbound, wanted, pbx=self._telephony.pbx, actor=actor.user_id, extension=extension, call=call, at=at
        )
        subject = wanted.order or wanted.missed or wanted.call or outbound
        await self._audit.record(
            self._pool, actor.user_id, "citizen_dialled", "outbound_call", outbound, {"for": str(subject)}
        )
        await self._ledger.begin_outbound(
            pbx=self._telephony.pbx,
            leg=leg_of(outbound),
            purpose=wanted.purpose.value,
            number=number,
            related=wanted.call,
            at=at,
        )
        self._settling.follow(outbound, call)
        placing = Placing(
            outbound=outbound,
            extension=extension,
            number=allowed.number,
            group=allowed.group,
            caller_id=allowed.caller_id,
            agent_ring=self._config.agent_ring,
            citizen_ring=self._config.citizen_ring,
        )
        await self._send(placing)
        log.info("outbound_placed", outbound=str(outbound), purpose=wanted.purpose.value)
        return await self._view(outbound)

    async def _send(self, placing: Placing) -> None:
        try:
            await self._telephony.place(placing)
        except (LinkDown, ActionRefused):
            await self._store.settle(placing.outbound, Outcome.UNSENT, NOTHING, self._clock.now(), told="")
            raise
        except OutcomeUnknown:  # it may ring all the same: the settling finds out, nobody is rung to find out
            log.warning("outbound_unknown", outbound=str(placing.outbound))

    async def _number(self, actor: Actor, wanted: Wanted) -> str:
        if wanted.order is not None:
            return await self._orders.number_of(actor, wanted.order)
        if wanted.missed is not None:
            return await self._missed.number_of(actor, wanted.missed)
        if wanted.call is not None:
            return await self._calls.number_of(actor, wanted.call)
        return wanted.number or ""

    async def get(self, actor: Actor, outbound: UUID) -> OutboundView:
        """One's own, or as a supervisor. Raises NoSuchOutbound."""
        found = await self._store.one(outbound)
        if found is None or (found[1] != actor.user_id and not actor.may(Role.SUPERVISOR)):
            raise NoSuchOutbound
        return found[0]

    async def own(self, actor: Actor, limit: int, cursor: str | None = None) -> OutboundPage:
        """Newest first. Raises BadCursor."""
        rows = await self._store.of_actor(actor.user_id, place_of(cursor), limit + 1)
        return OutboundPage.cut(rows, limit, view_of, lambda row: (row["placed_at"], row["id"]))

    async def of_order(self, actor: Actor, order: OrderId) -> OutboundPage:
        """Newest first, on one page. Raises NotFound for an order that the actor may not see."""
        await self._orders.check_visible(actor, order)
        return OutboundPage(items=tuple(await self._store.of_order(order)))

    async def _view(self, outbound: UUID) -> OutboundView:
        found = await self._store.one(outbound)
        if found is None:
            raise NoSuchOutbound
        return found[0]
