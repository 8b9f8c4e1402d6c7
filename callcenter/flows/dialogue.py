"""What is said to one caller and heard from them, over FastAGI. Before each wait the dead-man's switch is wound up."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from callcenter.flows import effects, spoken
from callcenter.flows.book import FlowBook
from callcenter.flows.effects import Done, Entered, Heard, Played, Pressed, Silence
from callcenter.pbx.agi import AgiSession, Recorded

MARGIN: Final = timedelta(seconds=4)
"""What a step may take beyond its own prompts and waits before Asterisk takes the caller back."""
PAUSE: Final = timedelta(seconds=1)
"""So much silence ends a spoken choice."""
_RATE: Final = 8000


class Dialogue:
    """One caller, and the book the call began with."""

    def __init__(self, session: AgiSession, book: FlowBook) -> None:
        self._session = session
        self._prompts = book.prompts
        self._folder = ""

    async def play(self, prompts: Iterable[str]) -> Heard:
        for prompt in prompts:
            length = self._prompts.length(prompt)
            await self._session.renew(length + MARGIN)
            await self._session.stream_file(self._prompts.sound(prompt), longest=length)
        return Played()

    async def ask(self, asked: effects.Ask) -> Heard:
        key = await self._prompt(asked.prompt, asked.keys if asked.barge_in else "", asked.wait)
        key = key or await self._session.wait_key(asked.wait)
        return Pressed(key) if key else Silence()

    async def ask_digits(self, asked: effects.AskDigits) -> Heard:
        sound, length = self._prompts.sound(asked.prompt), self._prompts.length(asked.prompt)
        await self._session.renew(length + asked.wait * (asked.most + 1) + MARGIN)
        digits = await self._session.collect(sound, within=asked.wait, digits=asked.most, longest=length)
        return Entered(digits) if digits else Silence()

    async def take_message(self, wanted: effects.TakeMessage, file: str) -> Done:
        """Into `file`, a name in Asterisk's monitor folder. A caller who hangs up has left a message all the same."""
        await self.play((wanted.prompt, spoken.BEEP))
        recorded = await self._record(file, "#", wanted.longest, wanted.silence)
        return Done(recorded.samples >= wanted.least.total_seconds() * _RATE)

    async def listen(self, asked: effects.Listen, file: str) -> Pressed | None:
        """A key; None when the caller may have spoken into `file`."""
        if key := await self._prompt(asked.prompt, asked.keys, asked.longest):
            return Pressed(key)
        recorded = await self._record(file, asked.keys, asked.longest, PAUSE)
        return Pressed(recorded.key) if recorded.key else None

    async def _prompt(self, prompt: str, keys: str, wait: timedelta) -> str:
        length = self._prompts.length(prompt)
        await self._session.renew(length + wait + MARGIN)
        return await self._session.stream_file(self._prompts.sound(prompt), stop_keys=keys, longest=length)

    async def _record(self, file: str, keys: str, longest: timedelta, silence: timedelta) -> Recorded:
        if not self._folder:
            self._folder = f"{await self._session.evaluate('${ASTSPOOLDIR}')}/monitor"
        await self._session.renew(longest + MARGIN)
        return await self._session.record(f"{self._folder}/{file}", stop_keys=keys, longest=longest, silence=silence)
