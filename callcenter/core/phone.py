"""Telephone numbers: what was presented becomes one comparable form, and what may be shown of it."""

import re
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


_WITHHELD: Final = re.compile(
    r"anonymous|restricted|withheld|private|unavailable|unknown|匿名|隐藏|未知", re.IGNORECASE
)
_SCHEME: Final = re.compile(r"^\s*<?(?:tel|sips?):", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"(?:转|分机|ext\.?|[x,;@*#]).*$", re.IGNORECASE | re.DOTALL)
_DASHED_EXTENSION: Final = re.compile(r"((?:^|[^0-9])(?:0?[0-9]{2,3}[- ])?[2-8][0-9]{6,7})-[0-9]{1,6}\s*$")
_IP_CALL: Final = re.compile(r"(?:179[0-9]{2}|12593)([0-9]{7,})")
"""Access codes of the carriers' IP telephony, dialled in front of a number (17951, 17909, 17911, 12593 ...)."""
_LOCAL: Final = re.compile(r"[2-8][0-9]{6,7}")
"""A subscriber of the city itself, presented without its area code."""


def parse_number(presented: str, area_code: str = "") -> Number:
    """Never raises: a withheld or unusable number gives an empty key (anonymous callers are served like others).

    `area_code` is the city's own with its 0 (`021`), for landlines that are presented without one, or whose key has
    none. An extension behind the number is dropped: the key is the line's."""
    if _WITHHELD.search(presented):
        return Number("")
    line = _DASHED_EXTENSION.sub(r"\1", _EXTENSION.sub("", _SCHEME.sub("", presented)))
    told = "".join(c for c in line if c in DIGITS or c == "+")
    bare = told.replace("+", "")
    if len(bare) < 3 or not bare.strip("0"):
        return Number("")
    if len(bare) > 11 and (carried := _IP_CALL.fullmatch(bare)):
        return parse_number(carried[1], area_code)
    number = _key_of(f"+{bare}" if told.startswith("+") else bare)
    local = number.key.removeprefix("+86")
    return _key_of(area_code + local) if area_code and _LOCAL.fullmatch(local) else number


def _key_of(digits: str) -> Number:
    if len(digits) <= 6 and not digits.startswith("+"):
        return Number(digits)
    try:
        parsed = phonenumbers.parse(digits, COUNTRY)
    except phonenumbers.NumberParseException:
        return Number(digits)
    if phonenumbers.is_possible_number(parsed):
        return Number(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    return Number(digits)


def dial_digits(number: Number) -> str:
    """As the trunk of a Chinese city wants them: mobiles bare, landlines with 0 and area code, abroad with 00, short
    codes and service numbers as they are; '' when withheld."""
    if not number.key.startswith("+86"):
        return f"00{number.key[1:]}" if number.key.startswith("+") else number.key
    national = number.key[3:]
    return national if _WITHOUT_ZERO.fullmatch(national) else f"0{national}"


_WITHOUT_ZERO: Final = re.compile(r"1[3-9][0-9]{9}|1[0-9]{7}|[48]00[0-9]{7}|950[0-9]{7,8}")
"""Mobiles, eight-digit service numbers (16812345), 400/800 and 950: national numbers that no area code precedes."""


def region_of(number: Number) -> str:
    """The place name (zh) that the numbering plan gives, '' when it gives none. Never raises."""
    if not number.key.startswith("+"):
        return ""
    from phonenumbers import geocoder  # the world's places take half a second to load

    try:
        return str(geocoder.description_for_number(phonenumbers.parse(number.key), "zh"))
    except phonenumbers.NumberParseException:  # a caller presented a country that does not exist
        return ""
