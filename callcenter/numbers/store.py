"""The SQL of the numbers room (`schema/queries/numbers.sql`)."""

from typing import Any, Final

from callcenter.store.queries import load

SQL: Final[Any] = load("numbers")
