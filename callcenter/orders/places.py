"""The comparable place in an address: a simple, honest rule, no geography."""

import re
from typing import Final

_NOISE: Final = re.compile(r"[\s,，。、；;（）()]+")
_AREA: Final = re.compile(r"省|市|新区|(?<!小)(?<!社)区|县|街道|镇|乡")
_STREET: Final = re.compile(r".+?(?:大道|大街|公路|路|街|巷|弄|里|小区|社区|花园|苑|村)")


def place_of(address: str) -> str:
    """The street, lane, housing estate or village that the address names, without the province-to-street prefix and
    without what follows it (house number, floor); '' when it names none. Two addresses are near each other when this
    is equal: a missed pair is possible, and two towns may have a street of one name."""
    text = _NOISE.sub("", address)[:200]
    areas = list(_AREA.finditer(text))
    if areas:
        text = text[areas[-1].end() :] or text
    found = _STREET.match(text)
    return found.group(0) if found else ""
