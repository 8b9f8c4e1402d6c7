"""Background work of this room on PgQueuer: at least once, so what runs must be idempotent."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from callcenter.core.ids import RecordingId
from callcenter.store.jobs import enqueue
from callcenter.store.pool import Connection

TRANSCRIBE: Final = "transcribe"


async def enqueue_transcriptions(connection: Connection, recordings: Sequence[RecordingId]) -> int:
    """Within the transaction of `connection`, if there is one; the number newly queued is returned."""
    return await enqueue(connection, TRANSCRIBE, [str(recording) for recording in recordings])


def recording_of(payload: bytes | None) -> RecordingId:
    """Raises ValueError for what `enqueue_transcriptions` did not write."""
    return RecordingId(UUID((payload or b"").decode()))
