"""The responsibility list, its gaps and coverage, the domain directory and the stations over HTTP."""

from typing import Final

from callcenter.core.ids import OrgId
from callcenter.dispatching.duties import KEEPERS
from callcenter.dispatching.duty_views import ContactPage, CoverageView, DutyPage, DutyWhole, GapPage, Imported
from callcenter.dispatching.room import READERS
from callcenter.dispatching.service import Dispatching
from callcenter.dispatching.views import PlacePage
from callcenter.people.actor import Role
from callcenter.web.dispatching_models import (
    LIST_LIMIT,
    AreaSaved,
    ContactSaved,
    DutiesAsked,
    DutiesProposed,
    DutyAnswered,
    GapSettled,
    ListBrought,
)
from callcenter.web.route import Asked, Paged, Route

TAG: Final = "duties"
ALL: Final = "/api/duties"


def duty_routes(room: Dispatching) -> list[Route]:
    return [*_list(room), *_versions(room), *_gaps(room), *_directory(room)]


def _list(room: Dispatching) -> list[Route]:
    async def page(asked: Asked[None, DutiesAsked]) -> DutyPage:
        query = asked.query
        return await room.duties.page(asked.actor, query.words, cursor=query.cursor, limit=query.limit)

    async def propose(asked: Asked[DutiesProposed, None]) -> Imported:
        return await room.duties.propose(asked.actor, asked.body.items)

    async def take(asked: Asked[ListBrought, None]) -> Imported:
        return await room.duties.take(asked.actor, asked.body.text, asked.body.form)

    return [
        Route(
            method="GET",
            path=ALL,
            summary_zh="责任清单",
            summary_en="The responsibility list",
            tag=TAG,
            handler=page,
            query=DutiesAsked,
            answers=DutyPage,
            roles=READERS,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path=ALL,
            summary_zh="提出事项或新版本，待列名单位确认",
            summary_en="Propose items or new versions; the named units must agree",
            tag=TAG,
            handler=propose,
            body=DutiesProposed,
            answers=Imported,
            status=201,
            roles=KEEPERS,
            errors=("duty-list-broken",),
            body_limit=LIST_LIMIT,
        ),
        Route(
            method="POST",
            path=f"{ALL}/import",
            summary_zh="导入责任清单（CSV 或 YAML，整份导入）",
            summary_en="Import a list (CSV or YAML), all or nothing",
            tag=TAG,
            handler=take,
            body=ListBrought,
            answers=Imported,
            status=201,
            roles=KEEPERS,
            errors=("duty-list-broken",),
            body_limit=LIST_LIMIT,
        ),
    ]


def _versions(room: Dispatching) -> list[Route]:
    async def one(asked: Asked[None, None]) -> DutyWhole:
        return await room.duties.one(asked.actor, asked.uuid("id"))

    async def answer(asked: Asked[DutyAnswered, None]) -> DutyWhole:
        body = asked.body
        return await room.duties.answer(asked.actor, asked.uuid("id"), agreed=body.agreed, note=body.note)

    async def retire(asked: Asked[None, None]) -> None:
        await room.duties.retire(asked.actor, asked.uuid("id"))

    return [
        Route(
            method="GET",
            path=f"{ALL}/{{id}}",
            summary_zh="责任清单事项：各版本与确认情况",
            summary_en="One item with its versions and answers",
            tag=TAG,
            handler=one,
            answers=DutyWhole,
            roles=READERS,
            errors=("no-such-duty",),
        ),
        Route(
            method="POST",
            path=f"{ALL}/{{id}}/answer",
            summary_zh="列名单位负责人确认或否决",
            summary_en="A named unit's head agrees or refuses",
            tag=TAG,
            handler=answer,
            body=DutyAnswered,
            answers=DutyWhole,
            roles=frozenset({Role.UNIT_HEAD}),
            errors=("no-such-duty", "duty-not-named", "duty-decided"),
        ),
        Route(
            method="POST",
            path=f"{ALL}/{{id}}/retire",
            summary_zh="停用",
            summary_en="Retire a version",
            tag=TAG,
            handler=retire,
            status=204,
            roles=KEEPERS,
            errors=("no-such-duty", "duty-decided"),
        ),
    ]


