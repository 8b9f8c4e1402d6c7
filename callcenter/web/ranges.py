"""One byte range of a file (RFC 9110 section 14). Pure."""

import re
from dataclasses import dataclass
from typing import Final

_RANGE: Final = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class NotSatisfiable(ValueError):
    """The range lies wholly behind the end (416)."""


def read_range(header: str | None, size: int) -> Span | None:
    """None means the whole: no range, one not understood, or several (which a server may ignore)."""
    told = _RANGE.fullmatch(header.strip()) if header else None
    if told is None:
        return None
    first, last = told["first"], told["last"]
    if (not first and not last) or (first and last and int(last) < int(first)):
        return None
    if not first:
        span = Span(max(size - int(last), 0), size - 1)
        if int(last) == 0 or size == 0:
            raise NotSatisfiable
        return span
    if int(first) >= size:
        raise NotSatisfiable
    return Span(int(first), min(int(last), size - 1) if last else size - 1)
