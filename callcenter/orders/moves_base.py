"""What every move of an order is."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What somebody asks to do with an order. `kind` is the word in events, rule sets and the API."""

    kind: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]
