"""AMI headers as values. A missing or odd header is an ordinary case (limits.md section 4), never an error."""

from collections.abc import Mapping
from typing import Final

from callcenter.core.ids import LegId

Fields = Mapping[str, str]


class _Needles(dict[str, str]):
    """What to search for, made once for each header name of this program."""

    def __missing__(self, name: str) -> str:
        self[name] = needle = f"\r\n{name}: "
        return needle


_NEEDLES: Final = _Needles()


class Headers:
    """The headers of one frame, each looked up only when asked for: most events are read for five of their thirty. A
    repeated header gives its first value, so that what a dialplan adds can never pose as Asterisk's own."""

    __slots__ = ("_text",)

    def __init__(self, frame: bytes) -> None:
        self._text = "\r\n" + frame.decode("utf-8", "replace") + "\r\n"

    def get(self, name: str, default: str = "") -> str:
        text, needle = self._text, _NEEDLES[name]
        found = text.find(needle)
        if found < 0:
            return default
        begin = found + len(needle)
        return text[begin : text.find("\r", begin)]

    def after(self, name: str) -> tuple[tuple[str, str], ...]:
        """The headers that follow the named one, in their order."""
        _, found, rest = self._text.partition(f"\r\n{name}: ")
        lines = rest.split("\r\n")[1:] if found else []
        return tuple((key, value) for key, colon, value in (line.partition(": ") for line in lines) if colon)


Readable = Headers | Fields


def fields_of(text: str) -> dict[str, str]:
    """The headers of one frame; a repeated header keeps its last value, a line without a colon is left out."""
    return {
        name: value.lstrip() for name, colon, value in [line.partition(":") for line in text.split("\r\n")] if colon
    }


def number_in(fields: Readable, name: str) -> int:
    """0 when missing, not a number, or longer than any that Asterisk counts."""
    value = fields.get(name, "")
    return int(value) if len(value) <= 10 and value.removeprefix("-").isdecimal() else 0


def leg_in(fields: Readable, name: str) -> LegId | None:
    value = fields.get(name, "")
    return LegId(value) if value else None


def flag_in(fields: Readable, name: str) -> bool:
    """Asterisk says yes as 1, yes or true."""
    return fields.get(name, "").lower() in {"1", "yes", "true"}


def spoken(value: str) -> str:
    """Asterisk's placeholders for nothing become nothing."""
    return "" if value in {"<unknown>", "<null>", "<none>"} else value
