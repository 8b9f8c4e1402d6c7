"""How often the public may ask: so many a minute, counted in the database for all processes."""

from datetime import timedelta
from typing import Any, Final

from callcenter.core.clock import Clock
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("open311")
_MINUTE: Final = timedelta(minutes=1)


class Limit:
    """So many at once, and then as many a minute (GCRA). Who asks is kept as a keyed hash for a minute; who asks too
    often is not held off longer for asking on."""

    def __init__(self, pool: Pool, clock: Clock, vault: Vault, name: str, a_minute: int) -> None:
        self._pool = pool
        self._clock = clock
        self._vault = vault
        self._name = name
        self._step = _MINUTE / a_minute

    async def passes(self, who: str) -> bool:
        """Counts it when it passes."""
        asker = self._vault.key(f"{self._name}:{who}")
        due = await SQL.ask_public(
            self._pool, asker=asker, now=self._clock.now(), step=self._step, room=_MINUTE - self._step
        )
        return due is not None
