"""Field work over HTTP: patrols with check-ins and findings (SG-21), activities with their topic (SG-41)."""

import asyncio
from typing import Any, Final
from urllib.parse import unquote

from aiohttp import web

from callcenter.core.ids import OrderId, UserId
from callcenter.fieldwork.activities import SUBJECT, Activities, NewActivity
from callcenter.fieldwork.patrols import Enforced, NewPatrol, Patrols, Where
from callcenter.fieldwork.room import LEADERS, NOTERS, PLANNERS, READERS, WALKERS
from callcenter.fieldwork.views import (
    ActivityPage,
    ActivityView,
    FieldPeople,
    OrderFieldwork,
    PatrolFigures,
    PatrolPage,
    PatrolView,
)
from callcenter.files.config import FilesConfig
from callcenter.files.pictures import Pictures, PictureView
from callcenter.people.actor import Role
from callcenter.web.errors import BodyTooSlow
from callcenter.web.fieldwork_models import (
    ActivitiesAsked,
    ActivityNoted,
    Between,
    Cancelled,
    CheckedHere,
    Ended,
    EnforcedNow,
    FoundHere,
    OutcomePut,
    PatrolPlanned,
    PatrolsAsked,
    PictureForm,
)
from callcenter.web.files import PIECE, REFUSED, file_of, headers_of, pieces
from callcenter.web.route import Asked, Form, Route

TAG: Final = "fieldwork"
PATROL: Final = "/api/patrols/{id}"
ACTIVITY: Final = "/api/activities/{id}"
_SHIFT: Final = ("no-such-patrol", "patrol-not-yours", "patrol-over", "patrol-outside-shift")


def fieldwork_routes(patrols: Patrols, activities: Activities, pictures: Pictures, files: FilesConfig) -> list[Route]:
    return [*_planning(patrols), *_walking(patrols), *_activities(activities), *_pictures(activities, pictures, files)]


def _where(body: CheckedHere | FoundHere) -> Where:
    return Where(place=body.place, latitude=body.latitude, longitude=body.longitude)


def _planning(patrols: Patrols) -> list[Route]:
    async def people(asked: Asked[None, None]) -> FieldPeople:
        return await patrols.people(asked.actor)

    async def plan(asked: Asked[PatrolPlanned, None]) -> PatrolView:
        given = asked.body.model_dump(exclude={"people"})
        return await patrols.plan(asked.actor, NewPatrol(people=[UserId(one) for one in asked.body.people], **given))

    async def listed(asked: Asked[None, PatrolsAsked]) -> PatrolPage:
        return await patrols.page(asked.actor, asked.query.cursor, asked.query.limit, mine=asked.query.mine)

    async def one(asked: Asked[None, None]) -> PatrolView:
        return await patrols.get(asked.actor, asked.uuid("id"))

    async def cancel(asked: Asked[Cancelled, None]) -> PatrolView:
        return await patrols.cancel(asked.actor, asked.uuid("id"), asked.body.reason)

    async def figures(asked: Asked[None, Between]) -> PatrolFigures:
        return await patrols.figures(asked.actor, asked.query.since, asked.query.until)

    return [
        Route(
            method="GET",
            path="/api/patrol-people",
            summary_zh="可派出的巡查人员",
            summary_en="Who may be sent on patrol",
            tag=TAG,
            handler=people,
            answers=FieldPeople,
            roles=PLANNERS,
        ),
        Route(
            method="POST",
            path="/api/patrols",
            summary_zh="安排巡查：区域、时段、人员",
            summary_en="Plan a patrol: area, shift, people",
            tag=TAG,
            handler=plan,
            body=PatrolPlanned,
            answers=PatrolView,
            roles=PLANNERS,
            errors=("patrol-centre", "patrol-shift", "patrol-people", "no-such-patrol"),
        ),
        Route(
            method="GET",
            path="/api/patrols",
            summary_zh="巡查任务",
            summary_en="Patrols, latest shift first",
            tag=TAG,
            handler=listed,
            query=PatrolsAsked,
            answers=PatrolPage,
            roles=READERS,
            errors=("bad-cursor",),
        ),
        Route(
            method="GET",
            path=PATROL,
            summary_zh="巡查任务详情",
            summary_en="One patrol with its check-ins and findings",
            tag=TAG,
            handler=one,
            answers=PatrolView,
            roles=READERS,
            errors=("no-such-patrol",),
        ),
        Route(
            method="POST",
            path=f"{PATROL}/cancel",
            summary_zh="取消巡查",
            summary_en="Cancel a patrol that nobody has begun",
            tag=TAG,
            handler=cancel,
            body=Cancelled,
            answers=PatrolView,
            roles=PLANNERS,
            errors=("no-such-patrol", "patrol-over", "patrol-walked"),
        ),
        Route(
            method="GET",
            path="/api/patrol-figures",
            summary_zh="巡查统计：到岗、签到、发现、处置",
            summary_en="Patrols walked, findings, what was done about them",
            tag=TAG,
            handler=figures,
            query=Between,
            answers=PatrolFigures,
            roles=PLANNERS | LEADERS | {Role.REVIEWER, Role.INSPECTOR},
        ),
    ]


