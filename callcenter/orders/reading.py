"""Reading orders: lists by keyset, one order for one reader, and what a screen-pop asks."""

from datetime import timedelta
from typing import Final, Literal

import asyncpg

from callcenter.core.briefs import OrderBrief
from callcenter.core.ids import CallId, OrderId, OrgId, UserId
from callcenter.core.pages import place_of
from callcenter.orders.calendar import WorkingCalendar, last_day
from callcenter.orders.guards import open_actions
from callcenter.orders.privacy import Sight, caller_seen, sight_of
from callcenter.orders.room import Room, standing_of, visible_row
from callcenter.orders.views import ContactView, EventView, OrderLine, OrderPage, OrderView, TimerView
from callcenter.people.actor import Actor

Scope = Literal["mine", "unit", "all"]
"""Orders I entered; orders my organisation holds; every order I may see."""

SIMILAR_FOR: Final = timedelta(days=7)
PLAIN: Final = (
    "number",
    "version",
    "stage",
    "kind",
    "request_type",
    "urgency",
    "channel",
    "title",
    "content",
    "category",
    "address",
    "happened_at",
    "confidential",
    "round_no",
    "reply",
    "solvability",
    "result_type",
    "flagged",
    "callback_exhausted",
    "resolved",
    "satisfied",
    "close_reason",
    "created_at",
    "dispatched_at",
    "accepted_at",
    "submitted_at",
    "closed_at",
)
"""Columns that go to every reader as they are."""


def _line(row: asyncpg.Record) -> OrderLine:
    return OrderLine(
        id=OrderId(row["id"]),
        number=row["number"],
        stage=row["stage"],
        kind=row["kind"],
        request_type=row["request_type"],
        urgency=row["urgency"],
        title=row["title"],
        category=row["category"],
        owner_org_id=OrgId(row["owner_org_id"]),
        owner=row["owner_name"],
        flagged=row["flagged"],
        callback_exhausted=row["callback_exhausted"],
        created_at=row["created_at"],
        closed_at=row["closed_at"],
    )


async def page_of(
    room: Room, actor: Actor, *, scope: Scope, stage: str | None, cursor: str | None, limit: int
) -> OrderPage:
    """Newest first. Raises BadCursor."""
    before, most = place_of(cursor), limit + 1
    match scope:
        case "mine":
            rows = await room.store.created_by(actor.user_id, stage, before, most)
        case "unit":
            rows = await room.store.held_by(actor.org_id, stage, before, most)
        case "all":
            rows = await room.store.visible_to(actor.user_id, actor.org_path, stage, before, most)
    return OrderPage.cut(rows, limit, _line, lambda row: (row["created_at"], row["id"]))


def view_of(room: Room, row: asyncpg.Record, actor: Actor) -> OrderView:
    """The order without its history, cut down to what the actor may see."""
    standing = standing_of(row)
    sight = sight_of(standing, actor, confidential=row["confidential"])
    name, number = room.vault.open(row["caller_name"]), room.vault.open(row["caller_number"])
    caller = caller_seen(sight, name, number, confidential=row["confidential"])
    return OrderView(
        id=OrderId(row["id"]),
        caller_name=caller.name,
        caller_number=caller.number,
        call_id=CallId(row["call_id"]) if row["call_id"] and sight is not Sight.NOTHING else None,
        created_by=UserId(row["created_by"]),
        owner_org_id=OrgId(row["owner_org_id"]),
        ruleset=f"{row['ruleset']}/{row['ruleset_version']}" if row["ruleset"] else None,
        actions=tuple(open_actions(standing, actor)),
        **{name: row[name] for name in PLAIN},
    )


def _timer(row: asyncpg.Record, calendar: WorkingCalendar) -> TimerView:
    return TimerView(
        name=row["name"],
        round_no=row["round_no"],
        owner=row["owner_name"],
        ruleset=f"{row['ruleset']}/{row['ruleset_version']}",
        start_event=row["start_event"],
        started_at=row["started_at"],
        due_at=row["due_at"],
        due_day=last_day(row["due_at"], calendar),
        stopped_at=row["stopped_at"],
        breached_at=row["breached_at"],
    )


def _event(row: asyncpg.Record) -> EventView:
    names = ("seq", "at", "move", "stage_before", "stage_after", "body")
    return EventView(actor=row["actor_name"], **{name: row[name] for name in names})


def _contact(row: asyncpg.Record) -> ContactView:
    names = ("id", "kind", "outcome", "note", "at", "call_id")
    return ContactView(actor=row["actor_name"], **{name: row[name] for name in names})


async def whole(room: Room, actor: Actor, order: OrderId) -> OrderView:
    """With events, clocks and contacts. A unit's look at a citizen's contact is written to the audit log (B-29).
    Raises NoSuchOrder."""
    row = await visible_row(room, actor, order)
    if sight_of(standing_of(row), actor, confidential=row["confidential"]) is Sight.CONTACT:
        detail = {"stage": row["stage"]}
        await room.audit.record(room.store.pool, actor.user_id, "caller_viewed", "order", str(order), detail)
    history = {
        "events": tuple(map(_event, await room.store.events(order))),
        "timers": tuple(_timer(timer, room.calendar) for timer in await room.store.timers(order)),
        "contacts": tuple(map(_contact, await room.store.contacts(order))),
    }
    return view_of(room, row, actor).model_copy(update=history)


def _brief(row: asyncpg.Record) -> OrderBrief:
    names = ("number", "stage", "title", "category", "address", "created_at")
    return OrderBrief(id=OrderId(row["id"]), **{name: row[name] for name in names})


async def open_of(room: Room, number_key: str, limit: int) -> list[OrderBrief]:
    """Open orders of this caller, newest first."""
    return [_brief(row) for row in await room.store.open_of(room.vault.key(number_key), limit)]


async def similar_near(room: Room, number_key: str, limit: int) -> list[OrderBrief]:
    """Open orders of other callers at the place of this caller's last order that named one (`places.place_of`), then
    those of the same category taken in the last seven days. Confidential orders never appear. Nothing for a caller who
    has not rung before: an honest rule, not a guess."""
    since = room.clock.now() - SIMILAR_FOR
    return [_brief(row) for row in await room.store.similar_near(room.vault.key(number_key), since, limit)]
