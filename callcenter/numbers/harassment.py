"""The harassment list: a caller is restrained only by two persons, for a time, with calls as evidence, and always
keeps the emergency exit and a way to a person. Nothing in the house proposes an entry by itself: ringing often is no
harassment."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core.clock import Clock
from callcenter.core.ids import CallId, new_id
from callcenter.core.pages import place_of
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.errors import (
    CareComesFirst,
    EntrySettled,
    EvidenceWrong,
    ListedAlready,
    NoSuchEntry,
    SameApprover,
    TooLong,
)
from callcenter.numbers.listing import forms_of, listable
from callcenter.numbers.ports import SeenNumbers
from callcenter.numbers.store import SQL
from callcenter.numbers.views import EntryState, HarassmentEntry, HarassmentPage, Policy, harassment_entry
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Connection, Pool

MAY_PROPOSE: Final = (Role.AGENT, Role.SUPERVISOR)


class HarassmentList:
    def __init__(
        self, pool: Pool, clock: Clock, config: NumbersConfig, audit: Audit, seen: SeenNumbers, vault: Vault
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._config = config
        self._audit = audit
        self._seen = seen
        self._vault = vault

    async def propose(
        self, actor: Actor, evidence: tuple[CallId, ...], policy: Policy, reason: str, days: int
    ) -> HarassmentEntry:
        """The caller of the first call, which the actor must be allowed to see; all calls must be that caller's.

        Raises Forbidden, NotFound, NumberWithheld, EvidenceWrong, TooLong, CareComesFirst, ListedAlready."""
        actor.require(*MAY_PROPOSE)
        calls = tuple(dict.fromkeys(evidence))
        least, most = self._config.evidence_at_least, self._config.harassment_at_most.days
        if len(calls) < least:
            raise EvidenceWrong(least=least)
        if days > most:
            raise TooLong(most=most)
        number = listable(await self._seen.number_of(actor, calls[0]), self._config.area_code)
        entry, now = new_id(), self._clock.now()
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                forms = [key for one in forms_of(number, self._config.area_code) for key in self._vault.keys(one)]
                if await SQL.calls_from(connection, calls=list(calls), keys=forms) != len(calls):
                    raise EvidenceWrong(least=least)
                await self._check_care(connection, self._vault.keys(number), policy, now)
                await SQL.insert_harassment(
                    connection,
                    id=entry,
                    number=self._vault.seal(number),
                    number_key=self._vault.key(number),
                    policy=policy.value,
                    reason=reason,
                    evidence=list(calls),
                    by=actor.user_id,
                    at=now,
                    lasts=timedelta(days=days),
                )
                await self._record(connection, actor, "harassment_proposed", entry, policy=policy.value)
        except asyncpg.UniqueViolationError:
            raise ListedAlready from None
        return await self._one(entry, now)

    async def decide(self, actor: Actor, entry: UUID, *, approved: bool, opinion: str) -> HarassmentEntry:
        """By a supervisor who is not the proposer. Raises Forbidden, NoSuchEntry, SameApprover, EntrySettled,
        CareComesFirst."""
        actor.require(Role.SUPERVISOR)
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            row = await self._locked(connection, entry)
            if row["proposed_by_id"] == actor.user_id:
                raise SameApprover
            if row["state"] != EntryState.PROPOSED:
                raise EntrySettled
            if approved:
                await self._check_care(connection, [row["number_key"]], Policy(row["policy"]), now)
            state = EntryState.APPROVED if approved else EntryState.REJECTED
            await SQL.decide_harassment(
                connection,
                id=entry,
                state=state.value,
                by=actor.user_id,
                at=now,
                opinion=opinion,
                expires_at=now + row["lasts"] if approved else None,
            )
            await self._record(connection, actor, f"harassment_{state.value}", entry)
        return await self._one(entry, now)

    async def end(self, actor: Actor, entry: UUID, finding: str) -> HarassmentEntry:
        """Before its time: lifting a restraint takes one supervisor. Also withdraws a proposal.

        Raises Forbidden, NoSuchEntry, EntrySettled."""
        actor.require(Role.SUPERVISOR)
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            row = await self._locked(connection, entry)
            if row["state"] not in (EntryState.PROPOSED, EntryState.APPROVED) or row["reviewed_at"] is not None:
                raise EntrySettled
            await SQL.end_harassment(connection, id=entry, by=actor.user_id, at=now, finding=finding)
            await self._record(connection, actor, "harassment_ended", entry)
        return await self._one(entry, now)

    async def review(self, actor: Actor, entry: UUID, finding: str) -> HarassmentEntry:
        """After the expiry: what the entry came to. Going on takes a new proposal by two persons.

        Raises Forbidden, NoSuchEntry, EntrySettled."""
        actor.require(Role.SUPERVISOR)
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            if not harassment_entry(await self._locked(connection, entry), self._vault, now).due_for_review:
                raise EntrySettled
            await SQL.review_harassment(connection, id=entry, by=actor.user_id, at=now, finding=finding)
            await self._record(connection, actor, "harassment_reviewed", entry)
        return await self._one(entry, now)

    async def page(self, actor: Actor, limit: int, cursor: str | None = None) -> HarassmentPage:
        """Raises Forbidden, BadCursor."""
        actor.require(Role.SUPERVISOR)
        before_at, before_id = place_of(cursor)
        found = SQL.page_of_harassment(self._pool, before_at=before_at, before_id=before_id, most=limit + 1)
        rows, now = [row async for row in found], self._clock.now()
        return HarassmentPage.cut(
            rows,
            limit,
            lambda row: harassment_entry(row, self._vault, now),
            lambda row: (row["proposed_at"], row["id"]),
        )

    async def _check_care(self, connection: Connection, keys: list[bytes], policy: Policy, now: datetime) -> None:
        if policy is Policy.REFUSE and await SQL.in_care(connection, keys=keys, at=now):
            raise CareComesFirst

    async def _locked(self, connection: Connection, entry: UUID) -> Any:
        row = await SQL.lock_harassment(connection, id=entry)
        if row is None:
            raise NoSuchEntry
        return row

    async def _record(self, connection: Connection, actor: Actor, action: str, entry: UUID, **detail: str) -> None:
        await self._audit.record(connection, actor.user_id, action, "harassment_entry", entry, detail)

    async def _one(self, entry: UUID, now: datetime) -> HarassmentEntry:
        return harassment_entry(await SQL.harassment_by_id(self._pool, id=entry), self._vault, now)
