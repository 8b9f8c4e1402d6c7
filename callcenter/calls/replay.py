"""Calls rebuilt from nothing but their facts, in whatever order and however often those came."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from callcenter.calls import facts as house
from callcenter.calls.channels import NOBODY
from callcenter.calls.correlate import Correlator
from callcenter.calls.fold import apply
from callcenter.calls.identity import fingerprint
from callcenter.calls.state import CallState, begin
from callcenter.core.ids import LegId
from callcenter.pbx import facts
from callcenter.pbx.facts import PbxFact

RANK: Final[Mapping[type[PbxFact], int]] = {
    kind: rank
    for rank, kind in enumerate(
        (
            house.OutboundBegan,
            house.LegExpected,
            house.GapCrossed,
            house.LegFound,
            facts.ChannelStarted,
            facts.ChannelStateChanged,
            facts.FlowStepped,
            facts.FlowFinished,
            facts.DialplanMarked,
            facts.LegsJoined,
            facts.RecordingStarted,
            facts.QueueJoined,
            facts.DialStarted,
            facts.AgentCalled,
            facts.DialEnded,
            facts.QueueAbandoned,
            facts.QueueLeft,
            facts.AgentConnected,
            facts.AgentRingMissed,
            facts.OriginateAnswered,
            facts.BridgeEntered,
            facts.BridgeLeft,
            facts.AgentCompleted,
            facts.RecordingStopped,
            house.PlaceSeen,
            house.LegVanished,
            facts.ChannelEnded,
        )
    )
}
"""Which of two facts of the same microsecond came first: causes before effects."""


def in_order(heard: Iterable[PbxFact]) -> list[PbxFact]:
    """Each fact once, by Asterisk's time, then by rank; facts that the ledger does not keep are left out."""
    once = {fingerprint(fact): fact for fact in heard if type(fact) in RANK and getattr(fact, "channel", "") != NOBODY}
    return [fact for key, fact in sorted(once.items(), key=lambda e: (e[1].at, RANK[type(e[1])], e[0]))]


def rebuild(heard: Iterable[PbxFact]) -> dict[LegId, CallState]:
    """The calls of one PBX, by the Linkedid they began with."""
    calls: dict[LegId, CallState] = {}
    correlator = Correlator()
    ordered = in_order(heard)
    correlator.foresee(ordered)
    for fact in ordered:
        linked = correlator.place(fact)
        if linked is None:
            continue
        state = calls.get(linked) or begin(fact.pbx, linked, fact.at)
        calls[linked] = joined(apply(state, fact), correlator.joined(fact))
    return calls


def joined(state: CallState, other: LegId | None) -> CallState:
    """The call now knows that it was linked with another (transfer, conference)."""
    if other is None or other in state.joined:
        return state
    return replace(state, joined=state.joined | {other})
