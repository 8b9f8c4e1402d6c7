"""The room's door: every use case of dispatch, put together once."""

from datetime import datetime
from typing import Final
from uuid import UUID

from callcenter.core.ids import OrderId
from callcenter.dispatching.backlog import Backlogs
from callcenter.dispatching.claims import Claims
from callcenter.dispatching.delegations import Delegations
from callcenter.dispatching.directory import DomainDirectory
from callcenter.dispatching.dispatches import Dispatches
from callcenter.dispatching.duties import Duties
from callcenter.dispatching.figures import Figures
from callcenter.dispatching.forms import return_document, sign_document
from callcenter.dispatching.joint import Joint
from callcenter.dispatching.reading import Reading
from callcenter.dispatching.refusals import NoReturn, NoSignForm
from callcenter.dispatching.returns import Returns
from callcenter.dispatching.room import DESK, SQL, Room, body_of, order_at
from callcenter.dispatching.signing import Signing
from callcenter.dispatching.suggesting import Suggesting, place_view
from callcenter.dispatching.tasks import Tasks
from callcenter.dispatching.views import BodyPage, BodyView, PlacePage, SuggestionsView
from callcenter.dispatching.watch import TaskWatch
from callcenter.documents.model import Document
from callcenter.people.actor import Actor

_BODIES: Final = 500


class Dispatching:
    """The parts are the use cases; every refusal is a DomainError."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.duties = Duties(room)
        self.directory = DomainDirectory(room)
        self.suggesting = Suggesting(room, self.duties, self.directory)
        self.dispatches = Dispatches(room, self.duties, self.suggesting)
        self.claims = Claims(room, self.dispatches)
        self.tasks = Tasks(room)
        self.joint = Joint(room)
        self.signing = Signing(room, self.dispatches)
        self.returns = Returns(room, self.signing)
        self.delegations = Delegations(room)
        self.reading = Reading(room, self.tasks, self.claims, self.returns)
        self.figures = Figures(room)
        self.watch = TaskWatch(room)
        self.backlogs = Backlogs(room)

    async def suggestions(self, actor: Actor, order: OrderId) -> SuggestionsView:
        """Raises Forbidden, NoSuchOrder."""
        actor.require(*DESK)
        return await self.suggesting.view(await order_at(self.room, actor, order))

    async def stations(self, actor: Actor) -> PlacePage:
        """In the reader's area."""
        found = SQL.stations(self.room.pool, path=actor.org_path)
        return PlacePage(items=tuple([place_view(row) async for row in found]))

    async def bodies(self, actor: Actor, words: str) -> BodyPage:
        """Who may be named in a form: of the centre's area that the actor belongs to. A unit sees its neighbours' names
        here, which its own org tree does not hold."""
        own = await body_of(self.room, actor.org_id)
        path = own.path if own.kind == "centre" else own.path.rstrip("/").rpartition("/")[0] + "/"
        found = SQL.bodies_below(self.room.pool, path=path, words=words, limit=_BODIES)
        return BodyPage(items=tuple([BodyView(**dict(row)) async for row in found]))

    async def return_form(self, actor: Actor, order: OrderId, form: UUID, issuer: str) -> Document:
        """Form 1 of this return. Raises NoReturn, NoSuchOrder."""
        row = await order_at(self.room, actor, order)
        seen = await self.reading.returning(actor, order)
        found = next((one for one in seen.returns if one.id == form), None)
        if found is None:
            raise NoReturn
        return return_document(
            row,
            found,
            await self._next_unit(order, found.decided_at),
            issuer=issuer,
            zone=self.room.orders.room.calendar.zone,
            now=self.room.clock.now(),
            by=actor.name,
        )

    async def _next_unit(self, order: OrderId, decided_at: datetime | None) -> str:
        """Whoever got the order after the decision."""
        if decided_at is None:
            return ""
        found = SQL.dispatches_of(self.room.pool, order_id=order)
        later = [row["to_org"] async for row in found if row["role"] == "lead" and row["at"] >= decided_at]
        return str(later[0]) if later else ""

    async def sign_form(self, actor: Actor, order: OrderId, form: UUID, issuer: str) -> Document:
        """签派批办单. Raises NoSignForm, NoSuchOrder."""
        row = await order_at(self.room, actor, order)
        seen = await self.reading.returning(actor, order)
        found = next((one for one in seen.signs if one.id == form), None)
        if found is None:
            raise NoSignForm
        return sign_document(
            row,
            found,
            seen.returns,
            issuer=issuer,
            zone=self.room.orders.room.calendar.zone,
            now=self.room.clock.now(),
            by=actor.name,
        )
