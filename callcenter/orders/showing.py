"""One order for one reader: the row, its history, its rounds, and what the reader may do now."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from callcenter.core.covering import covered, without_numbers
from callcenter.core.ids import CallId, OrderId, OrgId, UserId
from callcenter.orders.calendar import WorkingCalendar, last_day
from callcenter.orders.guards import open_actions, open_records, standing_of
from callcenter.orders.moves import row_of, rules_of
from callcenter.orders.phases import bar_of, carried_out
from callcenter.orders.privacy import Sight, caller_seen, guarded, sight_of
from callcenter.orders.reveal import note_view
from callcenter.orders.room import Room, visible_row
from callcenter.orders.rounds import rounds_of
from callcenter.orders.views import ContactView, EventView, OrderView, TimerView
from callcenter.people.actor import Actor

OWN: Final = frozenset(
    {"id", "caller_name", "caller_number", "call_id", "created_by", "owner_org_id", "ruleset", "actions"}
    | {"events", "timers", "contacts", "rounds", "phases", "in_progress", "caller_needs", "special_groups", "emotion"}
)
"""Fields of the view that are not simply the column of that name."""
PLAIN: Final = tuple(name for name in OrderView.model_fields if name not in OWN)
"""Columns that go to every reader as they are."""
TOLD: Final = frozenset({"title", "content", "address", "reported_body", "reply"})
"""Columns of free text: who may not see the caller reads them without numbers."""
OF_CALLER: Final = ("caller_needs", "special_groups")
"""Columns about the caller that only those see who see the caller (GH-06)."""


def view_of(room: Room, row: asyncpg.Record, actor: Actor) -> OrderView:
    """The order without its history, cut down to what the actor may see."""
    standing = standing_of(row, rules_of(room, row).policy)
    sight = sight_of(standing, actor, confidential=row["confidential"])
    name, number = room.vault.open(row["caller_name"]), room.vault.open(row["caller_number"])
    caller = caller_seen(sight, name, number, confidential=guarded(row))
    seen = sight is not Sight.NOTHING
    return OrderView(
        id=OrderId(row["id"]),
        caller_name=caller.name,
        caller_number=caller.number,
        emotion=row["emotion"] if seen else "",
        call_id=CallId(row["call_id"]) if row["call_id"] and seen else None,
        created_by=UserId(row["created_by"]),
        owner_org_id=OrgId(row["owner_org_id"]),
        ruleset=f"{row['ruleset']}/{row['ruleset_version']}" if row["ruleset"] else None,
        actions=(*open_actions(standing, actor), *open_records(standing, actor)),
        phases=bar_of(room.phases, standing.stage),
        in_progress=carried_out(row),
        **{name: tuple(row[name]) if seen else () for name in OF_CALLER},
        **{name: _told(row[name]) if name in TOLD and not seen else row[name] for name in PLAIN},
    )


def _told(text: str | None) -> str | None:
    return text and without_numbers(text)


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


async def history_of(room: Room, order: OrderId) -> Mapping[str, Sequence[Any]]:
    events = tuple(map(_event, await room.store.events(order)))
    timers = tuple(_timer(timer, room.calendar) for timer in await room.store.timers(order))
    return {
        "events": events,
        "timers": timers,
        "contacts": tuple(map(_contact, await room.store.contacts(order))),
        "rounds": rounds_of(events, timers),
    }


async def whole(room: Room, actor: Actor, order: OrderId) -> OrderView:
    """With events, clocks, contacts and rounds. Every look at a caller is written to the audit log (B-29). Raises
    NoSuchOrder."""
    return await _whole(room, actor, order, await visible_row(room, actor, order))


async def entered(room: Room, actor: Actor, order: OrderId) -> OrderView:
    """Once, for whoever has just written it: also when the order keeps that one's org out."""
    return await _whole(room, actor, order, await row_of(room, order))


async def _whole(room: Room, actor: Actor, order: OrderId, row: asyncpg.Record) -> OrderView:
    sight = sight_of(standing_of(row), actor, confidential=row["confidential"])
    if sight is not Sight.NOTHING and (row["caller_name"] or row["caller_number"]):
        await note_view(room, actor, order, seen=sight.name.lower())
    view = view_of(room, row, actor).model_copy(update=await history_of(room, order))
    return OrderView.model_validate(view.model_dump() | _covered(view)) if sight is Sight.NOTHING else view


def _covered(view: OrderView) -> dict[str, Any]:
    """The history for whoever may not see the caller."""
    return {
        "events": [one.model_dump() | {"body": covered(one.body)} for one in view.events],
        "contacts": [one.model_dump() | {"note": without_numbers(one.note)} for one in view.contacts],
        "rounds": [one.model_dump() | {"reply": _told(one.reply)} for one in view.rounds],
    }
