"""The transcription worker is another process: what it has done reaches `serve` and the agent's desk by NOTIFY."""

from collections.abc import AsyncIterable
from typing import Final
from uuid import UUID

import structlog

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import CallId, RecordingId
from callcenter.media import store
from callcenter.media.events import TranscriptFinished
from callcenter.store.notify import Notice, notify
from callcenter.store.pool import Connection, Pool

log = structlog.get_logger(__name__)

CHANNEL: Final = "media"
DESK: Final = "desk"


async def announce(connection: Connection, recording: RecordingId, call: CallId, status: str) -> None:
    """Delivered when the transaction of `connection` commits. The desk's notice names the call."""
    await notify(connection, CHANNEL, {"recording": str(recording), "status": status})
    agent = await store.agent_of_call(connection, call)
    if agent is not None:
        await notify(connection, DESK, {"user": str(agent), "kind": "transcript", "id": str(call)})


async def relay(notices: AsyncIterable[Notice], pool: Pool, bus: Bus, clock: Clock) -> None:
    """Turns notices of CHANNEL into TranscriptFinished, until cancelled. Needs a listener of its own
    (`store.notify.open_listener(url, CHANNEL)`)."""
    async for channel, payload in notices:
        if channel != CHANNEL:
            continue
        try:
            recording = RecordingId(UUID(payload["recording"]))
            call = await store.call_of_recording(pool, recording)
        except (KeyError, ValueError, *store.TROUBLE) as error:
            log.warning("media_notice_dropped", cause=type(error).__name__)
            continue
        if call is not None:
            status = str(payload.get("status"))
            bus.publish(TranscriptFinished(at=clock.now(), recording=recording, call=call, status=status))
