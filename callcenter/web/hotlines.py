"""The hotline registry over HTTP: for citizens, for supervisors, for reports by number; and the links' cases."""

from typing import Annotated, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from callcenter.core.ids import CallId
from callcenter.people.actor import Role
from callcenter.transfers.hotline_merge import Merges
from callcenter.transfers.hotline_reading import HotlineReading
from callcenter.transfers.hotline_views import (
    ChangePage,
    HotlineBoard,
    Item,
    NumberDays,
    ProbePage,
    ProbeView,
    PublicHotlines,
    Taken,
)
from callcenter.transfers.inbound_cases import LinkCases
from callcenter.transfers.inbound_views import CasePage, CaseView, LinkArrival
from callcenter.transfers.probe_asking import Probes
from callcenter.transfers.registry_book import RegistryBook
from callcenter.web.route import Asked, Paged, Route, Wire, as_json

TAG: Final = "hotlines"
_SUPERVISORS: Final = frozenset({Role.SUPERVISOR})
_READERS: Final = frozenset({Role.SUPERVISOR, Role.LEADER})
_DESK: Final = frozenset({Role.AGENT, Role.SUPERVISOR})

Number = Annotated[str, Field(pattern=r"^[0-9]{3,11}$")]
_NUMBER: Final = {"number": Number}


class OfNumber(Paged):
    number: Number | None = Field(default=None, description="只看一个号码 / One number only")


class DaysAsked(Wire):
    days: int = Field(default=30, ge=1, le=366, description="天数，含当天 / Days, today included")


class Tick(Wire):
    done: bool
    note: str = Field(default="", max_length=200)


class NewClosing(Wire):
    note: str = Field(default="", max_length=200)


class NewCase(Wire):
    """`external` is the platform's own case number; `caller` the citizen's number, '' when withheld."""

    external: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._/-]+$")
    summary: str = Field(default="", max_length=500)
    caller: str = Field(default="", max_length=30, pattern=r"^[0-9+\- ()]*$")


class CaseCall(Wire):
    call_id: UUID


def hotline_routes(
    book: RegistryBook, reading: HotlineReading, merges: Merges, probes: Probes, cases: LinkCases
) -> list[Route]:
    return [
        *_reading_routes(book, reading),
        *_merge_routes(reading, merges, book),
        *_probe_routes(probes),
        *_machine_routes(cases),
        *_case_routes(cases),
    ]


def _reading_routes(book: RegistryBook, reading: HotlineReading) -> list[Route]:
    async def public(asked: Asked[None, None]) -> PublicHotlines:
        return await reading.public()

    async def board(asked: Asked[None, None]) -> HotlineBoard:
        return await reading.board()

    async def days(asked: Asked[None, DaysAsked]) -> NumberDays:
        return await reading.days(asked.path["number"], asked.query.days)

    async def changes(asked: Asked[None, OfNumber]) -> ChangePage:
        query = asked.query
        return await book.changes(query.number, limit=query.limit, cursor=query.cursor)

    return [
        Route(
            method="GET",
            path="/api/hotlines",
            summary_zh="热线号码：现在应拨打哪个号码（公开）",
            summary_en="Every hotline number, and which to dial now; no log-in",
            tag=TAG,
            handler=public,
            answers=PublicHotlines,
            public=True,
        ),
        Route(
            method="GET",
            path="/api/hotlines/board",
            summary_zh="热线号码管理：状态、并入清单、测试、当日来电",
            summary_en="Every number with its standing, checklist, tests and calls of today",
            tag=TAG,
            handler=board,
            answers=HotlineBoard,
            roles=_READERS,
        ),
        Route(
            method="GET",
            path="/api/hotlines/changes",
            summary_zh="热线登记变更历史",
            summary_en="History of the registry, newest first",
            tag=TAG,
            handler=changes,
            query=OfNumber,
            answers=ChangePage,
            roles=_READERS,
            errors=("bad-cursor",),
        ),
        Route(
            method="GET",
            path="/api/hotlines/{number}/days",
            summary_zh="某号码每日来电量",
            summary_en="Calls that arrive at one number, by city day",
            tag=TAG,
            handler=days,
            query=DaysAsked,
            answers=NumberDays,
            roles=_READERS,
            params=_NUMBER,
            errors=("no-such-hotline",),
        ),
    ]


