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
class RecordingLost(Event):
    """The call was recorded, as Asterisk said, but neither party's file is there."""

    recording: RecordingId
    call: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFinished(Event):
    """`status` is ready, empty, failed or awaiting_model."""

    recording: RecordingId
    call: CallId
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphansCounted(Event):
    """A sweep was done: files that no row names, and rows whose file is not there."""

    files: int
    rows: int
