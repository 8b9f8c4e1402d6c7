"""Facts that the ledger itself adds to Asterisk's: what is about to be dialled, and what a snapshot shows."""

from dataclasses import dataclass
from datetime import datetime

from callcenter.core.ids import CallId, LegId
from callcenter.pbx.facts import ChannelFact, LegFact


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundBegan(LegFact):
    """Written before Originate: the leg will carry this Uniqueid."""

    purpose: str
    number: str
    related: CallId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegExpected(LegFact):
    """Written before Originate: `expected` (and `<expected>-2`, a Local channel's other half, and whatever the two
    dial) will be of the call of `leg`. `purpose` is `guest`, `spy`, `takeover` or `out`."""

    expected: LegId
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSeen(LegFact):
    """A snapshot shows the leg in this context of the dialplan and in this bridge ('' in none)."""

    context: str
    bridge: str = ""


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
class GapCrossed(LegFact):
    """The call was open while the link was away; `recovered` when Asterisk's own file covers the interval."""

    since: datetime
    recovered: bool
