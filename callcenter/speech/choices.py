"""Speech to one of a few phrases, in a recogniser process of this server's own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from callcenter.core.errors import DomainError
from callcenter.core.tasks import ended_with
from callcenter.speech.config import SpeechConfig
from callcenter.speech.models import find_model
from callcenter.speech.vosk_worker import VoskWorker

log = structlog.get_logger(__name__)


class SpokenChoices:
    """One utterance at a time: they are short, and a menu that speaks is the exception."""

    def __init__(self, config: SpeechConfig, model: Path) -> None:
        self._model = model
        self._worker = VoskWorker(config)
        self._turn = asyncio.Lock()
        self.ready = False

    async def warm_up(self) -> None:
        """Loads the model, so that no caller waits for it. A model that cannot be loaded leaves the keys."""
        try:
            async with self._turn:
                await self._worker.prepare(self._model)
            self.ready = True
        except DomainError as error:
            log.warning("spoken_choices_off", cause=error.code)

    async def recognise(self, file: Path, phrases: Sequence[str]) -> str:
        """The phrase (as given) that was said, '' for none. Raises as `VoskWorker.transcribe`."""
        async with self._turn:
            heard = await self._worker.transcribe(file, self._model, phrases)
        said = "".join(segment.text for _, segment in heard.segments)
        found = [phrase for phrase in phrases if phrase.replace(" ", "") in said.replace(" ", "")]
        return max(found, key=len, default="")

    async def close(self) -> None:
        await self._worker.retire()


@asynccontextmanager
async def open_choices(config: SpeechConfig, *, wanted: bool) -> AsyncIterator[SpokenChoices | None]:
    """None where no flow wants speech or no model is there; the model is loaded meanwhile."""
    try:
        model = find_model(config) if wanted else None
    except DomainError:
        model = None
    if model is None:
        yield None
        return
    choices = SpokenChoices(config, model)
    warming = asyncio.create_task(choices.warm_up())
    try:
        yield choices
    finally:
        await ended_with(warming)
        await choices.close()
