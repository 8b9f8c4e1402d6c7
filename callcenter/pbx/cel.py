"""Asterisk's own record of its calls (`cel_custom` CSV), read back when the link was away.

Columns as `templates/cel_custom.conf.j2` writes them. Records come in order of time; a last line without its end is
still being written; rotated files (`Master.csv.1` ...) beside it are read when they reach into the interval.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from callcenter.core.ids import LegId
from callcenter.pbx import facts
from callcenter.pbx.facts import PbxFact

COLUMNS: Final = (
    "event",
    "time",
    "leg",
    "linked",
    "channel",
    "caller",
    "exten",
    "context",
    "application",
    "arguments",
    "peer",
    "user_event",
    "extra",
)
BLOCK: Final = 64 * 1024
"""Bytes that are read rather than bisected further."""
PACKED: Final = frozenset({".gz", ".xz", ".bz2", ".zst"})


@dataclass(frozen=True, slots=True)
class CelFile:
    """`path` is where Asterisk writes now; older files stand beside it with a suffix."""

    path: Path

    def facts_between(self, pbx: str, since: datetime, until: datetime) -> list[PbxFact]:
        """In order of time. Blocking; costs the interval, not the file. Raises OSError when it cannot be read."""
        found: list[PbxFact] = []
        for file in self._files(since):
            for line in _whole_lines(file, _offset_of(file, since)):
                found += [fact for fact in facts_of(line, pbx) if since <= fact.at <= until]
        return sorted(found, key=lambda fact: fact.at)

    def _files(self, since: datetime) -> list[Path]:
        """Those that were still written to in the interval, and the present one in any case."""
        beside = self.path.parent.glob(f"{self.path.name}.*")
        rotated = [file for file in beside if file.is_file() and file.suffix not in PACKED]
        earliest = since.timestamp() - 1
        return [*(file for file in rotated if file.stat().st_mtime >= earliest), self.path]


def _offset_of(file: Path, since: datetime) -> int:
    """Where reading must begin: bisected, as the lines come in order of time but for a few milliseconds."""
    wanted = since.timestamp() - 1
    with file.open("rb") as source:
        low, high = 0, source.seek(0, 2)
        while high - low > BLOCK:
            middle = (low + high) // 2
            source.seek(middle)
            source.readline()
            stamp = _stamp(source.readline())
            if stamp is not None and stamp < wanted:
                low = middle
            else:
                high = middle
    return low


def _stamp(line: bytes) -> float | None:
    row = _row(line)
    at = _time(row["time"]) if row else None
    return at.timestamp() if at else None


def _whole_lines(file: Path, offset: int) -> Iterator[bytes]:
    """The first may be a part, which is then no record."""
    with file.open("rb") as source:
        source.seek(offset)
        yield from (line for line in source if line.endswith(b"\n"))


def facts_of(line: bytes, pbx: str) -> Sequence[PbxFact]:
    """None, one or two facts; a line that is no record of ours gives none."""
    row = _row(line)
    if row is None:
        return ()
    at = _time(row["time"])
    if at is None or not row["leg"]:
        return ()
    common = {
        "pbx": pbx,
        "at": at,
        "leg": LegId(row["leg"]),
        "linked": LegId(row["linked"] or row["leg"]),
        "channel": row["channel"],
    }
    if (row["event"], row["application"]) == ("APP_START", "MixMonitor"):
        return _recording(row["arguments"], common)
    fact = _fact(row, common)
    return () if fact is None else (fact,)


def _recording(arguments: str, common: dict[str, Any]) -> Sequence[PbxFact]:
    """What the dialplan says of a recording, from MixMonitor's own arguments (`,br(FILE-rx.wav)t(FILE-tx.wav)`)."""
    file = arguments.partition("r(")[2].partition("-rx.wav)")[0]
    mark = facts.DialplanMarked(**common, mark="HotlineRecording", fields=(("File", file),))
    return (mark, facts.RecordingStarted(**common))


def _row(line: bytes) -> dict[str, str] | None:
    try:
        values = next(csv.reader([line.decode("utf-8", "replace")], strict=True))
    except (csv.Error, StopIteration):
        return None
    return dict(zip(COLUMNS, values, strict=True)) if len(values) == len(COLUMNS) else None


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _fact(row: dict[str, str], common: dict[str, Any]) -> PbxFact | None:
    queue = row["arguments"].partition(",")[0]
    match row["event"], row["application"]:
        case "CHAN_START", _:
            caller, dialled, context = row["caller"], row["exten"], row["context"]
            return facts.ChannelStarted(**common, caller_number=caller, dialled=dialled, context=context)
        case "ANSWER", _:
            return facts.ChannelStateChanged(**common, state="Up")
        case "HANGUP", _:
            return facts.ChannelEnded(**common, cause=_cause(row["extra"]))
        case "BRIDGE_ENTER", _:
            return facts.BridgeEntered(**common, bridge=_extra(row["extra"], "bridge_id"))
        case "BRIDGE_EXIT", _:
            return facts.BridgeLeft(**common, bridge=_extra(row["extra"], "bridge_id"))
        case "APP_START", "Queue":
            return facts.QueueJoined(**common, queue=queue, position=0, count=0)
        case "APP_END", "Queue":
            return facts.QueueLeft(**common, queue=queue, count=0)
        case _:
            return None


def _extra(text: str, name: str) -> str:
    try:
        return str(orjson.loads(text)[name])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""


def _cause(text: str) -> int:
    cause = _extra(text, "hangupcause")
    return int(cause) if cause.isdecimal() else 0
