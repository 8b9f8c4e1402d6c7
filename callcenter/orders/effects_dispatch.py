"""Effects of the moves between the centre and the units."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from callcenter.orders import lifecycle as life
from callcenter.orders.effect import Effect, Moment
from callcenter.orders.terms import DispatchKind


def _to_unit(move: life.Dispatched, moment: Moment, kind: DispatchKind, **more: Any) -> Effect:
    """The centre that held it answers for it; a first unit is remembered as 首派 (GH-10), and the hops are counted
    (SG-07)."""
    centre = moment.row["centre_org_id"]
    item = {"item_id": move.item} if move.item else {}
    said = {"item": move.item} if move.item else {}
    return Effect(
        changes={
            "owner_org_id": move.unit,
            "dispatched_at": moment.at,
            "held_since": moment.at,
            "dispatch_kind": kind,
            "first_org_id": moment.row["first_org_id"] or move.unit,
            "hops": moment.row["hops"] + 1,
            "accepted_at": None,
            "case_owner": None,
            **item,
            **more,
        },
        body={"unit": move.unit, "from": centre, "reason": move.reason, "dispatch_kind": kind, **said},
    )


def _dispatch(move: life.Dispatch, moment: Moment) -> Effect:
    return _to_unit(move, moment, move.dispatch_kind)


def _redispatch(move: life.Redispatch, moment: Moment) -> Effect:
    again = moment.row["redispatches"] + 1
    return _to_unit(move, moment, DispatchKind.REDISPATCH, redispatches=again)


def _sign(move: life.SignDispatch, moment: Moment) -> Effect:
    return _to_unit(move, moment, DispatchKind.SIGNED, locked=True)


def _claim(move: life.Claim, moment: Moment) -> Effect:
    return _to_unit(move, moment, DispatchKind.CLAIMED)


def _accept(move: life.Accept, moment: Moment) -> Effect:
    owner = move.case_owner or moment.by
    return Effect(changes={"accepted_at": moment.at, "case_owner": owner}, body={"case_owner": owner})


def _to_centre(moment: Moment) -> dict[str, Any]:
    """The centre holds it again. The next unit owes a contact of its own, unless the contact is the centre's."""
    changes = {
        "owner_org_id": moment.row["centre_org_id"],
        "held_since": moment.at,
        "accepted_at": None,
        "case_owner": None,
        "missed_contacts": 0,
    }
    return changes if moment.centre_contacts else changes | {"contacted_at": None}


def _need_sign(move: life.NeedSign, moment: Moment) -> Effect:
    at_centre = moment.row["owner_org_id"] == moment.row["centre_org_id"]
    return Effect(changes={} if at_centre else _to_centre(moment), body={"reason": move.reason})


def _request_return(move: life.RequestReturn, _: Moment) -> Effect:
    return Effect(changes={}, body={"reason": move.reason})


def _reject_return(move: life.RejectReturn, _: Moment) -> Effect:
    return Effect(changes={}, body={"opinion": move.opinion})


def _grant_return(move: life.GrantReturn, moment: Moment) -> Effect:
    return Effect(changes=_to_centre(moment), body={"opinion": move.opinion, "returned_by": moment.row["owner_org_id"]})


DISPATCHING: Final[Mapping[type[life.Move], Callable[[Any, Moment], Effect]]] = {
    life.Dispatch: _dispatch,
    life.Redispatch: _redispatch,
    life.SignDispatch: _sign,
    life.Claim: _claim,
    life.NeedSign: _need_sign,
    life.Accept: _accept,
    life.RequestReturn: _request_return,
    life.RejectReturn: _reject_return,
    life.GrantReturn: _grant_return,
}
