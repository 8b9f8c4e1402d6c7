"""WAV headers: whole, unclosed, cut short, odd and hostile."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.media.wav import WavUnreadable, read_shape, stereo_header


def header(
    declared: int, *, channels: int = 1, rate: int = 8000, bits: int = 16, tag: int = 1, extra: bytes = b""
) -> bytes:
    fmt = struct.pack("<HHIIHH", tag, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits) + extra
    return (
        struct.pack("<4sI4s4sI", b"RIFF", 36 + declared, b"WAVE", b"fmt ", len(fmt))
        + fmt
        + struct.pack("<4sI", b"data", declared)
    )


def test_closed_file() -> None:
    shape = read_shape(header(3200), 44 + 3200)
    assert (shape.rate, shape.channels, shape.offset, shape.frames) == (8000, 1, 44, 1600)
    assert shape.closed
    assert not shape.repaired


def test_unclosed_header_is_repaired_from_the_size() -> None:
    shape = read_shape(header(0), 44 + 3201)
    assert shape.frames == 1600
    assert shape.repaired
    assert not shape.closed


def test_cut_short_file_gives_what_is_there() -> None:
    shape = read_shape(header(3200), 44 + 1001)
    assert shape.frames == 500
    assert shape.repaired


def test_header_without_samples_is_neither_closed_nor_repaired() -> None:
    shape = read_shape(header(0), 44)
    assert (shape.frames, shape.closed, shape.repaired) == (0, False, False)


def test_trailing_chunk_is_not_sound() -> None:
    assert read_shape(header(3200), 44 + 3200 + 26).frames == 1600


def test_chunks_before_the_samples_are_stepped_over() -> None:
    whole = header(8)
    listed = whole[:36] + struct.pack("<4sI", b"LIST", 3) + b"abc\0" + whole[36:]
    shape = read_shape(listed, len(listed) + 8)
    assert (shape.offset, shape.frames) == (56, 4)


def test_extensible_format_with_linear_samples() -> None:
    extra = struct.pack("<HHIH14s", 22, 16, 0, 1, bytes(14))
    assert read_shape(header(4, tag=0xFFFE, extra=extra), 72).frames == 2


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"RIFF",
        b"OggS" + bytes(60),
        header(4, tag=6),  # A-law
        header(4, bits=8),
        header(4, channels=0),
        header(4, rate=0),
        header(4)[:30],
        header(4)[:12] + header(4)[36:],  # samples before their format
    ],
)
def test_what_is_no_linear_wave_is_refused(head: bytes) -> None:
    with pytest.raises(WavUnreadable):
        read_shape(head, len(head) + 100)


@given(st.binary(max_size=200), st.integers(0, 2**40))
def test_any_bytes_give_a_shape_or_a_refusal(noise: bytes, size: int) -> None:
    for head in (noise, b"RIFF\0\0\0\0WAVE" + noise, header(8)[:20] + noise):
        try:
            shape = read_shape(head, size)
        except WavUnreadable:
            continue
        assert 0 <= shape.length <= max(size - shape.offset, 0)
        assert shape.length % (2 * shape.channels) == 0


@given(st.integers(0, 10**6), st.sampled_from([8000, 16000]))
def test_written_header_reads_back(frames: int, rate: int) -> None:
    shape = read_shape(stereo_header(frames, rate), 44 + frames * 4)
    assert (frames, rate, 2) == (shape.frames, shape.rate, shape.channels)
    assert shape.closed or frames == 0


def test_longer_than_a_riff_file_can_be() -> None:
    with pytest.raises(WavUnreadable):
        stereo_header(2**30, 8000)
