"""Who may make a move, and what must be true for it (XY-02, XY-07, XY-08, XY-09; separation of duties)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from callcenter.core import errors
from callcenter.core.ids import OrgId, UserId
from callcenter.orders import lifecycle as life
from callcenter.orders.terms import Solvability, Stage
from callcenter.people.actor import Actor, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the guards need to know of an order."""

    stage: Stage
    created_by: UserId
    owner_org_id: OrgId
    owner_org_path: str
    intake_org_path: str
    handled_by: UserId | None = None
    contacted: bool = False
    replied: bool = False
    callback_exhausted: bool = False


class Side(Enum):
    """On which side of the desk the actor must stand."""

    CENTRE = auto()  # a centre that sees the order and is not the unit that handles it
    HOLDER = auto()  # the centre that holds the order now, or one above it
    UNIT = auto()  # the unit that holds the order, and no other


class WrongRole(errors.Forbidden):
    code = "move-needs-role"
    zh = "您没有“{move_zh}”的权限，需要角色：{roles}"
    en = "you may not {move_en}; it needs one of the roles: {roles}"


class WrongSide(errors.Forbidden):
    code = "move-needs-side"
    zh = "该工单不由您所在单位{move_zh}"
    en = "your organisation is not the one to {move_en} for this order"


class ReplyMissing(errors.Refused):
    code = "reply-missing"
    zh = "须先填写答复内容（XY-02）"
    en = "a reply text is needed first (XY-02)"


class ContactMissing(errors.Refused):
    code = "contact-missing"
    zh = "须先与诉求人先行联系并记录（XY-08）"
    en = "the citizen must be contacted first, and the contact recorded (XY-08)"


class PlanMissing(errors.Refused):
    code = "plan-missing"
    zh = "需协调或暂难解决的事项须附协调记录或工作方案（XY-04）"
    en = "a matter that is not solvable at once needs a coordination record or a work plan (XY-04)"


class ReasonMissing(errors.Refused):
    code = "reason-missing"
    zh = "须填写原因"
    en = "a reason is needed"


class SameReviewer(errors.Refused):
    code = "reviewer-is-handler"
    zh = "审核人不得是该工单的办理人"
    en = "the reviewer must not be the one who handled the order"


class CallbackNotTried(errors.Refused):
    code = "callback-not-exhausted"
    zh = "回访尚未完成，不能说明原因结案（XY-10）"
    en = "the call-back is not finished: the order cannot be closed without the citizen's answer (XY-10)"


CENTRE_STAFF: Final = frozenset({Role.REVIEWER, Role.SUPERVISOR})
UNIT_STAFF: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})
INTAKE_STAFF: Final = frozenset({Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR, Role.SERVICE})

RIGHTS: Final[Mapping[type[life.Move], tuple[frozenset[Role], Side]]] = {
    life.Register: (INTAKE_STAFF, Side.HOLDER),
    life.Answer: (INTAKE_STAFF - {Role.SERVICE}, Side.HOLDER),
    life.Assign: (INTAKE_STAFF, Side.HOLDER),
    life.Dispatch: (frozenset({Role.DISPATCHER, Role.SUPERVISOR}), Side.HOLDER),
    life.Accept: (UNIT_STAFF, Side.UNIT),
    life.TryContact: (UNIT_STAFF, Side.UNIT),
    life.Contact: (UNIT_STAFF, Side.UNIT),
    life.Submit: (UNIT_STAFF, Side.UNIT),
    life.Approve: (CENTRE_STAFF, Side.CENTRE),
    life.SendBack: (CENTRE_STAFF, Side.CENTRE),
    life.Satisfy: (CENTRE_STAFF, Side.CENTRE),
    life.Warn: (CENTRE_STAFF, Side.CENTRE),
    life.CloseUnheard: (CENTRE_STAFF | INTAKE_STAFF, Side.CENTRE),
}
"""A type that is missing here is made by the machine only (`actor` None)."""


def visible(order: Standing, actor: Actor) -> bool:
    """Row-level access: the org that holds the order, the org that took it, or whoever entered it (XY-03)."""
    return actor.sees(order.owner_org_path) or actor.sees(order.intake_org_path) or actor.user_id == order.created_by


