"""Expert seats (JC-12): specialists of other bodies who come at set times, are consulted, and leave what they know."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound, Refused
from callcenter.core.ids import ArticleId, CallId, new_id
from callcenter.core.pages import Page, place_of
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.seats.errors import UnknownQueue
from callcenter.seats.rosters import require_span
from callcenter.store.pool import Pool
from callcenter.store.queries import load

SQL: Final = load("rosters")
MOMENT: Final = timedelta(microseconds=1)
State = Literal["candidate", "accepted", "declined"]


class SlotInUse(Refused):
    code = "expert-slot-in-use"
    zh = "该时段已有咨询记录，不能删除"
    en = "Somebody was consulted in this slot: it stays"


class DecidedAlready(Refused):
    code = "consultation-decided"
    zh = "该咨询记录已处理"
    en = "This consultation has been decided on already"


class Candidates(Protocol):
    """Where the outcome of a consultation becomes an article (the composition root gives the knowledge room)."""

    async def publish(self, actor: Actor, title: str, body: str, keywords: Collection[str]) -> ArticleId: ...


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewSlot(_Frozen):
    """`skill` is a queue's name; `target` is what is dialled: digits, or `seat/<extension>`."""

    org: str = Field(min_length=1, max_length=80)
    person: str = Field(min_length=1, max_length=40)
    skill: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    target: str = Field(pattern=r"^([0-9]{3,20}|seat/[0-9A-Za-z_-]{1,20})$")
    starts_at: AwareDatetime
    ends_at: AwareDatetime

    @model_validator(mode="after")
    def _ends_later(self) -> "NewSlot":
        if not timedelta(0) < self.ends_at - self.starts_at <= timedelta(days=1):
            raise ValueError("a slot ends after it begins, within a day")
        return self


class Slot(NewSlot):
    id: UUID


class SlotList(Page[Slot]):
    """By start, all of the time on one page."""


class NewConsultation(_Frozen):
    """What an agent heard from the expert: a question and its answer, without the citizen's data."""

    slot_id: UUID
    call_id: UUID | None = None
    title: str = Field(min_length=1, max_length=120)
    outcome: str = Field(min_length=1, max_length=20_000)


class Consultation(_Frozen):
    id: UUID
    slot_id: UUID
    call_id: UUID | None
    agent_id: UUID
    at: datetime
    title: str
    outcome: str
    state: State
    org: str
    person: str
    skill: str
    article_id: UUID | None


class ConsultationPage(Page[Consultation]):
    """Newest first."""


class Experts:
    """`queues` are the names of all that there are."""

    def __init__(self, pool: Pool, queues: Collection[str], clock: Clock, audit: Audit, candidates: Candidates) -> None:
        self._pool = pool
        self._queues = frozenset(queues)
        self._clock = clock
        self._audit = audit
        self._candidates = candidates

    async def now(self, skill: str | None = None) -> list[Slot]:
        """Who is there at this moment; nobody else is offered as a target of a consultation."""
        now = self._clock.now()
        return await self.between(now, now + MOMENT, skill)

    async def between(self, since: datetime, until: datetime, skill: str | None = None) -> list[Slot]:
        """Raises SpanTooLong."""
        require_span(since, until)
        found = SQL.slots_between(self._pool, since=since, until=until, skill=skill)
        return [Slot.model_validate(dict(row)) async for row in found]

    async def add(self, actor: Actor, new: NewSlot) -> Slot:
        """Raises Forbidden, UnknownQueue."""
        actor.require(Role.SUPERVISOR)
        if new.skill not in self._queues:
            raise UnknownQueue(queue=new.skill)
        slot = Slot(id=new_id(), **new.model_dump())
        await SQL.write_slot(self._pool, **slot.model_dump())
        await self._audit.record(self._pool, actor.user_id, "expert_slot_added", "expert_slot", slot.id)
        return slot

    async def remove(self, actor: Actor, slot: UUID) -> None:
        """Raises Forbidden, NotFound, SlotInUse."""
        actor.require(Role.SUPERVISOR)
        if await SQL.remove_slot(self._pool, id=slot) is None:
            raise NotFound if await SQL.slot(self._pool, id=slot) is None else SlotInUse
        await self._audit.record(self._pool, actor.user_id, "expert_slot_removed", "expert_slot", slot)

    async def record(self, actor: Actor, new: NewConsultation) -> Consultation:
        """The outcome of a consultation, a candidate for the knowledge base. Raises Forbidden, NotFound."""
        actor.require(Role.AGENT, Role.SUPERVISOR)
        if await SQL.slot(self._pool, id=new.slot_id) is None:
            raise NotFound
        consultation, call = new_id(), CallId(new.call_id) if new.call_id else None
        await SQL.write_consultation(
            self._pool,
            id=consultation,
            slot_id=new.slot_id,
            call_id=call,
            agent_id=actor.user_id,
            at=self._clock.now(),
            title=new.title,
            outcome=new.outcome,
        )
        return await self._get(consultation)

    async def page(self, actor: Actor, state: State, limit: int, cursor: str | None = None) -> ConsultationPage:
        """Raises Forbidden, BadCursor."""
        actor.require(Role.SUPERVISOR)
        at, before = place_of(cursor)
        found = SQL.consultations(self._pool, state=state, before_at=at, before_id=before, limit=limit + 1)
        rows = [row async for row in found]
        return ConsultationPage.cut(rows, limit, _consultation, lambda row: (row["at"], row["id"]))

    async def decide(self, actor: Actor, consultation: UUID, *, accept: bool) -> Consultation:
        """Accepted, it becomes an article. Raises Forbidden, NotFound, DecidedAlready, and what the article is refused
        for."""
        actor.require(Role.SUPERVISOR)
        known = await self._get(consultation)
        if known.state != "candidate":
            raise DecidedAlready
        article = None
        if accept:
            body = f"{known.outcome}\n\n（{known.org} {known.person}）"
            article = await self._candidates.publish(actor, known.title, body, [])
        decided = await SQL.decide_consultation(
            self._pool,
            id=consultation,
            state="accepted" if accept else "declined",
            decided_by=actor.user_id,
            decided_at=self._clock.now(),
            article_id=article,
        )
        if decided is None:
            raise DecidedAlready
        await self._audit.record(
            self._pool, actor.user_id, "consultation_decided", "consultation", consultation, {"accepted": accept}
        )
        return await self._get(consultation)

    async def _get(self, consultation: UUID) -> Consultation:
        row = await SQL.consultation(self._pool, id=consultation)
        if row is None:
            raise NotFound
        return _consultation(row)


def _consultation(row: Mapping[str, Any]) -> Consultation:
    return Consultation.model_validate({name: row[name] for name in Consultation.model_fields})
