"""What each move writes beside the stage: columns of the row, the event's body, a contact row. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from callcenter.orders import lifecycle as life
from callcenter.orders.effect import Effect as Effect
from callcenter.orders.effect import Moment as Moment
from callcenter.orders.effect import contact_row
from callcenter.orders.effects_closing import CLOSING
from callcenter.orders.effects_dispatch import DISPATCHING
from callcenter.orders.terms import UNDER_WAY, CloseReason, ContactOutcome, Level, ResultType, Solvability

URGENT: Final = frozenset({Level.URGENT, Level.SEMI_URGENT})


def _classify(move: life.Classify, moment: Moment) -> Effect:
    """GH-14: what the citizen's demand is; '' and None leave a column as it is."""
    given = {
        "level": move.level,
        "kind": move.order_kind,
        "category": move.category or None,
        "category_code": move.category_code or None,
    }
    if move.level in URGENT and move.order_kind is None and moment.row["kind"] == "ordinary":
        given["kind"] = move.level
    changes = {name: value for name, value in given.items() if value is not None}
    before = {name: moment.row[name] for name in changes if name != "category"}
    return Effect(changes=changes, body={**changes, "before": before, "reason": move.reason})


def _assign(move: life.Assign, moment: Moment) -> Effect:
    centre = moment.row["owner_org_id"]
    return Effect(
        changes={
            "owner_org_id": move.centre,
            "centre_org_id": move.centre,
            "assigned_by_org_id": centre,
            "assigned_at": moment.at,
            "held_since": moment.at,
        },
        body={"centre": move.centre, "from": centre, "reason": move.reason},
    )


def _give_back(move: life.GiveBack, moment: Moment) -> Effect:
    return Effect(
        changes={
            "owner_org_id": move.centre,
            "centre_org_id": move.centre,
            "assigned_by_org_id": None,
            "assigned_at": None,
            "held_since": moment.at,
        },
        body={"centre": move.centre, "from": moment.row["owner_org_id"], "reason": move.reason},
    )


def _return_up(move: life.ReturnUp, moment: Moment) -> Effect:
    return Effect(changes={"closed_at": moment.at, "close_reason": move.reason}, body={"reason": move.reason})


def _on_the_line(
    moment: Moment, reply: str, result: ResultType, reason: str, body: Mapping[str, Any], **more: Any
) -> Effect:
    """What ends with the citizen on the line: told at once, and for this reason never rung again (XY-02 c)."""
    return Effect(
        changes={
            "reply": reply,
            "replied_at": moment.at,
            "finished_at": moment.at,
            "contacted_at": moment.row["contacted_at"] or moment.at,
            "result_type": result,
            "close_reason": reason,
            **more,
        },
        body={"reply": reply, **body},
        contacts=contact_row(moment, "direct_answer", ContactOutcome.REACHED, "", moment.row["call_id"])
        if moment.by
        else (),
    )


def _answer(move: life.Answer, moment: Moment) -> Effect:
    article = {"article_id": move.article} if move.article else {}
    said = {"article": move.article} if move.article else {}
    return _on_the_line(moment, move.reply, ResultType.ANSWERED, CloseReason.DIRECT_ANSWER, said, **article)


def _transfer(move: life.TransferOut, moment: Moment) -> Effect:
    return _on_the_line(moment, move.told, ResultType.TRANSFERRED, CloseReason.TRANSFERRED, {"target": move.target})


def _not_accept(move: life.NotAccept, moment: Moment) -> Effect:
    return _on_the_line(
        moment,
        move.told,
        ResultType.NOT_ACCEPTED,
        f"{CloseReason.NOT_ACCEPTED}:{move.reason}",
        {"reason": move.reason},
        handled_by=moment.by,
    )


TAKEN_BACK: Final[Mapping[str, Any]] = {
    "reply": None,
    "replied_at": None,
    "finished_at": None,
    "result_type": None,
    "close_reason": None,
}
"""The demand is open again: what was said instead of handling it no longer counts."""


def _bounce(move: life.BounceBack, _: Moment) -> Effect:
    return Effect(changes={**TAKEN_BACK}, body={"reason": move.reason})


def _take_after_all(move: life.RejectNotAccepted, _: Moment) -> Effect:
    return Effect(changes={**TAKEN_BACK, "handled_by": None}, body={"opinion": move.opinion})


def _confirm_not_accepted(move: life.ConfirmNotAccepted, moment: Moment) -> Effect:
    return Effect(changes={"closed_at": moment.at}, body={"opinion": move.opinion})


def _try_contact(move: life.TryContact, moment: Moment) -> Effect:
    missed = moment.row["missed_contacts"] + 1
    return Effect(
        changes={"missed_contacts": missed},
        body={"missed": missed},
        contacts=contact_row(moment, "first_contact", ContactOutcome.UNREACHABLE, move.note, move.call),
    )


def _make_contact(move: life.Contact, moment: Moment) -> Effect:
    first = moment.row["contacted_at"] is None
    return Effect(
        changes={"contacted_at": moment.at} if first else {},
        body={"outcome": move.outcome},
        contacts=contact_row(moment, "first_contact" if first else "further", move.outcome, move.note, move.call),
    )


def _recorded(moment: Moment, column: str) -> datetime:
    """What stands there since the last submission, or in the first round; else now."""
    at: datetime | None = moment.row.get(column)
    if at is None or (moment.row.get("again") and at <= moment.row["submitted_at"]):
        return moment.at
    return at


def _submit(move: life.Submit, moment: Moment) -> Effect:
    """A-29: told is not done; a result that is still being carried out has no finish yet. When the citizen was told and
    the work was done counts as it was recorded in this round (JC-25)."""
    said = {"reply": move.reply, "solvability": move.solvability, "result_type": move.result}
    when = {"submitted_at": moment.at, "replied_at": _recorded(moment, "replied_at")}
    goes_on = move.result in UNDER_WAY or move.solvability is Solvability.HARD_NOW
    finished = {"finished_at": None if goes_on else _recorded(moment, "finished_at")}
    return Effect(changes={**said, **when, **finished, "handled_by": moment.by}, body={**said, "plan": move.plan})


def _plain(move: life.Move, _: Moment) -> Effect:
    """The move's own words are all there is to write."""
    return Effect(changes={}, body={field.name: getattr(move, field.name) for field in fields(move)})


_EFFECTS: Final[Mapping[type[life.Move], Callable[[Any, Moment], Effect]]] = {
    life.Classify: _classify,
    life.Assign: _assign,
    life.GiveBack: _give_back,
    life.ReturnUp: _return_up,
    life.Answer: _answer,
    life.TransferOut: _transfer,
    life.BounceBack: _bounce,
    life.NotAccept: _not_accept,
    life.ConfirmNotAccepted: _confirm_not_accepted,
    life.RejectNotAccepted: _take_after_all,
    life.TryContact: _try_contact,
    life.Contact: _make_contact,
    life.Verify: _plain,
    life.Collaborate: _plain,
    life.EndCollaboration: _plain,
    life.EndCollaborationAgain: _plain,
    life.Submit: _submit,
    life.Approve: _plain,
    life.SendBack: _plain,
    life.SendBackAgain: _plain,
    life.BeginCallback: _plain,
    **DISPATCHING,
    **CLOSING,
}


def effect_of(move: life.Move, moment: Moment) -> Effect:
    """For every move of an existing order (`Register` and `Receive` make the order, see `intake`)."""
    return _EFFECTS[type(move)](move, moment)
