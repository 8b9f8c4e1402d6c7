"""Clocks of orders, extensions, and the rule sets, over HTTP."""

from typing import Any, Final

from pydantic import AwareDatetime, Field, model_validator

from callcenter.core.ids import OrderId
from callcenter.orders.clock_views import DifferenceList, OrderClocksView, RuleSetList, RuleSetView
from callcenter.orders.clocks import Clocks
from callcenter.orders.policy import Span
from callcenter.orders.slow_orders import SlowPage
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "clocks"
ONE: Final = "/api/orders/{id}"
REPORTS: Final = frozenset({Role.SUPERVISOR, Role.DEPUTY, Role.LEADER, Role.INSPECTOR})


class ExtensionAsked(Wire):
    working_days: int | None = Field(default=None, ge=1, le=60, description="延长的工作日 / Working days more")
    hours: int | None = Field(default=None, ge=1, le=720, description="延长的小时 / Hours more")
    reason: str = Field(min_length=4, max_length=1000, description="延期理由 / Why")

    @model_validator(mode="after")
    def _one(self) -> "ExtensionAsked":
        if (self.working_days is None) == (self.hours is None):
            raise ValueError("working_days or hours")
        return self

    def span(self) -> Span:
        return Span(working_days=self.working_days, hours=self.hours)


class ExtensionDecided(Wire):
    granted: bool = Field(description="是否同意 / Granted or refused")
    opinion: str = Field(default="", max_length=1000, description="审批意见 / Opinion")


class UpperDueGiven(Wire):
    due_at: AwareDatetime = Field(description="上级要求的新时限 / The upper platform's new date")
    reason: str = Field(min_length=4, max_length=1000, description="变更依据（来文、电话等） / What it rests on")


class DifferenceAsked(Wire):
    before: str = Field(max_length=80, description="规则集，如 xiayang-2022/1 / Rule set before")
    after: str = Field(max_length=80, description="规则集，如 xiayang-2022/2 / Rule set after")


def _order(asked: Asked[Any, Any]) -> OrderId:
    return OrderId(asked.uuid("id"))


def _of_orders(clocks: Clocks) -> list[Route]:
    async def of(asked: Asked[None, None]) -> OrderClocksView:
        return await clocks.of(asked.actor, _order(asked))

    async def ask(asked: Asked[ExtensionAsked, None]) -> OrderClocksView:
        return await clocks.ask_extension(asked.actor, _order(asked), asked.body.span(), asked.body.reason)

    async def decide(asked: Asked[ExtensionDecided, None]) -> OrderClocksView:
        body = asked.body
        return await clocks.decide_extension(
            asked.actor, _order(asked), asked.uuid("extension_id"), granted=body.granted, opinion=body.opinion
        )

    async def upper(asked: Asked[UpperDueGiven, None]) -> OrderClocksView:
        return await clocks.set_upper(asked.actor, _order(asked), asked.body.due_at, asked.body.reason)

    return [
        Route(
            method="POST",
            path=f"{ONE}/upper-due",
            summary_zh="上级要求时限变更：说明依据，办理时限随之调整",
            summary_en="Another date from above, with what it rests on: the clocks that hang on it follow",
            tag=TAG,
            handler=upper,
            body=UpperDueGiven,
            answers=OrderClocksView,
            errors=("no-such-order", "upper-due-past", "upper-due-same", "order-changed", "calendar-missing"),
        ),
        Route(
            method="GET",
            path=f"{ONE}/clocks",
            summary_zh="工单时限：各级时限、到期、颜色、逐日说明",
            summary_en="An order's clocks: level, due, colour, and why day by day",
            tag=TAG,
            handler=of,
            answers=OrderClocksView,
            errors=("no-such-order",),
        ),
        Route(
            method="POST",
            path=f"{ONE}/extension",
            summary_zh="申请延期（规则集允许时）",
            summary_en="Ask for an extension, where the rule set knows one",
            tag=TAG,
            handler=ask,
            body=ExtensionAsked,
            answers=OrderClocksView,
            errors=(
                "no-such-order",
                "extension-not-allowed",
                "extension-too-long",
                "no-clock-to-extend",
                "extension-open",
            ),
        ),
        Route(
            method="POST",
            path=f"{ONE}/extension/{{extension_id}}",
            summary_zh="审批延期",
            summary_en="Decide an extension",
            tag=TAG,
            handler=decide,
            body=ExtensionDecided,
            answers=OrderClocksView,
            errors=("no-such-order", "no-such-extension", "extension-own", "no-clock-to-extend", "order-changed"),
        ),
    ]


def _of_rules(clocks: Clocks) -> list[Route]:
    async def listed(_: Asked[None, None]) -> RuleSetList:
        return clocks.rulesets()

    async def one(asked: Asked[None, None]) -> RuleSetView:
        return clocks.ruleset(f"{asked.path['ruleset']}/{asked.path['version']}")

    async def differences(asked: Asked[None, DifferenceAsked]) -> DifferenceList:
        return clocks.differences(asked.query.before, asked.query.after)

    async def slow(asked: Asked[None, Paged]) -> SlowPage:
        return await clocks.slow(asked.actor, asked.query.cursor, asked.query.limit)

    return [
        Route(
            method="GET",
            path="/api/rules",
            summary_zh="规则集列表",
            summary_en="The rule sets",
            tag=TAG,
            handler=listed,
            answers=RuleSetList,
        ),
        Route(
            method="GET",
            path="/api/rules/differences",
            summary_zh="两个规则集的差别",
            summary_en="What changes for whom between two rule sets",
            tag=TAG,
            handler=differences,
            query=DifferenceAsked,
            answers=DifferenceList,
            errors=("ruleset-unknown",),
        ),
        Route(
            method="GET",
            path="/api/rules/{ruleset}/{version}",
            summary_zh="规则集的各项数值及依据",
            summary_en="One rule set: values with source and reading",
            tag=TAG,
            handler=one,
            answers=RuleSetView,
            errors=("ruleset-unknown",),
            params={"ruleset": str, "version": int},
        ),
        Route(
            method="GET",
            path="/api/rules/solvable",
            summary_zh="可解决工单的目标完成情况（近一季度）",
            summary_en="Solvable orders of the last quarter against their target (GH-11)",
            tag=TAG,
            handler=slow,
            query=Paged,
            answers=SlowPage,
            roles=REPORTS,
            errors=("bad-cursor",),
        ),
    ]


def clock_routes(clocks: Clocks) -> list[Route]:
    """Who may do what with an order is decided by its own guards; rule sets may be read by everybody of the house."""
    return [*_of_orders(clocks), *_of_rules(clocks)]
