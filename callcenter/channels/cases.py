"""Cases of 110, 119, 120, 122 … become orders with one press (JC-15, B-02): their case number stays on both sides."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from callcenter.channels.incoming import Incoming
from callcenter.channels.kinds import Channel
from callcenter.channels.refusals import NoSuchCase
from callcenter.channels.taking import SQL, Taking
from callcenter.core.clock import Clock
from callcenter.core.ids import CallId, OrderId
from callcenter.orders.terms import RequestType, Urgency
from callcenter.people.actor import Actor, Role
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool


class CasePressed(BaseModel):
    """What the agent adds to the case's own summary; all may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content: str = Field(default="", max_length=8000, description="补充内容 / What is added to their summary")
    address: str = Field(default="", max_length=300, description="地址 / Place")
    request_type: RequestType = Field(default=RequestType.HELP, description="诉求类型 / Type of request")
    urgency: Urgency = Field(default=Urgency.NORMAL, description="紧急程度 / Urgency")


class CaseOrder(BaseModel):
    model_config = ConfigDict(frozen=True)

    case_id: UUID
    order_id: UUID
    number: str
    link: str
    external: str
    received_at: datetime


class Cases:
    """The number that the case came with stands in `upper_ref`; the platform asks with `<line>:<case>` on the channel
    `emergency`, and hears of each move by its webhook."""

    def __init__(self, pool: Pool, taking: Taking, clock: Clock, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault
        self._taking = taking
        self._clock = clock

    async def press(self, actor: Actor, case: UUID, pressed: CasePressed) -> CaseOrder:
        """Pressed twice it is one order. Raises Forbidden, NoSuchCase, IncompleteOrder."""
        actor.require(Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)
        row = await SQL.case_to_press(self._pool, id=case)
        if row is None:
            raise NoSuchCase
        external = f"{row['link']}:{row['external']}"[:80]
        found = await SQL.order_of_external(self._pool, channel=Channel.EMERGENCY.value, external_id=external)
        if found is None:
            told = "\n".join(part for part in (row["summary"].strip(), pressed.content.strip()) if part)
            incoming = Incoming(
                external_id=external,
                content=told or f"{row['link']} 转入，编号 {row['external']}",
                request_type=pressed.request_type,
                urgency=pressed.urgency,
                address=pressed.address,
                caller_number=self._vault.open(row["caller_number"]),
                upper_ref=row["external"],
                source_hotline=row["link"],
                tags=("紧急热线转入",),
            )
            call = CallId(row["call_id"]) if row["call_id"] else None
            await self._taking.take_in(actor, Channel.EMERGENCY, incoming, centre=actor.org_id, call=call)
            found = await SQL.order_of_external(self._pool, channel=Channel.EMERGENCY.value, external_id=external)
        order = OrderId(found["id"])
        await SQL.note_case_order(
            self._pool,
            case_id=case,
            order_id=order,
            link=row["link"],
            external=row["external"],
            pressed_by=actor.user_id,
            at=self._clock.now(),
        )
        return CaseOrder(
            case_id=case,
            order_id=order,
            number=found["number"],
            link=row["link"],
            external=row["external"],
            received_at=found["created_at"],
        )
