"""AMI headers as values. A missing or odd header is an ordinary case (limits.md section 4), never an error."""

from collections.abc import Mapping

from callcenter.core.ids import LegId

Fields = Mapping[str, str]


def fields_of(text: str) -> dict[str, str]:
    """The headers of one frame; a repeated header keeps its last value, a line without a colon is left out."""
    return {
        name: value.lstrip() for name, colon, value in [line.partition(":") for line in text.split("\r\n")] if colon
    }


def number_in(fields: Fields, name: str) -> int:
    """0 when missing, not a number, or longer than any that Asterisk counts."""
    value = fields.get(name, "")
    return int(value) if len(value) <= 10 and value.removeprefix("-").isdecimal() else 0


def leg_in(fields: Fields, name: str) -> LegId | None:
    value = fields.get(name)
    return LegId(value) if value else None


def flag_in(fields: Fields, name: str) -> bool:
    """Asterisk says yes as 1, yes or true."""
    return fields.get(name, "").lower() in {"1", "yes", "true"}


def spoken(value: str | None) -> str:
    """Asterisk's placeholders for nothing become nothing."""
    return "" if value is None or value in {"<unknown>", "<null>", "<none>"} else value
