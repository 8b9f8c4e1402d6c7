"""Knowledge articles."""

from typing import Final

from pydantic import BaseModel, Field

from callcenter.core.ids import ArticleId
from callcenter.knowledge.model import Article, ArticleBrief, NewArticle, Revision
from callcenter.knowledge.service import Knowledge
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Route, Wire

TAG = "knowledge"
_WRITERS: Final = frozenset({Role.SUPERVISOR})
_ARTICLE_BODY: Final = 128 * 1024


class ArticlesAsked(Wire):
    """`words` are parted by spaces; an article must hold all of them."""

    words: str = Field(default="", max_length=100)
    limit: int = Field(default=20, ge=1, le=100)


class ArticleList(BaseModel):
    items: list[ArticleBrief]


def knowledge_routes(knowledge: Knowledge) -> list[Route]:
    return [*_reading_routes(knowledge), *_writing_routes(knowledge)]


def _reading_routes(knowledge: Knowledge) -> list[Route]:
    async def search(asked: Asked[None, ArticlesAsked]) -> ArticleList:
        return ArticleList(items=await knowledge.search(asked.query.words, asked.query.limit))

    async def read(asked: Asked[None, None]) -> Article:
        return await knowledge.article(ArticleId(asked.uuid("id")))

    return [
        Route(
            method="GET",
            path="/api/articles",
            summary_zh="检索知识库",
            summary_en="Search the knowledge articles",
            tag=TAG,
            handler=search,
            query=ArticlesAsked,
            answers=ArticleList,
        ),
        Route(
            method="GET",
            path="/api/articles/{id}",
            summary_zh="阅读知识条目",
            summary_en="Read an article",
            tag=TAG,
            handler=read,
            answers=Article,
        ),
    ]


def _writing_routes(knowledge: Knowledge) -> list[Route]:
    async def write(asked: Asked[NewArticle, None]) -> Article:
        return await knowledge.write(asked.body, by=asked.actor)

    async def revise(asked: Asked[Revision, None]) -> Article:
        return await knowledge.revise(ArticleId(asked.uuid("id")), asked.body, by=asked.actor)

    async def retire(asked: Asked[None, None]) -> None:
        await knowledge.retire(ArticleId(asked.uuid("id")), by=asked.actor)

    return [
        Route(
            method="POST",
            path="/api/articles",
            summary_zh="新增知识条目",
            summary_en="Write an article",
            tag=TAG,
            handler=write,
            body=NewArticle,
            answers=Article,
            status=201,
            roles=_WRITERS,
            body_limit=_ARTICLE_BODY,
            errors=("article-title-taken",),
        ),
        Route(
            method="PUT",
            path="/api/articles/{id}",
            summary_zh="修订知识条目",
            summary_en="Revise an article",
            tag=TAG,
            handler=revise,
            body=Revision,
            answers=Article,
            roles=_WRITERS,
            body_limit=_ARTICLE_BODY,
            errors=("article-title-taken", "article-revised-meanwhile"),
        ),
        Route(
            method="DELETE",
            path="/api/articles/{id}",
            summary_zh="停用知识条目",
            summary_en="Retire an article",
            tag=TAG,
            handler=retire,
            status=204,
            roles=_WRITERS,
        ),
    ]
