"""Delegations of the head's signature over HTTP (XY-19)."""

from typing import Final

from callcenter.core.ids import UserId
from callcenter.dispatching.room import READERS
from callcenter.dispatching.service import Dispatching
from callcenter.dispatching.views import DelegationPage, SignatoryPage
from callcenter.people.actor import Role
from callcenter.web.dispatching_models import DelegationRecorded
from callcenter.web.route import Asked, Route

TAG: Final = "returns"
ALL: Final = "/api/signature-delegations"
GRANTERS: Final = frozenset({Role.UNIT_HEAD, Role.ADMIN})


def delegation_routes(room: Dispatching) -> list[Route]:
    async def listed(asked: Asked[None, None]) -> DelegationPage:
        return await room.delegations.listed(asked.actor)

    async def signatories(asked: Asked[None, None]) -> SignatoryPage:
        return await room.delegations.signatories(asked.actor)

    async def record(asked: Asked[DelegationRecorded, None]) -> None:
        body = asked.body
        head = UserId(body.head_id) if body.head_id else None
        await room.delegations.record(
            asked.actor, head, UserId(body.deputy_id), body.reason, body.from_at, body.until_at
        )

    async def end(asked: Asked[None, None]) -> None:
        await room.delegations.end(asked.actor, asked.uuid("id"))

    return [
        Route(
            method="GET",
            path=ALL,
            summary_zh="签字委托记录",
            summary_en="Delegations of the head's signature (XY-19)",
            tag=TAG,
            handler=listed,
            answers=DelegationPage,
            roles=READERS,
        ),
        Route(
            method="GET",
            path=f"{ALL}/people",
            summary_zh="可列入签字委托的负责人与经办人",
            summary_en="Heads, and who may sign in their place",
            tag=TAG,
            handler=signatories,
            answers=SignatoryPage,
            roles=GRANTERS,
        ),
        Route(
            method="POST",
            path=ALL,
            summary_zh="登记签字委托（负责人本人或系统管理员）",
            summary_en="Record a delegation: the head, or an administrator",
            tag=TAG,
            handler=record,
            body=DelegationRecorded,
            status=204,
            roles=GRANTERS,
            errors=("no-such-deputy", "task-due-wrong"),
        ),
        Route(
            method="POST",
            path=f"{ALL}/{{id}}/end",
            summary_zh="终止签字委托",
            summary_en="End a delegation before its time",
            tag=TAG,
            handler=end,
            status=204,
            roles=GRANTERS,
            errors=("no-such-delegation", "delegation-over"),
        ),
    ]
