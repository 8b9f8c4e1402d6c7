"""Oversight over HTTP: supervision, meetings, instructions, and their documents."""

from typing import Any
from uuid import UUID

from aiohttp import web

from callcenter.core.ids import OrderId, OrgId
from callcenter.documents.printer import Printer
from callcenter.oversight.service import Oversight
from callcenter.oversight.views import (
    Choices,
    InstructionPage,
    MeetingPage,
    MeetingView,
    OrderChoice,
    SupervisionPage,
    SupervisionView,
)
from callcenter.web.oversight_cases import case_routes
from callcenter.web.oversight_lists import list_routes
from callcenter.web.oversight_models import (
    Ended,
    Instructed,
    InstructionsAsked,
    MeetingCalled,
    MeetingsAsked,
    MinutesWritten,
    NumberAsked,
    Spoken,
    Supervised,
    SupervisionsAsked,
)
from callcenter.web.oversight_parts import OVERSEERS, UNITS, deed, paper, read
from callcenter.web.oversight_quality import quality_routes
from callcenter.web.printing import form_of, printed
from callcenter.web.route import Asked, Route


def order_of(given: UUID | None) -> OrderId | None:
    return OrderId(given) if given else None


def _supervisions(oversight: Oversight, printer: Printer) -> list[Route]:
    supervisions = oversight.supervisions

    async def opened(asked: Asked[Supervised, None]) -> SupervisionView:
        return await supervisions.open(asked.actor, OrderId(asked.uuid("id")), asked.body.new())

    async def listed(asked: Asked[None, SupervisionsAsked]) -> SupervisionPage:
        query = asked.query
        return await supervisions.list(
            asked.actor, state=query.state, order=order_of(query.order_id), cursor=query.cursor, limit=query.limit
        )

    async def confirm(asked: Asked[Supervised, None]) -> SupervisionView:
        return await supervisions.confirm(asked.actor, asked.uuid("id"), asked.body.new())

    async def dismiss(asked: Asked[Spoken, None]) -> SupervisionView:
        return await supervisions.dismiss(asked.actor, asked.uuid("id"), asked.body.text)

    async def reply(asked: Asked[Spoken, None]) -> SupervisionView:
        return await supervisions.reply(asked.actor, asked.uuid("id"), asked.body.text)

    async def close(asked: Asked[Ended, None]) -> SupervisionView:
        body = asked.body
        return await supervisions.close(
            asked.actor, asked.uuid("id"), body.verdict, body.result, body.record, body.meeting_id
        )

    async def form(asked: Asked[None, None]) -> web.StreamResponse:
        form = form_of(asked.path["form"])
        document = await oversight.papers.supervision(asked.actor, asked.uuid("id"), printer.issuer)
        return await printed(printer, document, form)

    one, shown = "/api/supervisions/{id}", {"answers": SupervisionView, "status": 200}
    unproven = ("oversight-incomplete", "meeting-not-of-this-order")
    incomplete = (*unproven, "no-such-target", "no-such-person", "due-in-the-past", "supervision-mode-unknown")
    return [
        deed(
            "/api/orders/{id}/supervisions",
            "发起督办或催办",
            "Open a supervision, or send a reminder",
            opened,
            Supervised,
            "no-such-order",
            "urge-first",
            *incomplete,
            answers=SupervisionView,
            status=201,
        ),
        read(
            "/api/supervisions",
            "督办列表",
            "Supervisions, newest first",
            listed,
            query=SupervisionsAsked,
            answers=SupervisionPage,
        ),
        deed(
            f"{one}/confirm", "确认督办建议", "Take up what a rule proposed", confirm, Supervised, *incomplete, **shown
        ),
        deed(f"{one}/dismiss", "不采纳督办建议", "Dismiss what a rule proposed", dismiss, Spoken, **shown),
        deed(
            f"{one}/reply",
            "回复督办",
            "Answer, as the supervised org",
            reply,
            Spoken,
            **shown | {"roles": OVERSEERS | UNITS},
        ),
        deed(
            f"{one}/close",
            "办结督办",
            "End with a verdict",
            close,
            Ended,
            "oversight-incomplete",
            "meeting-not-of-this-order",
            **shown,
        ),
        paper(f"{one}/{{form}}", "督办单", "The supervision's document, docx or pdf", form),
    ]


