"""From what an agent asks to what is dialled: the choice is checked against the list of matters (pure), the numbers go
through the gate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import structlog

from callcenter.core.ids import OrderId
from callcenter.numbers.gate import Allowed, DialRefused, Purpose
from callcenter.people.actor import Actor
from callcenter.transfers.attempts import Place, TransferId
from callcenter.transfers.attempts_store import SeatSeen
from callcenter.transfers.hotline import Hotline, Link, Mode
from callcenter.transfers.live_errors import (
    LineClosed,
    ModeNotAllowed,
    NoDrill,
    NoSuchMatter,
    NoSuchTarget,
    SeatBusy,
)
from callcenter.transfers.matrix import BY_PHONE, Direction, Matrix, Matter, Means
from callcenter.transfers.matrix_choice import OF_QUEUES, allowed_modes, keeper, rung
from callcenter.transfers.registry import Registry

log = structlog.get_logger(__name__)

PUBLIC: Final = "public"
SEAT: Final = "seat/"
QUEUE: Final = "queue/"
_OF_SEATS: Final = (Means.WARM, Means.ONE_KEY, Means.THREE_WAY)
_OF_NUMBERS: Final = (Means.WARM, Means.THREE_WAY, Means.ONE_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for. `target` is a line's number, `seat/<extension>` or `queue/<name>`; `number` any other number;
    with a `matter` alone its own target. `id` is the asker's: twice the same is one transfer."""

    id: TransferId
    target: str = ""
    number: str = ""
    matter: str = ""
    mode: Means | None = None
    doubtful: bool = False
    drill: bool = False
    summary: str = ""
    order: OrderId | None = None

    def __repr__(self) -> str:
        return f"Wanted({self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    place: Place
    target: str
    mode: Means
    keeper: str
    line: Hotline | None = None
    matter: Matter | None = None
    doubtful: bool = False
    drill: bool = False

    @property
    def emergency(self) -> bool:
        return self.line is not None and self.line.mode is Mode.EMERGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How it is dialled: `to` and `otherwise` are digits or `seat/<extension>`; `queue` instead for a queue of ours."""

    to: str = ""
    group: str = PUBLIC
    ring: timedelta = timedelta(seconds=25)
    otherwise: str = ""
    else_group: str = PUBLIC
    caller_id: str = ""
    queue: str = ""

    def __repr__(self) -> str:
        return f"Route(group={self.group})"

    def plan(self, *, agent: str, summary: str, back: str) -> str:
        """The dialplan's HL_PLAN."""
        seconds = str(int(self.ring.total_seconds()))
        return "|".join((self.to, self.group, seconds, self.otherwise, self.else_group, agent, summary, back))


class Gate(Protocol):
    """As `numbers.gate.Gate`."""

    async def allow(self, actor: Actor | None, purpose: Purpose, number: str, *, at: datetime) -> Allowed: ...


class SeatBook(Protocol):
    """As `attempts_store.AttemptStore`."""

    async def seat_at(self, extension: str) -> SeatSeen | None: ...


def choose(matrix: Matrix, registry: Registry, wanted: Wanted, *, first: str, consult: bool = False) -> Chosen:
    """`first` is the side that received the demand first. A consultation is WARM.

    Raises NoSuchMatter, NoSuchTarget, ModeNotAllowed."""
    matter = matrix.find(wanted.matter) if wanted.matter else None
    if wanted.matter and (matter is None or matter.direction is not Direction.OUT):
        raise NoSuchMatter
    target = wanted.target or (matter.target if matter and not wanted.number else "")
    if matter is not None and target != matter.target:
        raise NoSuchTarget
    place, line = _place_of(target, wanted.number, registry)
    doubtful = matter is not None and not matter.danger and (wanted.doubtful or not matter.clear)
    allowed = _modes_of(place, matter, line, doubtful=doubtful)
    mode = Means.WARM if consult else (wanted.mode or allowed[0])
    if mode not in allowed:
        raise ModeNotAllowed(allowed=", ".join(allowed))
    return Chosen(
        place=place,
        target=target or wanted.number,
        mode=mode,
        keeper=keeper(matter, mode, target, first=first, doubtful=doubtful),
        line=line,
        matter=matter,
        doubtful=doubtful,
        drill=wanted.drill,
    )


