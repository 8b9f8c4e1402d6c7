"""What one Asterisk instance is to be, as plain values; `render` turns it into configuration files."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

SPOKEN: Final = ("safe", "sorry")
"""Prompts that the dialplan itself plays, without the server."""

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_NUMBER: Final = re.compile(r"\+?[0-9]{2,20}")
_KEY: Final = re.compile(r"[0-9*#]")
_SECRET: Final = re.compile(r"[A-Za-z0-9_.~-]{8,128}")
_HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,255}")


def _check(pattern: re.Pattern[str], value: str, what: str) -> None:
    if not pattern.fullmatch(value):
        raise ValueError(f"{what} would not be safe in an Asterisk configuration file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A carrier, known by its address. `host` is an IP address or a name, `port` where it takes calls."""

    name: str
    host: str
    port: int

    def __post_init__(self) -> None:
        _check(_NAME, self.name, "a trunk's name")
        _check(_HOST, self.host, "a trunk's host")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLine:
    """One agent's telephone: it registers as `extension` with digest authentication."""

    extension: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        _check(_NAME, self.extension, "a seat's extension")
        _check(_SECRET, self.secret, "a seat's secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlan:
    """One queue of `app_queue`; its members come and go over AMI."""

    name: str
    ring: timedelta = timedelta(seconds=20)
    weight: int = 0

    def __post_init__(self) -> None:
        _check(_NAME, self.name, "a queue's name")


@dataclass(frozen=True, slots=True, kw_only=True)
class HotlineLine:
    """A number that callers dial, the flow that greets them and the queue of the fail-safe branch."""

    number: str
    flow: str
    queue: str

    def __post_init__(self) -> None:
        _check(_NUMBER, self.number, "a hotline's number")
        _check(_NAME, self.flow, "a flow's name")
        _check(_NAME, self.queue, "a queue's name")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyKey:
    """In the fail-safe branch, pressing `key` rings `number` over the first trunk."""

    key: str
    number: str

    def __post_init__(self) -> None:
        _check(_KEY, self.key, "an emergency key")
        _check(_NUMBER, self.number, "an emergency number")


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxPlan:
    """One instance. All sockets are bound to `address`; `address` and `agi_address` must be reachable from it.

    `first_answer` is the dead-man's switch until the server's first step (D2). A queue or flow that a hotline names
    must be there, or ValueError is raised.
    """

    name: str
    sip_port: int
    ami_port: int
    ami_secret: str = field(repr=False)
    agi_port: int
    rtp_first: int
    rtp_last: int
    trunks: tuple[Trunk, ...]
    seats: tuple[SeatLine, ...]
    queues: tuple[QueuePlan, ...]
    hotlines: tuple[HotlineLine, ...]
    emergency_keys: tuple[EmergencyKey, ...] = ()
    address: str = "127.0.0.1"
    agi_address: str = "127.0.0.1"
    ami_user: str = "hotline"
    public_number: str = "12345"
    main_queue: str = "main"
    main_flow: str = "main"
    first_answer: timedelta = timedelta(seconds=8)
    survey_ring: timedelta = timedelta(seconds=45)
    emergency_ring: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        _check(_NAME, self.name, "a PBX's name")
        _check(_NAME, self.ami_user, "the AMI user")
        _check(_SECRET, self.ami_secret, "the AMI secret")
        _check(_HOST, self.address, "an address")
        _check(_HOST, self.agi_address, "an address")
        _check(_NUMBER, self.public_number, "the public number")
        _check(_NAME, self.main_flow, "a flow's name")
        if not self.trunks:
            raise ValueError("a PBX needs at least one trunk")
        known = {queue.name for queue in self.queues}
        wanted = {self.main_queue} | {line.queue for line in self.hotlines}
        if missing := wanted - known:
            raise ValueError(f"queues not planned: {', '.join(sorted(missing))}")
        if self.rtp_last - self.rtp_first < 3:
            raise ValueError("the RTP range is too small for one call")
