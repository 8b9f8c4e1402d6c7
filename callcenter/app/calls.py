"""The ledger's part of the house beside the ledger itself: missed calls and key figures."""

from dataclasses import dataclass

from callcenter.calls.figures import FiguresReading
from callcenter.calls.ledger import Ledger
from callcenter.calls.missed import MissedCalls
from callcenter.calls.missed_watch import MissedWatch
from callcenter.calls.reading import CallsReading
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool
from callcenter.web.calls import calls_routes, figures_routes
from callcenter.web.missed import missed_routes
from callcenter.web.route import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsRoom:
    """`watch` is a duty of the instance that runs the ledger."""

    reading: CallsReading
    figures: FiguresReading
    missed: MissedCalls
    watch: MissedWatch
    clock: Clock

    def routes(self) -> list[Route]:
        return [
            *calls_routes(self.reading),
            *figures_routes(self.figures, self.clock),
            *missed_routes(self.missed),
        ]


def furnish_calls(
    pool: Pool, bus: Bus, clock: Clock, audit: Audit, ledger: Ledger, reading: CallsReading, vault: Vault
) -> CallsRoom:
    return CallsRoom(
        reading=reading,
        figures=FiguresReading(pool),
        missed=MissedCalls(pool, audit, clock, bus, vault),
        watch=MissedWatch(pool, ledger, clock, bus),
        clock=clock,
    )
