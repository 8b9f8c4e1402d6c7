"""AMI verbs with types. All raise what `AmiLink.send` raises; a refusal that means "already so" is success."""

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


async def originate(
    link: Link,
    *,
    channel: str,
    context: str,
    exten: str,
    channel_id: LegId,
    other_channel_id: LegId,
    action_id: str,
    variables: Mapping[str, str],
    caller_id: str,
    timeout: timedelta,
) -> None:
    """Accepted is all this says: the result comes as an OriginateAnswered fact of `action_id`. `timeout` is how long
    it may ring. Raises OutcomeUnknown when it may have been accepted: look it up."""
    fields: dict[str, str | list[str]] = {
        "ActionID": action_id,
        "Channel": channel,
        "Context": context,
        "Exten": exten,
        "Priority": "1",
        "ChannelId": channel_id,
        "OtherChannelId": other_channel_id,
        "CallerID": caller_id,
        "Timeout": str(int(timeout.total_seconds() * 1000)),
        "Async": "true",
        "Variable": [_variable(name, value) for name, value in variables.items()],
    }
    await link.send("Originate", fields)


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
