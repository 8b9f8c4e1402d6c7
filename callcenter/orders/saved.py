"""Filters that people keep for themselves, or for everybody of their org."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound, Refused
from callcenter.core.ids import new_id
from callcenter.core.pages import Page
from callcenter.orders.filters import OrderFilter
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("order_lists")
MOST: Final = 50


class TooManyFilters(Refused):
    code = "too-many-filters"
    zh = "最多可保存 {limit} 个筛选条件，请先删除不用的"
    en = "at most {limit} filters can be kept: remove some first"


class NewFilter(BaseModel):
    """The same name again replaces what was kept under it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$", description="名称 / Name")
    filter: OrderFilter = Field(description="筛选条件 / The filter")
    shared: bool = Field(default=False, description="本单位共享 / For everybody of the org")


class SavedFilter(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    filter: OrderFilter
    shared: bool
    mine: bool
    by: str
    saved_at: datetime


class SavedFilters(Page[SavedFilter]):
    """The reader's own and those shared with the reader's org, by name, all on one page."""


class FilterShelf:
    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def listed(self, actor: Actor) -> SavedFilters:
        rows = SQL.saved_filters(self._pool, user_id=actor.user_id, org_id=actor.org_id)
        return SavedFilters(items=tuple([_shown(row) async for row in rows]))

    async def keep(self, actor: Actor, new: NewFilter) -> SavedFilter:
        """Raises TooManyFilters."""
        row = await SQL.keep_filter(
            self._pool,
            id=new_id(),
            user_id=actor.user_id,
            org_id=actor.org_id,
            shared=new.shared,
            name=new.name,
            filter=new.filter.model_dump(mode="json", exclude_defaults=True),
            at=self._clock.now(),
            most=MOST,
        )
        if row is None:
            raise TooManyFilters(limit=MOST)
        return _shown(row)

    async def forget(self, actor: Actor, saved: UUID) -> None:
        """Only one's own. Raises NotFound."""
        if await SQL.forget_filter(self._pool, id=saved, user_id=actor.user_id) is None:
            raise NotFound


def _shown(row: asyncpg.Record) -> SavedFilter:
    return SavedFilter.model_validate(dict(row))
