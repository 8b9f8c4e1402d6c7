"""What speaks for which unit, read from the list, the precedents and the rulings (SG-05, SG-40, SJ-27)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from callcenter.core.ids import OrgId
from callcenter.dispatching.directory import DomainDirectory
from callcenter.dispatching.duties import Duties
from callcenter.dispatching.duty import pushed_down
from callcenter.dispatching.duty_views import ContactView
from callcenter.dispatching.room import SQL, Body, IntakeScore, Room, bodies_of
from callcenter.dispatching.suggest import Demand, Precedent, Ruling, Suggestion, stations_at, suggest
from callcenter.dispatching.views import PlaceView, ReasonView, SuggestionsView, SuggestionView
from callcenter.orders.rulesets import MatrixLine
from callcenter.orders.standards import responsible, standard_of, standard_view
from callcenter.orders.standing import is_under
from callcenter.store.pool import Connection

Row = Mapping[str, Any]


def demand_of(row: Row) -> Demand:
    return Demand(
        text=f"{row['title']}\n{row['content']}",
        category=row["category"],
        where=f"{row['address']} {row['grid_code']} {row['place']}",
    )


class Suggesting:
    def __init__(self, room: Room, duties: Duties, directory: DomainDirectory) -> None:
        self._room = room
        self._duties = duties
        self._directory = directory

    async def found(self, row: Row) -> list[Suggestion]:
        """The best first; only orgs of the area of the centre that holds the order, and none that a report is about."""
        centre = row["owner_org_path"]
        since = self._room.clock.now() - timedelta(days=self._room.config.precedent_days)
        precedents = SQL.precedents(
            self._room.pool, category=row["category"], place=row["place"], since=since, path=centre
        )
        best = suggest(
            demand_of(row),
            await self._duties.counting(centre),
            [Precedent(**dict(one)) async for one in precedents],
            await self._rulings(row["category"], centre),
            await self._responsible(row, centre),
        )
        bodies = await bodies_of(self._room, [one.org for one in best])
        return [one for one in best if not is_under(bodies[one.org].path, row["barred_path"])]

    def _standard(self, row: Row) -> MatrixLine | None:
        return standard_of(self._room.orders.rules_of(row), row)

    async def _responsible(self, row: Row, centre: str) -> dict[OrgId, str]:
        """JC-21: the units of the area that the standard by category and level names."""
        names = responsible(self._standard(row))
        if not names:
            return {}
        return {
            one["id"]: one["name"] async for one in SQL.units_named(self._room.pool, path=centre, names=list(names))
        }

    async def _rulings(self, category: str, centre: str) -> list[Ruling]:
        """Those that name an org of the centre's area: a ruling of the next street says nothing here."""
        found = await self._room.rulings.approved(category, self._room.today())
        bodies = await bodies_of(self._room, {ruling.org for ruling in found})
        return [ruling for ruling in found if bodies[ruling.org].path.startswith(centre)]

    async def stations(self, row: Row, path: str, db: Connection | None = None) -> list[PlaceView]:
        """XY-34: the joint-duty stations below `path` whose area holds the place."""
        known = [one async for one in SQL.stations(db or self._room.pool, path=path)]
        places = {OrgId(one["org_id"]): place_view(one) for one in known}
        areas = {org: (place.roads, place.grid_codes) for org, place in places.items()}
        return [places[org] for org in stations_at(row["address"], areas, row["grid_code"])]

    async def intake(self, row: Row) -> IntakeScore:
        files = await SQL.files_of_order(self._room.pool, order_id=row["id"])
        return self._room.intake(row, int(files))

    async def view(self, row: Row) -> SuggestionsView:
        found, intake, line = await self.found(row), await self.intake(row), self._standard(row)
        bodies = await bodies_of(self._room, [one.org for one in found])
        contacts: Sequence[ContactView] = await self._directory.matching(f"{row['title']} {row['category']}")
        return SuggestionsView(
            items=tuple(_view(one, bodies[one.org]) for one in found),
            standard=standard_view(line) if line else None,
            stations=tuple(await self.stations(row, row["owner_org_path"])),
            contacts=tuple(contacts),
            intake=intake.score,
            least=self._room.config.intake_least,
            missing_zh=tuple(zh for zh, _ in intake.missing),
            missing_en=tuple(en for _, en in intake.missing),
        )


def place_view(row: Row) -> PlaceView:
    return PlaceView(org_id=row["org_id"], name=row["name"], roads=row["roads"], grid_codes=row["grid_codes"])


def _view(one: Suggestion, body: Body) -> SuggestionView:
    item = one.item
    return SuggestionView(
        org_id=one.org,
        org=body.name,
        kind=body.kind,
        score=one.score,
        item_id=UUID(item.id) if item else None,
        item=f"{item.ref} {item.title}" if item else "",
        co_org_ids=item.co_org_ids if item else (),
        exceptions=item.exceptions if item else "",
        category=one.category,
        level=one.level,
        reasons=tuple(ReasonView(kind=reason.kind, told=reason.told) for reason in one.reasons),
        pushed_down=item is not None and pushed_down(functional=item.functional, org_kind=body.kind),
    )
