"""The telephone flows put together: the runner, what it asks, messages, and reloading without dropping a caller."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from callcenter.app.flow_answers import CityHours, HotlineGreetings, HotlineRoutes, KnownCallers, SpokenWords
from callcenter.app.speech import Speech, read_speech
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError, Misconfigured
from callcenter.flows.book import FlowBook
from callcenter.flows.draw import mermaid
from callcenter.flows.nodes import Speak
from callcenter.flows.ports import CallbackOffers, Outside, QueueOutlook
from callcenter.flows.prompts import install_prompts, remove_unused
from callcenter.flows.reading import FlowList, FlowPicture, FlowsFaulty, listed
from callcenter.flows.runner import FlowRunner, FlowSink
from callcenter.media.messages import VoiceMail
from callcenter.numbers.callers import Callers
from callcenter.numbers.gate import Gate
from callcenter.orders.progress import Progress
from callcenter.orders.service import Orders
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.settings import Settings
from callcenter.speech.choices import open_choices
from callcenter.store.pool import AWAY, Pool
from callcenter.store.queries import load
from callcenter.transfers.registry import Registry
from callcenter.waiting.last_agent import LastAgent
from callcenter.web.flows import flow_routes
from callcenter.web.messages import message_routes, query_code_routes
from callcenter.web.route import Route

log = structlog.get_logger(__name__)

SQL: Final = load("flows")


class FlowShelf:
    """The flows in use. A reload checks the files as a whole, makes the prompts, and only then gives new callers the
    new book; who is in a flow already keeps the old one."""

    def __init__(
        self, settings: Settings, runner: FlowRunner, speech: Speech, pool: Pool, clock: Clock, audit: Audit
    ) -> None:
        self._settings = settings
        self._audit = audit
        self._runner = runner
        self._prompts = speech.prompts
        self._pool = pool
        self._clock = clock
        self._turn = asyncio.Lock()

    def list_flows(self) -> FlowList:
        return listed(self._runner.book)

    def draw(self, name: str) -> FlowPicture:
        """Raises NoSuchFlow."""
        book = self._runner.book
        picture = mermaid(book.flow(name), self._prompts)
        return FlowPicture(flow=name, version=book.versions[name], mermaid=picture)

    async def reload(self, actor: Actor | None = None) -> FlowList:
        """`actor` None is the operating system's signal. Raises FlowsFaulty with every fault."""
        async with self._turn:
            before = self._runner.book
            try:
                speech = await asyncio.to_thread(read_speech, self._settings)
                book = await asyncio.to_thread(make_book, self._settings, speech)
            except Misconfigured as error:
                log.warning("flows_refused", by=actor.username if actor else "signal")
                raise FlowsFaulty(faults=error.fields["cause"]) from error
            await self.note_versions(book)
            self._runner.book, self._prompts = book, speech.prompts
            made = listed(book, before)
            changed = [line.flow for line in made.items if line.changed]
            log.info("flows_reloaded", by=actor.username if actor else "signal", changed=changed)
            if actor is not None:
                await self._audit.record(
                    self._pool, actor.user_id, "flows_reloaded", "flows", "", {"changed": ",".join(changed)}
                )
            return made

    async def note_versions(self, book: FlowBook) -> None:
        """What callers hear from now on; a database that is away leaves them served, and their versions unexplained."""
        try:
            for name, flow in book.flows.items():
                content = flow.model_dump(mode="json")
                await SQL.note_version(
                    self._pool, flow=name, version=book.versions[name], content=content, at=self._clock.now()
                )
        except AWAY as error:
            log.warning("flow_versions_not_noted", cause=type(error).__name__)

    async def reload_on_hangup(self) -> None:
        """Until cancelled: SIGHUP reloads, and a fault in the files never ends the server."""
        asked, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, asked.set)
        try:
            while True:
                await asked.wait()
                asked.clear()
                try:
                    await self.reload()
                except DomainError as error:
                    log.warning("flows_not_reloaded", cause=error.code, faults=error.fields.get("faults", ""))
        finally:
            loop.remove_signal_handler(signal.SIGHUP)


def make_book(settings: Settings, speech: Speech) -> FlowBook:
    """Makes and places the prompts; blocks. Raises Misconfigured."""
    config = settings.flows
    prompts = install_prompts(speech.prompts, cache=config.prompt_cache, sounds=config.sounds)
    return FlowBook.of(speech.flows.values(), prompts)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRoom:
    runner: FlowRunner
    shelf: FlowShelf
    mail: VoiceMail
    progress: Progress
    words: SpokenWords
    settings: Settings

    async def hear_choices(self) -> None:
        """Until cancelled: a recogniser stands by where a flow takes spoken choices and a model is there."""
        flows = self.runner.book.flows.values()
        wanted = any(isinstance(node, Speak) for flow in flows for node in flow.nodes.values())
        async with open_choices(self.settings.speech, wanted=wanted) as choices:
            self.words.choices = choices
            try:
                await asyncio.Event().wait()
            finally:
                self.words.choices = None

    def routes(self) -> list[Route]:
        return [*flow_routes(self.shelf), *message_routes(self.mail), *query_code_routes(self.progress)]


async def furnish_flows(
    settings: Settings,
    speech: Speech,
    *,
    pool: Pool,
    clock: Clock,
    audit: Audit,
    pbx: str,
    sink: FlowSink,
    orders: Orders,
    callers: Callers,
    gate: Gate,
    registry: Callable[[], Registry],
    queues: QueueOutlook,
    callbacks: CallbackOffers,
    last_agent: LastAgent,
) -> FlowRoom:
    """Raises Misconfigured."""
    zone = ZoneInfo(settings.city)
    mail = VoiceMail(pool, settings.media, clock, audit, orders.room.vault, pbx)
    progress = Progress(orders.room)
    words = SpokenWords(settings.media.monitor_folder)
    outside = Outside(
        hours=CityHours(orders.room.calendar),
        greetings=HotlineGreetings(registry),
        history=KnownCallers(pool, callers, last_agent, clock, orders.room.vault),
        queues=queues,
        orders=progress,
        messages=mail,
        words=words,
        routes=HotlineRoutes(registry, gate, zone, clock),
        callbacks=callbacks,
    )
    book = make_book(settings, speech)
    remove_unused(book.prompts, settings.flows.sounds, clock.now())
    runner = FlowRunner(pbx=pbx, book=book, outside=outside, sink=sink, clock=clock)
    shelf = FlowShelf(settings, runner, speech, pool, clock, audit)
    await shelf.note_versions(book)
    return FlowRoom(runner=runner, shelf=shelf, mail=mail, progress=progress, words=words, settings=settings)
