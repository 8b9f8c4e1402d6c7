"""What one Asterisk instance is to be, as plain values; `render` turns it into configuration files."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

SPOKEN: Final = (
    *("safe", "sorry", "gone", "queue_next", "queue_thanks", "queue_comfort", "wait_position", "wait_place"),
    *(f"number_{word}" for word in (*range(1, 21), *range(30, 100, 10), "hundred")),
)
"""Prompts that Asterisk itself plays, without the server; it says the numbers itself, by the rules of the language."""

PUBLIC: Final = "public"
EMERGENCY: Final = "emergency"

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
    """A carrier, known by its address. `host` is an IP address or a name, `port` where it takes calls.

    Calls out name a group, whose trunks are tried in their order. `watch` is the time between two OPTIONS requests:
    a carrier that does not answer them is passed over at once; zero asks none.
    """

    name: str
    host: str
    port: int
    groups: tuple[str, ...] = (PUBLIC,)
    watch: timedelta = timedelta()

    def __post_init__(self) -> None:
        _check(_NAME, self.name, "a trunk's name")
        _check(_HOST, self.host, "a trunk's host")
        for group in self.groups:
            _check(_NAME, group, "a trunk group's name")


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
    """One queue of `app_queue`; its members come and go over AMI.

    After `patience` the flow `overflow` asks the caller how to go on; zero never does. Who waits is told his place when
    he comes and every `place_every`, and comforted every `comfort_every`; zero says nothing. `music` is a class of
    music on hold: a folder below `lib/moh`, `default` that folder itself.
    """

    name: str
    ring: timedelta = timedelta(seconds=20)
    weight: int = 0
    patience: timedelta = timedelta()
    overflow: str = "overflow"
    music: str = "default"
    place_every: timedelta = timedelta(seconds=45)
    comfort_every: timedelta = timedelta(seconds=120)

    def __post_init__(self) -> None:
        _check(_NAME, self.name, "a queue's name")
        _check(_NAME, self.overflow, "a flow's name")
        _check(_NAME, self.music, "the name of a music class")


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
    """In the fail-safe branch, pressing `key` rings `number` over the trunk group `emergency`."""

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
    seat_ring: timedelta = timedelta(seconds=12)
    leg_ring: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        _check(_NAME, self.name, "a PBX's name")
        _check(_NAME, self.ami_user, "the AMI user")
        _check(_SECRET, self.ami_secret, "the AMI secret")
        _check(_HOST, self.address, "an address")
        _check(_HOST, self.agi_address, "an address")
        _check(_NUMBER, self.public_number, "the public number")
        _check(_NAME, self.main_flow, "a flow's name")
        if not self.trunks_of(PUBLIC):
            raise ValueError("a PBX needs at least one trunk of the group public")
        known = {queue.name for queue in self.queues}
        wanted = {self.main_queue} | {line.queue for line in self.hotlines}
        if missing := wanted - known:
            raise ValueError(f"queues not planned: {', '.join(sorted(missing))}")
        if self.rtp_last - self.rtp_first < 3:
            raise ValueError("the RTP range is too small for one call")

    @property
    def groups(self) -> tuple[str, ...]:
        """Every trunk group that calls out can name."""
        return tuple(sorted({PUBLIC, EMERGENCY}.union(*(trunk.groups for trunk in self.trunks))))

    def trunks_of(self, group: str) -> tuple[Trunk, ...]:
        """In the order in which they are tried; emergency calls end on the public trunks, if all of their own fail."""
        own = tuple(trunk for trunk in self.trunks if group in trunk.groups)
        return own + tuple(t for t in self.trunks_of(PUBLIC) if t not in own) if group == EMERGENCY else own

    @property
    def music_classes(self) -> tuple[str, ...]:
        return tuple(sorted({queue.music for queue in self.queues} | {"default"}))
