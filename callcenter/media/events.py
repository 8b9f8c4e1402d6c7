"""What happens to recordings and transcripts."""

from dataclasses import dataclass

from callcenter.core.events import Event
from callcenter.core.ids import CallId, RecordingId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSealed(Event):
    recording: RecordingId
    call: CallId
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFinished(Event):
    """`status` is ready, empty, failed or awaiting_model."""

    recording: RecordingId
    call: CallId
    status: str
