"""Background work of this room on PgQueuer: at least once, so what runs must be idempotent."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries

from callcenter.core.ids import RecordingId
from callcenter.store.pool import Connection

TRANSCRIBE: Final = "transcribe"


class _RoomDriver(AsyncpgDriver):
    """PgQueuer sends JSON as ready text. Connections of our pool encode JSON themselves (`store.pool.prepare`), which
    would wrap that text once more: it is sent as text and cast by the server instead."""

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return await super().fetch(query.replace("::jsonb[]", "::text[]::jsonb[]"), *args)


async def enqueue_transcriptions(connection: Connection, recordings: Sequence[RecordingId]) -> int:
    """Within the transaction of `connection`, if there is one. A recording already queued or running is left alone;
    the number newly queued is returned."""
    if not recordings:
        return 0
    proxied: Any = connection  # a pool's connection serves PgQueuer as well as a bare one
    count = len(recordings)
    ids = await Queries(_RoomDriver(proxied)).enqueue(
        [TRANSCRIBE] * count,
        [str(recording).encode() for recording in recordings],
        [0] * count,
        dedupe_key=[f"{TRANSCRIBE}:{recording}" for recording in recordings],
        on_conflict="skip",
    )
    return sum(id_ is not None for id_ in ids)


def recording_of(payload: bytes | None) -> RecordingId:
    """Raises ValueError for what `enqueue_transcriptions` did not write."""
    return RecordingId(UUID((payload or b"").decode()))
