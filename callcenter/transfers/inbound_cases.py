"""Taking in cases of 110, 119, 120, 122, 12366 ... and bringing each together with its call (JC-13, JC-15, JC-16)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import CallId, new_id
from callcenter.core.pages import place_of
from callcenter.core.phone import parse_number
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Connection, Pool
from callcenter.transfers.inbound_events import LinkCallKnown
from callcenter.transfers.inbound_origins import forms_of
from callcenter.transfers.inbound_views import CasePage, CaseView, LinkArrival
from callcenter.transfers.registry_book import SQL, RegistryBook
from callcenter.transfers.registry_config import RegistryConfig
from callcenter.transfers.registry_errors import CaseDiffers, CaseTaken, NoSuchCase, NotYourLink


class LinkCases:
    def __init__(
        self,
        pool: Pool,
        bus: Bus,
        clock: Clock,
        audit: Audit,
        book: RegistryBook,
        config: RegistryConfig,
        vault: Vault,
        area_code: str = "",
    ) -> None:
        self.area_code = area_code
        self._pool = pool
        self._bus = bus
        self._clock = clock
        self._audit = audit
        self._book = book
        self._config = config
        self.vault = vault

    async def hand_in(
        self, actor: Actor, number: str, *, external: str, summary: str, caller: str
    ) -> tuple[CaseView, bool]:
        """The case, and whether it is new: the same one again changes nothing. Its call may be under way already, or
        come within the link's `case_minutes`. Raises NoSuchHotline, NoSuchLink, NotYourLink, CaseDiffers."""
        link = self._book.link(number)
        if link.machine is None or actor.username != link.machine:
            raise NotYourLink
        now, key = self._clock.now(), parse_number(caller, self.area_code).key
        wait = timedelta(minutes=link.case_minutes)
        async with self._pool.acquire() as connection, connection.transaction():
            case = await SQL.hand_in_case(
                connection,
                id=new_id(),
                link=number,
                external=external,
                summary=summary,
                caller_number=self.vault.seal(key),
                caller_key=self.vault.key(key),
                machine_id=actor.user_id,
                at=now,
                expires_at=now + wait,
            )
            if case is None:
                return await self._again(connection, number, external, summary, key), False
            call = await self._call_under_way(connection, number, key, now - wait)
            if call is not None:
                await SQL.match_case(connection, id=case, call_id=call, actor_id=None, at=now)
                await self.note(connection, call, number, "case", key, now)
            row = await SQL.get_case(connection, id=case)
        if call is not None:
            self._bus.publish(LinkCallKnown(at=now, call=call, link=number, with_case=True))
        return self._view(row, now), True

    async def match(self, actor: Actor, case: UUID, call: CallId) -> CaseView:
        """By hand, where no number told. Only whose call it is, and their supervisors. Raises NoSuchCase, CaseTaken."""
        now = self._clock.now()
        if not await self._sees(actor, call):
            raise NoSuchCase
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_registry(connection, name=f"case {case}")
            row = await SQL.get_case(connection, id=case)
            if row is None:
                raise NoSuchCase
            if row["call_id"] not in {None, call}:
                raise CaseTaken
            await SQL.match_case(connection, id=case, call_id=call, actor_id=actor.user_id, at=now)
            await self.note(connection, call, row["link"], "hand", self.vault.open(row["caller_number"]), now)
            await self._audit.record(
                connection, actor.user_id, "link_case_matched", "link_case", case, {"call": str(call)}
            )
            row = await SQL.get_case(connection, id=case)
        self._bus.publish(LinkCallKnown(at=now, call=call, link=row["link"], with_case=True))
        return self._view(row, now)

    async def of_call(self, actor: Actor, call: CallId) -> LinkArrival | None:
        """Where the call came from, None when from no other platform. Who reads a summary is written to the audit trail
        (B-29). Raises NoSuchCase to those whose call it is not."""
        if not await self._sees(actor, call):
            raise NoSuchCase
        row = await SQL.get_arrival(self._pool, call_id=call)
        if row is None:
            return None
        case = await SQL.case_of_call(self._pool, call_id=call)
        if case is not None:
            await self._audit.record(self._pool, actor.user_id, "link_case_viewed", "link_case", case["id"])
        line = self._book.current.find(row["link"])
        return LinkArrival(
            **dict(row),
            title=line.title if line else None,
            case=self._view(case, self._clock.now()) if case is not None else None,
        )

    async def page(self, link: str | None, *, limit: int, cursor: str | None) -> CasePage:
        """Newest first, of one link or of all, numbers masked. Raises BadCursor."""
        before_at, before_id = place_of(cursor)
        now = self._clock.now()
        found = SQL.page_of_cases(self._pool, link=link, before_at=before_at, before_id=before_id, most=limit + 1)

        def shown(row: Any) -> CaseView:
            return self._view(row, now).masked()

        return CasePage.cut([row async for row in found], limit, shown, lambda row: (row["received_at"], row["id"]))

    async def note(self, connection: Connection, call: CallId, link: str, how: str, citizen: str, at: datetime) -> None:
        """Keeps where the call came from, with the citizen's earlier call (JC-16). `citizen` is a number's key."""
        earlier = await SQL.earlier_call(
            connection,
            keys=self.keys_of(citizen),
            call_id=call,
            since=at - self._config.earlier_within,
            until=at,
        )
        await SQL.write_arrival(connection, call_id=call, link=link, how=how, at=at, earlier_call_id=earlier)

    def keys_of(self, number: str) -> list[bytes]:
        """Under which the ledger may hold this caller."""
        return [key for form in forms_of(number, self.area_code) for key in self.vault.keys(form)]

    async def _again(self, connection: Connection, number: str, external: str, summary: str, key: str) -> CaseView:
        row = await SQL.case_of(connection, link=number, external=external)
        case = self._view(row, self._clock.now())
        if (case.summary, case.caller_number) != (summary, key):
            raise CaseDiffers
        return case

    async def _call_under_way(self, connection: Connection, link: str, key: str, since: datetime) -> CallId | None:
        """The caller's, else the only one that the platform has on the line with us."""
        call = await SQL.call_of_caller(connection, keys=self.keys_of(key), since=since)
        if call is not None:
            return CallId(call)
        calls = [row["call_id"] async for row in SQL.calls_of_link(connection, link=link, since=since)]
        return CallId(calls[0]) if len(calls) == 1 else None

    async def _sees(self, actor: Actor, call: CallId) -> bool:
        org_path = actor.org_path if actor.may(Role.SUPERVISOR) else None
        return bool(await SQL.sees_call(self._pool, call_id=call, user_id=actor.user_id, org_path=org_path))

    def _view(self, row: Any, now: datetime) -> CaseView:
        state = "matched" if row["call_id"] else "waiting" if row["expires_at"] > now else "expired"
        seen = {name: row[name] for name in CaseView.model_fields.keys() - {"state"}}
        return CaseView.model_validate(seen | {"state": state, "caller_number": self.vault.open(row["caller_number"])})
