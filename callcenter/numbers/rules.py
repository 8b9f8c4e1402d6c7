"""Which numbers may be dialled, by whom and for what: the city's rules as data, and the decision as a function.

The ranges of the numbering plan are data too, so that a city can correct them; what no range names is refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from callcenter.core.phone import dial_digits, parse_number
from callcenter.core.written import published
from callcenter.people.actor import Actor, Role


class Purpose(StrEnum):
    """What a number is dialled for."""

    CALLBACK = "callback"  # 回访: the machine rings a citizen for the survey
    CONTACT = "contact"  # 先行联系 and other calls about an order
    MISSED = "missed"  # 漏接回拨
    TRANSFER = "transfer"
    CONSULT = "consult"
    EMERGENCY = "emergency"
    TEST = "test"
    MANUAL = "manual"  # a supervisor's own choice of number


class NumberClass(StrEnum):
    """What a number costs and where it leads. `HOTLINE` and `EMERGENCY` are short codes of the registry."""

    EMERGENCY = "emergency"
    HOTLINE = "hotline"
    MOBILE = "mobile"
    LANDLINE = "landline"
    TOLL_FREE = "toll-free"
    SHARED_COST = "shared-cost"
    SERVICE = "service"
    PREMIUM = "premium"
    SATELLITE = "satellite"
    MACHINE = "machine"
    SHORT_CODE = "short-code"
    INTERNATIONAL = "international"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a number was not dialled: the only label that the metric carries."""

    WITHHELD = "withheld"
    ROLE = "role"
    NOT_FOR_PURPOSE = "not-for-purpose"
    PREFIX = "prefix"
    SERVICE = "service"
    PREMIUM = "premium"
    SATELLITE = "satellite"
    MACHINE = "machine"
    SHORT_CODE = "short-code"
    INTERNATIONAL = "international"
    UNKNOWN = "unknown"
    ACTOR_LIMIT = "actor-limit"
    NUMBER_LIMIT = "number-limit"
    PURPOSE_LIMIT = "purpose-limit"
    TOLL = "toll"
    """Dialled by hand on a telephone, or a stranger's attempt to dial through us (from the dialplan)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """`number` is the digits for the dialplan, `group` the trunk group; the full number is never shown."""

    number: str
    group: str
    caller_id: str

    def __repr__(self) -> str:
        return f"Allowed(group={self.group})"


Prefix = Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]
Digits = Annotated[str, Field(pattern=r"^[0-9]{2,20}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Range(_Part):
    """Numbers as dialled inside the country, by a regular expression that all their digits match."""

    kind: NumberClass
    pattern: str = Field(min_length=1, max_length=200)
    note: str = Field(default="", description="What it is, and where that is known from.")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return pattern


class Limit(_Part):
    """At most `times` in each window of `within`, counted by all instances together."""

    times: int = Field(ge=1, le=1_000_000)
    within: timedelta = Field(ge=timedelta(seconds=1), le=timedelta(days=31))


class Limits(_Part):
    actor: Limit | None = Field(default=None, description="Of one person, for the purpose.")
    number: Limit | None = Field(default=None, description="To one number, for the purpose.")
    purpose: Limit | None = Field(default=None, description="Of everybody together, for the purpose.")


class Grant(_Part):
    """Who may dial what. `machine` is the server itself; a system administrator holds every role."""

    roles: tuple[Role, ...] = ()
    machine: bool = False
    kinds: tuple[NumberClass, ...] = Field(min_length=1)
    prefixes: tuple[Prefix, ...] = Field(default=(), description="Only numbers that begin so; empty: all of the kinds.")
    countries: tuple[Prefix, ...] = Field(default=(), description="Country codes, for the kind international.")

    @model_validator(mode="after")
    def _abroad_is_named(self) -> Self:
        if (NumberClass.INTERNATIONAL in self.kinds) != bool(self.countries):
            raise ValueError("a grant for international numbers names its countries, and no other grant does")
        return self

    def includes(self, actor: Actor | None) -> bool:
        return self.machine if actor is None else actor.may(*self.roles)

    def covers(self, kind: NumberClass, digits: str) -> bool:
        """`kind` is one of its kinds."""
        if kind is NumberClass.INTERNATIONAL:
            return any(digits.startswith(f"00{country}") for country in self.countries)
        return not self.prefixes or digits.startswith(self.prefixes)


class PurposeRules(_Part):
    caller_id: Digits = Field(description="The number that the called party sees.")
    group: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")] = "public"
    grants: tuple[Grant, ...] = Field(min_length=1)
    limits: Limits = Limits()


class DialRules(_Part):
    """`ivr/dialling.yaml`: what the gate lets through. A purpose that has no rules is never dialled for."""

    version: int = Field(ge=1)
    ranges: tuple[Range, ...] = Field(min_length=1, description="In order: the first that fits decides.")
    purposes: dict[Purpose, PurposeRules]


REFUSED_KINDS: Final = {
    NumberClass.SERVICE: Reason.SERVICE,
    NumberClass.PREMIUM: Reason.PREMIUM,
    NumberClass.SATELLITE: Reason.SATELLITE,
    NumberClass.MACHINE: Reason.MACHINE,
    NumberClass.SHORT_CODE: Reason.SHORT_CODE,
    NumberClass.INTERNATIONAL: Reason.INTERNATIONAL,
    NumberClass.UNKNOWN: Reason.UNKNOWN,
}
"""The reason told for a kind that no grant of the purpose covers; any other kind is `not-for-purpose`."""


@dataclass(frozen=True, slots=True)
class ShortCodes:
    """The registry's numbers: `emergency` may always be reached, `hotlines` are the city's own and its partners'."""

    emergency: frozenset[str]
    hotlines: frozenset[str]


