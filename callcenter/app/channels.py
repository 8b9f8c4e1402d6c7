"""Intake from every side and Open311, put together."""

from dataclasses import dataclass

from callcenter.app.owner import Duty
from callcenter.channels.accounts import Accounts
from callcenter.channels.ahead import Ahead
from callcenter.channels.cases import Cases
from callcenter.channels.config import ChannelsConfig
from callcenter.channels.geo_client import GeoClient
from callcenter.channels.geo_server import GeoServer
from callcenter.channels.importing import Imports
from callcenter.channels.limits import Limit
from callcenter.channels.public_pictures import PublicPictures
from callcenter.channels.seasons import Seasons
from callcenter.channels.service_items import Directory
from callcenter.channels.taking import Taking
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.files.config import FilesConfig
from callcenter.orders.service import Orders
from callcenter.orders.upper_dues import UpperDues
from callcenter.people.service import People
from callcenter.store.pool import Pool
from callcenter.web.channel_imports import import_routes
from callcenter.web.channels import channel_routes
from callcenter.web.config import WebConfig
from callcenter.web.guard import Doorkeeper
from callcenter.web.open311 import Limits, open311_routes
from callcenter.web.route import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsRoom:
    pool: Pool
    orders: Orders
    clock: Clock
    bus: Bus
    config: ChannelsConfig
    taking: Taking
    accounts: Accounts
    ahead: Ahead
    cases: Cases
    imports: Imports
    server: GeoServer
    client: GeoClient
    directory: Directory

    def routes(self, people: Doorkeeper, web: WebConfig) -> list[Route]:
        return [
            *channel_routes(
                self.pool,
                self.orders,
                self.taking,
                self.accounts,
                self.ahead,
                self.cases,
                self.client,
                self.directory,
            ),
            *import_routes(self.imports),
            *open311_routes(self.server, people, self.limits(), web),
        ]

    def limits(self) -> Limits:
        vault = self.orders.room.vault
        return Limits(
            reads=Limit(self.pool, self.clock, vault, "open311-reads", self.config.public_reads),
            posts=Limit(self.pool, self.clock, vault, "open311-posts", self.config.public_posts),
        )

    def duties(self) -> list[Duty]:
        """What every instance does."""
        seasons = Seasons(self.pool, self.orders, self.bus, self.clock, self.config)
        return [self.imports.run, seasons.run]


def furnish_channels(
    config: ChannelsConfig,
    *,
    pool: Pool,
    clock: Clock,
    bus: Bus,
    people: People,
    orders: Orders,
    upper: UpperDues,
    area_code: str,
    files: FilesConfig,
) -> ChannelsRoom:
    taking = Taking(pool, orders, clock, config, upper, area_code)
    return ChannelsRoom(
        pool=pool,
        orders=orders,
        clock=clock,
        bus=bus,
        config=config,
        taking=taking,
        accounts=Accounts(pool, clock, people.audit),
        ahead=Ahead(pool, orders, taking, clock),
        cases=Cases(pool, taking, clock, orders.room.vault),
        imports=Imports(pool, orders, taking, clock, people.audit),
        server=GeoServer(
            pool, orders, taking, clock, config, people.audit, PublicPictures(pool, clock, orders.room.vault, files)
        ),
        client=GeoClient(pool, orders, clock, config),
        directory=Directory(config),
    )
