"""The next state of a call after one fact. A fact has happened, so nothing here refuses: one that adds nothing, or
comes where the table does not expect it, leaves the stage as it is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from callcenter.calls import legs, marks, queueing
from callcenter.calls.facts import GapCrossed, LegExpected, LegFound, LegVanished, OutboundBegan, PlaceSeen
from callcenter.calls.stages import settled
from callcenter.calls.state import CallState, MenuStep, Stage
from callcenter.pbx import facts
from callcenter.pbx.facts import FlowFinished, FlowStepped, PbxFact

NEXT: Final[Mapping[tuple[Stage, type[PbxFact]], Stage]] = {
    (Stage.ARRIVED, FlowStepped): Stage.IN_MENU,
    (Stage.ARRIVED, facts.QueueJoined): Stage.QUEUED,
    (Stage.ARRIVED, facts.AgentCalled): Stage.RINGING,
    (Stage.ARRIVED, facts.AgentConnected): Stage.TALKING,
    (Stage.IN_MENU, FlowStepped): Stage.IN_MENU,
    (Stage.IN_MENU, facts.QueueJoined): Stage.QUEUED,
    (Stage.IN_MENU, facts.AgentCalled): Stage.RINGING,
    (Stage.IN_MENU, facts.AgentConnected): Stage.TALKING,
    (Stage.QUEUED, FlowStepped): Stage.IN_MENU,
    (Stage.QUEUED, facts.QueueJoined): Stage.QUEUED,
    (Stage.QUEUED, facts.QueueLeft): Stage.ARRIVED,
    (Stage.QUEUED, facts.AgentCalled): Stage.RINGING,
    (Stage.QUEUED, facts.AgentConnected): Stage.TALKING,
    (Stage.RINGING, facts.AgentCalled): Stage.RINGING,
    (Stage.RINGING, facts.AgentConnected): Stage.TALKING,
    (Stage.RINGING, facts.AgentRingMissed): Stage.RINGING,
    (Stage.TALKING, FlowStepped): Stage.IN_MENU,
    (Stage.TALKING, facts.QueueJoined): Stage.QUEUED,
    (Stage.TALKING, facts.AgentCalled): Stage.RINGING,
    (Stage.TALKING, facts.AgentCompleted): Stage.TALKING,
    (Stage.ON_HOLD, FlowStepped): Stage.IN_MENU,
    (Stage.ON_HOLD, facts.QueueJoined): Stage.QUEUED,
    (Stage.TRANSFERRING, FlowStepped): Stage.IN_MENU,
    (Stage.TRANSFERRING, facts.QueueJoined): Stage.QUEUED,
    (Stage.TRANSFERRING, facts.AgentCalled): Stage.RINGING,
    (Stage.TRANSFERRING, facts.AgentConnected): Stage.TALKING,
}
"""Where a fact moves the call; the dialplan's marks and a snapshot name the place themselves (`marks`), and what lasts
only as long as a ring or a talk ends with it (`stages`)."""

MOVERS: Final = frozenset(kind for _, kind in NEXT)


def apply(state: CallState, fact: PbxFact) -> CallState:
    """The very same object when the fact adds nothing (a repetition, or nothing the state holds)."""
    folded = _FOLDS.get(type(fact), _keep)(state, fact)
    if folded is state:
        return state
    moved = _settle(folded, NEXT.get((folded.stage, type(fact)), folded.stage))
    return replace(moved, last_at=max(moved.last_at, fact.at))


def _keep(state: CallState, _fact: Any) -> CallState:
    return state


def _settle(state: CallState, stage: Stage) -> CallState:
    if state.stage is Stage.ENDED or (state.legs and all(leg.ended_at for leg in state.legs.values())):
        ended = max((leg.ended_at or leg.seen_at for leg in state.legs.values()), default=state.ended_at)
        return replace(state, stage=Stage.ENDED, ended_at=ended)
    stage = settled(state, stage)
    return replace(state, stage=stage) if stage is not state.stage else state


def _stepped(state: CallState, fact: FlowStepped) -> CallState:
    step = MenuStep(flow=fact.flow, node=fact.node, key=fact.key, took=fact.at - fact.began_at)
    return replace(legs.touched(state, fact), menu=(*state.menu, step))


_FOLDS: Final[Mapping[type[PbxFact], Callable[[CallState, Any], CallState]]] = {
    facts.ChannelStarted: legs.started,
    facts.ChannelStateChanged: legs.state_changed,
    facts.ChannelEnded: legs.ended,
    facts.DialStarted: legs.dial_started,
    facts.DialEnded: legs.dial_ended,
    facts.BridgeEntered: legs.bridge_entered,
    facts.BridgeLeft: legs.bridge_left,
    facts.LegsJoined: legs.joined_legs,
    facts.RecordingStarted: legs.recording_started,
    facts.DialplanMarked: marks.marked,
    facts.QueueJoined: queueing.queue_joined,
    facts.QueueLeft: queueing.queue_left,
    facts.QueueAbandoned: queueing.queue_abandoned,
    facts.AgentCalled: queueing.agent_called,
    facts.AgentRingMissed: queueing.ring_missed,
    facts.AgentConnected: queueing.agent_connected,
    facts.AgentCompleted: queueing.agent_completed,
    FlowStepped: _stepped,
    FlowFinished: legs.touched,
    OutboundBegan: legs.outbound,
    facts.OriginateAnswered: legs.originate_answered,
    LegExpected: legs.expected,
    PlaceSeen: marks.place_seen,
    LegFound: legs.found,
    LegVanished: legs.ended,
    GapCrossed: legs.gap_crossed,
}
