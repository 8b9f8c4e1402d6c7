"""What Asterisk holds right now, asked after each (re)connect so that belief and truth can be reconciled (D4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from callcenter.core.ids import LegId
from callcenter.pbx.words import Fields, flag_in, leg_in, number_in, spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSeen:
    """CoreShowChannel; `state` is ChannelStateDesc, `bridge` is '' outside a bridge, `seconds` is its age."""

    leg: LegId
    linked: LegId
    channel: str
    state: str
    caller_number: str
    context: str
    exten: str
    application: str
    bridge: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMemberSeen:
    """QueueMember; `device_state` is the AST_DEVICE number, `interface` what the queue rings."""

    queue: str
    member: str
    interface: str
    penalty: int
    paused: bool
    pause_reason: str
    in_call: bool
    device_state: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCallerSeen:
    """QueueEntry; `position` starts at 1."""

    queue: str
    position: int
    leg: LegId
    channel: str
    wait_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeSeen:
    """BridgeListItem; its channels are those of `Snapshot.channels` with this bridge."""

    bridge: str
    technology: str
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSeen:
    """DeviceStateChange of DeviceStateList: NOT_INUSE, INUSE, UNAVAILABLE, RINGING ..."""

    device: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """`taken_at` is the house's time when the last list was complete."""

    channels: tuple[ChannelSeen, ...] = ()
    queue_members: tuple[QueueMemberSeen, ...] = ()
    queue_callers: tuple[QueueCallerSeen, ...] = ()
    bridges: tuple[BridgeSeen, ...] = ()
    devices: tuple[DeviceSeen, ...] = ()
    taken_at: datetime


class Ask(Protocol):
    """Sends one list action and gives the events of the list."""

    async def __call__(self, action: str) -> Sequence[Fields]: ...


async def take_snapshot(ask: Ask, now: Callable[[], datetime]) -> Snapshot:
    """Channels come last: a channel that is listed in a queue or a bridge is then missing only because it has ended."""
    queues = await ask("QueueStatus")
    devices = await ask("DeviceStateList")
    bridges = await ask("BridgeList")
    channels = await ask("CoreShowChannels")
    return Snapshot(
        channels=tuple(channel_seen(f) for f in channels if f.get("Event") == "CoreShowChannel"),
        queue_members=tuple(_member(f) for f in queues if f.get("Event") == "QueueMember"),
        queue_callers=tuple(_caller(f) for f in queues if f.get("Event") == "QueueEntry"),
        bridges=tuple(_bridge(f) for f in bridges if f.get("Event") == "BridgeListItem"),
        devices=tuple(_device(f) for f in devices if f.get("Event") == "DeviceStateChange"),
        taken_at=now(),
    )


def channel_seen(fields: Fields) -> ChannelSeen:
    """Of one CoreShowChannel event."""
    leg = LegId(fields.get("Uniqueid", ""))
    return ChannelSeen(
        leg=leg,
        linked=leg_in(fields, "Linkedid") or leg,
        channel=fields.get("Channel", ""),
        state=fields.get("ChannelStateDesc", ""),
        caller_number=spoken(fields.get("CallerIDNum", "")),
        context=fields.get("Context", ""),
        exten=fields.get("Exten", ""),
        application=fields.get("Application", ""),
        bridge=fields.get("BridgeId", ""),
        seconds=_seconds(fields.get("Duration", "")),
    )


def _seconds(clock: str) -> int:
    """CoreShowChannel gives `hh:mm:ss`."""
    total = 0
    for part in clock.split(":"):
        total = total * 60 + (int(part) if part.isdecimal() else 0)
    return total


def _member(fields: Fields) -> QueueMemberSeen:
    return QueueMemberSeen(
        queue=fields.get("Queue", ""),
        member=fields.get("Name", ""),
        interface=fields.get("Location", ""),
        penalty=number_in(fields, "Penalty"),
        paused=flag_in(fields, "Paused"),
        pause_reason=fields.get("PausedReason", ""),
        in_call=flag_in(fields, "InCall"),
        device_state=number_in(fields, "Status"),
    )


def _caller(fields: Fields) -> QueueCallerSeen:
    return QueueCallerSeen(
        queue=fields.get("Queue", ""),
        position=number_in(fields, "Position"),
        leg=LegId(fields.get("Uniqueid", "")),
        channel=fields.get("Channel", ""),
        wait_seconds=number_in(fields, "Wait"),
    )


def _bridge(fields: Fields) -> BridgeSeen:
    return BridgeSeen(
        bridge=fields.get("BridgeUniqueid", ""),
        technology=fields.get("BridgeTechnology", ""),
        channels=number_in(fields, "BridgeNumChannels"),
    )


def _device(fields: Fields) -> DeviceSeen:
    return DeviceSeen(device=fields.get("Device", ""), state=fields.get("State", ""))
