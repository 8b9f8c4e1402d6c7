"""What a fact about a channel changes in a call: its legs, and the talks and waits that end with them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from callcenter.calls.channels import direction_of, extension_of, role_of
from callcenter.calls.facts import GapCrossed, LegFound, LegVanished, OutboundBegan
from callcenter.calls.state import CallState, Leg, Rang, Role, Talk
from callcenter.core.ids import LegId
from callcenter.pbx import facts

SAME: Final = timedelta(seconds=2)
"""Link and file stamp one fact by clocks read at slightly different moments: nearer than this, they tell the same."""


def leg_of(state: CallState, leg: LegId, at: datetime, channel: str = "") -> Leg:
    """As known, or as it looks when first heard of."""
    known = state.legs.get(leg)
    if known is None:
        return Leg(id=leg, channel=channel, role=_role(state, leg, channel), seen_at=at)
    if channel and not known.channel:
        return replace(known, channel=channel, role=_role(state, leg, channel))
    return known


def _role(state: CallState, leg: LegId, channel: str) -> Role:
    role = role_of(channel, first=leg == state.linked)
    return Role.CITIZEN if role is Role.OTHER and state.direction == "outbound" else role


def with_leg(state: CallState, leg: Leg, **changes: Any) -> CallState:
    """The state with the leg changed; the same state when the leg is what it was."""
    if changes:
        leg = replace(leg, **changes)
    if state.legs.get(leg.id) == leg:
        return state
    known = replace(state, legs={**state.legs, leg.id: leg})
    if leg.id == state.linked and state.linked not in state.legs and state.direction == "inbound":
        return replace(known, direction=direction_of(leg.channel))
    return known


def started(state: CallState, fact: facts.ChannelStarted) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel)
    begun = with_leg(state, leg, started_at=leg.started_at or fact.at)
    if begun is state:
        return state
    return _introduced(begun, fact.leg, fact.caller_number, fact.dialled, fact.at)


def found(state: CallState, fact: LegFound) -> CallState:
    if fact.leg in state.legs:
        return state
    leg = leg_of(state, fact.leg, fact.at, fact.channel)
    seen = with_leg(state, leg, found=True, up=fact.state == "Up")
    return _introduced(seen, fact.leg, fact.caller_number, fact.dialled, fact.at)


def _introduced(state: CallState, leg: LegId, caller: str, dialled: str, at: datetime) -> CallState:
    if leg != state.linked or state.number or state.dialled:
        return state
    if state.legs[leg].role is Role.LOCAL:  # its extension is an attempt's id; OutboundBegan tells the number
        return replace(state, started_at=min(state.started_at, at))
    number = dialled if state.direction == "outbound" else caller
    return replace(state, number=number, dialled=dialled, started_at=min(state.started_at, at))


def outbound(state: CallState, fact: OutboundBegan) -> CallState:
    if state.direction == "outbound":
        return state
    return replace(
        state,
        direction="outbound",
        purpose=fact.purpose,
        number=fact.number,
        dialled=fact.number,
        related=fact.related,
        started_at=min(state.started_at, fact.at),
    )


def state_changed(state: CallState, fact: facts.ChannelStateChanged) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel)
    return with_leg(state, leg, up=leg.up or fact.state == "Up")


def ended(state: CallState, fact: facts.ChannelEnded | LegVanished) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel)
    if leg.ended_at is not None:
        return state
    cause = fact.cause if isinstance(fact, facts.ChannelEnded) else 0
    state = with_leg(state, leg, ended_at=fact.at, vanished=isinstance(fact, LegVanished), cause=cause)
    rings = tuple(replace(r, result=Rang.CANCELLED) if r.leg == leg.id and r.result is None else r for r in state.rings)
    talks = tuple(
        replace(t, ended_at=fact.at) if t.ended_at is None and (t.leg == leg.id or leg.id == state.linked) else t
        for t in state.talks
    )
    waits = state.waits
    if leg.id == state.linked:
        waits = tuple(replace(w, left_at=fact.at, unseen=True) if w.left_at is None else w for w in waits)
    return replace(state, rings=rings, talks=talks, waits=waits)


def dial_started(state: CallState, fact: facts.DialStarted) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel)
    return with_leg(state, leg, dialling=True, dialled=True)


def dial_ended(state: CallState, fact: facts.DialEnded) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel)
    state = with_leg(state, leg, dialling=False, stray=leg.stray + (not leg.dialled))
    if fact.status == "ANSWER":
        return talking(state, leg.id, fact.at) if state.direction == "outbound" else state
    rings = tuple(replace(r, result=Rang.CANCELLED) if r.leg == leg.id and r.result is None else r for r in state.rings)
    return replace(state, rings=rings) if rings != state.rings else state


def talking(state: CallState, leg: LegId, at: datetime) -> CallState:
    """A talk known from a bridge or a dial; the queue's own word, if there is one, comes first or completes it. With an
    agent's talk the caller's wait is over, although Asterisk's file tells the end of `Queue()` only after the talk."""
    party = state.legs[leg]
    if party.role not in (Role.AGENT, Role.CITIZEN, Role.OTHER) or any(t.leg == leg for t in state.talks):
        return state
    ring = next((r for r in reversed(state.rings) if r.leg == leg), None)
    queue = ring.queue if ring else (state.waits[-1].queue if state.waits else "")
    extension = extension_of(party.channel) if party.role is Role.AGENT else ""
    talk = Talk(extension=extension, queue=queue, leg=leg, began_at=at)
    waits = tuple(
        replace(w, left_at=at, unseen=True) if extension and w.left_at is None and w.queue == queue else w
        for w in state.waits
    )
    return replace(state, talks=(*state.talks, talk), waits=waits)


