"""The rounds of handling (XY-13), read from what happened: nothing of an earlier round is ever overwritten."""

from collections.abc import Sequence
from typing import Final

from callcenter.orders.views import EventView, RoundView, TimerView

BEGINS: Final = frozenset({"dispatched", "rehandled", "close_refused", "reopened"})
HANDLING_CLOCKS: Final = ("handle", "rehandle")
"""The clock that says by when a round must be submitted."""


def _due(round_no: int, timers: Sequence[TimerView]) -> TimerView | None:
    own = [timer for timer in timers if timer.round_no == round_no]
    return next((timer for name in HANDLING_CLOCKS for timer in own if timer.name.startswith(name)), None)


def rounds_of(events: Sequence[EventView], timers: Sequence[TimerView]) -> tuple[RoundView, ...]:
    """In order. The first begins with the dispatch; each later one with the move that names its number."""
    rounds: list[RoundView] = []
    for event in events:
        number = int(event.body.get("round", 1))
        if event.move in BEGINS and number > len(rounds):
            clock = _due(number, timers)
            rounds.append(
                RoundView(
                    round_no=number,
                    reason=str(event.body.get("reason") or event.body.get("opinion") or ""),
                    started_at=event.at,
                    due_at=clock.due_at if clock else None,
                )
            )
        elif rounds and event.move == "submitted":
            rounds[-1] = rounds[-1].model_copy(
                update={
                    "submitted_at": event.at,
                    "reply": event.body["reply"],
                    "result_type": event.body["result_type"],
                }
            )
        elif rounds and event.move in {"heard_satisfied", "warned"}:
            heard = {name: event.body[name] for name in ("resolved", "satisfied")}
            rounds[-1] = rounds[-1].model_copy(update=heard)
    return tuple(rounds)
