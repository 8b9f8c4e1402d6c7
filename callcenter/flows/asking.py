"""What one call asks of the rest of the house: every answer is awaited for a moment only, and never needed."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

import structlog

from callcenter.core.clock import Clock
from callcenter.core.ids import LegId
from callcenter.flows.conditions import CallerFacts, QueueFacts, World
from callcenter.flows.effects import Look
from callcenter.flows.part import HOME_QUEUE
from callcenter.flows.ports import NewMessage, Outside, Wanted

log = structlog.get_logger(__name__)

PATIENCE: Final = timedelta(seconds=1.5)
"""How long a caller may stand in silence for an answer."""
HEARING: Final = timedelta(seconds=8)
"""How long the recognition of a few words may take, a cold start included; the caller is asked again after that."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`number` is a `core.phone.Number.key`, '' when withheld; `home` is the queue of the number dialled."""

    pbx: str
    leg: LegId
    number: str
    dialled: str
    home: str
    waited: timedelta


class Inquiry:
    def __init__(self, outside: Outside, clock: Clock, caller: Caller) -> None:
        self._outside = outside
        self._clock = clock
        self._caller = caller
        self._known: CallerFacts | None = None
        self._asked = False

    @property
    def hears(self) -> bool:
        """Whether speech can be recognised at this moment."""
        return self._outside.words is not None and self._outside.words.ready

    def greeting(self, prompt: str) -> str:
        greetings = self._outside.greetings
        return (greetings.greeting_of(self._caller.dialled) if greetings else None) or prompt

    def queue(self, name: str) -> str:
        return self._caller.home if name == HOME_QUEUE else name

    async def world(self, look: Look, language: str) -> World:
        hours = self._outside.hours
        moment = hours.moment(self._clock.now()) if look.moment and hours else None
        return World(
            dialled=self._caller.dialled,
            language=language,
            anonymous=not self._caller.number,
            moment=moment,
            caller=await self.history() if look.caller else None,
            queues={name: facts for name in look.queues if (facts := await self._outlook(name))},
        )

    async def history(self) -> CallerFacts | None:
        """Asked once a call, also where nobody answers: a database that is away costs one wait."""
        history, number = self._outside.history, self._caller.number
        if not self._asked and history and number:
            self._asked = True
            self._known = await _answer("caller_history", history.of(number), PATIENCE)
        return self._known

    async def chose(self, language: str) -> None:
        history, caller = self._outside.history, self._caller
        if history and caller.number:
            await _answer("language_memory", history.chose(caller.number, language, self._clock.now()), PATIENCE)

    async def order(self, number: str, code: str) -> str:
        orders = self._outside.orders
        if orders is None:
            return "later"
        asked = orders.progress(number=number, code=code, caller=self._caller.number)
        return await _answer("order_progress", asked, PATIENCE) or "later"

    async def plan(self, target: str, queue: str) -> str | None:
        routes = self._outside.routes
        return await _answer("transfer_plan", routes.plan(target, self.queue(queue)), PATIENCE) if routes else None

    async def call_back(self, queue: str) -> bool:
        offers, caller = self._outside.callbacks, self._caller
        if offers is None or not caller.number:
            return False
        wanted = Wanted(
            pbx=caller.pbx,
            leg=caller.leg,
            number=caller.number,
            queue=self.queue(queue),
            dialled=caller.dialled,
            waited=caller.waited,
            at=self._clock.now(),
        )
        return bool(await _answer("callback_offer", offers.accept(wanted), PATIENCE))

    async def keep(self, file: str, flow: str, node: str) -> None:
        """A message that cannot be noted now stays where Asterisk put it, and is found later."""
        caller = self._caller
        message = NewMessage(
            pbx=caller.pbx,
            leg=caller.leg,
            file=file,
            caller=caller.number,
            dialled=caller.dialled,
            queue=caller.home,
            flow=flow,
            node=node,
            at=self._clock.now(),
        )
        if self._outside.messages:
            await _answer("voice_message", self._outside.messages.keep(message), PATIENCE)

    async def discard(self, file: str) -> None:
        if self._outside.messages:
            await _answer("voice_message", self._outside.messages.discard(file), PATIENCE)

    async def phrase(self, file: str, phrases: list[str]) -> str:
        words = self._outside.words
        return await _answer("spoken_choice", words.recognise(file, phrases), HEARING) or "" if words else ""

    async def _outlook(self, queue: str) -> QueueFacts | None:
        queues = self._outside.queues
        return await _answer("queue_outlook", queues.outlook(self.queue(queue)), PATIENCE) if queues else None


async def _answer(what: str, asked: Awaitable[T], within: timedelta) -> T | None:
    """None when it fails or takes too long: nobody in the house may hold a caller up."""
    try:
        async with asyncio.timeout(within.total_seconds()):
            return await asked
    except Exception as error:
        log.warning("dialogue_goes_on_without", what=what, cause=type(error).__name__)
        return None
