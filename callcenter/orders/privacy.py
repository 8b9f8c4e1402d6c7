"""How much of the caller each reader sees, and who may reveal the rest for which purpose (B-29: the minimum). Pure.

Confidential and 举报 orders are guarded: units see the demand and the place, and reach the citizen through the centre;
only whoever took the call sees the caller, everybody else must reveal with a purpose. A guest (物业, 居委, an
enterprise: often the party complained about) never sees a caller, and no guarded order at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

from callcenter.core.phone import Number
from callcenter.orders.row import Row
from callcenter.orders.standing import Standing, standing_of
from callcenter.orders.terms import RequestType
from callcenter.people.actor import Actor, Role

_CENTRE_ROLES: Final = frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR, Role.SERVICE})
_UNIT_ROLES: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})


class Sight(Enum):
    WHOLE = auto()  # centre staff and whoever took the call
    CONTACT = auto()  # the unit that must ring the citizen: surname and number
    NOTHING = auto()  # everybody else: last four digits, of a guarded order not even these


@dataclass(frozen=True, slots=True)
class CallerSeen:
    name: str
    number: str


def guarded(row: Row) -> bool:
    """Of a row of work_order: 保密 or 举报."""
    return bool(row["confidential"]) or row["request_type"] == RequestType.REPORT


def is_guest(actor: Actor) -> bool:
    """Somebody from outside, whatever else the account may do."""
    return Role.GUEST in actor.roles


def sight_of(order: Standing, actor: Actor, *, confidential: bool) -> Sight:
    if is_guest(actor):
        return Sight.NOTHING
    closed = confidential or order.request_type is RequestType.REPORT
    if actor.org_id == order.owner_org_id and actor.user_id != order.created_by and actor.may(*_UNIT_ROLES):
        return Sight.NOTHING if closed else Sight.CONTACT
    if actor.user_id == order.created_by or (actor.may(*_CENTRE_ROLES) and not closed):
        return Sight.WHOLE
    return Sight.NOTHING


def hides_numbers(row: Row, actor: Actor) -> bool:
    """Whether the reader of a row of work_order gets its free texts without numbers (`core.covering`)."""
    return sight_of(standing_of(row), actor, confidential=row["confidential"]) is Sight.NOTHING


def caller_seen(sight: Sight, name: str, number: str, *, confidential: bool) -> CallerSeen:
    """`confidential`: the order is guarded."""
    match sight:
        case Sight.WHOLE:
            return CallerSeen(name, number)
        case Sight.CONTACT:
            return CallerSeen(name[:1] + "*" * len(name[1:]), number)
    return CallerSeen("", "" if confidential else Number(number).masked)


def may_ring(order: Standing, actor: Actor, *, confidential: bool) -> bool:
    """Whether the house may ring the citizen for this actor. Centre staff may for a guarded order too, whose number
    stays hidden: that is the contact through the centre (SG-22)."""
    seen = sight_of(order, actor, confidential=confidential) is not Sight.NOTHING
    return seen or (not is_guest(actor) and not actor.roles.isdisjoint(_CENTRE_ROLES))


class Purpose(StrEnum):
    """Why somebody reveals a caller."""

    CONTACT = "contact"  # 联系诉求人
    VERIFY = "verify"  # 核实身份或办理结果
    SUPERVISE = "supervise"  # 督办、投诉处理
    DISCIPLINE = "discipline"  # 执纪问责
    LAW = "law"  # 依法调取


REVEALS: Final[Mapping[Purpose, frozenset[Role]]] = {
    Purpose.CONTACT: frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR}),
    Purpose.VERIFY: frozenset({Role.REVIEWER, Role.SUPERVISOR}),
    Purpose.SUPERVISE: frozenset({Role.SUPERVISOR}),
    Purpose.DISCIPLINE: frozenset({Role.DISCIPLINE}),
    Purpose.LAW: frozenset({Role.SUPERVISOR}),
}
"""Units, leaders, inspectors, guests and administrators reveal nobody; a role must really be held."""


def may_reveal(actor: Actor, purpose: Purpose) -> bool:
    return not is_guest(actor) and not actor.roles.isdisjoint(REVEALS[purpose])


_NEIGHBOURS: Final = ("邻里", "邻居", "楼上", "楼下", "隔壁", "对门", "同楼", "街坊")
_AGAINST: Final = ("举报", "检举", "揭发", "打击报复", "实名", "匿名")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`zh` and `en` say why; empty when nothing is suggested."""

    confidential: bool
    zh: str = ""
    en: str = ""


def suggest_confidential(request_type: str, category: str, content: str) -> Suggestion:
    """The default that the order form offers (SG-22); the agent decides."""
    if request_type == RequestType.REPORT:
        return Suggestion(True, "举报件应当保密", "reports are kept confidential")
    text = category + content
    for words, zh, en in (
        (_NEIGHBOURS, "涉及邻里矛盾，建议保密", "a dispute among neighbours"),
        (_AGAINST, "涉及举报或担心报复，建议保密", "somebody is denounced, or fears for it"),
    ):
        if any(word in text for word in words):
            return Suggestion(True, zh, en)
    return Suggestion(False)
