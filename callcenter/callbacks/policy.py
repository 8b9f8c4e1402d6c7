"""When a citizen may be rung, what an attempt came to, and whether there is another (A-20, XY-10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from callcenter.callbacks.config import CallbackConfig
from callcenter.core.phone import Number, dial_digits


class Outcome(StrEnum):
    ANSWERED = "answered"  # with an answer that decides
    NO_SURVEY = "no_survey"  # answered, then hung up before
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    UNKNOWN = "unknown"  # Asterisk began to dial, and no one can say how it ended
    UNSENT = "unsent"  # Asterisk never began to dial
    HELD = "held"  # a limit of the gate is reached: nobody was rung
    REFUSED = "refused"  # the gate lets the number never be rung by machine
    NO_NUMBER = "no_number"  # of a whole call-back: there is nothing to dial


OUTCOMES: Final[Mapping[str, Outcome]] = {
    "ANSWER": Outcome.ANSWERED,
    "BUSY": Outcome.BUSY,
    "NOANSWER": Outcome.NO_ANSWER,
    "CANCEL": Outcome.NO_ANSWER,
    "CONGESTION": Outcome.FAILED,
    "CHANUNAVAIL": Outcome.FAILED,
    "dialling": Outcome.UNKNOWN,
    "void": Outcome.UNSENT,
    "held": Outcome.HELD,
    "refused": Outcome.REFUSED,
}
"""What the dialplan leaves in AstDB and tells by HotlineDial: DIALSTATUS, or its own `dialling`; `void` is ours, and so
are `held` and `refused`, the gate's two ways to say no."""

KEYS: Final[Mapping[str, tuple[str, ...]]] = {"resolved": ("1", "2"), "satisfied": ("1", "2", "3")}
"""The survey's questions and their keys: resolved yes/no; satisfied (满意), fairly (基本满意), not (不满意)."""


UNRUNG: Final = frozenset({Outcome.UNSENT, Outcome.HELD})
"""Nobody was rung, so that the attempt counts for nothing (A-20)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The citizen's two answers, as far as given."""

    resolved: bool | None = None
    satisfied: bool | None = None

    @property
    def decides(self) -> bool:
        """A no decides at once (XY-11); otherwise both answers are needed."""
        return False in (self.resolved, self.satisfied) or None not in (self.resolved, self.satisfied)


def verdict(answers: Mapping[str, str], *, fairly_counts: bool) -> Verdict:
    """From the keys pressed. Whether fairly satisfied counts as satisfied is the city's choice (A3.5)."""
    resolved = {"1": True, "2": False}.get(answers.get("resolved", ""))
    satisfied = {"1": True, "2": fairly_counts, "3": False}.get(answers.get("satisfied", ""))
    return Verdict(resolved, satisfied)


def outcome_of(status: str | None, given: Verdict) -> Outcome:
    """`status` None: the PBX knows nothing of the attempt."""
    if status is None:
        return Outcome.UNSENT
    outcome = OUTCOMES.get(status, Outcome.FAILED)
    return Outcome.NO_SURVEY if outcome is Outcome.ANSWERED and not given.decides else outcome


def allowed_from(at: datetime, config: CallbackConfig, zone: ZoneInfo) -> datetime:
    """The first instant from `at` on at which a citizen may be rung."""
    local = at.astimezone(zone)
    if config.begin <= local.time() < config.end:
        return at
    day = local.date() if local.time() < config.begin else local.date() + timedelta(days=1)
    return datetime.combine(day, config.begin, zone).astimezone(at.tzinfo)


def next_at(outcome: Outcome, rings: int, at: datetime, config: CallbackConfig, zone: ZoneInfo) -> datetime | None:
    """When to try again, None when this was the last of `rings` attempts or the answer is in."""
    waits = {
        Outcome.NO_ANSWER: config.after_no_answer,
        Outcome.BUSY: config.after_busy,
        Outcome.FAILED: config.after_failed,
        Outcome.UNKNOWN: config.after_no_answer,
        Outcome.NO_SURVEY: config.after_no_survey,
        Outcome.UNSENT: config.after_unsent,
        Outcome.HELD: config.after_failed,
    }
    if outcome not in waits or (rings >= config.attempts and outcome not in UNRUNG):
        return None
    return allowed_from(at + waits[outcome], config, zone)


def dialable(number: str) -> str | None:
    """The digits to dial for an E.164 or national number, as the trunk of a Chinese city wants them. None for what must
    not be rung by machine: withheld, short codes such as 110, letters."""
    told = number.removeprefix("+")
    if not told.isascii() or not told.isdecimal():
        return None
    digits = dial_digits(Number(number))
    return digits if 7 <= len(digits) <= 20 else None
