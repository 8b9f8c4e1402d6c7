"""What is told of test calls and drills."""

from dataclasses import dataclass

from callcenter.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeFinished(Event):
    """`kind` is daily, manual or drill; `status` ok, failed or unknown; `seconds` to the answer, None without one."""

    number: str
    kind: str
    status: str
    reason: str
    seconds: float | None
