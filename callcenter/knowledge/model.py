"""Articles as they are written and shown, and the refusals of this room."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from callcenter.core.errors import Invalid, Refused
from callcenter.core.ids import ArticleId
from callcenter.core.pages import Page

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Keyword = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(StrEnum):
    """SG-09."""

    ARTICLE = "article"
    REGULATION = "regulation"  # 条例
    POLICY = "policy"  # 政策
    FAQ = "faq"  # 常见问题
    REPLY_TEMPLATE = "reply_template"  # 回复模板


class NewArticle(_Frozen):
    """A reply template has its slots as 【时间】, the mandatory ones among them (`handling.replies.SLOTS`). It is read
    again every `review_months`."""

    title: Title
    keywords: list[Keyword] = Field(default_factory=list, max_length=20)
    body: Text
    kind: Kind = Kind.ARTICLE
    source_no: str = Field(default="", max_length=60, description="Number of the document it rests on")
    effective_on: date | None = None
    expires_on: date | None = None
    area: str = Field(default="", max_length=60)
    owner_org_id: UUID | None = None
    review_months: int | None = Field(default=None, ge=1, le=60)


class Revision(NewArticle):
    """`version` is the one that was read: a revision made meanwhile by someone else is never overwritten."""

    version: int = Field(ge=1, lt=2**31)


class Article(_Frozen):
    id: ArticleId
    title: str
    keywords: list[str]
    body: str
    kind: Kind
    source_no: str
    effective_on: date | None
    expires_on: date | None
    area: str
    owner_org_id: UUID | None
    review_months: int | None
    used: int
    version: int
    updated_at: datetime


class ArticleBrief(_Frozen):
    """One line of a search result; `excerpt` is the body's beginning."""

    id: ArticleId
    title: str
    keywords: list[str]
    excerpt: str
    kind: Kind
    used: int
    expires_on: date | None
    version: int
    updated_at: datetime


class ArticlePage(Page[ArticleBrief]):
    """The best first."""


class Filling(_Frozen):
    """What goes into the slots, by their names."""

    slots: dict[str, str] = Field(max_length=30)


class Filled(_Frozen):
    reply: str


class NoSuchOwner(Invalid):
    code = "no-such-owner"
    zh = "所选归口单位不存在"
    en = "the org that should own the article does not exist"


class NotATemplate(Refused):
    code = "not-a-template"
    zh = "此条目不是回复模板"
    en = "this article is not a reply template"


class TitleTaken(Refused):
    code = "article-title-taken"
    zh = "已有同名的知识条目"
    en = "There is already an article with this title"


class RevisedMeanwhile(Refused):
    code = "article-revised-meanwhile"
    zh = "此条目刚被他人修改，请重新打开后再改"
    en = "Someone else has just revised this article: open it again, then change it"
