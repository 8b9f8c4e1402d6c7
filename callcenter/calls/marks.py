"""What the generated dialplan's own marks (`UserEvent`) change in a call, and the places that a snapshot shows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from callcenter.calls.facts import PlaceSeen
from callcenter.calls.legs import SAME, leg_of, with_leg
from callcenter.calls.parties import citizen_of, is_of_citizen
from callcenter.calls.stages import settled
from callcenter.calls.state import RINGS, CallState, ReachStep, Role, Stage, Transfer, Wait
from callcenter.calls.talks import met
from callcenter.pbx.facts import DialplanMarked

PLACES: Final[Mapping[str, Stage]] = {
    "hl-welcome": Stage.IN_MENU,
    "hl-safe": Stage.IN_MENU,
    "hl-overflow": Stage.IN_MENU,
    "hl-queue": Stage.QUEUED,
    "hl-seat": Stage.RINGING,
    "hl-hold": Stage.ON_HOLD,
    "hl-transfer": Stage.TRANSFERRING,
    "hl-line": Stage.TRANSFERRING,
    "hl-await": Stage.TRANSFERRING,
    "hl-room-citizen": Stage.TALKING,
}
"""Where the citizen is by the dialplan's context; others say nothing."""
_PARTIES: Final[Mapping[str, str]] = {
    "hl-room-citizen": "citizen",
    "hl-room-agent": "agent",
    "hl-room-guest": "guest",
}

Fields = Mapping[str, str]


def marked(state: CallState, fact: DialplanMarked) -> CallState:
    state = with_leg(state, leg_of(state, fact.leg, fact.at, fact.channel, fact.linked))
    fold = _MARKS.get(fact.mark)
    return fold(state, fact, dict(fact.fields)) if fold else state


def place_seen(state: CallState, fact: PlaceSeen) -> CallState:
    """Belief about bridges and the citizen's place gives way to what is seen."""
    leg = state.legs.get(fact.leg)
    if leg is None or leg.ended_at is not None:
        return state
    bridge = fact.bridge or None
    seen = replace(leg, party=_PARTIES.get(fact.context, leg.party), awaited=leg.awaited and bridge is None)
    if bridge != leg.bridge:
        left = leg.bridge or leg.left_bridge
        seen = replace(seen, bridge=bridge, left_bridge=left, bridge_changed_at=fact.at)
    state = with_leg(state, replace(seen, bridged=seen.bridged or bridge is not None))
    if bridge is not None:
        state = met(state, state.legs[leg.id], fact.at)
    stage = PLACES.get(fact.context, state.stage)
    if stage is Stage.QUEUED and any(r.result is None and not r.direct for r in state.rings):
        stage = Stage.RINGING
    return _placed(state, fact, settled(state, stage))


def _placed(state: CallState, fact: DialplanMarked | PlaceSeen, stage: Stage) -> CallState:
    """Only the citizen's own leg tells where the citizen is, and only the newest word of it counts."""
    citizen = citizen_of(state)
    return _moved(state, fact, stage) if citizen is not None and citizen.id == fact.leg else state


def _moved(state: CallState, fact: DialplanMarked | PlaceSeen, stage: Stage) -> CallState:
    known = state.stage is stage or state.stage is Stage.ENDED
    if known or (state.placed_at and fact.at <= state.placed_at):
        return state
    return replace(state, stage=stage, placed_at=fact.at)


def _recording(state: CallState, _fact: DialplanMarked, fields: Fields) -> CallState:
    """Announces the file that the recording of this leg will be written to."""
    file = fields.get("File", "")
    return replace(state, recording_file=file) if file and file != state.recording_file else state


def _room(state: CallState, fact: DialplanMarked, fields: Fields) -> CallState:
    leg, citizen = state.legs[fact.leg], citizen_of(state)
    there = citizen is not None and citizen.ended_at is None and leg.role is not Role.SPY
    joined = with_leg(state, leg, party=fields.get("Party", ""), awaited=there)
    return _placed(joined, fact, settled(joined, Stage.TALKING))


def _hold(state: CallState, fact: DialplanMarked, fields: Fields) -> CallState:
    if fields.get("State") == "on":
        return _placed(state, fact, Stage.ON_HOLD)
    return _placed(state, fact, settled(state, Stage.TALKING)) if state.stage is Stage.ON_HOLD else state


def _seat(state: CallState, fact: DialplanMarked, fields: Fields) -> CallState:
    """A seat is dialled outside any queue, for a caller who waits for it as in one."""
    queue = fields.get("Queue", "")
    if any(w.direct and w.joined_at is not None and abs(fact.at - w.joined_at) < SAME for w in state.waits):
        return state
    before = (replace(w, left_at=fact.at, unseen=True) if w.left_at is None else w for w in state.waits)
    waiting = replace(state, waits=(*before, Wait(queue=queue, joined_at=fact.at, direct=True)))
    return _placed(waiting, fact, Stage.QUEUED)


def _test(state: CallState, _fact: DialplanMarked, _fields: Fields) -> CallState:
    return _meant(state, "test")


def _toll(state: CallState, _fact: DialplanMarked, _fields: Fields) -> CallState:
    """Somebody tried to dial through us: no citizen's call."""
    return _meant(state, "toll")


def _meant(state: CallState, purpose: str) -> CallState:
    return replace(state, purpose=purpose) if state.purpose != purpose else state


def _reach(state: CallState, fact: DialplanMarked, fields: Fields) -> CallState:
    """A step begins with RINGING and ends with how its dial ended."""
    name, step, status = fields.get("Transfer", ""), fields.get("Step", ""), fields.get("Status", "")
    if not (name and step and status):
        return state
    known = {transfer.id: transfer for transfer in state.transfers}
    before = known.get(name) or Transfer(id=name, leg=fact.leg)
    steps = _rung(before.steps, step, fact) if status == RINGS else _over(before.steps, step, status, fact)
    if steps is before.steps:
        return state
    known[name] = replace(before, steps=steps)
    reached = replace(state, transfers=tuple(known.values()))
    if status == "ANSWER" or not is_of_citizen(reached, reached.legs[fact.leg]):
        return reached
    return _moved(reached, fact, Stage.TRANSFERRING)


def _rung(steps: tuple[ReachStep, ...], step: str, fact: DialplanMarked) -> tuple[ReachStep, ...]:
    if any(s.step == step and s.began_at is not None and abs(fact.at - s.began_at) < SAME for s in steps):
        return steps
    return (*steps, ReachStep(step=step, began_at=fact.at))


def _over(steps: tuple[ReachStep, ...], step: str, status: str, fact: DialplanMarked) -> tuple[ReachStep, ...]:
    for place in reversed(range(len(steps))):
        if steps[place].step == step:
            if steps[place].status is not None:
                return steps
            ended = replace(steps[place], status=status, ended_at=fact.at)
            return (*steps[:place], ended, *steps[place + 1 :])
    return (*steps, ReachStep(step=step, began_at=None, status=status, ended_at=fact.at))


_MARKS: Final[Mapping[str, Callable[[CallState, DialplanMarked, Fields], CallState]]] = {
    "HotlineRecording": _recording,
    "HotlineRoom": _room,
    "HotlineHold": _hold,
    "HotlineSeat": _seat,
    "HotlineReach": _reach,
    "HotlineTest": _test,
    "HotlineTollRefused": _toll,
}
