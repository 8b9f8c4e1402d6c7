"""The waiting room: queues' outlook, kept places, the caller's last agent."""

from dataclasses import dataclass

from callcenter.callbacks.telephony import AsteriskTelephony
from callcenter.calls.ledger import Ledger
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.numbers.gate import Gate
from callcenter.pbx.link import AmiLink
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.seats.queues import QueueBook
from callcenter.seats.service import Seats
from callcenter.store.pool import Pool
from callcenter.waiting.config import WaitingConfig
from callcenter.waiting.keeping import Places
from callcenter.waiting.last_agent import LastAgent
from callcenter.waiting.reading import WaitsReading
from callcenter.waiting.recall import Recall
from callcenter.waiting.store import WaitStore
from callcenter.waiting.telephony import AmiRingBacks
from callcenter.waiting.waits import Waits
from callcenter.web.route import Route
from callcenter.web.waiting import waiting_routes


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRoom:
    """`waits` is hearing, `recall` acting (D5)."""

    waits: Waits
    places: Places
    recall: Recall
    last_agent: LastAgent
    reading: WaitsReading

    def routes(self) -> list[Route]:
        return waiting_routes(self.reading, self.places)


def furnish_waiting(
    config: WaitingConfig,
    *,
    pool: Pool,
    bus: Bus,
    clock: Clock,
    audit: Audit,
    link: AmiLink,
    ledger: Ledger,
    gate: Gate,
    seats: Seats,
    queues: QueueBook,
    vault: Vault,
    public_number: str,
) -> WaitingRoom:
    store = WaitStore(pool)
    waits = Waits(pbx=link.pbx, store=store, seats=seats, config=config, clock=clock, bus=bus)
    places = Places(pool, config, clock, bus, audit, vault)
    recall = Recall(
        places=places,
        waits=waits,
        gate=gate,
        ledger=ledger,
        telephony=AmiRingBacks(link, public_number),
        marks=AsteriskTelephony(link),
        config=config,
        clock=clock,
        bus=bus,
    )
    return WaitingRoom(
        waits=waits,
        places=places,
        recall=recall,
        last_agent=LastAgent(places.store, seats, config, clock),
        reading=WaitsReading(waits, store, queues, clock),
    )
