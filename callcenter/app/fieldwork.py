"""Field work, put together: what is found enters by the channels' one door."""

from dataclasses import dataclass, replace

from callcenter.channels.incoming import Incoming
from callcenter.channels.kinds import Channel
from callcenter.channels.taking import Taking
from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, OrgId
from callcenter.fieldwork.activities import Activities
from callcenter.fieldwork.config import FieldworkConfig
from callcenter.fieldwork.patrols import Patrols
from callcenter.fieldwork.room import FieldRoom, Found
from callcenter.files.config import FilesConfig
from callcenter.files.pictures import Pictures
from callcenter.orders.service import Orders
from callcenter.orders.terms import RequestType
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.web.fieldwork import fieldwork_routes
from callcenter.web.route import Route


class ProactiveDoor:
    """`Door` over `Taking`. The finder has no right to a centre's intake; for this one act, which the patrol that the
    centre planned allows, it is entered as by the centre's machine: with the finder as whoever entered it, who thereby
    sees the order and can add its pictures."""

    def __init__(self, taking: Taking) -> None:
        self._taking = taking

    async def take_in(self, finder: Actor, centre: OrgId, centre_path: str, found: Found) -> OrderId:
        allowed = replace(finder, roles=frozenset({Role.SERVICE}), org_id=centre, org_path=centre_path)
        incoming = Incoming(
            external_id=f"patrol/{found.id}",
            content=found.content,
            request_type=RequestType.HELP,
            category=found.category,
            address=found.place,
            latitude=found.latitude,
            longitude=found.longitude,
            tags=("主动发现", "巡查"),
        )
        taken = await self._taking.take_in(allowed, Channel.PROACTIVE, incoming, centre=centre)
        return await self._taking.taken_order(Channel.PROACTIVE, taken.external_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldworkRoom:
    patrols: Patrols
    activities: Activities
    pictures: Pictures
    files: FilesConfig

    def routes(self) -> list[Route]:
        return fieldwork_routes(self.patrols, self.activities, self.pictures, self.files)


def furnish_fieldwork(
    config: FieldworkConfig,
    *,
    pool: Pool,
    clock: Clock,
    orders: Orders,
    outbox: Outbox,
    audit: Audit,
    taking: Taking,
    pictures: Pictures,
    files: FilesConfig,
) -> FieldworkRoom:
    room = FieldRoom(
        pool=pool,
        orders=orders,
        clock=clock,
        config=config,
        outbox=outbox,
        audit=audit,
        pictures=pictures,
        door=ProactiveDoor(taking),
    )
    return FieldworkRoom(patrols=Patrols(room), activities=Activities(room), pictures=pictures, files=files)
