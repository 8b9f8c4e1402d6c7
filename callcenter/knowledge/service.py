"""Search, read, write and retire articles. All staff read all articles."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound
from callcenter.core.ids import ArticleId, new_id
from callcenter.knowledge.model import Article, ArticleBrief, NewArticle, RevisedMeanwhile, Revision, TitleTaken
from callcenter.knowledge.store import SQL, article_of, brief_of, columns_of
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool


class Knowledge:
    """Supervisors write; `by` None is the operator at the machine's command line."""

    def __init__(self, pool: Pool, clock: Clock, audit: Audit) -> None:
        self._pool = pool
        self._clock = clock
        self._audit = audit

    async def search(self, words: str, limit: int) -> list[ArticleBrief]:
        """Articles that hold every word of `words` (parted by spaces); the newest when there is none."""
        found = SQL.search_articles(self._pool, words=words.lower().split(), limit=limit)
        return [brief_of(row) async for row in found]

    async def article(self, article_id: ArticleId) -> Article:
        """Raises NotFound."""
        row = await SQL.article_by_id(self._pool, id=article_id)
        if row is None:
            raise NotFound
        return article_of(row)

    async def write(self, new: NewArticle, *, by: Actor | None) -> Article:
        """Raises Forbidden, TitleTaken."""
        if by is not None:
            by.require(Role.SUPERVISOR)
        article = Article(id=ArticleId(new_id()), version=1, updated_at=self._clock.now(), **new.model_dump())
        async with _refusing_same_title(), self._pool.acquire() as connection, connection.transaction():
            author = by.user_id if by else None
            await SQL.insert_article(
                connection, id=article.id, updated_by=author, updated_at=article.updated_at, **columns_of(new)
            )
            await self._audit.record(connection, author, "article_written", "article", article.id)
        return article

    async def revise(self, article_id: ArticleId, revision: Revision, *, by: Actor) -> Article:
        """Raises Forbidden, NotFound, RevisedMeanwhile, TitleTaken."""
        by.require(Role.SUPERVISOR)
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


@asynccontextmanager
async def _refusing_same_title() -> AsyncIterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError:
        raise TitleTaken from None
