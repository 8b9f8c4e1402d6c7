"""The open calls of one PBX, in memory: each fact in, what shall be stored and told out."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from callcenter.calls.announce import announce
from callcenter.calls.correlate import Correlator
from callcenter.calls.events import FactIgnored
from callcenter.calls.facts import GapCrossed, LegFound, OutboundBegan
from callcenter.calls.fold import apply
from callcenter.calls.identity import call_id_of
from callcenter.calls.replay import joined
from callcenter.calls.rows import Hotlines, Row, call_row, fact_row, leg_rows, storable
from callcenter.calls.state import CallState, Stage, begin
from callcenter.core.events import Event
from callcenter.core.ids import CallId, LegId
from callcenter.pbx.facts import ChannelStarted, PbxFact

LINGER: Final = timedelta(seconds=30)
"""How long a closed call waits for its late facts (the end of its recording, the queue's last word)."""
LINGERING_MOST: Final = 2000


@dataclass(slots=True)
class Entry:
    """One fact on its way: the rows to store (none when nothing changed in them) and the events to publish after."""

    fact: PbxFact
    facts: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    legs: list[Row] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


@dataclass(slots=True)
class _Held:
    state: CallState
    row: Row
    legs: dict[str, Row]


class Book:
    """Knows no database and no clock. Facts of one call must come in the order in which they were heard."""

    def __init__(self, hotline_of: Hotlines) -> None:
        self._hotline_of = hotline_of
        self._correlator = Correlator()
        self._held: dict[LegId, _Held] = {}
        self._linked: dict[CallId, LegId] = {}
        self._closed: OrderedDict[LegId, datetime] = OrderedDict()

    def enter(self, fact: PbxFact, source: str, received_at: datetime, *, project: bool = True) -> Entry:
        """`project` False when what the call was before is not known: then its fact is kept and its rows are not."""
        entry = Entry(fact)
        if not storable(fact):
            return entry
        linked = self._correlator.place(fact)
        call = call_id_of(fact.pbx, linked) if linked is not None else None
        entry.facts.append(fact_row(fact, call, source, received_at))
        if linked is None or call is None or not project:
            entry.events.append(FactIgnored(at=fact.at, call=call, pbx=fact.pbx, kind=type(fact).__name__))
            return entry
        held = self._held.get(linked)
        before = held.state if held else begin(fact.pbx, linked, fact.at)
        after = joined(apply(before, fact), self._correlator.joined(fact))
        entry.events += announce(call, before, after, fact)
        if held is None or after is not before:
            self._hold(linked, held, after, entry)
        self._evict(fact.at)
        return entry

    def restore(self, facts: Iterable[PbxFact]) -> None:
        """Facts already stored, in order: state without rows or events."""
        stored = list(facts)
        self._correlator.foresee(stored)
        for fact in stored:
            self.enter(fact, "", fact.at)

    def knows(self, fact: PbxFact) -> bool:
        """False when the fact is of a call that began before this book was opened, or that has been let go of."""
        linked = self._correlator.root_of(fact)
        if linked is None or linked in self._held:
            return True
        starts = isinstance(fact, ChannelStarted) and fact.leg == linked
        return starts or isinstance(fact, OutboundBegan | LegFound)

    def root_of(self, fact: PbxFact) -> LegId | None:
        return self._correlator.root_of(fact)

    def state_of(self, linked: LegId) -> CallState | None:
        held = self._held.get(linked)
        return held.state if held else None

    def state_of_call(self, call: CallId) -> CallState | None:
        linked = self._linked.get(call)
        return self.state_of(linked) if linked is not None else None

    def adds(self, fact: PbxFact) -> bool:
        """Whether the fact would change a call, or begin one."""
        linked = self._correlator.root_of(fact)
        held = self._held.get(linked) if linked is not None else None
        return held is None or apply(held.state, fact) is not held.state

    @property
    def open(self) -> list[CallState]:
        return [h.state for h in self._held.values() if h.state.stage is not Stage.ENDED]

    def __len__(self) -> int:
        return len(self._held)

    def crossed(self, since: datetime, at: datetime, *, recovered: bool) -> list[GapCrossed]:
        """One fact for each open call: it was not watched in between."""
        return [
            GapCrossed(pbx=s.pbx, at=at, leg=s.linked, since=since, recovered=recovered)
            for s in self.open
            if s.started_at <= at
        ]

    def id_of(self, pbx: str, leg: LegId) -> CallId | None:
        linked = self._correlator.call_of(leg)
        return call_id_of(pbx, linked) if linked is not None and linked in self._held else None

    def _hold(self, linked: LegId, held: _Held | None, state: CallState, entry: Entry) -> None:
        """Only rows that differ from what was stored last are stored again."""
        row = call_row(state, self._hotline_of)
        legs = {leg["leg"]: leg for leg in leg_rows(state)}
        if held is None or held.row != row:
            entry.calls.append({**row, "last_at": state.last_at})
        entry.legs += [leg for name, leg in legs.items() if held is None or held.legs.get(name) != leg]
        self._held[linked] = _Held(state, row, legs)
        self._linked[row["id"]] = linked
        if state.stage is Stage.ENDED and linked not in self._closed:
            self._closed[linked] = state.last_at

    def _evict(self, now: datetime) -> None:
        while self._closed:
            linked, since = next(iter(self._closed.items()))
            if now - since < LINGER and len(self._closed) <= LINGERING_MOST:
                return
            del self._closed[linked]
            del self._linked[self._held.pop(linked).row["id"]]
            self._correlator.forget(linked)
