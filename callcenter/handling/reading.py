"""The handling of an order for one reader, and the figures that heads and centres look at."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from callcenter.core.covering import covered
from callcenter.core.ids import OrderId
from callcenter.core.pages import NEWEST, Place
from callcenter.handling import model
from callcenter.handling.gate import facts_of
from callcenter.handling.lacks import lacks_of
from callcenter.handling.measures import Dates, days_to_solution, feedback_took, standing_of
from callcenter.handling.room import SQL, Room, rows
from callcenter.handling.signals import LIKELY, Reply, score, signals
from callcenter.orders.privacy import hides_numbers
from callcenter.orders.records import RECORDS
from callcenter.orders.standing import standing_of as order_standing
from callcenter.orders.standing import stands_on
from callcenter.orders.terms import ResultType, Solvability, Stage
from callcenter.people.actor import Actor, Role

JUDGES: Final = (Role.REVIEWER, Role.SUPERVISOR, Role.INSPECTOR)
"""SG-11: who sees the signs of a perfunctory reply."""
Seen = TypeVar("Seen", bound=BaseModel)


def seen_all(kind: type[Seen], found: Sequence[Any]) -> tuple[Seen, ...]:
    return tuple(seen_as(kind, row) for row in found)


def seen_as(kind: type[Seen], row: Any) -> Seen:
    return kind(**{name: row[name] for name in kind.model_fields})


async def view(room: Room, actor: Actor, order: OrderId) -> model.HandlingView:
    """Without numbers in its texts for whoever may not see the caller. Raises NoSuchOrder."""
    row = await room.orders.row(actor, order)
    facts = await facts_of(room.pool, row, Solvability.SOLVABLE, ResultType.RESOLVED, actor)
    contacts = await rows(SQL.contacts_of(room.pool, order_id=order))
    milestones = await rows(SQL.milestones_of(room.pool, order_id=order))
    excluded = await SQL.exclusion_of(room.pool, order_id=order)
    dates = _dates(row)
    waiting = sum(milestone["done_at"] is None for milestone in milestones)
    view = model.HandlingView(
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
        contacts=seen_all(model.ContactSeen, contacts),
        papers=seen_all(model.PaperSeen, await rows(SQL.papers_of(room.pool, order_id=order))),
        tasks=seen_all(model.TaskSeen, await rows(SQL.tasks_of(room.pool, order_id=order))),
        options=seen_all(model.OptionSeen, await rows(SQL.options_of(room.pool, order_id=order))),
        milestones=seen_all(model.MilestoneSeen, milestones),
        interim_due_at=await SQL.interim_of(room.pool, order_id=order),
        departures=seen_all(model.DepartureSeen, await rows(SQL.departures_of(room.pool, order_id=order))),
        decisions=seen_all(model.DecisionSeen, await decisions_owed(room, "", order)),
        rounds=seen_all(model.RoundSeen, await rows(SQL.rounds_of(room.pool, order_id=order))),
        exclusion=None if excluded is None else seen_as(model.ExclusionSeen, excluded),
        perfunctory=await _perfunctory(room, actor, row, facts.contacts),
        acts=_acts(row, actor),
    )
    return model.HandlingView.model_validate(covered(view.model_dump())) if hides_numbers(row, actor) else view


async def decisions_owed(
    room: Room, path: str, order: OrderId | None = None, *, place: Place = NEWEST, limit: int = 10
) -> list[Any]:
    """Of one order, or of the centres below `path`; newest first."""
    at, before = place
    return await rows(
        SQL.decisions_owed(room.pool, path=path, order_id=order, before_at=at, before_id=before, limit=limit)
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
