"""What must be true for a move (XY-02, XY-07, XY-08, XY-09; separation of duties), and who may make it."""

from collections.abc import Callable, Mapping
from typing import Final

from callcenter.core import errors
from callcenter.orders import lifecycle as life
from callcenter.orders import refusals as no
from callcenter.orders.records import RECORDS, RecordRule
from callcenter.orders.rights import RIGHTS, WRITTEN, action_of
from callcenter.orders.standing import SIDE_NAMES, at_centre, stands_on
from callcenter.orders.standing import Side as Side
from callcenter.orders.standing import Standing as Standing
from callcenter.orders.standing import standing_of as standing_of
from callcenter.orders.standing import visible as visible
from callcenter.orders.terms import STAGE_NAMES, Reasonableness, RequestType, ResultType, Solvability, Stage
from callcenter.people.actor import Actor

TOLD: Final[Mapping[type[life.Move], str]] = {
    life.Answer: "reply",
    life.TransferOut: "told",
    life.NotAccept: "told",
    life.Submit: "reply",
    life.Fulfil: "reply",
}
"""The text that the citizen gets by the move."""
REASONS: Final[Mapping[type[life.Move], tuple[str, ...]]] = {
    life.Assign: ("reason",),
    life.GiveBack: ("reason",),
    life.ReturnUp: ("reason",),
    life.TransferOut: ("target",),
    life.BounceBack: ("reason",),
    life.RejectNotAccepted: ("opinion",),
    life.Dispatch: ("reason",),
    life.Redispatch: ("reason",),
    life.SignDispatch: ("reason",),
    life.Claim: ("reason",),
    life.NeedSign: ("reason",),
    life.RequestReturn: ("reason",),
    life.RejectReturn: ("opinion",),
    life.Collaborate: ("reason",),
    life.SendBack: ("opinion",),
    life.SendBackAgain: ("opinion",),
    life.CloseUnheard: ("reason",),
    life.Rehandle: ("reason",),
    life.Explain: ("reason", "basis"),
    life.Hang: ("reason",),
    life.Unhang: ("reason",),
    life.UnhangAgain: ("reason",),
    life.Refuse: ("opinion",),
    life.Reopen: ("reason",),
}
"""Texts without which the move is refused."""
BY_ANOTHER: Final = (life.Approve, life.SendBack, life.ConfirmNotAccepted, life.RejectNotAccepted, life.Close)
"""Moves that judge what somebody did, which that person never may."""
ADVICE: Final = frozenset({ResultType.ADOPTED, ResultType.PARTLY_ADOPTED, ResultType.NOT_ADOPTED})
WORK: Final = frozenset({ResultType.RESOLVED, ResultType.PARTLY, ResultType.EXPLAINED, ResultType.NOTED})
RESULTS: Final[Mapping[RequestType, frozenset[ResultType]]] = {
    RequestType.SUGGESTION: ADVICE,
    RequestType.PRAISE: frozenset({ResultType.NOTED}),
}
"""GH-22, GH-01: what may become of it; every other request has a result of XY-37."""


SPOKEN: Final = (life.Contact, life.TryContact)
"""Somebody spoke with the citizen, or tried to: a machine never did."""


class NoSuchRecord(errors.Invalid):
    code = "no-such-record"
    zh = "没有“{what}”这种工单记录"
    en = "{what} is not a kind of record of an order"


class RecordRefused(errors.Refused):
    code = "record-refused"
    zh = "工单处于“{stage_zh}”，不能记录“{what_zh}”；适用于：{from_zh}"
    en = "the order is {stage_en}: cannot record “{what_en}”; possible when: {from_en}"


def _check_who(order: Standing, move: type[life.Move], actor: Actor | None) -> None:
    if actor is None:
        if issubclass(move, SPOKEN):
            raise no.WrongRole(move_zh=move.zh, move_en=move.en, roles=", ".join(sorted(RIGHTS[move][0])))
        return
    if move not in RIGHTS:
        raise no.WrongRole(move_zh=move.zh, move_en=move.en, roles="-")
    roles, side = RIGHTS[move]
    if not actor.may(*roles):
        raise no.WrongRole(move_zh=move.zh, move_en=move.en, roles=", ".join(sorted(roles)))
    if not stands_on(side, order, actor):
        zh, en = SIDE_NAMES[side]
        raise no.WrongSide(move_zh=move.zh, move_en=move.en, side_zh=zh, side_en=en)


