"""Every room of the house, made once and closed in the reverse order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from callcenter.app.calls import CallsRoom, furnish_calls
from callcenter.app.channels import ChannelsRoom, furnish_channels
from callcenter.app.clocks import ClocksRoom, furnish_clocks
from callcenter.app.dialogue import Sinks
from callcenter.app.dispatching import DispatchingRoom, furnish_dispatching
from callcenter.app.fieldwork import FieldworkRoom, furnish_fieldwork
from callcenter.app.files import FilesRoom, furnish_files
from callcenter.app.flow_room import FlowRoom, furnish_flows
from callcenter.app.handling import HandlingRoom, furnish_handling
from callcenter.app.matters import MattersRoom, furnish_matters
from callcenter.app.notes import HouseNotes
from callcenter.app.numbers import Numbers, open_numbers
from callcenter.app.outbound import OutboundRoom, open_outbound
from callcenter.app.outbox import OutboxRoom, furnish_outbox, open_outbox
from callcenter.app.oversight import OversightRoom, furnish_oversight
from callcenter.app.privacy import PrivacyRoom, furnish_privacy
from callcenter.app.registry import RegistryRoom, furnish_registry, open_book
from callcenter.app.rosters import RosterRoom, furnish_rosters
from callcenter.app.speech import Speech as Speech
from callcenter.app.speech import read_speech as read_speech
from callcenter.app.supervising import SupervisionRoom, furnish_supervision
from callcenter.app.transfers import TransferRoom, furnish_transfers
from callcenter.app.waiting import WaitingRoom, furnish_waiting
from callcenter.callbacks.service import Callbacks
from callcenter.callbacks.survey import Survey
from callcenter.callbacks.telephony import AsteriskTelephony
from callcenter.calls.ledger import Ledger, open_ledger
from callcenter.calls.reading import CallsReading
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import Misconfigured
from callcenter.core.folders import require_folder
from callcenter.documents.printer import Printer
from callcenter.knowledge.service import Knowledge
from callcenter.media.messages import VoiceMail
from callcenter.orders.service import Orders, open_orders
from callcenter.pbx.link import AmiLink
from callcenter.people.sealing import open_vault
from callcenter.people.service import People, open_people
from callcenter.people.vault import Vault
from callcenter.resources import IVR
from callcenter.seats.service import Seats
from callcenter.seats.telephony import AmiTelephony
from callcenter.settings import Settings
from callcenter.store.pool import Pool, open_pool
from callcenter.store.revision import NEWER, head, steps
from callcenter.transfers.registry_book import RegistryBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What routes and duties are made from."""

    settings: Settings
    clock: Clock
    bus: Bus
    pool: Pool
    people: People
    vault: Vault
    privacy: PrivacyRoom
    link: AmiLink
    ledger: Ledger
    calls: CallsReading
    telephone: CallsRoom
    orders: Orders
    seats: Seats
    callbacks: Callbacks
    numbers: Numbers
    outbound: OutboundRoom
    clocks: ClocksRoom
    outbox: OutboxRoom
    printer: Printer
    registry: RegistryRoom
    supervision: SupervisionRoom
    transfers: TransferRoom
    waiting: WaitingRoom
    rosters: RosterRoom
    flows: FlowRoom
    files: FilesRoom
    dispatching: DispatchingRoom
    oversight: OversightRoom
    knowledge: Knowledge
    handling: HandlingRoom
    channels: ChannelsRoom
    fieldwork: FieldworkRoom
    matters: MattersRoom


async def require_schema(pool: Pool) -> None:
    """Raises Misconfigured when the database is not the one this program was written for."""
    try:
        there = await pool.fetchval("select version_num from alembic_version")
    except asyncpg.UndefinedTableError:
        there = None
    if there != head():
        older = there is None or there in steps()
        raise Misconfigured(
            cause=f"the database schema is {there or 'empty'}, this program needs {head()}",
            remedy="run callcenter migrate" if older else NEWER,
        )


@asynccontextmanager
async def open_rooms(settings: Settings, clock: Clock) -> AsyncIterator[Rooms]:
    """Raises Misconfigured or Unavailable, naming cause and remedy, before anything is served."""
    speech = read_speech(settings)
    bus = Bus()
    async with open_pool(settings.store) as pool, open_people(pool, clock, settings.people) as people:
        await require_schema(pool)
        vault = await open_vault(pool, settings.privacy, clock)
        file = settings.flows.hotlines or IVR / "hotlines.yaml"
        book = await open_book(pool, clock, people.audit, file, speech.registry, lambda: read_speech(settings).registry)
        async with open_ledger(pool, bus, clock, settings.calls, book.names, vault) as ledger:
            yield await _furnish(settings, clock, bus, pool, people, ledger, speech, book, vault)


