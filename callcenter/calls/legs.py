"""What a fact about a channel changes in a call: its legs, and the talks and waits that end with them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from callcenter.calls.channels import direction_of, extension_of, role_of
from callcenter.calls.correlate import halves_of
from callcenter.calls.facts import GapCrossed, LegExpected, LegFound, LegVanished, OutboundBegan
from callcenter.calls.parties import citizen_of, is_of_citizen
from callcenter.calls.state import CallState, Leg, Rang, Ring, Role, Stage
from callcenter.calls.talks import met, parted, talking
from callcenter.core.ids import LegId
from callcenter.pbx import facts

SAME: Final = timedelta(seconds=2)
"""Link and file stamp one fact by clocks read at slightly different moments: nearer than this, they tell the same."""


REFUSED: Final = frozenset({"NOANSWER", "BUSY", "CONGESTION", "CHANUNAVAIL"})
"""Ends of a dial that are the dialled one's doing."""


def leg_of(state: CallState, leg: LegId, at: datetime, channel: str = "", linked: LegId | None = None) -> Leg:
    """As known, or as it looks when first heard of."""
    known = state.legs.get(leg)
    if known is None:
        purpose = state.expected.get(leg, "") or (state.expected.get(linked, "") if linked else "")
        role = _role(state, leg, channel, purpose)
        return Leg(id=leg, channel=channel, role=role, seen_at=at, purpose=purpose)
    if channel and not known.channel:
        return replace(known, channel=channel, role=_role(state, leg, channel, known.purpose))
    return known


def _role(state: CallState, leg: LegId, channel: str, purpose: str) -> Role:
    role = role_of(channel, first=leg == state.linked)
    if purpose == "spy" and role is not Role.LOCAL:
        return Role.SPY
    if role is not Role.OTHER or purpose or state.direction != "outbound":
        return role
    there = any(o.role is Role.CITIZEN and (o.up or o.ended_at is None) for o in state.legs.values())
    return Role.OTHER if there else Role.CITIZEN


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
    leg = leg_of(state, fact.leg, fact.at, fact.channel, fact.linked)
    begun = with_leg(state, leg, started_at=leg.started_at or fact.at)
    if begun is state:
        return state
    return _introduced(begun, fact.leg, fact.caller_number, fact.dialled, fact.at)


def found(state: CallState, fact: LegFound) -> CallState:
    if fact.leg in state.legs:
        return state
    leg = leg_of(state, fact.leg, fact.at, fact.channel, fact.linked)
    seen = with_leg(state, leg, found=True, up=fact.state == "Up")
    if fact.state == "Ringing" and leg.role is Role.AGENT and not leg.purpose:
        seen = _found_ringing(seen, leg, fact.at)
    return _introduced(seen, fact.leg, fact.caller_number, fact.dialled, fact.at)


def _found_ringing(state: CallState, leg: Leg, at: datetime) -> CallState:
    """A seat's phone that rings for the call: the queue's doing, where the citizen waits in one."""
    waits = [w for w in state.waits if w.left_at is None]
    queue, direct = (waits[-1].queue, waits[-1].direct) if waits else ("", True)
    ring = Ring(member=extension_of(leg.channel), queue=queue, leg=leg.id, began_at=at, direct=direct)
    return replace(state, rings=(*state.rings, ring))


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


def expected(state: CallState, fact: LegExpected) -> CallState:
    """A leg that is there already changes what it is for: a listening supervisor takes over."""
    state = touched(state, fact)
    if state.expected.get(fact.expected) == fact.purpose:
        return state
    state = replace(state, expected={**state.expected, **dict.fromkeys(halves_of(fact.expected), fact.purpose)})
    known = state.legs.get(fact.expected)
    if known is None:
        return state
    return with_leg(state, known, purpose=fact.purpose, role=_role(state, known.id, known.channel, fact.purpose))


def originate_answered(state: CallState, fact: facts.OriginateAnswered) -> CallState:
    """A call out of which Asterisk could make no channel (a telephone that is not registered) is over at once."""
    if fact.success or state.legs or state.direction != "outbound" or state.stage is Stage.ENDED:
        return state
    return replace(state, stage=Stage.ENDED, ended_at=fact.at)


def state_changed(state: CallState, fact: facts.ChannelStateChanged) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel, fact.linked)
    return with_leg(state, leg, up=leg.up or fact.state == "Up")


def ended(state: CallState, fact: facts.ChannelEnded | LegVanished) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel, fact.linked)
    if leg.ended_at is not None:
        return state
    cause = fact.cause if isinstance(fact, facts.ChannelEnded) else 0
    state = with_leg(state, leg, ended_at=fact.at, vanished=isinstance(fact, LegVanished), cause=cause)
    state = parted(_ring_over(state, leg, Rang.CANCELLED), leg, fact.at)
    if leg.id != state.linked or all(w.left_at is not None for w in state.waits):
        return state
    waits = tuple(replace(w, left_at=fact.at, unseen=not w.direct) if w.left_at is None else w for w in state.waits)
    return replace(state, waits=waits)


