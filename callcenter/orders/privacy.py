"""How much of the caller each reader sees (B-29: the minimum; confidential orders hide the caller from units)."""

from dataclasses import dataclass
from enum import Enum, auto

from callcenter.core.phone import Number
from callcenter.orders.guards import Standing
from callcenter.people.actor import Actor, Role

_CENTRE_ROLES = frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR, Role.SERVICE})
_UNIT_ROLES = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})


class Sight(Enum):
    WHOLE = auto()  # centre staff and whoever took the call
    CONTACT = auto()  # the unit that must ring the citizen: surname and number
    NOTHING = auto()  # everybody else: last four digits


@dataclass(frozen=True, slots=True)
class CallerSeen:
    name: str
    number: str


def sight_of(order: Standing, actor: Actor, *, confidential: bool) -> Sight:
    if actor.org_id == order.owner_org_id and actor.user_id != order.created_by and actor.may(*_UNIT_ROLES):
        return Sight.NOTHING if confidential else Sight.CONTACT
    if actor.user_id == order.created_by or actor.may(*_CENTRE_ROLES):
        return Sight.WHOLE
    return Sight.NOTHING


def caller_seen(sight: Sight, name: str, number: str, *, confidential: bool) -> CallerSeen:
    match sight:
        case Sight.WHOLE:
            return CallerSeen(name, number)
        case Sight.CONTACT:
            return CallerSeen(name[:1] + "*" * len(name[1:]), number)
    return CallerSeen("", "" if confidential else Number(number).masked)
