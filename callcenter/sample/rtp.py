"""The voice of a simulated telephone: A-law RTP (RFC 3551), key presses (RFC 4733), and what it hears."""

import asyncio
import secrets
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from callcenter.core.tasks import ended_with

RATE: Final = 8000
FRAME: Final = 160
"""Samples of one 20 ms packet."""
_PCMA: Final = 8
_EVENT: Final = 101
_KEYS: Final = "0123456789*#ABCD"
_SILENCE: Final = b"\xd5" * FRAME
_KEY_FRAMES: Final = 8
_ALAW_ENDS: Final = np.array([0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF])


def alaw(samples: NDArray[np.int16]) -> bytes:
    """G.711 A-law of 16-bit samples."""
    wide = samples.astype(np.int32) >> 3
    mask = np.where(wide >= 0, 0xD5, 0x55)
    size = np.where(wide >= 0, wide, -wide - 1)
    segment = np.minimum(np.searchsorted(_ALAW_ENDS, size), 7)
    step = np.where(segment < 2, size >> 1, size >> segment) & 0x0F
    return bytes((((segment << 4) | step) ^ mask).astype(np.uint8))


def linear(coded: bytes) -> NDArray[np.int16]:
    """16-bit samples of G.711 A-law."""
    value = np.frombuffer(coded, np.uint8).astype(np.int32) ^ 0x55
    size = (value & 0x0F) << 4
    segment = (value & 0x70) >> 4
    size = np.where(segment == 0, size + 8, (size + 0x108) << np.maximum(segment - 1, 0))
    return np.where(value & 0x80, size, -size).astype(np.int16)


