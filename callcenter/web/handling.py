"""Handling of an order over HTTP: what is looked at, and what is written on it."""

from typing import Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, Field, RootModel

from callcenter.core.ids import OrderId
from callcenter.documents.printer import Printer
from callcenter.handling import figure_models as shown
from callcenter.handling import model
from callcenter.handling.measures import Period
from callcenter.handling.papers import Paper
from callcenter.handling.service import Handling
from callcenter.web.printing import form_of, printed
from callcenter.web.route import Asked, Handler, Paged, Route, Wire

TAG: Final = "handling"
_ORDER: Final = "/api/orders/{id}"


class PaperAsked(RootModel[Paper]):
    """One kind of paper, by its `kind`."""


class Days(Wire):
    days: int = Field(default=90, ge=1, le=1100)


class PeriodAsked(Wire):
    period: Period = Field(default=Period.MONTH, description="本月、本季、本年 / The current month, quarter or year")


class WarningsAsked(Paged):
    open: bool = Field(default=False, description="只看未办结的 / Only orders that are not closed")


class RoundAsked(Wire):
    round: int = Field(default=1, ge=1, le=100)


def _order(asked: Asked[Any, Any]) -> OrderId:
    return OrderId(asked.uuid("id"))


def _write(
    path: str,
    zh: str,
    en: str,
    handler: Handler,
    body: type[BaseModel] | None,
    *errors: str,
    answers: type[BaseModel] | None = None,
) -> Route:
    """A POST that answers what was written, or nothing."""
    return Route(
        method="POST",
        path=f"{_ORDER}/{path}",
        summary_zh=zh,
        summary_en=en,
        tag=TAG,
        handler=handler,
        body=body,
        answers=answers,
        status=201 if answers is model.Written else 200 if answers else 204,
        errors=("no-such-order", "record-refused", *errors),
    )


def _papers(handling: Handling) -> list[Route]:
    async def contact(asked: Asked[model.NewContact, None]) -> model.HandlingView:
        return await handling.log_contact(asked.actor, _order(asked), asked.body)

    async def paper(asked: Asked[PaperAsked, None]) -> model.Written:
        return await handling.write_paper(asked.actor, _order(asked), asked.body.root)

    async def finish(asked: Asked[model.Finished, None]) -> None:
        await handling.finish(asked.actor, _order(asked), asked.body)

    async def hand_over(asked: Asked[model.HandedOver, None]) -> None:
        await handling.hand_over(asked.actor, _order(asked), asked.body)

    async def head(asked: Asked[model.HeadNamed, None]) -> None:
        await handling.name_head(asked.actor, _order(asked), asked.body)

    async def confirm(asked: Asked[None, None]) -> None:
        await handling.confirm_head(asked.actor, _order(asked))

    return [
        _write(
            "contact-log",
            "登记联系",
            "Log a contact: citizen, department or enterprise",
            contact,
            model.NewContact,
            "counterpart-unnamed",
            "no-such-proof",
            "not-case-owner",
            "move-refused",
            answers=model.HandlingView,
        ),
        _write("papers", "登记处置记录", "Write a paper", paper, PaperAsked, "no-such-file", answers=model.Written),
        _write("finish", "登记实际完成时间", "Tell when the work was done", finish, model.Finished),
        _write("hand-over", "承办人交接", "Hand the case over", hand_over, model.HandedOver, "no-such-person-or-org"),
        _write("head", "指定负责人", "Name the unit's head", head, model.HeadNamed, "no-such-person-or-org"),
        _write("head/confirm", "负责人确认", "The head confirms", confirm, None, "no-head-yet", "not-the-head"),
    ]


def _tasks(handling: Handling) -> list[Route]:
    async def add(asked: Asked[model.NewTask, None]) -> model.Written:
        return await handling.add_task(asked.actor, _order(asked), asked.body)

    async def settle(asked: Asked[model.TaskSettled, None]) -> None:
        await handling.settle_task(asked.actor, _order(asked), asked.uuid("task_id"), asked.body)

    async def propose(asked: Asked[model.NewOption, None]) -> model.Written:
        return await handling.propose_option(asked.actor, _order(asked), asked.body)

    async def judge(asked: Asked[model.OptionJudged, None]) -> None:
        await handling.judge_option(asked.actor, _order(asked), asked.uuid("option_id"), asked.body)

    async def choose(asked: Asked[None, None]) -> None:
        await handling.choose_option(asked.actor, _order(asked), asked.uuid("option_id"))

    async def plan(asked: Asked[model.NewMilestone, None]) -> model.Written:
        return await handling.plan_milestone(asked.actor, _order(asked), asked.body)

    async def reach(asked: Asked[model.Reached, None]) -> None:
        await handling.reach_milestone(asked.actor, _order(asked), asked.uuid("milestone_id"), asked.body)

    settled = ("already-decided", "no-such-entry", "no-such-file")
    return [
        _write("subtasks", "新增子任务", "Add a sub-task", add, model.NewTask, answers=model.Written),
        _write("subtasks/{task_id}", "子任务办结或免办", "Settle a sub-task", settle, model.TaskSettled, *settled),
        _write("options", "提出方案", "Propose a solution", propose, model.NewOption, answers=model.Written),
        _write("options/{option_id}", "方案论证", "Judge a solution", judge, model.OptionJudged, *settled),
        _write("options/{option_id}/choose", "选定方案", "Choose a solution", choose, None, *settled),
        _write("milestones", "列入阶段节点", "Plan a milestone", plan, model.NewMilestone, answers=model.Written),
        _write("milestones/{milestone_id}", "阶段节点完成", "Reach a milestone", reach, model.Reached, *settled),
    ]


