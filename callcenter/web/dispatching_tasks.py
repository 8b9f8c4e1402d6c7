"""The part of other bodies over HTTP: 1+N, whistles, joint handling, meetings; and the helper's own list."""

from typing import Any, Final

from pydantic import BaseModel

from callcenter.core.ids import OrgId
from callcenter.dispatching.asking import HELPERS
from callcenter.dispatching.room import CENTRE_STAFF, LEADERS, UNIT_STAFF
from callcenter.dispatching.service import Dispatching
from callcenter.dispatching.tasks import ASKERS
from callcenter.dispatching.terms import TaskKind
from callcenter.dispatching.views import DispatchingView, HelpPage, HelpView
from callcenter.people.actor import Role
from callcenter.web.dispatching import TAG, order_of, post
from callcenter.web.dispatching_models import (
    CheckedIn,
    Confirmed,
    DifficultyDecided,
    Finished,
    HelpAsked,
    Met,
    Reasoned,
    TasksAsked,
    Whistled,
    all_wanted,
)
from callcenter.web.route import Asked, Handler, Route

MINE: Final = "/api/tasks"
_ERRORS: Final = ("record-refused", "no-such-body", "task-due-wrong")
_STEP: Final = ("no-such-task", "task-over")


def task_routes(room: Dispatching) -> list[Route]:
    return [*_mine(room), *_on_orders(room)]


def _mine(room: Dispatching) -> list[Route]:
    async def listed(asked: Asked[None, HelpAsked]) -> HelpPage:
        query = asked.query
        return await room.tasks.mine(asked.actor, only_open=query.only_open, cursor=query.cursor, limit=query.limit)

    async def one(asked: Asked[None, None]) -> HelpView:
        return await room.tasks.one(asked.actor, asked.uuid("id"))

    async def accept(asked: Asked[None, None]) -> HelpView:
        return await room.tasks.accept(asked.actor, asked.uuid("id"))

    async def attend(asked: Asked[CheckedIn, None]) -> HelpView:
        body = asked.body
        return await room.tasks.attend(asked.actor, asked.uuid("id"), latitude=body.latitude, longitude=body.longitude)

    async def finish(asked: Asked[Finished, None]) -> HelpView:
        body = asked.body
        return await room.tasks.finish(asked.actor, asked.uuid("id"), opinion=body.opinion, result=body.result)

    def step(name: str, zh: str, en: str, handler: Handler, body: type[BaseModel] | None) -> Route:
        return Route(
            method="POST",
            path=f"{MINE}/{{id}}/{name}",
            summary_zh=zh,
            summary_en=en,
            tag=TAG,
            handler=handler,
            body=body,
            answers=HelpView,
            roles=HELPERS | ASKERS,
            errors=_STEP,
        )

    return [
        Route(
            method="GET",
            path=MINE,
            summary_zh="本单位的协办任务（不含诉求人信息）",
            summary_en="What my org was asked; nothing of the caller (XY-34)",
            tag=TAG,
            handler=listed,
            query=HelpAsked,
            answers=HelpPage,
            roles=HELPERS | ASKERS,
            errors=("bad-cursor",),
        ),
        Route(
            method="GET",
            path=f"{MINE}/{{id}}",
            summary_zh="协办任务",
            summary_en="One task",
            tag=TAG,
            handler=one,
            answers=HelpView,
            roles=HELPERS | ASKERS,
            errors=("no-such-task",),
        ),
        step("accept", "接受、报到", "Accept: the body reports", accept, None),
        step("attend", "到场签到", "Check in on the spot", attend, CheckedIn),
        step("finish", "填写意见与结果", "Opinion and result", finish, Finished),
    ]


def _on_orders(room: Dispatching) -> list[Route]:
    async def seen(asked: Asked[Any, None]) -> DispatchingView:
        return await room.reading.of_order(asked.actor, order_of(asked))

    async def ask(asked: Asked[TasksAsked, None]) -> DispatchingView:
        body = asked.body
        await room.tasks.ask(asked.actor, order_of(asked), all_wanted(body.helpers, body.kind))
        return await seen(asked)

    async def cancel(asked: Asked[None, None]) -> DispatchingView:
        await room.tasks.cancel(asked.actor, order_of(asked), asked.uuid("task_id"))
        return await seen(asked)

    async def whistle(asked: Asked[Whistled, None]) -> DispatchingView:
        body = asked.body
        await room.joint.whistle(
            asked.actor,
            order_of(asked),
            matter=body.matter,
            place=body.place,
            urgency=body.urgency,
            wanted=all_wanted(body.helpers, TaskKind.WHISTLE),
        )
        return await seen(asked)

    async def confirm(asked: Asked[Confirmed, None]) -> None:
        attendances = [one.attendance() for one in asked.body.attendances]
        await room.joint.confirm(asked.actor, asked.uuid("id"), attendances)

    async def apply(asked: Asked[Reasoned, None]) -> DispatchingView:
        await room.joint.apply_difficult(asked.actor, order_of(asked), asked.body.reason)
        return await seen(asked)

    async def decide(asked: Asked[DifficultyDecided, None]) -> DispatchingView:
        body = asked.body
        wanted = all_wanted(body.helpers, TaskKind.JOINT)
        await room.joint.decide_difficult(
            asked.actor, order_of(asked), granted=body.granted, opinion=body.opinion, wanted=wanted
        )
        return await seen(asked)

    async def meet(asked: Asked[Met, None]) -> DispatchingView:
        body = asked.body
        await room.joint.meet(
            asked.actor,
            order_of(asked),
            held_at=body.held_at,
            place=body.place,
            orgs=[OrgId(org) for org in body.org_ids],
            bodies=body.bodies,
            minutes=body.minutes,
            decisions=body.decisions,
            wanted=all_wanted(body.helpers, TaskKind.MEETING),
        )
        return await seen(asked)

    return [
        post("tasks", "请求协办（1+N、函告、工作站）", "Ask others to help", ask, TasksAsked, ASKERS, *_ERRORS),
        post("tasks/{task_id}/cancel", "取消任务", "Cancel a task", cancel, None, ASKERS, "record-refused", *_STEP),
        post(
            "whistles",
            "吹哨",
            "Blow the whistle (GH-12)",
            whistle,
            Whistled,
            ASKERS | {Role.FIELD},
            *_ERRORS,
            "whistle-initiator",
        ),
        Route(
            method="POST",
            path="/api/whistles/{id}/confirm",
            summary_zh="确认报到并评价",
            summary_en="Confirm and rate attendance",
            tag=TAG,
            handler=confirm,
            body=Confirmed,
            status=204,
            roles=ASKERS | {Role.FIELD},
            errors=("no-such-whistle", "whistle-initiator", "whistle-confirmed"),
        ),
        post(
            "difficulty",
            "申报疑难",
            "Put forward as difficult (XY-16)",
            apply,
            Reasoned,
            UNIT_STAFF,
            "record-refused",
            "difficulty-open",
        ),
        post(
            "difficulty/decision",
            "审批疑难申报，组织联合处置",
            "Decide, and call others to joint handling",
            decide,
            DifficultyDecided,
            CENTRE_STAFF | LEADERS,
            *_ERRORS,
            "no-difficulty",
        ),
        post("meetings", "登记协调会", "Note a coordination meeting (SJ-02)", meet, Met, ASKERS, *_ERRORS),
    ]
