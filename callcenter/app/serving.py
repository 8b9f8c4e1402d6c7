"""`callcenter serve`: the web for everybody, and the duties of a PBX for the one instance that holds its lease."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from callcenter.app.owner import Duty, Owner
from callcenter.app.rooms import Rooms, open_rooms
from callcenter.calls.partitions import ensure_partitions
from callcenter.calls.pump import pump
from callcenter.core.clock import SystemClock
from callcenter.media import notices as media_notices
from callcenter.media.custody import Custody
from callcenter.media.reading import Recordings
from callcenter.media.retention import Retention
from callcenter.media.sweep import sweep_regularly
from callcenter.media.transcription import run_worker
from callcenter.media.transcripts import Transcripts
from callcenter.metrics.dialling import DialMeters
from callcenter.metrics.exposition import Exposition
from callcenter.metrics.hearing import Hearing
from callcenter.metrics.instruments import Instruments
from callcenter.metrics.live import LiveMeters
from callcenter.metrics.probes import ProbeMeters
from callcenter.metrics.pulse import Pulse
from callcenter.metrics.standing import Standing
from callcenter.numbers.tolls import sweep_numbers
from callcenter.orders import clocks_watch
from callcenter.pbx.agi import open_agi
from callcenter.pbx.cel import CelFile
from callcenter.settings import Settings
from callcenter.store.notify import Listener, open_listener
from callcenter.store.patience import name_of, patiently
from callcenter.web.auth import session_routes
from callcenter.web.docs import with_docs
from callcenter.web.guard import cookie_name
from callcenter.web.health import database_check, health_routes, lease_check, link_check, seats_check
from callcenter.web.knowledge import knowledge_routes
from callcenter.web.orders import orders_routes
from callcenter.web.people import people_routes
from callcenter.web.recordings import recording_routes
from callcenter.web.route import Route
from callcenter.web.seats import seats_routes
from callcenter.web.server import build_app, open_site
from callcenter.web.socket import DeskHub, socket_routes

log = structlog.get_logger(__name__)

_DAY: Final = timedelta(days=1)


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Until `stop`. Raises Misconfigured or Unavailable when it cannot begin."""
    async with open_rooms(settings, SystemClock()) as rooms:
        house = _House(rooms)
        async with (
            house.at_work(),
            open_site(build_app(house.routes(), rooms.people, settings.web), settings.web) as at,
        ):
            log.info("serving", port=at)
            await stop.wait()
            log.info("stopping")


async def transcribe(settings: Settings, stop: asyncio.Event) -> None:
    """Until `stop`."""
    await run_worker(settings.store, settings.media, settings.speech, SystemClock(), stop)


