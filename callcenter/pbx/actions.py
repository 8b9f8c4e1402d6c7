"""AMI verbs with types. All raise what `AmiLink.send` raises; a refusal that means "already so" is success.

What they set going in the generated dialplan is told by its marks (`DialplanMarked`), each with its own fields:

- `HotlineRoom` Room, Party (citizen, agent, guest): the leg joins the room of that citizen's leg;
- `HotlineHold` Room, State (on, off): the citizen hears music, or has left it;
- `HotlineReach` Transfer, Step (target, fallback, agent, queue), Status (RINGING, ANSWER, BUSY, NOANSWER, CHANUNAVAIL,
  CONGESTION, CANCEL): the leg is the one that dials, as in `HotlineOut`;
- `HotlineOut` Id, Status (as above; `repeated` when the id was dialled before): an agent's call out;
- `HotlineSeat` Extension, Queue: the caller's leg rings that seat before the queue;
- `HotlineSpy` Mode (listen, whisper, barge); `HotlineTest` Id, Reached;
- `HotlineTollRefused` Extension or Trunk: somebody dialled what nobody may dial;
- `HotlineOverflow` Queue, Waited (seconds): the caller's patience with the queue is over;
- `HotlineRecording`, `HotlineSafe`, `HotlineDial`, `HotlineEmergency`, `HotlineEmergencyFailed`: as ever.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Protocol

from callcenter.core.ids import LegId
from callcenter.pbx.errors import ActionRefused, UnsafeField
from callcenter.pbx.transport import Reply, Values

_ALREADY_MEMBER: Final = "Unable to add interface: Already there"
_NOT_MEMBER: Final = frozenset({"Unable to remove interface: Not there"})
_NO_ENTRY: Final = frozenset({"Database entry not found", "Database entry could not be deleted"})


class Link(Protocol):
    """What an action needs of a link."""

    async def send(self, action: str, fields: Values = ..., *, deadline: timedelta | None = None) -> Reply: ...


async def add_member(
    link: Link, queue: str, extension: str, *, paused: bool, reason: str = "", penalty: int = 0
) -> None:
    """The extension's phone takes calls of the queue; its MemberName is the extension. One who is a member already
    gets the pause asked for."""
    fields = {
        "Queue": queue,
        "Interface": f"PJSIP/{extension}",
        "MemberName": extension,
        "StateInterface": f"PJSIP/{extension}",
        "Penalty": str(penalty),
        "Paused": _flag(paused),
        **({"Reason": reason} if reason else {}),
    }
    try:
        await link.send("QueueAdd", fields)
    except ActionRefused as refused:
        if refused.message != _ALREADY_MEMBER:
            raise
        await pause_member(link, extension, paused=paused, reason=reason, queue=queue)


async def remove_member(link: Link, queue: str, extension: str) -> None:
    await _unless(link, "QueueRemove", {"Queue": queue, "Interface": f"PJSIP/{extension}"}, _NOT_MEMBER)


async def pause_member(link: Link, extension: str, *, paused: bool, reason: str = "", queue: str | None = None) -> None:
    """In one queue, or in all the extension is a member of."""
    fields = {"Interface": f"PJSIP/{extension}", "Paused": _flag(paused), "Reason": reason}
    await link.send("QueuePause", fields | ({"Queue": queue} if queue else {}))


async def set_penalty(link: Link, queue: str, extension: str, penalty: int) -> None:
    """Of a member; the lower, the earlier it rings. Callers who wait already are led by it, too."""
    await link.send("QueuePenalty", {"Interface": f"PJSIP/{extension}", "Penalty": str(penalty), "Queue": queue})


async def originate(
    link: Link,
    *,
    channel: str,
    context: str,
    exten: str,
    channel_id: LegId,
    other_channel_id: LegId | None = None,
    action_id: str,
    variables: Mapping[str, str],
    caller_id: str,
    timeout: timedelta,
) -> None:
    """Accepted is all this says: the result comes as an OriginateAnswered fact of `action_id`. `timeout` is how long
    it may ring. `other_channel_id` is for a Local channel. A name in `variables` with `__` before it holds for the legs
    that are dialled, too. Raises OutcomeUnknown when it may have been accepted: look it up."""
    fields: dict[str, str | list[str]] = {
        "ActionID": action_id,
        "Channel": channel,
        "Context": context,
        "Exten": exten,
        "Priority": "1",
        "ChannelId": channel_id,
        **({"OtherChannelId": other_channel_id} if other_channel_id else {}),
        "CallerID": caller_id,
        "Timeout": str(int(timeout.total_seconds() * 1000)),
        "Async": "true",
        "Variable": [_variable(name, value) for name, value in variables.items()],
    }
    await link.send("Originate", fields)


async def redirect(
    link: Link, channel: str, context: str, exten: str, *, extra: tuple[str, str, str] | None = None
) -> None:
    """The channel leaves what it does and goes on there; `extra` is another's channel, context and extension, moved in
    the same step, so that neither is hung up because the other left their bridge. Both keep their ids."""
    fields = {"Channel": channel, "Context": context, "Exten": exten, "Priority": "1"}
    if extra:
        fields |= dict(zip(("ExtraChannel", "ExtraContext", "ExtraExten"), extra, strict=True)) | {"ExtraPriority": "1"}
    await link.send("Redirect", fields)


async def set_variable(link: Link, channel: str, name: str, value: str) -> None:
    await link.send("Setvar", {"Channel": channel, "Variable": name, "Value": value})


async def set_global(link: Link, name: str, value: str) -> None:
    """A variable of the whole exchange, until Asterisk is restarted: `HL_DRAIN` "1" turns new calls away."""
    await link.send("Setvar", {"Variable": name, "Value": value})


async def read_variable(link: Link, channel: str, name: str) -> str:
    """A variable or a function of the channel; '' when it has none."""
    reply = await link.send("Getvar", {"Channel": channel, "Variable": name})
    return reply.fields.get("Value", "")


async def mute(link: Link, room: str, channel: str, on: bool) -> None:
    """The room no longer hears the channel; the channel goes on hearing the room."""
    await link.send("ConfbridgeMute" if on else "ConfbridgeUnmute", {"Conference": room, "Channel": channel})


async def kick(link: Link, room: str, channel: str) -> None:
    """The channel leaves the room and goes on in its context."""
    await link.send("ConfbridgeKick", {"Conference": room, "Channel": channel})


async def queue_priority(link: Link, queue: str, channel: str, priority: int, *, immediate: bool) -> None:
    """Of a waiting caller. `immediate`: it moves to its new place at once, else the next to come are placed by it."""
    fields = {"Queue": queue, "Caller": channel, "Priority": str(priority), "Immediate": "yes" if immediate else "no"}
    await link.send("QueueChangePriorityCaller", fields)


async def hang_up(link: Link, channel: str, cause: int = 16) -> None:
    """`cause` is the Q.850 number. A channel that is gone already is refused by Asterisk: "No such channel"."""
    await link.send("Hangup", {"Channel": channel, "Cause": str(cause)})


async def read_db(link: Link, family: str, key: str) -> str | None:
    """AstDB; None when there is no such entry."""
    try:
        reply = await link.send("DBGet", {"Family": family, "Key": key})
    except ActionRefused as refused:
        if refused.message in _NO_ENTRY:
            return None
        raise
    return next((event["Val"] for event in reply.events if "Val" in event), None)


async def delete_db(link: Link, family: str, key: str) -> None:
    await _unless(link, "DBDel", {"Family": family, "Key": key}, _NO_ENTRY)


async def _unless(link: Link, action: str, fields: Mapping[str, str], already: frozenset[str]) -> None:
    try:
        await link.send(action, fields)
    except ActionRefused as refused:
        if refused.message not in already:
            raise


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _variable(name: str, value: str) -> str:
    """Asterisk splits a Variable header at commas, and quotes and backslashes change how."""
    if any(c in value for c in ',"\\'):
        raise UnsafeField(name, "a comma, quote or backslash")
    return f"{name}={value}"
