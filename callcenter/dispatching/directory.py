"""Who answers for a matter (GH-05), and where the joint-duty stations stand (XY-34)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from callcenter.core.ids import OrgId, new_id
from callcenter.core.pages import NAME, key_of
from callcenter.dispatching.duty_views import ContactPage, ContactView
from callcenter.dispatching.refusals import NoSuchBody
from callcenter.dispatching.room import DESK, SQL, Room, body_of
from callcenter.people.actor import Actor

_SHOWN: Final = 3


class DomainDirectory:
    """Members of staff by matter: the named contact, who stands in, telephone and hours."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def page(self, words: str, *, cursor: str | None, limit: int) -> ContactPage:
        """Raises BadCursor."""
        (after,) = key_of(cursor, NAME, ("",))
        rows = [row async for row in SQL.duty_contacts(self._room.pool, words=words, after=after, limit=limit + 1)]
        return ContactPage.cut(
            rows,
            limit,
            lambda row: ContactView(**{name: row[name] for name in ContactView.model_fields}),
            lambda row: (f"{row['matter']}/{row['id']}",),
        )

    async def matching(self, text: str) -> Sequence[ContactView]:
        """Those whose keywords are in the text."""
        return (await self.page(text, cursor=None, limit=_SHOWN)).items

    async def save(
        self,
        actor: Actor,
        *,
        contact_id: UUID | None,
        org: OrgId,
        matter: str,
        keywords: Sequence[str],
        contact: str,
        backup: str,
        phone: str,
        hours: str,
    ) -> UUID:
        """A new line, or a line changed. Raises Forbidden, NoSuchBody."""
        actor.require(*DESK)
        body = await body_of(self._room, org)
        if not actor.sees(body.path):
            raise NoSuchBody
        saved = contact_id or new_id()
        async with self._room.pool.acquire() as connection, connection.transaction():
            await SQL.save_contact(
                connection,
                id=saved,
                org_id=org,
                matter=matter,
                keywords=list(keywords),
                contact=contact,
                backup=backup,
                phone=phone,
                hours=hours,
                updated_by=actor.user_id,
                updated_at=self._room.clock.now(),
            )
            await self._room.audit.record(connection, actor.user_id, "duty_contact_saved", "duty_contact", saved)
        return saved

    async def save_station(self, actor: Actor, station: OrgId, roads: Sequence[str], grid_codes: Sequence[str]) -> None:
        """The area of a joint-duty station. Raises Forbidden, NoSuchBody for what is no station."""
        actor.require(*DESK)
        body = await body_of(self._room, station)
        if body.kind != "station" or not actor.sees(body.path):
            raise NoSuchBody
        async with self._room.pool.acquire() as connection, connection.transaction():
            await SQL.save_station(
                connection,
                org_id=station,
                roads=list(roads),
                grid_codes=list(grid_codes),
                updated_by=actor.user_id,
                updated_at=self._room.clock.now(),
            )
            await self._room.audit.record(connection, actor.user_id, "station_area_saved", "org", station)
