"""Facts as JSON bodies and back. What cannot stand in a JSON text of PostgreSQL (NUL) is left out."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from callcenter.calls import facts as house
from callcenter.core.errors import Invalid
from callcenter.core.ids import CallId
from callcenter.pbx import facts
from callcenter.pbx.facts import PbxFact

KINDS: Final[Mapping[str, type[PbxFact]]] = {
    kind.__name__: kind
    for kind in (
        facts.ChannelStarted,
        facts.ChannelStateChanged,
        facts.ChannelEnded,
        facts.DialStarted,
        facts.DialEnded,
        facts.BridgeEntered,
        facts.BridgeLeft,
        facts.LegsJoined,
        facts.QueueJoined,
        facts.QueueLeft,
        facts.QueueAbandoned,
        facts.AgentCalled,
        facts.AgentConnected,
        facts.AgentRingMissed,
        facts.AgentCompleted,
        facts.RecordingStarted,
        facts.RecordingStopped,
        facts.DialplanMarked,
        facts.OriginateAnswered,
        facts.FlowStepped,
        facts.FlowFinished,
        house.OutboundBegan,
        house.LegExpected,
        house.PlaceSeen,
        house.LegFound,
        house.LegVanished,
        house.GapCrossed,
    )
}
"""The facts that the ledger stores, by the name they are stored under."""

_NAMES: Final[Mapping[type[PbxFact], tuple[str, ...]]] = {
    kind: tuple(f.name for f in fields(kind) if f.name not in ("at", "pbx")) for kind in KINDS.values()
}


def _pairs(value: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in value)


_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "fields": _pairs,
    "args": _pairs,
    "answers": _pairs,
    "began_at": datetime.fromisoformat,
    "since": datetime.fromisoformat,
    "related": lambda value: CallId(UUID(value)) if value else None,
}


class UnknownFact(Invalid):
    code = "fact-unknown"
    zh = "无法识别的通话事实：{kind}"
    en = "A stored fact cannot be read: {kind}"


def body_of(fact: PbxFact) -> dict[str, Any]:
    """Everything but `at` and `pbx`, which have columns of their own."""
    body = {name: getattr(fact, name) for name in _NAMES[type(fact)]}
    for name, value in body.items():
        if type(value) is str and "\0" in value:
            body[name] = value.replace("\0", "")
        elif type(value) is tuple:
            body[name] = [[part.replace("\0", "") for part in pair] for pair in value]
    return body


def fact_of(kind: str, pbx: str, at: datetime, body: Mapping[str, Any]) -> PbxFact:
    """Raises UnknownFact for what `body_of` did not make."""
    try:
        fact = KINDS[kind]
        read = {name: _READ[name](body[name]) if name in _READ else body[name] for name in _NAMES[fact]}
    except (KeyError, ValueError, TypeError):
        raise UnknownFact(kind=kind) from None
    return fact(pbx=pbx, at=at, **read)
