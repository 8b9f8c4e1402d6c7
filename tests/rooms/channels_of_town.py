"""The rooms of intake and matters over the town of orders, and a machine that is bound to channels."""

from dataclasses import dataclass
from typing import Any

from callcenter.app.channels import ChannelsRoom, furnish_channels
from callcenter.app.matters import MattersRoom, furnish_matters
from callcenter.channels.config import ChannelsConfig
from callcenter.channels.incoming import Incoming
from callcenter.channels.kinds import Channel
from callcenter.core.ids import OrderId, UserId, new_id
from callcenter.files.config import FilesConfig
from callcenter.matters.config import MattersConfig
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.upper_dues import UpperDues
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.model import NewToken
from callcenter.people.service import People
from callcenter.people.tokens import Tokens
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import ORGS, Town, build_town


@dataclass(frozen=True, slots=True)
class Intake:
    town: Town
    channels: ChannelsRoom
    matters: MattersRoom
    machine: Actor

    async def row(self, order: OrderId) -> Any:
        return await self.town.orders.row_of(order)

    async def of(self, channel: Channel, external: str) -> Any:
        found = await self.town.pool.fetchval(
            "select id from work_order where channel = $1 and external_id = $2", channel.value, external
        )
        return await self.row(OrderId(found))

    async def events(self, order: OrderId) -> list[str]:
        rows = await self.town.pool.fetch("select move from order_event where order_id = $1 order by seq", order)
        return [row["move"] for row in rows]


async def add_user(town: Town, username: str, org: str, *roles: Role) -> Actor:
    user = UserId(new_id())
    await town.pool.execute(
        "insert into app_user (id, username, name, org_id, roles, password_hash, created_at) "
        "values ($1, $2, $2, $3, $4, '', now())",
        user,
        username,
        town.orgs[org],
        [role.value for role in roles],
    )
    return Actor(
        user_id=user,
        username=username,
        name=username,
        roles=frozenset(roles),
        org_id=town.orgs[org],
        org_path=ORGS[org][3],
    )


class _Auditing:
    """What `furnish_channels` asks of the people room."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit


async def build_intake(
    pool: Pool, config: ChannelsConfig | None = None, *bound: Channel, files: FilesConfig | None = None
) -> Intake:
    town = await build_town(pool)
    people: Any = _Auditing(Audit(town.clock))
    channels = furnish_channels(
        config or ChannelsConfig(),
        pool=pool,
        clock=town.clock,
        bus=town.bus,
        people=people,
        orders=town.orders,
        upper=UpperDues(town.orders, ClockStore(pool), Outbox(town.clock)),
        area_code="021",
        files=files or FilesConfig(),
    )
    matters = furnish_matters(
        MattersConfig(), pool=pool, clock=town.clock, bus=town.bus, orders=town.orders, outbox=Outbox(town.clock)
    )
    machine = await add_user(town, "machine", "city", Role.SERVICE)
    admin = await add_user(town, "root", "city", Role.ADMIN)
    for channel in bound or tuple(Channel):
        await channels.accounts.bind(admin, machine.user_id, channel, town.orgs["street"], deferred=False)
    return Intake(town, channels, matters, machine)


async def key_of(intake: Intake, clock_ahead: Any) -> str:
    """An API key of the machine."""
    tokens = Tokens(intake.town.pool, intake.town.clock, Audit(intake.town.clock))
    new = NewToken(user_id=intake.machine.user_id, name="client", expires_at=intake.town.clock.now() + clock_ahead)
    return (await tokens.issue(new, by=None)).secret


def told(external: str, **fields: Any) -> Incoming:
    given = {
        "external_id": external,
        "content": "云堰街道桐影路88号高层水压不足，六楼以上早晚无水",
        "address": "云堰街道桐影路88号",
        "caller_number": "13800000001",
        "category": "公用事业",
        "request_type": "complaint",
    }
    return Incoming.model_validate(given | fields)


__all__ = ["Intake", "People", "add_user", "build_intake", "key_of", "told"]
