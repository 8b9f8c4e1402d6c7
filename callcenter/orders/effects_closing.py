"""Effects of the moves from the call-back to the close, and back."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from callcenter.orders import lifecycle as life
from callcenter.orders.effect import Effect, Moment
from callcenter.orders.terms import CloseReason, Kind, ResultType


def _satisfy(_: life.Satisfy, moment: Moment) -> Effect:
    heard = {"resolved": True, "satisfied": True}
    late = {"satisfied_late": True} if moment.row["flagged"] else {}
    return Effect(changes={**heard, **late, "close_reason": None}, body=heard)


def _warn(move: life.Warn, _: Moment) -> Effect:
    heard = {"resolved": move.resolved, "satisfied": move.satisfied}
    tendency = {"tendency": move.tendency} if move.tendency else {}
    return Effect(changes={**heard, "flagged": True, "flag_reason": "XY-11"}, body={**heard, **tendency})


def _exhaust(_: life.ExhaustCallback, __: Moment) -> Effect:
    return Effect(changes={"callback_exhausted": True}, body={})


def _excuse(move: life.CloseUnheard, _: Moment) -> Effect:
    return Effect(changes={"close_reason": move.reason}, body={"reason": move.reason})


def _next_round(moment: Moment) -> dict[str, Any]:
    """Rounds are events and clocks of their own number: nothing of an earlier one is overwritten (XY-13). The citizen's
    last answer stands until there is another."""
    return {"round_no": moment.row["round_no"] + 1, "callback_exhausted": False, "close_reason": None}


def _rehandle(move: life.Rehandle, moment: Moment) -> Effect:
    changes = {**_next_round(moment), "again": True, "held_since": moment.at}
    return Effect(changes=changes, body={"reason": move.reason, "round": changes["round_no"]})


def _refuse(move: life.Refuse, moment: Moment) -> Effect:
    changes = {**_next_round(moment), "again": True, "held_since": moment.at, "resolved": None, "satisfied": None}
    return Effect(changes=changes, body={"opinion": move.opinion, "round": changes["round_no"]})


def _explain(move: life.Explain, _: Moment) -> Effect:
    return Effect(
        changes={"close_reason": f"{CloseReason.EXPLAINED}: {move.reason}", "result_type": ResultType.EXPLAINED},
        body={"reason": move.reason, "basis": move.basis},
    )


def _hang(move: life.Hang, _: Moment) -> Effect:
    return Effect(changes={"ledger_due": move.due}, body={"due": move.due, "reason": move.reason})


def _unhang(move: life.Unhang, _: Moment) -> Effect:
    return Effect(changes={"ledger_due": None}, body={"reason": move.reason})


def _fulfil(move: life.Fulfil, moment: Moment) -> Effect:
    return Effect(
        changes={
            "ledger_due": None,
            "reply": move.reply,
            "replied_at": moment.at,
            "finished_at": moment.at,
            "result_type": ResultType.RESOLVED,
            "close_reason": CloseReason.LEDGER_FULFILLED,
        },
        body={"reply": move.reply},
    )


def _close(move: life.Close, moment: Moment) -> Effect:
    return Effect(changes={"closed_at": moment.at}, body={"opinion": move.opinion} if move.opinion else {})


def _reopen(move: life.Reopen, moment: Moment) -> Effect:
    """The same order once more: it needs a reply, a contact and a call-back of the new round. The centre holds it."""
    changes = {
        **_next_round(moment),
        "reopened": moment.row["reopened"] + 1,
        "again": False,
        "locked": False,
        "owner_org_id": moment.row["centre_org_id"],
        "held_since": moment.at,
        "closed_at": None,
        "contacted_at": None,
        "missed_contacts": 0,
        "reply": None,
        "replied_at": None,
        "finished_at": None,
        "result_type": None,
        "resolved": None,
        "satisfied": None,
        "accepted_at": None,
        "case_owner": None,
        "handled_by": None,
        "effect_due": None,
    }
    kind = {"kind": Kind.CITY_REVIEW} if move.city_review else {}
    return Effect(changes=changes | kind, body={"reason": move.reason, "round": changes["round_no"], **kind})


CLOSING: Final[Mapping[type[life.Move], Callable[[Any, Moment], Effect]]] = {
    life.Satisfy: _satisfy,
    life.Warn: _warn,
    life.ExhaustCallback: _exhaust,
    life.CloseUnheard: _excuse,
    life.Rehandle: _rehandle,
    life.Refuse: _refuse,
    life.Explain: _explain,
    life.Hang: _hang,
    life.Unhang: _unhang,
    life.UnhangAgain: _unhang,
    life.Fulfil: _fulfil,
    life.Close: _close,
    life.Reopen: _reopen,
}
