"""One number of the hotline registry as `ivr/hotlines.yaml` may tell it (JC-07 ... JC-16, B-01, B-22)."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Number = Annotated[str, Field(pattern=r"^[0-9]{3,11}$")]
Phone = Annotated[str, Field(pattern=r"^[0-9]{3,20}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Group = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]

NEVER_TAKEN_OVER: Final = frozenset({"110", "119", "120", "122"})
"""B-01: these stay outside of 12345 for ever; the list of emergency numbers may be longer (B-22), never shorter."""


class Mode(StrEnum):
    """What became of a number when the hotlines were joined."""

    MAIN = "main"
    CANCELLED = "cancelled"
    """取消: a notice, and the call ends (JC-08)."""
    MERGED = "merged"
    """整体并入: three months of notice of the new number, served like 12345 meanwhile, then closed (JC-09)."""
    DUAL = "dual"
    """双号并行: its own greeting and queue, seats in one pool (JC-11)."""
    SUBCENTRE = "subcentre"
    """分中心: its own seats; calls are handed over both ways (JC-16)."""
    EMERGENCY = "emergency"
    """紧急联动: called out to, never taken over (JC-13)."""


FORWARDED: Final = frozenset({Mode.MERGED, Mode.DUAL})
"""Numbers that must be seen to arrive here: they are rung by the daily test call (JC-10)."""
LINKED: Final = frozenset({Mode.SUBCENTRE, Mode.EMERGENCY})
"""Numbers whose seats are elsewhere: they have a link."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(Part):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Hours(Part):
    """When somebody answers there, in the city's time. `days` are ISO weekdays: 1 is Monday."""

    days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (1, 2, 3, 4, 5)
    begin: time
    end: time

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if self.begin >= self.end:
            raise ValueError("hours end before they begin")
        return self

    def hold(self, local: datetime) -> bool:
        return local.isoweekday() in self.days and self.begin <= local.time() < self.end


class Link(Part):
    """How calls and cases pass between 12345 and a number that has seats of its own (JC-13, JC-15, JC-16)."""

    transfer: Phone = Field(description="What is dialled to hand a caller over.")
    group: Group = Field(default="public", description="The trunk group for it.")
    ring: int = Field(default=25, ge=5, le=120, description="Seconds of ringing before the fallback.")
    fallback: Phone | None = Field(default=None, description="A second phone there, when the first does not answer.")
    drill: Phone | None = Field(default=None, description="The test target of drills; never a real emergency number.")
    hours: Hours | None = Field(default=None, description="When they answer; round the clock when not given.")
    callers: tuple[Phone, ...] = Field(default=(), description="Numbers that they present when they ring us.")
    entries: tuple[Phone, ...] = Field(default=(), description="Numbers of ours that only they dial.")
    machine: str | None = Field(default=None, description="User name of the machine that may hand in their cases.")
    case_minutes: int = Field(default=10, ge=1, le=240, description="How long a case waits for its call.")
    orders_to: str | None = Field(
        default=None, pattern=r"^[a-z0-9-]{1,40}$", description="Code of the org that gets a message order instead."
    )

    def answers_at(self, local: datetime) -> bool:
        """`local` is the city's time."""
        return self.hours is None or self.hours.hold(local)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every number of theirs that may be dialled in earnest."""
        return (self.transfer, self.fallback) if self.fallback else (self.transfer,)


class Hotline(Part):
    """One number. A served one names its flow and queue; an emergency one may have a key in the fail-safe branch."""

    number: Number
    title: Title
    mode: Mode
    owner: Title | None = Field(default=None, description="The organisation that answers for the number.")
    flow: Name | None = None
    queue: Name | None = None
    greeting: Name | None = Field(default=None, description="The prompt with which the number greets.")
    seats: int | None = Field(default=None, ge=0, description="Seats that came with the number.")
    scope: tuple[Annotated[str, Field(min_length=1, max_length=40)], ...] = Field(
        default=(), description="Subjects of the knowledge base that belong to the number."
    )
    key: Annotated[str, Field(pattern=r"^[0-9]$")] | None = None
    since: date | None = Field(default=None, description="The day from which the mode holds; a notice's first day.")
    until: date | None = Field(
        default=None, description="The end of a merged number's notice: the first day on which it may be closed."
    )
    link: Link | None = None

    @model_validator(mode="after")
    def _fits_its_mode(self) -> Self:
        served = self.mode is not Mode.EMERGENCY
        if served and self.number in NEVER_TAKEN_OVER:
            raise ValueError(f"{self.number}: an emergency number is never taken over")
        if served and not (self.flow and self.queue):
            raise ValueError(f"{self.number}: a number that is served needs a flow and a queue")
        if not served and (self.flow or self.queue):
            raise ValueError(f"{self.number}: an emergency number has neither flow nor queue here")
        if self.key and served:
            raise ValueError(f"{self.number}: only an emergency number has a key")
        if (self.mode in LINKED) != (self.link is not None):
            raise ValueError(f"{self.number}: a link belongs to subcentres and emergency numbers, and to each of them")
        if self.mode is Mode.MERGED and not (self.since and self.until):
            raise ValueError(f"{self.number}: a merged number needs the first day and the end of its notice")
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"{self.number}: ends before it begins")
        return self


class Status(StrEnum):
    """Where a number stands on a day."""

    PLANNED = "planned"
    ACTIVE = "active"
    NOTICE = "notice"
    """The callers of a merged number are told the new one."""
    CLOSABLE = "closable"
    """The notice has ended: the number may be closed. It is forwarded until then."""
    CLOSED = "closed"
    CANCELLED = "cancelled"


def status_on(line: Hotline, day: date, *, closed: bool) -> Status:
    """`closed`: whether the 销号 task of a merged number is done."""
    if line.since is not None and day < line.since:
        return Status.PLANNED
    if line.mode is Mode.CANCELLED:
        return Status.CANCELLED
    if line.mode is not Mode.MERGED:
        return Status.ACTIVE
    if closed:
        return Status.CLOSED
    return Status.NOTICE if line.until is None or day < line.until else Status.CLOSABLE