def _ring_over(state: CallState, leg: Leg, result: Rang) -> CallState:
    if all(r.leg != leg.id or r.result is not None for r in state.rings):
        return state
    rings = (replace(r, result=result) if r.leg == leg.id and r.result is None else r for r in state.rings)
    return replace(state, rings=tuple(rings))


def dial_started(state: CallState, fact: facts.DialStarted) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel, fact.linked)
    if leg.dialled:
        return state
    by = next((t for t in state.transfers if t.leg == fact.from_leg), None)
    stray = leg.stray + (by is not None and not by.under_way)
    state = with_leg(state, leg, dialling=True, dialled=True, stray=stray)
    if leg.role is Role.AGENT and fact.from_leg:
        return _rung(state, leg, fact.from_leg, fact.at)
    away = leg.role is Role.LOCAL and is_of_citizen(state, leg) and state.stage is not Stage.ENDED
    return replace(state, stage=Stage.TRANSFERRING) if away else state


def _rung(state: CallState, leg: Leg, by: LegId, at: datetime) -> CallState:
    """A seat's phone rings without a queue's doing, unless the citizen is in one (whose word is AgentCalled)."""
    citizen = citizen_of(state)
    by_citizen = citizen is not None and citizen.id == by
    waits = [w for w in state.waits if w.left_at is None]
    if any(r.leg == leg.id for r in state.rings) or (by_citizen and any(not w.direct for w in waits)):
        return state
    told = bool(waits) or any(t.leg == by and t.under_way for t in state.transfers)
    queue = waits[-1].queue if by_citizen and waits else ""
    extension = extension_of(leg.channel)
    ring = Ring(member=extension, queue=queue, leg=leg.id, began_at=at, direct=True, unannounced=not told)
    waiting = by_citizen and state.stage in (Stage.ARRIVED, Stage.IN_MENU, Stage.QUEUED)
    return replace(state, rings=(*state.rings, ring), stage=Stage.RINGING if waiting else state.stage)


def dial_ended(state: CallState, fact: facts.DialEnded) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel, fact.linked)
    state = with_leg(state, leg, dialling=False, stray=leg.stray + (not leg.dialled))
    if fact.status == "ANSWER":
        ours = state.direction == "outbound" and (leg.id == state.linked or leg.role is Role.CITIZEN)
        return talking(state, leg.id, fact.at) if ours else state
    direct = any(r.leg == leg.id and r.direct for r in state.rings)
    return _ring_over(state, leg, Rang.MISSED if direct and fact.status in REFUSED else Rang.CANCELLED)


def bridge_entered(state: CallState, fact: facts.BridgeEntered) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel, fact.linked)
    if _told(leg, fact.at) or leg.bridge == fact.bridge:
        return state
    stray = leg.stray + (leg.bridge is not None)
    entered = replace(leg, bridge=fact.bridge, bridged=True, up=True, stray=stray)
    state = with_leg(_bridge_known(state, fact), entered, bridge_changed_at=fact.at, awaited=False)
    return met(state, state.legs[leg.id], fact.at)


def bridge_left(state: CallState, fact: facts.BridgeLeft) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel, fact.linked)
    again = leg.left_bridge == fact.bridge and leg.bridge_changed_at and fact.at - leg.bridge_changed_at < SAME
    if _told(leg, fact.at) or (leg.bridge is None and again):
        return state
    stray = leg.stray + (leg.bridge != fact.bridge)
    left = replace(leg, bridge=None, left_bridge=fact.bridge, stray=stray)
    return with_leg(_bridge_known(state, fact), left, bridge_changed_at=fact.at)


def _bridge_known(state: CallState, fact: facts.BridgeEntered | facts.BridgeLeft) -> CallState:
    alone = state.bridges.get(fact.bridge, fact.leg)
    if fact.bridge in state.bridges and alone in (None, fact.leg):
        return state
    return replace(state, bridges={**state.bridges, fact.bridge: fact.leg if alone == fact.leg else None})


def _told(leg: Leg, at: datetime) -> bool:
    """The fact is older than what is known of the leg's bridge: its second telling, by Asterisk's file."""
    return leg.bridge_changed_at is not None and at < leg.bridge_changed_at


def joined_legs(state: CallState, fact: facts.LegsJoined) -> CallState:
    """The two halves of a Local channel are of one call; legs that a transfer joins can be of two (`correlate`)."""
    state = with_leg(state, leg_of(state, fact.leg, fact.at, fact.channel, fact.linked))
    return with_leg(state, leg_of(state, fact.other, fact.at)) if fact.kind == "local" else state


def recording_started(state: CallState, fact: facts.RecordingStarted) -> CallState:
    leg = leg_of(state, fact.leg, fact.at, fact.channel, fact.linked)
    if leg.recorded_at is not None and abs(fact.at - leg.recorded_at) < SAME:
        return state
    return with_leg(state, leg, recordings=leg.recordings + 1, recorded_at=fact.at)


def touched(state: CallState, fact: facts.LegFact) -> CallState:
    return with_leg(state, leg_of(state, fact.leg, fact.at))


def gap_crossed(state: CallState, fact: GapCrossed) -> CallState:
    return state if fact.recovered else replace(state, unfilled_gaps=state.unfilled_gaps + 1)
