"""Articles as they are written and shown, and the refusals of this room."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from callcenter.core.errors import Refused
from callcenter.core.ids import ArticleId
from callcenter.core.pages import Page

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Keyword = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewArticle(_Frozen):
    title: Title
    keywords: list[Keyword] = Field(default_factory=list, max_length=20)
    body: Text


class Revision(NewArticle):
    """`version` is the one that was read: a revision made meanwhile by someone else is never overwritten."""

    version: int = Field(ge=1, lt=2**31)


class Article(_Frozen):
    id: ArticleId
    title: str
    keywords: list[str]
    body: str
    version: int
    updated_at: datetime


class ArticleBrief(_Frozen):
    """One line of a search result; `excerpt` is the body's beginning."""

    id: ArticleId
    title: str
    keywords: list[str]
    excerpt: str
    version: int
    updated_at: datetime


class ArticlePage(Page[ArticleBrief]):
    """The best first."""


class TitleTaken(Refused):
    code = "article-title-taken"
    zh = "已有同名的知识条目"
    en = "There is already an article with this title"


class RevisedMeanwhile(Refused):
    code = "article-revised-meanwhile"
    zh = "此条目刚被他人修改，请重新打开后再改"
    en = "Someone else has just revised this article: open it again, then change it"
