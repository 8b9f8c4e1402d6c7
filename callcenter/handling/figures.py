"""Figures that heads, centres and leaders look at: always of the reader's own subtree."""

from datetime import datetime, timedelta
from typing import Final

from callcenter.core.pages import place_of
from callcenter.handling import figure_models as shown
from callcenter.handling import model
from callcenter.handling.measures import Period, period_begin
from callcenter.handling.reading import decisions_owed, seen_all, seen_as
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

DECIDERS: Final = (Role.SUPERVISOR, Role.DEPUTY, Role.LEADER, Role.INSPECTOR, Role.DISCIPLINE, Role.AUDITOR)


class Figures:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def warnings(
        self, actor: Actor, cursor: str | None, limit: int, *, only_open: bool = False
    ) -> shown.WarningPage:
        """XY-33, of the reader's own subtree. Raises Forbidden, BadCursor."""
        actor.require(*WATCHERS)
        at, order = place_of(cursor)
        found = await rows(
            SQL.warnings_of(
                self._room.pool,
                path=actor.org_path,
                only_open=only_open,
                before_at=at,
                before_id=order,
                limit=limit + 1,
            )
        )
        return shown.WarningPage.cut(
            found, limit, lambda row: seen_as(shown.WarningSeen, row), lambda row: (row["at"], row["order_id"])
        )

    async def decisions(self, actor: Actor, cursor: str | None, limit: int) -> shown.DecisionPage:
        """What the leaders of the reader's subtree owe (A-10). Raises Forbidden, BadCursor."""
        actor.require(*DECIDERS)
        place = place_of(cursor)
        found = await decisions_owed(self._room, actor.org_path, place=place, limit=limit + 1)
        return shown.DecisionPage.cut(
            found, limit, lambda row: seen_as(model.DecisionSeen, row), lambda row: (row["asked_at"], row["id"])
        )

    async def satisfaction(self, actor: Actor, period: Period) -> shown.SatisfactionPage:
        """Both answers of the orders submitted in the period, by unit of the reader's subtree (SJ-32, XY-33). Raises
        Forbidden."""
        actor.require(*WATCHERS)
        since = period_begin(self._room.clock.now(), self._room.zone, period)
        found = await rows(SQL.satisfaction(self._room.pool, path=actor.org_path, since=since))
        return shown.SatisfactionPage(items=seen_all(shown.Satisfaction, found), since=since)

    async def effort(self, actor: Actor, cursor: str | None, limit: int) -> shown.EffortPage:
        """SJ-14. Raises BadCursor."""
        at, order = place_of(cursor)
        found = await rows(
            SQL.effort(self._room.pool, path=actor.org_path, before_at=at, before_id=order, limit=limit + 1)
        )
        return shown.EffortPage.cut(
            found, limit, lambda row: seen_as(shown.OrderEffort, row), lambda row: (row["created_at"], row["id"])
        )

    async def effort_of_people(self, actor: Actor, days: int) -> shown.PeopleEffort:
        """Raises Forbidden."""
        actor.require(*WATCHERS)
        found = await rows(SQL.effort_of_people(self._room.pool, path=actor.org_path, since=self._since(days)))
        return shown.PeopleEffort(items=seen_all(shown.PersonEffort, found))

    async def overturns(self, actor: Actor) -> shown.Overturns:
        """GH-21. Raises Forbidden."""
        actor.require(*WATCHERS)
        return shown.Overturns(
            items=seen_all(shown.Overturn, await rows(SQL.overturns(self._room.pool, path=actor.org_path)))
        )

    async def exclusion_rates(self, actor: Actor) -> shown.ExclusionRates:
        """A-09. Raises Forbidden."""
        actor.require(*WATCHERS)
        found = await rows(SQL.exclusion_rates(self._room.pool, path=actor.org_path))
        return shown.ExclusionRates(items=seen_all(shown.ExclusionRate, found))

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
