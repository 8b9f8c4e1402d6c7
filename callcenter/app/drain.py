"""Before a PBX is restarted: no new calls come in, those inside are served to their end (docs/operations.md)."""

import asyncio
from datetime import timedelta
from typing import Final, Literal

from rich.console import Console

from callcenter.core.clock import SystemClock
from callcenter.core.errors import Unavailable
from callcenter.pbx import actions
from callcenter.pbx.link import AmiLink, LinkState, open_link
from callcenter.settings import Settings

SWITCH: Final = "HL_DRAIN"
"""Global variable of the dialplan; gone with the Asterisk that is restarted."""
_REACHED_WITHIN: Final = timedelta(seconds=8)
_LOOK_EVERY: Final = timedelta(seconds=2)


async def drain(settings: Settings, wanted: Literal["on", "off", "status", "wait"], console: Console) -> None:
    """`wait` turns it on and returns when no call is left. Raises Unavailable when Asterisk cannot be asked."""
    async with open_link(settings.ami, SystemClock()) as link:
        try:
            async with asyncio.timeout(_REACHED_WITHIN.total_seconds()):
                await link.reaches(LinkState.UP)
        except TimeoutError:
            remedy = "start Asterisk; check the settings of ami (docs/settings.md)"
            raise Unavailable(part=f"AMI {settings.ami.name}", remedy=remedy) from None
        if wanted != "status":
            await actions.set_global(link, SWITCH, "" if wanted == "off" else "1")
        draining, calls = await actions.read_variable(link, "", SWITCH) == "1", await _calls(link)
        state = "不再接入新来电 new calls are refused" if draining else "正常接入来电 new calls are taken"
        console.print(f"{settings.ami.name}: {state}; 通话中 calls: {calls}", highlight=False)
        while wanted == "wait" and calls:
            await asyncio.sleep(_LOOK_EVERY.total_seconds())
            if (left := await _calls(link)) != calls:
                calls = left
                console.print(f"通话中 calls: {calls}", highlight=False)
        if wanted == "wait":
            console.print("[green]已无通话，可以重启语音平台 no calls left: Asterisk may be restarted[/green]")


async def _calls(link: AmiLink) -> int:
    reply = await link.send("CoreStatus")
    return int(reply.fields.get("CoreCurrentCalls", "0"))
