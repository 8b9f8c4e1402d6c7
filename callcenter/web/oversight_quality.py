"""Quality control over HTTP: the queue, reviews, rulings, flags."""

from pydantic import BaseModel

from callcenter.core.ids import OrderId, OrgId
from callcenter.oversight.checks import CHECKLISTS
from callcenter.oversight.service import Oversight
from callcenter.oversight.views import RulingPage, TaskPage, ViolationPage
from callcenter.web.oversight_models import (
    Approved,
    Decided,
    DutyForced,
    Flagged,
    Inspected,
    RulingDrafted,
    RulingsAsked,
    Spoken,
    TaskOpened,
    TasksAsked,
    ViolationsAsked,
)
from callcenter.web.oversight_parts import OVERSEERS, UNITS, deed, read
from callcenter.web.route import Asked, Route


class Question(BaseModel):
    code: str
    zh: str
    en: str


class Checklists(BaseModel):
    """By hook: before, during, after."""

    hooks: dict[str, list[Question]]


class Made(BaseModel):
    id: str


def _tasks(oversight: Oversight) -> list[Route]:
    quality = oversight.quality

    async def listed(asked: Asked[None, TasksAsked]) -> TaskPage:
        query = asked.query
        order = OrderId(query.order_id) if query.order_id else None
        return await quality.tasks(
            asked.actor,
            state=query.state,
            qc_class=query.qc_class,
            hook=query.hook,
            order=order,
            cursor=query.cursor,
            limit=query.limit,
        )

    async def checklists(asked: Asked[None, None]) -> Checklists:
        return Checklists(
            hooks={
                hook: [Question(code=one.code, zh=one.zh, en=one.en) for one in questions]
                for hook, questions in CHECKLISTS.items()
            }
        )

    async def opened(asked: Asked[TaskOpened, None]) -> None:
        await quality.open_by_hand(asked.actor, OrderId(asked.uuid("id")), asked.body.hook)

    async def reviewed(asked: Asked[Inspected, None]) -> None:
        await quality.review(asked.actor, asked.uuid("id"), asked.body.new())

    async def answered(asked: Asked[Spoken, None]) -> None:
        await quality.answer(asked.actor, asked.uuid("id"), asked.body.text)

    async def forced(asked: Asked[DutyForced, None]) -> None:
        await quality.force_duty(asked.actor, OrderId(asked.uuid("id")), OrgId(asked.body.org_id), asked.body.reason)

    return [
        read("/api/quality/tasks", "质控任务", "Tasks of quality control", listed, query=TasksAsked, answers=TaskPage),
        read("/api/quality/checklists", "质控检查表", "The checklists by hook", checklists, answers=Checklists),
        deed(
            "/api/orders/{id}/quality", "抽取质控", "Take an order out for a look", opened, TaskOpened, "no-such-order"
        ),
        deed(
            "/api/quality/tasks/{id}/review", "质控复核", "Review a task", reviewed, Inspected, "oversight-incomplete"
        ),
        deed(
            "/api/quality/tasks/{id}/answer",
            "整改反馈",
            "Tell what was put right",
            answered,
            Spoken,
            roles=OVERSEERS | UNITS,
        ),
        deed(
            "/api/orders/{id}/duty-org",
            "质控明确责任主体",
            "Fix who is responsible",
            forced,
            DutyForced,
            "no-such-target",
            "no-such-order",
        ),
    ]


def _rulings(oversight: Oversight) -> list[Route]:
    rulings = oversight.rulings

    async def drafted(asked: Asked[RulingDrafted, None]) -> Made:
        return Made(id=str(await rulings.draft(asked.actor, asked.body.new())))

    async def listed(asked: Asked[None, RulingsAsked]) -> RulingPage:
        query = asked.query
        return await rulings.list(asked.actor, state=query.state, cursor=query.cursor, limit=query.limit)

    async def agreed(asked: Asked[None, None]) -> None:
        await rulings.agree(asked.actor, asked.uuid("id"))

    async def approved(asked: Asked[Approved, None]) -> None:
        await rulings.approve(asked.actor, asked.uuid("id"), asked.body.effective_from)

    async def withdrawn(asked: Asked[None, None]) -> None:
        await rulings.withdraw(asked.actor, asked.uuid("id"))

    one, both = "/api/rulings/{id}", OVERSEERS | UNITS
    return [
        deed(
            "/api/rulings",
            "起草口径",
            "Draft a ruling",
            drafted,
            RulingDrafted,
            "oversight-incomplete",
            "no-such-target",
            "no-such-order",
            answers=Made,
            status=201,
        ),
        read("/api/rulings", "口径列表", "Rulings, newest first", listed, query=RulingsAsked, answers=RulingPage),
        deed(f"{one}/agree", "认可口径", "Agree, as a party", agreed, None, roles=both),
        deed(
            f"{one}/approve",
            "批准口径",
            "Approve: it becomes a precedent",
            approved,
            Approved,
            "ruling-not-agreed",
            "no-such-target",
        ),
        deed(f"{one}/withdraw", "撤回口径", "It is no precedent any more", withdrawn, None, "no-such-target"),
    ]


def _flags(oversight: Oversight) -> list[Route]:
    violations = oversight.violations

    async def flagged(asked: Asked[Flagged, None]) -> None:
        await violations.flag(asked.actor, OrderId(asked.uuid("id")), asked.body.flag, asked.body.reason)

    async def decided(asked: Asked[Decided, None]) -> None:
        body = asked.body
        await violations.decide(asked.actor, asked.uuid("id"), confirmed=body.confirmed, reason=body.reason)

    async def listed(asked: Asked[None, ViolationsAsked]) -> ViolationPage:
        query = asked.query
        order = OrderId(query.order_id) if query.order_id else None
        return await violations.list(
            asked.actor, state=query.state, flag=query.flag, order=order, cursor=query.cursor, limit=query.limit
        )

    return [
        deed("/api/orders/{id}/flags", "提出违规标记", "Say that a unit did wrong", flagged, Flagged, "no-such-order"),
        deed("/api/violations/{id}/decision", "认定违规标记", "The human word on it", decided, Decided),
        read(
            "/api/violations",
            "违规列表",
            "Violations, newest first",
            listed,
            query=ViolationsAsked,
            answers=ViolationPage,
        ),
    ]


def quality_routes(oversight: Oversight) -> list[Route]:
    return [*_tasks(oversight), *_rulings(oversight), *_flags(oversight)]
