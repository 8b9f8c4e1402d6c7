"""AMI events to facts, once and for all rooms: name first, then only the headers a fact needs (D4)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from callcenter.core.ids import LegId
from callcenter.pbx import facts
from callcenter.pbx.words import Headers, flag_in, leg_in, number_in, spoken

_START: Final = b"Event: "

Common = dict[str, Any]
Builder = Callable[[Headers, Common], facts.PbxFact | None]


def event_name(frame: bytes) -> bytes | None:
    """The event's name, None for a response."""
    if not frame.startswith(_START):
        return None
    end = frame.find(b"\r\n")
    return frame[7:end] if end > 0 else frame[7:]


def decode(name: bytes, frame: bytes, *, pbx: str, received_at: datetime) -> facts.PbxFact | None:
    """None for an event nobody wants, or one that lacks the very thing it is about."""
    builder = _BUILDERS.get(name)
    if builder is None:
        return None
    fields = Headers(frame)
    return builder(fields, {"pbx": pbx, "at": time_of(fields, received_at)})


def time_of(fields: Headers, received_at: datetime) -> datetime:
    """Asterisk's own time (`timestampevents=yes`), else the time of receipt."""
    stamp = fields.get("Timestamp")
    if not stamp:
        return received_at
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return received_at


def _channel(fields: Headers, common: Common, prefix: str = "") -> Common | None:
    """The channel part of a fact; `prefix` picks one of several channels in the event."""
    leg = fields.get(prefix + "Uniqueid")
    if not leg:
        return None
    common["leg"] = LegId(leg)
    common["linked"] = LegId(fields.get(prefix + "Linkedid") or leg)
    common["channel"] = fields.get(prefix + "Channel")
    return common


def _started(fields: Headers, common: Common) -> facts.PbxFact | None:
    if (c := _channel(fields, common)) is None:
        return None
    caller, dialled = spoken(fields.get("CallerIDNum")), fields.get("Exten")
    return facts.ChannelStarted(**c, caller_number=caller, dialled=dialled, context=fields.get("Context"))


def _state(fields: Headers, common: Common) -> facts.PbxFact | None:
    c = _channel(fields, common)
    return facts.ChannelStateChanged(**c, state=fields.get("ChannelStateDesc")) if c else None


def _ended(fields: Headers, common: Common) -> facts.PbxFact | None:
    c = _channel(fields, common)
    return facts.ChannelEnded(**c, cause=number_in(fields, "Cause")) if c else None


def _dial_started(fields: Headers, common: Common) -> facts.PbxFact | None:
    c = _channel(fields, common, "Dest")
    return facts.DialStarted(**c, from_leg=leg_in(fields, "Uniqueid")) if c else None


def _dial_ended(fields: Headers, common: Common) -> facts.PbxFact | None:
    c = _channel(fields, common, "Dest")
    return facts.DialEnded(**c, from_leg=leg_in(fields, "Uniqueid"), status=fields.get("DialStatus")) if c else None


def _bridge_entered(fields: Headers, common: Common) -> facts.PbxFact | None:
    c = _channel(fields, common)
    return facts.BridgeEntered(**c, bridge=fields.get("BridgeUniqueid")) if c else None


def _bridge_left(fields: Headers, common: Common) -> facts.PbxFact | None:
    c = _channel(fields, common)
    return facts.BridgeLeft(**c, bridge=fields.get("BridgeUniqueid")) if c else None


def _joined(first: str, second: str, kind: str) -> Builder:
    def build(fields: Headers, common: Common) -> facts.PbxFact | None:
        other = leg_in(fields, second + "Uniqueid")
        c = _channel(fields, common, first)
        return facts.LegsJoined(**c, other=other, kind=kind) if c and other else None

    return build


def _queue_joined(fields: Headers, common: Common) -> facts.PbxFact | None:
    if (c := _channel(fields, common)) is None:
        return None
    position, count = number_in(fields, "Position"), number_in(fields, "Count")
    return facts.QueueJoined(**c, queue=fields.get("Queue"), position=position, count=count)


def _queue_left(fields: Headers, common: Common) -> facts.PbxFact | None:
    c = _channel(fields, common)
    return facts.QueueLeft(**c, queue=fields.get("Queue"), count=number_in(fields, "Count")) if c else None


def _abandoned(fields: Headers, common: Common) -> facts.PbxFact | None:
    c = _channel(fields, common)
    return (
        facts.QueueAbandoned(**c, queue=fields.get("Queue"), hold_seconds=number_in(fields, "HoldTime")) if c else None
    )


