"""Call-backs over HTTP: to look at, and to write down; the room dials by itself."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from callcenter.callbacks.by_hand import ByHand
from callcenter.callbacks.questionnaire import Correction, Questionnaire
from callcenter.callbacks.reading import CallbacksReading, CoverageView, RecordView
from callcenter.core.ids import OrderId
from callcenter.core.pages import Page
from callcenter.web.route import Asked, Handler, Route, Wire

AttemptOutcome = Literal["answered", "no_survey", "no_answer", "busy", "failed", "unsent", "unknown", "held", "refused"]


class AttemptBody(BaseModel):
    """One dial. `unsent`: Asterisk never began; `unknown`: it began, and no one can say how it ended. The gate did not
    let the number be dialled: `held` for now, `refused` for good."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    no: int
    status: Literal["claimed", "sent", "settled"]
    outcome: AttemptOutcome | None
    call: UUID | None
    claimed_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    settled_at: datetime | None


class CallbackBody(BaseModel):
    """One round's call-back; the two answers are the citizen's own, null where not given. Status `person`: the machine
    does not ring this citizen, somebody asks (SG-29)."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    round_no: int
    status: Literal["waiting", "person", "dialling", "done", "exhausted"]
    outcome: AttemptOutcome | Literal["no_number", "by_hand"] | None
    next_at: datetime | None
    resolved: bool | None
    satisfied: bool | None
    created_at: datetime
    finished_at: datetime | None
    attempts: list[AttemptBody]


class CallbackList(Page[CallbackBody]):
    """All rounds, on one page."""


class RecordList(Page[RecordView]):
    """All that people wrote down, on one page."""


class CoverageList(Page[CoverageView]):
    """By unit, on one page."""


class RecordedId(BaseModel):
    id: UUID


class DaysAsked(Wire):
    days: int = Field(default=90, ge=1, le=1100)


def _look(
    path: str, zh: str, en: str, handler: Handler, answers: type[BaseModel], query: type[BaseModel] | None = None
) -> Route:
    return Route(
        method="GET",
        path=path,
        summary_zh=zh,
        summary_en=en,
        tag="callbacks",
        handler=handler,
        answers=answers,
        query=query,
        errors=("not-found",),
    )


def _write(path: str, zh: str, en: str, handler: Handler, body: type[BaseModel], *errors: str) -> Route:
    return Route(
        method="POST",
        path=path,
        summary_zh=zh,
        summary_en=en,
        tag="callbacks",
        handler=handler,
        body=body,
        answers=RecordedId,
        status=201,
        errors=("no-such-order", *errors),
    )


def callback_routes(callbacks: CallbacksReading, by_hand: ByHand) -> list[Route]:
    async def of_order(asked: Asked[None, None]) -> CallbackList:
        views = await callbacks.of_order(asked.actor, OrderId(asked.uuid("id")))
        return CallbackList(items=tuple(CallbackBody.model_validate(view) for view in views))

    async def records(asked: Asked[None, None]) -> RecordList:
        views = await callbacks.records(asked.actor, OrderId(asked.uuid("id")))
        return RecordList(items=tuple(views))

    async def coverage(asked: Asked[None, DaysAsked]) -> CoverageList:
        views = await callbacks.coverage(asked.actor, asked.query.days)
        return CoverageList(items=tuple(views))

    async def record(asked: Asked[Questionnaire, None]) -> RecordedId:
        return RecordedId(id=await by_hand.record(asked.actor, OrderId(asked.uuid("id")), asked.body))

    async def correct(asked: Asked[Correction, None]) -> RecordedId:
        return RecordedId(id=await by_hand.correct(asked.actor, OrderId(asked.uuid("id")), asked.body))

    order = "/api/orders/{id}"
    return [
        _look(
            f"{order}/callbacks",
            "工单的回访及每次拨打",
            "Call-backs of an order, with their attempts",
            of_order,
            CallbackList,
        ),
        _look(f"{order}/callback-records", "人工回访记录", "Call-backs made by people", records, RecordList),
        _look("/api/callback-coverage", "回访率与四项评分", "Call-backs by unit", coverage, CoverageList, DaysAsked),
        _write(
            f"{order}/callback-records",
            "登记人工回访",
            "Record a call-back",
            record,
            Questionnaire,
            "not-in-callback",
            "read-back-missing",
        ),
        _write(
            f"{order}/callback-corrections",
            "更正回访结果",
            "Correct what was recorded, citing a recording",
            correct,
            Correction,
            "not-its-recording",
            "callback-corrected-before",
        ),
    ]
