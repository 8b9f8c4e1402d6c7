"""A call as the facts tell it: legs, waits, rings, talks. Values only; `fold` makes one from the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from callcenter.core.ids import CallId, LegId


class Stage(StrEnum):
    """Where the citizen is. `transferring`: on the way to another hotline or seat, with nobody to talk to meanwhile."""

    ARRIVED = "arrived"
    IN_MENU = "in_menu"
    QUEUED = "queued"
    RINGING = "ringing"
    TALKING = "talking"
    ON_HOLD = "on_hold"
    TRANSFERRING = "transferring"
    ENDED = "ended"


class Outcome(StrEnum):
    """`abandoned`: waited for a person and got none. `self_service`: never asked for one. `unknown`: how the call
    ended was not seen, and no talk before it."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    SELF_SERVICE = "self_service"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Role(StrEnum):
    CALLER = "caller"
    AGENT = "agent"
    CITIZEN = "citizen"
    LOCAL = "local"
    SPY = "spy"
    OTHER = "other"


class Rang(StrEnum):
    """How a ring ended; `cancelled` is not the agent's doing (caller gone, colleague faster)."""

    ANSWERED = "answered"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One channel. `stray` counts what cannot follow from what was heard before it (left a bridge never entered,
    entered one without leaving the last, a dial's end without its start). `purpose` is what the house has fetched it
    for (`guest`, `spy`, `takeover`, `out`), '' for all others; `party` as what it joined a room: `citizen`, `agent` or
    `guest`, '' before; `awaited`: it was to join one and has not been seen there."""

    id: LegId
    channel: str
    role: Role
    seen_at: datetime
    purpose: str = ""
    party: str = ""
    awaited: bool = False
    started_at: datetime | None = None
    found: bool = False
    up: bool = False
    dialling: bool = False
    dialled: bool = False
    bridge: str | None = None
    bridged: bool = False
    left_bridge: str | None = None
    bridge_changed_at: datetime | None = None
    stray: int = 0
    recordings: int = 0
    recorded_at: datetime | None = None
    ended_at: datetime | None = None
    vanished: bool = False
    cause: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One stay in a queue; `joined_at` is None when only its end was heard, `unseen` when its end follows only from
    the caller's. `direct`: the queue's calls are offered to one seat, which the dialplan rings itself."""

    queue: str
    joined_at: datetime | None
    left_at: datetime | None = None
    unseen: bool = False
    direct: bool = False

    def lasted(self, until: datetime) -> timedelta:
        begun = self.joined_at or self.left_at or until
        return max((self.left_at or until) - begun, timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A member's phone rings for this call; `began_at` is None when only its end was heard. `direct`: rung by the
    dialplan, by no queue; `unannounced`: nothing that should have come before it was heard."""

    member: str
    queue: str
    leg: LegId | None
    began_at: datetime | None
    result: Rang | None = None
    direct: bool = False
    unannounced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """`extension` is '' when the other party is no agent. `connected`/`completed`: the queue itself said so, else
    the talk is known from a bridge or a dial, which is all that tells of one that is `direct`."""

    extension: str
    queue: str
    leg: LegId | None
    began_at: datetime
    ended_at: datetime | None = None
    connected: bool = False
    completed: bool = False
    direct: bool = False

    def lasted(self, until: datetime) -> timedelta:
        return max((self.ended_at or until) - self.began_at, timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuStep:
    flow: str
    node: str
    key: str
    took: timedelta


RINGS: Final = "RINGING"
"""The status with which a step of a transfer begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachStep:
    """One try of a transfer: `step` is `target`, `fallback`, `agent` or `queue` (the last resort, which has no end of
    its own); `status` is None while it rings, then ANSWER, BUSY, NOANSWER ...; `began_at` is None when only its end was
    heard."""

    step: str
    began_at: datetime | None
    status: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Somebody fetched for the call, as Asterisk told it. `leg` is the channel that tells."""

    id: str
    leg: LegId
    steps: tuple[ReachStep, ...] = ()

    @property
    def under_way(self) -> bool:
        return bool(self.steps) and self.steps[-1].status is None and self.steps[-1].step != "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallState:
    """`linked` is Asterisk's Linkedid when the call began, which is its first leg. `number` is the citizen's, as
    presented, whichever side dialled. `joined` are Linkedids of other calls that this one was linked with. `expected`
    are legs that the house has said it will fetch, with what for; `placed_at` is when the dialplan last said where the
    citizen is; `bridges` are all that legs were in, each with its leg while that is the only one known."""

    pbx: str
    linked: LegId
    started_at: datetime
    last_at: datetime
    direction: str = "inbound"
    purpose: str = "citizen"
    number: str = ""
    dialled: str = ""
    related: CallId | None = None
    joined: frozenset[LegId] = frozenset()
    stage: Stage = Stage.ARRIVED
    placed_at: datetime | None = None
    ended_at: datetime | None = None
    legs: Mapping[LegId, Leg] = field(default_factory=dict)
    waits: tuple[Wait, ...] = ()
    rings: tuple[Ring, ...] = ()
    talks: tuple[Talk, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    expected: Mapping[LegId, str] = field(default_factory=dict)
    bridges: Mapping[str, LegId | None] = field(default_factory=dict)
    menu: tuple[MenuStep, ...] = ()
    recording_file: str = ""
    unfilled_gaps: int = 0

    @property
    def begun(self) -> bool:
        """Somebody is known to be there: the first leg began, was found, or is about to be dialled."""
        first = self.legs.get(self.linked)
        return first is not None and (first.started_at is not None or first.found)

    @property
    def queued_at(self) -> datetime | None:
        return next((w.joined_at for w in self.waits if w.joined_at), None)

    @property
    def conversations(self) -> tuple[Talk, ...]:
        """Talks that the citizen is in: of a call that we made, not the agent's own, who waits for the citizen."""
        if self.direction != "outbound":
            return self.talks
        citizens = {leg.id for leg in self.legs.values() if leg.role is Role.CITIZEN}
        return tuple(t for t in self.talks if t.leg in citizens)

    @property
    def answered_at(self) -> datetime | None:
        return min((t.began_at for t in self.conversations), default=None)

    @property
    def extension(self) -> str | None:
        """The agent whose call it is: who stayed longest, of several the one who was there first."""
        own = [t for t in self.talks if t.extension]
        if not own:
            return None
        stayed = [t for t in own if t.ended_at is None]
        last = max((t.ended_at for t in own if t.ended_at is not None), default=None)
        return next(t.extension for t in (stayed or own) if stayed or t.ended_at == last)

    def waited(self, until: datetime) -> timedelta:
        return sum((w.lasted(until) for w in self.waits), timedelta(0))

    def talked(self, until: datetime) -> timedelta:
        """The citizen's time with anybody: once where several talk at a time."""
        first = self.legs.get(self.linked)
        if self.direction != "outbound" and first is not None and first.ended_at is not None:
            until = min(until, first.ended_at)
        talked, heard_to = timedelta(0), None
        for talk in sorted(self.conversations, key=lambda t: t.began_at):
            began = talk.began_at if heard_to is None else max(talk.began_at, heard_to)
            ended = min(talk.ended_at or until, until)
            talked += max(ended - began, timedelta(0))
            heard_to = ended if heard_to is None else max(heard_to, ended)
        return talked

    @property
    def outcome(self) -> Outcome | None:
        """None while the call is open."""
        if self.stage is not Stage.ENDED:
            return None
        if self.conversations:
            return Outcome.ANSWERED
        if any(leg.vanished for leg in self.legs.values()):
            return Outcome.UNKNOWN
        if self.waits:
            return Outcome.ABANDONED
        if self.direction != "outbound" and any(leg.up for leg in self.legs.values()):
            return Outcome.SELF_SERVICE
        return Outcome.FAILED


def begin(pbx: str, linked: LegId, at: datetime) -> CallState:
    return CallState(pbx=pbx, linked=linked, started_at=at, last_at=at)