def _agent(fields: Headers, common: Common) -> Common:
    common["queue"] = fields.get("Queue")
    common["member"] = fields.get("MemberName")
    common["leg"] = leg_in(fields, "Uniqueid")
    common["agent_leg"] = leg_in(fields, "DestUniqueid")
    return common


def _agent_called(fields: Headers, common: Common) -> facts.PbxFact:
    return facts.AgentCalled(**_agent(fields, common))


def _agent_missed(fields: Headers, common: Common) -> facts.PbxFact:
    return facts.AgentRingMissed(**_agent(fields, common))


def _agent_connected(fields: Headers, common: Common) -> facts.PbxFact:
    hold, ring = number_in(fields, "HoldTime"), number_in(fields, "RingTime")
    return facts.AgentConnected(**_agent(fields, common), hold_seconds=hold, ring_seconds=ring)


def _agent_completed(fields: Headers, common: Common) -> facts.PbxFact:
    talk, reason = number_in(fields, "TalkTime"), fields.get("Reason")
    return facts.AgentCompleted(**_agent(fields, common), talk_seconds=talk, reason=reason)


def _member(fields: Headers, common: Common) -> facts.PbxFact:
    return facts.MemberChanged(
        **common,
        queue=fields.get("Queue"),
        member=fields.get("MemberName"),
        paused=flag_in(fields, "Paused"),
        pause_reason=fields.get("PausedReason"),
        device_state=number_in(fields, "Status"),
        removed=fields.get("Event") == "QueueMemberRemoved",
        penalty=number_in(fields, "Penalty"),
    )


def _device(fields: Headers, common: Common) -> facts.PbxFact:
    return facts.DeviceStateChanged(**common, device=fields.get("Device"), state=fields.get("State"))


def _recording_started(fields: Headers, common: Common) -> facts.PbxFact | None:
    c = _channel(fields, common)
    return facts.RecordingStarted(**c) if c else None


def _recording_stopped(fields: Headers, common: Common) -> facts.PbxFact | None:
    c = _channel(fields, common)
    return facts.RecordingStopped(**c) if c else None


def _marked(fields: Headers, common: Common) -> facts.PbxFact | None:
    """UserEvent: what follows the channel's own headers, from `UserEvent` on, was written by our dialplan."""
    if (c := _channel(fields, common)) is None:
        return None
    return facts.DialplanMarked(**c, mark=fields.get("UserEvent"), fields=fields.after("UserEvent"))


def _originated(fields: Headers, common: Common) -> facts.PbxFact | None:
    action = fields.get("ActionID")
    if not action:
        return None
    success, leg = fields.get("Response") == "Success", leg_in(fields, "Uniqueid")
    leg = None if leg == "<null>" else leg
    reason = number_in(fields, "Reason")
    return facts.OriginateAnswered(**common, action_id=action, success=success, leg=leg, reason=reason)


_BUILDERS: Final[Mapping[bytes, Builder]] = {
    b"Newchannel": _started,
    b"Newstate": _state,
    b"Hangup": _ended,
    b"DialBegin": _dial_started,
    b"DialEnd": _dial_ended,
    b"BridgeEnter": _bridge_entered,
    b"BridgeLeave": _bridge_left,
    b"LocalBridge": _joined("LocalOne", "LocalTwo", "local"),
    b"AttendedTransfer": _joined("OrigTransferer", "SecondTransferer", "attended"),
    b"BlindTransfer": _joined("Transferer", "Transferee", "blind"),
    b"QueueCallerJoin": _queue_joined,
    b"QueueCallerLeave": _queue_left,
    b"QueueCallerAbandon": _abandoned,
    b"AgentCalled": _agent_called,
    b"AgentConnect": _agent_connected,
    b"AgentRingNoAnswer": _agent_missed,
    b"AgentComplete": _agent_completed,
    b"QueueMemberAdded": _member,
    b"QueueMemberRemoved": _member,
    b"QueueMemberPause": _member,
    b"QueueMemberPenalty": _member,
    b"QueueMemberStatus": _member,
    b"DeviceStateChange": _device,
    b"MixMonitorStart": _recording_started,
    b"MixMonitorStop": _recording_stopped,
    b"UserEvent": _marked,
    b"OriginateResponse": _originated,
}

WANTED_EVENTS: Final[tuple[str, ...]] = (
    "FullyBooted",
    *(name.decode() for name in _BUILDERS if name != b"DeviceStateChange"),
)
"""What Asterisk shall send: `eventfilter(action(include),name(X))=` for each. Device states of members come with
QueueMemberStatus; DeviceStateChange itself would only double them."""
