"""Voice messages for agents, and the query code of an order."""

from pathlib import Path
from typing import Final, Literal, Protocol
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from callcenter.core.ids import OrderId
from callcenter.media.message_views import MessagePage, MessageView
from callcenter.media.messages import MAY_HEAR
from callcenter.people.actor import Actor
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "messages"
_MAY: Final = frozenset(MAY_HEAR)


class Mail(Protocol):
    """As `media.messages.VoiceMail`."""

    async def page(self, state: str | None, cursor: str | None, limit: int) -> MessagePage: ...
    async def get(self, actor: Actor, message: UUID) -> MessageView: ...
    async def hear(self, actor: Actor, message: UUID) -> Path: ...
    async def handle(self, actor: Actor, message: UUID, note: str) -> MessageView: ...


class Codes(Protocol):
    """As `orders.progress.Progress`."""

    async def code_of(self, actor: Actor, order: OrderId) -> str: ...


class MessagesAsked(Paged):
    state: Literal["new", "handled"] | None = Field(default=None, description="状态 / Only of this state")


class MessageHandled(Wire):
    note: str = Field(default="", max_length=500, description="处理说明 / What was done")


class QueryCode(BaseModel):
    """What the citizen needs beside the order's number to ask how it stands."""

    model_config = ConfigDict(frozen=True)

    code: str


def message_routes(mail: Mail) -> list[Route]:
    return [*_reading(mail), _handling(mail)]


def _reading(mail: Mail) -> list[Route]:
    async def listed(asked: Asked[None, MessagesAsked]) -> MessagePage:
        return await mail.page(asked.query.state, asked.query.cursor, asked.query.limit)

    async def one(asked: Asked[None, None]) -> MessageView:
        return await mail.get(asked.actor, asked.uuid("id"))

    async def hear(asked: Asked[None, None]) -> web.StreamResponse:
        file = await mail.hear(asked.actor, asked.uuid("id"))
        return web.FileResponse(file, headers={"Content-Type": "audio/wav", "Cache-Control": "private, no-cache"})

    return [
        Route(
            method="GET",
            path="/api/messages",
            summary_zh="语音留言列表",
            summary_en="List voice messages, newest first, numbers masked",
            tag=TAG,
            handler=listed,
            query=MessagesAsked,
            answers=MessagePage,
            roles=_MAY,
            errors=("bad-cursor",),
        ),
        Route(
            method="GET",
            path="/api/messages/{id}",
            summary_zh="一条语音留言（含完整号码，记入审计）",
            summary_en="One voice message with the full number; written to the audit trail",
            tag=TAG,
            handler=one,
            answers=MessageView,
            roles=_MAY,
            errors=("no-such-message",),
        ),
        Route(
            method="GET",
            path="/api/messages/{id}/audio",
            summary_zh="收听留言（支持 Range）",
            summary_en="Hear a voice message (Range is understood)",
            tag=TAG,
            handler=hear,
            media="audio/wav",
            roles=_MAY,
            errors=("no-such-message", "recording-file-gone"),
        ),
    ]


def _handling(mail: Mail) -> Route:
    async def handled(asked: Asked[MessageHandled, None]) -> MessageView:
        return await mail.handle(asked.actor, asked.uuid("id"), asked.body.note)

    return Route(
        method="POST",
        path="/api/messages/{id}/handled",
        summary_zh="将留言标为已处理",
        summary_en="Mark a voice message as handled",
        tag=TAG,
        handler=handled,
        body=MessageHandled,
        answers=MessageView,
        roles=_MAY,
        errors=("no-such-message", "message-handled"),
    )


def query_code_routes(codes: Codes) -> list[Route]:
    async def code(asked: Asked[None, None]) -> QueryCode:
        return QueryCode(code=await codes.code_of(asked.actor, OrderId(asked.uuid("id"))))

    return [
        Route(
            method="POST",
            path="/api/orders/{id}/query-code",
            summary_zh="工单查询码（首次索取时生成，告知市民）",
            summary_en="The order's query code, made at the first asking, to be told to the citizen",
            tag="orders",
            handler=code,
            answers=QueryCode,
            errors=("no-such-order",),
        )
    ]
