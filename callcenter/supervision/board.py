"""The live board as values, and how it is put together out of what stands in the database. Numbers are masked."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from callcenter.calls.figures import HotlineTally, TallyView
from callcenter.core.phone import Number
from callcenter.supervision.views import SessionView, Shown

AVAILABLE: Final = "ready"
IN_CALL: Final = frozenset({"ringing", "talking"})


class WaitingLine(Shown):
    """A caller who waits; `since` is when they first joined a queue, `ringing` while an agent's telephone rings."""

    call_id: UUID
    number: str
    region: str
    hotline: str
    queue: str
    ringing: bool
    since: datetime


class QueueLine(Shown):
    """`longest_since` is null when nobody waits; agents are those who may take calls of the queue."""

    queue: str
    waiting: int
    longest_since: datetime | None
    ready: int
    in_call: int
    paused: int


class IntrusionLine(Shown):
    id: UUID
    supervisor: str
    mode: str
    since: datetime


class AgentLine(Shown):
    """`call_id` is null outside a call; `number` is masked and '' then."""

    user_id: UUID
    name: str
    extension: str
    queues: tuple[str, ...]
    presence: str
    reason: str
    since: datetime
    reachable: bool
    call_id: UUID | None
    stage: str
    number: str
    hotline: str
    intrusions: tuple[IntrusionLine, ...]


class HotlineShare(Shown):
    """Calls of one hotline number in the last 24 hours."""

    hotline: str
    calls: int
    answered: int


class Rates(Shown):
    """Over the last 24 hours; a rate is null while there is nothing to divide by. Lines: below them the board warns
    (B-07, B-21)."""

    requested: int
    answered: int
    connect: float | None
    connect_line: float
    prompt_calls: int
    prompt: float | None
    prompt_line: float
    abandoned: int
    abandon: float | None


class TransferLine(Shown):
    """A transfer that is being tried: `target` is a short number of the registry, an extension or a masked number;
    `status` is dialling, ringing or answered, the last while the parties still consult."""

    id: UUID
    call_id: UUID
    target: str
    mode: str
    status: str
    since: datetime


class AlarmLine(Shown):
    """`kind` names a text of the catalogue (`alarm.<kind>`)."""

    kind: str
    subject: str
    since: datetime
    count: int


class BoardView(Shown):
    """All of one moment. Agents are those of the viewer's subtree; callers, those of queues that these agents serve
    (of every queue for the root). `own` is the viewer's own intrusion."""

    at: datetime
    queues: tuple[QueueLine, ...]
    waiting: tuple[WaitingLine, ...]
    agents: tuple[AgentLine, ...]
    rates: Rates
    hotlines: tuple[HotlineShare, ...]
    missed_open: int
    transfers: tuple[TransferLine, ...]
    alarms: tuple[AlarmLine, ...]
    own: SessionView | None


def is_root(org_path: str) -> bool:
    """`/chengwan/` is, `/chengwan/qilan/` is not."""
    return org_path.count("/") <= 2


def waiting_line(row: Mapping[str, Any]) -> WaitingLine:
    return WaitingLine(
        call_id=row["id"],
        number=Number(row["caller_number"]).masked,
        region=row["caller_region"],
        hotline=row["hotline"] or row["dialled"],
        queue=row["queue"] or "",
        ringing=row["stage"] == "ringing",
        since=row["queued_at"] or row["started_at"],
    )


def agent_line(row: Mapping[str, Any]) -> AgentLine:
    return AgentLine(
        user_id=row["user_id"],
        name=row["name"],
        extension=row["extension"],
        queues=tuple(row["queues"]),
        presence=row["presence"],
        reason=row["reason"],
        since=row["since"],
        reachable=row["reachable"],
        call_id=row["call_id"],
        stage=row["stage"] or "",
        number=Number(row["caller_number"] or "").masked,
        hotline=row["hotline"] or "",
        intrusions=tuple(IntrusionLine.model_validate(one) for one in row["intrusions"] or ()),
    )


def transfer_line(row: Mapping[str, Any]) -> TransferLine:
    return TransferLine(
        id=row["id"],
        call_id=row["call_id"],
        target=Number(row["target"]).masked,
        mode=row["mode"],
        status="answered" if row["answered_at"] else "ringing" if row["ringing_at"] else "dialling",
        since=row["asked_at"],
    )


def alarm_line(row: Mapping[str, Any]) -> AlarmLine:
    return AlarmLine.model_validate(dict(row))


def seen_waiting(waiting: Iterable[WaitingLine], agents: Iterable[AgentLine], org_path: str) -> list[WaitingLine]:
    """Of the queues that the viewer's agents serve."""
    if is_root(org_path):
        return list(waiting)
    served = {queue for agent in agents for queue in agent.queues}
    return [caller for caller in waiting if caller.queue in served]


def queue_lines(waiting: Sequence[WaitingLine], agents: Sequence[AgentLine]) -> list[QueueLine]:
    """Every queue that somebody waits in or is logged in to serve: the longest wait first, then by name."""
    callers: defaultdict[str, list[WaitingLine]] = defaultdict(list)
    crew: defaultdict[str, list[str]] = defaultdict(list)
    for caller in waiting:
        callers[caller.queue].append(caller)
    for agent in agents:
        for queue in agent.queues:
            if agent.presence != "offline":
                crew[queue].append(agent.presence)
    lines = [_queue_line(queue, callers[queue], crew[queue]) for queue in {*callers, *crew}]
    return sorted(lines, key=lambda line: (line.longest_since is None, line.longest_since, line.queue))


def _queue_line(queue: str, callers: Sequence[WaitingLine], crew: Sequence[str]) -> QueueLine:
    ready, in_call = crew.count(AVAILABLE), sum(presence in IN_CALL for presence in crew)
    return QueueLine(
        queue=queue,
        waiting=len(callers),
        longest_since=min((caller.since for caller in callers), default=None),
        ready=ready,
        in_call=in_call,
        paused=len(crew) - ready - in_call,
    )


def rates_of(day: TallyView, *, connect_line: float, prompt_line: float) -> Rates:
    return Rates(
        requested=day.asked,
        answered=day.answered,
        connect=_rounded(day.connect_rate),
        connect_line=connect_line,
        prompt_calls=day.in_time,
        prompt=_rounded(day.in_time_rate),
        prompt_line=prompt_line,
        abandoned=day.abandoned,
        abandon=_rounded(day.abandon_rate),
    )


def hotline_shares(lines: Iterable[HotlineTally]) -> tuple[HotlineShare, ...]:
    """The busiest first, by name; a number without one shows itself."""
    busiest = sorted(lines, key=lambda line: (-line.tally.arrived, line.number))
    return tuple(
        HotlineShare(hotline=line.hotline or line.number, calls=line.tally.arrived, answered=line.tally.answered)
        for line in busiest
    )


def _rounded(rate: float | None) -> float | None:
    """Never up: what is under a line must not look as if it were on it."""
    return math.floor(rate * 10_000) / 10_000 if rate is not None else None
