"""RIFF/WAVE headers as values (Microsoft RIFF; RFC 2361): reading, repairing, writing. Pure.

Asterisk writes a header of zero length first and the true one when it closes the file. A file whose writer died has
all its samples behind a header that says there are none: the size of the file tells how many.
"""

import struct
from dataclasses import dataclass
from typing import Final

PCM: Final = 1
EXTENSIBLE: Final = 0xFFFE
HEAD_BYTES: Final = 4096
"""How much of a file's beginning is enough to find its samples."""
STEREO_HEADER_BYTES: Final = 44
_MAX_RIFF: Final = 0xFFFF_FFFF - STEREO_HEADER_BYTES


class WavUnreadable(ValueError):
    """Not a WAVE file of 16-bit linear samples; the text says why and holds no content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WavShape:
    """Where the samples lie. `declared` is the header's byte count, `length` the bytes that are really there, a whole
    number of frames."""

    rate: int
    channels: int
    offset: int
    declared: int
    length: int

    @property
    def frames(self) -> int:
        return self.length // (2 * self.channels)

    @property
    def closed(self) -> bool:
        """The writer has put the final length into the header, and that much is there."""
        return self.declared > 0 and self.length == self.declared - self.declared % (2 * self.channels)

    @property
    def repaired(self) -> bool:
        """The header does not say what is there, so the file's size was believed instead."""
        return not self.closed and self.length > 0


def read_shape(head: bytes, size: int) -> WavShape:
    """`head` is the file's beginning (`HEAD_BYTES` or all of it), `size` its whole length in bytes."""
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise WavUnreadable("no RIFF/WAVE header")
    rate = channels = 0
    at = 12
    while at + 8 <= len(head):
        name, length = struct.unpack_from("<4sI", head, at)
        at += 8
        if name == b"fmt ":
            rate, channels = _read_format(head[at : at + length])
        elif name == b"data":
            if not rate:
                raise WavUnreadable("samples before their format")
            return _shape(rate, channels, at, length, size)
        at += length + length % 2
    raise WavUnreadable("no samples chunk in the header")


def _read_format(chunk: bytes) -> tuple[int, int]:
    if len(chunk) < 16:
        raise WavUnreadable("format chunk cut short")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == EXTENSIBLE and len(chunk) >= 26:
        (tag,) = struct.unpack_from("<H", chunk, 24)
    if tag != PCM or bits != 16 or channels < 1 or rate < 1:
        raise WavUnreadable(f"format {tag}, {bits} bits, {channels} channels, {rate} Hz: 16-bit linear is needed")
    return rate, channels


def _shape(rate: int, channels: int, offset: int, declared: int, size: int) -> WavShape:
    there = max(size - offset, 0)
    length = declared if 0 < declared <= there else there
    return WavShape(
        rate=rate, channels=channels, offset=offset, declared=declared, length=length - length % (2 * channels)
    )


def stereo_header(frames: int, rate: int) -> bytes:
    """Header of a 16-bit stereo file. Raises WavUnreadable beyond 4 GiB (37 hours at 8 kHz), which RIFF cannot say."""
    length = frames * 4
    if length > _MAX_RIFF:
        raise WavUnreadable("longer than a RIFF file can be")
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + length, b"WAVE", b"fmt ", 16, PCM, 2, rate, rate * 4, 4, 16, b"data", length,
    )  # fmt: skip
