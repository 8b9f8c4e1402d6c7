"""Presence of an agent as a table (D3). What agents ask may be refused; what Asterisk reports has happened."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from callcenter.core.errors import Refused


class Presence(StrEnum):
    OFFLINE = "offline"
    READY = "ready"
    PAUSED = "paused"
    RINGING = "ringing"
    TALKING = "talking"
    AFTER_CALL = "after_call"


class Ask(StrEnum):
    """What an agent, or a supervisor for them, wants."""

    READY = "ready"
    PAUSE = "pause"
    AFTER_CALL = "after_call"
    LOG_OUT = "log_out"


class Fact(StrEnum):
    """What was reported. FINISHED and MISSED ask for rest; RELEASED and WITHDRAWN leave the seat open for the next."""

    RUNG = "rung"
    ANSWERED = "answered"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"
    FINISHED = "finished"
    RELEASED = "released"


class Membership(StrEnum):
    """How the queues should hold the seat."""

    ABSENT = "absent"
    OPEN = "open"
    PAUSED = "paused"


class PresenceRefused(Refused):
    code = "presence-refused"
    zh = "当前为“{presence_zh}”状态，不能执行此操作；请等待通话结束后再试"
    en = "Not possible while {presence}; wait for the call to end"


NO_ANSWER: Final = "no_answer"
"""Pause reason given by the house when a seat let its phone ring."""
FORCED: Final = "forced"
"""Reason of a presence that a supervisor ordered; the supervisor's own words are in the seat's order."""

BUSY: Final = frozenset({Presence.RINGING, Presence.TALKING})
_IDLE: Final = (Presence.OFFLINE, Presence.READY, Presence.PAUSED, Presence.AFTER_CALL)
_TARGET: Final[Mapping[Ask, Presence]] = {
    Ask.READY: Presence.READY,
    Ask.PAUSE: Presence.PAUSED,
    Ask.AFTER_CALL: Presence.AFTER_CALL,
    Ask.LOG_OUT: Presence.OFFLINE,
}

ASKED: Final[Mapping[tuple[Presence, Ask], Presence]] = {
    (presence, ask): target for presence in _IDLE for ask, target in _TARGET.items()
}
"""Everybody may move between the idle states and nobody during a call, which ends in after-call work anyway."""

HAPPENED: Final[Mapping[tuple[Presence, Fact], Presence]] = (
    {(presence, Fact.RUNG): Presence.RINGING for presence in Presence}
    | {(presence, Fact.ANSWERED): Presence.TALKING for presence in Presence}
    | {
        (Presence.RINGING, Fact.MISSED): Presence.PAUSED,
        (Presence.RINGING, Fact.WITHDRAWN): Presence.READY,
        (Presence.RINGING, Fact.FINISHED): Presence.READY,
        (Presence.RINGING, Fact.RELEASED): Presence.READY,
        (Presence.TALKING, Fact.FINISHED): Presence.AFTER_CALL,
        (Presence.TALKING, Fact.RELEASED): Presence.READY,
    }
)
"""A ring or an answer in any state has happened all the same: the report of what came before it was lost."""

HELD: Final[Mapping[Presence, Membership]] = {
    Presence.OFFLINE: Membership.ABSENT,
    Presence.READY: Membership.OPEN,
    Presence.PAUSED: Membership.PAUSED,
    Presence.AFTER_CALL: Membership.PAUSED,
    Presence.RINGING: Membership.OPEN,
    Presence.TALKING: Membership.OPEN,
}
"""A talking member stays open: the queue does not ring a phone in use, and a dead server leaves nobody paused (D2)."""

ZH: Final[Mapping[Presence, str]] = {
    Presence.OFFLINE: "离线",
    Presence.READY: "就绪",
    Presence.PAUSED: "小休",
    Presence.RINGING: "振铃",
    Presence.TALKING: "通话",
    Presence.AFTER_CALL: "话后整理",
}


def ask(presence: Presence, wanted: Ask) -> Presence:
    """Raises PresenceRefused for what the table does not list."""
    try:
        return ASKED[presence, wanted]
    except KeyError:
        raise PresenceRefused(presence=presence.value, presence_zh=ZH[presence]) from None


def happen(presence: Presence, fact: Fact, rest: Presence = Presence.READY) -> Presence:
    """An unlisted fact keeps the presence. `rest` is what the seat was before its phone rang: a seat that was not ready
    when somebody rang it directly goes back to that, and is not punished for a ring that it did not answer."""
    target = HAPPENED.get((presence, fact))
    if target is None:
        return presence
    return rest if target is Presence.READY or (fact is Fact.MISSED and rest is not Presence.READY) else target


DIVERTED: Final[Mapping[tuple[Presence, Presence], Presence]] = {
    (Presence.READY, Presence.PAUSED): Presence.PAUSED,
    (Presence.READY, Presence.OFFLINE): Presence.OFFLINE,
    (Presence.PAUSED, Presence.OFFLINE): Presence.OFFLINE,
    (Presence.AFTER_CALL, Presence.READY): Presence.READY,
}
"""Where a seat goes that a supervisor has ordered elsewhere during a call: (what would come, what was ordered). An
agent who is to pause or leave finishes the after-call work first."""


def divert(presence: Presence, ordered: Presence | None) -> Presence:
    return presence if ordered is None else DIVERTED.get((presence, ordered), presence)


def ask_for(target: Presence) -> Ask | None:
    """The ask that leads to a presence; None for ringing and talking, which nobody can ask for."""
    return next((wanted for wanted, presence in _TARGET.items() if presence is target), None)