def _judging(handling: Handling) -> list[Route]:
    async def depart(asked: Asked[model.NewDeparture, None]) -> model.Written:
        return await handling.depart(asked.actor, _order(asked), asked.body)

    async def decide(asked: Asked[model.Decided, None]) -> None:
        await handling.decide(asked.actor, _order(asked), asked.uuid("departure_id"), asked.body)

    async def propose(asked: Asked[model.NewExclusion, None]) -> model.Written:
        return await handling.propose_exclusion(asked.actor, _order(asked), asked.body)

    async def step(asked: Asked[model.ExclusionStep, None]) -> None:
        await handling.step_exclusion(asked.actor, _order(asked), asked.body)

    return [
        _write(
            "departures",
            "提出推定偏离",
            "Leave a presumption",
            depart,
            model.NewDeparture,
            "no-departure",
            "departure-open",
            answers=model.Written,
        ),
        _write(
            "departures/{departure_id}",
            "裁定推定偏离",
            "Decide on a departure",
            decide,
            model.Decided,
            "same-person",
            "no-such-entry",
            "already-decided",
        ),
        _write(
            "exclusion",
            "申请不纳入测评",
            "Ask to leave the order out of the evaluation",
            propose,
            model.NewExclusion,
            "exclusion-open",
            answers=model.Written,
        ),
        _write(
            "exclusion/step",
            "不纳入测评的下一步",
            "Take the next step of the exclusion",
            step,
            model.ExclusionStep,
            "exclusion-not-your-step",
            "exclusion-step-unfounded",
            "same-person",
            "already-decided",
        ),
    ]


def _reading(handling: Handling, printer: Printer) -> list[Route]:
    async def view(asked: Asked[None, None]) -> model.HandlingView:
        return await handling.view(asked.actor, _order(asked))

    async def form2(asked: Asked[None, RoundAsked]) -> web.StreamResponse:
        form = form_of(asked.path["form"])
        made = await handling.form2(asked.actor, _order(asked), asked.query.round, printer.issuer)
        return await printed(printer, made, form)

    return [
        _look(f"{_ORDER}/handling", "工单处置情况", "How the order is being handled", view, model.HandlingView),
        Route(
            method="GET",
            path=f"{_ORDER}/form2.{{form}}",
            summary_zh="工单处理记录表（附件2）",
            summary_en="Form 2, the handling record of a round",
            tag=TAG,
            handler=form2,
            query=RoundAsked,
            params={"form": Literal["docx", "pdf"]},
            media="application/octet-stream",
            errors=("no-such-order",),
        ),
    ]


def _look(
    path: str, zh: str, en: str, handler: Handler, answers: type[BaseModel], query: type[BaseModel] | None = None
) -> Route:
    paged = ("bad-cursor",) if query is not None and issubclass(query, Paged) else ()
    return Route(
        method="GET",
        path=path,
        summary_zh=zh,
        summary_en=en,
        tag=TAG,
        handler=handler,
        answers=answers,
        query=query,
        errors=paged,
    )


def _figures(handling: Handling) -> list[Route]:
    read = handling.figures

    async def warnings(asked: Asked[None, WarningsAsked]) -> shown.WarningPage:
        query = asked.query
        return await read.warnings(asked.actor, query.cursor, query.limit, only_open=query.open)

    async def decisions(asked: Asked[None, Paged]) -> shown.DecisionPage:
        return await read.decisions(asked.actor, asked.query.cursor, asked.query.limit)

    async def satisfaction(asked: Asked[None, PeriodAsked]) -> shown.SatisfactionPage:
        return await read.satisfaction(asked.actor, asked.query.period)

    async def effort(asked: Asked[None, Paged]) -> shown.EffortPage:
        return await read.effort(asked.actor, asked.query.cursor, asked.query.limit)

    async def people(asked: Asked[None, Days]) -> shown.PeopleEffort:
        return await read.effort_of_people(asked.actor, asked.query.days)

    async def overturns(asked: Asked[None, None]) -> shown.Overturns:
        return await read.overturns(asked.actor)

    async def rates(asked: Asked[None, None]) -> shown.ExclusionRates:
        return await read.exclusion_rates(asked.actor)

    async def colleagues(asked: Asked[None, None]) -> model.Colleagues:
        return await read.colleagues(asked.actor)

    return [
        _look(
            "/api/warnings",
            "本单位预警工单",
            "Warning orders of my organisation",
            warnings,
            shown.WarningPage,
            WarningsAsked,
        ),
        _look(
            "/api/decisions",
            "待领导决定的预警工单",
            "What leaders owe a decision on",
            decisions,
            shown.DecisionPage,
            Paged,
        ),
        _look(
            "/api/satisfaction",
            "解决率与满意率",
            "Both answers, by unit",
            satisfaction,
            shown.SatisfactionPage,
            PeriodAsked,
        ),
        _look("/api/effort", "各工单联系次数", "Contacts of each order", effort, shown.EffortPage, Paged),
        _look("/api/effort/people", "各承办人联系次数", "Contacts of each person", people, shown.PeopleEffort, Days),
        _look("/api/departures", "各单位推定偏离情况", "Departures and overturns by unit", overturns, shown.Overturns),
        _look("/api/exclusions", "各单位不纳入测评比例", "Exclusions by unit", rates, shown.ExclusionRates),
        _look("/api/colleagues", "本单位人员", "People of my organisation", colleagues, model.Colleagues),
    ]


def handling_routes(handling: Handling, printer: Printer) -> list[Route]:
    """Every route of the room; who may do what is decided by the order's own rules."""
    return [
        *_reading(handling, printer),
        *_papers(handling),
        *_tasks(handling),
        *_judging(handling),
        *_figures(handling),
    ]