def _place_of(target: str, number: str, registry: Registry) -> tuple[Place, Hotline | None]:
    if not target and number:
        return Place.NUMBER, None
    if target.startswith(SEAT) and target.removeprefix(SEAT).isdecimal():
        return Place.SEAT, None
    if target.startswith(QUEUE) and target.removeprefix(QUEUE) in registry.queues:
        return Place.QUEUE, None
    line = registry.find(target)
    if line is None or not rung(line):
        raise NoSuchTarget
    return (Place.LINE if line.link else Place.QUEUE), line


def _modes_of(place: Place, matter: Matter | None, line: Hotline | None, *, doubtful: bool) -> tuple[Means, ...]:
    if line is not None:
        return allowed_modes(matter, line, doubtful=doubtful)
    return {Place.SEAT: _OF_SEATS, Place.QUEUE: OF_QUEUES}.get(place, _OF_NUMBERS)


class Targets:
    """`registry` gives the lines as they are now; `ring` is for whoever has no link of their own."""

    def __init__(
        self, registry: Callable[[], Registry], gate: Gate, seats: SeatBook, zone: ZoneInfo, ring: timedelta
    ) -> None:
        self._registry = registry
        self._gate = gate
        self._seats = seats
        self._zone = zone
        self._ring = ring

    async def route(self, actor: Actor, chosen: Chosen, at: datetime, *, own: str, consult: bool) -> Route:
        """`own` is the agent's extension. Raises DialRefused, LineClosed, NoDrill, NoSuchTarget, SeatBusy."""
        if chosen.mode not in BY_PHONE:
            return Route()
        if chosen.place is Place.SEAT:
            return await self._to_seat(chosen.target, own)
        if chosen.place is Place.QUEUE:
            named = chosen.line.queue if chosen.line else chosen.target.removeprefix(QUEUE)
            return Route(queue=named or "")
        if chosen.line is None or chosen.line.link is None:
            purpose = Purpose.CONSULT if consult else Purpose.TRANSFER
            allowed = await self._gate.allow(actor, purpose, chosen.target, at=at)
            return Route(to=allowed.number, group=allowed.group, ring=self._ring, caller_id=allowed.caller_id)
        return await self._to_line(actor, chosen, chosen.line.link, at)

    async def _to_seat(self, target: str, own: str) -> Route:
        extension = target.removeprefix(SEAT)
        seat = await self._seats.seat_at(extension)
        if seat is None or extension == own:
            raise NoSuchTarget
        if not seat.free:
            raise SeatBusy(extension=extension)
        return Route(to=target, ring=self._ring)

    async def _to_line(self, actor: Actor, chosen: Chosen, link: Link, at: datetime) -> Route:
        if chosen.drill and link.drill is None:
            raise NoDrill(number=chosen.target)
        if not chosen.emergency and not link.answers_at(at.astimezone(self._zone)):
            raise LineClosed(number=chosen.target)
        purpose = Purpose.EMERGENCY if chosen.emergency else Purpose.TRANSFER
        number = link.drill if chosen.drill and link.drill else link.transfer
        allowed = await self._gate.allow(actor, purpose, number, at=at)
        otherwise, group = await self._otherwise(actor, chosen, link, at)
        return Route(
            to=allowed.number,
            group=link.group,
            ring=timedelta(seconds=link.ring),
            otherwise=otherwise,
            else_group=group,
            caller_id=allowed.caller_id,
        )

    async def _otherwise(self, actor: Actor, chosen: Chosen, link: Link, at: datetime) -> tuple[str, str]:
        """The matter's own fall-back line, else the link's second phone; a drill has none. One that may not be dialled
        is left out: the first choice is not held up by the second."""
        number, group = link.fallback or "", link.group
        named = self._registry().find(chosen.matter.fallback) if chosen.matter and chosen.matter.fallback else None
        if named is not None and named.link is not None:
            number, group = named.link.transfer, named.link.group
        if not number or chosen.drill:
            return "", PUBLIC
        purpose = Purpose.EMERGENCY if chosen.emergency else Purpose.TRANSFER
        try:
            allowed = await self._gate.allow(actor, purpose, number, at=at)
        except DialRefused as refused:
            log.warning("fallback_refused_by_gate", target=chosen.target, why=str(refused))
            return "", PUBLIC
        return allowed.number, group
