"""What the gate and the dialplan have refused, for supervisors."""

from callcenter.core.pages import place_of
from callcenter.numbers.store import SQL
from callcenter.numbers.views import RefusalPage, dial_refusal
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool


class Refusals:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def page(self, actor: Actor, limit: int, cursor: str | None = None) -> RefusalPage:
        """Newest first. Raises Forbidden, BadCursor."""
        actor.require(Role.SUPERVISOR)
        before_at, before_id = place_of(cursor)
        found = SQL.page_of_refusals(self._pool, before_at=before_at, before_id=before_id, most=limit + 1)
        rows = [row async for row in found]
        return RefusalPage.cut(rows, limit, dial_refusal, lambda row: (row["at"], row["id"]))
