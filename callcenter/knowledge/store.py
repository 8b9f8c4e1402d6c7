"""The room's named SQL, and its rows as types."""

from typing import Any, Final

import asyncpg

from callcenter.knowledge.model import Article, ArticleBrief, NewArticle
from callcenter.store.queries import load

SQL: Final[Any] = load("knowledge")


def columns_of(article: NewArticle) -> dict[str, object]:
    """What is written of an article, with the text that search reads."""
    searched = " ".join((article.title, *article.keywords, article.body)).lower()
    return {**{name: getattr(article, name) for name in NewArticle.model_fields}, "searched": searched}


def article_of(row: asyncpg.Record) -> Article:
    return Article(**dict(row))


def brief_of(row: asyncpg.Record) -> ArticleBrief:
    return ArticleBrief(**{name: row[name] for name in ArticleBrief.model_fields})
