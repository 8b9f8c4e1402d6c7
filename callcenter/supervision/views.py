"""Intrusions as people see them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.pages import Page
from callcenter.supervision.session import Session


class Shown(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class SessionView(Shown):
    """The supervisor's own intrusion. `mode` is null while their telephone rings; `asked` is what is on its way."""

    id: UUID
    call_id: UUID
    agent_id: UUID
    asked: str
    mode: str | None
    since: datetime | None
    asked_at: datetime
    ended_at: datetime | None
    outcome: str | None


class ModeView(Shown):
    """From when to when, by Asterisk's clock; `told`: the agent's desk showed it."""

    mode: str
    since: datetime
    until: datetime | None
    told: bool


class PastSession(Shown):
    """`outcome` is done, unanswered (the supervisor's telephone rang in vain) or refused; null while open."""

    id: UUID
    call_id: UUID
    supervisor: str
    agent: str
    reason: str
    asked_mode: str
    asked_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    modes: tuple[ModeView, ...]


class SessionPage(Page[PastSession]):
    """Newest first."""


class Told(Shown):
    """A supervisor is in the agent's call, and the agent shall know."""

    id: UUID
    call_id: UUID
    supervisor: str
    mode: str
    since: datetime


class ToldList(Page[Told]):
    """All of now, on one page."""


def view_of(session: Session) -> SessionView:
    return SessionView(
        id=session.id,
        call_id=session.call,
        agent_id=session.agent,
        asked=session.asked.value,
        mode=session.mode.value if session.mode else None,
        since=session.since,
        asked_at=session.asked_at,
        ended_at=session.ended_at,
        outcome=session.outcome,
    )
