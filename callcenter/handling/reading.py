"""The handling of an order for one reader, and the figures that heads and centres look at."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from callcenter.core.errors import Forbidden
from callcenter.core.ids import OrderId
from callcenter.core.pages import place_of
from callcenter.handling import model
from callcenter.handling.gate import facts_of
from callcenter.handling.lacks import lacks_of
from callcenter.handling.measures import Dates, days_to_solution, feedback_took, standing_of
from callcenter.handling.room import SQL, Room, rows
from callcenter.handling.signals import LIKELY, Reply, score, signals
from callcenter.orders.records import RECORDS
from callcenter.orders.standing import standing_of as order_standing
from callcenter.orders.standing import stands_on
from callcenter.orders.terms import ResultType, Solvability, Stage
from callcenter.people.actor import Actor, Role

JUDGES: Final = (Role.REVIEWER, Role.SUPERVISOR, Role.INSPECTOR)
"""SG-11: who sees the signs of a perfunctory reply."""
WATCHERS: Final = (
    Role.UNIT_HEAD,
    Role.SUPERVISOR,
    Role.REVIEWER,
    Role.DEPUTY,
    Role.LEADER,
    Role.INSPECTOR,
    Role.DISCIPLINE,
    Role.AUDITOR,
)
Seen = TypeVar("Seen", bound=BaseModel)


def _all(kind: type[Seen], found: Sequence[Any]) -> tuple[Seen, ...]:
    return tuple(_one(kind, row) for row in found)


def _one(kind: type[Seen], row: Any) -> Seen:
    return kind(**{name: row[name] for name in kind.model_fields})


async def view(room: Room, actor: Actor, order: OrderId) -> model.HandlingView:
    """Raises NoSuchOrder."""
    row = await room.orders.row(actor, order)
    facts = await facts_of(room, row, Solvability.SOLVABLE, ResultType.RESOLVED, actor)
    contacts = await rows(SQL.contacts_of(room.pool, order_id=order))
    milestones = await rows(SQL.milestones_of(room.pool, order_id=order))
    excluded = await SQL.exclusion_of(room.pool, order_id=order)
    dates = _dates(row)
    waiting = sum(milestone["done_at"] is None for milestone in milestones)
    return model.HandlingView(
        order_id=order,
        standing=standing_of(Stage(row["stage"]), dates, milestones_open=waiting),
        replied_at=dates.replied_at,
        finished_at=dates.finished_at,
        closed_at=dates.closed_at,
        days_to_solution=days_to_solution(dates),
        feedback_took=feedback_took(row["finished_at"], row["submitted_at"]),
        case_owner=await SQL.name_of(room.pool, id=row["case_owner"]) or "",
        lacks=tuple(
            model.LackSeen(code=each.code, rule=each.rule, zh=each.zh, en=each.en, blocks=each.blocks)
            for each in lacks_of(facts, room.orders.policy_of(row))
        ),
        contacts=_all(model.ContactSeen, contacts),
        papers=_all(model.PaperSeen, await rows(SQL.papers_of(room.pool, order_id=order))),
        tasks=_all(model.TaskSeen, await rows(SQL.tasks_of(room.pool, order_id=order))),
        options=_all(model.OptionSeen, await rows(SQL.options_of(room.pool, order_id=order))),
        milestones=_all(model.MilestoneSeen, milestones),
        interim_due_at=await SQL.interim_of(room.pool, order_id=order),
        departures=_all(model.DepartureSeen, await rows(SQL.departures_of(room.pool, order_id=order))),
        rounds=_all(model.RoundSeen, await rows(SQL.rounds_of(room.pool, order_id=order))),
        exclusion=None if excluded is None else _one(model.ExclusionSeen, excluded),
        perfunctory=await _perfunctory(room, actor, row, facts.contacts),
        acts=_acts(row, actor),
    )


def _dates(row: Any) -> Dates:
    return Dates(
        reported_at=row["created_at"],
        replied_at=row["replied_at"],
        finished_at=row["finished_at"],
        closed_at=row["closed_at"],
    )


async def _perfunctory(room: Room, actor: Actor, row: Any, contacts: int) -> model.Perfunctory | None:
    if not actor.may(*JUDGES) or not row["reply"]:
        return None
    said = await rows(SQL.earlier_replies(room.pool, order_id=row["id"], org_id=row["owner_org_id"]))
    earlier = [each["reply"] for each in said]
    if row["reply"] in earlier:  # the present one is in the order's history too
        earlier.remove(row["reply"])
    found = signals(
        Reply(
            text=row["reply"],
            demand=f"{row['title']}{row['content']}{row['category']}",
            claimed=row["result_type"] or "",
            earlier=earlier,
            templates=await room.templates.template_bodies(),
            contacts=contacts,
            resolved=row["resolved"],
        )
    )
    shown = tuple(model.SignalSeen(code=each.code, weight=each.weight, zh=each.zh, en=each.en) for each in found)
    return model.Perfunctory(score=score(found), likely=score(found) >= LIKELY, signals=shown)


def _acts(row: Any, actor: Actor) -> tuple[str, ...]:
    standing = order_standing(row)
    return tuple(
        what
        for what, rule in RECORDS.items()
        if rule.roles
        and standing.stage in rule.stages
        and actor.may(*rule.roles)
        and (rule.side is None or stands_on(rule.side, standing, actor))
    )


async def warnings(room: Room, actor: Actor, cursor: str | None, limit: int) -> model.WarningPage:
    """XY-33, of the reader's own subtree. Raises Forbidden, BadCursor."""
    actor.require(*WATCHERS)
    at, order = place_of(cursor)
    found = await rows(SQL.warnings_of(room.pool, path=actor.org_path, before_at=at, before_id=order, limit=limit + 1))
    return model.WarningPage.cut(
        found, limit, lambda row: _one(model.WarningSeen, row), lambda row: (row["at"], row["order_id"])
    )