def _meetings(oversight: Oversight, printer: Printer) -> list[Route]:
    meetings = oversight.meetings

    async def called(asked: Asked[MeetingCalled, None]) -> MeetingView:
        return await meetings.call(asked.actor, asked.body.new())

    async def listed(asked: Asked[None, MeetingsAsked]) -> MeetingPage:
        query = asked.query
        return await meetings.list(asked.actor, kind=query.kind, cursor=query.cursor, limit=query.limit)

    async def one(asked: Asked[None, None]) -> MeetingView:
        return await meetings.get(asked.actor, asked.uuid("id"))

    async def decided(asked: Asked[MinutesWritten, None]) -> MeetingView:
        items = [item.new() for item in asked.body.items]
        return await meetings.decide(asked.actor, asked.uuid("id"), asked.body.minutes, items)

    async def finished(asked: Asked[Spoken, None]) -> None:
        await meetings.finish(asked.actor, asked.uuid("id"), asked.body.text)

    async def minutes(asked: Asked[None, None]) -> web.StreamResponse:
        form = form_of(asked.path["form"])
        document = await oversight.papers.minutes(asked.actor, asked.uuid("id"), printer.issuer)
        return await printed(printer, document, form)

    shown: dict[str, Any] = {"answers": MeetingView}
    return [
        deed(
            "/api/meetings",
            "召开会议",
            "Call a meeting",
            called,
            MeetingCalled,
            "no-such-target",
            "no-such-order",
            **shown,
            status=201,
        ),
        read(
            "/api/meetings", "会议列表", "Meetings, the latest first", listed, query=MeetingsAsked, answers=MeetingPage
        ),
        read("/api/meetings/{id}", "会议与协调事项", "A meeting with its items", one, **shown),
        deed(
            "/api/meetings/{id}/minutes",
            "记录纪要与协调事项",
            "Write minutes and items",
            decided,
            MinutesWritten,
            "no-such-target",
            "no-such-order",
            **shown,
            status=200,
        ),
        paper("/api/meetings/{id}/{form}", "会议纪要", "The minutes, docx or pdf", minutes),
        deed(
            "/api/meeting-items/{id}/finish",
            "协调事项办结",
            "Finish an item",
            finished,
            Spoken,
            roles=OVERSEERS | UNITS,
        ),
    ]


def _instructions(oversight: Oversight) -> list[Route]:
    instructions = oversight.instructions

    async def given(asked: Asked[Instructed, None]) -> None:
        body = asked.body
        await instructions.give(
            asked.actor,
            [OrgId(one) for one in body.target_ids],
            text=body.text,
            requirement=body.requirement,
            due_on=body.due_on,
            order=order_of(body.order_id),
        )

    async def listed(asked: Asked[None, InstructionsAsked]) -> InstructionPage:
        query = asked.query
        return await instructions.list(
            asked.actor, order=order_of(query.order_id), cursor=query.cursor, limit=query.limit
        )

    async def fed_back(asked: Asked[Spoken, None]) -> None:
        await instructions.feed_back(asked.actor, asked.uuid("id"), asked.body.text)

    return [
        deed(
            "/api/instructions",
            "领导批示",
            "A leader's instruction",
            given,
            Instructed,
            "no-such-target",
            "no-such-order",
            "due-in-the-past",
        ),
        read(
            "/api/instructions",
            "批示列表",
            "Instructions, newest first",
            listed,
            query=InstructionsAsked,
            answers=InstructionPage,
        ),
        deed(
            "/api/instructions/{id}/feedback",
            "批示办理反馈",
            "What came of it",
            fed_back,
            Spoken,
            roles=OVERSEERS | UNITS,
        ),
    ]


def _choices(oversight: Oversight) -> list[Route]:
    chooser = oversight.chooser

    async def choices(asked: Asked[None, None]) -> Choices:
        return await chooser.choices(asked.actor)

    async def order(asked: Asked[None, NumberAsked]) -> OrderChoice:
        return await chooser.order(asked.actor, asked.query.number)

    return [
        read(
            "/api/oversight/choices",
            "表单可选单位与领导",
            "Orgs and leaders that a form may name",
            choices,
            answers=Choices,
            roles=OVERSEERS,
        ),
        read(
            "/api/oversight/order",
            "按编号找工单",
            "An order by its number",
            order,
            query=NumberAsked,
            answers=OrderChoice,
            roles=OVERSEERS,
            errors=("no-such-order",),
        ),
    ]


def oversight_routes(oversight: Oversight, printer: Printer) -> list[Route]:
    """Who may do what is decided by the use cases; rows are cut by the reader's subtree."""
    return [
        *_supervisions(oversight, printer),
        *_meetings(oversight, printer),
        *_instructions(oversight),
        *_choices(oversight),
        *quality_routes(oversight),
        *case_routes(oversight, printer),
        *list_routes(oversight),
    ]
