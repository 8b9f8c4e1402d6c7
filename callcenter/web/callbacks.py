"""Call-backs over HTTP: to look at; the room dials by itself."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.callbacks.reading import CallbacksReading
from callcenter.core.ids import OrderId
from callcenter.core.pages import Page
from callcenter.web.route import Asked, Route

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
    """One round's call-back; the two answers are the citizen's own, null where not given."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    round_no: int
    status: Literal["waiting", "dialling", "done", "exhausted"]
    outcome: AttemptOutcome | Literal["no_number", "by_hand"] | None
    next_at: datetime | None
    resolved: bool | None
    satisfied: bool | None
    created_at: datetime
    finished_at: datetime | None
    attempts: list[AttemptBody]


class CallbackList(Page[CallbackBody]):
    """All rounds, on one page."""


def callback_routes(callbacks: CallbacksReading) -> list[Route]:
    async def of_order(asked: Asked[None, None]) -> CallbackList:
        views = await callbacks.of_order(asked.actor, OrderId(asked.uuid("id")))
        return CallbackList(items=tuple(CallbackBody.model_validate(view) for view in views))

    return [
        Route(
            method="GET",
            path="/api/orders/{id}/callbacks",
            summary_zh="工单的回访及每次拨打",
            summary_en="Call-backs of an order, with their attempts",
            tag="callbacks",
            handler=of_order,
            answers=CallbackList,
            errors=("not-found",),
        )
    ]
