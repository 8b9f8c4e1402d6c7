"""Notices of the house on the desk."""

from typing import Final, Protocol
from uuid import UUID

from pydantic import Field

from callcenter.outbox.model import NoticePage
from callcenter.people.actor import Actor
from callcenter.web.language import preferred
from callcenter.web.route import Asked, Paged, Route

TAG: Final = "notices"


class Noticeboard(Protocol):
    """As `app.outbox.OutboxRoom`."""

    async def of(self, actor: Actor, language: str, *, unread: bool, cursor: str | None, limit: int) -> NoticePage: ...
    async def read(self, actor: Actor, notice: UUID) -> None: ...


class NoticesAsked(Paged):
    unread: bool = Field(default=False, description="只看未读 / Only what I have not read")


def notice_routes(board: Noticeboard) -> list[Route]:
    async def listed(asked: Asked[None, NoticesAsked]) -> NoticePage:
        query, language = asked.query, preferred(asked.raw.headers.get("Accept-Language", ""))
        return await board.of(asked.actor, language, unread=query.unread, cursor=query.cursor, limit=query.limit)

    async def read(asked: Asked[None, None]) -> None:
        await board.read(asked.actor, asked.uuid("id"))

    return [
        Route(
            method="GET",
            path="/api/notices",
            summary_zh="发给我的通知",
            summary_en="Notices addressed to me, newest first",
            tag=TAG,
            handler=listed,
            query=NoticesAsked,
            answers=NoticePage,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/notices/{id}/read",
            summary_zh="通知已读回执",
            summary_en="The read receipt of a notice",
            tag=TAG,
            handler=read,
            status=204,
            errors=("no-such-notice",),
        ),
    ]
