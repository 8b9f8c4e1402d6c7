"""The real gate over a test's database, with the rules that the house ships."""

from collections.abc import Mapping

from callcenter.core.bus import Bus
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.gate import Gate, Purpose, ShortCodes
from callcenter.numbers.rules import DialRules, Limits
from callcenter.numbers.rules_file import read_rules
from callcenter.resources import IVR
from callcenter.store.pool import Pool
from tests.vaults import VAULT

CODES = ShortCodes(emergency=frozenset({"110", "119", "120", "122"}), hotlines=frozenset({"12345", "12366", "12329"}))


def shipped_rules(limits: Mapping[Purpose, Limits] | None = None) -> DialRules:
    """With other limits where given, and none elsewhere; None keeps them as shipped."""
    rules = read_rules(IVR / "dialling.yaml")
    if limits is None:
        return rules
    purposes = {
        purpose: one.model_copy(update={"limits": limits.get(purpose, Limits())})
        for purpose, one in rules.purposes.items()
    }
    return rules.model_copy(update={"purposes": purposes})


def open_gate(pool: Pool, bus: Bus, limits: Mapping[Purpose, Limits] | None = None, area_code: str = "021") -> Gate:
    return Gate(pool, bus, NumbersConfig(area_code=area_code), shipped_rules(limits), lambda: CODES, VAULT)
