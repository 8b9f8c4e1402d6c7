"""Webhooks over HTTP, for administrators."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from callcenter.outbox.webhooks import DeliveryPage, NewWebhookView, WebhookList, Webhooks
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "webhooks"
ADMINS: Final = frozenset({Role.ADMIN})


class WebhookGiven(Wire):
    name: str = Field(min_length=1, max_length=100, description="名称 / Name")
    url: str = Field(min_length=8, max_length=500, description="回调地址（https） / Address (https)")
    moves: tuple[str, ...] = Field(
        default=(), max_length=60, description="只通知这些动作，空为全部 / Only these moves; empty: all"
    )
    channel: str | None = Field(
        default=None, max_length=40, description="只通知该来源渠道的工单 / Only orders of this channel"
    )


class Again(BaseModel):
    """How many deliveries will be tried again."""

    model_config = ConfigDict(frozen=True)

    count: int


def webhook_routes(webhooks: Webhooks) -> list[Route]:
    async def add(asked: Asked[WebhookGiven, None]) -> NewWebhookView:
        body = asked.body
        return await webhooks.add(asked.actor, name=body.name, url=body.url, moves=body.moves, channel=body.channel)

    async def listed(asked: Asked[None, None]) -> WebhookList:
        return await webhooks.all(asked.actor)

    async def end(asked: Asked[None, None]) -> None:
        await webhooks.end(asked.actor, asked.uuid("id"))

    async def deliveries(asked: Asked[None, Paged]) -> DeliveryPage:
        return await webhooks.deliveries(asked.actor, asked.uuid("id"), asked.query.cursor, asked.query.limit)

    async def retry(asked: Asked[None, None]) -> Again:
        return Again(count=await webhooks.retry(asked.actor, asked.uuid("id")))

    one, all_ = "/api/webhooks/{id}", "/api/webhooks"
    return [
        Route(
            method="POST",
            path=all_,
            summary_zh="登记回调",
            summary_en="Add a webhook; its secret is shown this once (Standard Webhooks, v1)",
            tag=TAG,
            handler=add,
            body=WebhookGiven,
            answers=NewWebhookView,
            status=201,
            roles=ADMINS,
            errors=("webhook-url-refused",),
        ),
        Route(
            method="GET",
            path=all_,
            summary_zh="回调列表",
            summary_en="Webhooks of my subtree",
            tag=TAG,
            handler=listed,
            answers=WebhookList,
            roles=ADMINS,
        ),
        Route(
            method="DELETE",
            path=one,
            summary_zh="停用回调",
            summary_en="End a webhook",
            tag=TAG,
            handler=end,
            status=204,
            roles=ADMINS,
            errors=("no-such-webhook",),
        ),
        Route(
            method="GET",
            path=f"{one}/deliveries",
            summary_zh="回调投递记录",
            summary_en="What was delivered, and what not",
            tag=TAG,
            handler=deliveries,
            query=Paged,
            answers=DeliveryPage,
            roles=ADMINS,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path=f"{one}/retry",
            summary_zh="重试失败的投递",
            summary_en="Try again what failed",
            tag=TAG,
            handler=retry,
            answers=Again,
            roles=ADMINS,
        ),
    ]
