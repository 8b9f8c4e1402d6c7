"""Callers' lists and the gate's refusals over HTTP. Numbers go in by call id, or in a supervisor's body; out masked."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from callcenter.core.ids import CallId
from callcenter.numbers.callers import Callers
from callcenter.numbers.care import CareList
from callcenter.numbers.harassment import HarassmentList
from callcenter.numbers.refusals import Refusals
from callcenter.numbers.views import (
    CallerNotes,
    CareEntry,
    CarePage,
    Category,
    HarassmentEntry,
    HarassmentPage,
    Policy,
    RefusalPage,
)
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Handler, Paged, Route, Wire

TAG: Final = "numbers"
_DESK: Final = frozenset({Role.AGENT, Role.SUPERVISOR})
_CARERS: Final = frozenset({Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR})
_SUPERVISORS: Final = frozenset({Role.SUPERVISOR})

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Presented = Annotated[str, Field(pattern=r"^[0-9+\- ()]{5,30}$")]


class NewCare(Wire):
    """One of `call_id` and `number`; a number only by supervisors. `days` is how long it holds."""

    call_id: UUID | None = None
    number: Presented | None = None
    category: Category
    note: str = Field(default="", max_length=200)
    days: int = Field(default=180, ge=1, le=3660)

    @model_validator(mode="after")
    def _names_one(self) -> "NewCare":
        if (self.call_id is None) == (self.number is None):
            raise ValueError("give call_id or number, and not both")
        return self


class NewHarassment(Wire):
    """`evidence`: calls of the number, the first of which the proposer may see."""

    evidence: tuple[UUID, ...] = Field(min_length=1, max_length=20)
    policy: Policy
    reason: Text
    days: int = Field(ge=1, le=3660)


class HarassmentDecision(Wire):
    approved: bool
    opinion: Text


class HarassmentFinding(Wire):
    finding: Text


class ChosenLanguage(Wire):
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,8})?$")]


def numbers_routes(callers: Callers, care: CareList, harassment: HarassmentList, refusals: Refusals) -> list[Route]:
    return [*_caller(callers), *_care(care), *_harassment(harassment), *_refusals(refusals)]


def _caller(callers: Callers) -> list[Route]:
    async def notes(asked: Asked[None, None]) -> CallerNotes:
        return await callers.notes(asked.actor, CallId(asked.uuid("id")))

    async def language(asked: Asked[ChosenLanguage, None]) -> None:
        await callers.set_language(asked.actor, CallId(asked.uuid("id")), asked.body.language)

    return [
        Route(
            method="GET",
            path="/api/calls/{id}/caller",
            summary_zh="来电人备注（重点关爱、骚扰限制、语言）",
            summary_en="What is remembered of a call's caller: care, restraint, language",
            tag=TAG,
            handler=notes,
            answers=CallerNotes,
            roles=_CARERS,
            errors=("no-such-call",),
        ),
        Route(
            method="PUT",
            path="/api/calls/{id}/caller/language",
            summary_zh="记住来电人的语言",
            summary_en="Remember the caller's language",
            tag=TAG,
            handler=language,
            body=ChosenLanguage,
            status=204,
            roles=_DESK,
            errors=("no-such-call", "number-withheld", "number-not-listable"),
        ),
    ]


def _care(care: CareList) -> list[Route]:
    async def listed(asked: Asked[None, Paged]) -> CarePage:
        return await care.page(asked.actor, asked.query.limit, asked.query.cursor)

    async def add(asked: Asked[NewCare, None]) -> CareEntry:
        body = asked.body
        if body.call_id is not None:
            return await care.add_caller(asked.actor, CallId(body.call_id), body.category, body.note, body.days)
        return await care.add_number(asked.actor, body.number or "", body.category, body.note, body.days)

    async def end(asked: Asked[None, None]) -> None:
        await care.end(asked.actor, asked.uuid("id"))

    return [
        Route(
            method="GET",
            path="/api/care",
            summary_zh="重点关爱名单",
            summary_en="The special care list, newest first",
            tag=TAG,
            handler=listed,
            query=Paged,
            answers=CarePage,
            roles=_SUPERVISORS,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/care",
            summary_zh="列入重点关爱",
            summary_en="Put a caller on the special care list",
            tag=TAG,
            handler=add,
            body=NewCare,
            answers=CareEntry,
            status=201,
            roles=_CARERS,
            errors=(
                "no-such-call",
                "number-withheld",
                "number-not-listable",
                "number-listed-already",
                "entry-too-long",
            ),
        ),
        Route(
            method="DELETE",
            path="/api/care/{id}",
            summary_zh="移出重点关爱",
            summary_en="End an entry of the special care list",
            tag=TAG,
            handler=end,
            status=204,
            roles=_SUPERVISORS,
            errors=("no-such-entry",),
        ),
    ]


def _harassment(harassment: HarassmentList) -> list[Route]:
    async def listed(asked: Asked[None, Paged]) -> HarassmentPage:
        return await harassment.page(asked.actor, asked.query.limit, asked.query.cursor)

    async def propose(asked: Asked[NewHarassment, None]) -> HarassmentEntry:
        body = asked.body
        evidence = tuple(CallId(call) for call in body.evidence)
        return await harassment.propose(asked.actor, evidence, body.policy, body.reason, body.days)

    async def decide(asked: Asked[HarassmentDecision, None]) -> HarassmentEntry:
        body = asked.body
        return await harassment.decide(asked.actor, asked.uuid("id"), approved=body.approved, opinion=body.opinion)

    async def end(asked: Asked[HarassmentFinding, None]) -> HarassmentEntry:
        return await harassment.end(asked.actor, asked.uuid("id"), asked.body.finding)

    async def review(asked: Asked[HarassmentFinding, None]) -> HarassmentEntry:
        return await harassment.review(asked.actor, asked.uuid("id"), asked.body.finding)

    return [
        Route(
            method="GET",
            path="/api/harassment",
            summary_zh="骚扰来电名单",
            summary_en="The harassment list, newest first",
            tag=TAG,
            handler=listed,
            query=Paged,
            answers=HarassmentPage,
            roles=_SUPERVISORS,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/harassment",
            summary_zh="提出骚扰来电限制",
            summary_en="Propose to restrain a harassing caller, with calls as evidence",
            tag=TAG,
            handler=propose,
            body=NewHarassment,
            answers=HarassmentEntry,
            status=201,
            roles=_DESK,
            errors=(
                "no-such-call",
                "number-withheld",
                "number-not-listable",
                "evidence-wrong",
                "entry-too-long",
                "caller-in-care",
                "number-listed-already",
            ),
        ),
        _act("decision", "审批骚扰来电限制", "Approve or reject, by another person", decide, HarassmentDecision),
        _act("end", "提前解除限制", "Lift the restraint, or withdraw the proposal", end, HarassmentFinding),
        _act("review", "到期复核", "Record the review after the expiry", review, HarassmentFinding),
    ]


def _act(name: str, zh: str, en: str, handler: Handler, body: type[Wire]) -> Route:
    return Route(
        method="POST",
        path=f"/api/harassment/{{id}}/{name}",
        summary_zh=zh,
        summary_en=en,
        tag=TAG,
        handler=handler,
        body=body,
        answers=HarassmentEntry,
        roles=_SUPERVISORS,
        errors=("no-such-entry", "entry-settled", "approver-is-proposer", "caller-in-care"),
    )


def _refusals(refusals: Refusals) -> list[Route]:
    async def listed(asked: Asked[None, Paged]) -> RefusalPage:
        return await refusals.page(asked.actor, asked.query.limit, asked.query.cursor)

    return [
        Route(
            method="GET",
            path="/api/dial-refusals",
            summary_zh="外呼闸口拒绝记录",
            summary_en="Numbers that were not dialled, and attempts to dial through us",
            tag=TAG,
            handler=listed,
            query=Paged,
            answers=RefusalPage,
            roles=_SUPERVISORS,
            errors=("bad-cursor",),
        )
    ]
