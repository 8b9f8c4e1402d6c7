"""Rosters with their gaps (JC-18), and expert seats with what was learnt from them (JC-12)."""

from typing import Final

from aiohttp import web
from pydantic import AwareDatetime, Field

from callcenter.people.actor import Role
from callcenter.seats.experts import (
    Consultation,
    ConsultationPage,
    Experts,
    NewConsultation,
    NewSlot,
    Slot,
    SlotList,
    State,
)
from callcenter.seats.rosters import GapReport, ImportReport, Rosters, ShiftList
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "rosters"
_TABLE: Final = 768 * 1024
"""Bytes, six to a character in the worst writing; some 2 000 shifts, more are imported in parts."""
_SUPERVISORS: Final = frozenset({Role.SUPERVISOR})
_STAFF: Final = frozenset({Role.SUPERVISOR, Role.AGENT, Role.LEADER})


class SpanAsked(Wire):
    since: AwareDatetime
    until: AwareDatetime


class CheckAsked(Wire):
    since: AwareDatetime | None = Field(default=None, description="默认从现在起 / From now on if not given")
    days: int = Field(default=7, ge=1, le=92)


class RosterTable(Wire):
    """`csv` has the columns username, starts_at, ends_at, breaks, note; times of the city."""

    csv: str = Field(min_length=1, max_length=_TABLE // 6)


class SlotsAsked(SpanAsked):
    skill: str | None = Field(default=None, max_length=40)


class CandidatesAsked(Paged):
    state: State = "candidate"


class Decision(Wire):
    """Accepted, the outcome becomes an article of the knowledge base."""

    accept: bool


def roster_routes(rosters: Rosters) -> list[Route]:
    async def shifts(asked: Asked[None, SpanAsked]) -> ShiftList:
        return await rosters.shifts(asked.actor, asked.query.since, asked.query.until)

    async def on_duty(asked: Asked[None, None]) -> ShiftList:
        return await rosters.on_duty(asked.actor)

    async def check(asked: Asked[None, CheckAsked]) -> GapReport:
        return await rosters.report(asked.actor, asked.query.since, asked.query.days)

    async def read_in(asked: Asked[RosterTable, None]) -> ImportReport:
        return await rosters.read_in(asked.actor, asked.body.csv)

    async def write_out(asked: Asked[None, SpanAsked]) -> web.Response:
        text = await rosters.write_out(asked.actor, asked.query.since, asked.query.until)
        headers = {"Content-Disposition": 'attachment; filename="roster.csv"'}
        return web.Response(body=("\ufeff" + text).encode(), headers=headers, content_type="text/csv", charset="utf-8")

    async def remove(asked: Asked[None, None]) -> None:
        await rosters.remove(asked.actor, asked.uuid("id"))

    return [
        Route(
            method="GET",
            path="/api/rosters",
            summary_zh="排班表",
            summary_en="The shifts of a time",
            tag=TAG,
            handler=shifts,
            query=SpanAsked,
            answers=ShiftList,
            roles=_STAFF,
            errors=("roster-span-wrong",),
        ),
        Route(
            method="GET",
            path="/api/rosters/now",
            summary_zh="当前在班人员",
            summary_en="Who is on shift now",
            tag=TAG,
            handler=on_duty,
            answers=ShiftList,
            roles=_STAFF,
        ),
        Route(
            method="GET",
            path="/api/rosters/check",
            summary_zh="排班缺口检查（7×24 小时）",
            summary_en="Each hour in which a queue has too few agents",
            tag=TAG,
            handler=check,
            query=CheckAsked,
            answers=GapReport,
            roles=frozenset({Role.SUPERVISOR, Role.LEADER}),
        ),
        Route(
            method="POST",
            path="/api/rosters/import",
            summary_zh="导入排班表（CSV），逐行报告错误",
            summary_en="Import shifts from CSV; each bad row is reported, the good ones are stored",
            tag=TAG,
            handler=read_in,
            body=RosterTable,
            answers=ImportReport,
            roles=_SUPERVISORS,
            body_limit=_TABLE,
        ),
        Route(
            method="GET",
            path="/api/rosters/export",
            summary_zh="导出排班表（CSV）",
            summary_en="Export the shifts of a time as CSV",
            tag=TAG,
            handler=write_out,
            query=SpanAsked,
            roles=_SUPERVISORS,
            media="text/csv",
            errors=("roster-span-wrong",),
        ),
        Route(
            method="DELETE",
            path="/api/rosters/shifts/{id}",
            summary_zh="删除班次",
            summary_en="Remove a shift",
            tag=TAG,
            handler=remove,
            status=204,
            roles=_SUPERVISORS,
        ),
    ]


def expert_routes(experts: Experts) -> list[Route]:
    async def slots(asked: Asked[None, SlotsAsked]) -> SlotList:
        query = asked.query
        return SlotList(items=tuple(await experts.between(query.since, query.until, query.skill)))

    async def present(asked: Asked[None, None]) -> SlotList:
        return SlotList(items=tuple(await experts.now()))

    async def add(asked: Asked[NewSlot, None]) -> Slot:
        return await experts.add(asked.actor, asked.body)

    async def remove(asked: Asked[None, None]) -> None:
        await experts.remove(asked.actor, asked.uuid("id"))

    async def record(asked: Asked[NewConsultation, None]) -> Consultation:
        return await experts.record(asked.actor, asked.body)

    async def candidates(asked: Asked[None, CandidatesAsked]) -> ConsultationPage:
        return await experts.page(asked.actor, asked.query.state, asked.query.limit, asked.query.cursor)

    async def decide(asked: Asked[Decision, None]) -> Consultation:
        return await experts.decide(asked.actor, asked.uuid("id"), accept=asked.body.accept)

    return [
        Route(
            method="GET",
            path="/api/experts",
            summary_zh="专家席位安排",
            summary_en="Expert seats of a time",
            tag=TAG,
            handler=slots,
            query=SlotsAsked,
            answers=SlotList,
            roles=_STAFF,
            errors=("roster-span-wrong",),
        ),
        Route(
            method="GET",
            path="/api/experts/now",
            summary_zh="当前可咨询的专家",
            summary_en="Experts who can be consulted now",
            tag=TAG,
            handler=present,
            answers=SlotList,
            roles=_STAFF,
        ),
        Route(
            method="POST",
            path="/api/experts",
            summary_zh="安排专家席位",
            summary_en="Plan an expert's time",
            tag=TAG,
            handler=add,
            body=NewSlot,
            answers=Slot,
            status=201,
            roles=_SUPERVISORS,
            errors=("unknown-queue",),
        ),
        Route(
            method="DELETE",
            path="/api/experts/{id}",
            summary_zh="取消专家席位",
            summary_en="Cancel an expert's time",
            tag=TAG,
            handler=remove,
            status=204,
            roles=_SUPERVISORS,
            errors=("expert-slot-in-use",),
        ),
        Route(
            method="POST",
            path="/api/experts/consultations",
            summary_zh="记录咨询结果（知识库候选）",
            summary_en="Record what an expert said: a candidate for the knowledge base",
            tag=TAG,
            handler=record,
            body=NewConsultation,
            answers=Consultation,
            status=201,
            roles=frozenset({Role.AGENT, Role.SUPERVISOR}),
        ),
        Route(
            method="GET",
            path="/api/experts/consultations",
            summary_zh="咨询结果列表",
            summary_en="What experts said, newest first",
            tag=TAG,
            handler=candidates,
            query=CandidatesAsked,
            answers=ConsultationPage,
            roles=_SUPERVISORS,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/experts/consultations/{id}/decision",
            summary_zh="采纳为知识条目或不采纳",
            summary_en="Make an article of it, or decline",
            tag=TAG,
            handler=decide,
            body=Decision,
            answers=Consultation,
            roles=_SUPERVISORS,
            errors=("consultation-decided", "article-title-taken"),
        ),
    ]
