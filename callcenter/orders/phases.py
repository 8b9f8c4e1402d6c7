"""How an order's stage is shown to people: three templates of the seeds over one state machine (A-16, A3.2).

督办 is an overlay (A-16): it is a phase of the template only for stages in which the centre presses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from callcenter.orders.row import Row
from callcenter.orders.terms import Stage

Template = Literal["five-jincheng", "seven-sungeng", "five-gaohang"]

NAMES: Final[Mapping[Template, tuple[tuple[str, str], ...]]] = {
    "five-jincheng": (
        ("接听受理", "answer and accept"),
        ("分拣派单", "sort and dispatch"),
        ("接收核查", "receive and verify"),
        ("办理反馈", "handle and feed back"),
        ("督办回访", "supervise and call back"),
    ),
    "seven-sungeng": (
        ("收件", "receive"),
        ("派件", "dispatch"),
        ("督办", "supervise"),
        ("回复", "reply"),
        ("审核", "review"),
        ("回访", "call back"),
        ("办结", "finish"),
    ),
    "five-gaohang": (
        ("接诉", "take the demand"),
        ("办理", "handle"),
        ("督办", "supervise"),
        ("反馈", "feed back"),
        ("评价", "evaluate"),
    ),
}
"""JC-22, SG-08, GH-15."""

PHASE_OF: Final[Mapping[Stage, tuple[int, int, int]]] = {
    Stage.NEW: (0, 0, 0),
    Stage.ANSWERED: (0, 6, 3),
    Stage.TRANSFERRED: (0, 0, 0),
    Stage.NOT_ACCEPTED: (0, 0, 0),
    Stage.TRIAGE: (1, 0, 0),
    Stage.RETURNED_UP: (1, 0, 0),
    Stage.PENDING_DISPATCH: (1, 1, 1),
    Stage.DISPATCHED: (1, 1, 1),
    Stage.ACCEPTED: (2, 1, 1),
    Stage.RETURN_REQUESTED: (2, 1, 1),
    Stage.REDISPATCH: (1, 1, 1),
    Stage.SIGN_PENDING: (1, 1, 1),
    Stage.HANDLING: (3, 2, 1),
    Stage.COLLAB: (3, 2, 2),
    Stage.SUBMITTED: (3, 4, 3),
    Stage.REVIEWED: (4, 4, 4),
    Stage.CALLBACK: (4, 5, 4),
    Stage.WARNED: (4, 2, 2),
    Stage.REHANDLING: (3, 3, 1),
    Stage.LEDGER: (3, 2, 2),
    Stage.CLOSE_PENDING: (4, 6, 4),
    Stage.CLOSED: (4, 6, 4),
}
"""Each stage's place in the three templates, in the order of `NAMES`. Where A3.2 names two phases of a stage, or none,
one is chosen: every state maps to exactly one phase (JC-22)."""


@dataclass(frozen=True, slots=True)
class Phase:
    zh: str
    en: str
    state: Literal["done", "now", "to_come"]


def phase_of(template: Template, stage: Stage) -> int:
    return PHASE_OF[stage][list(NAMES).index(template)]


def bar_of(template: Template, stage: Stage) -> tuple[Phase, ...]:
    """The progress bar; the last phase of a closed order is done."""
    here = phase_of(template, stage)
    ended = stage is Stage.CLOSED

    def state(place: int) -> Literal["done", "now", "to_come"]:
        if place < here or (ended and place == here):
            return "done"
        return "now" if place == here else "to_come"

    return tuple(Phase(zh, en, state(place)) for place, (zh, en) in enumerate(NAMES[template]))


def carried_out(row: Row) -> bool:
    """已答复·落实中 (A-29): the citizen has the answer, the finish on the ground is still to come. An answer is not a
    solution, and neither is a close: each has its own date."""
    return row["replied_at"] is not None and row["finished_at"] is None
