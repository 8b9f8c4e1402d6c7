"""An order's clocks as people read them: level, due, colour, and why day by day."""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg

from callcenter.core.ids import OrderId
from callcenter.orders.calendar import WorkingCalendar, due_at, last_day
from callcenter.orders.clock_names import clock_name
from callcenter.orders.clock_rows import length_of, rule_of, why_of
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clock_views import (
    ClockView,
    DayView,
    ExtensionView,
    OrderClocksView,
    PastClockView,
    ReboundView,
    SignView,
    day_view,
)
from callcenter.orders.explain import explain_due, length_text
from callcenter.orders.extensions import may_ask, may_decide
from callcenter.orders.guards import may_record
from callcenter.orders.moves import rules_of
from callcenter.orders.policy import Policy
from callcenter.orders.rebinding import UPPER_DUE_SET
from callcenter.orders.room import Room, standing_of, visible_row
from callcenter.orders.ruleset_parsing import parse_length
from callcenter.orders.signs import colour_at
from callcenter.orders.standards import standard_of, standard_view
from callcenter.orders.terms import Kind, RequestType, Solvability, Stage
from callcenter.orders.timers import INSTANT, window_due
from callcenter.people.actor import Actor


def _own_days(row: asyncpg.Record, room: Room, kind: str, extensions: Sequence[asyncpg.Record]) -> tuple[DayView, ...]:
    """The clock's days, then those of each extension that was granted."""
    ruleset, rule = rule_of(row, room.rules, kind)
    days = [day_view(line) for line in why_of(row, ruleset, rule, kind, room.calendar)]
    for one in extensions:
        if one["granted"] and (one["timer"], one["round_no"]) == (row["name"], row["round_no"]):
            lines = explain_due(one["due_before"] - INSTANT, parse_length(one["length"]), room.calendar)
            days += [
                day_view(line).model_copy(
                    update={"why_zh": f"延期：{line.why_zh}", "why_en": f"extended: {line.why_en}"}
                )
                for line in lines[1:]
                if line.on <= last_day(row["due_at"], room.calendar)
            ]
    return tuple(days)


def _clock(
    row: asyncpg.Record, room: Room, kind: str, extensions: Sequence[asyncpg.Record], effective: str
) -> ClockView:
    ruleset, rule = rule_of(row, room.rules, kind)
    length = length_of(row, rule)
    zh, en = clock_name(row["name"])
    length_zh, length_en = length_text(length) if length else ("指定期限", "a given date")
    until = row["stopped_at"] or room.clock.now()
    return ClockView(
        name=row["name"],
        public=rule.public,
        name_zh=zh,
        name_en=en,
        round_no=row["round_no"],
        level=row["owner_level"],
        owner=row["owner_name"],
        owed_to=rule.owed_to,
        ruleset=ruleset.ref,
        source=rule.source,
        reading=rule.reading,
        start_event=row["start_event"],
        started_at=row["started_at"],
        due_at=row["due_at"],
        due_day=last_day(row["due_at"], room.calendar),
        own_due_at=row["own_due_at"] or row["due_at"],
        cut_by=row["cut_by"],
        length_zh=length_zh,
        length_en=length_en,
        stopped_at=row["stopped_at"],
        breached_at=row["breached_at"],
        colour="red" if row["breached_at"] else colour_at(until, row["due_at"], ruleset.policy.warnings, room.calendar),
        outer=row["outer_clock"],
        binds=row["binds"],
        effective=row["name"] == effective,
        consequence=row["consequence"],
        signs=tuple(SignView(**sign) for sign in row["signs"]),
        days=_own_days(row, room, kind, extensions),
    )


def _past(row: asyncpg.Record) -> PastClockView:
    zh, en = clock_name(row["name"])
    names = ("name", "round_no", "started_at", "due_at", "stopped_at", "breached_at", "replaced_at")
    return PastClockView(name_zh=zh, name_en=en, owner=row["owner_name"], **{name: row[name] for name in names})


def _extension(row: asyncpg.Record, order: asyncpg.Record, policy: Policy, actor: Actor) -> ExtensionView:
    zh, en = clock_name(row["timer"])
    names = ("id", "timer", "reason", "due_before", "due_after", "asked_at", "granted", "decided_at", "opinion")
    return ExtensionView(
        name_zh=zh,
        name_en=en,
        asked_by=row["asked_by_name"],
        decided_by=row["decided_by_name"],
        may_decide=row["granted"] is None and may_decide(order, policy, actor, row["asked_by"]),
        **{name: row[name] for name in names},
    )


def _rebound(row: asyncpg.Record) -> ReboundView:
    body = row["body"]
    zh, en = clock_name(body["timer"])
    return ReboundView(
        at=row["at"],
        name_zh=zh,
        name_en=en,
        round_no=body["round"],
        before=body["before"],
        after=body["due_at"],
        cut_by=body["cut_by"],
        reason=body["reason"],
        by=row["actor_name"],
    )


def effective_of(timers: Sequence[asyncpg.Record]) -> str:
    """The running clock of the handling that is due first; a cut clock rather than the one that cuts it."""
    running = [row for row in timers if row["binds"] and row["stopped_at"] is None]
    first = min(running, key=lambda row: (row["due_at"], row["outer_clock"]), default=None)
    return str(first["name"]) if first else ""


def _target(row: asyncpg.Record, policy: Policy, calendar: WorkingCalendar) -> date | None:
    """GH-11: what is solvable has a shorter target."""
    span = policy.solvable_target.length
    if span is None or row["dispatched_at"] is None or row["solvability"] not in {None, Solvability.SOLVABLE}:
        return None
    return last_day(due_at(row["dispatched_at"], span.length, calendar), calendar)


def _return_until(room: Room, row: asyncpg.Record) -> datetime | None:
    if row["stage"] not in {Stage.DISPATCHED, Stage.ACCEPTED} or row["locked"] or row["dispatched_at"] is None:
        return None
    ruleset, kind = rules_of(room, row), Kind(row["kind"])
    if "return" not in ruleset.windows[kind]:
        return None
    return window_due(
        "return", row["held_since"] or row["dispatched_at"], ruleset=ruleset, kind=kind, calendar=room.calendar
    )


async def clocks_of(room: Room, store: ClockStore, actor: Actor, order: OrderId) -> OrderClocksView:
    """Every clock of every round. Raises NoSuchOrder."""
    row = await visible_row(room, actor, order)
    timers = await room.store.timers(order)
    extensions = await store.extensions(order)
    rules = rules_of(room, row)
    policy, line = rules.policy, standard_of(rules, row)
    effective = effective_of(timers)
    return OrderClocksView(
        now=room.clock.now(),
        number=row["number"],
        clocks=tuple(_clock(timer, room, row["kind"], extensions, effective) for timer in timers),
        past=tuple(map(_past, await store.past(order))),
        extensions=tuple(_extension(one, row, policy, actor) for one in extensions),
        rebounds=tuple(map(_rebound, await store.rebounds(order))),
        may_extend=may_ask(row, policy, actor),
        may_set_upper=may_record(standing_of(row, policy), UPPER_DUE_SET, actor),
        upper_due_at=row["upper_due_at"],
        standard=standard_view(line) if line else None,
        order_class=rules.class_label(RequestType(row["request_type"]), difficult=bool(row["difficult"])),
        target_day=_target(row, policy, room.calendar),
        return_until=_return_until(room, row),
    )
