"""A real Asterisk on free loopback ports, in its own tree, ended by its process id."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from callcenter.flows.files import read_prompts
from callcenter.flows.prompts import PromptBook, install_prompts
from callcenter.pbx.host import AsteriskHost, AsteriskInstall, default_cache, find_or_build
from callcenter.pbx.render import EmergencyKey, HotlineLine, PbxPlan, QueuePlan, SeatLine, Trunk
from callcenter.resources import IVR
from tests.simulators.ports import free_port, free_udp, rtp_range

SEATS = ("8001", "8002", "8003", "8004")


def seat_secret(extension: str) -> str:
    return f"secret-of-{extension}"


def sample_plan(**changed: Any) -> PbxPlan:
    """One trunk called `carrier` (calls out arrive at its port), four seats, queues `main` and `housing`."""
    first, last = rtp_range()
    given: dict[str, Any] = {
        "name": f"t{secrets.token_hex(5)}",
        "sip_port": free_udp(),
        "ami_port": free_port(),
        "ami_secret": secrets.token_hex(16),
        "agi_port": free_port(),
        "rtp_first": first,
        "rtp_last": last,
        "trunks": (Trunk(name="carrier", host="127.0.0.1", port=free_udp()),),
        "seats": tuple(SeatLine(extension=seat, secret=seat_secret(seat)) for seat in SEATS),
        "queues": (QueuePlan(name="main"), QueuePlan(name="housing")),
        "hotlines": (
            HotlineLine(number="12345", flow="main", queue="main"),
            HotlineLine(number="12329", flow="main", queue="housing"),
        ),
        "emergency_keys": (EmergencyKey(key="1", number="110"), EmergencyKey(key="2", number="119")),
    }
    return PbxPlan(**{**given, **changed})


def speak_prompts(host: AsteriskHost) -> PromptBook:
    """Every prompt of the product in the instance's sounds folder."""
    texts = read_prompts(IVR / "prompts" / "prompts.yaml")
    return install_prompts(texts, cache=default_cache() / "prompts", sounds=host.paths.sounds)


@pytest.fixture(scope="session")
def asterisk_install() -> AsteriskInstall:
    return find_or_build(default_cache(), print)


@pytest.fixture(scope="module")
def asterisk_plan() -> PbxPlan:
    """A module that wants another plan has a fixture of this name."""
    return sample_plan()


@pytest.fixture(scope="module")
def asterisk(asterisk_install: AsteriskInstall, asterisk_plan: PbxPlan) -> Iterator[AsteriskHost]:
    """One Asterisk for all tests of a module, with `asterisk_plan`; it must not be stopped by a test.

    Nothing listens on its `plan.agi_port` or at its trunk unless the test starts it.
    """
    host = AsteriskHost(asterisk_install, asterisk_plan)
    with asyncio.Runner() as runner:
        try:
            runner.run(host.start())
            speak_prompts(host)
            yield host
        finally:
            runner.run(host.stop())
            host.remove()


@pytest.fixture
async def own_asterisk(asterisk_install: AsteriskInstall) -> AsyncIterator[AsteriskHost]:
    """An Asterisk for one test alone, which may stop, kill and start it."""
    host = AsteriskHost(asterisk_install, sample_plan())
    try:
        await host.start()
        speak_prompts(host)
        yield host
    finally:
        await host.stop()
        host.remove()
