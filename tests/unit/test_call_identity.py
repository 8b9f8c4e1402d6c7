"""Which call a fact belongs to, and the ids and rows that everyone makes of it alike."""

from dataclasses import replace
from uuid import UUID

import pytest

from callcenter.calls import facts as house
from callcenter.calls.channels import direction_of, endpoint_of, role_of
from callcenter.calls.correlate import Correlator
from callcenter.calls.identity import call_id_of, fingerprint
from callcenter.calls.replay import rebuild
from callcenter.calls.rows import call_row
from callcenter.calls.state import Role
from callcenter.calls.wire import UnknownFact, body_of, fact_of
from callcenter.core.ids import CallId, LegId
from callcenter.pbx import facts
from tests.unit.test_call_fold import SEAT, T0, TRUNK, A, B, C, agent, at, entered, of, started


def test_channels_tell_who_they_are() -> None:
    assert [role_of(TRUNK, first=True), role_of(TRUNK, first=False), role_of(SEAT, first=True)] == [
        *(Role.CALLER, Role.OTHER, Role.AGENT)
    ]
    assert role_of("Local/1@x;1", first=True) is Role.LOCAL
    assert [direction_of(c) for c in (TRUNK, SEAT, "Local/1@x;1", "AudioSocket/1-2", "")] == [
        *("inbound", "outbound", "outbound", "internal", "inbound")
    ]
    assert endpoint_of("Local/1@x;1") == ""


def test_facts_find_their_call() -> None:
    calls = Correlator()
    assert calls.place(started()) == A
    assert calls.place(of(facts.DialStarted, 1, B, SEAT, from_leg=A, linked=LegId("other"))) == A
    assert calls.place(agent(facts.AgentCalled, 1)) == A
    assert calls.place(agent(facts.AgentRingMissed, 2, leg=None, agent_leg=B)) == A
    assert calls.place(agent(facts.AgentRingMissed, 2, leg=None, agent_leg=None)) == A
    assert calls.place(agent(facts.AgentRingMissed, 2, "8009", None, leg=None)) is None
    assert calls.place(agent(facts.AgentCalled, 2, "8003", None, leg=C)) == C
    answered = facts.OriginateAnswered(pbx="pbx", at=T0, action_id="a", success=True, leg=B, reason=4)
    assert calls.place(answered) == A
    device = facts.DeviceStateChanged(pbx="pbx", at=T0, device="PJSIP/8001", state="INUSE")
    assert calls.place(device) is None
    assert calls.joined(device) is None
    assert calls.joined(of(facts.BridgeEntered, 3, A, bridge="b", linked=C)) == C
    assert calls.joined(of(facts.LegsJoined, 3, A, other=C, kind="attended")) == C
    assert calls.joined(entered(3)) is None
    assert len(calls) == 3
    calls.forget(A)
    calls.forget(A)
    assert (calls.call_of(B), calls.call_of(C), len(calls)) == (None, C, 1)


def test_calls_that_are_merged_know_each_other() -> None:
    second = replace(started(1, C, TRUNK), linked=C)
    merged = of(facts.BridgeEntered, 2, C, bridge="b", linked=A)
    device = facts.AgentRingMissed(pbx="pbx", at=at(1), queue="q", member="9", leg=None, agent_leg=None)
    calls = rebuild([started(), second, merged, merged, device, replace(merged, at=at(3))])
    assert calls[C].joined == {A}
    assert call_row(calls[C], str)["related_call_id"] == call_id_of("pbx", A)


def test_ids_are_the_same_for_everyone_and_in_order_of_time() -> None:
    ids = [call_id_of("pbx", LegId(f"name-{second}.1")) for second in (1700000000, 1700000001)]
    assert ids == sorted(ids)
    assert {call.version for call in ids} == {8}
    assert call_id_of("other", LegId("name-1700000000.1")) != ids[0]
    attempt = LegId("hl-018bcfe5-6800-7000-8000-000000000000")
    assert call_id_of("pbx", attempt).hex[:12] == "018bcfe56800"
    assert Correlator().place(facts.FlowFinished(pbx="pbx", at=T0, leg=A, flow="x", answers=())) == A
    for odd in ("hl-zz", "hl-", "nonsense"):
        assert call_id_of("pbx", LegId(odd)).hex[:12] == "0" * 12
    assert fingerprint(started()) == fingerprint(started()) != fingerprint(started(1))


def test_a_fact_survives_its_storage() -> None:
    began = house.OutboundBegan(pbx="pbx", at=T0, leg=A, purpose="callback", number="1\0", related=CallId(UUID(int=7)))
    body = {**body_of(began), "related": str(began.related)}
    assert fact_of("OutboundBegan", "pbx", T0, body) == replace(began, number="1")
    mark = of(facts.DialplanMarked, 1, mark="x", fields=(("a", "b\0"),))
    assert fact_of("DialplanMarked", "pbx", at(1), body_of(mark)).fields == (("a", "b"),)  # type: ignore[attr-defined]  # by its kind
    for kind, wrong in (("Nothing", {}), ("ChannelEnded", {}), ("GapCrossed", {"leg": A, "since": "x"})):
        with pytest.raises(UnknownFact):
            fact_of(kind, "pbx", T0, wrong)
