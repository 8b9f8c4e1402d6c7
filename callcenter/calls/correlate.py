"""Which call a fact belongs to. Asterisk's Linkedid changes when calls are merged, and is missing from some facts
under load (limits.md section 4): a leg stays with the call it was first seen in."""

from collections import defaultdict
from collections.abc import Iterable

from callcenter.calls.facts import LegExpected
from callcenter.core.ids import LegId
from callcenter.pbx import facts
from callcenter.pbx.facts import PbxFact


def halves_of(leg: LegId) -> tuple[LegId, LegId]:
    """A Local channel's two legs, as the house names them to Originate."""
    return leg, LegId(f"{leg}-2")


class Correlator:
    """Of one PBX. A call is named by the Linkedid it began with."""

    def __init__(self) -> None:
        self._calls: dict[LegId, LegId] = {}
        self._legs: defaultdict[LegId, set[LegId]] = defaultdict(set)
        self._rings: dict[tuple[str, str], LegId] = {}

    def place(self, fact: PbxFact) -> LegId | None:
        """The call of the fact, which is remembered for its leg; None when nothing in the fact says."""
        call = self.root_of(fact)
        if call is None:
            return None
        if isinstance(fact, facts.AgentFact):
            self._rings[fact.queue, fact.member] = call
            if fact.leg:
                self._keep(fact.leg, call)
        elif isinstance(fact, facts.ChannelFact | facts.LegFact):
            self._keep(fact.leg, call)
            if isinstance(fact, LegExpected):
                for half in halves_of(fact.expected):
                    self._keep(half, call)
        return call

    def foresee(self, heard: Iterable[PbxFact]) -> None:
        """Before facts that are already there are placed: a house's clock may be behind Asterisk's."""
        for fact in heard:
            if isinstance(fact, LegExpected):
                self.place(fact)

    def root_of(self, fact: PbxFact) -> LegId | None:
        """As `place`, but nothing is remembered."""
        match fact:
            case facts.ChannelFact():
                return self._root_of_channel(fact)
            case facts.AgentFact():
                return self._root_of_agent(fact)
            case facts.LegFact():
                return self._calls.get(fact.leg, fact.leg)
            case facts.OriginateAnswered():
                return self._calls.get(fact.leg or LegId(fact.action_id))
            case _:
                return None

    def call_of(self, leg: LegId) -> LegId | None:
        return self._calls.get(leg)

    def joined(self, fact: PbxFact) -> LegId | None:
        """Another call that the fact links with its own: a merged Linkedid, or a transfer."""
        if not isinstance(fact, facts.ChannelFact):
            return None
        own = self._calls.get(fact.leg)
        other = fact.other if isinstance(fact, facts.LegsJoined) else fact.linked
        there = self._calls.get(other)
        return there if there is not None and there != own else None

    def forget(self, call: LegId) -> None:
        for leg in self._legs.pop(call, ()):
            self._calls.pop(leg, None)

    def __len__(self) -> int:
        """Legs remembered."""
        return len(self._calls)

    def _keep(self, leg: LegId, call: LegId) -> None:
        if leg not in self._calls:
            self._calls[leg] = call
            self._legs[call].add(leg)

    def _root_of_channel(self, fact: facts.ChannelFact) -> LegId:
        known = self._calls.get(fact.leg)
        if known is None and isinstance(fact, facts.DialStarted | facts.DialEnded) and fact.from_leg is not None:
            known = self._calls.get(fact.from_leg)
        return known if known is not None else self._calls.get(fact.linked, fact.linked)

    def _root_of_agent(self, fact: facts.AgentFact) -> LegId | None:
        for leg in (fact.leg, fact.agent_leg):
            if leg is not None and leg in self._calls:
                return self._calls[leg]
        return fact.leg or self._rings.get((fact.queue, fact.member))