def _walking(patrols: Patrols) -> list[Route]:
    async def check_in(asked: Asked[CheckedHere, None]) -> PatrolView:
        body = asked.body
        return await patrols.check_in(asked.actor, asked.uuid("id"), body.id, _where(body), body.note)

    async def find(asked: Asked[FoundHere, None]) -> PatrolView:
        body = asked.body
        done = Enforced(body.result, body.note)
        return await patrols.find(
            asked.actor, asked.uuid("id"), body.id, _where(body), body.content, body.category, done
        )

    async def enforce(asked: Asked[EnforcedNow, None]) -> PatrolView:
        return await patrols.enforce(asked.actor, asked.uuid("id"), asked.body.result, asked.body.note)

    async def end(asked: Asked[Ended, None]) -> PatrolView:
        return await patrols.end(asked.actor, asked.uuid("id"), asked.body.summary)

    shared: dict[str, Any] = {"method": "POST", "tag": TAG, "answers": PatrolView, "roles": WALKERS | PLANNERS}
    return [
        Route(
            path=f"{PATROL}/check-ins",
            summary_zh="巡查签到（时间、地点）",
            summary_en="Check in with time and place",
            handler=check_in,
            body=CheckedHere,
            errors=(*_SHIFT, "check-in-without-place"),
            **shared,
        ),
        Route(
            path=f"{PATROL}/findings",
            summary_zh="登记巡查发现，自动生成主动工单",
            summary_en="Note what was found: it becomes a proactive order",
            handler=find,
            body=FoundHere,
            errors=_SHIFT,
            **shared,
        ),
        Route(
            path="/api/patrol-findings/{id}/enforcement",
            summary_zh="登记执法处置结果",
            summary_en="What was done about a finding",
            handler=enforce,
            body=EnforcedNow,
            errors=("no-such-finding", "patrol-not-yours"),
            **shared,
        ),
        Route(
            path=f"{PATROL}/end",
            summary_zh="结束巡查并写小结",
            summary_en="End a patrol with its summary",
            handler=end,
            body=Ended,
            errors=("no-such-patrol", "patrol-not-yours", "patrol-over"),
            **shared,
        ),
    ]


