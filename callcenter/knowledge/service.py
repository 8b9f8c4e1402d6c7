"""Search, read, write and retire articles. All staff read all articles."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from pydantic import AwareDatetime, TypeAdapter

from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound
from callcenter.core.ids import ArticleId, new_id
from callcenter.core.pages import NEWEST, key_of
from callcenter.handling.replies import check_template, filled
from callcenter.knowledge.model import (
    Article,
    ArticlePage,
    Filled,
    Filling,
    Kind,
    NewArticle,
    NoSuchOwner,
    NotATemplate,
    RevisedMeanwhile,
    Revision,
    TitleTaken,
)
from callcenter.knowledge.store import SQL, article_of, brief_of, columns_of
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Connection, Pool

_PLACE: Final[TypeAdapter[tuple[bool, datetime, UUID]]] = TypeAdapter(tuple[bool, AwareDatetime, UUID])
"""Where an article lies in what was found: whether its title holds all words, and how new it is."""


class Knowledge:
    """Supervisors write; `by` None is the operator at the machine's command line."""

    def __init__(self, pool: Pool, clock: Clock, audit: Audit) -> None:
        self._pool = pool
        self._clock = clock
        self._audit = audit

    async def search(self, words: str, limit: int, cursor: str | None = None, kind: Kind | None = None) -> ArticlePage:
        """Articles that hold every word of `words` (parted by spaces); the newest when there is none. Raises
        BadCursor."""
        titled, at, article = key_of(cursor, _PLACE, (True, *NEWEST))
        found = SQL.search_articles(
            self._pool,
            words=words.lower().split(),
            kind=kind,
            before_titled=titled,
            before_at=at,
            before_id=article,
            limit=limit + 1,
        )
        rows = [row async for row in found]
        return ArticlePage.cut(rows, limit, brief_of, lambda row: (row["titled"], row["updated_at"], row["id"]))

    async def article(self, article_id: ArticleId) -> Article:
        """Raises NotFound."""
        row = await SQL.article_by_id(self._pool, id=article_id)
        if row is None:
            raise NotFound
        return article_of(row)

    async def write(self, new: NewArticle, *, by: Actor | None) -> Article:
        """Raises Forbidden, TitleTaken, SlotsMissing, NoSuchOwner."""
        if by is not None:
            by.require(Role.SUPERVISOR)
        _check(new)
        article = Article(id=ArticleId(new_id()), version=1, used=0, updated_at=self._clock.now(), **new.model_dump())
        async with _refusing_same_title(), self._pool.acquire() as connection, connection.transaction():
            author = by.user_id if by else None
            await SQL.insert_article(
                connection, id=article.id, updated_by=author, updated_at=article.updated_at, **columns_of(new)
            )
            await self._audit.record(connection, author, "article_written", "article", article.id)
        return article

    async def revise(self, article_id: ArticleId, revision: Revision, *, by: Actor) -> Article:
        """Raises Forbidden, NotFound, RevisedMeanwhile, TitleTaken, SlotsMissing, NoSuchOwner."""
        by.require(Role.SUPERVISOR)
        _check(revision)
        await self.article(article_id)
        async with _refusing_same_title(), self._pool.acquire() as connection, connection.transaction():
            version = await SQL.revise_article(
                connection,
                id=article_id,
                version=revision.version,
                updated_by=by.user_id,
                updated_at=self._clock.now(),
                **columns_of(revision),
            )
            if version is None:
                raise RevisedMeanwhile
            await self._audit.record(connection, by.user_id, "article_revised", "article", article_id)
        return await self.article(article_id)

    async def retire(self, article_id: ArticleId, *, by: Actor) -> None:
        """Takes it out of search. Raises Forbidden, NotFound."""
        by.require(Role.SUPERVISOR)
        async with self._pool.acquire() as connection, connection.transaction():
            if await SQL.retire_article(connection, id=article_id, at=self._clock.now()) is None:
                raise NotFound
            await self._audit.record(connection, by.user_id, "article_retired", "article", article_id)

    async def fill(self, article_id: ArticleId, filling: Filling) -> Filled:
        """A reply from a template; every slot is needed (SG-09). Raises NotFound, NotATemplate, SlotEmpty."""
        article = await self.article(article_id)
        if article.kind is not Kind.REPLY_TEMPLATE:
            raise NotATemplate
        reply = filled(article.body, filling.slots)
        await SQL.count_use(self._pool, id=article_id)
        return Filled(reply=reply)

    async def template_bodies(self, on: Connection | None = None) -> Sequence[str]:
        """Of every reply template in use; within a transaction, when its connection is given."""
        return [row["body"] async for row in SQL.template_bodies(on or self._pool)]


def _check(article: NewArticle) -> None:
    """Raises SlotsMissing."""
    if article.kind is Kind.REPLY_TEMPLATE:
        check_template(article.body)


@asynccontextmanager
async def _refusing_same_title() -> AsyncIterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError:
        raise TitleTaken from None
    except asyncpg.ForeignKeyViolationError:
        raise NoSuchOwner from None
