"""Builds the card of a ringing call: all look-ups at once, and a card even when they are slow or fail."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog

from callcenter.core.ids import CallId
from callcenter.core.phone import Number, parse_number, region_of
from callcenter.seats.card import CallNotes, Card, EarlierCall, MenuStep, Note, OrderLine
from callcenter.seats.config import SeatsConfig
from callcenter.seats.known_calls import KnownCall
from callcenter.seats.ports import CallsReading, NoNotes, Notes, OpenOrders, SeenCall

log = structlog.get_logger(__name__)

_NOTE: Final[Mapping[str, Note]] = {
    "call": "call_unavailable",
    "recent": "history_unavailable",
    "open": "orders_unavailable",
    "similar": "similar_unavailable",
    "notes": "notes_unavailable",
}


@dataclass(slots=True)
class _Found:
    """Results by part; a part in `failed` was looked up in vain, one in neither is still being looked up."""

    parts: dict[str, Any] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)


class ScreenPop:
    """`cards` never raises because a part is away."""

    def __init__(
        self, calls: CallsReading, orders: OpenOrders, config: SeatsConfig, notes: Notes | None = None
    ) -> None:
        self._calls = calls
        self._orders = orders
        self._config = config
        self._notes = notes or NoNotes()

    def warm(self) -> None:
        """Loads the numbering plan (some 100 ms), so that not the first citizen waits for it."""
        region_of(parse_number("02112345678"))

    async def cards(self, call: CallId, queue: str, rung_at: datetime, known: KnownCall) -> AsyncIterator[Card]:
        """One card within `pop_budget`, and a second, complete one when look-ups took longer."""
        lookups: dict[str, asyncio.Task[Any]] = {"call": asyncio.create_task(self._calls.get(call))}
        found = _Found()
        try:
            if known.caller is not None:
                lookups |= self._by_number(call, parse_number(known.caller))
            await self._wait(lookups, found, self._config.pop_budget.total_seconds())
            if known.caller is None and (seen := found.parts.get("call")) is not None:
                known.caller = seen.caller_number
                lookups |= self._by_number(call, parse_number(seen.caller_number))
                await self._wait(lookups, found, self._config.pop_budget.total_seconds())
            yield self._card(call, queue, rung_at, known, found, lookups)
            if late := [part for part in lookups if part not in found.parts and part not in found.failed]:
                log.warning("screen_pop_incomplete", call=str(call), parts=late)
                await self._wait(lookups, found, self._config.pop_deadline.total_seconds())
                found.failed.update(part for part in lookups if part not in found.parts)
                yield self._card(call, queue, rung_at, known, found, lookups)
        finally:
            for lookup in lookups.values():
                lookup.cancel()

    def _by_number(self, call: CallId, number: Number) -> dict[str, asyncio.Task[Any]]:
        notes = asyncio.create_task(self._notes.notes_of(call, number.key))
        if not number.key:
            return {"notes": notes}
        config = self._config
        asked: dict[str, Coroutine[Any, Any, Any]] = {
            "recent": self._calls.recent_of(number.key, config.recent_calls + 1),
            "open": self._orders.open_of(number.key, config.open_orders),
            "similar": self._orders.similar_near(number.key, config.similar_orders),
        }
        return {"notes": notes, **{part: asyncio.create_task(lookup) for part, lookup in asked.items()}}

    async def _wait(self, lookups: Mapping[str, "asyncio.Task[Any]"], found: _Found, seconds: float) -> None:
        open_parts = {task: part for part, task in lookups.items() if part not in found.failed}
        done, _ = await asyncio.wait(open_parts, timeout=seconds)
        for task in done:
            part = open_parts[task]
            if (error := task.exception()) is None:
                found.parts[part] = task.result()
            else:
                found.failed.add(part)
                log.warning("screen_pop_lookup_failed", part=part, cause=type(error).__name__)

    def _card(
        self,
        call: CallId,
        queue: str,
        rung_at: datetime,
        known: KnownCall,
        found: _Found,
        lookups: Mapping[str, object],
    ) -> Card:
        seen: SeenCall | None = found.parts.get("call")
        caller = parse_number(known.caller or "")
        queued_at = known.queued_at or (seen.queued_at if seen else None) or rung_at
        steps = known.menu_path or [MenuStep.model_validate(step) for step in (seen.menu_path if seen else ())]
        notes: CallNotes = found.parts.get("notes") or CallNotes()
        earlier = [_earlier(other) for other in found.parts.get("recent", ()) if other.id != call]
        return Card(
            caller_number=caller.key,
            caller_region=(seen.caller_region if seen else "") or region_of(caller),
            dialled=known.dialled or (seen.dialled if seen else ""),
            hotline=seen.hotline if seen else "",
            queue=queue,
            menu_path=tuple(steps),
            waited_seconds=max((rung_at - queued_at).total_seconds(), 0.0),
            **dict(notes),
            recent_calls=tuple(earlier[: self._config.recent_calls]),
            open_orders=tuple(OrderLine.model_validate(brief) for brief in found.parts.get("open", ())),
            similar_orders=tuple(OrderLine.model_validate(brief) for brief in found.parts.get("similar", ())),
            notes=_notes(found, lookups),
        )


def _notes(found: _Found, lookups: Mapping[str, object]) -> tuple[Note, ...]:
    notes: list[Note] = [_NOTE[part] for part in lookups if part in found.failed]
    if any(part not in found.failed and part not in found.parts for part in lookups):
        notes.append("still_looking")
    return tuple(notes)


def _earlier(call: SeenCall) -> EarlierCall:
    return EarlierCall(
        id=call.id,
        started_at=call.started_at,
        direction=call.direction,
        hotline=call.hotline,
        outcome=call.outcome,
        talked_seconds=call.talked.total_seconds() if call.talked is not None else None,
    )
