"""What is told of calls from other platforms."""

from dataclasses import dataclass

from callcenter.calls.events import CallEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCallKnown(CallEvent):
    """The call came from the platform `link`, with a case or without one."""

    link: str
    with_case: bool
