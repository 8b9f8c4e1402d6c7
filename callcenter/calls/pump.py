"""The one consumer of a link: each fact into the ledger, and what was missed while the link was away filled in."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from callcenter.calls.events import GapRecorded
from callcenter.calls.facts import LegFound, LegVanished, PlaceSeen
from callcenter.calls.ledger import Ledger
from callcenter.calls.state import CallState
from callcenter.pbx import facts
from callcenter.pbx.facts import LinkUp, PbxFact
from callcenter.pbx.snapshot import ChannelSeen, Snapshot

log = structlog.get_logger(__name__)

OVERLAP: Final = timedelta(seconds=5)
"""Asterisk's file is read from a little before the loss: what is already known there adds nothing."""


class Link(Protocol):
    """What is needed of `pbx.link.AmiLink`."""

    pbx: str

    def facts(self) -> AsyncIterator[PbxFact]: ...


class Cel(Protocol):
    """What is needed of `pbx.cel.CelFile`. Blocking; raises OSError when there is nothing to read."""

    def facts_between(self, pbx: str, since: datetime, until: datetime) -> list[PbxFact]: ...


async def pump(link: Link, ledger: Ledger, cel: Cel | None = None) -> None:
    """Until cancelled. `cel` is None where the PBX's disk is out of reach: then a gap is shown, not filled."""
    await ledger.adopt(link.pbx)
    async for fact in link.facts():
        if isinstance(fact, LinkUp):
            await reconcile(fact, ledger, cel)
        await ledger.take(fact)


async def reconcile(up: LinkUp, ledger: Ledger, cel: Cel | None) -> None:
    """Belief against truth after the link was away (or the house was, when it is the first time)."""
    until = up.snapshot.taken_at
    since = up.lost_at or await ledger.last_fact_at(up.pbx)
    recovered, readable = 0, True
    if since is not None:
        recovered, readable = await _fill(up.pbx, since - OVERLAP, until, ledger, cel)
        for crossed in ledger.crossed(up.pbx, since, until, recovered=readable):
            await ledger.take(crossed, source="house")
    for fact in differences(up.pbx, up.snapshot, ledger.open_calls(up.pbx)):
        await ledger.take(fact, source="snapshot")
    for place in places(up.pbx, up.snapshot):
        if await ledger.adds(place):
            await ledger.take(place, source="snapshot")
    if since is None:
        return
    await ledger.settled()
    reason = "link" if up.lost_at else "server"
    await ledger.note_gap(pbx=up.pbx, since=since, until=until, reason=reason, recovered=recovered)
    ledger.bus.publish(GapRecorded(at=until, pbx=up.pbx, since=since, recovered=recovered))
    log.info("gap_recorded", pbx=up.pbx, since=since.isoformat(), recovered=recovered, file_read=readable)


async def _fill(pbx: str, since: datetime, until: datetime, ledger: Ledger, cel: Cel | None) -> tuple[int, bool]:
    """How many facts were added, and whether Asterisk's file could be read at all."""
    if cel is None:
        return 0, False
    try:
        missed = await asyncio.to_thread(cel.facts_between, pbx, since, until)
    except OSError as error:
        log.warning("cel_unreadable", pbx=pbx, kind=type(error).__name__)
        return 0, False
    recovered = 0
    for fact in missed:
        if await ledger.adds(fact):
            await ledger.take(fact, source="cel")
            recovered += 1
    return recovered, True


def differences(pbx: str, snapshot: Snapshot, believed: list[CallState]) -> Iterator[PbxFact]:
    """What the snapshot shows and the ledger does not, as facts: legs gone, calls, callers waiting, other legs."""
    at = snapshot.taken_at
    there = {channel.leg for channel in snapshot.channels}
    known = {leg.id for call in believed for leg in call.legs.values()}
    for call in believed:
        for leg in call.legs.values():
            if leg.ended_at is None and leg.id not in there and leg.seen_at <= at:
                yield LegVanished(pbx=pbx, at=at, leg=leg.id, linked=call.linked, channel=leg.channel)
    new = [c for c in sorted(snapshot.channels, key=lambda c: (-c.seconds, c.leg)) if c.leg not in known]
    yield from (_found(pbx, channel, at) for channel in new if channel.leg == channel.linked)
    waiting = {(call.linked, w.queue) for call in believed for w in call.waits if w.left_at is None}
    for caller in snapshot.queue_callers:
        if (caller.leg, caller.queue) not in waiting and caller.leg in there:
            joined_at = at - timedelta(seconds=caller.wait_seconds)
            yield facts.QueueJoined(
                pbx=pbx,
                at=joined_at,
                leg=caller.leg,
                linked=caller.leg,
                channel=caller.channel,
                queue=caller.queue,
                position=caller.position,
                count=0,
            )
    yield from (_found(pbx, channel, at) for channel in new if channel.leg != channel.linked)


def places(pbx: str, snapshot: Snapshot) -> Iterator[PlaceSeen]:
    """Where each leg is, citizens last: who they are with is known by then."""
    at = snapshot.taken_at
    for channel in sorted(snapshot.channels, key=lambda c: c.leg == c.linked):
        yield PlaceSeen(pbx=pbx, at=at, leg=channel.leg, context=channel.context, bridge=channel.bridge)


def _found(pbx: str, channel: ChannelSeen, at: datetime) -> LegFound:
    return LegFound(
        pbx=pbx,
        at=at - timedelta(seconds=channel.seconds),
        leg=channel.leg,
        linked=channel.linked,
        channel=channel.channel,
        caller_number=channel.caller_number,
        dialled=channel.exten,
        state=channel.state,
    )
