"""Facts that the house itself adds to Asterisk's: menu steps, what it is about to dial, and what a snapshot shows."""

from dataclasses import dataclass
from datetime import datetime

from callcenter.core.ids import CallId, LegId
from callcenter.pbx.facts import ChannelFact, PbxFact


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseFact(PbxFact):
    """About one leg, known by its Uniqueid only."""

    leg: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStepped(HouseFact):
    """A node of a flow was left; `key` is '' when nothing was pressed, `args` are the flow's own."""

    flow: str
    node: str
    key: str
    began_at: datetime
    args: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFinished(HouseFact):
    flow: str
    answers: tuple[tuple[str, str], ...]
    args: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundBegan(HouseFact):
    """Written before Originate: the leg will carry this Uniqueid."""

    purpose: str
    number: str
    related: CallId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFound(ChannelFact):
    """A snapshot shows a leg that nothing told of; `at` is when it began as far as its age says."""

    caller_number: str
    dialled: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegVanished(ChannelFact):
    """A snapshot no longer shows the leg and nothing tells how it ended; `at` is the snapshot's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapCrossed(HouseFact):
    """The call was open while the link was away; `recovered` when Asterisk's own file covers the interval."""

    since: datetime
    recovered: bool
