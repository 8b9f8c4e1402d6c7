"""The documents of oversight, for those who may see what they are about."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from callcenter.documents.model import Document
from callcenter.oversight import forms
from callcenter.oversight.cases import Cases
from callcenter.oversight.meetings import CALLERS, Instructions, Meetings
from callcenter.oversight.room import SANCTIONS, Room
from callcenter.oversight.supervisions import Supervisions
from callcenter.oversight.weeks import begin_of
from callcenter.people.actor import Actor, Role

_MOST = 200


class Papers:
    """`labels` are the city's names of the slots."""

    def __init__(
        self,
        room: Room,
        supervisions: Supervisions,
        meetings: Meetings,
        cases: Cases,
        instructions: Instructions,
        labels: Mapping[str, str] = forms.SLOT_LABELS,
    ) -> None:
        self._room = room
        self._supervisions = supervisions
        self._meetings = meetings
        self._cases = cases
        self._instructions = instructions
        self._labels = {**forms.SLOT_LABELS, **labels}

    def _paper(self, actor: Actor, issuer: str) -> forms.Paper:
        return forms.Paper(issuer, self._room.zone, self._room.clock.now(), actor.name, self._labels)

    async def supervision(self, actor: Actor, supervision: UUID, issuer: str) -> Document:
        """Raises NotThere."""
        view = await self._supervisions.get(actor, supervision)
        return forms.supervision_form(view, self._paper(actor, issuer))

    async def minutes(self, actor: Actor, meeting: UUID, issuer: str) -> Document:
        """Raises NotThere."""
        return forms.minutes_form(await self._meetings.get(actor, meeting), self._paper(actor, issuer))

    async def case(self, actor: Actor, case: UUID, issuer: str) -> Document:
        """Raises NotThere."""
        return forms.case_form(await self._cases.get(actor, case), self._paper(actor, issuer))

    async def circular(self, actor: Actor, since: date, until: date, issuer: str) -> Document:
        """SJ-33; `until` is the last day. Raises Forbidden."""
        actor.require(*CALLERS, Role.DISCIPLINE)
        path = await self._room.reach(actor)
        begin, end = begin_of(since, self._room.zone), self._room.calendar.end_of(until)
        rows = [dict(row) async for row in SANCTIONS.interviews(self._room.pool, path=path, since=begin, until=end)]
        page = await self._instructions.list(actor, order=None, cursor=None, limit=_MOST)
        given = [one for one in page.items if begin <= one.at < end]
        return forms.interview_circular(rows, given, f"{since}至{until}", self._paper(actor, issuer))