async def _furnish(
    settings: Settings,
    clock: Clock,
    bus: Bus,
    pool: Pool,
    people: People,
    ledger: Ledger,
    speech: Speech,
    hotlines: RegistryBook,
    vault: Vault,
) -> Rooms:
    require_folder(settings.media.folder, "HOTLINE_MEDIA__FOLDER")
    link = AmiLink(settings.ami, clock)
    calls = CallsReading(pool, people.audit, vault)
    outbox = open_outbox(settings, clock)
    orders = await open_orders(
        pool, clock=clock, bus=bus, config=settings.orders, city=settings.city, audit=people.audit, vault=vault
    )
    numbers = open_numbers(settings.numbers, pool, bus, clock, people.audit, calls, lambda: hotlines.current, vault)
    callbacks = Callbacks(
        pool=pool,
        bus=bus,
        clock=clock,
        config=settings.callbacks,
        city=settings.city,
        telephony=AsteriskTelephony(link),
        ledger=ledger,
        orders=orders,
        gate=numbers.gate,
        vault=vault,
    )
    seats = Seats(
        pool,
        AmiTelephony(link),
        calls,
        orders,
        settings.seats,
        clock,
        bus,
        audit=people.audit,
        queues=speech.queues.names,
        vault=vault,
        notes=HouseNotes(pool, numbers.callers, vault),
    )
    waiting = furnish_waiting(
        settings.waiting,
        pool=pool,
        bus=bus,
        clock=clock,
        audit=people.audit,
        link=link,
        ledger=ledger,
        gate=numbers.gate,
        seats=seats,
        queues=speech.queues,
        vault=vault,
        public_number=speech.registry.main.number,
    )
    rosters = furnish_rosters(pool, speech.queues, clock, people.audit, settings.city)
    files = furnish_files(settings.files, pool=pool, clock=clock, audit=people.audit, orders=orders.room)
    knowledge = Knowledge(pool, clock, people.audit)
    clocks = furnish_clocks(pool, orders, outbox, clock)
    channels = furnish_channels(
        settings.channels,
        pool=pool,
        clock=clock,
        bus=bus,
        people=people,
        orders=orders,
        upper=clocks.clocks.upper,
        area_code=settings.numbers.area_code,
        files=settings.files,
    )
    dispatching = furnish_dispatching(
        settings.dispatching, pool=pool, clock=clock, bus=bus, orders=orders, outbox=outbox, audit=people.audit
    )
    return Rooms(
        settings=settings,
        clock=clock,
        bus=bus,
        pool=pool,
        people=people,
        vault=vault,
        privacy=furnish_privacy(settings, clock, people, orders),
        link=link,
        ledger=ledger,
        calls=calls,
        telephone=furnish_calls(pool, bus, clock, people.audit, ledger, calls, vault),
        orders=orders,
        seats=seats,
        callbacks=callbacks,
        numbers=numbers,
        clocks=clocks,
        outbox=furnish_outbox(settings, outbox, pool=pool, clock=clock, audit=people.audit, vault=orders.room.vault),
        printer=Printer(settings.documents.face, settings.documents.issuer),
        outbound=open_outbound(
            settings.outbound,
            pool=pool,
            bus=bus,
            clock=clock,
            audit=people.audit,
            gate=numbers.gate,
            ledger=ledger,
            link=link,
            calls=calls,
            mail=VoiceMail(pool, settings.media, clock, people.audit, vault, link.pbx),
            orders=orders,
            seats=seats,
        ),
        registry=furnish_registry(
            settings,
            hotlines,
            pool=pool,
            bus=bus,
            clock=clock,
            audit=people.audit,
            link=link,
            ledger=ledger,
            gate=numbers.gate,
            vault=vault,
        ),
        supervision=furnish_supervision(
            settings,
            pool=pool,
            bus=bus,
            clock=clock,
            people=people,
            link=link,
            ledger=ledger,
            public_number=speech.registry.main.number,
            vault=vault,
        ),
        transfers=await furnish_transfers(
            settings,
            pool=pool,
            bus=bus,
            clock=clock,
            people=people,
            link=link,
            ledger=ledger,
            orders=orders,
            seats=seats,
            experts=rosters.experts,
            gate=numbers.gate,
            registry=lambda: hotlines.current,
            sounds=settings.flows.sounds,
            vault=vault,
        ),
        waiting=waiting,
        rosters=rosters,
        flows=await furnish_flows(
            settings,
            speech,
            pool=pool,
            clock=clock,
            audit=people.audit,
            pbx=link.pbx,
            sink=Sinks([ledger, Survey(pool, bus)]),
            orders=orders,
            callers=numbers.callers,
            gate=numbers.gate,
            registry=lambda: hotlines.current,
            queues=waiting.waits,
            callbacks=waiting.places,
            last_agent=waiting.last_agent,
        ),
        files=files,
        dispatching=dispatching,
        oversight=furnish_oversight(
            settings.oversight,
            pool=pool,
            clock=clock,
            orders=orders,
            outbox=outbox,
            audit=people.audit,
            duties=dispatching.duties,
            knowledge=knowledge,
            city=settings.city,
            labels=settings.privacy.slot_labels,
        ),
        knowledge=knowledge,
        handling=furnish_handling(
            settings.handling,
            settings.callbacks,
            pool=pool,
            clock=clock,
            orders=orders,
            outbox=outbox,
            files=files.files,
            templates=knowledge,
            city=settings.city,
        ),
        channels=channels,
        fieldwork=furnish_fieldwork(
            settings.fieldwork,
            pool=pool,
            clock=clock,
            orders=orders,
            outbox=outbox,
            audit=people.audit,
            taking=channels.taking,
            pictures=files.pictures,
            files=settings.files,
        ),
        matters=furnish_matters(settings.matters, pool=pool, clock=clock, bus=bus, orders=orders, outbox=outbox),
    )