def clip(path: Path) -> bytes:
    """A recording of any rate and channel count as A-law of 8 kHz. Raises soundfile.SoundFileError on a bad file."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = soxr.resample(samples.mean(axis=1), rate, RATE)
    return alaw(np.clip(mono * 32767, -32768, 32767).astype(np.int16))


class Voice(asyncio.DatagramProtocol):
    """Sends 20 ms packets without a pause from `speak_to` on: the clip, over and over, then silence between keys."""

    def __init__(self, speech: bytes, *, loop_speech: bool = True) -> None:
        self._speech = speech
        self._loop_speech = loop_speech
        self._position = 0
        self._keys: asyncio.Queue[str] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None
        self._task: asyncio.Task[None] | None = None
        self._frames: list[bytes] = []
        self._sequence = secrets.randbelow(30_000)
        self._stamp = secrets.randbelow(1 << 30)
        self._source = secrets.randbits(32)
        self._remote: tuple[str, int] | None = None
        self._arrived = asyncio.Event()

    @property
    def heard(self) -> NDArray[np.int16]:
        """Everything received so far, 8 kHz."""
        return linear(b"".join(self._frames))

    @property
    def packets_heard(self) -> int:
        return len(self._frames)

    def forget(self) -> None:
        """Starts hearing anew."""
        self._frames.clear()

    def send_by(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def speak_to(self, host: str, port: int) -> None:
        self._remote = (host, port)
        if self._task is None:
            self._task = asyncio.create_task(self._talk())

    async def hush(self) -> None:
        """Stops sending."""
        task, self._task = self._task, None
        if task:
            await ended_with(task)

    def press(self, keys: str) -> None:
        """Each key for 160 ms with a pause of 100 ms after it."""
        for key in keys:
            if key not in _KEYS:
                raise ValueError("no such key")
            self._keys.put_nowait(key)

    async def hears_speech(self, within: timedelta) -> None:
        """Returns when half a second of sound has been heard since `forget`. Raises TimeoutError."""
        await self._until(lambda: self._loud_frames() >= 25, within)

    async def hears_pause(self, within: timedelta) -> None:
        """Returns when the other side has been quiet for 0.4 s. Raises TimeoutError."""
        quiet = 0
        seen = len(self._frames)

        def paused() -> bool:
            nonlocal quiet, seen
            quiet = 0 if any(_loud(frame) for frame in self._frames[seen:]) else quiet + 1
            seen = len(self._frames)
            return quiet >= 20

        await self._until(paused, within)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) > 12 and data[1] & 0x7F == _PCMA:
            self._frames.append(data[12:])
            self._arrived.set()

    def error_received(self, exc: Exception) -> None:
        """The other side has closed its port: the call is over, and its signalling says so."""

    def _loud_frames(self) -> int:
        return sum(_loud(frame) for frame in self._frames)

    async def _until(self, done: Callable[[], bool], within: timedelta) -> None:
        async with asyncio.timeout(within.total_seconds()):
            while not done():
                self._arrived.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.02):
                        await self._arrived.wait()

    async def _talk(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if self._keys.empty():
                self._send(_PCMA, self._next_frame(), marker=False)
                self._stamp += FRAME
                due += 0.02
            else:
                due = await self._press(self._keys.get_nowait(), due)
            await asyncio.sleep(due - loop.time())

    async def _press(self, key: str, due: float) -> float:
        """RFC 4733: one event keeps its timestamp, the end is sent three times."""
        loop = asyncio.get_running_loop()
        for index in range(1, _KEY_FRAMES + 3):
            end = index >= _KEY_FRAMES
            event = struct.pack("!BBH", _KEYS.index(key), (0x80 if end else 0) | 10, min(index, _KEY_FRAMES) * FRAME)
            self._send(_EVENT, event, marker=index == 1)
            due += 0.02
            await asyncio.sleep(due - loop.time())
        self._stamp += (_KEY_FRAMES + 2) * FRAME
        for _ in range(5):
            self._send(_PCMA, _SILENCE, marker=False)
            self._stamp += FRAME
            due += 0.02
            await asyncio.sleep(due - loop.time())
        return due

    def _next_frame(self) -> bytes:
        frame = self._speech[self._position : self._position + FRAME]
        self._position += FRAME
        if self._position >= len(self._speech) and self._loop_speech:
            self._position = 0
        return frame.ljust(FRAME, b"\xd5")

    def _send(self, kind: int, payload: bytes, *, marker: bool) -> None:
        if self._transport is None or self._remote is None:
            return
        self._sequence = (self._sequence + 1) & 0xFFFF
        head = struct.pack(
            "!BBHII", 0x80, kind | (0x80 if marker else 0), self._sequence, self._stamp & 0xFFFFFFFF, self._source
        )
        self._transport.sendto(head + payload, self._remote)


def _loud(frame: bytes) -> bool:
    return bool(np.abs(linear(frame).astype(np.int32)).mean() > 200)


@asynccontextmanager
async def open_voice(speech: bytes, *, loop_speech: bool = True) -> AsyncIterator[tuple[Voice, int]]:
    """A voice on a free loopback port, and that port."""
    loop = asyncio.get_running_loop()
    transport, voice = await loop.create_datagram_endpoint(
        lambda: Voice(speech, loop_speech=loop_speech), local_addr=("127.0.0.1", 0)
    )
    voice.send_by(transport)
    try:
        yield voice, int(transport.get_extra_info("sockname")[1])
    finally:
        await voice.hush()
        transport.close()


def similarity(heard: NDArray[np.int16], spoken: NDArray[np.int16]) -> float:
    """How well `spoken` is found anywhere in `heard`: 1 is exact, below 0.3 is chance."""
    if len(heard) < len(spoken) or not len(spoken):
        return 0.0
    signal, pattern = heard.astype(np.float64), spoken.astype(np.float64)
    size = 1 << int(np.ceil(np.log2(len(signal) + len(pattern))))
    product = np.fft.irfft(np.fft.rfft(signal, size) * np.conj(np.fft.rfft(pattern, size)), size)
    product = product[: len(signal) - len(pattern) + 1]
    energy = np.concatenate(([0.0], np.cumsum(signal**2)))
    window = np.sqrt(np.maximum(energy[len(pattern) :] - energy[: len(energy) - len(pattern)], 1.0))
    return float(np.max(product / (window * np.linalg.norm(pattern))))
