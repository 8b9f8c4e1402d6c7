"""Talks that begin when legs meet and end when they part."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from callcenter.calls.channels import extension_of
from callcenter.calls.parties import citizen_of, company
from callcenter.calls.state import CallState, Leg, Rang, Role, Talk
from callcenter.core.ids import LegId

HEARD: Final = (Role.AGENT, Role.CITIZEN, Role.OTHER)
"""Who can be talked with: no Local channel, no listening supervisor, and not the caller, whom all talk with."""


def met(state: CallState, entered: Leg, at: datetime) -> CallState:
    """An agent's talk begins with whoever is in the same bridge, anybody else's with the citizen."""
    inside = [leg for leg in state.legs.values() if leg.bridge == entered.bridge and leg.role is not Role.SPY]
    if len(inside) > 1:
        for leg in inside:
            state = talking(state, leg.id, at) if leg.role is Role.AGENT else state
    citizen = citizen_of(state)
    around = company(state, citizen) if citizen is not None else []
    for leg in around:
        state = talking(state, leg.id, at)
    return talking(state, citizen.id, at) if citizen is not None and around else state


def talking(state: CallState, leg: LegId, at: datetime) -> CallState:
    """A talk known from a bridge or a dial; the queue's own word, if there is one, comes first or completes it. With an
    agent's talk the caller's wait is over, although Asterisk's file tells the end of `Queue()` only after the talk."""
    party = state.legs[leg]
    if party.role not in HEARD or any(t.leg == leg for t in state.talks):
        return state
    ring = next((r for r in reversed(state.rings) if r.leg == leg), None)
    direct = ring.direct if ring else bool(party.purpose) or state.direction == "outbound"
    queue = ring.queue if ring else (state.waits[-1].queue if state.waits and not direct else "")
    extension = extension_of(party.channel) if party.role is Role.AGENT else ""
    talk = Talk(extension=extension, queue=queue, leg=leg, began_at=at, direct=direct)
    waits = tuple(
        replace(w, left_at=at, unseen=not w.direct) if extension and w.left_at is None and w.queue == queue else w
        for w in state.waits
    )
    rings = tuple(replace(r, result=Rang.ANSWERED) if r.direct and r.leg == leg else r for r in state.rings)
    return replace(state, talks=(*state.talks, talk), waits=waits, rings=rings)


def parted(state: CallState, gone: Leg, at: datetime) -> CallState:
    """The leg's own talk is over; when it was the citizen's, or began the call, so are all others but of those who are
    still in company (an agent with the hotline that was called in)."""
    last = gone.id == state.linked or (gone.role is Role.CITIZEN and gone.bridged)
    over = tuple(
        replace(t, ended_at=at) if t.ended_at is None and (t.leg == gone.id or (last and _alone(state, t.leg))) else t
        for t in state.talks
    )
    return replace(state, talks=over)


def _alone(state: CallState, leg: LegId | None) -> bool:
    known = state.legs.get(leg) if leg is not None else None
    if known is None:
        return True
    around = company(state, known)
    return not any(other.role in HEARD and other.ended_at is None for other in around)
