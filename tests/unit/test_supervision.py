"""Intrusions and the live board as values: what may follow what, who sees what, and how rates are worked out."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from callcenter.calls.figures import HotlineTally, TallyView
from callcenter.calls.kpi import Tally
from callcenter.core.ids import CallId, LegId, UserId
from callcenter.supervision.board import (
    agent_line,
    alarm_line,
    hotline_shares,
    is_root,
    queue_lines,
    rates_of,
    seen_waiting,
    transfer_line,
    waiting_line,
)
from callcenter.supervision.errors import SwitchRefused
from callcenter.supervision.modes import ACTS, NEXT, SPYING, ZH, Mode, switch
from callcenter.supervision.session import Session, session_of

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def session(**changed: Any) -> Session:
    given: dict[str, Any] = {
        "id": UUID(int=7),
        "supervisor": UserId(UUID(int=1)),
        "agent": UserId(UUID(int=2)),
        "spied": "8001",
        "call": CallId(UUID(int=3)),
        "pbx": "pbx1",
        "extension": "8101",
        "reason": "质检",
        "asked": Mode.LISTEN,
        "asked_at": AT,
    }
    return Session(**{**given, **changed})


@pytest.mark.parametrize("mode", sorted(SPYING))
@pytest.mark.parametrize("wanted", Mode)
def test_whoever_listens_may_come_in_deeper_and_back(mode: Mode, wanted: Mode) -> None:
    assert switch(mode, wanted) is wanted


@pytest.mark.parametrize("wanted", sorted(SPYING))
def test_a_call_taken_over_is_not_given_back(wanted: Mode) -> None:
    with pytest.raises(SwitchRefused) as refused:
        switch(Mode.TAKE_OVER, wanted)
    assert "接管" in refused.value.text("zh")


def test_every_mode_has_its_names() -> None:
    assert set(NEXT) == set(ZH) == set(ACTS) == set(Mode)


def test_an_answer_is_the_first_mode_and_a_repetition_changes_nothing() -> None:
    heard = session().entered(Mode.LISTEN, AT + SECOND)
    assert (heard.mode, heard.since, heard.answered_at) == (Mode.LISTEN, AT + SECOND, AT + SECOND)
    assert heard.entered(Mode.LISTEN, AT + 2 * SECOND) is heard
    deeper = heard.entered(Mode.BARGE, AT + 3 * SECOND)
    assert (deeper.since, deeper.answered_at) == (AT + 3 * SECOND, AT + SECOND)


def test_how_an_intrusion_ends() -> None:
    assert session().ended(AT + SECOND).outcome == "unanswered"
    assert session().ended(AT + SECOND, refused=True).outcome == "refused"
    done = session().entered(Mode.WHISPER, AT + 5 * SECOND).ended(AT + SECOND)
    assert (done.outcome, done.ended_at) == ("done", AT + 5 * SECOND)


def test_a_leg_names_its_session_and_other_legs_none() -> None:
    assert session_of(session().leg) == UUID(int=7)
    assert session_of(LegId("1700000000.12")) is None
    assert session_of(LegId(f"hl-{UUID(int=7)}-2")) is None


def caller(queue: str, seconds: int, **changed: Any) -> dict[str, Any]:
    row = {
        "id": uuid4(),
        "caller_number": "+8613912345678",
        "caller_region": "上海市",
        "hotline": "",
        "dialled": "12345",
        "queue": queue,
        "stage": "queued",
        "queued_at": AT - seconds * SECOND,
        "started_at": AT - (seconds + 5) * SECOND,
    }
    return row | changed


def agent(extension: str, presence: str, queues: list[str], **changed: Any) -> dict[str, Any]:
    row = {
        "user_id": uuid4(),
        "name": "话务员",
        "extension": extension,
        "queues": queues,
        "presence": presence,
        "reason": "",
        "since": AT,
        "reachable": True,
        "call_id": None,
        "stage": None,
        "caller_number": None,
        "hotline": None,
        "intrusions": None,
    }
    return row | changed


def test_a_caller_who_waits_is_shown_masked() -> None:
    line = waiting_line(caller("main", 12))
    assert (line.number, line.hotline, line.ringing, line.since) == ("**********5678", "12345", False, AT - 12 * SECOND)
    rung = waiting_line(caller("main", 12, stage="ringing", queued_at=None, hotline="政务热线") | {"queue": None})
    assert (rung.ringing, rung.hotline, rung.queue, rung.since) == (True, "政务热线", "", AT - 17 * SECOND)


def test_an_agent_is_shown_with_call_and_intrusion() -> None:
    assert (agent_line(agent("8001", "ready", ["main"])).number, agent_line(agent("8001", "ready", [])).stage) == (
        "",
        "",
    )
    inside = {"id": str(UUID(int=7)), "supervisor": "班长", "mode": "listen", "since": AT.isoformat()}
    line = agent_line(
        agent(
            "8001",
            "talking",
            ["main"],
            call_id=UUID(int=3),
            stage="talking",
            caller_number="+8613912345678",
            hotline="政务热线",
            intrusions=[inside],
        )
    )
    assert (line.number, line.hotline, line.intrusions[0].mode) == ("**********5678", "政务热线", "listen")


def test_queues_are_sorted_by_the_longest_wait() -> None:
    waiting = [waiting_line(caller(queue, seconds)) for queue, seconds in (("tax", 50), ("main", 20), ("main", 90))]
    agents = [
        agent_line(agent(str(8001 + n), presence, queues))
        for n, (presence, queues) in enumerate(
            (
                ("ready", ["main", "idle"]),
                ("talking", ["main"]),
                ("ringing", ["main"]),
                ("after_call", ["main"]),
                ("offline", ["main", "closed"]),
            )
        )
    ]
    lines = queue_lines(waiting, agents)
    assert [line.queue for line in lines] == ["main", "tax", "idle"]
    main = lines[0]
    assert (main.waiting, main.ready, main.in_call, main.paused) == (2, 1, 2, 1)
    assert main.longest_since == AT - 90 * SECOND
    assert lines[2].longest_since is None


def test_a_district_sees_the_callers_of_its_own_queues() -> None:
    waiting = [waiting_line(caller(queue, 1)) for queue in ("main", "tax")]
    agents = [agent_line(agent("8001", "ready", ["tax"]))]
    assert [one.queue for one in seen_waiting(waiting, agents, "/city/east/")] == ["tax"]
    assert len(seen_waiting(waiting, [], "/city/")) == 2
    assert (is_root("/city/"), is_root("/city/east/")) == (True, False)


def shown(tally: Tally) -> TallyView:
    return TallyView.model_validate(tally, from_attributes=True)


def test_the_busiest_hotline_comes_first() -> None:
    lines = [
        HotlineTally(number=number, hotline=name, tally=shown(Tally(arrived=calls, answered=1)))
        for number, name, calls in (("12329", "公积金热线", 2), ("12345", "政务热线", 9), ("12300", "", 2))
    ]
    assert [(one.hotline, one.calls) for one in hotline_shares(lines)] == [
        ("政务热线", 9),
        ("12300", 2),
        ("公积金热线", 2),
    ]


def test_rates_of_a_day() -> None:
    day = shown(Tally(arrived=230, asked=200, answered=190, in_time=152, abandoned=8))
    rates = rates_of(day, connect_line=0.95, prompt_line=0.8)
    assert (rates.connect, rates.prompt, rates.abandon) == (0.95, 0.8, 0.04)
    nothing = rates_of(shown(Tally()), connect_line=0.95, prompt_line=0.8)
    assert (nothing.connect, nothing.prompt, nothing.abandon) == (None, None, None)


def test_a_rate_just_under_its_line_does_not_look_as_if_it_held() -> None:
    rates = rates_of(shown(Tally(asked=100_000, answered=94_999)), connect_line=0.95, prompt_line=0.8)
    assert rates.connect == 0.9499


def test_an_alarm_is_told_as_it_is() -> None:
    line = alarm_line({"kind": "probe_failed", "subject": "12329", "since": AT, "count": 1})
    assert (line.kind, line.subject, line.count) == ("probe_failed", "12329", 1)


@pytest.mark.parametrize(
    ("ringing", "answered", "status"),
    [(None, None, "dialling"), (AT, None, "ringing"), (AT, AT, "answered")],
)
def test_how_far_a_transfer_is(ringing: datetime | None, answered: datetime | None, status: str) -> None:
    row = {
        "id": uuid4(),
        "call_id": uuid4(),
        "target": "13912345678",
        "mode": "one_key",
        "asked_at": AT,
        "ringing_at": ringing,
        "answered_at": answered,
    }
    line = transfer_line(row)
    assert (line.status, line.target) == (status, "*******5678")
