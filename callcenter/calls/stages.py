"""Stages that last only as long as a talk, a ring or a wait does."""

from typing import Final

from callcenter.calls.parties import citizen_of, transfers_under_way
from callcenter.calls.state import CallState, Stage

_BEFORE_TALK: Final = (Stage.ARRIVED, Stage.TALKING, Stage.RINGING)
_AWAY: Final = (Stage.ON_HOLD, Stage.TRANSFERRING)


def settled(state: CallState, stage: Stage) -> Stage:
    """What the stage comes to, given who talks, rings and waits."""
    waits = any(w.left_at is None for w in state.waits)
    if any(t.ended_at is None for t in state.conversations):
        met = stage in _BEFORE_TALK or (stage is Stage.QUEUED and not waits) or (stage in _AWAY and _bridged(state))
        return Stage.TALKING if met else stage
    if any(t.ended_at is None for t in state.talks) and stage in _BEFORE_TALK:
        return Stage.RINGING  # of a call that we make: the agent waits for the citizen
    if stage is Stage.TALKING:
        return Stage.TRANSFERRING if transfers_under_way(state) else Stage.ARRIVED
    if stage is Stage.RINGING and all(r.result is not None for r in state.rings):
        return Stage.QUEUED if waits else Stage.ARRIVED
    return stage


def _bridged(state: CallState) -> bool:
    citizen = citizen_of(state)
    return citizen is not None and citizen.bridge is not None
