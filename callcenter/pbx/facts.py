"""What Asterisk reports, translated once from AMI words (docs.asterisk.org, AMI events of Asterisk 22).

`at` is Asterisk's own time of the event (`timestampevents=yes`), so order can be restored. Fields that Asterisk may
leave out under load are optional: correlate, never assume (limits.md section 4).
"""

from dataclasses import dataclass
from datetime import datetime

from callcenter.core.events import Event
from callcenter.core.ids import LegId
from callcenter.pbx.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxFact(Event):
    """A fact of one PBX. `pbx` is the configured name of the PBX."""

    pbx: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFact(PbxFact):
    """A fact about one channel. `leg` is its Uniqueid, `linked` its Linkedid (the leg that started the call)."""

    leg: LegId
    linked: LegId
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStarted(ChannelFact):
    """Newchannel."""

    caller_number: str
    dialled: str
    context: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStateChanged(ChannelFact):
    """Newstate; `state` is ChannelStateDesc: Down, Ring, Ringing, Up, Busy ..."""

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEnded(ChannelFact):
    """Hangup; `cause` is the Q.850 number."""

    cause: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DialStarted(ChannelFact):
    """DialBegin; the channel fields are the dialled (destination) leg's, `from_leg` is the caller's if there is one."""

    from_leg: LegId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialEnded(ChannelFact):
    """DialEnd; `status` is ANSWER, BUSY, NOANSWER, CANCEL, CONGESTION, CHANUNAVAIL ..."""

    from_leg: LegId | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeEntered(ChannelFact):
    bridge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeLeft(ChannelFact):
    bridge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegsJoined(ChannelFact):
    """LocalBridge: the two halves of a Local channel, or an attended/blind transfer that links two calls.

    The channel fields are the first half's, `other` is the second's."""

    other: LegId
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueJoined(ChannelFact):
    """QueueCallerJoin; `position` starts at 1, `count` is the number now waiting."""

    queue: str
    position: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLeft(ChannelFact):
    """QueueCallerLeave, answered or not."""

    queue: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAbandoned(ChannelFact):
    """QueueCallerAbandon; `hold_seconds` waited."""

    queue: str
    hold_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFact(PbxFact):
    """A queue's dealings with a member. `member` is the MemberName, which is the agent's extension; `leg` the waiting
    caller's, `agent_leg` the member's channel: both can be missing."""

    queue: str
    member: str
    leg: LegId | None
    agent_leg: LegId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCalled(AgentFact):
    """AgentCalled: the member's phone rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConnected(AgentFact):
    hold_seconds: int
    ring_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRingMissed(AgentFact):
    """AgentRingNoAnswer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCompleted(AgentFact):
    """AgentComplete; `reason` is caller, agent or transfer."""

    talk_seconds: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanged(PbxFact):
    """QueueMemberAdded/Removed/Pause/Status. `removed` when the member left; `device_state` is the AST_DEVICE number
    (1 not in use, 2 in use, 5 unavailable, 6 ringing, 8 on hold ...)."""

    queue: str
    member: str
    paused: bool
    pause_reason: str
    device_state: int
    removed: bool
    penalty: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStateChanged(PbxFact):
    device: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted(ChannelFact):
    """MixMonitorStart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStopped(ChannelFact):
    """MixMonitorStop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialplanMarked(ChannelFact):
    """UserEvent raised by the generated dialplan: `mark` is the name (HotlineRoute, HotlineSafe, HotlineDial ...),
    `fields` its own headers."""

    mark: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginateAnswered(PbxFact):
    """OriginateResponse of our ActionID."""

    action_id: str
    success: bool
    leg: LegId | None
    reason: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUp(PbxFact):
    """Logged in and the snapshot taken; `lost_at` is when the previous link was last known good, None at first.

    Facts that Asterisk reported while the snapshot was taken come after this one and may already be in it."""

    lost_at: datetime | None
    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLost(PbxFact):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFact(PbxFact):
    """About one leg, known by its Uniqueid only: what the house itself knows of it."""

    leg: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStepped(LegFact):
    """A node of a flow was left; `key` is '' when nothing was pressed, `args` are the flow's own."""

    flow: str
    node: str
    key: str
    began_at: datetime
    args: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFinished(LegFact):
    """`answers`: node and key pressed (answering menus) or digits entered."""

    flow: str
    answers: tuple[tuple[str, str], ...]
    args: tuple[tuple[str, str], ...] = ()
