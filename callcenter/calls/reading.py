"""Reading the ledger. Every question costs what it returns, not what has ever happened."""

from collections.abc import Sequence
from typing import Any, Final

from callcenter.calls.channels import extension_of
from callcenter.calls.store import SQL
from callcenter.calls.views import CallDetail, CallPage, CallView, LegView, NoSuchCall, TimelineEntry
from callcenter.core.ids import CallId, UserId
from callcenter.core.pages import place_of
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool

SHOWN: Final = frozenset(
    {
        "queue",
        "member",
        "status",
        "state",
        "cause",
        "reason",
        "position",
        "count",
        "hold_seconds",
        "ring_seconds",
        "talk_seconds",
        "kind",
        "mark",
        "flow",
        "node",
        "key",
        "success",
        "recovered",
        "purpose",
    }
)
"""What a timeline tells of a fact: nothing that a citizen said, typed at length, or is called by."""
SEES_NUMBERS: Final = (Role.SUPERVISOR, Role.LEADER, Role.REVIEWER)
OPEN_AT_MOST: Final = 5000


class CallsReading:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def get(self, call_id: CallId) -> CallView:
        """Raises NoSuchCall."""
        row = await SQL.get_call(self._pool, call_id=call_id)
        if row is None:
            raise NoSuchCall
        return _view(row)

    async def recent_of(self, number_key: str, limit: int) -> list[CallView]:
        """Newest first; none for a withheld number."""
        return [_view(row) async for row in SQL.recent_of_number(self._pool, number=number_key, most=limit)]

    async def facts_of(self, call_id: CallId) -> list[TimelineEntry]:
        """In order of Asterisk's time."""
        return [_entry(row) async for row in SQL.facts_of_call(self._pool, call_id=call_id)]

    async def legs_of(self, call_id: CallId) -> list[LegView]:
        return [LegView(**row) async for row in SQL.legs_of_call(self._pool, call_id=call_id)]

    async def open_calls(self) -> list[CallView]:
        """Oldest first, of all PBXs, the first 5000."""
        return [_view(row) async for row in SQL.open_calls(self._pool, most=OPEN_AT_MOST)]

    async def page(
        self,
        actor: Actor,
        *,
        limit: int,
        cursor: str | None = None,
        outcome: str | None = None,
        extension: str | None = None,
        has_gap: bool | None = None,
    ) -> CallPage:
        """Newest first. There is no filter by number: it would stand in the URL. Raises BadCursor."""
        before_at, before_id = place_of(cursor)
        found = SQL.page_of_calls(
            self._pool,
            before_at=before_at,
            before_id=before_id,
            outcome=outcome,
            extension=extension,
            has_gap=has_gap,
            most=limit + 1,
        )
        calls = [_view(row) async for row in found]
        if not actor.may(*SEES_NUMBERS):
            own = await self._extension_of(actor.user_id)
            calls = [call if _answered_by(call, own) else call.masked() for call in calls]
        return CallPage.cut(calls, limit, lambda call: call, lambda call: (call.started_at, call.id))

    async def detail(self, actor: Actor, call_id: CallId) -> CallDetail:
        """Raises NoSuchCall. An agent sees the full number of a call whose phone was his, answered or only rung."""
        call, legs = await self.get(call_id), await self.legs_of(call_id)
        if not actor.may(*SEES_NUMBERS):
            own = await self._extension_of(actor.user_id)
            if not _answered_by(call, own) and not _rang_at(legs, own):
                call = call.masked()
        return CallDetail(call=call, legs=legs, timeline=await self.facts_of(call_id))

    async def _extension_of(self, user: UserId) -> str | None:
        found: str | None = await SQL.extension_of_user(self._pool, user_id=user)
        return found


def _answered_by(call: CallView, extension: str | None) -> bool:
    return extension is not None and call.extension == extension


def _rang_at(legs: Sequence[LegView], extension: str | None) -> bool:
    return extension is not None and any(extension_of(leg.channel) == extension for leg in legs)


def _view(row: Any) -> CallView:
    return CallView.model_validate(dict(row))


def _entry(row: Any) -> TimelineEntry:
    body = row["body"]
    detail = {name: value for name, value in body.items() if name in SHOWN}
    return TimelineEntry(at=row["at"], kind=row["kind"], source=row["source"], leg=body.get("leg"), detail=detail)
