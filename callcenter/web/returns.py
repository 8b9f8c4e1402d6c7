"""Returns and signed dispatch over HTTP, with their printed forms."""

from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel

from callcenter.dispatching.room import CENTRE_STAFF, READERS, UNIT_STAFF
from callcenter.dispatching.service import Dispatching
from callcenter.dispatching.views import ReturningView
from callcenter.documents.printer import Printer
from callcenter.people.actor import Role
from callcenter.web.dispatching import ONE, order_of
from callcenter.web.dispatching_models import (
    OpinionGiven,
    ReturnDecided,
    ReturnDrafted,
    ReturnSigned,
    SignDecided,
    SignNeeded,
)
from callcenter.web.printing import form_of, printed
from callcenter.web.route import Asked, Handler, Route

TAG: Final = "returns"
_MOVED: Final = ("no-such-order", "move-refused", "order-changed", "move-needs-role", "move-needs-side")
_WINDOW: Final = ("RETURN_WINDOW_EXPIRED", "return-locked", "no-return")


def return_routes(room: Dispatching, printer: Printer) -> list[Route]:
    return [*_returns(room), *_signing(room), *_forms(room, printer)]


def _step(
    path: str, zh: str, en: str, handler: Handler, body: type[BaseModel] | None, roles: frozenset[Role], *errors: str
) -> Route:
    return Route(
        method="POST",
        path=f"{ONE}/{path}",
        summary_zh=zh,
        summary_en=en,
        tag=TAG,
        handler=handler,
        body=body,
        answers=ReturningView,
        roles=roles,
        errors=(*_MOVED, *errors),
    )


def _returns(room: Dispatching) -> list[Route]:
    async def seen(asked: Asked[Any, None]) -> ReturningView:
        return await room.reading.returning(asked.actor, order_of(asked))

    async def draft(asked: Asked[ReturnDrafted, None]) -> ReturningView:
        await room.returns.draft(asked.actor, order_of(asked), asked.body.draft())
        return await seen(asked)

    async def withdraw(asked: Asked[None, None]) -> ReturningView:
        await room.returns.withdraw(asked.actor, order_of(asked))
        return await seen(asked)

    async def sign(asked: Asked[ReturnSigned, None]) -> ReturningView:
        await room.returns.sign(asked.actor, order_of(asked), asked.body.form_id, asked.body.drafted_at)
        return await seen(asked)

    async def decide(asked: Asked[ReturnDecided, None]) -> ReturningView:
        body = asked.body
        await room.returns.decide(asked.actor, order_of(asked), granted=body.granted, opinion=body.opinion)
        return await seen(asked)

    return [
        Route(
            method="GET",
            path=f"{ONE}/returning",
            summary_zh="退单与签派情况、退单时限、可执行操作",
            summary_en="Returns and signed dispatch of an order, its window, what the reader may do",
            tag=TAG,
            handler=seen,
            answers=ReturningView,
            errors=("no-such-order",),
        ),
        _step(
            "return",
            "起草退单申请表",
            "Draft the return form (XY-18)",
            draft,
            ReturnDrafted,
            UNIT_STAFF,
            *_WINDOW,
            "return-reason-short",
            "return-suggests-self",
            "return-open",
        ),
        _step(
            "return/withdraw", "撤回未签字的申请", "Withdraw an unsigned form", withdraw, None, UNIT_STAFF, "no-return"
        ),
        _step(
            "return/sign",
            "负责人签字提交",
            "The head signs and submits (XY-19)",
            sign,
            ReturnSigned,
            UNIT_STAFF,
            *_WINDOW,
            "head-signature-needed",
            "form-changed",
        ),
        _step(
            "return/decision",
            "审核退单申请",
            "Review the return (XY-21)",
            decide,
            ReturnDecided,
            CENTRE_STAFF,
            "no-return",
        ),
    ]


def _signing(room: Dispatching) -> list[Route]:
    async def seen(asked: Asked[Any, None]) -> ReturningView:
        return await room.reading.returning(asked.actor, order_of(asked))

    async def need(asked: Asked[SignNeeded, None]) -> ReturningView:
        await room.signing.need(asked.actor, order_of(asked), asked.body.cause, asked.body.text)
        return await seen(asked)

    async def propose(asked: Asked[OpinionGiven, None]) -> ReturningView:
        await room.signing.propose(asked.actor, order_of(asked), asked.body.opinion, asked.body.proposal())
        return await seen(asked)

    async def decide(asked: Asked[SignDecided, None]) -> ReturningView:
        body, order = asked.body, order_of(asked)
        if body.decision == "reject":
            await room.signing.refuse(asked.actor, order, body.instruction)
        else:
            modified = body.modified.proposal() if body.modified else None
            await room.signing.approve(asked.actor, order, body.instruction, modified)
        return await seen(asked)

    deputy, leader = frozenset({Role.DEPUTY}), frozenset({Role.LEADER})
    bad = ("no-sign-form", "no-such-body", "co-is-lead", "task-due-wrong")
    return [
        _step("sign", "提请签派", "Ask for signed dispatch (XY-22)", need, SignNeeded, CENTRE_STAFF),
        _step(
            "sign/opinion", "分管领导提出处置意见", "The deputy's opinion (XY-23)", propose, OpinionGiven, deputy, *bad
        ),
        _step("sign/decision", "主要领导批办", "The leader's approval (XY-23)", decide, SignDecided, leader, *bad),
    ]


def _forms(room: Dispatching, printer: Printer) -> list[Route]:
    async def form1(asked: Asked[None, None]) -> web.Response:
        form = form_of(asked.path["form"])
        document = await room.return_form(asked.actor, order_of(asked), asked.uuid("form_id"), printer.issuer)
        return await printed(printer, document, form)

    async def signed(asked: Asked[None, None]) -> web.Response:
        form = form_of(asked.path["form"])
        document = await room.sign_form(asked.actor, order_of(asked), asked.uuid("form_id"), printer.issuer)
        return await printed(printer, document, form)

    def paper(path: str, zh: str, en: str, handler: Handler, error: str) -> Route:
        return Route(
            method="GET",
            path=f"{ONE}/{path}/{{form_id}}/form.{{form}}",
            summary_zh=zh,
            summary_en=en,
            tag=TAG,
            handler=handler,
            roles=READERS,
            errors=("no-such-order", error),
            media="application/pdf",
        )

    return [
        paper("returns", "退单申请表（docx、pdf）", "Form 1 as docx or pdf (XY-51)", form1, "no-return"),
        paper("signs", "签派批办单（docx、pdf）", "The signed-dispatch form as docx or pdf", signed, "no-sign-form"),
    ]
