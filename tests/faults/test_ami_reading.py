"""Faults of panoramisk around reading: cut characters, events that kill the link, memory without bound."""

import asyncio
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.clock import SystemClock
from callcenter.pbx.decode import decode
from callcenter.pbx.facts import ChannelStarted, DialplanMarked, LinkLost, LinkUp
from callcenter.pbx.frames import FrameBuffer, NotAmi
from callcenter.pbx.link import open_link
from tests.faults.conftest import Configure
from tests.faults.hearing import Hearing
from tests.simulators.ami_server import AmiServer, Headers, Session

STREAM = (
    b"Asterisk Call Manager/9.0.0\r\n"
    + "".join(
        f"Event: UserEvent\r\nUniqueid: {n}\r\nUserEvent: 张伟工单😀\r\nNote: 第{n}号\r\n\r\n" for n in range(5)
    ).encode()
)


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_however_the_bytes_are_split_the_frames_are_the_same(cuts: list[int]) -> None:
    whole = FrameBuffer().feed(STREAM)
    assert len(whole) == 5
    buffer = FrameBuffer()
    edges = [0, *sorted(cuts), len(STREAM)]
    frames = [frame for a, b in itertools.pairwise(edges) for frame in buffer.feed(STREAM[a:b])]
    assert frames == whole
    assert buffer.version == "9.0.0"


@pytest.mark.parametrize("other", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 10])
def test_another_protocol_is_recognised(other: bytes) -> None:
    with pytest.raises(NotAmi):
        FrameBuffer().feed(other)


def test_a_frame_without_end_is_bounded() -> None:
    buffer = FrameBuffer(longest=1000)
    buffer.feed(b"Asterisk Call Manager/9.0.0\r\n")
    for _ in range(10):
        buffer.feed(b"x" * 100)
    with pytest.raises(NotAmi):
        buffer.feed(b"x")


@pytest.mark.parametrize("piece", [1, 2, 3])
async def test_chinese_split_inside_a_character_arrives_whole(piece: int, ami: AmiServer, configure: Configure) -> None:
    ami.piece = piece
    async with open_link(configure(), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        await ami.latest.event("UserEvent", Uniqueid="1.1", UserEvent="HotlineRoute", Queue="张伟工单")
        marked = await hearing.until(DialplanMarked)
    assert marked.fields == (("Queue", "张伟工单"),)


async def test_an_event_that_cannot_be_decoded_costs_only_itself(
    ami: AmiServer, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decode_or_raise(name: bytes, frame: bytes, **given: Any) -> Any:
        if b"poison" in frame:
            raise ZeroDivisionError
        return decode(name, frame, **given)

    monkeypatch.setattr("callcenter.pbx.link.decode", decode_or_raise)
    async with open_link(configure(), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        await ami.latest.event("Newchannel", Uniqueid="poison")
        await ami.latest.event("Newchannel", Uniqueid="1.2")
        assert (await hearing.until(ChannelStarted)).leg == "1.2"
    assert len(ami.sessions) == 1


@pytest.mark.parametrize(
    "odd",
    [
        b"Event: Hangup\r\nUniqueid: 1\r\nCause: " + b"9" * 5000,
        b"Event: Hangup",
        b"Event: ",
        b"Event: Newchannel\r\nno colon here\r\nUniqueid:",
        b"Event: AgentComplete\r\nTimestamp: never",
        b"Event: AgentComplete\r\nTimestamp: 1e400",
        b"Event: OriginateResponse",
        b"Event: UserEvent\r\nUniqueid: \xff\xfe",
        b"Response: Success",
        b"Response: Follows\r\nActionID: unknown",
        b"nonsense",
        b"",
    ],
)
async def test_odd_frames_cost_nothing(odd: bytes, ami: AmiServer, configure: Configure) -> None:
    async with open_link(configure(), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        await ami.latest.write(odd + b"\r\n\r\n")
        await ami.latest.event("Newchannel", Uniqueid="1.2")
        assert (await hearing.until(ChannelStarted)).leg == "1.2"
        assert (await link.send("Ping")).fields["Response"] == "Success"
    assert len(ami.sessions) == 1


async def test_a_slow_consumer_costs_a_declared_gap_and_no_memory(ami: AmiServer, configure: Configure) -> None:
    """Asterisk is read at full speed though nobody takes facts; then the gap and a fresh snapshot are told."""
    async with open_link(configure(inbox_size=100), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        for n in range(1000):
            await ami.latest.event("Newchannel", Uniqueid=f"1.{n}", Timestamp=f"{1700000000 + n}.5")
        await link.send("Ping")
        assert link.waiting <= 101
        assert link.dropped == 900
        lost = await hearing.until(LinkLost)
        up = await hearing.until(LinkUp)
        await ami.latest.event("Newchannel", Uniqueid="2.1")
        assert (await hearing.until(ChannelStarted)).leg == "2.1"
    legs = [fact.leg for fact in hearing.all if isinstance(fact, ChannelStarted)]
    assert legs == [*(f"1.{n}" for n in range(100)), "2.1"]
    assert (lost.reason, up.lost_at) == ("inbox full", lost.at)
    assert len(ami.sessions) == 1


async def test_what_comes_during_the_snapshot_stands_behind_it(ami: AmiServer, configure: Configure) -> None:
    async def busy(session: Session, headers: Headers) -> None:
        await session.event("Newchannel", Uniqueid="1.1")
        await session.listing(headers, [{"Event": "CoreShowChannel", "Uniqueid": "1.1"}])
        await session.event("Hangup", Uniqueid="1.1")

    ami.scripts["CoreShowChannels"] = busy
    async with open_link(configure(), SystemClock()) as link:
        hearing = Hearing(link.facts())
        kinds = [type(await hearing.next()).__name__ for _ in range(3)]
    assert kinds == ["LinkUp", "ChannelStarted", "ChannelEnded"]


async def test_the_inbox_has_one_consumer(ami: AmiServer, configure: Configure) -> None:
    async with open_link(configure(), SystemClock()) as link:
        first = link.facts()
        await asyncio.wait_for(anext(first), 10)
        with pytest.raises(RuntimeError):
            await anext(link.facts())
