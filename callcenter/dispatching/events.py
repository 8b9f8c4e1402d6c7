"""What happens in dispatch and concerns other rooms. Published while the transaction ends; the tables are the truth."""

from dataclasses import dataclass

from callcenter.core.events import Event
from callcenter.core.ids import OrderId, OrgId


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchDisputed(Event):
    """SJ-24, Q1: units disagree on who is in charge. The row is in `dispatch_dispute` until it is settled."""

    order: OrderId
    cause: str
    orgs: tuple[OrgId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperLate(Event):
    """SG-25: a co-handler's own time has passed; the lead's has not by that."""

    order: OrderId
    org: OrgId | None
    task: str
