"""Lists by keyset: a page, and the opaque cursor that says behind which row the next one begins."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Generic, Self, TypeVar
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter

from callcenter.core.errors import Invalid

Item = TypeVar("Item")
Row = TypeVar("Row")
Key = TypeVar("Key")

Place = tuple[datetime, UUID]
"""Where a row lies in a list by time: its instant, and its id for rows of one instant."""
PLACE: Final[TypeAdapter[Place]] = TypeAdapter(tuple[AwareDatetime, UUID])
NEWEST: Final[Place] = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
NAME: Final[TypeAdapter[tuple[str]]] = TypeAdapter(tuple[str])
"""The key of a list in the order of a name."""


class BadCursor(Invalid):
    code = "bad-cursor"
    zh = "翻页标记无效，请从第一页重新开始"
    en = "the cursor is not valid: start again from the first page"


class Page(BaseModel, Generic[Item]):
    """What every list of the API answers: `next` is the cursor of the following page, null on the last."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    items: tuple[Item, ...]
    next: str | None = None

    @classmethod
    def cut(cls, found: Sequence[Row], limit: int, shown: Callable[[Row], Item], key: Callable[[Row], object]) -> Self:
        """From up to `limit + 1` rows; `key` gives the tuple that the list is ordered by."""
        items = tuple(shown(row) for row in found[:limit])
        return cls(items=items, next=cursor_of(key(found[limit - 1])) if len(found) > limit else None)


def cursor_of(key: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode()


def key_of(cursor: str | None, kind: TypeAdapter[Key], first: Key) -> Key:
    """The key in a cursor, `first` without one. Raises BadCursor."""
    if cursor is None:
        return first
    try:
        return kind.validate_json(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, binascii.Error):
        raise BadCursor from None


def place_of(cursor: str | None) -> Place:
    """Raises BadCursor."""
    at, row = key_of(cursor, PLACE, NEWEST)
    try:
        return at.astimezone(UTC), row
    except OverflowError:
        raise BadCursor from None


def name_of(cursor: str | None) -> str:
    """'' before the first name. Raises BadCursor."""
    (name,) = key_of(cursor, NAME, ("",))
    if "\x00" in name:
        raise BadCursor
    return name
