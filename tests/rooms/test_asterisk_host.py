"""Start, stop and refusal of a real Asterisk."""

import asyncio
import dataclasses
import os
import socket

import pytest

from callcenter.core.errors import Misconfigured, Unavailable
from callcenter.pbx.host import AsteriskHost, AsteriskInstall
from callcenter.pbx.render import SeatLine
from tests.simulators.asterisk import sample_plan


async def test_it_starts_whole_and_stops_without_a_trace(own_asterisk: AsteriskHost) -> None:
    shown = await own_asterisk.command("pjsip show endpoints")
    assert "8001" in shown
    assert "carrier" in shown
    assert "main" in await own_asterisk.command("queue show main")
    log = (own_asterisk.paths.logs / "messages.log").read_text()
    assert "ERROR" not in log
    pid = own_asterisk.pid
    await own_asterisk.stop()
    assert own_asterisk.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)
    with pytest.raises(Unavailable):
        await own_asterisk.command("core show version")


async def test_its_port_greets_over_ami(own_asterisk: AsteriskHost) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", own_asterisk.plan.ami_port)
    assert (await reader.readline()).startswith(b"Asterisk Call Manager")
    writer.close()


async def test_a_taken_port_is_named(asterisk_install: AsteriskInstall) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        host = AsteriskHost(asterisk_install, sample_plan(sip_port=port))
        with pytest.raises(Misconfigured, match=f"port {port} .SIP. .* is taken"):
            await host.start()
        assert host.pid is None
    host.remove()


async def test_a_second_start_of_the_same_instance_is_refused(
    own_asterisk: AsteriskHost, asterisk_install: AsteriskInstall
) -> None:
    second = AsteriskHost(asterisk_install, own_asterisk.plan)
    with pytest.raises(Misconfigured, match=f"already running as process {own_asterisk.pid}"):
        await second.start()


async def test_a_new_seat_is_taken_over_while_running(own_asterisk: AsteriskHost) -> None:
    plan = own_asterisk.plan
    more = dataclasses.replace(plan, seats=(*plan.seats, SeatLine(extension="8099", secret="secret-of-8099")))
    await own_asterisk.apply(more)
    assert "8099" in await own_asterisk.command("pjsip show endpoint 8099")


@pytest.mark.parametrize("secret", ["short", "with\nnewline-in-it", "semi;colon-in-it"])
def test_a_secret_that_would_break_a_file_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="not be safe"):
        SeatLine(extension="8001", secret=secret)
