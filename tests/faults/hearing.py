"""Takes facts from a link's inbox until the one that is wanted, within a deadline."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from callcenter.pbx.facts import PbxFact

Kind = TypeVar("Kind", bound=PbxFact)


class Hearing:
    def __init__(self, facts: AsyncIterator[PbxFact]) -> None:
        self._facts = facts
        self.all: list[PbxFact] = []

    async def next(self) -> PbxFact:
        async with asyncio.timeout(30):
            fact = await anext(self._facts)
        self.all.append(fact)
        return fact

    async def until(self, kind: type[Kind]) -> Kind:
        while True:
            fact = await self.next()
            if isinstance(fact, kind):
                return fact
