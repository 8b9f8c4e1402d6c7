"""Reading the ledger. Every question costs what it returns, not what has ever happened."""

from collections.abc import Sequence
from typing import Any, Final

from callcenter.calls.channels import extension_of
from callcenter.calls.store import SQL
from callcenter.calls.views import CallDetail, CallPage, CallView, LegView, NoSuchCall, TimelineEntry
from callcenter.core.ids import CallId, UserId
from callcenter.core.pages import place_of
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
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
SEES_SUBTREE: Final = (Role.SUPERVISOR, Role.LEADER, Role.REVIEWER)
"""Who sees the full numbers of calls that agents of the own org, or of one below it, have answered (XY-03)."""
OPEN_AT_MOST: Final = 5000


class CallsReading:
    def __init__(self, pool: Pool, audit: Audit, vault: Vault) -> None:
        self._pool = pool
        self._audit = audit
        self._vault = vault

    async def get(self, call_id: CallId) -> CallView:
        """Raises NoSuchCall."""
        row = await SQL.get_call(self._pool, call_id=call_id)
        if row is None:
            raise NoSuchCall
        return self._view(row)

    async def recent_of(self, number_key: str, limit: int) -> list[CallView]:
        """Newest first; none for a withheld number."""
        keys = self._vault.keys(number_key)
        return [self._view(row) async for row in SQL.recent_of_number(self._pool, keys=keys, most=limit)]

    async def facts_of(self, call_id: CallId) -> list[TimelineEntry]:
        """In order of Asterisk's time."""
        return [_entry(row) async for row in SQL.facts_of_call(self._pool, call_id=call_id)]

    async def legs_of(self, call_id: CallId) -> list[LegView]:
        return [LegView(**row) async for row in SQL.legs_of_call(self._pool, call_id=call_id)]

    async def open_calls(self) -> list[CallView]:
        """Oldest first, of all PBXs, the first 5000."""
        return [self._view(row) async for row in SQL.open_calls(self._pool, most=OPEN_AT_MOST)]

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
        """Newest first, with full numbers of the actor's own calls and of those of the subtree. No filter by number: it
        would stand in the URL. Raises BadCursor."""
        before_at, before_id = place_of(cursor)
        found = SQL.page_of_calls(
            self._pool,
            before_at=before_at,
            before_id=before_id,
            outcome=outcome,
            extension=extension,
            has_gap=has_gap,
            org_path=actor.org_path if actor.may(*SEES_SUBTREE) else None,
            most=limit + 1,
        )
        own = await self._extension_of(actor.user_id)

        def shown(row: Any) -> CallView:
            call = self._view(row)
            return call if row["within"] or _answered_by(call, own) else call.masked()

        return CallPage.cut([row async for row in found], limit, shown, lambda row: (row["started_at"], row["id"]))

    async def detail(self, actor: Actor, call_id: CallId) -> CallDetail:
        """An agent sees the full number of a call whose phone was his, answered or only rung; who sees a full number is
        written to the audit trail (B-29). Raises NoSuchCall."""
        call, legs = await self.get(call_id), await self.legs_of(call_id)
        if not await self._sees(actor, call, legs):
            call = call.masked()
        elif call.caller_number:
            await self._audit.record(self._pool, actor.user_id, "number_viewed", "call", call_id)
        return CallDetail(call=call, legs=legs, timeline=await self.facts_of(call_id))

    async def _sees(self, actor: Actor, call: CallView, legs: Sequence[LegView]) -> bool:
        if actor.may(*SEES_SUBTREE) and await SQL.is_within(self._pool, call_id=call.id, org_path=actor.org_path):
            return True
        own = await self._extension_of(actor.user_id)
        return _answered_by(call, own) or _rang_at(legs, own)

    def _view(self, row: Any) -> CallView:
        sealed = ("caller_number", "dialled") if row["direction"] == "outbound" else ("caller_number",)
        return CallView.model_validate(dict(row) | {name: self._vault.open(row[name]) for name in sealed})

    async def _extension_of(self, user: UserId) -> str | None:
        found: str | None = await SQL.extension_of_user(self._pool, user_id=user)
        return found


def _answered_by(call: CallView, extension: str | None) -> bool:
    return extension is not None and call.extension == extension


def _rang_at(legs: Sequence[LegView], extension: str | None) -> bool:
    return extension is not None and any(extension_of(leg.channel) == extension for leg in legs)


def _entry(row: Any) -> TimelineEntry:
    body = row["body"]
    detail = {name: value for name, value in body.items() if name in SHOWN}
    return TimelineEntry(at=row["at"], kind=row["kind"], source=row["source"], leg=body.get("leg"), detail=detail)