def _check_told(order: Standing, move: life.Move, actor: Actor | None) -> None:
    text = TOLD.get(type(move))
    if text is not None and not getattr(move, text).strip():
        raise no.ReplyMissing


def _check_reasons(order: Standing, move: life.Move, actor: Actor | None) -> None:
    if not all(getattr(move, text).strip() for text in REASONS.get(type(move), ())):
        raise no.ReasonMissing


def _check_contact(order: Standing, move: life.Move, actor: Actor | None) -> None:
    """XY-08; SJ-20: where the centre contacts first, it does so before the dispatch, and only then may a unit begin
    without ringing the citizen again (A-11)."""
    match move:
        case life.Submit() | life.Hang():
            needed = True
        case life.Dispatch() | life.Claim():
            needed = order.contact_first
        case life.Verify():
            needed = not (order.centre_contacts and order.contacted)
            if needed:
                raise no.ContactMissing
        case _:
            needed = False
    if needed and not order.contacted:
        raise no.ContactMissing


def _check_submit(order: Standing, move: life.Move, actor: Actor | None) -> None:
    if not isinstance(move, life.Submit):
        return
    if move.solvability is not Solvability.SOLVABLE and not move.plan.strip():
        raise no.PlanMissing
    allowed = RESULTS.get(order.request_type, WORK)
    if move.result not in allowed:
        raise no.WrongResult(allowed=", ".join(sorted(allowed)))


def _check_another(order: Standing, move: life.Move, actor: Actor | None) -> None:
    if isinstance(move, BY_ANOTHER) and actor is not None and actor.user_id == order.handled_by:
        raise no.SameReviewer


def _check_explain(order: Standing, move: life.Move, actor: Actor | None) -> None:
    """JC-20, A-10: the loop is for reasonable demands, and ends with a leader after the second round."""
    if not isinstance(move, life.Explain):
        return
    settled = {Reasonableness.UNREASONABLE, Reasonableness.LITIGATION}
    unreasonable = order.reasonableness in settled and order.reasonableness_confirmed
    if not unreasonable and not order.again:
        raise no.ExplainTooEarly


def _check_ways_back(order: Standing, move: life.Move, actor: Actor | None) -> None:
    if isinstance(move, life.RequestReturn) and order.locked:
        raise no.ReturnLocked
    if isinstance(move, life.ReturnUp) and not order.from_above:
        raise no.NotFromAbove
    if isinstance(move, life.GiveBack) and not order.assigned:
        raise no.NotAssigned


def _check_callback(order: Standing, move: life.Move, actor: Actor | None) -> None:
    """XY-10: what leaves the call-back for the close has been heard, or every attempt was made."""
    if not isinstance(move, life.Satisfy | life.CloseUnheard | life.Explain):
        return
    if not order.replied:
        raise no.ReplyMissing
    if not order.contacted:
        raise no.ContactMissing
    if isinstance(move, life.CloseUnheard) and not order.callback_exhausted:
        raise no.CallbackNotTried


def _check_close(order: Standing, move: life.Move, actor: Actor | None) -> None:
    """XY-02, JC-23: a reply, a contact, a result, and a call-back or an approved reason for none; no open supervision.
    What the agent answered, transferred or did not take ended with the citizen on the line."""
    if not isinstance(move, life.Close | life.ConfirmNotAccepted):
        return
    if not order.replied:
        raise no.ReplyMissing
    if not order.contacted:
        raise no.ContactMissing
    if not order.has_result:
        raise no.ResultMissing
    if not order.heard and not order.excused:
        raise no.CallbackMissing
    if order.supervisions:
        raise no.SupervisionOpen(open=order.supervisions)


Guard = Callable[[Standing, life.Move, Actor | None], None]
GUARDS: Final[tuple[Guard, ...]] = (
    _check_told,
    _check_reasons,
    _check_contact,
    _check_submit,
    _check_another,
    _check_explain,
    _check_ways_back,
    _check_callback,
    _check_close,
)


