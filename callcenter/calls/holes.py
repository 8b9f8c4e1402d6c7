"""What must be there and is not: each name is one way in which a call's facts do not add up. None does for a call
whose facts were all heard; a call with any is shown as having a gap."""

from collections.abc import Collection, Iterator
from typing import Final

from callcenter.calls.identity import OURS
from callcenter.calls.parties import is_of_citizen, transfer_named
from callcenter.calls.state import CallState, Leg, Role, Stage, Talk, Transfer

CLEARED: Final = frozenset({0, 16})
"""Q.850 causes with which Asterisk ends a call that had been answered; others say why it was not."""


FINAL: Final = frozenset({"ANSWER", "CANCEL"})
"""After any other end of a step the citizen's own transfer goes on, at last to a queue."""
DIALLED: Final = (Role.AGENT, Role.CITIZEN, Role.SPY, Role.OTHER)
"""Legs that only a dial can have brought in."""


def check(state: CallState, *, over: bool = False) -> tuple[str, ...]:
    """`over`: the call is known to have ended, so that what has not is a hole too."""
    ended = over or state.stage is Stage.ENDED
    found = [*_call(state, ended=ended)]
    transfers = [transfer.id for transfer in state.transfers]
    for leg in state.legs.values():
        found += _leg(leg, transfers, ended=ended)
        dialled = leg.id != state.linked or (leg.id.startswith(OURS) and state.direction == "outbound")
        if ended and leg.role in DIALLED and dialled and not leg.dialled:
            found.append("leg_never_dialled")
    for talk in state.talks:
        found += _talk(state, talk, ended=ended)
    for transfer in state.transfers:
        found += _transfer(state, transfer, ended=ended)
    return tuple(dict.fromkeys(found))


def _call(state: CallState, *, ended: bool) -> Iterator[str]:
    if state.unfilled_gaps:
        yield "gap_not_filled"
    if not state.begun and (state.direction != "outbound" or (ended and state.legs)):
        yield "call_never_began"
    if state.direction == "outbound" and not state.number:
        yield "dialled_number_unknown"
    if state.linked.startswith(OURS) and state.purpose == "citizen":
        yield "dial_never_announced"
    first = state.legs.get(state.linked)
    if first and first.role is Role.CALLER and ended and not first.up and first.cause in CLEARED:
        yield "answer_unseen"
    for wait in state.waits:
        if wait.joined_at is None:
            yield "wait_never_began"
        if ended and (wait.left_at is None or wait.unseen):
            yield "wait_never_left"
    for ring in state.rings:
        if ring.began_at is None:
            yield "ring_never_began"
        if ended and ring.result is None:
            yield "ring_without_result"
        if ring.leg is not None and ring.leg not in state.legs:
            yield "ring_leg_unknown"
        if ring.unannounced:
            yield "ring_unannounced"
    if not state.waits and any(not ring.direct for ring in state.rings):
        yield "ring_without_wait"
    if ended and not state.joined and any(alone is not None for alone in state.bridges.values()):
        yield "alone_in_a_bridge"
    if ended and state.recording_file and not state.waits and len(state.legs) < 2:
        yield "recording_announced_never_queued"


def _leg(leg: Leg, transfers: Collection[str], *, ended: bool) -> Iterator[str]:
    if leg.found:
        yield "leg_found_late"
    elif leg.started_at is None:
        yield "leg_never_began"
    if leg.stray:
        yield "leg_out_of_step"
    if leg.vanished:
        yield "leg_vanished"
    if ended and (transfer := transfer_named(leg)) and transfer not in transfers:
        yield "transfer_untold"
    if ended and leg.ended_at is None:
        yield "leg_never_ended"
    if ended and leg.bridge is not None:
        yield "bridge_never_left"
    if ended and leg.awaited:
        yield "room_never_joined"
    if ended and leg.dialling:
        yield "dial_without_result"


def _transfer(state: CallState, transfer: Transfer, *, ended: bool) -> Iterator[str]:
    last = transfer.steps[-1]
    leg = state.legs.get(transfer.leg)
    fetched = leg is not None and not is_of_citizen(state, leg)
    if transfer.steps[0].step != "target" or any(step.began_at is None for step in transfer.steps):
        yield "transfer_step_unheard"
    if ended and not fetched and last.step != "queue" and last.status not in FINAL:
        yield "transfer_step_unheard"
    if ended and any(step.status is None for step in transfer.steps if step.step != "queue"):
        yield "transfer_without_result"


def _talk(state: CallState, talk: Talk, *, ended: bool) -> Iterator[str]:
    leg = state.legs.get(talk.leg) if talk.leg is not None else None
    by_queue = bool(state.waits) and not talk.direct and (leg is None or leg.role is Role.AGENT)
    if by_queue and not talk.connected:
        yield "talk_without_connect"
    if by_queue and ended and not talk.completed:
        yield "talk_without_completion"
    waiting = state.direction == "outbound" and talk.leg == state.linked  # for a citizen who may never answer
    if ended and (leg is None or not leg.bridged) and not waiting:
        yield "talk_without_bridge"
    first = state.legs.get(state.linked)
    if ended and by_queue and (first is None or not first.bridged):
        yield "talk_without_caller"
