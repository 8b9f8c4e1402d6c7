"""What differs between two states of the registry, number by number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Entry = Mapping[str, Any]
"""A number as JSON tells it."""

PLANNED_INTO_THE_SWITCH: Final = frozenset({"mode", "flow", "queue", "key"})
"""What the dialplan is made from: a change of these reaches callers when `callcenter pbx` has written it anew."""


@dataclass(frozen=True, slots=True)
class Difference:
    number: str
    kind: Literal["added", "changed", "removed"]
    fields: tuple[str, ...]
    before: Entry | None
    after: Entry | None

    @property
    def needs_switch(self) -> bool:
        return self.kind != "changed" or not PLANNED_INTO_THE_SWITCH.isdisjoint(self.fields)


def differences(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> list[Difference]:
    """In the order of the numbers."""
    return [
        _difference(number, before.get(number), after.get(number))
        for number in sorted({*before, *after})
        if before.get(number) != after.get(number)
    ]


def _difference(number: str, old: Entry | None, new: Entry | None) -> Difference:
    first, last = old or {}, new or {}
    fields = tuple(name for name in sorted({*first, *last}) if first.get(name) != last.get(name))
    if old is None:
        return Difference(number, "added", fields, None, new)
    return Difference(number, "removed" if new is None else "changed", fields, old, new)
