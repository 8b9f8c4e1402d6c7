"""Care at the call-back: what the citizen needs is noted and shown to who rings, people's own list of call-backs, hints
from what was said (SG-26, SG-28, SG-29)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from callcenter.callbacks import store
from callcenter.callbacks.care import UPSET, Way, kept_from_machine, ways
from callcenter.callbacks.questionnaire import phrases
from callcenter.callbacks.sentiment import Hint, Lexicon, hints
from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId
from callcenter.core.pages import Page, place_of
from callcenter.orders.service import Orders
from callcenter.orders.terms import CallerNeed, Emotion
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection, Pool

RINGERS: Final = (Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR)


class NewCare(BaseModel):
    """All three as they are from now on; `wish` null: the citizen wishes for nothing special."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    needs: tuple[CallerNeed, ...] = Field(max_length=3)
    emotion: Emotion
    wish: Way | None = None


class Phrase(BaseModel):
    model_config = ConfigDict(frozen=True)

    code: str
    zh: str
    en: str


class CareView(BaseModel):
    """`by_person`: the machine does not ring this citizen. `ways`: in the order in which they should be tried.
    `read_back`: the answers are read back and confirmed on the telephone."""

    model_config = ConfigDict(frozen=True)

    needs: tuple[CallerNeed, ...]
    emotion: Emotion
    wish: Way | None
    by_person: bool
    urgent: bool
    ways: tuple[Way, ...]
    read_back: bool
    phrases: tuple[Phrase, ...]


class HintView(BaseModel):
    """`words`: what it rests on, as the citizen said it. Nothing follows from it by itself."""

    model_config = ConfigDict(frozen=True)

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    emotion: Emotion | None


class CallByPerson(BaseModel):
    """A call-back that people make. Needs and mood are left out for guarded orders. `exhausted`: the machine tried in
    vain, or nobody answered three times."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    order_id: OrderId
    number: str
    category: str
    round_no: int
    org: str
    at: datetime
    urgent: bool
    exhausted: bool
    needs: tuple[str, ...]
    emotion: str
    ways: tuple[Way, ...]
    due_at: datetime | None


class CallsByPerson(Page[CallByPerson]):
    """Newest first."""


class Caring:
    def __init__(
        self, pool: Pool, clock: Clock, orders: Orders, cares: Collection[CallerNeed | Emotion], lexicon: Lexicon
    ) -> None:
        """`cares`: as `callbacks.by_person`."""
        self._pool = pool
        self._clock = clock
        self._orders = orders
        self._cares = cares
        self._lexicon = lexicon

    async def note(self, actor: Actor, order: OrderId, new: NewCare) -> CareView:
        """Heard by whoever spoke with the citizen. What the citizen needs stays in the row; the event says only that it
        was noted. Raises NoSuchOrder, and what records raise."""
        now = self._clock.now()

        async def also(connection: Connection, _: object) -> None:
            await store.wish(connection, order, new.wish, actor.user_id, now)
            await store.prefer(connection, order, int(new.emotion in UPSET))

        changes = {"caller_needs": list(dict.fromkeys(new.needs)), "emotion": new.emotion}
        await self._orders.record(actor, order, "care_noted", {}, changes=lambda _: changes, also=also)
        return await self._view(order)

    async def of_order(self, actor: Actor, order: OrderId) -> CareView:
        """For those who ring. Raises Forbidden, NoSuchOrder."""
        actor.require(*RINGERS)
        await self._orders.row(actor, order)
        return await self._view(order)

    async def _view(self, order: OrderId) -> CareView:
        row = await store.caller_of(self._pool, order)
        needs, emotion, wish = row["caller_needs"], Emotion(row["emotion"] or Emotion.CALM), row["wish"]
        return CareView(
            needs=needs,
            emotion=emotion,
            wish=wish,
            by_person=kept_from_machine(needs, emotion, wish, self._cares) or await self._orders.asked_by_person(order),
            urgent=emotion in UPSET,
            ways=tuple(ways(needs, wish)),
            read_back=bool(needs),
            phrases=said_to(emotion, needs),
        )

    async def list(self, actor: Actor, cursor: str | None, limit: int) -> CallsByPerson:
        """Of the centres of the reader's subtree. Raises Forbidden, BadCursor."""
        actor.require(*RINGERS)
        found = await store.for_people(self._pool, actor.org_path, place_of(cursor), limit + 1)
        return CallsByPerson.cut(
            found,
            limit,
            lambda row: CallByPerson(
                ways=tuple(ways(row["needs"], row["wish"])),
                **{name: row[name] for name in CallByPerson.model_fields if name != "ways"},
            ),
            lambda row: (row["at"], row["id"]),
        )

    async def hints(self, actor: Actor, order: OrderId) -> Sequence[HintView]:
        """From the transcripts of this round's call-back. Raises Forbidden, NoSuchOrder."""
        actor.require(*RINGERS)
        await self._orders.row(actor, order)
        return self._shown(await store.said_in_callback(self._pool, order))

    def hints_of(self, actor: Actor, text: str) -> Sequence[HintView]:
        """Of what is being typed; nothing of it is kept. Raises Forbidden."""
        actor.require(*RINGERS)
        return self._shown([text])

    def _shown(self, said: Sequence[str]) -> Sequence[HintView]:
        return [_hint(hint) for hint in hints(said, self._lexicon)]


def said_to(emotion: str, needs: Sequence[str]) -> tuple[Phrase, ...]:
    """What to say to a citizen, in this order."""
    return tuple(Phrase(code=code, zh=zh, en=en) for code, zh, en in phrases(emotion, needs))


def _hint(hint: Hint) -> HintView:
    return HintView(code=hint.code, zh=hint.zh, en=hint.en, words=tuple(hint.words), emotion=hint.emotion)
