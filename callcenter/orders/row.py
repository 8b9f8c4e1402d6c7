"""A row of work_order as pure code sees it: a record of the database, or a mapping of a test."""

from typing import Any, Protocol


class Row(Protocol):
    def __getitem__(self, name: str, /) -> Any: ...