def stands_on(side: Side, order: Standing, actor: Actor) -> bool:
    match side:
        case Side.UNIT:
            return actor.org_id == order.owner_org_id
        case Side.HOLDER:
            return actor.sees(order.owner_org_path)
    return visible(order, actor) and (actor.org_id != order.owner_org_id or order.stage is Stage.ANSWERED)


def _check_who(order: Standing, move: type[life.Move], actor: Actor | None) -> None:
    if actor is None:
        return
    if move not in RIGHTS:
        raise WrongRole(move_zh=move.zh, move_en=move.en, roles="-")
    roles, side = RIGHTS[move]
    if not actor.may(*roles):
        raise WrongRole(move_zh=move.zh, move_en=move.en, roles=", ".join(sorted(roles)))
    if not stands_on(side, order, actor):
        raise WrongSide(move_zh=move.zh, move_en=move.en)


def _check_answer(order: Standing, move: life.Move, actor: Actor | None) -> None:
    if isinstance(move, life.Answer) and not move.reply.strip():
        raise ReplyMissing


def _check_submit(order: Standing, move: life.Move, actor: Actor | None) -> None:
    if not isinstance(move, life.Submit):
        return
    if not move.reply.strip():
        raise ReplyMissing
    if not order.contacted:
        raise ContactMissing
    if move.solvability is not Solvability.SOLVABLE and not move.plan.strip():
        raise PlanMissing


def _check_review(order: Standing, move: life.Move, actor: Actor | None) -> None:
    if isinstance(move, life.Approve | life.SendBack) and actor is not None and actor.user_id == order.handled_by:
        raise SameReviewer


def _check_reasons(order: Standing, move: life.Move, actor: Actor | None) -> None:
    match move:
        case life.Dispatch(reason=text) | life.Assign(reason=text) | life.CloseUnheard(reason=text):
            missing = not text.strip()
        case life.SendBack(opinion=text):
            missing = not text.strip()
        case _:
            missing = False
    if missing:
        raise ReasonMissing


def _check_close(order: Standing, move: life.Move, actor: Actor | None) -> None:
    """XY-02: a reply, a contact, and a call-back or a reason for none."""
    if not isinstance(move, life.Satisfy | life.CloseUnheard):
        return
    if not order.replied:
        raise ReplyMissing
    if not order.contacted:
        raise ContactMissing
    if isinstance(move, life.CloseUnheard) and order.stage is Stage.CALLBACK and not order.callback_exhausted:
        raise CallbackNotTried


Guard = Callable[[Standing, life.Move, Actor | None], None]
GUARDS: Final[tuple[Guard, ...]] = (_check_answer, _check_submit, _check_review, _check_reasons, _check_close)


def decide(order: Standing, move: life.Move, actor: Actor | None) -> Stage:
    """The stage after the move; `actor` None is the machine itself. Raises a Forbidden or a Refused."""
    after = life.advance(order.stage, type(move))
    _check_who(order, type(move), actor)
    for guard in GUARDS:
        guard(order, move, actor)
    return after


ACTIONS: Final[Mapping[type[life.Move], str]] = {
    life.Answer: "answer",
    life.Assign: "dispatch",
    life.Dispatch: "dispatch",
    life.Accept: "accept",
    life.TryContact: "contacts",
    life.Contact: "contacts",
    life.Submit: "submit",
    life.Approve: "review",
    life.SendBack: "review",
    life.Satisfy: "callback",
    life.Warn: "callback",
    life.CloseUnheard: "close",
}
"""The last part of the route that makes the move: what a desk shows as buttons."""


def _may_try(order: Standing, move: type[life.Move], actor: Actor) -> bool:
    if move is life.CloseUnheard and not order.callback_exhausted:
        return False
    if ACTIONS[move] == "review" and actor.user_id == order.handled_by:
        return False
    roles, side = RIGHTS[move]
    return actor.may(*roles) and stands_on(side, order, actor)


def open_actions(order: Standing, actor: Actor) -> list[str]:
    """The actions this actor may try now, in table order; what a move must carry is checked when it is made."""
    moves = [move for stage, move in life.NEXT if stage is order.stage and move in ACTIONS]
    return list(dict.fromkeys(ACTIONS[move] for move in moves if _may_try(order, move, actor)))
