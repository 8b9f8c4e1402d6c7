"""The numbers room: the gate, the lists of callers, and what the composition root gives them."""

from collections.abc import Callable
from dataclasses import dataclass

from callcenter.calls.reading import CallsReading
from callcenter.calls.views import NoSuchCall
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import CallId
from callcenter.numbers.callers import Callers
from callcenter.numbers.care import CareList
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.gate import Gate, ShortCodes
from callcenter.numbers.harassment import HarassmentList
from callcenter.numbers.refusals import Refusals
from callcenter.numbers.rules_file import read_rules
from callcenter.numbers.tolls import Tolls
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.resources import IVR
from callcenter.store.pool import Pool
from callcenter.transfers.registry import Registry
from callcenter.web.numbers import numbers_routes
from callcenter.web.route import Route

HIDDEN = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    gate: Gate
    callers: Callers
    care: CareList
    harassment: HarassmentList
    refusals: Refusals
    tolls: Tolls

    def routes(self) -> list[Route]:
        return numbers_routes(self.callers, self.care, self.harassment, self.refusals)


class LedgerNumbers:
    """The ledger decides who sees the full number of a call, and writes down who did."""

    def __init__(self, calls: CallsReading) -> None:
        self._calls = calls

    async def number_of(self, actor: Actor, call: CallId) -> str:
        number = (await self._calls.detail(actor, call)).call.caller_number
        if HIDDEN in number:
            raise NoSuchCall
        return number


def short_codes(registry: Registry) -> ShortCodes:
    return registry.short_codes()


def open_numbers(
    config: NumbersConfig,
    pool: Pool,
    bus: Bus,
    clock: Clock,
    audit: Audit,
    calls: CallsReading,
    registry: Callable[[], Registry],
    vault: Vault,
) -> Numbers:
    """`registry` gives it as it is now. Raises Misconfigured when the rules cannot be read."""
    rules, seen = read_rules(config.rules or IVR / "dialling.yaml"), LedgerNumbers(calls)
    return Numbers(
        gate=Gate(pool, bus, config, rules, lambda: short_codes(registry()), vault),
        callers=Callers(pool, clock, config, seen, vault),
        care=CareList(pool, clock, config, audit, seen, vault),
        harassment=HarassmentList(pool, clock, config, audit, seen, vault),
        refusals=Refusals(pool),
        tolls=Tolls(pool, bus, clock, config),
    )
