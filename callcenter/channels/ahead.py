"""What is found before anybody complains (JC-36, SG-19): one plan, a task for each unit."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from callcenter.channels.incoming import Incoming
from callcenter.channels.kinds import Channel
from callcenter.channels.refusals import NoSuchPlan
from callcenter.channels.taking import SQL, Taking
from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, OrgId
from callcenter.orders.lifecycle import Classify
from callcenter.orders.moves import NoSuchUnit
from callcenter.orders.service import Orders
from callcenter.orders.terms import RequestType, Stage
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool


class Plan(BaseModel):
    """`id` is the client's: the same plan again completes what is missing. Each unit gets an order of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID
    title: Annotated[str, Field(min_length=1, max_length=120, description="标题 / Title")]
    content: Annotated[str, Field(min_length=1, max_length=8000, description="任务内容 / What is to be done")]
    found_by: Annotated[str, Field(max_length=40, description="发现方式：研判、巡查、感知 / How it was found")] = ""
    category: Annotated[str, Field(max_length=120, description="分类 / Category")] = ""
    address: Annotated[str, Field(max_length=300, description="地点 / Place")] = ""
    basis: Annotated[str, Field(min_length=1, max_length=500, description="派单依据 / Basis of the dispatch")]
    units: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=200, description="承办单位 / Units")]


class TaskView(BaseModel):
    model_config = ConfigDict(frozen=True)

    unit_id: UUID
    unit: str
    order_id: UUID
    number: str
    stage: str
    closed_at: datetime | None


class PlanView(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    title: str
    at: datetime
    tasks: tuple[TaskView, ...]


class OriginFigures(BaseModel):
    """Proactive orders are no complaints; their share and effect (solved on the ground) stand by themselves."""

    model_config = ConfigDict(frozen=True)

    demands: int
    proactive: int
    share: float | None
    effective: int
    effect: float | None


class Ahead:
    def __init__(self, pool: Pool, orders: Orders, taking: Taking, clock: Clock) -> None:
        self._pool = pool
        self._orders = orders
        self._taking = taking
        self._clock = clock

    async def dispatch(self, actor: Actor, plan: Plan) -> PlanView:
        """Raises Forbidden, NoSuchUnit."""
        actor.require(Role.DISPATCHER, Role.SUPERVISOR)
        for unit in plan.units:
            org = await SQL.centre_of(self._pool, id=unit)
            if org is None or org["kind"] == "centre" or not actor.sees(org["path"]):
                raise NoSuchUnit
        await SQL.begin_plan(
            self._pool,
            id=plan.id,
            title=plan.title,
            by_user=actor.user_id,
            org_path=actor.org_path,
            at=self._clock.now(),
        )
        await self._own(actor, plan.id)
        for unit in dict.fromkeys(plan.units):
            await self._task(actor, plan, OrgId(unit))
        return await self.get(actor, plan.id)

    async def get(self, actor: Actor, plan: UUID) -> PlanView:
        """Raises NoSuchPlan."""
        row = await self._own(actor, plan)
        tasks = [TaskView.model_validate(dict(task)) async for task in SQL.tasks_of(self._pool, plan_id=plan)]
        return PlanView(id=row["id"], title=row["title"], at=row["at"], tasks=tuple(tasks))

    async def figures(self, actor: Actor, since: date, until: date) -> OriginFigures:
        """Of orders taken in [since, until), days of the city (JC-36)."""
        zone = self._orders.room.calendar.zone
        first, last = (datetime.combine(day, time(), zone) for day in (since, max(until, since + timedelta(days=1))))
        row = await SQL.origins_between(self._pool, path=actor.org_path, since=first, until=last)
        whole = row["demands"] + row["proactive"]
        return OriginFigures(
            demands=row["demands"],
            proactive=row["proactive"],
            share=row["proactive"] / whole if whole else None,
            effective=row["effective"],
            effect=row["effective"] / row["proactive"] if row["proactive"] else None,
        )

    async def _own(self, actor: Actor, plan: UUID) -> "dict[str, object]":
        row = await SQL.plan_of(self._pool, id=plan)
        if row is None or not actor.sees(row["org_path"]):
            raise NoSuchPlan
        return dict(row)

    async def _task(self, actor: Actor, plan: Plan, unit: OrgId) -> None:
        """Each step looks at what is there: a plan that broke off goes on."""
        incoming = Incoming(
            external_id=f"{plan.id}/{unit}"[:80],
            title=plan.title,
            content=plan.content,
            request_type=RequestType.HELP,
            category=plan.category,
            address=plan.address or plan.title,
            tags=tuple(tag for tag in ("主动发现", plan.found_by) if tag),
        )
        taken = await self._taking.take_in(actor, Channel.PROACTIVE, incoming, centre=actor.org_id)
        found = await SQL.order_of_external(self._pool, channel=Channel.PROACTIVE.value, external_id=taken.external_id)
        order = OrderId(found["id"])
        if found["stage"] == Stage.TRIAGE:
            await self._orders.move(actor, order, Classify(reason=plan.basis))
        if found["stage"] in {Stage.TRIAGE, Stage.PENDING_DISPATCH}:
            await self._orders.dispatch(actor, order, unit, plan.basis)
        await SQL.note_task(self._pool, plan_id=plan.id, unit_id=unit, order_id=order)