def _merge_routes(reading: HotlineReading, merges: Merges, book: RegistryBook) -> list[Route]:
    async def reload(asked: Asked[None, None]) -> Taken:
        return await book.reload(asked.actor)

    async def tick(asked: Asked[Tick, None]) -> HotlineBoard:
        item: Item = asked.path["item"]  # type: ignore[assignment]  # checked as such by `params`
        await merges.check(asked.actor, asked.path["number"], item, done=asked.body.done, note=asked.body.note)
        return await reading.board()

    async def begin(asked: Asked[NewClosing, None]) -> HotlineBoard:
        await merges.open_closing(asked.actor, asked.path["number"], asked.body.note)
        return await reading.board()

    async def complete(asked: Asked[None, None]) -> HotlineBoard:
        await merges.complete_closing(asked.actor, asked.path["number"])
        return await reading.board()

    return [
        Route(
            method="POST",
            path="/api/hotlines/reload",
            summary_zh="重新读取热线登记文件",
            summary_en="Read the registry's file again",
            tag=TAG,
            handler=reload,
            answers=Taken,
            roles=frozenset({Role.ADMIN}),
            errors=("misconfigured",),
        ),
        Route(
            method="PUT",
            path="/api/hotlines/{number}/checklist/{item}",
            summary_zh="勾选并入清单",
            summary_en="Tick an item of the merge checklist, or take the tick back",
            tag=TAG,
            handler=tick,
            body=Tick,
            answers=HotlineBoard,
            roles=_SUPERVISORS,
            params={**_NUMBER, "item": Item},
            errors=("no-such-hotline", "hotline-not-merged", "no-good-test-call", "hotline-closed"),
        ),
        Route(
            method="POST",
            path="/api/hotlines/{number}/closing",
            summary_zh="新建销号任务",
            summary_en="Open the task to close a merged number",
            tag=TAG,
            handler=begin,
            body=NewClosing,
            answers=HotlineBoard,
            status=201,
            roles=_SUPERVISORS,
            params=_NUMBER,
            errors=("closing-too-early", "merge-checklist-unfinished", "closing-already-open", "hotline-not-merged"),
        ),
        Route(
            method="POST",
            path="/api/hotlines/{number}/closing/complete",
            summary_zh="完成销号任务",
            summary_en="Complete the task: the number has been closed",
            tag=TAG,
            handler=complete,
            answers=HotlineBoard,
            roles=_SUPERVISORS,
            params=_NUMBER,
            errors=("no-closing-task", "closing-too-early", "merge-checklist-unfinished", "hotline-not-merged"),
        ),
    ]


def _probe_routes(probes: Probes) -> list[Route]:
    async def listed(asked: Asked[None, OfNumber]) -> ProbePage:
        query = asked.query
        return await probes.page(query.number, limit=query.limit, cursor=query.cursor)

    async def test(asked: Asked[None, None]) -> ProbeView:
        return await probes.test(asked.actor, asked.path["number"])

    async def drill(asked: Asked[None, None]) -> ProbeView:
        return await probes.drill(asked.actor, asked.path["number"])

    return [
        Route(
            method="GET",
            path="/api/hotlines/probes",
            summary_zh="测试呼叫与演练记录",
            summary_en="Test calls and drills, newest first",
            tag=TAG,
            handler=listed,
            query=OfNumber,
            answers=ProbePage,
            roles=_READERS,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/hotlines/{number}/tests",
            summary_zh="立即测试呼叫",
            summary_en="Place a test call to the number now",
            tag=TAG,
            handler=test,
            answers=ProbeView,
            status=202,
            roles=_SUPERVISORS,
            params=_NUMBER,
            errors=("no-such-hotline", "hotline-not-forwarded", "probe-under-way"),
        ),
        Route(
            method="POST",
            path="/api/links/{number}/drills",
            summary_zh="联动演练（只拨打演练号码）",
            summary_en="Drill a link: rings its test target, never the real number",
            tag=TAG,
            handler=drill,
            answers=ProbeView,
            status=202,
            roles=_SUPERVISORS,
            params=_NUMBER,
            errors=("no-such-link", "no-drill-target", "probe-under-way"),
        ),
    ]


def _machine_routes(cases: LinkCases) -> list[Route]:
    async def hand_in(asked: Asked[NewCase, None]) -> web.StreamResponse:
        body = asked.body
        case, new = await cases.hand_in(
            asked.actor, asked.path["number"], external=body.external, summary=body.summary, caller=body.caller
        )
        return as_json(case, 201 if new else 200)

    return [
        Route(
            method="POST",
            path="/api/links/{number}/cases",
            summary_zh="联动平台推送警情（重复推送不产生新记录）",
            summary_en="Another platform hands in a case; the same one again changes nothing and answers 200",
            tag=TAG,
            handler=hand_in,
            body=NewCase,
            answers=CaseView,
            status=201,
            roles=frozenset({Role.SERVICE}),
            params=_NUMBER,
            errors=("no-such-link", "not-your-link", "link-case-differs"),
        ),
    ]


def _case_routes(cases: LinkCases) -> list[Route]:
    async def listed(asked: Asked[None, OfNumber]) -> CasePage:
        query = asked.query
        return await cases.page(query.number, limit=query.limit, cursor=query.cursor)

    async def match(asked: Asked[CaseCall, None]) -> CaseView:
        return await cases.match(asked.actor, asked.uuid("id"), CallId(asked.body.call_id))

    async def of_call(asked: Asked[None, None]) -> LinkArrival | None:
        return await cases.of_call(asked.actor, CallId(asked.uuid("id")))

    return [
        Route(
            method="GET",
            path="/api/links/cases",
            summary_zh="联动平台转来的警情",
            summary_en="Cases of other platforms, newest first, numbers masked",
            tag=TAG,
            handler=listed,
            query=OfNumber,
            answers=CasePage,
            roles=_DESK,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/links/cases/{id}/call",
            summary_zh="人工对应警情与来电",
            summary_en="Bring a case together with its call by hand",
            tag=TAG,
            handler=match,
            body=CaseCall,
            answers=CaseView,
            roles=_DESK,
            errors=("no-such-link-case", "link-case-taken"),
        ),
        Route(
            method="GET",
            path="/api/calls/{id}/link",
            summary_zh="来电的联动来源、警情与此前通话（204：并非联动转来）",
            summary_en="Which platform handed a call over, its case, the citizen's earlier call; 204: none did",
            tag=TAG,
            handler=of_call,
            answers=LinkArrival,
            roles=_DESK,
            errors=("no-such-link-case",),
        ),
    ]
