"""Figures that heads, centres and leaders look at: always of the reader's own subtree."""

from datetime import datetime, timedelta
from typing import Final

from callcenter.core.pages import place_of
from callcenter.handling import model
from callcenter.handling.reading import seen_all, seen_as
from callcenter.handling.room import SQL, Room, rows
from callcenter.people.actor import Actor, Role

WATCHERS: Final = (
    Role.UNIT_HEAD,
    Role.SUPERVISOR,
    Role.REVIEWER,
    Role.DEPUTY,
    Role.LEADER,
    Role.INSPECTOR,
    Role.DISCIPLINE,
    Role.AUDITOR,
)


class Figures:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def warnings(self, actor: Actor, cursor: str | None, limit: int) -> model.WarningPage:
        """XY-33, of the reader's own subtree. Raises Forbidden, BadCursor."""
        actor.require(*WATCHERS)
        at, order = place_of(cursor)
        found = await rows(
            SQL.warnings_of(self._room.pool, path=actor.org_path, before_at=at, before_id=order, limit=limit + 1)
        )
        return model.WarningPage.cut(
            found, limit, lambda row: seen_as(model.WarningSeen, row), lambda row: (row["at"], row["order_id"])
        )

    async def satisfaction(self, actor: Actor, days: int) -> model.SatisfactionPage:
        """Both answers of the last `days`, by unit of the reader's subtree (SJ-32). Raises Forbidden."""
        actor.require(*WATCHERS)
        found = await rows(SQL.satisfaction(self._room.pool, path=actor.org_path, since=self._since(days)))
        return model.SatisfactionPage(items=seen_all(model.Satisfaction, found))

    async def effort(self, actor: Actor, cursor: str | None, limit: int) -> model.EffortPage:
        """SJ-14. Raises BadCursor."""
        at, order = place_of(cursor)
        found = await rows(
            SQL.effort(self._room.pool, path=actor.org_path, before_at=at, before_id=order, limit=limit + 1)
        )
        return model.EffortPage.cut(
            found, limit, lambda row: seen_as(model.OrderEffort, row), lambda row: (row["created_at"], row["id"])
        )

    async def effort_of_people(self, actor: Actor, days: int) -> model.PeopleEffort:
        """Raises Forbidden."""
        actor.require(*WATCHERS)
        found = await rows(SQL.effort_of_people(self._room.pool, path=actor.org_path, since=self._since(days)))
        return model.PeopleEffort(items=seen_all(model.PersonEffort, found))

    async def overturns(self, actor: Actor) -> model.Overturns:
        """GH-21. Raises Forbidden."""
        actor.require(*WATCHERS)
        return model.Overturns(
            items=seen_all(model.Overturn, await rows(SQL.overturns(self._room.pool, path=actor.org_path)))
        )

    async def exclusion_rates(self, actor: Actor) -> model.ExclusionRates:
        """A-09. Raises Forbidden."""
        actor.require(*WATCHERS)
        found = await rows(SQL.exclusion_rates(self._room.pool, path=actor.org_path))
        return model.ExclusionRates(items=seen_all(model.ExclusionRate, found))

    async def colleagues(self, actor: Actor) -> model.Colleagues:
        """To hand a case over to, or to name as head."""
        found = await rows(SQL.colleagues(self._room.pool, org_id=actor.org_id))
        return model.Colleagues(
            items=tuple(
                model.Colleague(id=row["id"], name=row["name"], head=Role.UNIT_HEAD in row["roles"]) for row in found
            )
        )

    def _since(self, days: int) -> datetime:
        return self._room.clock.now() - timedelta(days=days)
