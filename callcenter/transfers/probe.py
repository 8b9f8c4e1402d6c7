"""When each number is rung as a test, and what came of it (JC-10); pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo


class Reason(StrEnum):
    """Why a test call or drill is not good."""

    NOT_PLACED = "not_placed"
    """Asterisk did not begin it."""
    FAIL_SAFE = "fail_safe"
    """The caller came to the fail-safe branch: the dialogue server or the flow is broken."""
    SILENT = "silent"
    """The call was answered, and nothing was to be heard."""
    NOT_REACHED = "not_reached"
    """The call ended before anything was heard."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    """No trunk took the call, or nobody is there."""
    LATE = "late"
    LINK_LOST = "link_lost"
    """Asterisk could not be heard meanwhile: nothing can be said."""
    RESTARTED = "restarted"
    """The server was started anew meanwhile."""
    REFUSED = "refused"
    """The gate for numbers dialled out does not let the drill target be dialled."""


UNKNOWN: Final = frozenset({Reason.LINK_LOST, Reason.RESTARTED})
"""These tell nothing about the number: no alarm is raised."""

OF_DIALSTATUS: Final[Mapping[str, Reason]] = {
    "BUSY": Reason.BUSY,
    "NOANSWER": Reason.NO_ANSWER,
    "CANCEL": Reason.NO_ANSWER,
    "CHANUNAVAIL": Reason.UNREACHABLE,
    "CONGESTION": Reason.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Result:
    """`reason` None: it went well."""

    reason: Reason | None
    answered_at: datetime | None = None

    @property
    def status(self) -> str:
        if self.reason is None:
            return "ok"
        return "unknown" if self.reason in UNKNOWN else "failed"


def slots(
    numbers: Sequence[str], day: date, begin: time, spread: timedelta, zone: ZoneInfo
) -> list[tuple[datetime, str]]:
    """Spread evenly, so that no two tests meet: instant and number, in order of time."""
    first = datetime.combine(day, begin, zone)
    gap = spread / max(len(numbers), 1)
    return [(first + gap * place, number) for place, number in enumerate(numbers)]


VOICE: Final = "voice"
LINE: Final = "line"
"""The test call has come in by a trunk; how it goes on is told next."""
NOT_A_VOICE: Final[Mapping[str, Reason]] = {"silence": Reason.SILENT, "queue": Reason.SILENT}


def heard(reached: str, at: datetime) -> Result | None:
    """What the dialplan's HotlineTest mark means; None when it is not the end of it."""
    if reached == VOICE:
        return Result(None, at)
    if reached in {LINE, "ANSWER"}:
        return None
    return Result(NOT_A_VOICE.get(reached) or reason_of_dial(reached))


def reason_of_dial(status: str) -> Reason:
    return OF_DIALSTATUS.get(status, Reason.NOT_REACHED)
