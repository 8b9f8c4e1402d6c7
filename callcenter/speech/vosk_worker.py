"""Recogniser processes seen from the event loop: started when needed, watched, replaced.

Kaldi's C++ can crash on a damaged model, hang, or grow; in a process of its own it takes nothing along. A process is
replaced after so many recordings, hours or bytes, and whenever another model is asked for.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psutil
import structlog

from callcenter.core.errors import DomainError
from callcenter.speech.config import SpeechConfig
from callcenter.speech.errors import (
    AudioUnreadable,
    ModelBroken,
    RecogniserCrashed,
    RecogniserStalled,
    RecognitionInterrupted,
)
from callcenter.speech.recogniser import Segment

log = structlog.get_logger(__name__)

_LINE_LIMIT: Final = 1024 * 1024
_PACKAGE_ROOT: Final = Path(__file__).resolve().parents[2]
_TOLD: Final = {kind.code: kind for kind in (ModelBroken, AudioUnreadable)}


@dataclass(frozen=True, slots=True)
class Transcription:
    """`segments` pairs each utterance with its channel (0 left), in order of time; `model` is the folder's name."""

    segments: tuple[tuple[int, Segment], ...]
    seconds: float
    channels: int
    model: str


class VoskWorker:
    """One process. Not for concurrent use: `VoskWorkers` lends it to one recording at a time."""

    def __init__(self, config: SpeechConfig) -> None:
        self._config = config
        self._process: asyncio.subprocess.Process | None = None
        self._model: Path | None = None
        self._born = 0.0
        self._jobs = 0
        self._retired = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def transcribe(self, path: Path, model: Path, phrases: Sequence[str] = ()) -> Transcription:
        """With `phrases`, nothing but these is heard. Raises ModelBroken, AudioUnreadable, RecogniserCrashed or
        RecogniserStalled; after the last two the next recording gets a new process."""
        try:
            await self.prepare(model)
            self._jobs += 1
            return await self._ask(path, model, phrases)
        except BaseException as error:
            if not isinstance(error, AudioUnreadable):
                await self.close()
            raise

    async def prepare(self, model: Path) -> None:
        """A process with this model loaded: what the first transcription would otherwise wait for."""
        if self._process is None or self._model != model or self._worn():
            await self._start(model)

    def _worn(self) -> bool:
        if self._process is None or self._process.returncode is not None:
            return True
        age = timedelta(seconds=asyncio.get_running_loop().time() - self._born)
        if self._jobs >= self._config.recycle_jobs or age >= self._config.recycle_age:
            return True
        try:
            return psutil.Process(self._process.pid).memory_info().rss >= self._config.recycle_bytes
        except psutil.Error:
            return True

    async def _start(self, model: Path) -> None:
        await self.close()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "callcenter.speech.vosk_child", str(model),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env=_environment(), limit=_LINE_LIMIT, start_new_session=True,
        )  # fmt: skip
        self._model, self._jobs, self._born = model, 0, asyncio.get_running_loop().time()
        if self._retired:  # while the process was being made
            raise RecogniserCrashed(reason="stopping")
        try:
            await self._hear(self._config.load_deadline)
        except RecogniserCrashed as error:
            raise ModelBroken(name=model.name, reason=f"loading it ended with {error.fields['reason']}") from error
        log.info("recogniser_started", model=model.name, pid=self._process.pid)

    async def _ask(self, path: Path, model: Path, phrases: Sequence[str]) -> Transcription:
        assert self._process is not None  # noqa: S101 - started above
        assert self._process.stdin is not None  # noqa: S101 - asked for with PIPE
        self._process.stdin.write(json.dumps({"path": str(path), "phrases": list(phrases)}).encode() + b"\n")
        with suppress(ConnectionError):  # its end is read as end of file below
            await self._process.stdin.drain()
        segments: list[tuple[int, Segment]] = []
        while True:
            match await self._hear(self._config.stall_deadline):
                case {"segment": dict(told)}:
                    fields: dict[str, Any] = told
                    segments.append((fields.pop("channel"), Segment(**fields)))
                case {"done": {"seconds": seconds, "channels": channels}}:
                    ordered = sorted(segments, key=lambda pair: (pair[1].start_ms, pair[0]))
                    return Transcription(tuple(ordered), seconds, channels, model.name)

    async def _hear(self, deadline: timedelta) -> dict[str, Any]:
        process = self._process
        if process is None:  # ended between two of its messages
            raise RecogniserCrashed(reason="stopping")
        assert process.stdout is not None  # noqa: S101 - asked for with PIPE
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                line = await process.stdout.readline()
                if not line.endswith(b"\n"):
                    raise RecogniserCrashed(reason=_ending(await process.wait()))
        except TimeoutError as error:
            raise RecogniserStalled(seconds=round(deadline.total_seconds())) from error
        message: dict[str, Any] = json.loads(line)
        if "error" in message:
            raise _told(message["error"])
        return message

    async def retire(self) -> None:
        """Ends the process and starts no other."""
        self._retired = True
        await self.close()

    async def close(self) -> None:
        """Ends the process at once. It holds nothing that is not done again."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with the ffmpeg it may have started
        await process.wait()
        if process.stdin:
            process.stdin.close()


class VoskWorkers:
    """`config.workers` processes, lent one recording each."""

    def __init__(self, config: SpeechConfig) -> None:
        self._all = tuple(VoskWorker(config) for _ in range(config.workers))
        self._free: asyncio.Queue[VoskWorker] = asyncio.Queue()
        for worker in self._all:
            self._free.put_nowait(worker)
        self._stopping = False

    @property
    def pids(self) -> tuple[int, ...]:
        return tuple(worker.pid for worker in self._all if worker.pid)

    async def transcribe(self, path: Path, model: Path) -> Transcription:
        """As `VoskWorker.transcribe`; waits for a free process. RecognitionInterrupted once `interrupt` was called."""
        worker = await self._free.get()
        try:
            if self._stopping:
                raise RecognitionInterrupted
            return await worker.transcribe(path, model)
        except (RecogniserCrashed, ModelBroken) as error:
            if self._stopping:
                raise RecognitionInterrupted from error
            raise
        finally:
            self._free.put_nowait(worker)

    async def interrupt(self) -> None:
        """Ends all processes; recordings under way raise RecognitionInterrupted."""
        self._stopping = True
        for worker in self._all:
            await worker.retire()


@asynccontextmanager
async def open_workers(config: SpeechConfig) -> AsyncIterator[VoskWorkers]:
    """Starts no process yet; ends all at the end."""
    workers = VoskWorkers(config)
    try:
        yield workers
    finally:
        await workers.interrupt()


def _environment() -> dict[str, str]:
    """The process gets no secret: it needs none."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "DATABASE_", "PG"))}
    paths = [str(_PACKAGE_ROOT), *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _told(error: dict[str, Any]) -> DomainError:
    kind = _TOLD.get(error["code"])
    return kind(**error["fields"]) if kind else RecogniserCrashed(reason=error["code"])
