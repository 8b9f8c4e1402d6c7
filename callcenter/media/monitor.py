"""The folder into which Asterisk records: names of the two sides, and whether it has finished with them. Blocking.

Asterisk writes `<source>-rx.wav` (what the caller says) and `<source>-tx.wav` (what the caller hears), `source` being
`YYYYMMDD/<uniqueid>`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from callcenter.core.ids import LegId
from callcenter.media.sealing import inspect_side

_SOURCE: Final = re.compile(r"\d{8}/[A-Za-z0-9][A-Za-z0-9._-]*")
_SIDE: Final = re.compile(r"(?P<name>.+)-(rx|tx)\.wav")


class Progress(Enum):
    """What can be seen of a recording that should be over."""

    CLOSED = "closed"
    UNCLOSED = "unclosed"  # a header without its final length: still being written, or its writer died
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Sides:
    """The two files of one recording."""

    caller: Path
    agent: Path

    def look(self) -> tuple[Progress, int]:
        """The state, and the bytes there are of both: they grow while Asterisk writes."""
        seen = [inspect_side(path) for path in (self.caller, self.agent)]
        shapes = [side.shape for side in seen if side.shape]
        size = sum(_size(side.path) for side in seen)
        if not shapes and not size:
            return Progress.ABSENT, 0
        closed = len(shapes) == 2 and all(shape.closed for shape in shapes)
        return (Progress.CLOSED if closed else Progress.UNCLOSED), size

    def header_only(self) -> bool:
        """Both are there and nothing was ever recorded: Asterisk opens them when the caller begins to wait."""
        return all(inspect_side(path).fault == "empty" for path in (self.caller, self.agent))

    def faults(self) -> str:
        return f"caller-{inspect_side(self.caller).fault} agent-{inspect_side(self.agent).fault}"

    def remove(self) -> None:
        for path in (self.caller, self.agent):
            path.unlink(missing_ok=True)


def is_source(source: str) -> bool:
    """Guards every path that is built of what came over AMI."""
    return _SOURCE.fullmatch(source) is not None


def sides_of(monitor: Path, source: str) -> Sides:
    return Sides(monitor / f"{source}-rx.wav", monitor / f"{source}-tx.wav")


def leg_of(source: str) -> LegId:
    return LegId(source.partition("/")[2])


def sources_in(monitor: Path) -> Iterator[set[str]]:
    """All recordings that have a file in the folder, a set for each day, oldest day first."""
    days = sorted(entry for entry in monitor.iterdir() if entry.is_dir()) if monitor.is_dir() else []
    for day in days:
        names = (_SIDE.fullmatch(file.name) for file in day.iterdir())
        sources = {f"{day.name}/{name['name']}" for name in names if name}
        yield {source for source in sources if is_source(source)}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
