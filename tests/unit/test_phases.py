"""Three progress bars over one machine, and the rounds read from the events."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from callcenter.orders.phases import NAMES, PHASE_OF, Template, bar_of, carried_out, phase_of
from callcenter.orders.rounds import rounds_of
from callcenter.orders.terms import Stage
from callcenter.orders.views import EventView, TimerView

AT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.rule("A-16", "JC-22", "SG-08", "GH-15")
def test_every_stage_has_exactly_one_phase_in_each_template() -> None:
    assert set(PHASE_OF) == set(Stage)
    assert [len(NAMES[template]) for template in NAMES] == [5, 7, 5]
    assert set(NAMES) == set(get_args(Template))
    for template, names in NAMES.items():
        shown = {phase_of(template, stage) for stage in Stage}
        assert shown == set(range(len(names))), template


@pytest.mark.rule("JC-22", "SG-08", "GH-15")
@pytest.mark.parametrize(
    ("template", "stage", "now"),
    [
        ("five-jincheng", Stage.NEW, "接听受理"),
        ("five-jincheng", Stage.TRIAGE, "分拣派单"),
        ("five-jincheng", Stage.ACCEPTED, "接收核查"),
        ("five-jincheng", Stage.SUBMITTED, "办理反馈"),
        ("five-jincheng", Stage.CALLBACK, "督办回访"),
        ("seven-sungeng", Stage.PENDING_DISPATCH, "派件"),
        ("seven-sungeng", Stage.HANDLING, "督办"),
        ("seven-sungeng", Stage.REHANDLING, "回复"),
        ("seven-sungeng", Stage.REVIEWED, "审核"),
        ("seven-sungeng", Stage.CALLBACK, "回访"),
        ("seven-sungeng", Stage.CLOSE_PENDING, "办结"),
        ("five-gaohang", Stage.TRIAGE, "接诉"),
        ("five-gaohang", Stage.HANDLING, "办理"),
        ("five-gaohang", Stage.LEDGER, "督办"),
        ("five-gaohang", Stage.SUBMITTED, "反馈"),
        ("five-gaohang", Stage.CALLBACK, "评价"),
    ],
)
def test_where_the_bar_stands(template: Template, stage: Stage, now: str) -> None:
    bar = bar_of(template, stage)
    assert [phase.zh for phase in bar if phase.state == "now"] == [now]
    states = [phase.state for phase in bar]
    assert states == sorted(states, key=["done", "now", "to_come"].index)


def test_a_closed_order_has_done_it_all() -> None:
    assert {phase.state for phase in bar_of("seven-sungeng", Stage.CLOSED)} == {"done"}


@pytest.mark.rule("A-29")
@pytest.mark.parametrize(
    ("replied", "finished", "closed", "shown"),
    [(None, None, None, False), (AT, None, None, True), (AT, AT, None, False), (AT, None, AT, True)],
)
def test_answered_and_still_being_carried_out(
    replied: datetime | None, finished: datetime | None, closed: datetime | None, shown: bool
) -> None:
    """A close does not make it done: three separate dates."""
    assert carried_out({"replied_at": replied, "finished_at": finished, "closed_at": closed}) is shown


def event(seq: int, move: str, **body: Any) -> EventView:
    at = AT + timedelta(hours=seq)
    return EventView(seq=seq, at=at, actor="", move=move, stage_before="", stage_after="", body=body)


def clock(name: str, round_no: int) -> TimerView:
    fields: dict[str, Any] = dict.fromkeys(TimerView.model_fields)
    return TimerView.model_construct(**fields | {"name": name, "round_no": round_no, "due_at": AT})


@pytest.mark.rule("XY-13")
def test_each_round_keeps_its_reason_its_answer_and_its_due() -> None:
    told = {"reply": "已修", "result_type": "resolved"}
    events = [
        event(1, "created"),
        event(2, "dispatched", reason="责任清单"),
        event(3, "submitted", **told),
        event(4, "warned", resolved=False, satisfied=False),
        event(5, "rehandled", reason="仍漏水", round=2),
        event(6, "submitted", **told | {"reply": "再修"}),
        event(7, "heard_satisfied", resolved=True, satisfied=True),
        event(8, "redispatched", reason="x"),
    ]
    first, second = rounds_of(events, [clock("accept", 1), clock("handle", 1), clock("handle", 2)])
    assert (first.round_no, first.reason, first.reply, first.satisfied) == (1, "责任清单", "已修", False)
    assert (second.round_no, second.reason, second.reply, second.satisfied) == (2, "仍漏水", "再修", True)
    assert (first.due_at, second.due_at) == (AT, AT)
    assert rounds_of([event(1, "submitted", **told), event(2, "warned")], []) == ()
    assert rounds_of([event(1, "dispatched")], [])[0].due_at is None
