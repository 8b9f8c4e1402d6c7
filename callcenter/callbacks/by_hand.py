"""Call-backs made by people: written down with all that was said, then the order goes where the answer sends it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from callcenter.callbacks import store
from callcenter.callbacks.care import check_read_back
from callcenter.callbacks.questionnaire import Correction, Heard, Questionnaire, counts, times
from callcenter.core.clock import Clock
from callcenter.core.errors import Invalid, Refused
from callcenter.core.ids import OrderId, new_id
from callcenter.orders import lifecycle as life
from callcenter.orders.service import Orders
from callcenter.orders.terms import Stage
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection, Pool

UNTOLD = "untold"
"""未答复诉求人 (JC-25), among an order's `violations`."""


EXCUSED = frozenset({Heard.REFUSED, Heard.EXEMPT})
"""A reason stands for the answer (A-20)."""


class NotInCallback(Refused):
    code = "not-in-callback"
    zh = "该工单不在回访阶段"
    en = "the order is not in call-back"


class NotItsRecording(Invalid):
    code = "not-its-recording"
    zh = "更正回访结果须引用本工单的通话录音（XY-54）"
    en = "a correction cites a recording of a call of this very order (XY-54)"


class CorrectedBefore(Refused):
    code = "callback-corrected-before"
    zh = "该回访记录不存在或已被更正，请在最新记录上更正"
    en = "there is no such record, or it has been corrected: correct the latest one"


def _untold(row: Any) -> Mapping[str, Any]:
    return {"violations": sorted({*row["violations"], UNTOLD})}


class ByHand:
    def __init__(self, pool: Pool, clock: Clock, orders: Orders) -> None:
        self._pool = pool
        self._clock = clock
        self._orders = orders

    async def record(self, actor: Actor, order: OrderId, heard: Questionnaire) -> UUID:
        """By the centre (XY-10: of every tier that rings); the record and where it sends the order are one write.
        Raises NotInCallback, ReadBackMissing, and what moves raise."""
        row = await self._orders.row(actor, order)
        if row["stage"] != Stage.CALLBACK:
            raise NotInCallback
        reached = heard.reached is Heard.REACHED
        check_read_back(row["caller_needs"], heard.way, reached=reached, read_back=heard.read_back)
        one = new_id()

        async def also(connection: Connection, _: object) -> None:
            await self._insert(connection, actor, row, one, heard, None)

        note = {"outcome": "by_hand", "reached": heard.reached, "record": str(one)}
        flags = _untold if heard.told is False else None
        by, move = await self._next(actor, row, heard)
        if move is None:
            await self._orders.record(actor, order, "callback_recorded", note, changes=flags, also=also)
        else:
            await self._orders.move(by, order, move, extra=flags, note=note, also=also)
        if heard.reached in EXCUSED:
            await self._orders.move(actor, order, life.CloseUnheard(reason=f"{heard.reached}: {heard.reason}"))
        return one

    async def _next(self, actor: Actor, row: Any, heard: Questionnaire) -> tuple[Actor | None, life.Move | None]:
        """Who moves the order, and how; no move while it is still to be rung, or a person has it already."""
        policy = self._orders.policy_of(row).callback
        if heard.reached is Heard.REACHED:
            satisfied = counts(heard.satisfied, basic_counts=policy.basic_counts)
            if heard.unhappy or satisfied is False:
                tendency = heard.reason if heard.tendency else ""
                return actor, life.Warn(resolved=heard.resolved, satisfied=satisfied, tendency=tendency)
            return actor, life.callback_move(heard.resolved, satisfied)
        if row["callback_exhausted"]:
            return None, None
        tried = await store.tried_at(self._pool, OrderId(row["id"]), row["round_no"])
        done = heard.reached in EXCUSED or times([*tried, self._clock.now()]) >= policy.attempts
        return None, life.ExhaustCallback() if done else None

    async def _insert(
        self, connection: Connection, actor: Actor, row: Any, one: UUID, heard: Questionnaire, corrects: UUID | None
    ) -> None:
        await store.insert_record(
            connection,
            id=one,
            order_id=row["id"],
            round_no=row["round_no"],
            by_user=actor.user_id,
            at=self._clock.now(),
            corrects=corrects,
            **heard.model_dump(exclude={"of", "officers"}),
            officers=list(heard.officers),
        )

    async def correct(self, actor: Actor, order: OrderId, correction: Correction) -> UUID:
        """XY-54: a reviewer, citing a recording; what was recorded first stays. Raises NotItsRecording,
        CorrectedBefore, and what records raise."""
        row = await self._orders.row(actor, order)
        if not await store.recording_of_order(self._pool, correction.recording_id, order):
            raise NotItsRecording
        known = {each["id"]: each for each in await store.records_of(self._pool, order)}
        if correction.of is not None and (correction.of not in known or known[correction.of]["corrected"]):
            raise CorrectedBefore
        one = new_id()

        async def also(connection: Connection, _: object) -> None:
            await self._insert(connection, actor, row, one, correction, correction.of)

        basic = self._orders.policy_of(row).callback.basic_counts
        changes = {"resolved": correction.resolved, "satisfied": counts(correction.satisfied, basic_counts=basic)}
        body = {"record": str(one), "of": str(correction.of or ""), "recording": str(correction.recording_id)}
        try:
            await self._orders.record(actor, order, "callback_corrected", body, changes=lambda _: changes, also=also)
        except asyncpg.UniqueViolationError:
            raise CorrectedBefore from None
        return one