def kind_of(digits: str, ranges: Sequence[Range], codes: ShortCodes) -> NumberClass:
    """Of the digits that a trunk would be given."""
    if digits in codes.emergency:
        return NumberClass.EMERGENCY
    if digits in codes.hotlines:
        return NumberClass.HOTLINE
    if digits.startswith("00"):
        return NumberClass.INTERNATIONAL
    for one in ranges:
        if re.fullmatch(one.pattern, digits):
            return one.kind
    return NumberClass.UNKNOWN if len(digits) > 6 else NumberClass.SHORT_CODE


def decide(
    rules: DialRules, codes: ShortCodes, actor: Actor | None, purpose: Purpose, number: str, area_code: str
) -> tuple[Allowed, NumberClass] | Reason:
    """Without the limits, which only the database knows. `number` in any form; `area_code` is the city's own."""
    listed = number in codes.emergency or number in codes.hotlines  # the registry's numbers are dialled as they stand
    digits = number if listed else dial_digits(parse_number(number, area_code))
    if not digits:
        return Reason.WITHHELD
    wanted = rules.purposes.get(purpose)
    kind = kind_of(digits, rules.ranges, codes)
    if wanted is None:
        return Reason.NOT_FOR_PURPOSE
    allowed = Allowed(number=digits, group=wanted.group, caller_id=wanted.caller_id)
    if purpose is Purpose.EMERGENCY and kind is NumberClass.EMERGENCY:
        return allowed, kind
    covering = [grant for grant in wanted.grants if kind in grant.kinds]
    if not covering:
        return REFUSED_KINDS.get(kind, Reason.NOT_FOR_PURPOSE)
    covering = [grant for grant in covering if grant.covers(kind, digits)]
    if not covering:
        return Reason.INTERNATIONAL if kind is NumberClass.INTERNATIONAL else Reason.PREFIX
    return (allowed, kind) if any(grant.includes(actor) for grant in covering) else Reason.ROLE


def unlimited(purpose: Purpose, kind: NumberClass) -> bool:
    """An emergency number, and a partner hotline that a caller is passed on to, are never held up by a counter, nor
    by a database that is away."""
    return kind is NumberClass.EMERGENCY or (kind is NumberClass.HOTLINE and purpose is Purpose.TRANSFER)


def rules_schema() -> dict[str, Any]:
    """The JSON Schema that is published as `ivr/dialling.schema.json`."""
    return published(DialRules)
