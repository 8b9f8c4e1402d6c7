"""Hears calls arrive and knows those that another platform hands to us."""

from functools import partial

import structlog

from callcenter.calls.events import CallArrived
from callcenter.core.bus import Bus
from callcenter.core.phone import parse_number
from callcenter.store.patience import patiently
from callcenter.store.pool import Pool
from callcenter.transfers.inbound_cases import LinkCases
from callcenter.transfers.inbound_events import LinkCallKnown
from callcenter.transfers.inbound_origins import origin_of
from callcenter.transfers.registry_book import SQL, RegistryBook

log = structlog.get_logger(__name__)


class InboundWatch:
    """Run by the owner of the PBX."""

    def __init__(self, pool: Pool, bus: Bus, book: RegistryBook, cases: LinkCases) -> None:
        self._pool = pool
        self._bus = bus
        self._book = book
        self._cases = cases

    async def run(self) -> None:
        """Until cancelled. A database that is away delays what is known of a call, and loses none of it."""
        with self._bus.subscribe(CallArrived) as heard:
            async for event in heard:
                if isinstance(event, CallArrived) and event.direction == "inbound":
                    await patiently(partial(self.arrived, event))

    async def arrived(self, event: CallArrived) -> None:
        """A waiting case of this caller, or the only one of the platform that rings."""
        origin = origin_of(
            self._book.current.links, caller=event.caller, dialled=event.dialled, area_code=self._cases.area_code
        )
        presented = parse_number(event.caller, self._cases.area_code).key
        async with self._pool.acquire() as connection, connection.transaction():
            case = None
            if presented:
                case = await SQL.take_case_of_caller(
                    connection, keys=self._cases.vault.keys(presented), call_id=event.call, at=event.at
                )
            if case is None and origin is not None:
                case = await SQL.take_only_case(connection, link=origin.link, call_id=event.call, at=event.at)
            if case is None and origin is None:
                return
            link = case["link"] if case is not None else origin.link if origin else ""
            how = origin.how if origin is not None and origin.link == link else "case"
            theirs = origin is not None and origin.how == "caller"
            told = self._cases.vault.open(case["caller_number"]) if case is not None else ""
            citizen = told if theirs else presented
            await self._cases.note(connection, event.call, link, how, citizen, event.at)
        log.info("link_call_known", call=str(event.call), link=link, how=how, with_case=case is not None)
        self._bus.publish(LinkCallKnown(at=event.at, call=event.call, link=link, with_case=case is not None))