class _House:
    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._url = rooms.settings.store.url.get_secret_value()
        self._owner = Owner(
            self._url,
            rooms.link.pbx,
            hearing=(
                self._keep_custody,
                rooms.seats.run,
                rooms.telephone.watch.run,
                rooms.waiting.waits.run,
                rooms.supervision.service.run,
                rooms.numbers.tolls.run,
                rooms.registry.watch.run,
                rooms.transfers.watch.run,
                rooms.flows.hear_choices,
                rooms.flows.mail.take_up_regularly,
                self._talk,
                self._keep_ledger,
                rooms.link.supervise,
            ),
            acting=(rooms.callbacks.run, rooms.waiting.recall.run, rooms.outbound.settling.run, rooms.registry.ring),
        )
        self._hub = DeskHub(rooms.seats.state_of)
        self._board = rooms.supervision.viewers(self._hub)
        instruments = Instruments()
        self._hearing = Hearing(instruments)
        self._probes = ProbeMeters(instruments)
        self._dials = DialMeters(instruments)
        self._live = LiveMeters(instruments)
        self._pulse = Pulse(instruments)
        self._exposition = Exposition(instruments, Standing(instruments, rooms.pool, rooms.clock))

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """All tasks run while the block does; one that fails ends the house."""
        rooms = self._rooms
        desk, media = open_listener(self._url, "desk"), open_listener(self._url, media_notices.CHANNEL)
        clocks = open_listener(self._url, clocks_watch.CHANNEL)
        heard, probed = self._hearing.subscribe(rooms.bus), self._probes.subscribe(rooms.bus)
        dialled, lived = self._dials.subscribe(rooms.bus), self._live.subscribe(rooms.bus)
        self._probes.remember((await rooms.registry.reading.board()).alarms)
        async with desk as at_desk, media as at_media, clocks as at_clocks, asyncio.TaskGroup() as tasks:
            crew = [
                tasks.create_task(patiently(duty), name=name_of(duty))
                for duty in self._everywhere(at_desk, at_media, at_clocks)
            ]
            crew.append(tasks.create_task(self._hearing.run(heard)))
            crew.append(tasks.create_task(self._probes.run(probed)))
            crew.append(tasks.create_task(self._dials.run(dialled)))
            crew.append(tasks.create_task(self._live.run(lived)))
            crew.append(tasks.create_task(self._owner.run()))
            try:
                yield
            finally:
                for member in crew:
                    member.cancel()

    def _everywhere(self, desk: Listener, media: Listener, clocks: Listener) -> list[Duty]:
        """What every instance does, owner or not; a duty that meets a database that is away is begun again."""
        rooms = self._rooms
        watch = rooms.clocks.watch(rooms.bus)
        return [
            partial(self._hub.run, rooms.bus, desk),
            partial(media_notices.relay, media, rooms.pool, rooms.bus, rooms.clock),
            watch.run,
            partial(watch.listen, clocks),
            self._pulse.run,
            rooms.supervision.pulse.run,
            partial(rooms.supervision.keep_fresh, self._board),
            partial(sweep_regularly, rooms.pool, rooms.settings.media, rooms.clock, rooms.bus),
            self._keep_partitions,
            partial(sweep_numbers, rooms.pool, rooms.clock, rooms.settings.numbers, rooms.people.audit),
            Retention(rooms.pool, rooms.settings.media, rooms.clock, rooms.people.audit).run,
            rooms.privacy.run,
            rooms.flows.shelf.reload_on_hangup,
            rooms.files.sweep,
            rooms.dispatching.dispatching.watch.run,
            rooms.dispatching.dispatching.backlogs.run,
            partial(rooms.outbox.run, rooms.bus),
            rooms.handling.following(rooms.bus).run,
            rooms.outbox.delivery.run,
            rooms.orders.check_nightly,
            *rooms.channels.duties(),
            *rooms.matters.duties(),
            *rooms.oversight.duties(rooms.bus),
        ]

    async def _keep_custody(self) -> None:
        rooms = self._rooms
        await Custody(rooms.pool, rooms.settings.media, rooms.clock, rooms.link.pbx).run(rooms.bus)

    async def _talk(self) -> None:
        async with open_agi(self._rooms.settings.agi, self._rooms.flows.runner):
            await asyncio.Event().wait()

    async def _keep_ledger(self) -> None:
        cel = self._rooms.settings.calls.cel
        await pump(self._rooms.link, self._rooms.ledger, CelFile(cel) if cel else None)

    async def _keep_partitions(self) -> None:
        while True:
            await ensure_partitions(self._rooms.pool, self._rooms.clock)
            await asyncio.sleep(_DAY.total_seconds())

    def routes(self) -> list[Route]:
        rooms, web = self._rooms, self._rooms.settings.web
        recordings, transcripts = Recordings(rooms.pool, rooms.settings.media), Transcripts(rooms.pool)
        checks = [
            database_check(rooms.pool),
            lease_check(lambda: self._owner.owns),
            link_check(lambda: rooms.link if self._owner.owns else None),
            seats_check(lambda: self._owner.owns, lambda: rooms.seats.running),
        ]
        routes = [
            *session_routes(rooms.people, web),
            *people_routes(rooms.people),
            *knowledge_routes(rooms.knowledge),
            *seats_routes(rooms.seats),
            *rooms.waiting.routes(),
            *rooms.rosters.routes(),
            *socket_routes(self._hub, rooms.people, cookie_name(web)),
            *rooms.telephone.routes(),
            *recording_routes(rooms.pool, recordings, transcripts, rooms.people.audit),
            *orders_routes(rooms.orders),
            *rooms.privacy.routes(),
            *rooms.files.routes(),
            *rooms.dispatching.routes(rooms.printer),
            *rooms.clocks.routes(),
            *rooms.outbox.routes(),
            *rooms.flows.routes(),
            *rooms.numbers.routes(),
            *rooms.outbound.routes(),
            *rooms.registry.routes(),
            *rooms.transfers.routes(),
            *rooms.supervision.routes(self._board),
            *rooms.handling.routes(rooms.printer),
            *rooms.oversight.routes(rooms.printer),
            *rooms.channels.routes(rooms.people, web),
            *rooms.fieldwork.routes(),
            *rooms.matters.routes(),
            *health_routes(self._exposition, lambda: self._pulse.lag, checks),
        ]
        return with_docs(routes, web)
