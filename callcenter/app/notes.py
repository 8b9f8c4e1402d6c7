"""What the rooms of numbers, hotlines and transfers know of a call, for the agent's card."""

import asyncio
from typing import Any

from callcenter.core.ids import CallId
from callcenter.numbers.callers import Callers
from callcenter.people.vault import Vault
from callcenter.seats.card import CallNotes, EarlierTransfer
from callcenter.store.pool import Pool
from callcenter.transfers.attempts import Attempt
from callcenter.transfers.attempts_store import AttemptStore
from callcenter.transfers.registry_book import SQL


class HouseNotes:
    """The card is for the agent who is rung: who was offered which call is kept with the card itself (B-29)."""

    def __init__(self, pool: Pool, callers: Callers, vault: Vault) -> None:
        self._pool = pool
        self._callers = callers
        self._attempts = AttemptStore(pool, vault)

    async def notes_of(self, call: CallId, number_key: str) -> CallNotes:
        caller, case, attempts = await asyncio.gather(
            self._callers.known(number_key), self._case_of(call), self._attempts.of_call(call)
        )
        return CallNotes(
            care=caller.care.value if caller.care is not None else "",
            care_note=caller.care_note,
            language=caller.language,
            remote_case=case["external"] if case is not None else "",
            remote_summary=case["summary"] if case is not None else "",
            transfers=tuple(_shown(attempt) for attempt in attempts),
        )

    async def _case_of(self, call: CallId) -> Any:
        return await SQL.case_of_call(self._pool, call_id=call)


def _shown(attempt: Attempt) -> EarlierTransfer:
    return EarlierTransfer(
        target=attempt.target,
        mode=attempt.mode.value,
        outcome=attempt.outcome.value if attempt.outcome is not None else "",
        at=attempt.asked_at,
    )
