"""What an agent's call out came to, from the ledger's facts: only a talk of agent and citizen proves a contact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from callcenter.core.ids import LegId


class Outcome(StrEnum):
    REACHED = "reached"
    TOO_SHORT = "too_short"  # answered, and over before anything can have been said
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"  # the line did not take the call
    CANCELLED = "cancelled"  # the agent gave up while it rang
    AGENT_ABSENT = "agent_absent"  # the agent's own telephone did not answer: nobody was rung
    UNSENT = "unsent"  # Asterisk never began
    UNKNOWN = "unknown"  # the citizen was rung, and no fact says how it ended


STATUSES: Final[Mapping[str, Outcome]] = {
    "NOANSWER": Outcome.NO_ANSWER,
    "BUSY": Outcome.BUSY,
    "CANCEL": Outcome.CANCELLED,
    "CONGESTION": Outcome.FAILED,
    "CHANUNAVAIL": Outcome.FAILED,
}
"""DIALSTATUS, as the dialplan marks it (`HotlineOut`) or the dial's end tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One fact of the call. `citizen`: about the citizen's leg; `bridge` and `status` are '' where it tells none."""

    at: datetime
    kind: str
    leg: LegId
    citizen: bool
    bridge: str = ""
    status: str = ""


ENDS: Final = frozenset({"ChannelEnded", "LegVanished"})


def talked(seen: Sequence[Seen], agent: LegId) -> timedelta:
    """How long agent and citizen were in one bridge together. `seen` in order of time; facts told twice (by the link
    and by Asterisk's file) change nothing."""
    total = timedelta(0)
    places: dict[LegId, str] = {}
    begun: datetime | None = None
    for fact in seen:
        if fact.leg != agent and not fact.citizen:
            continue
        if fact.kind == "BridgeEntered":
            places[fact.leg] = fact.bridge
        elif fact.kind in ENDS or places.get(fact.leg) == fact.bridge:
            places.pop(fact.leg, None)
        here = places.get(agent)
        together = here is not None and any(leg != agent and place == here for leg, place in places.items())
        if together and begun is None:
            begun = fact.at
        elif not together and begun is not None:
            total += fact.at - begun
            begun = None
    return total


def outcome_of(seen: Sequence[Seen], agent: LegId, talk: timedelta, least: timedelta) -> Outcome:
    """`least` is the shortest talk that counts as a contact."""
    if talk >= least:
        return Outcome.REACHED
    if talk > timedelta(0):
        return Outcome.TOO_SHORT
    told = [STATUSES[fact.status] for fact in seen if _tells_of_the_citizen(fact) and fact.status in STATUSES]
    if told:
        return told[-1]
    if any(fact.citizen for fact in seen):
        return Outcome.UNKNOWN
    return Outcome.AGENT_ABSENT


def _tells_of_the_citizen(fact: Seen) -> bool:
    """The end of a dial of the agent's own telephone says nothing of the citizen."""
    return fact.kind == "DialplanMarked" or (fact.kind == "DialEnded" and fact.citizen)
