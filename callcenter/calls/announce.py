"""What the house shall hear of a step: the difference between two states of a call, as events."""

from collections.abc import Iterator

from callcenter.calls import events
from callcenter.calls.fold import MOVERS
from callcenter.calls.state import RINGS, CallState, Rang, Stage
from callcenter.core.events import Event
from callcenter.core.ids import CallId
from callcenter.pbx.facts import FlowStepped, PbxFact, RecordingStarted


def announce(call: CallId, before: CallState, after: CallState, fact: PbxFact) -> list[Event]:
    """In the order in which they happened. A fact that should have moved the call and did not is told as such."""
    if after is before and type(fact) not in MOVERS:
        return []
    if after is before:
        return [events.FactIgnored(at=fact.at, call=call, pbx=fact.pbx, kind=type(fact).__name__)]
    return [
        *_arrival(call, before, after, fact),
        *_queueing(call, before, after, fact),
        *_rings(call, before, after, fact),
        *_talks(call, before, after, fact),
        *_transfers(call, before, after, fact),
        *_stage(call, before, after, fact),
        *_recording(call, after, fact),
        *_end(call, before, after),
    ]


def _arrival(call: CallId, before: CallState, after: CallState, fact: PbxFact) -> Iterator[Event]:
    if after.begun and not before.begun:
        yield events.CallArrived(
            at=fact.at, call=call, direction=after.direction, caller=after.number, dialled=after.dialled
        )
    if isinstance(fact, FlowStepped):
        yield events.MenuStepped(at=fact.at, call=call, flow=fact.flow, node=fact.node, key=fact.key)


def _queueing(call: CallId, before: CallState, after: CallState, fact: PbxFact) -> Iterator[Event]:
    for wait in after.waits[len(before.waits) :]:
        if wait.joined_at is not None:
            yield events.CallQueued(at=fact.at, call=call, queue=wait.queue)


def _rings(call: CallId, before: CallState, after: CallState, fact: PbxFact) -> Iterator[Event]:
    for place, ring in enumerate(after.rings):
        known = before.rings[place] if place < len(before.rings) else None
        if known is None and ring.began_at is not None:
            yield events.AgentRung(at=fact.at, call=call, extension=ring.member, queue=ring.queue)
        if (known.result if known else None) is ring.result:
            continue
        if ring.result is Rang.MISSED:
            yield events.RingMissed(at=fact.at, call=call, extension=ring.member, queue=ring.queue)
        elif ring.result is Rang.CANCELLED:
            yield events.RingCancelled(at=fact.at, call=call, extension=ring.member, queue=ring.queue)


def _talks(call: CallId, before: CallState, after: CallState, fact: PbxFact) -> Iterator[Event]:
    for place, talk in enumerate(after.talks):
        if not talk.extension:  # a call-back's citizen talks to the survey, to no agent
            continue
        known = before.talks[place] if place < len(before.talks) else None
        if known is None:
            yield events.AgentAnswered(
                at=fact.at, call=call, extension=talk.extension, queue=talk.queue, waited=after.waited(talk.began_at)
            )
        if talk.ended_at is not None and (known is None or known.ended_at is None):
            yield events.AgentFinished(
                at=fact.at, call=call, extension=talk.extension, talked=talk.lasted(talk.ended_at)
            )


def _transfers(call: CallId, before: CallState, after: CallState, fact: PbxFact) -> Iterator[Event]:
    if after.transfers is before.transfers:
        return
    known = {(transfer.id, step) for transfer in before.transfers for step in transfer.steps}
    for transfer in after.transfers:
        for step in transfer.steps:
            if (transfer.id, step) not in known:
                status = step.status or RINGS
                yield events.ReachChanged(at=fact.at, call=call, transfer=transfer.id, step=step.step, status=status)


def _stage(call: CallId, before: CallState, after: CallState, fact: PbxFact) -> Iterator[Event]:
    away = (Stage.ON_HOLD, Stage.TRANSFERRING)
    if after.stage is before.stage or after.stage is Stage.ENDED:
        return
    if after.stage in away or before.stage in away:
        yield events.StageChanged(at=fact.at, call=call, stage=after.stage.value, before=before.stage.value)


def _recording(call: CallId, after: CallState, fact: PbxFact) -> Iterator[Event]:
    if isinstance(fact, RecordingStarted):
        yield events.RecordingBegan(at=fact.at, call=call, leg=fact.leg, file=after.recording_file)


def _end(call: CallId, before: CallState, after: CallState) -> Iterator[Event]:
    if after.stage is Stage.ENDED and before.stage is not Stage.ENDED and after.outcome and after.ended_at:
        yield events.CallEnded(
            at=after.ended_at,
            call=call,
            outcome=after.outcome.value,
            waited=after.waited(after.ended_at),
            talked=after.talked(after.ended_at),
        )
