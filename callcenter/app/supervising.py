"""The supervisors' part of the house: intrusions, the live board, and the hints that keep open boards fresh."""

from dataclasses import dataclass

from callcenter.calls.ledger import Ledger
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.pbx.link import AmiLink
from callcenter.people.service import People
from callcenter.people.vault import Vault
from callcenter.settings import Settings
from callcenter.store.notify import open_listener
from callcenter.store.pool import Pool
from callcenter.supervision.board_reading import BoardReading
from callcenter.supervision.pulse import CHANNEL, BoardPulse
from callcenter.supervision.service import Supervision
from callcenter.supervision.store import SessionStore
from callcenter.supervision.telephony import AsteriskTelephony
from callcenter.web.board import BoardViewers, Desks, board_routes
from callcenter.web.route import Route
from callcenter.web.socket import CHANNEL as DESK
from callcenter.web.supervision import supervision_routes


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionRoom:
    service: Supervision
    board: BoardReading
    pulse: BoardPulse
    clock: Clock
    url: str

    def viewers(self, desks: Desks) -> BoardViewers:
        return BoardViewers(desks, self.board, self.clock)

    def routes(self, viewers: BoardViewers) -> list[Route]:
        return [*supervision_routes(self.service), *board_routes(self.board, viewers)]

    async def keep_fresh(self, viewers: BoardViewers) -> None:
        """Every instance's duty: boards that are open here hear what changes anywhere."""
        async with open_listener(self.url, CHANNEL, DESK) as notices:
            await viewers.run(notices)


def furnish_supervision(
    settings: Settings,
    *,
    pool: Pool,
    bus: Bus,
    clock: Clock,
    people: People,
    link: AmiLink,
    ledger: Ledger,
    public_number: str,
    vault: Vault,
) -> SupervisionRoom:
    """`public_number` is what a supervisor's telephone shows while it rings."""
    config, store = settings.supervision, SessionStore(pool, people.audit)
    telephony = AsteriskTelephony(link, public_number)
    return SupervisionRoom(
        service=Supervision(store, telephony, ledger, people.directory, config, clock, bus),
        board=BoardReading(pool, store, config, clock, vault),
        pulse=BoardPulse(pool, bus),
        clock=clock,
        url=settings.store.url.get_secret_value(),
    )
