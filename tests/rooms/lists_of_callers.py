"""The lists of callers over a test's database, with a ledger whose calls everybody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from callcenter.core.clock import Clock
from callcenter.core.ids import CallId, new_id
from callcenter.numbers.callers import Callers
from callcenter.numbers.care import CareList
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.harassment import HarassmentList
from callcenter.numbers.ports import SeenNumbers
from callcenter.numbers.views import HarassmentEntry, Policy
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from tests.vaults import VAULT

CALLER = "+8613800000007"


class LedgerOfTown:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def number_of(self, actor: Actor, call: CallId) -> str:
        return VAULT.open(await self._pool.fetchval("select caller_number from call where id = $1", call))


@dataclass(frozen=True)
class Lists:
    pool: Pool
    clock: Clock
    people: dict[str, Actor]
    callers: Callers
    care: CareList
    harassment: HarassmentList

    async def calls(self, number: str = CALLER, count: int = 2) -> tuple[CallId, ...]:
        ids = [CallId(new_id()) for _ in range(count)]
        for call in ids:
            await self.pool.execute(
                "insert into call (id, pbx, linked, direction, caller_number, caller_key, stage, started_at)"
                " values ($1, 'pbx1', $2, 'inbound', $3, $4, 'ended', $5)",
                call,
                str(call),
                VAULT.seal(number),
                VAULT.key(number),
                self.clock.now(),
            )
        return tuple(ids)

    async def proposed(self, evidence: Sequence[CallId] = (), policy: Policy = Policy.LOWER) -> HarassmentEntry:
        given = tuple(evidence) or await self.calls()
        return await self.harassment.propose(self.people["agent"], given, policy, "辱骂话务员", 30)

    async def approved(self, policy: Policy = Policy.LOWER) -> HarassmentEntry:
        entry = await self.proposed(policy=policy)
        return await self.harassment.decide(self.people["supervisor"], entry.id, approved=True, opinion="属实")

    async def trail(self, subject: str, entry: UUID) -> list[str]:
        rows = await self.pool.fetch(
            "select action from audit_log where subject_type = $1 and subject_id = $2 order by at, id",
            subject,
            str(entry),
        )
        return [row["action"] for row in rows]


def open_lists(pool: Pool, clock: Clock, people: dict[str, Actor]) -> Lists:
    """`people` hold an agent and a supervisor under these names."""
    config, seen, audit = NumbersConfig(area_code="021"), LedgerOfTown(pool), Audit(clock)
    return Lists(
        pool,
        clock,
        people,
        Callers(pool, clock, config, seen, VAULT),
        CareList(pool, clock, config, audit, seen, VAULT),
        HarassmentList(pool, clock, config, audit, seen, VAULT),
    )


_seen: type[SeenNumbers] = LedgerOfTown
