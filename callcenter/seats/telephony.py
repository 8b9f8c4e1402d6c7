"""The seats' `Telephony` over the AMI link."""

from callcenter.pbx import actions
from callcenter.pbx.link import AmiLink


class AmiTelephony:
    def __init__(self, link: AmiLink) -> None:
        self._link = link

    @property
    def connected(self) -> bool:
        return self._link.connected

    async def add_member(self, queue: str, extension: str, *, paused: bool, reason: str, penalty: int) -> None:
        await actions.add_member(self._link, queue, extension, paused=paused, reason=reason, penalty=penalty)

    async def remove_member(self, queue: str, extension: str) -> None:
        await actions.remove_member(self._link, queue, extension)

    async def pause_member(self, queue: str, extension: str, *, paused: bool, reason: str) -> None:
        await actions.pause_member(self._link, extension, paused=paused, reason=reason, queue=queue)

    async def set_penalty(self, queue: str, extension: str, penalty: int) -> None:
        await actions.set_penalty(self._link, queue, extension, penalty)

    async def hang_up(self, channel: str) -> None:
        await actions.hang_up(self._link, channel)
