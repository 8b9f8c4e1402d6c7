"""Cases over HTTP: 提醒、书面说明、约谈、问责、移送."""

from aiohttp import web

from callcenter.core.errors import NotFound
from callcenter.core.ids import OrgId
from callcenter.documents.printer import Printer
from callcenter.oversight.case_life import Act
from callcenter.oversight.service import Oversight
from callcenter.oversight.views import CasePage, CaseView
from callcenter.web.oversight_models import CaseActed, CaseOpened, CasesAsked, PeriodAsked
from callcenter.web.oversight_parts import OVERSEERS, UNITS, deed, paper, read
from callcenter.web.printing import form_of, printed
from callcenter.web.route import Asked, Route


def case_routes(oversight: Oversight, printer: Printer) -> list[Route]:
    cases = oversight.cases

    async def opened(asked: Asked[CaseOpened, None]) -> CaseView:
        return await cases.open(asked.actor, asked.body.new())

    async def listed(asked: Asked[None, CasesAsked]) -> CasePage:
        query = asked.query
        return await cases.list(
            asked.actor,
            kind=query.kind,
            state=query.state,
            org=OrgId(query.org_id) if query.org_id else None,
            cursor=query.cursor,
            limit=query.limit,
        )

    async def one(asked: Asked[None, None]) -> CaseView:
        return await cases.get(asked.actor, asked.uuid("id"))

    async def acted(asked: Asked[CaseActed, None]) -> CaseView:
        try:
            act = Act(asked.path["act"])
        except ValueError:
            raise NotFound from None
        return await cases.act(asked.actor, asked.uuid("id"), act, asked.body.done())

    async def form(asked: Asked[None, None]) -> web.StreamResponse:
        form = form_of(asked.path["form"])
        document = await oversight.papers.case(asked.actor, asked.uuid("id"), printer.issuer)
        return await printed(printer, document, form)

    async def circular(asked: Asked[None, PeriodAsked]) -> web.StreamResponse:
        form, query = form_of(asked.path["form"]), asked.query
        document = await oversight.papers.circular(asked.actor, query.since, query.until, printer.issuer)
        return await printed(printer, document, form)

    return [
        deed(
            "/api/cases",
            "立案（提醒、领导约谈、问责、移送）",
            "Open a case by hand",
            opened,
            CaseOpened,
            "oversight-incomplete",
            "ladder-step-missing",
            "no-such-target",
            "no-such-order",
            "no-such-person",
            "due-in-the-past",
            answers=CaseView,
            status=201,
        ),
        read("/api/cases", "案件列表", "Cases, newest first", listed, query=CasesAsked, answers=CasePage),
        read("/api/cases/{id}", "案件及证据", "A case with its evidence", one, answers=CaseView),
        deed(
            "/api/cases/{id}/{act}",
            "案件办理（提交、认可、退回、约谈、回复、确认、办结）",
            "Act on a case: submit, accept, return, hold, reply, confirm, dismiss, close",
            acted,
            CaseActed,
            "case-move-refused",
            "oversight-incomplete",
            answers=CaseView,
            status=200,
            roles=OVERSEERS | UNITS,
        ),
        paper("/api/cases/{id}/form/{form}", "案件文书", "The case's document, docx or pdf", form),
        paper(
            "/api/interview-circular/{form}", "约谈情况通报", "The circular on interviews", circular, query=PeriodAsked
        ),
    ]
