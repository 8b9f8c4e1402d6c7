"""The attachments' room, and the order's own rules about who sees what of it."""

from dataclasses import dataclass

from callcenter.channels.public_text import publishable
from callcenter.core.clock import Clock
from callcenter.core.folders import require_folder
from callcenter.core.ids import OrderId
from callcenter.files.config import FilesConfig
from callcenter.files.pictures import Pictures
from callcenter.files.service import Files, OrderSight
from callcenter.files.sweep import sweep_files_regularly
from callcenter.orders.privacy import Sight, sight_of
from callcenter.orders.room import Room, visible_row
from callcenter.orders.standing import standing_of
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.web.files import files_routes
from callcenter.web.route import Route


class SightOfOrders:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def look(self, actor: Actor, order: OrderId) -> bool:
        row = await visible_row(self._room, actor, order)
        return sight_of(standing_of(row), actor, confidential=row["confidential"]) is not Sight.NOTHING

    async def public(self, order: OrderId) -> bool:
        row = await self._room.store.get(order)
        return row is not None and publishable(dict(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesRoom:
    files: Files
    pictures: Pictures
    config: FilesConfig
    pool: Pool
    clock: Clock

    def routes(self) -> list[Route]:
        return files_routes(self.files, self.config)

    async def sweep(self) -> None:
        await sweep_files_regularly(self.pool, self.config, self.clock)


def furnish_files(config: FilesConfig, *, pool: Pool, clock: Clock, audit: Audit, orders: Room) -> FilesRoom:
    """Raises Misconfigured when the folder cannot be written."""
    require_folder(config.folder, "HOTLINE_FILES__FOLDER")
    sight: OrderSight = SightOfOrders(orders)
    return FilesRoom(
        files=Files(pool, config, clock, audit, sight),
        pictures=Pictures(pool, config, clock, audit),
        config=config,
        pool=pool,
        clock=clock,
    )
