"""What the numbers room needs of the call ledger; the composition root wires it."""

from typing import Protocol

from callcenter.core.ids import CallId
from callcenter.people.actor import Actor


class SeenNumbers(Protocol):
    async def number_of(self, actor: Actor, call: CallId) -> str:
        """The citizen's number of a call whose full number the actor may see, '' when withheld. Looking is audited.
        Raises NotFound, also for calls of others."""
        ...