def _gaps(room: Dispatching) -> list[Route]:
    async def gaps(asked: Asked[None, Paged]) -> GapPage:
        return await room.duties.gaps(asked.actor, cursor=asked.query.cursor, limit=asked.query.limit)

    async def settle(asked: Asked[GapSettled, None]) -> None:
        await room.duties.settle_gap(asked.actor, asked.uuid("id"), asked.body.outcome, asked.body.note)

    async def coverage(asked: Asked[None, None]) -> CoverageView:
        return await room.duties.coverage(asked.actor)

    return [
        Route(
            method="GET",
            path="/api/duty-gaps",
            summary_zh="清单外派单（待完善清单）",
            summary_en="Dispatches outside the list, to improve it by",
            tag=TAG,
            handler=gaps,
            query=Paged,
            answers=GapPage,
            roles=KEEPERS,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/duty-gaps/{id}/settle",
            summary_zh="处理清单外记录",
            summary_en="Settle a gap",
            tag=TAG,
            handler=settle,
            body=GapSettled,
            status=204,
            roles=KEEPERS,
            errors=("no-such-duty",),
        ),
        Route(
            method="GET",
            path="/api/duty-coverage",
            summary_zh="责任清单覆盖率",
            summary_en="Which categories an item in force serves (SG-05)",
            tag=TAG,
            handler=coverage,
            answers=CoverageView,
            roles=READERS,
        ),
    ]


def _directory(room: Dispatching) -> list[Route]:
    async def contacts(asked: Asked[None, DutiesAsked]) -> ContactPage:
        query = asked.query
        return await room.directory.page(query.words, cursor=query.cursor, limit=query.limit)

    async def add(asked: Asked[ContactSaved, None]) -> None:
        body = asked.body.model_dump()
        await room.directory.save(asked.actor, contact_id=None, org=OrgId(body.pop("org_id")), **body)

    async def change(asked: Asked[ContactSaved, None]) -> None:
        body = asked.body.model_dump()
        await room.directory.save(asked.actor, contact_id=asked.uuid("id"), org=OrgId(body.pop("org_id")), **body)

    async def stations(asked: Asked[None, None]) -> PlacePage:
        return await room.stations(asked.actor)

    async def area(asked: Asked[AreaSaved, None]) -> None:
        body = asked.body
        await room.directory.save_station(asked.actor, OrgId(asked.uuid("id")), body.roads, body.grid_codes)

    return [
        Route(
            method="GET",
            path="/api/duty-contacts",
            summary_zh="领域联系人目录",
            summary_en="Who answers for a matter (GH-05)",
            tag=TAG,
            handler=contacts,
            query=DutiesAsked,
            answers=ContactPage,
            roles=READERS,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/duty-contacts",
            summary_zh="新增领域联系人",
            summary_en="Add a contact",
            tag=TAG,
            handler=add,
            body=ContactSaved,
            status=204,
            roles=KEEPERS,
            errors=("no-such-body",),
        ),
        Route(
            method="PUT",
            path="/api/duty-contacts/{id}",
            summary_zh="修改领域联系人",
            summary_en="Change a contact",
            tag=TAG,
            handler=change,
            body=ContactSaved,
            status=204,
            roles=KEEPERS,
            errors=("no-such-body",),
        ),
        Route(
            method="GET",
            path="/api/stations",
            summary_zh="联勤联动工作站与管辖范围",
            summary_en="Joint-duty stations and their areas (XY-34)",
            tag=TAG,
            handler=stations,
            answers=PlacePage,
            roles=READERS,
        ),
        Route(
            method="PUT",
            path="/api/stations/{id}",
            summary_zh="设置工作站管辖范围",
            summary_en="Set a station's area",
            tag=TAG,
            handler=area,
            body=AreaSaved,
            status=204,
            roles=KEEPERS,
            errors=("no-such-body",),
        ),
    ]
