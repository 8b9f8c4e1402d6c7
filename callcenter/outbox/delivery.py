"""Carries notices and webhooks outside, at least once, from a queue in the database: a restart loses none."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import aiohttp
import asyncpg
import orjson
import structlog
from pgqueuer import PgQueuer
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job

from callcenter.core.clock import Clock
from callcenter.outbox.carriers import TAKEN, carriers_of, post
from callcenter.outbox.config import OutboxConfig
from callcenter.outbox.outbox import CARRY, SQL, Outbox
from callcenter.outbox.signing import signature
from callcenter.outbox.words import said
from callcenter.people.vault import Vault
from callcenter.store.config import StoreConfig
from callcenter.store.jobs import enqueue, open_queue
from callcenter.store.pool import AWAY, Pool

log = structlog.get_logger(__name__)

CALL: Final = "call_webhook"
AT_ONCE: Final = 8
BATCH: Final = 500
LONGEST: Final = timedelta(hours=6)
SWEEP: Final = timedelta(seconds=30)
"""What a lost process left behind is taken up again after so long, and unread notices are looked for."""
AWAY_FOR: Final = timedelta(seconds=2)
HEARTBEAT: Final = timedelta(seconds=30)


def pause(attempts: int, first: timedelta) -> timedelta:
    """Before the next try, after `attempts` of them."""
    return min(timedelta(seconds=first.total_seconds() * 4 ** (attempts - 1)), LONGEST)


class Delivery:
    """One a process; several share the queue."""

    def __init__(self, pool: Pool, database: StoreConfig, config: OutboxConfig, vault: Vault, clock: Clock) -> None:
        self._pool = pool
        self._database = database
        self._config = config
        self._vault = vault
        self._clock = clock
        self._carriers = carriers_of(config)
        self._outbox = Outbox(clock, tuple(self._carriers))
        self._due = asyncio.Event()

    def wake(self) -> None:
        """Webhooks may be pending."""
        self._due.set()

    async def run(self) -> None:
        """Until cancelled; a database that is away is waited for."""
        while True:
            try:
                deadline = aiohttp.ClientTimeout(total=self._config.deadline.total_seconds())
                async with open_queue(self._database) as queue, aiohttp.ClientSession(timeout=deadline) as http:
                    self._take(queue, http)
                    async with asyncio.TaskGroup() as tasks:
                        tasks.create_task(self._sweep_regularly(), name="outbox-sweep")
                        tasks.create_task(self._carry_on(queue), name="outbox-queue")
            except* (*AWAY, asyncpg.PostgresError) as error:
                log.warning("outbox_away", cause=type(error.exceptions[0]).__name__)
            await asyncio.sleep(AWAY_FOR.total_seconds())

    async def _carry_on(self, queue: PgQueuer) -> None:
        try:
            await queue.run(
                batch_size=AT_ONCE,
                max_concurrent_tasks=2 * AT_ONCE,
                heartbeat_timeout=HEARTBEAT,
            )
        finally:
            queue.shutdown.set()

    def _take(self, queue: PgQueuer, http: aiohttp.ClientSession) -> None:
        @queue.entrypoint(CARRY)
        async def carry(job: Job) -> None:
            again = await self.carry(http, (job.payload or b"").decode())
            if again is not None:
                raise RetryRequested(again)

        @queue.entrypoint(CALL)
        async def call(job: Job) -> None:
            again = await self.call(http, UUID((job.payload or b"").decode()))
            if again is not None:
                raise RetryRequested(again)

    async def _sweep_regularly(self) -> None:
        while True:
            self._due.clear()
            await self.sweep()
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP.total_seconds()):
                    await self._due.wait()

    async def sweep(self) -> None:
        """Everything pending has a job, and who left a notice unread is going to be telephoned."""
        async with self._pool.acquire() as connection:
            hooks = [str(row["id"]) async for row in SQL.pending_webhooks(connection, limit=BATCH)]
            await enqueue(connection, CALL, hooks)
            left = SQL.pending_deliveries(connection, limit=BATCH)
            await enqueue(connection, CARRY, [f"{row['notice_id']}/{row['adapter']}" async for row in left])
        await self._outbox.ring_about_unread(self._pool, self._config.unread_after)

    async def carry(self, http: aiohttp.ClientSession, payload: str) -> timedelta | None:
        """One notice by one adapter. Gives the pause before the next try, None when it is settled."""
        notice, _, adapter = payload.partition("/")
        row = await SQL.delivery_of(self._pool, notice_id=UUID(notice), adapter=adapter)
        if row is None or row["state"] == "sent" or adapter not in self._carriers:
            return None
        text = said(row["kind"], row["words"], "zh")
        cause = await self._carriers[adapter].carry(http, notice, text, row)
        state, again = self._verdict(not cause, row["attempts"] + 1)
        await SQL.settle_delivery(
            self._pool, notice_id=UUID(notice), adapter=adapter, state=state, cause=cause, at=self._clock.now()
        )
        log.info("notice_carried", adapter=adapter, state=state, cause=cause)
        return again

    async def call(self, http: aiohttp.ClientSession, delivery: UUID) -> timedelta | None:
        """One event to one webhook. Gives the pause before the next try, None when it is settled."""
        row = await SQL.webhook_to_send(self._pool, id=delivery)
        if row is None or row["state"] == "sent" or row["disabled_at"] is not None:
            return None
        body = _body(row)
        at = int(self._clock.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": str(delivery),
            "webhook-timestamp": str(at),
            "webhook-signature": signature(self._vault.open(row["secret"]), str(delivery), at, body),
        }
        status, answer = await post(http, row["url"], body, headers)
        state, again = self._verdict(status in TAKEN, row["attempts"] + 1)
        cause = "" if status in TAKEN else (answer.decode(errors="replace")[:100] if not status else f"http {status}")
        await SQL.settle_webhook(
            self._pool, id=delivery, state=state, status=status or None, cause=cause, at=self._clock.now()
        )
        log.info("webhook_called", state=state, status=status)
        return again

    def _verdict(self, taken: bool, attempts: int) -> tuple[str, timedelta | None]:
        if taken:
            return "sent", None
        if attempts >= self._config.attempts:
            return "failed", None
        return "pending", pause(attempts, self._config.first_retry)


def _body(row: asyncpg.Record) -> bytes:
    """Ids, states and times: a receiver reads the order over the API, with its own rights."""
    told = {
        "type": f"order.{row['move']}",
        "timestamp": row["at"].isoformat(),
        "data": {
            "order_id": str(row["order_id"]),
            "number": row["number"],
            "channel": row["channel"],
            "external_id": row["external_id"],
            "seq": row["seq"],
            "stage": row["stage"],
        },
    }
    return orjson.dumps(told)
