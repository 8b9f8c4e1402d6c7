"""Telephone numbers: what was presented becomes one comparable form, and what may be shown of it."""

from dataclasses import dataclass
from typing import Final

import phonenumbers

COUNTRY: Final = "CN"
DIGITS: Final = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Number:
    """`key` is E.164 for full numbers, the digits themselves for short codes (110, 12345), '' when withheld."""

    key: str

    @property
    def masked(self) -> str:
        """For logs, screens and messages that need no full number: all but the last four digits hidden."""
        return "*" * max(len(self.key) - 4, 0) + self.key[-4:] if len(self.key) > 6 else self.key


def parse_number(presented: str) -> Number:
    """Never raises: a withheld or unusable number gives an empty key (anonymous callers are served like others)."""
    told = "".join(c for c in presented if c in DIGITS or c == "+")
    bare = told.replace("+", "")
    if len(bare) < 3:
        return Number("")
    digits = f"+{bare}" if told.startswith("+") else bare
    if len(digits) <= 6 and not digits.startswith("+"):
        return Number(digits)
    try:
        parsed = phonenumbers.parse(digits, COUNTRY)
    except phonenumbers.NumberParseException:
        return Number(digits)
    if phonenumbers.is_possible_number(parsed):
        return Number(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    return Number(digits)


def region_of(number: Number) -> str:
    """The place name (zh) that the numbering plan gives, '' when it gives none. Never raises."""
    if not number.key.startswith("+"):
        return ""
    from phonenumbers import geocoder  # the world's places take half a second to load

    try:
        return str(geocoder.description_for_number(phonenumbers.parse(number.key), "zh"))
    except phonenumbers.NumberParseException:  # a caller presented a country that does not exist
        return ""