def _activities(activities: Activities) -> list[Route]:
    async def note(asked: Asked[ActivityNoted, None]) -> ActivityView:
        given = asked.body.model_dump(exclude={"matter_id"})
        return await activities.note(asked.actor, NewActivity(matter=asked.body.matter_id, **given))

    async def listed(asked: Asked[None, ActivitiesAsked]) -> ActivityPage:
        return await activities.page(asked.actor, asked.query.kind, asked.query.cursor, asked.query.limit)

    async def one(asked: Asked[None, None]) -> ActivityView:
        return await activities.get(asked.actor, asked.uuid("id"))

    async def outcome(asked: Asked[OutcomePut, None]) -> ActivityView:
        return await activities.put_outcome(asked.actor, asked.uuid("id"), **asked.body.model_dump())

    async def of_order(asked: Asked[None, None]) -> OrderFieldwork:
        return await activities.of_order(asked.actor, OrderId(asked.uuid("id")))

    return [
        Route(
            method="POST",
            path="/api/activities",
            summary_zh="登记座谈会、现场协商、公益活动",
            summary_en="Note a forum, a negotiation on the spot or an activity for the public",
            tag=TAG,
            handler=note,
            body=ActivityNoted,
            answers=ActivityView,
            roles=NOTERS,
            errors=("activity-without-topic", "activity-matter", "activity-in-future", "no-such-activity"),
        ),
        Route(
            method="GET",
            path="/api/activities",
            summary_zh="活动记录",
            summary_en="Activities, latest first",
            tag=TAG,
            handler=listed,
            query=ActivitiesAsked,
            answers=ActivityPage,
            roles=READERS,
            errors=("bad-cursor",),
        ),
        Route(
            method="GET",
            path=ACTIVITY,
            summary_zh="活动详情及此后同主题工单",
            summary_en="An activity, and later demands of its topic",
            tag=TAG,
            handler=one,
            answers=ActivityView,
            roles=READERS,
            errors=("no-such-activity",),
        ),
        Route(
            method="PUT",
            path=f"{ACTIVITY}/outcome",
            summary_zh="补记活动成效",
            summary_en="What came of an activity",
            tag=TAG,
            handler=outcome,
            body=OutcomePut,
            answers=ActivityView,
            roles=NOTERS,
            errors=("no-such-activity",),
        ),
        Route(
            method="GET",
            path="/api/orders/{id}/fieldwork",
            summary_zh="工单的巡查来源与同主题活动",
            summary_en="The patrol that found an order, and activities about its topic",
            tag=TAG,
            handler=of_order,
            answers=OrderFieldwork,
            roles=READERS | {Role.AGENT},
            errors=("no-such-order",),
        ),
    ]


def _pictures(activities: Activities, pictures: Pictures, config: FilesConfig) -> list[Route]:
    async def keep(asked: Asked[None, None]) -> PictureView:
        activity, seconds = asked.uuid("id"), config.upload_within.total_seconds()
        await activities.own(asked.actor, activity)
        try:
            async with asyncio.timeout(seconds):
                part, _ = await file_of(asked.raw)
                return await pictures.keep(asked.actor, SUBJECT, activity, unquote(part.filename or ""), pieces(part))
        except TimeoutError:
            raise BodyTooSlow(seconds=round(seconds)) from None

    async def fetch(asked: Asked[None, None]) -> web.StreamResponse:
        activity = asked.uuid("id")
        await activities.own(asked.actor, activity)
        view, place = await pictures.open(SUBJECT, activity, asked.uuid("picture_id"))
        return web.FileResponse(place, chunk_size=PIECE, headers=headers_of(view.name, view.media_type, view.sha256))

    return [
        Route(
            method="POST",
            path=f"{ACTIVITY}/pictures",
            summary_zh="上传活动照片（multipart/form-data：file）",
            summary_en="Add a picture to an activity (multipart/form-data: file)",
            tag=TAG,
            handler=keep,
            form=Form(PictureForm),
            answers=PictureView,
            status=201,
            roles=NOTERS,
            errors=("no-such-activity", "pictures-full", "file-not-a-picture", *REFUSED),
        ),
        Route(
            method="GET",
            path=f"{ACTIVITY}/pictures/{{picture_id}}",
            summary_zh="活动照片",
            summary_en="A picture of an activity",
            tag=TAG,
            handler=fetch,
            media="application/octet-stream",
            roles=READERS,
            errors=("no-such-activity", "no-such-file", "file-gone"),
        ),
    ]
