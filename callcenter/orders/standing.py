"""What the guards know of an order, and on which side of it somebody stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from callcenter.core.ids import OrgId, UserId
from callcenter.orders.policy import Policy
from callcenter.orders.row import Row
from callcenter.orders.terms import Reasonableness, RequestType, Stage
from callcenter.people.actor import Actor

UPPER_CHANNELS: Final = frozenset({"upper_level", "provincial"})
"""What comes by these is another platform's order, and may be returned to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`heard`: the citizen said resolved and satisfied; `excused`: a recorded reason stands for the citizen's answer.
    `again`: in a later round of handling. `contact_first`, `centre_contacts`: the rule set's policy (A-11).
    `barred_path`: whoever is of this org or below is kept out."""

    stage: Stage
    created_by: UserId
    owner_org_id: OrgId
    owner_org_path: str
    intake_org_path: str
    centre_org_id: OrgId | None = None
    request_type: RequestType = RequestType.COMPLAINT
    handled_by: UserId | None = None
    contacted: bool = False
    replied: bool = False
    has_result: bool = False
    callback_exhausted: bool = False
    heard: bool = False
    excused: bool = False
    supervisions: int = 0
    round_no: int = 1
    again: bool = False
    locked: bool = False
    from_above: bool = False
    assigned: bool = False
    reasonableness: Reasonableness | None = None
    reasonableness_confirmed: bool = False
    contact_first: bool = False
    centre_contacts: bool = False
    barred_path: str = ""


def standing_of(row: Row, policy: Policy | None = None) -> Standing:
    """`row` is one of work_order; without a policy the contact is the unit's."""
    return Standing(
        stage=Stage(row["stage"]),
        created_by=UserId(row["created_by"]),
        owner_org_id=OrgId(row["owner_org_id"]),
        owner_org_path=row["owner_org_path"],
        intake_org_path=row["intake_org_path"],
        centre_org_id=OrgId(row["centre_org_id"]),
        request_type=RequestType(row["request_type"]),
        handled_by=row["handled_by"],
        contacted=row["contacted_at"] is not None,
        replied=bool(row["reply"]),
        has_result=row["result_type"] is not None,
        callback_exhausted=row["callback_exhausted"],
        heard=bool(row["resolved"] and row["satisfied"]),
        excused=bool(row["close_reason"]),
        supervisions=row["supervisions"],
        round_no=row["round_no"],
        again=row["again"],
        locked=row["locked"],
        from_above=bool(row["upper_ref"]) or row["channel"] in UPPER_CHANNELS,
        assigned=row["assigned_by_org_id"] is not None,
        reasonableness=Reasonableness(row["reasonableness"]) if row["reasonableness"] else None,
        reasonableness_confirmed=row["reasonableness_confirmed"],
        contact_first=policy is not None and policy.contact.before_dispatch,
        centre_contacts=policy is not None and policy.contact.tier == "centre",
        barred_path=row["barred_path"],
    )


class Side(Enum):
    """On which side of the desk the actor must stand."""

    CENTRE = auto()  # a centre that sees the order and is not the unit that handles it
    HOLDER = auto()  # the centre that holds the order now, or one above it
    UNIT = auto()  # the unit that holds the order, and no other
    SEEN = auto()  # everybody who sees the order
    TIER = auto()  # whoever owes the first contact: the centre before dispatch, the unit after it


SIDE_NAMES: Final[Mapping[Side, tuple[str, str]]] = {
    Side.CENTRE: ("负责该工单的中心", "a centre in charge of the order"),
    Side.HOLDER: ("持有该工单的中心或其上级", "the centre that holds the order, or one above it"),
    Side.UNIT: ("该工单的承办单位", "the unit that handles the order"),
    Side.SEEN: ("可见该工单的单位", "an organisation that sees the order"),
    Side.TIER: (
        "应先行联系的一方（派单前为中心，派单后为承办单位）",
        "the centre before dispatch, the unit after it",
    ),
}


def is_under(path: str, barred_path: str) -> bool:
    """Whether an org is kept out; nobody is by ''."""
    return bool(barred_path) and path.startswith(barred_path)


def visible(order: Standing, actor: Actor) -> bool:
    """Row-level access: the org that holds the order, the org that took it, or whoever entered it (XY-03); never the
    org that a report is about (SG-22)."""
    if is_under(actor.org_path, order.barred_path):
        return False
    return actor.sees(order.owner_org_path) or actor.sees(order.intake_org_path) or actor.user_id == order.created_by


def at_centre(order: Standing) -> bool:
    """No unit has it: the centre that answers for the order also holds it."""
    return order.owner_org_id == order.centre_org_id


def stands_on(side: Side, order: Standing, actor: Actor) -> bool:
    match side:
        case Side.UNIT:
            return actor.org_id == order.owner_org_id
        case Side.HOLDER:
            return actor.sees(order.owner_org_path)
        case Side.SEEN:
            return visible(order, actor)
        case Side.TIER:
            return stands_on(Side.HOLDER if at_centre(order) else Side.UNIT, order, actor)
    return visible(order, actor) and (actor.org_id != order.owner_org_id or at_centre(order))
