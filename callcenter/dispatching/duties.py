"""The responsibility list as people keep it: proposals, the named units' agreement, what it lacks (SG-06)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from callcenter.core.errors import Forbidden
from callcenter.core.ids import OrgId, new_id
from callcenter.core.pages import NAME, key_of, place_of
from callcenter.dispatching.duty import DutyDraft, DutyItem, in_force, named, standing
from callcenter.dispatching.duty_files import read_list
from callcenter.dispatching.duty_views import (
    AnswerView,
    CoverageLine,
    CoverageView,
    DutyPage,
    DutyView,
    DutyWhole,
    GapPage,
    GapView,
    Imported,
)
from callcenter.dispatching.refusals import DutyDecided, ListBroken, NoSuchDuty, NotNamed
from callcenter.dispatching.room import SQL, Room
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

KEEPERS: Final = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
_COVERED_DAYS: Final = timedelta(days=90)


class Duties:
    """Supervisors and dispatchers of a centre propose; heads of the named units agree; nobody edits a version."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def take(self, actor: Actor, text: str, form: Literal["csv", "yaml"]) -> Imported:
        """A whole file. Raises ListBroken before anything is written."""
        return await self.propose(actor, read_list(text, form))

    async def propose(self, actor: Actor, drafts: Sequence[DutyDraft]) -> Imported:
        """A new version of each, which waits for the units that it names. Raises ListBroken for an org that is not
        there or lies outside the proposer's area."""
        actor.require(*KEEPERS)
        now = self._room.clock.now()
        async with self._room.pool.acquire() as connection, connection.transaction():
            orgs = await self._orgs(connection, actor, drafts)
            for draft in drafts:
                await self._write(connection, actor, draft, orgs, now)
            detail = {"items": len(drafts)}
            await self._room.audit.record(connection, actor.user_id, "duties_proposed", "org", actor.org_id, detail)
        return Imported(proposed=len(drafts))

    async def _orgs(self, db: Connection, actor: Actor, drafts: Sequence[DutyDraft]) -> Mapping[str, OrgId]:
        codes = sorted({code for draft in drafts for code in (draft.lead, *draft.co)})
        found = {row["code"]: row async for row in SQL.orgs_of_codes(db, codes=codes)}
        for line, draft in enumerate(drafts, start=1):
            for code in (draft.lead, *draft.co):
                if code not in found or not actor.sees(found[code]["path"]):
                    raise ListBroken(line=line, reason=f"{draft.code} names {code}, which is no org of this area")
        return {code: OrgId(row["id"]) for code, row in found.items()}

    async def _write(
        self, db: Connection, actor: Actor, draft: DutyDraft, orgs: Mapping[str, OrgId], now: datetime
    ) -> None:
        lead, co = orgs[draft.lead], [orgs[code] for code in draft.co]
        await SQL.withdraw_waiting(db, centre_org_id=actor.org_id, code=draft.code, at=now)
        fields = draft.model_dump(exclude={"lead", "co", "keywords", "areas"})
        await SQL.insert_duty(
            db,
            id=new_id(),
            version=await SQL.next_duty_version(db, centre_org_id=actor.org_id, code=draft.code),
            centre_org_id=actor.org_id,
            keywords=list(draft.keywords),
            areas=list(draft.areas),
            lead_org_id=lead,
            co_org_ids=co,
            proposed_by=actor.user_id,
            proposed_at=now,
            **fields,
        )
        for org in named(lead, co):
            to = To(org=org, roles=frozenset({Role.UNIT_HEAD}))
            await self._room.outbox.post(db, Notice(kind="duty_waiting", to=to, words={"code": draft.code}))

    async def answer(self, actor: Actor, item: UUID, *, agreed: bool, note: str) -> DutyWhole:
        """A named unit's head agrees or refuses. The version counts when all have agreed; one no ends it. Raises
        NoSuchDuty, NotNamed, DutyDecided."""
        now = self._room.clock.now()
        async with self._room.pool.acquire() as connection, connection.transaction():
            row = await SQL.lock_duty(connection, id=item)
            if row is None:
                raise NoSuchDuty
            orgs = named(row["lead_org_id"], row["co_org_ids"])
            if actor.org_id not in orgs or Role.UNIT_HEAD not in actor.roles:
                raise NotNamed
            if row["agreed_at"] or row["refused_at"] or row["retired_at"]:
                raise DutyDecided
            await SQL.answer_duty(
                connection,
                item_id=item,
                org_id=actor.org_id,
                agreed=agreed,
                note=note,
                decided_by=actor.user_id,
                at=now,
            )
            said = {one["org_id"]: one["agreed"] async for one in SQL.duty_answers(connection, item_id=item)}
            stands = standing(orgs, said)
            await SQL.settle_duty(
                connection,
                id=item,
                agreed_at=now if stands == "agreed" else None,
                refused_at=now if stands == "refused" else None,
            )
            await self._room.audit.record(
                connection, actor.user_id, "duty_answered", "duty", item, {"agreed": agreed, "state": stands}
            )
        return await self.one(actor, item)

    async def retire(self, actor: Actor, item: UUID) -> None:
        """Takes a version out of the list; orders that cite it keep doing so. Raises NoSuchDuty, Forbidden."""
        actor.require(*KEEPERS)
        async with self._room.pool.acquire() as connection, connection.transaction():
            row = await SQL.lock_duty(connection, id=item)
            if row is None:
                raise NoSuchDuty
            if not actor.sees(row["centre_path"]):
                raise Forbidden
            if await SQL.retire_duty(connection, id=item, at=self._room.clock.now()) is None:
                raise DutyDecided
            await self._room.audit.record(connection, actor.user_id, "duty_retired", "duty", item)

    async def page(self, actor: Actor, words: str, *, cursor: str | None, limit: int) -> DutyPage:
        """Of the lists that serve the reader's area. Raises BadCursor."""
        (after,) = key_of(cursor, NAME, ("",))
        found = SQL.duties(self._room.pool, path=actor.org_path, words=words, after=after, limit=limit + 1)
        rows = [row async for row in found]
        return DutyPage.cut(
            rows,
            limit,
            lambda row: self._view(actor, row),
            lambda row: (f"{row['code']}/{row['version']:06}/{row['id']}",),
        )

    async def one(self, actor: Actor, item: UUID) -> DutyWhole:
        """Raises NoSuchDuty."""
        row = await SQL.duty_by_id(self._room.pool, id=item)
        if row is None or not (actor.sees(row["centre_path"]) or actor.org_path.startswith(row["centre_path"])):
            raise NoSuchDuty
        found = SQL.duty_versions(self._room.pool, centre_org_id=row["centre_org_id"], code=row["code"])
        versions = tuple([self._view(actor, one) async for one in found])
        names = set(AnswerView.model_fields)
        return DutyWhole(
            item=next(one for one in versions if one.id == item),
            answers=tuple(
                [
                    AnswerView(**{name: one[name] for name in names})
                    async for one in SQL.duty_answers(self._room.pool, item_id=item)
                ]
            ),
            versions=versions,
        )

    def _view(self, actor: Actor, row: Mapping[str, Any]) -> DutyView:
        names = set(DutyView.model_fields) - {"state", "needed", "may_answer"}
        orgs = named(row["lead_org_id"], row["co_org_ids"])
        state = self._state(row)
        may = state == "waiting" and actor.org_id in orgs and Role.UNIT_HEAD in actor.roles
        return DutyView(**{name: row[name] for name in names}, state=state, needed=len(orgs), may_answer=may)

    def _state(self, row: Mapping[str, Any]) -> str:
        if row["retired_at"]:
            return "retired"
        if row["agreed_at"] is None:
            return "refused" if row["refused_at"] else "waiting"
        today = self._room.today()
        if in_force(today, valid_from=row["valid_from"], valid_to=row["valid_to"]):
            return "in_force"
        return "scheduled" if today < row["valid_from"] else "expired"

    async def counting(self, path: str) -> list[DutyItem]:
        """The items that count today for orders of a centre (its path)."""
        today = self._room.today()
        return [
            item_of(row)
            async for row in SQL.duties_in_force(self._room.pool, path=path, today=today)
            if in_force(today, valid_from=row["valid_from"], valid_to=row["valid_to"])
        ]

    async def gaps(self, actor: Actor, *, cursor: str | None, limit: int) -> GapPage:
        """Dispatches outside the list, newest first. Raises BadCursor."""
        at, before = place_of(cursor)
        found = SQL.open_gaps(self._room.pool, path=actor.org_path, before_at=at, before_id=before, limit=limit + 1)
        rows = [row async for row in found]
        return GapPage.cut(rows, limit, lambda row: GapView(**dict(row)), lambda row: (row["at"], row["id"]))

    async def settle_gap(self, actor: Actor, gap: UUID, outcome: str, note: str) -> None:
        """`outcome`: listed (an item was proposed) or dismissed. Raises NoSuchDuty, Forbidden."""
        actor.require(*KEEPERS)
        settled = await SQL.settle_gap(
            self._room.pool,
            id=gap,
            path=actor.org_path,
            outcome=outcome,
            note=note,
            settled_by=actor.user_id,
            at=self._room.clock.now(),
        )
        if settled is None:
            raise NoSuchDuty

    async def coverage(self, actor: Actor) -> CoverageView:
        """SG-05, over the orders of the last 90 days."""
        since = self._room.clock.now() - _COVERED_DAYS
        found = SQL.duty_coverage(self._room.pool, path=actor.org_path, today=self._room.today(), since=since)
        lines = tuple([CoverageLine(**dict(row)) async for row in found])
        covered = sum(line.covered for line in lines)
        return CoverageView(
            categories=len(lines), covered=covered, share=covered / len(lines) if lines else None, lines=lines
        )


def item_of(row: Mapping[str, Any]) -> DutyItem:
    return DutyItem(**{name: row[name] for name in DutyItem.model_fields if name != "id"}, id=str(row["id"]))
