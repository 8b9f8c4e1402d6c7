"""Each AMI event as a fact; what lacks its very subject is no fact."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.ids import LegId
from callcenter.pbx import facts
from callcenter.pbx.decode import WANTED_EVENTS, decode, event_name
from callcenter.pbx.facts import PbxFact

HEARD_AT = datetime(2026, 3, 2, 1, 0, 5, tzinfo=UTC)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
A, B = LegId("1700000000.1"), LegId("1700000001.2")
CHANNEL = {"Channel": "PJSIP/carrier-00000001", "Uniqueid": A, "Linkedid": A}
DEST = {"DestChannel": "PJSIP/8001-00000002", "DestUniqueid": B, "DestLinkedid": A}
MEMBER = {"Queue": "main", "MemberName": "8001"}
ON_CHANNEL = {"leg": A, "linked": A, "channel": "PJSIP/carrier-00000001"}
ON_DEST = {"leg": B, "linked": A, "channel": "PJSIP/8001-00000002"}
OF_AGENT = {"queue": "main", "member": "8001", "leg": A, "agent_leg": B}
OF_MEMBER = {"queue": "main", "member": "8001", "pause_reason": "", "device_state": 1}


def frame(name: str, headers: dict[str, str]) -> bytes:
    return "\r\n".join([f"Event: {name}", *(f"{key}: {value}" for key, value in headers.items())]).encode()


def read(name: str, headers: dict[str, str]) -> PbxFact | None:
    given = frame(name, headers)
    heard = event_name(given)
    assert heard == name.encode()
    return decode(heard, given, pbx="pbx", received_at=HEARD_AT)


CASES: list[tuple[str, dict[str, str], type[PbxFact], dict[str, Any]]] = [
    (
        "Newchannel",
        {**CHANNEL, "CallerIDNum": "13800000000", "Exten": "12345", "Context": "from-trunk"},
        facts.ChannelStarted,
        {**ON_CHANNEL, "caller_number": "13800000000", "dialled": "12345", "context": "from-trunk"},
    ),
    ("Newstate", {**CHANNEL, "ChannelStateDesc": "Up"}, facts.ChannelStateChanged, {**ON_CHANNEL, "state": "Up"}),
    ("Hangup", {**CHANNEL, "Cause": "16"}, facts.ChannelEnded, {**ON_CHANNEL, "cause": 16}),
    ("DialBegin", {**CHANNEL, **DEST}, facts.DialStarted, {**ON_DEST, "from_leg": A}),
    ("DialBegin", DEST, facts.DialStarted, {**ON_DEST, "from_leg": None}),
    (
        "DialEnd",
        {**CHANNEL, **DEST, "DialStatus": "BUSY"},
        facts.DialEnded,
        {**ON_DEST, "from_leg": A, "status": "BUSY"},
    ),
    ("BridgeEnter", {"BridgeUniqueid": "b1", **CHANNEL}, facts.BridgeEntered, {**ON_CHANNEL, "bridge": "b1"}),
    ("BridgeLeave", {"BridgeUniqueid": "b1", **CHANNEL}, facts.BridgeLeft, {**ON_CHANNEL, "bridge": "b1"}),
    (
        "LocalBridge",
        {"LocalOneChannel": "Local/x;1", "LocalOneUniqueid": A, "LocalTwoUniqueid": B},
        facts.LegsJoined,
        {"leg": A, "linked": A, "channel": "Local/x;1", "other": B, "kind": "local"},
    ),
    (
        "AttendedTransfer",
        {"OrigTransfererChannel": "PJSIP/8001-1", "OrigTransfererUniqueid": A, "SecondTransfererUniqueid": B},
        facts.LegsJoined,
        {"leg": A, "linked": A, "channel": "PJSIP/8001-1", "other": B, "kind": "attended"},
    ),
    (
        "BlindTransfer",
        {"TransfererChannel": "PJSIP/8001-1", "TransfererUniqueid": A, "TransfereeUniqueid": B},
        facts.LegsJoined,
        {"leg": A, "linked": A, "channel": "PJSIP/8001-1", "other": B, "kind": "blind"},
    ),
    (
        "QueueCallerJoin",
        {**CHANNEL, "Queue": "main", "Position": "2", "Count": "3"},
        facts.QueueJoined,
        {**ON_CHANNEL, "queue": "main", "position": 2, "count": 3},
    ),
    (
        "QueueCallerLeave",
        {**CHANNEL, "Queue": "main", "Count": "2"},
        facts.QueueLeft,
        {**ON_CHANNEL, "queue": "main", "count": 2},
    ),
    (
        "QueueCallerAbandon",
        {**CHANNEL, "Queue": "main", "HoldTime": "31"},
        facts.QueueAbandoned,
        {**ON_CHANNEL, "queue": "main", "hold_seconds": 31},
    ),
    ("AgentCalled", {**CHANNEL, **DEST, **MEMBER}, facts.AgentCalled, OF_AGENT),
    ("AgentRingNoAnswer", {**CHANNEL, **DEST, **MEMBER}, facts.AgentRingMissed, OF_AGENT),
    ("AgentRingNoAnswer", MEMBER, facts.AgentRingMissed, {**OF_AGENT, "leg": None, "agent_leg": None}),
    (
        "AgentConnect",
        {**CHANNEL, **DEST, **MEMBER, "HoldTime": "9", "RingTime": "4"},
        facts.AgentConnected,
        {**OF_AGENT, "hold_seconds": 9, "ring_seconds": 4},
    ),
    (
        "AgentComplete",
        {**CHANNEL, **DEST, **MEMBER, "TalkTime": "60", "Reason": "caller"},
        facts.AgentCompleted,
        {**OF_AGENT, "talk_seconds": 60, "reason": "caller"},
    ),
    (
        "QueueMemberPause",
        {**MEMBER, "Paused": "1", "PausedReason": "meal", "Status": "1"},
        facts.MemberChanged,
        {**OF_MEMBER, "paused": True, "pause_reason": "meal", "removed": False},
    ),
    (
        "QueueMemberPenalty",
        {**MEMBER, "Paused": "0", "Status": "1", "Penalty": "3"},
        facts.MemberChanged,
        {**OF_MEMBER, "paused": False, "removed": False, "penalty": 3},
    ),
    (
        "QueueMemberStatus",
        {**MEMBER, "Paused": "0", "Status": "1"},
        facts.MemberChanged,
        {**OF_MEMBER, "paused": False, "removed": False},
    ),
    (
        "QueueMemberAdded",
        {**MEMBER, "Paused": "0", "Status": "1"},
        facts.MemberChanged,
        {**OF_MEMBER, "paused": False, "removed": False},
    ),
    (
        "QueueMemberRemoved",
        {**MEMBER, "Paused": "0", "Status": "1"},
        facts.MemberChanged,
        {**OF_MEMBER, "paused": False, "removed": True},
    ),
    (
        "DeviceStateChange",
        {"Device": "PJSIP/8001", "State": "INUSE"},
        facts.DeviceStateChanged,
        {"device": "PJSIP/8001", "state": "INUSE"},
    ),
    ("MixMonitorStart", CHANNEL, facts.RecordingStarted, ON_CHANNEL),
    ("MixMonitorStop", CHANNEL, facts.RecordingStopped, ON_CHANNEL),
    (
        "UserEvent",
        {**CHANNEL, "UserEvent": "HotlineDial", "Attempt": "a1", "Status": "BUSY"},
        facts.DialplanMarked,
        {**ON_CHANNEL, "mark": "HotlineDial", "fields": (("Attempt", "a1"), ("Status", "BUSY"))},
    ),
    (
        "OriginateResponse",
        {"ActionID": "a1", "Response": "Success", "Uniqueid": A, "Reason": "4"},
        facts.OriginateAnswered,
        {"action_id": "a1", "success": True, "leg": A, "reason": 4},
    ),
    (
        "OriginateResponse",
        {"ActionID": "a1", "Response": "Failure", "Uniqueid": "<null>", "Reason": "0"},
        facts.OriginateAnswered,
        {"action_id": "a1", "success": False, "leg": None, "reason": 0},
    ),
]
CHANNELS = sorted({name for name, _, kind, _ in CASES if issubclass(kind, facts.ChannelFact)})


@pytest.mark.parametrize(("name", "headers", "kind", "told"), CASES, ids=[case[0] for case in CASES])
def test_an_event_as_a_fact(name: str, headers: dict[str, str], kind: type[PbxFact], told: dict[str, Any]) -> None:
    stamped = {"Timestamp": f"{AT.timestamp():.6f}", **headers}
    assert read(name, stamped) == kind(pbx="pbx", at=AT, **told)


def test_every_wanted_event_is_decoded_here() -> None:
    assert {name for name, *_ in CASES} == {*WANTED_EVENTS, "DeviceStateChange"} - {"FullyBooted"}


@pytest.mark.parametrize("name", [*CHANNELS, "OriginateResponse"])
def test_an_event_without_its_channel_or_action_is_no_fact(name: str) -> None:
    assert read(name, {"Channel": "PJSIP/carrier-00000001"}) is None


def test_halves_of_a_local_channel_need_both() -> None:
    assert read("LocalBridge", {"LocalOneUniqueid": A}) is None
    assert read("LocalBridge", {"LocalTwoUniqueid": B}) is None


def test_an_event_nobody_wants_is_no_fact() -> None:
    assert read("RTCPSent", CHANNEL) is None


def test_a_response_has_no_event_name() -> None:
    assert event_name(b"Response: Success\r\nPing: Pong") is None
    assert event_name(b"Event: FullyBooted") == b"FullyBooted"


@pytest.mark.parametrize("stamp", ["", "soon", "nan", "inf", "1e300"])
def test_without_a_usable_time_of_asterisk_the_receipt_counts(stamp: str) -> None:
    fact = read("MixMonitorStart", {**CHANNEL, "Timestamp": stamp})
    assert fact is not None
    assert fact.at == HEARD_AT


def test_what_a_dialplan_adds_never_poses_as_asterisks_own() -> None:
    marked = frame("UserEvent", {**CHANNEL, "UserEvent": "HotlineDial", "Attempt": "a1"})
    fact = decode(b"UserEvent", marked + f"\r\nUniqueid: {B}".encode(), pbx="pbx", received_at=HEARD_AT)
    assert isinstance(fact, facts.DialplanMarked)
    assert fact.leg == A


@given(
    name=st.sampled_from(sorted({case[0] for case in CASES})),
    headers=st.dictionaries(
        st.sampled_from(["Uniqueid", "Linkedid", "DestUniqueid", "Cause", "Count", "Timestamp", "Reason", "ActionID"]),
        st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20),
    ),
)
def test_odd_headers_never_break_the_reading(name: str, headers: dict[str, str]) -> None:
    fact = read(name, headers)
    assert fact is None or {f.name for f in fields(fact)} >= {"pbx", "at"}
