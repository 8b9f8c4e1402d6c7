"""Told waits, handling times and kept places in PostgreSQL. Raises what asyncpg raises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from callcenter.core.ids import AttemptId, CallId, LegId, new_id
from callcenter.core.pages import Place as PageStart
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool
from callcenter.store.queries import load
from callcenter.waiting.line import Gone, Waiter
from callcenter.waiting.outlook import Outlook
from callcenter.waiting.places import Place, State

SQL: Final = load("waiting")
MOST_CALLS: Final = 30
"""Of each seat, for the handling times."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The sum over so many calls."""

    lasted: timedelta
    calls: int


def place_of(row: Any, vault: Vault) -> Place:
    return Place(
        id=row["id"],
        pbx=row["pbx"],
        queue=row["queue"],
        number=vault.open(row["number"]),
        dialled=row["dialled"],
        call=CallId(row["call_id"]) if row["call_id"] else None,
        joined_at=row["joined_at"],
        kept_at=row["kept_at"],
        state=State(row["state"]),
        attempts=row["attempts"],
        attempt=AttemptId(row["attempt"]) if row["attempt"] else None,
        next_at=row["next_at"],
        rang_at=row["rang_at"],
    )


class WaitStore:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def handling(self, since: datetime) -> tuple[Mapping[str, Measured], Measured]:
        """Talk by queue, and after-call work of all queues together."""
        talks = {
            row["queue"] or "": Measured(row["lasted"], row["calls"])
            async for row in SQL.handling_times(self._pool, since=since, most=MOST_CALLS)
        }
        work = await SQL.after_call_work(self._pool, since=since, most=MOST_CALLS)
        return talks, Measured(work["lasted"], work["calls"])

    async def tell(self, waiter: Waiter, told: Outlook) -> None:
        await SQL.write_told(
            self._pool,
            id=new_id(),
            pbx=waiter.pbx,
            leg=waiter.leg,
            queue=waiter.queue,
            joined_at=waiter.since,
            ahead=told.ahead,
            told=told.wait,
            basis=told.basis.value,
        )

    async def end(self, gone: Gone) -> None:
        waiter = gone.waiter
        await SQL.end_told(
            self._pool,
            pbx=waiter.pbx,
            leg=waiter.leg,
            joined_at=waiter.since,
            waited=gone.waited,
            outcome=gone.outcome,
        )

    async def still_waiting(self, pbx: str) -> list[Waiter]:
        return [
            Waiter(pbx=row["pbx"], leg=LegId(row["leg"]), queue=row["queue"], since=row["joined_at"])
            async for row in SQL.open_told(self._pool, pbx=pbx)
        ]

    async def accuracy(self, since: datetime, until: datetime) -> list[Any]:
        return [row async for row in SQL.accuracy(self._pool, since=since, until=until)]


class PlaceStore:
    def __init__(self, pool: Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def keep(
        self, *, pbx: str, queue: str, number: str, dialled: str, call: CallId | None, joined_at: datetime,
        at: datetime, most: int,
    ) -> bool:  # fmt: skip
        """False when too many are kept already, or this number has one."""
        kept = await SQL.keep_place(
            self._pool,
            id=new_id(),
            pbx=pbx,
            queue=queue,
            number=self._vault.seal(number),
            number_key=self._vault.key(number),
            dialled=dialled,
            call_id=call,
            joined_at=joined_at,
            kept_at=at,
            most=most,
        )
        return kept is not None

    async def open_ones(self, pbx: str) -> list[Place]:
        """In the order of their places."""
        return [place_of(row, self._vault) async for row in SQL.open_places(self._pool, pbx=pbx)]

    async def of_number(self, number: str) -> Place | None:
        row = await SQL.place_of_number(self._pool, keys=self._vault.keys(number))
        return place_of(row, self._vault) if row else None

    async def of_attempt(self, attempt: AttemptId) -> Place | None:
        row = await SQL.place_of_attempt(self._pool, attempt=attempt)
        return place_of(row, self._vault) if row else None

    async def get(self, place: UUID) -> Place | None:
        row = await SQL.place(self._pool, id=place)
        return place_of(row, self._vault) if row else None

    async def claim(self, place: UUID, attempt: AttemptId, at: datetime) -> bool:
        return await SQL.claim_place(self._pool, id=place, attempt=attempt, at=at) is not None

    async def unclaim(self, place: UUID, attempt: AttemptId, next_at: datetime) -> None:
        await SQL.unclaim_place(self._pool, id=place, attempt=attempt, next_at=next_at)

    async def move(
        self,
        place: Place,
        state: State,
        reason: str,
        *,
        next_at: datetime | None = None,
        ended_at: datetime | None = None,
    ) -> bool:
        """False when the place is no longer as it was."""
        moved = await SQL.move_place(
            self._pool,
            id=place.id,
            was=place.state.value,
            state=state.value,
            reason=reason,
            next_at=next_at,
            ended_at=ended_at,
        )
        return moved is not None

    async def page(self, limit: int, before: PageStart, *, open_only: bool) -> list[dict[str, Any]]:
        """Rows of kept_place with their numbers opened."""
        before_at, before_id = before
        found = SQL.page_of_places(self._pool, before_at=before_at, before_id=before_id, open=open_only, limit=limit)
        return [{**dict(row), "number": self._vault.open(row["number"])} async for row in found]

    async def last_talk(self, number: str, since: datetime) -> tuple[str, str] | None:
        """Extension and queue."""
        row = await SQL.last_talk_of(self._pool, keys=self._vault.keys(number), since=since)
        return (row["extension"], row["queue"] or "") if row else None
