"""What the ledger tells the house about calls. Published after the fact is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from callcenter.core.events import Event
from callcenter.core.ids import CallId, LegId, MissedId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent(Event):
    call: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallArrived(CallEvent):
    """`direction` is inbound or outbound; numbers as Asterisk gave them."""

    direction: str
    caller: str
    dialled: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuStepped(CallEvent):
    """A flow node was left: `key` is what the caller pressed, empty when nothing."""

    flow: str
    node: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQueued(CallEvent):
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRung(CallEvent):
    extension: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RingMissed(CallEvent):
    extension: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RingCancelled(CallEvent):
    """The phone stopped ringing, not by the agent's doing: the caller left, or a colleague was faster."""

    extension: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAnswered(CallEvent):
    extension: str
    queue: str
    waited: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFinished(CallEvent):
    """The agent's part of the call is over (hang-up by either side, or transfer)."""

    extension: str
    talked: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingBegan(CallEvent):
    """`file` is `YYYYMMDD/<uniqueid>` under the PBX's recording folder, '' when its announcement was lost."""

    leg: LegId
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChanged(CallEvent):
    """The citizen was put on hold, is being transferred, or neither any more: `stage` and `before` as in
    `calls.state`. Other changes of stage have events of their own."""

    stage: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachChanged(CallEvent):
    """A transfer's step rings or has ended: `step` and `status` as the dialplan's HotlineReach marks say them."""

    transfer: str
    step: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallEvent):
    """`outcome` is answered, abandoned, self_service, failed or unknown (see `calls.state`)."""

    outcome: str
    waited: timedelta
    talked: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRecorded(Event):
    """The link was away from `since` to `at`; `recovered` facts were read back from Asterisk's CEL file."""

    pbx: str
    since: datetime
    recovered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedCallOpened(Event):
    """A caller got no person and has a new record; further calls of the same number are counted in it."""

    missed: MissedId
    call: CallId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedCallClosed(Event):
    """`state` is got_through, called_back (both by `call`) or closed (by hand)."""

    missed: MissedId
    state: str
    call: CallId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactIgnored(Event):
    """A fact that changed nothing; `call` is None when it could not be told whose it is."""

    call: CallId | None
    pbx: str
    kind: str
