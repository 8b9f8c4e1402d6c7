"""Bytes of the manager interface become frames, however the network cuts them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.pbx.frames import BANNER, FrameBuffer, NotAmi

GREETING = BANNER + b"9.0.0\r\n"
LINES = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1, max_size=30)
FRAMES = st.lists(st.lists(LINES, min_size=1, max_size=4), max_size=6)


def sent(frames: list[list[str]]) -> bytes:
    return GREETING + b"".join("".join(f"{line}\r\n" for line in frame).encode() + b"\r\n" for frame in frames)


@given(frames=FRAMES, cuts=st.lists(st.integers(0, 500), max_size=60))
def test_any_split_of_the_bytes_gives_the_frames_that_were_sent(frames: list[list[str]], cuts: list[int]) -> None:
    stream = sent(frames)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    buffer = FrameBuffer()
    heard = [frame for a, b in itertools.pairwise(edges) for frame in buffer.feed(stream[a:b])]
    assert [frame.decode().split("\r\n") for frame in heard] == frames
    assert buffer.version == "9.0.0"


@given(frames=FRAMES.filter(bool))
def test_byte_by_byte_a_frame_comes_with_its_last_byte(frames: list[list[str]]) -> None:
    buffer, stream = FrameBuffer(), sent(frames)
    heard = [(place, frame) for place in range(len(stream)) for frame in buffer.feed(stream[place : place + 1])]
    assert [frame.decode().split("\r\n") for _, frame in heard] == frames
    assert all(stream[: place + 1].endswith(b"\r\n\r\n") for place, _ in heard)


@pytest.mark.parametrize(
    "other", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 10, BANNER + b"\r\n"]
)
def test_another_protocol_is_recognised_at_once(other: bytes) -> None:
    with pytest.raises(NotAmi):
        FrameBuffer().feed(other)


def test_a_greeting_without_end_is_given_up() -> None:
    buffer = FrameBuffer()
    assert buffer.feed(BANNER) == []
    assert buffer.feed(b"9" * (200 - len(BANNER))) == []
    with pytest.raises(NotAmi):
        buffer.feed(b"9")


def test_a_frame_without_end_is_given_up_and_a_long_one_that_ends_is_not() -> None:
    buffer = FrameBuffer(longest=1000)
    buffer.feed(GREETING)
    assert [len(frame) for frame in buffer.feed(b"x" * 1500 + b"\r\n\r\n")] == [1500]
    assert buffer.feed(b"x" * 1000) == []
    with pytest.raises(NotAmi, match="1000"):
        buffer.feed(b"x")
