"""What a queue's fact changes in a call: waits, rings and talks."""

from dataclasses import replace
from datetime import datetime, timedelta

from callcenter.calls.legs import SAME, leg_of, with_leg
from callcenter.calls.state import CallState, Rang, Ring, Stage, Talk, Wait
from callcenter.core.ids import LegId
from callcenter.pbx import facts


def queue_joined(state: CallState, fact: facts.QueueJoined) -> CallState:
    here = [w for w in state.waits if _is_of(w, fact.queue)]
    if any(_same(w.joined_at, fact.at) and (w.left_at is None or fact.at <= w.left_at) for w in here):
        return state
    state = with_leg(state, leg_of(state, fact.leg, fact.at, fact.channel, fact.linked), up=True, awaited=False)
    waits = (replace(w, left_at=fact.at, unseen=not w.direct) if w.left_at is None else w for w in state.waits)
    return replace(state, waits=(*waits, Wait(queue=fact.queue, joined_at=fact.at)))


def queue_left(state: CallState, fact: facts.QueueLeft) -> CallState:
    waits = list(state.waits)
    for place in reversed(range(len(waits))):
        if _is_of(waits[place], fact.queue) and (waits[place].left_at is None or waits[place].unseen):
            left_at = min(waits[place].left_at or fact.at, fact.at)
            waits[place] = replace(waits[place], left_at=left_at, unseen=False)
            return replace(state, waits=tuple(waits))
    if waits:
        return state
    return replace(state, waits=(Wait(queue=fact.queue, joined_at=None, left_at=fact.at),))


def queue_abandoned(state: CallState, fact: facts.QueueAbandoned) -> CallState:
    if state.waits and state.stage is Stage.ENDED:
        return state
    if any(_is_of(w, fact.queue) and (w.left_at is None or w.unseen or _same(w.left_at, fact.at)) for w in state.waits):
        return state
    return replace(state, waits=(*state.waits, Wait(queue=fact.queue, joined_at=None)))


def _is_of(wait: Wait, queue: str) -> bool:
    return wait.queue == queue and not wait.direct


def agent_called(state: CallState, fact: facts.AgentCalled) -> CallState:
    if any(r.member == fact.member and r.began_at in (fact.at, None) and not r.direct for r in state.rings):
        return state
    told = any(_is_of(w, fact.queue) and (w.left_at is None or w.left_at >= fact.at) for w in state.waits)
    ring = Ring(member=fact.member, queue=fact.queue, leg=fact.agent_leg, began_at=fact.at, unannounced=not told)
    rings = (r for r in state.rings if not (r.direct and r.leg is not None and r.leg == fact.agent_leg))
    return replace(state, rings=(*rings, ring))


def ring_missed(state: CallState, fact: facts.AgentRingMissed) -> CallState:
    return _rang(state, fact, Rang.MISSED)


def _rang(state: CallState, fact: facts.AgentFact, result: Rang) -> CallState:
    """The member's newest ring gets its result; one never heard of is noted as having no beginning."""
    rings = list(state.rings)
    for place in reversed(range(len(rings))):
        ring = rings[place]
        if ring.member != fact.member or ring.queue != fact.queue or not _may_be(ring.leg, fact.agent_leg):
            continue
        if ring.result in (None, Rang.CANCELLED):
            unannounced = ring.unannounced or ring.direct
            ring = replace(ring, result=result, leg=ring.leg or fact.agent_leg, direct=False, unannounced=unannounced)
            rings[place] = ring
            return replace(state, rings=tuple(rings))
        if ring.result is result:
            return state
    rings.append(Ring(member=fact.member, queue=fact.queue, leg=fact.agent_leg, began_at=None, result=result))
    return replace(state, rings=tuple(rings))


def agent_connected(state: CallState, fact: facts.AgentConnected) -> CallState:
    state = _no_longer_waiting(_rang(state, fact, Rang.ANSWERED), fact)
    rings = tuple(replace(r, result=Rang.CANCELLED) if r.result is None else r for r in state.rings)
    leg = fact.agent_leg or next((r.leg for r in reversed(rings) if r.member == fact.member), None)
    for place, talk in enumerate(state.talks):
        if talk.extension == fact.member and (talk.leg == leg or talk.ended_at is None):
            if talk.connected:
                return replace(state, rings=rings) if rings != state.rings else state
            known = replace(talk, connected=True, queue=fact.queue, began_at=min(talk.began_at, fact.at))
            return replace(state, rings=rings, talks=(*state.talks[:place], known, *state.talks[place + 1 :]))
    talk = Talk(extension=fact.member, queue=fact.queue, leg=leg, began_at=fact.at, connected=True)
    return replace(state, rings=rings, talks=(*state.talks, talk))


def _no_longer_waiting(state: CallState, fact: facts.AgentConnected) -> CallState:
    """QueueLeft comes just before; unheard, it is made up for."""
    if not any(_is_of(w, fact.queue) and w.left_at is None for w in state.waits):
        return state
    waits = (
        replace(w, left_at=fact.at, unseen=True) if _is_of(w, fact.queue) and w.left_at is None else w
        for w in state.waits
    )
    return replace(state, waits=tuple(waits))


def agent_completed(state: CallState, fact: facts.AgentCompleted) -> CallState:
    """Of two talks with one agent the older is told first, where Asterisk leaves out the leg."""
    own = [
        (place, talk)
        for place, talk in enumerate(state.talks)
        if talk.extension == fact.member and not talk.direct and _may_be(talk.leg, fact.agent_leg)
    ]
    for place, talk in own:
        if not talk.completed:
            done = replace(talk, completed=True, ended_at=talk.ended_at or fact.at)
            return replace(state, talks=(*state.talks[:place], done, *state.talks[place + 1 :]))
    if own:
        return state
    began_at = fact.at - timedelta(seconds=fact.talk_seconds)
    done = Talk(
        extension=fact.member,
        queue=fact.queue,
        leg=fact.agent_leg,
        began_at=began_at,
        ended_at=fact.at,
        completed=True,
    )
    return replace(state, talks=(*state.talks, done))


def _may_be(known: LegId | None, told: LegId | None) -> bool:
    """Either can be missing; two that are known must be one."""
    return known is None or told is None or known == told


def _same(joined_at: datetime | None, at: datetime) -> bool:
    return joined_at is not None and abs(at - joined_at) < SAME