def bridge_entered(state: CallState, fact: facts.BridgeEntered) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel)
    if _told(leg, fact.at) or leg.bridge == fact.bridge:
        return state
    stray = leg.stray + (leg.bridge is not None)
    entered = replace(leg, bridge=fact.bridge, bridged=True, up=True, stray=stray)
    state = with_leg(state, entered, bridge_changed_at=fact.at)
    inside = [other for other in state.legs.values() if other.bridge == fact.bridge]
    if state.direction == "inbound" and any(o.role is Role.CALLER for o in inside):
        for other in inside:
            state = talking(state, other.id, fact.at)
    return state


def bridge_left(state: CallState, fact: facts.BridgeLeft) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel)
    again = leg.left_bridge == fact.bridge and leg.bridge_changed_at and fact.at - leg.bridge_changed_at < SAME
    if _told(leg, fact.at) or (leg.bridge is None and again):
        return state
    stray = leg.stray + (leg.bridge != fact.bridge)
    left = replace(leg, bridge=None, left_bridge=fact.bridge, stray=stray)
    return with_leg(state, left, bridge_changed_at=fact.at)


def _told(leg: Leg, at: datetime) -> bool:
    """The fact is older than what is known of the leg's bridge: its second telling, by Asterisk's file."""
    return leg.bridge_changed_at is not None and at < leg.bridge_changed_at


def joined_legs(state: CallState, fact: facts.LegsJoined) -> CallState:
    """The two halves of a Local channel are of one call; legs that a transfer joins can be of two (`correlate`)."""
    state = with_leg(state, leg_of(state, fact.leg, fact.at, fact.channel))
    return with_leg(state, leg_of(state, fact.other, fact.at)) if fact.kind == "local" else state


def recording_started(state: CallState, fact: facts.RecordingStarted) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel)
    if leg.recorded_at is not None and abs(fact.at - leg.recorded_at) < SAME:
        return state
    return with_leg(state, leg, recordings=leg.recordings + 1, recorded_at=fact.at)


def marked(state: CallState, fact: facts.DialplanMarked) -> CallState:
    """`HotlineRecording` announces the file that the recording of this leg will be written to."""
    state = with_leg(state, leg_of(state, fact.leg, fact.at, fact.channel))
    file = dict(fact.fields).get("File", "") if fact.mark == "HotlineRecording" else ""
    return replace(state, recording_file=file) if file and file != state.recording_file else state


def touched(state: CallState, fact: facts.LegFact) -> CallState:
    return with_leg(state, leg_of(state, fact.leg, fact.at))


def gap_crossed(state: CallState, fact: GapCrossed) -> CallState:
    return state if fact.recovered else replace(state, unfilled_gaps=state.unfilled_gaps + 1)
