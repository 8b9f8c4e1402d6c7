"""The call-back room with a staged PBX, ready to be started, stopped and told facts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from callcenter.callbacks.config import CallbackConfig
from callcenter.callbacks.service import Callbacks
from callcenter.callbacks.survey import Survey
from callcenter.callbacks.telephony import leg_of
from callcenter.core.bus import Bus
from callcenter.core.ids import AttemptId, LegId
from callcenter.numbers.gate import Purpose
from callcenter.numbers.rules import Limits
from callcenter.pbx.facts import ChannelEnded, DialplanMarked, FlowStepped, LinkUp
from callcenter.pbx.snapshot import Snapshot
from callcenter.store.pool import Pool
from tests.rooms.callback_rooms import NOON, RememberingLedger, RememberingOrders, SetClock, StagedTelephony
from tests.rooms.gates import open_gate
from tests.vaults import VAULT

QUICK = {"last_key": timedelta(milliseconds=50)}


class House:
    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.bus = Bus()
        self.clock = SetClock()
        self.telephony = StagedTelephony()
        self.ledger = RememberingLedger()
        self.orders = RememberingOrders(pool)
        self.survey = Survey(pool, self.bus)
        self.limits: dict[Purpose, Limits] = {}

    @asynccontextmanager
    async def running(self, **changed: Any) -> AsyncIterator[None]:
        service = Callbacks(
            pool=self.pool,
            bus=self.bus,
            clock=self.clock,
            config=CallbackConfig.model_validate(QUICK | changed),
            city="Asia/Shanghai",
            telephony=self.telephony,
            ledger=self.ledger,
            orders=self.orders,
            gate=open_gate(self.pool, self.bus, limits=self.limits),
            vault=VAULT,
        )
        task = asyncio.create_task(service.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def mark(self, attempt: AttemptId, status: str) -> None:
        leg = LegId(f"{leg_of(attempt)}-2")
        fields = (("Attempt", str(attempt)), ("Status", status))
        self.telephony.marks[attempt] = status
        self.bus.publish(
            DialplanMarked(
                at=NOON, pbx="pbx1", leg=leg, linked=leg, channel="Local/x;2", mark="HotlineDial", fields=fields
            )
        )

    def end(self, attempt: AttemptId) -> None:
        leg = leg_of(attempt)
        self.bus.publish(ChannelEnded(at=NOON, pbx="pbx1", leg=leg, linked=leg, channel="Local/x;1", cause=16))

    def relink(self) -> None:
        self.bus.publish(LinkUp(at=NOON, pbx="pbx1", lost_at=NOON, snapshot=Snapshot(taken_at=NOON)))

    async def press(self, attempt: AttemptId, node: str, key: str) -> None:
        await self.survey.stepped(pressed(attempt, node, key))

    async def outcomes(self) -> list[str]:
        rows = await self.pool.fetch("select outcome from callback_attempt order by claimed_at, no")
        return [row["outcome"] for row in rows]


def pressed(attempt: AttemptId, node: str, key: str) -> FlowStepped:
    """The citizen's key in the survey."""
    return FlowStepped(
        pbx="pbx1",
        leg=leg_of(attempt),
        flow="survey",
        node=node,
        key=key,
        began_at=NOON,
        at=NOON,
        args=(("attempt", str(attempt)),),
    )