def decide(order: Standing, move: life.Move, actor: Actor | None) -> Stage:
    """The stage after the move; `actor` None is the machine itself. Raises a Forbidden or a Refused."""
    after = life.advance(order.stage, type(move))
    _check_who(order, type(move), actor)
    for guard in GUARDS:
        guard(order, move, actor)
    return after


def decide_record(order: Standing, what: str, actor: Actor | None) -> RecordRule:
    """Raises NoSuchRecord, a Forbidden, RecordRefused."""
    rule = RECORDS.get(what)
    if rule is None:
        raise NoSuchRecord(what=what)
    if order.stage not in rule.stages:
        stages = [stage for stage in Stage if stage in rule.stages]
        raise RecordRefused(
            what_zh=rule.zh,
            what_en=rule.en,
            stage_zh=STAGE_NAMES[order.stage][0],
            stage_en=STAGE_NAMES[order.stage][1],
            from_zh="、".join(STAGE_NAMES[stage][0] for stage in stages),
            from_en=", ".join(STAGE_NAMES[stage][1] for stage in stages),
        )
    if actor is not None:
        _check_writer(order, rule, actor)
    return rule


def _check_writer(order: Standing, rule: RecordRule, actor: Actor) -> None:
    if not rule.roles or not actor.may(*rule.roles):
        roles = ", ".join(sorted(rule.roles)) or "-"
        raise no.WrongRole(move_zh=rule.zh, move_en=f"record “{rule.en}”", roles=roles)
    if rule.side is not None and not stands_on(rule.side, order, actor):
        zh, en = SIDE_NAMES[rule.side]
        raise no.WrongSide(move_zh=rule.zh, move_en=f"record “{rule.en}”", side_zh=zh, side_en=en)


def follow_up(order: Standing, *, qc_window: bool, closing_audit: bool) -> life.Move | None:
    """What the machine does next, in the same transaction: the call-back begins when nothing holds it (XY-10), and an
    order closes when nothing is missing and nobody must approve it (SJ-20)."""
    if order.stage is Stage.REVIEWED:
        return None if qc_window else life.BeginCallback()
    audited = order.stage is Stage.CLOSE_PENDING and closing_audit
    if audited or order.stage not in {Stage.ANSWERED, Stage.CLOSE_PENDING}:
        return None
    try:
        _check_close(order, life.Close(), None)
    except errors.Refused:
        return None
    return life.Close()


def _may_try(order: Standing, move: type[life.Move], actor: Actor) -> bool:
    blocked = (
        (issubclass(move, life.CloseUnheard) and not order.callback_exhausted)
        or (issubclass(move, BY_ANOTHER) and actor.user_id == order.handled_by)
        or (issubclass(move, life.ReturnUp) and not order.from_above)
        or (issubclass(move, life.GiveBack) and not order.assigned)
        or (issubclass(move, life.RequestReturn) and order.locked)
        or (issubclass(move, life.Contact | life.TryContact) and at_centre(order) and not order.centre_contacts)
        or (issubclass(move, life.Verify) and not (order.centre_contacts and order.contacted))
    )
    if blocked or move not in RIGHTS:
        return False
    roles, side = RIGHTS[move]
    return actor.may(*roles) and stands_on(side, order, actor)


def _fits_round(order: Standing, move: type[life.Move]) -> bool:
    """Of two moves that differ only by the round, the one of this round."""
    return order.again if move in life.OF_LATER_ROUND.values() else not (order.again and move in life.OF_LATER_ROUND)


def open_actions(order: Standing, actor: Actor) -> list[str]:
    """The actions this actor may try now, in table order; what a move must carry is checked when it is made."""
    moves = [move for stage, move in life.NEXT if stage is order.stage and _fits_round(order, move)]
    return list(dict.fromkeys(action_of(move) for move in moves if _may_try(order, move, actor)))


def may_record(order: Standing, what: str, actor: Actor) -> bool:
    try:
        decide_record(order, what, actor)
    except (errors.Forbidden, errors.Refused):
        return False
    return True


def open_records(order: Standing, actor: Actor) -> list[str]:
    """What this actor may write now without moving the order, of what a desk shows as a step."""

    of_type = {"reported_named": order.request_type is RequestType.REPORT}
    return [action for what, action in WRITTEN.items() if of_type.get(what, True) and may_record(order, what, actor)]
