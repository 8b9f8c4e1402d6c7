"""The handling room: what is written on orders at work, its gate before each move, and what follows by itself."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from callcenter.callbacks.by_hand import ByHand
from callcenter.callbacks.caring import Caring
from callcenter.callbacks.config import CallbackConfig
from callcenter.callbacks.lexicon import lexicon
from callcenter.callbacks.reading import CallbacksReading
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.documents.printer import Printer
from callcenter.files.service import Files
from callcenter.handling.config import HandlingConfig
from callcenter.handling.following import Following
from callcenter.handling.gate import Gate
from callcenter.handling.room import Room
from callcenter.handling.service import Handling
from callcenter.knowledge.service import Knowledge
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.store.pool import Pool
from callcenter.web.callback_care import care_routes
from callcenter.web.callbacks import callback_routes
from callcenter.web.handling import handling_routes
from callcenter.web.handling_moves import handling_move_routes
from callcenter.web.route import Route

DEFAULTS: Final = HandlingConfig()
MACHINE: Final = CallbackConfig()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingRoom:
    handling: Handling
    by_hand: ByHand
    heard: CallbacksReading
    caring: Caring

    def following(self, bus: Bus) -> Following:
        """One a process."""
        return Following(self.handling.room, bus)

    def routes(self, printer: Printer) -> list[Route]:
        return [
            *handling_routes(self.handling, printer),
            *callback_routes(self.heard, self.by_hand),
            *handling_move_routes(self.handling.room.orders),
            *care_routes(self.caring),
        ]


def furnish_handling(
    config: HandlingConfig = DEFAULTS,
    callbacks: CallbackConfig = MACHINE,
    *,
    pool: Pool,
    clock: Clock,
    orders: Orders,
    outbox: Outbox,
    files: Files,
    templates: Knowledge,
    city: str,
) -> HandlingRoom:
    """`callbacks`: what is left to people."""
    room = Room(
        pool=pool,
        clock=clock,
        orders=orders,
        outbox=outbox,
        files=files,
        templates=templates,
        zone=ZoneInfo(city),
        config=config,
    )
    orders.room.gates.append(Gate(room))
    return HandlingRoom(
        handling=Handling(room),
        by_hand=ByHand(pool, clock, orders),
        heard=CallbacksReading(pool, orders, clock),
        caring=Caring(pool, clock, orders, callbacks.by_person, lexicon()),
    )
