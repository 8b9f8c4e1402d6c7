"""Start events as parameters (XY-50): what a move means to the clocks, whatever kind of move it is."""

from collections.abc import Mapping
from typing import Final

INTAKE: Final = "intake"
DISTRICT_DISPATCH: Final = "district_dispatch"
STREET_DISPATCH: Final = "street_dispatch"
ACCEPT: Final = "accept"
REDISPATCH: Final = "redispatch"
SUBMIT: Final = "submit"

MEANS: Final[Mapping[str, frozenset[str]]] = {
    "created": frozenset({INTAKE}),
    "received": frozenset({INTAKE}),
    "assigned": frozenset({DISTRICT_DISPATCH}),
    "dispatched": frozenset({STREET_DISPATCH}),
    "redispatched": frozenset({STREET_DISPATCH, "dispatched"}),
    "signed": frozenset({STREET_DISPATCH, "dispatched"}),
    "claimed": frozenset({STREET_DISPATCH, "dispatched"}),
    "accepted": frozenset({ACCEPT}),
    "rehandled": frozenset({REDISPATCH}),
    "submitted": frozenset({SUBMIT}),
}
"""`dispatched` in a rule file is any dispatch to a unit: first, again, signed or claimed (A-05)."""

LEFT: Final = frozenset({"return_granted", "sign_needed"})
"""Moves that take an order from its unit: the unit's own clocks stop, and start anew with the next unit (A-05)."""


def events_of(move: str, *, handed_down: bool = False) -> frozenset[str]:
    """`handed_down`: the order was put to a lower centre as it was taken, which is its dispatch from above."""
    events = MEANS.get(move, frozenset()) | {move}
    return events | {DISTRICT_DISPATCH} if handed_down and INTAKE in events else events
