"""Knowledge articles."""

from typing import Final

from pydantic import Field

from callcenter.core.ids import ArticleId
from callcenter.knowledge.model import Article, ArticlePage, Filled, Filling, Kind, NewArticle, Revision
from callcenter.knowledge.service import Knowledge
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Paged, Route

TAG = "knowledge"
_WRITERS: Final = frozenset({Role.SUPERVISOR})
_ARTICLE_BODY: Final = 128 * 1024


class ArticlesAsked(Paged):
    """`words` are parted by spaces; an article must hold all of them."""

    words: str = Field(default="", max_length=100)
    kind: Kind | None = None
    limit: int = Field(default=20, ge=1, le=100)


def knowledge_routes(knowledge: Knowledge) -> list[Route]:
    return [*_reading_routes(knowledge), *_writing_routes(knowledge)]


def _reading_routes(knowledge: Knowledge) -> list[Route]:
    async def search(asked: Asked[None, ArticlesAsked]) -> ArticlePage:
        return await knowledge.search(asked.query.words, asked.query.limit, asked.query.cursor, asked.query.kind)

    async def read(asked: Asked[None, None]) -> Article:
        return await knowledge.article(ArticleId(asked.uuid("id")))

    async def fill(asked: Asked[Filling, None]) -> Filled:
        return await knowledge.fill(ArticleId(asked.uuid("id")), asked.body)

    return [
        Route(
            method="GET",
            path="/api/articles",
            summary_zh="检索知识库",
            summary_en="Search the knowledge articles",
            tag=TAG,
            handler=search,
            query=ArticlesAsked,
            answers=ArticlePage,
            errors=("bad-cursor",),
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
        Route(
            method="POST",
            path="/api/articles/{id}/fill",
            summary_zh="按模板生成答复",
            summary_en="A reply from a template, all slots filled",
            tag=TAG,
            handler=fill,
            body=Filling,
            answers=Filled,
            errors=("not-a-template", "reply-slot-empty"),
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
            errors=("article-title-taken", "template-slots-missing", "no-such-owner"),
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
            errors=("article-title-taken", "article-revised-meanwhile", "template-slots-missing", "no-such-owner"),
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
