"""The hotline registry's part of the house: book, merges, test calls, drills, cases of other platforms."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from callcenter.calls.ledger import Ledger
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.numbers.gate import Gate
from callcenter.pbx.link import AmiLink
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.settings import Settings
from callcenter.store.notify import open_listener
from callcenter.store.pool import Pool
from callcenter.transfers.hotline_merge import Merges
from callcenter.transfers.hotline_reading import HotlineReading
from callcenter.transfers.inbound_cases import LinkCases
from callcenter.transfers.inbound_watch import InboundWatch
from callcenter.transfers.probe_asking import CHANNEL, Probes
from callcenter.transfers.probe_rounds import Prober
from callcenter.transfers.probe_telephony import AsteriskProbes
from callcenter.transfers.registry import Registry
from callcenter.transfers.registry_book import RegistryBook, digest_of
from callcenter.web.hotlines import hotline_routes
from callcenter.web.route import Route


async def open_book(
    pool: Pool, clock: Clock, audit: Audit, file: Path, registry: Registry, read: Callable[[], Registry]
) -> RegistryBook:
    """`registry` is what was read at the start, `read` reads it again with all checks. The differences from what was
    taken up last are stored."""
    book = RegistryBook(pool, clock, audit, lambda: (read(), digest_of(file)), (registry, digest_of(file)))
    await book.take_up(None)
    return book


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRoom:
    book: RegistryBook
    reading: HotlineReading
    merges: Merges
    probes: Probes
    cases: LinkCases
    watch: InboundWatch
    prober: Prober
    url: str

    def routes(self) -> list[Route]:
        return hotline_routes(self.book, self.reading, self.merges, self.probes, self.cases)

    async def ring(self) -> None:
        """The PBX owner's duty: test calls and drills."""
        async with open_listener(self.url, CHANNEL) as asked:
            await self.prober.run(asked)


def furnish_registry(
    settings: Settings,
    book: RegistryBook,
    *,
    pool: Pool,
    bus: Bus,
    clock: Clock,
    audit: Audit,
    link: AmiLink,
    ledger: Ledger,
    gate: Gate,
    vault: Vault,
) -> RegistryRoom:
    config, city = settings.registry, settings.city
    cases = LinkCases(pool, bus, clock, audit, book, config, vault, settings.numbers.area_code)
    return RegistryRoom(
        book=book,
        reading=HotlineReading(pool, clock, book, city),
        merges=Merges(pool, clock, audit, book, city),
        probes=Probes(pool, clock, audit, book, city),
        cases=cases,
        watch=InboundWatch(pool, bus, book, cases),
        prober=Prober(
            pool=pool,
            bus=bus,
            clock=clock,
            config=config,
            city=city,
            book=book,
            telephony=AsteriskProbes(link),
            ledger=ledger,
            gate=gate,
        ),
        url=settings.store.url.get_secret_value(),
    )
