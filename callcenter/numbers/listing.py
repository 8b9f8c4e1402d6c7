"""Which numbers can stand on a list."""

from callcenter.core.phone import parse_number
from callcenter.numbers.errors import NumberNotListable, NumberWithheld


def forms_of(number: str, area_code: str) -> list[str]:
    """The keys under which calls of the number may stand: a trunk can have left the city's area code out."""
    home = f"+86{area_code[1:]}"
    return [number, f"+86{number.removeprefix(home)}"] if area_code and number.startswith(home) else [number]


def listable(given: str, area_code: str) -> str:
    """The key that the call ledger uses. Raises NumberWithheld, and NumberNotListable for short codes (110, 12345,
    95588) and digits that are no whole number."""
    number = parse_number(given, area_code)
    if not number.key:
        raise NumberWithheld
    if not number.key.startswith("+"):
        raise NumberNotListable
    return number.key