async def satisfaction(room: Room, actor: Actor, days: int) -> model.SatisfactionPage:
    """Both answers of the last `days`, by unit of the reader's subtree (SJ-32). Raises Forbidden."""
    actor.require(*WATCHERS)
    found = await rows(SQL.satisfaction(room.pool, path=actor.org_path, since=_since(room, days)))
    return model.SatisfactionPage(items=_all(model.Satisfaction, found))


async def effort(room: Room, actor: Actor, cursor: str | None, limit: int) -> model.EffortPage:
    """SJ-14. Raises BadCursor."""
    at, order = place_of(cursor)
    found = await rows(SQL.effort(room.pool, path=actor.org_path, before_at=at, before_id=order, limit=limit + 1))
    return model.EffortPage.cut(
        found, limit, lambda row: _one(model.OrderEffort, row), lambda row: (row["created_at"], row["id"])
    )


async def effort_of_people(room: Room, actor: Actor, days: int) -> model.PeopleEffort:
    """Raises Forbidden."""
    actor.require(*WATCHERS)
    found = await rows(SQL.effort_of_people(room.pool, path=actor.org_path, since=_since(room, days)))
    return model.PeopleEffort(items=_all(model.PersonEffort, found))


async def overturns(room: Room, actor: Actor) -> model.Overturns:
    """GH-21. Raises Forbidden."""
    actor.require(*WATCHERS)
    return model.Overturns(items=_all(model.Overturn, await rows(SQL.overturns(room.pool, path=actor.org_path))))


async def exclusion_rates(room: Room, actor: Actor) -> model.ExclusionRates:
    """A-09. Raises Forbidden."""
    actor.require(*WATCHERS)
    found = await rows(SQL.exclusion_rates(room.pool, path=actor.org_path))
    return model.ExclusionRates(items=_all(model.ExclusionRate, found))


async def colleagues(room: Room, actor: Actor) -> model.Colleagues:
    """To hand a case over to, or to name as head."""
    found = await rows(SQL.colleagues(room.pool, org_id=actor.org_id))
    return model.Colleagues(
        items=tuple(
            model.Colleague(id=row["id"], name=row["name"], head=Role.UNIT_HEAD in row["roles"]) for row in found
        )
    )


async def effect_checks(room: Room, actor: Actor, limit: int) -> model.EffectPage:
    """GH-16: those that are due, of the reader's subtree. Raises Forbidden."""
    if not actor.may(Role.REVIEWER, Role.SUPERVISOR, Role.AGENT, Role.DISPATCHER):
        raise Forbidden
    found = await rows(SQL.due_effect_checks(room.pool, path=actor.org_path, at=room.clock.now(), limit=limit))
    return model.EffectPage(items=_all(model.EffectDue, found))


def _since(room: Room, days: int) -> datetime:
    return room.clock.now() - timedelta(days=days)
