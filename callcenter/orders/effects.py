"""What each move writes beside the stage: columns of the row, the event's body, a contact row. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from callcenter.core.ids import UserId, new_id
from callcenter.orders import lifecycle as life
from callcenter.orders.terms import ContactOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """`changes` are columns of work_order; what is empty changes nothing."""

    changes: Mapping[str, Any]
    body: Mapping[str, Any]
    contacts: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The order's row before the move, who moves it (None: the machine), and when."""

    row: Mapping[str, Any]
    by: UserId | None
    at: datetime


def _contact(moment: Moment, kind: str, outcome: str, note: str, call: object) -> list[Mapping[str, Any]]:
    of = {"id": new_id(), "kind": kind, "outcome": outcome, "note": note, "actor_id": moment.by, "call_id": call}
    return [of]


def _assign(move: life.Assign, moment: Moment) -> Effect:
    return Effect(
        changes={"owner_org_id": move.centre, "centre_org_id": move.centre},
        body={"centre": move.centre, "from": moment.row["owner_org_id"], "reason": move.reason},
    )


def _dispatch(move: life.Dispatch, moment: Moment) -> Effect:
    centre = moment.row["owner_org_id"]
    return Effect(
        changes={"owner_org_id": move.unit, "centre_org_id": centre, "dispatched_at": moment.at},
        body={"unit": move.unit, "from": centre, "reason": move.reason},
    )


def _accept(_: life.Accept, moment: Moment) -> Effect:
    return Effect(changes={"accepted_at": moment.at}, body={})


def _try_contact(move: life.TryContact, moment: Moment) -> Effect:
    missed = moment.row["missed_contacts"] + 1
    return Effect(
        changes={"missed_contacts": missed},
        body={"missed": missed},
        contacts=_contact(moment, "first_contact", ContactOutcome.UNREACHABLE, move.note, move.call),
    )


def _make_contact(move: life.Contact, moment: Moment) -> Effect:
    kind = "further" if moment.row["contacted_at"] else "first_contact"
    return Effect(
        changes={"contacted_at": moment.at},
        body={"outcome": move.outcome},
        contacts=_contact(moment, kind, move.outcome, move.note, move.call),
    )


def _submit(move: life.Submit, moment: Moment) -> Effect:
    said = {"reply": move.reply, "solvability": move.solvability, "result_type": move.result}
    return Effect(
        changes={**said, "handled_by": moment.by, "submitted_at": moment.at}, body={**said, "plan": move.plan}
    )


def _review(move: life.Approve | life.SendBack, _: Moment) -> Effect:
    return Effect(changes={}, body={"opinion": move.opinion})


def _answer(move: life.Answer, moment: Moment) -> Effect:
    return Effect(
        changes={"reply": move.reply, "contacted_at": moment.at},
        body={"reply": move.reply},
        contacts=_contact(moment, "direct_answer", ContactOutcome.REACHED, "", moment.row["call_id"]),
    )


def _satisfy(_: life.Satisfy, moment: Moment) -> Effect:
    heard = {"resolved": True, "satisfied": True}
    return Effect(changes={**heard, "closed_at": moment.at}, body=heard)


def _warn(move: life.Warn, _: Moment) -> Effect:
    heard = {"resolved": move.resolved, "satisfied": move.satisfied}
    return Effect(changes={**heard, "flagged": True, "flag_reason": "XY-11"}, body=heard)


def _exhaust(_: life.ExhaustCallback, __: Moment) -> Effect:
    return Effect(changes={"callback_exhausted": True}, body={})


def _close(move: life.CloseUnheard, moment: Moment) -> Effect:
    return Effect(changes={"closed_at": moment.at, "close_reason": move.reason}, body={"reason": move.reason})


_EFFECTS: Final[Mapping[type[life.Move], Callable[[Any, Moment], Effect]]] = {
    life.Assign: _assign,
    life.Dispatch: _dispatch,
    life.Accept: _accept,
    life.TryContact: _try_contact,
    life.Contact: _make_contact,
    life.Submit: _submit,
    life.Approve: _review,
    life.SendBack: _review,
    life.Answer: _answer,
    life.Satisfy: _satisfy,
    life.Warn: _warn,
    life.ExhaustCallback: _exhaust,
    life.CloseUnheard: _close,
}


def effect_of(move: life.Move, moment: Moment) -> Effect:
    """For every move of an existing order (`Register` makes the order, see `intake`)."""
    return _EFFECTS[type(move)](move, moment)
