"""What the list of matters says of a call: which matters its words speak of, and what may be done. One table for the
desk that offers and for the server that checks (JC-14, B-02)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from callcenter.transfers.hotline import LINKED, Hotline, Mode
from callcenter.transfers.matrix import BY_PHONE, Direction, Matrix, Matter, Means
from callcenter.transfers.registry import Registry

OURS: Final = "12345"
"""The side that keeps an order when it was the first to receive the demand."""
AT_MOST: Final = 6
"""Proposals that one press may offer, beside the emergency lines."""

OF_QUEUES: Final = (Means.ONE_KEY, Means.GUIDANCE, Means.ORDER)
"""What may be done with a queue of ours: nobody is there to be spoken to before the caller is."""
_UNLISTED: Final = (Means.THREE_WAY, Means.WARM, Means.GUIDANCE)
"""What may be done with a line that no matter leads to: nothing that leaves the caller alone with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One target with its reasons: `found` are the words that speak for it. `modes` in the order of preference;
    `doubtful` when both sides may be in charge. `matter` is '' for a line that is offered without one."""

    line: Hotline
    matter: Matter | None
    modes: tuple[Means, ...]
    found: tuple[str, ...]
    doubtful: bool

    @property
    def emergency(self) -> bool:
        return self.line.mode is Mode.EMERGENCY


def matter_faults(matrix: Matrix, registry: Registry) -> list[str]:
    """What does not fit: every line that the list names is in the registry, and those to be rung can be."""
    wrong = [
        f"the list of matters names {number}, which is not in the registry"
        for number in sorted(matrix.numbers)
        if registry.find(number) is None
    ]
    for matter in matrix.of(Direction.OUT):
        line = registry.find(matter.target)
        if line is None:
            continue
        if line.mode in (Mode.CANCELLED, Mode.MERGED, Mode.MAIN):
            wrong.append(f"the matter {matter.code} leads to {line.number}, which is {line.mode.value}")
        fallback = registry.find(matter.fallback) if matter.fallback else None
        if fallback is not None and fallback.link is None:
            wrong.append(f"the matter {matter.code} falls back to {fallback.number}, which has no link to dial")
    return wrong


def allowed_modes(matter: Matter | None, line: Hotline, *, doubtful: bool) -> tuple[Means, ...]:
    """In the order of preference. An emergency line is rung in three-way only, so that the agent stays (A-24); a call
    in doubt is a three-way one or an order (B-02); a line kept beside 12345 is a queue of ours."""
    modes = matter.modes if matter else _UNLISTED
    if line.mode is Mode.DUAL:
        return tuple(m for m in (matter.modes if matter else OF_QUEUES) if m in OF_QUEUES)
    if line.mode is Mode.EMERGENCY:
        modes = tuple(m for m in modes if m is Means.THREE_WAY or m not in BY_PHONE) or (Means.THREE_WAY,)
        modes = modes if Means.THREE_WAY in modes else (*modes, Means.THREE_WAY)
    if doubtful:
        modes = (Means.THREE_WAY, *(m for m in modes if m is Means.ORDER))
    return modes


def propose(matrix: Matrix, registry: Registry, words: Iterable[str], *, dialled: str = "") -> list[Proposal]:
    """Ranked, for a call that 12345 has: danger first, then by how much of what was said speaks for it. `words` are
    texts of any length; `dialled` is never proposed, for the caller is there already."""
    text = "\n".join(words)
    own = any(_found(matter, text) for matter in matrix.of(Direction.IN))
    ranked: list[tuple[bool, int, int, Proposal]] = []
    for place, matter in enumerate(matrix.of(Direction.OUT)):
        found, line = _found(matter, text), registry.find(matter.target)
        if not found or line is None or line.number == dialled:
            continue
        doubtful = is_doubtful(matter, own=own)
        modes = allowed_modes(matter, line, doubtful=doubtful)
        proposal = Proposal(line=line, matter=matter, modes=modes, found=found, doubtful=doubtful)
        ranked.append((not matter.danger, -sum(map(len, found)), place, proposal))
    ranked.sort(key=lambda entry: entry[:3])
    return [proposal for *_, proposal in ranked[:AT_MOST]]


def received(matrix: Matrix, words: Iterable[str], party: str) -> list[tuple[Matter, tuple[str, ...]]]:
    """For a call that another line has handed over: which of that line's matters the words speak of, with the words
    found; the best first."""
    text = "\n".join(words)
    matters = [matter for matter in matrix.of(Direction.IN) if party in matter.parties]
    heard = [(matter, found) for matter in matters if (found := _found(matter, text))]
    return sorted(heard, key=lambda entry: -sum(map(len, entry[1])))


def is_doubtful(matter: Matter, *, own: bool) -> bool:
    """`own`: what was said speaks for 12345, too. Danger is never in doubt."""
    return not matter.danger and (not matter.clear or (own and _rings_emergency(matter)))


def _rings_emergency(matter: Matter) -> bool:
    return matter.modes == (Means.THREE_WAY,)


def _found(matter: Matter, text: str) -> tuple[str, ...]:
    """The keywords in the text; one that is part of another found one adds nothing."""
    there = [word for word in matter.keywords if word in text]
    return tuple(word for word in there if not any(word != other and word in other for other in there))


def emergencies(registry: Registry) -> list[Proposal]:
    """Every emergency line, for the desk's first row: they are offered whatever was said."""
    return [
        Proposal(line=line, matter=None, modes=(Means.THREE_WAY,), found=(), doubtful=False)
        for line in registry.hotlines
        if line.mode is Mode.EMERGENCY
    ]


def search(registry: Registry, words: str) -> list[Hotline]:
    """Every line whose number or names hold the words, in the registry's order; all of them for ''."""
    wanted = words.strip().casefold()
    return [line for line in registry.hotlines if rung(line) and wanted in _names(line)]


def rung(line: Hotline) -> bool:
    """Whether a caller can be handed over to it: it has a link, or a queue of ours under its own name."""
    return line.mode in LINKED or line.mode is Mode.DUAL


def _names(line: Hotline) -> str:
    parts: Sequence[str] = (line.number, line.title.zh, line.title.en, *line.scope)
    return "\n".join(parts).casefold()


def keeper(proposed: Matter | None, mode: Means, target: str, *, first: str, doubtful: bool) -> str:
    """Which side keeps the order: in doubt the one that received the demand first (B-02), otherwise the one that is in
    charge of the matter. `first` is the number of the side that the call reached first; guidance moves nothing."""
    if doubtful or proposed is None or mode is Means.GUIDANCE:
        return first
    return target
