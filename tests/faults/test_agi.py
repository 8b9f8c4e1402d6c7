"""The FastAGI server against peers that misbehave, each over a real socket (D4)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from callcenter.core.errors import Invalid, Misconfigured, Unavailable
from callcenter.pbx.agi import AgiConfig, AgiServer, AgiSession, CallerGone, open_agi
from callcenter.pbx.agi_words import AgiRefused
from tests.simulators.agi_peer import OPENING, AgiPeer
from tests.simulators.eventually import eventually

TEN_MEGABYTES = 10 * 1024 * 1024


class Greeting:
    """A handler that answers and remembers."""

    def __init__(self) -> None:
        self.served: list[str] = []
        self.errors: list[Exception] = []

    async def __call__(self, session: AgiSession) -> None:
        await session.answer()
        self.served.append(session.request.args["dnis"])


@pytest.fixture
def greeting() -> Greeting:
    return Greeting()


@pytest.fixture
async def server(greeting: Greeting) -> AsyncIterator[AgiServer]:
    async with open_agi(AgiConfig(port=0, opening_seconds=0.5, connections=1200), greeting) as serving:
        yield serving


async def is_well(server: AgiServer) -> None:
    """An honest call is served at once."""
    async with asyncio.timeout(2):
        peer = await AgiPeer.connect(server.port)
        assert await peer.reply() == "ANSWER"
        assert await peer.closed()


async def all_gone(server: AgiServer) -> None:
    await eventually(lambda: not server.connections)


async def test_an_honest_call(server: AgiServer, greeting: Greeting) -> None:
    await is_well(server)
    assert greeting.served == ["12345"]


async def test_connect_and_close_a_thousand_times(server: AgiServer) -> None:
    for _ in range(1000):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.close()
    await is_well(server)
    await all_gone(server)


async def test_half_an_opening_then_close(server: AgiServer) -> None:
    peer = await AgiPeer.connect(server.port, OPENING[:50])
    peer.writer.close()
    await is_well(server)
    await all_gone(server)


async def test_silence_is_closed_at_the_deadline(server: AgiServer) -> None:
    peer = await AgiPeer.connect(server.port, b"")
    assert not await peer.closed(0.2)
    peer = await AgiPeer.connect(server.port, b"")
    assert await peer.closed(2)


async def test_an_opening_in_drops_is_closed_at_the_deadline(server: AgiServer) -> None:
    peer = await AgiPeer.connect(server.port, b"")

    async def drip() -> None:
        while True:
            peer.writer.write(b"agi_network: yes\n")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    assert await peer.closed(3)
    dripping.cancel()
    await asyncio.gather(dripping, return_exceptions=True)


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300) + b"\n",
        b"\n",
        b"agi_channel\n\n",
        "agi_channel: 张伟\n\n".encode("gb18030"),
    ],
)
async def test_garbage_is_closed(server: AgiServer, greeting: Greeting, garbage: bytes) -> None:
    peer = await AgiPeer.connect(server.port, garbage)
    assert await peer.closed(2)
    assert not greeting.served
    await is_well(server)


@pytest.mark.parametrize("line", [b"agi_x: " + b"y" * 2000 + b"\n", b"z" * 4096])
async def test_ten_megabytes_of_opening_are_cut_early(server: AgiServer, line: bytes) -> None:
    peer = await AgiPeer.connect(server.port, b"")
    sent = 0
    with contextlib.suppress(ConnectionError):
        while sent < TEN_MEGABYTES:
            peer.writer.write(line)
            await peer.writer.drain()
            sent += len(line)
    assert sent < TEN_MEGABYTES
    await all_gone(server)
    peer.writer.close()
    await is_well(server)


async def test_a_thousand_idle_connections_do_not_delay_a_call(server: AgiServer) -> None:
    idle = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(1000)]
    await is_well(server)
    await all_gone(server)
    for _, writer in idle:
        writer.close()


async def test_connections_beyond_the_limit_are_closed_at_once(greeting: Greeting) -> None:
    async with open_agi(AgiConfig(port=0, opening_seconds=5, connections=2), greeting) as server:
        kept = [await AgiPeer.connect(server.port, b"") for _ in range(2)]
        await eventually(lambda: server.connections == 2)
        assert await (await AgiPeer.connect(server.port)).closed(1)
        for peer in kept:
            peer.writer.close()
        await all_gone(server)
        await is_well(server)


async def test_a_taken_port_is_named(server: AgiServer, greeting: Greeting) -> None:
    with pytest.raises(Misconfigured, match=f"port {server.port} .FastAGI."):
        async with open_agi(AgiConfig(port=server.port), greeting):
            pass


async def session_error(replies: bytes, ask: str = "ANSWER") -> Exception | None:
    """What a handler gets when Asterisk answers its first command with `replies`."""
    seen: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    async def handler(session: AgiSession) -> None:
        try:
            await session.send(ask, within=timedelta(seconds=0.3))
        except Exception as error:
            seen.set_result(error)
            raise
        seen.set_result(None)

    async with open_agi(AgiConfig(port=0), handler) as server:
        peer = await AgiPeer.connect(server.port)
        await peer.command()
        if replies:
            peer.writer.write(replies)
        async with asyncio.timeout(5):
            error = await seen
        peer.writer.close()
        return error


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        (b"200 result=0\n", None),
        (b"HANGUP\n200 result=0\n", None),
        (b"200 result=-1\n", CallerGone),
        (b"511 Command Not Permitted on a dead channel\n", CallerGone),
        (b"510 Invalid or unknown command\n", AgiRefused),
        (b"520-Invalid command syntax.  Proper usage follows:\nUsage: X\n520 End of proper usage.\n", AgiRefused),
        (b"nonsense\n", Invalid),
        (b"x" * 20000, Invalid),
        (b"HANGUP\n" * 9, Invalid),
        (b"", Unavailable),
    ],
)
async def test_each_reply_has_its_meaning(replies: bytes, expected: type[Exception] | None) -> None:
    error = await session_error(replies)
    assert error is None if expected is None else isinstance(error, expected)


async def test_a_handler_that_raises_lets_go_of_its_caller_only(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(session: AgiSession) -> None:
        if session.request.args["dnis"] == "1":
            raise RuntimeError("staged")
        await session.answer()

    async with open_agi(AgiConfig(port=0), handler) as server:
        bad = await AgiPeer.connect(server.port, OPENING.replace(b"dnis=12345", b"dnis=1"))
        assert await bad.closed()
        await is_well(server)


@pytest.mark.parametrize("value", ["two\nlines", "carriage\rreturn", "nul\0"])
async def test_a_line_break_in_a_value_is_refused_before_it_is_sent(value: str) -> None:
    outcome: list[Exception] = []

    async def handler(session: AgiSession) -> None:
        with pytest.raises(Invalid) as refused:
            await session.set_variable("HL_ROUTE", value)
        outcome.append(refused.value)
        with pytest.raises(Invalid):
            await session.set_variable("HL_ROUTE", "x" * 2000)
        with pytest.raises(Invalid):
            await session.mark("HotlineX", Field="a,b")
        await session.answer()

    async with open_agi(AgiConfig(port=0), handler) as server:
        peer = await AgiPeer.connect(server.port)
        assert await peer.reply() == "ANSWER"
        await peer.closed()
    assert outcome


async def test_quotes_and_chinese_arrive_as_one_argument() -> None:
    async def handler(session: AgiSession) -> None:
        await session.set_variable("HL_NAME", '澄湾"市\\ 民')

    async with open_agi(AgiConfig(port=0), handler) as server:
        peer = await AgiPeer.connect(server.port)
        assert await peer.reply() == 'SET VARIABLE HL_NAME "澄湾\\"市\\\\ 民"'
        await peer.closed()
