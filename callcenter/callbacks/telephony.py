"""What a call-back needs of a PBX, and how Asterisk gives it. The PBX is the judge of what was dialled (D8)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from callcenter.core.ids import AttemptId, LegId
from callcenter.pbx import actions
from callcenter.pbx.link import AmiLink

_FAMILY: Final = "hlcb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """`number` is digits only, never logged; `group` is the trunk group."""

    attempt: AttemptId
    number: str
    group: str
    survey: str
    caller_id: str
    ring: timedelta


def leg_of(attempt: AttemptId) -> LegId:
    """The survey's half of the Local channel; `-2` behind it is the half that dials."""
    return LegId(f"hl-{attempt}")


class Telephony(Protocol):
    """All raise LinkDown (nothing happened), ActionRefused (nothing happened) or OutcomeUnknown."""

    @property
    def pbx(self) -> str: ...

    @property
    def connected(self) -> bool: ...

    async def dial(self, dial: Dial) -> None: ...

    async def mark_of(self, attempt: AttemptId) -> str | None:
        """What the dialplan wrote about the attempt: a DIALSTATUS, `dialling`, or None when it never began."""
        ...

    async def stands(self, attempt: AttemptId) -> bool:
        """Whether the attempt still has a channel."""
        ...

    async def void(self, attempt: AttemptId) -> None:
        """From now on the dialplan refuses the attempt, should its Originate still be on the way."""
        ...

    async def forget(self, attempt: AttemptId) -> None: ...


class AsteriskTelephony:
    def __init__(self, link: AmiLink) -> None:
        self._link = link

    @property
    def pbx(self) -> str:
        return self._link.pbx

    @property
    def connected(self) -> bool:
        return self._link.connected

    async def dial(self, dial: Dial) -> None:
        leg = leg_of(dial.attempt)
        await actions.originate(
            self._link,
            channel=f"Local/{dial.attempt}@hl-dial/n",
            context="hl-survey",
            exten="s",
            channel_id=leg,
            other_channel_id=LegId(f"{leg}-2"),
            action_id=str(dial.attempt),
            variables={
                "__HL_ATTEMPT": str(dial.attempt),
                "__HL_NUMBER": dial.number,
                "__HL_GROUP": dial.group,
                "__HL_CID": dial.caller_id,
                "HL_SURVEY": dial.survey,
            },
            caller_id=dial.caller_id,
            timeout=dial.ring,
        )

    async def mark_of(self, attempt: AttemptId) -> str | None:
        return await actions.read_db(self._link, _FAMILY, str(attempt))

    async def stands(self, attempt: AttemptId) -> bool:
        reply = await self._link.send("CoreShowChannels")
        leg = leg_of(attempt)
        return any(event.get("Uniqueid", "") in {leg, f"{leg}-2"} for event in reply.events)

    async def void(self, attempt: AttemptId) -> None:
        await self._link.send("DBPut", {"Family": _FAMILY, "Key": str(attempt), "Val": "void"})

    async def forget(self, attempt: AttemptId) -> None:
        await actions.delete_db(self._link, _FAMILY, str(attempt))
