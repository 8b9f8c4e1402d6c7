"""Who may make which move, as one table (A3.3; separation of duties beside it in `guards`)."""

from collections.abc import Mapping
from typing import Final

from callcenter.orders import lifecycle as life
from callcenter.orders.standing import Side
from callcenter.people.actor import Role

CENTRE_STAFF: Final = frozenset({Role.REVIEWER, Role.SUPERVISOR})
DESK: Final = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
CENTRE_DESKS: Final = CENTRE_STAFF | DESK
UNIT_STAFF: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})
INTAKE_STAFF: Final = frozenset({Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR, Role.SERVICE})
ON_THE_LINE: Final = INTAKE_STAFF - {Role.SERVICE}
LEADERS: Final = frozenset({Role.DEPUTY, Role.LEADER})
PRODUCTION: Final = frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR})
"""生产条线 (SJ-21): receive, dispatch, review and call back; never the quality inspection of it."""

RIGHTS: Final[Mapping[type[life.Move], tuple[frozenset[Role], Side]]] = {
    life.Register: (INTAKE_STAFF, Side.HOLDER),
    life.Receive: (INTAKE_STAFF, Side.HOLDER),
    life.Classify: (DESK, Side.HOLDER),
    life.Assign: (INTAKE_STAFF, Side.HOLDER),
    life.GiveBack: (DESK, Side.HOLDER),
    life.ReturnUp: (DESK, Side.HOLDER),
    life.Answer: (ON_THE_LINE, Side.HOLDER),
    life.TransferOut: (ON_THE_LINE, Side.HOLDER),
    life.BounceBack: (INTAKE_STAFF, Side.HOLDER),
    life.NotAccept: (ON_THE_LINE, Side.HOLDER),
    life.ConfirmNotAccepted: (CENTRE_STAFF, Side.HOLDER),
    life.RejectNotAccepted: (CENTRE_STAFF, Side.HOLDER),
    life.Dispatch: (DESK, Side.HOLDER),
    life.Redispatch: (DESK, Side.HOLDER),
    life.Claim: (DESK, Side.HOLDER),
    life.NeedSign: (CENTRE_DESKS, Side.CENTRE),
    life.SignDispatch: (frozenset({Role.LEADER}), Side.CENTRE),
    life.Accept: (UNIT_STAFF, Side.UNIT),
    life.RequestReturn: (UNIT_STAFF, Side.UNIT),
    life.RejectReturn: (CENTRE_DESKS, Side.CENTRE),
    life.GrantReturn: (CENTRE_DESKS, Side.CENTRE),
    life.TryContact: (UNIT_STAFF | ON_THE_LINE, Side.TIER),
    life.Contact: (UNIT_STAFF | ON_THE_LINE, Side.TIER),
    life.Verify: (UNIT_STAFF, Side.UNIT),
    life.Collaborate: (UNIT_STAFF | CENTRE_DESKS | LEADERS, Side.SEEN),
    life.EndCollaboration: (UNIT_STAFF | CENTRE_DESKS | LEADERS, Side.SEEN),
    life.EndCollaborationAgain: (UNIT_STAFF | CENTRE_DESKS | LEADERS, Side.SEEN),
    life.Submit: (UNIT_STAFF, Side.UNIT),
    life.Approve: (CENTRE_STAFF, Side.CENTRE),
    life.SendBack: (CENTRE_STAFF, Side.CENTRE),
    life.SendBackAgain: (CENTRE_STAFF, Side.CENTRE),
    life.BeginCallback: (CENTRE_STAFF, Side.CENTRE),
    life.Satisfy: (CENTRE_STAFF, Side.CENTRE),
    life.Warn: (CENTRE_STAFF, Side.CENTRE),
    life.CloseUnheard: (CENTRE_STAFF, Side.CENTRE),
    life.Rehandle: (CENTRE_DESKS | LEADERS, Side.CENTRE),
    life.Explain: (LEADERS, Side.CENTRE),
    life.Hang: (LEADERS, Side.CENTRE),
    life.Unhang: (CENTRE_STAFF | LEADERS, Side.CENTRE),
    life.UnhangAgain: (CENTRE_STAFF | LEADERS, Side.CENTRE),
    life.Fulfil: (CENTRE_STAFF | LEADERS, Side.CENTRE),
    life.Close: (CENTRE_STAFF, Side.CENTRE),
    life.Refuse: (CENTRE_STAFF, Side.CENTRE),
    life.Reopen: (CENTRE_DESKS | {Role.SERVICE}, Side.CENTRE),
}
"""A type that is missing here is made by the machine only (`actor` None)."""

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
    life.SendBackAgain: "review",
    life.Satisfy: "callback-records",
    life.Warn: "callback-records",
    life.CloseUnheard: "close",
    life.Classify: "classify",
    life.GiveBack: "give-back",
    life.ReturnUp: "return-up",
    life.TransferOut: "transfer-out",
    life.BounceBack: "bounce",
    life.NotAccept: "not-accept",
    life.ConfirmNotAccepted: "not-accepted",
    life.RejectNotAccepted: "not-accepted",
    life.Verify: "verify",
    life.Close: "close-audit",
    life.Refuse: "close-audit",
    life.Reopen: "reopen",
}
"""What a desk shows as a step: the last part of the route that makes the move. A move that is not here goes by its own
kind (`return_requested`, `hung` ...): another room's section of the order page shows it."""


WRITTEN: Final[Mapping[str, str]] = {"note_added": "notes", "effect_checked": "effect", "reported_named": "reported"}
"""Records that a desk shows as a step, and the last part of the route that writes them; the others have a section of
the order's page."""


def action_of(move: type[life.Move]) -> str:
    return ACTIONS.get(move, move.kind)
