"""Which platform a call comes from, by what it dialled and what it presents; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from callcenter.core.phone import parse_number
from callcenter.transfers.hotline import Hotline, Link


@dataclass(frozen=True, slots=True)
class Origin:
    link: str
    how: Literal["entry", "caller"]


def origin_of(
    links: Iterable[tuple[Hotline, Link]], *, caller: str, dialled: str, area_code: str = ""
) -> Origin | None:
    """Numbers in any form. The entry that only they dial says more than what is presented."""
    presented, wanted = parse_number(caller, area_code).key, parse_number(dialled, area_code).key
    found: Origin | None = None
    for line, link in links:
        if wanted and wanted in {parse_number(number, area_code).key for number in link.entries}:
            return Origin(line.number, "entry")
        if presented and presented in {parse_number(number, area_code).key for number in link.callers}:
            found = found or Origin(line.number, "caller")
    return found


def forms_of(key: str, area_code: str) -> list[str]:
    """The keys under which the ledger may hold this caller: a landline of the city may have been presented without
    its area code."""
    city = f"+86{area_code.removeprefix('0')}"
    return [key, f"+86{key.removeprefix(city)}"] if area_code and key.startswith(city) else [key]
