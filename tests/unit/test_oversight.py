"""Oversight's pure parts: what is counted, proposed, checked; how cases go on."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from callcenter.oversight.case_life import (
    AUTHORITY,
    LIVES,
    STATE_NAMES,
    Act,
    CaseMoveRefused,
    State,
    after,
    first_state,
    open_acts,
)
from callcenter.oversight.checks import (
    CHECKLISTS,
    Seen,
    automatic,
    contradictions,
    difference,
    disputed,
    hasty,
    sampled,
    too_soon,
)
from callcenter.oversight.config import OversightConfig
from callcenter.oversight.proposing import Facts, Limits, Proposal, days_to_supervision, fitting, proposals
from callcenter.oversight.terms import (
    CASE_NAMES,
    FLAG_NAMES,
    MEETING_NAMES,
    MODE_NAMES,
    CaseKind,
    Flag,
    Hook,
    MeetingKind,
    Mode,
    Trigger,
)
from callcenter.oversight.triggers import Counted, Counting, evidence, window_of
from callcenter.oversight.weeks import begin_of, may_leave, monday, rate, topics, week_made_at

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 8, 28, 2, tzinfo=UTC)
LIMITS = Limits(repeat_calls=2, age_days=30, rounds=2)


def on(*days: str) -> list[Counted]:
    return [Counted(UUID(int=number), date.fromisoformat(day)) for number, day in enumerate(days, 1)]


@pytest.mark.rule("A-04", "XY-43")
def test_the_third_in_the_year_makes_a_case_and_the_counter_restarts() -> None:
    rule = Counting(count=3)
    late = on("2025-12-31", "2026-01-01", "2026-05-02", "2026-12-31", "2026-12-31", "2027-01-01")
    assert evidence(late[2], late[:2], [], rule) is None, "last year's does not count"
    made = evidence(late[3], late[:3], [], rule)
    assert made == [late[1].id, late[2].id, late[3].id]
    assert evidence(late[4], late[:4], made, rule) is None, "the counter is back at one"
    assert evidence(late[5], late[:5], made, rule) is None, "a new year starts at 0"
    assert evidence(late[3], late[:3], made, rule) is None, "what was counted is not counted again"


def test_without_a_reset_each_further_one_is_a_case() -> None:
    rule = Counting(count=2, window="month", reset="never")
    three = on("2026-03-01", "2026-03-31", "2026-03-31")
    assert evidence(three[1], three[:1], [], rule) == [three[0].id, three[1].id]
    assert evidence(three[2], three[:2], [one.id for one in three[:2]], rule) == [one.id for one in three]
    assert evidence(Counted(uuid4(), date(2026, 4, 1)), three, [], rule) is None


@pytest.mark.parametrize(
    ("day", "window", "first", "behind"),
    [
        ("2026-12-31", "calendar_year", "2026-01-01", "2027-01-01"),
        ("2026-12-31", "month", "2026-12-01", "2027-01-01"),
        ("2026-02-28", "month", "2026-02-01", "2026-03-01"),
    ],
)
def test_windows(day: str, window: str, first: str, behind: str) -> None:
    found = window_of(date.fromisoformat(day), window)  # type: ignore[arg-type] # parametrized
    assert found == (date.fromisoformat(first), date.fromisoformat(behind))


@pytest.mark.rule("XY-45")
def test_a_written_explanation_goes_to_and_fro_until_it_is_accepted() -> None:
    kind = CaseKind.EXPLANATION
    walk = [Act.SUBMIT, Act.RETURN, Act.SUBMIT, Act.ACCEPT]
    states = [first_state(kind)]
    for act in walk:
        states.append(after(kind, states[-1], act))
    assert states == ["pending", "submitted", "returned", "submitted", "accepted"]
    assert [STATE_NAMES[state][0] for state in states] == ["待提交", "已提交", "退回", "已提交", "已认可"]
    with pytest.raises(CaseMoveRefused) as refused:
        after(kind, State.ACCEPTED, Act.SUBMIT)
    assert refused.value.fields["acts"] == "-"
    with pytest.raises(CaseMoveRefused) as refused:
        after(kind, State.PENDING, Act.ACCEPT)
    assert refused.value.fields["acts"] == "submit"


def test_every_kind_has_a_name_a_life_and_an_authority() -> None:
    assert set(CaseKind) == set(LIVES) == set(AUTHORITY) == set(CASE_NAMES)
    assert set(Mode) == set(MODE_NAMES)
    assert set(Flag) == set(FLAG_NAMES)
    assert set(MeetingKind) == set(MEETING_NAMES)
    for kind, life in LIVES.items():
        assert open_acts(kind, first_state(kind))
        assert {state for state, _ in life} | set(life.values()) <= set(State)


@pytest.mark.rule("JC-24", "B-18")
def test_five_modes_in_order_of_severity_behind_the_reminder() -> None:
    assert [MODE_NAMES[mode][0] for mode in sorted(Mode, key=lambda mode: mode.severity) if mode.severity] == [
        "电话督办",
        "书面督办",
        "联席会督办",
        "现场督办",
        "提级督办",
    ]
    assert Mode.URGE.severity == 0


def old(**other: object) -> Facts:
    return Facts(**{"created_at": NOW - timedelta(days=3)} | other)  # type: ignore[arg-type] # a test's own keywords


@pytest.mark.rule("JC-29")
@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (old(), []),
        (old(dissatisfied_at=NOW, repeats=1), []),
        (old(repeats=5), []),
        (old(dissatisfied_at=NOW, repeats=2), [Proposal(Trigger.REPEAT_CALLS, Mode.ON_SITE)]),
        (old(dissatisfied_at=NOW, repeats=2, satisfied=True), []),
        (old(dissatisfied_at=NOW, repeats=2, closed=True), []),
        (Facts(created_at=NOW - timedelta(days=30)), []),
        (Facts(created_at=NOW - timedelta(days=30, seconds=1)), [Proposal(Trigger.AGED, Mode.ON_SITE)]),
        (old(dissatisfied_at=NOW, round_no=2), [Proposal(Trigger.TWO_ROUNDS, Mode.ESCALATED)]),
        (old(round_no=2), []),
        (old(flags=["overdue"]), [Proposal(Trigger.OVERDUE, Mode.URGE)]),
        (
            old(flags=["perfunctory", "bad_attitude", "no_show"]),
            [
                Proposal(Trigger.FLAGGED, Mode.WRITTEN, "no_show"),
                Proposal(Trigger.FLAGGED, Mode.WRITTEN, "perfunctory"),
            ],
        ),
    ],
)
def test_what_the_rules_propose(facts: Facts, found: list[Proposal]) -> None:
    assert found == list(proposals(facts, NOW, LIMITS))


@pytest.mark.rule("JC-29")
def test_days_from_the_first_no_to_supervision() -> None:
    assert days_to_supervision(date(2026, 5, 6), date(2026, 8, 28)) == 114
    assert days_to_supervision(date(2026, 5, 7), date(2026, 5, 6)) == 0


ROW = {
    "title": "水压",
    "content": "无水",
    "category": "公用事业",
    "address": "桐影路",
    "reply": "已于三月四日更换加压泵并复测水压正常",
    "result_type": "resolved",
}


@pytest.mark.rule("SJ-22")
@pytest.mark.parametrize(
    ("hook", "seen", "failed"),
    [
        (Hook.BEFORE, Seen(order=ROW, reason="责任清单第3项"), set()),
        (Hook.BEFORE, Seen(order=ROW | {"item_id": uuid4()}), set()),
        (Hook.BEFORE, Seen(order=ROW | {"address": ""}), {"complete", "basis"}),
        (Hook.DURING, Seen(order=ROW, reason="非我职责", contacts=1), set()),
        (Hook.DURING, Seen(order=ROW), {"contacted", "reason_given"}),
        (Hook.DURING, Seen(order=ROW, reason=None), {"contacted"}),
        (Hook.BEFORE, Seen(order=ROW, reason=None), {"basis"}),
        (Hook.AFTER, Seen(order=ROW, contacts=1, files=1), set()),
        (Hook.AFTER, Seen(order=ROW | {"reply": "已处理"}), {"reply", "evidence", "contacted"}),
        (
            Hook.AFTER,
            Seen(order=ROW | {"reply": None, "resolved": False}, contacts=1, files=2),
            {"reply", "consistent"},
        ),
    ],
)
def test_automatic_rules_of_each_hook(hook: Hook, seen: Seen, failed: set[str]) -> None:
    found = automatic(hook, seen)
    assert failed == {check.code for check in found if not check.passed}
    assert CHECKLISTS[hook]


@pytest.mark.rule("SJ-22")
def test_the_sample_is_the_share_and_always_the_same() -> None:
    orders = [uuid4() for _ in range(2000)]
    drawn = [order for order in orders if sampled(order, Hook.AFTER, 0.1)]
    assert 120 < len(drawn) < 280
    assert drawn == [order for order in orders if sampled(order, Hook.AFTER, 0.1)]
    assert not any(sampled(order, Hook.AFTER, 0.0) for order in orders)
    assert all(sampled(order, Hook.AFTER, 1.0) for order in orders)


@pytest.mark.rule("GH-20")
@pytest.mark.parametrize(
    ("closed", "contacts", "visits", "files", "found"),
    [(True, 0, 0, 0, True), (True, 1, 0, 0, False), (True, 0, 0, 1, False), (False, 0, 0, 0, False)],
)
def test_hasty_closing(closed: bool, contacts: int, visits: int, files: int, found: bool) -> None:
    assert found is hasty({"closed_at": NOW if closed else None}, contacts, visits, files)


@pytest.mark.rule("GH-20")
@pytest.mark.parametrize(
    ("closed", "found"),
    [(date(2026, 8, 13), True), (date(2026, 8, 12), False), (date(2026, 8, 28), True), (None, False)],
)
def test_reopened_within_so_many_days_was_closed_too_soon(closed: date | None, found: bool) -> None:
    assert found is too_soon(closed, date(2026, 8, 28), 15)


@pytest.mark.rule("JC-24")
@pytest.mark.parametrize(
    ("mode", "known", "found"),
    [
        (Mode.WRITTEN, ("phone", "written"), Mode.WRITTEN),
        (Mode.WRITTEN, ("phone", "on_site"), Mode.ON_SITE),
        (Mode.ESCALATED, ("on_site", "phone"), Mode.ON_SITE),
        (Mode.URGE, ("phone",), Mode.URGE),
        (Mode.PHONE, (), Mode.PHONE),
    ],
)
def test_the_mode_that_is_proposed_is_one_of_the_rule_set(mode: Mode, known: tuple[str, ...], found: Mode) -> None:
    assert fitting(mode, known) is found


@pytest.mark.rule("JC-04", "A-13")
def test_who_answers_for_a_violation_is_a_setting() -> None:
    config = OversightConfig.model_validate({"answerable": "chief", "answerable_by_flag": {"late_accept": "section"}})
    assert [config.slot_for(flag) for flag in ("late_accept", "overdue", "dissatisfied", "")] == [
        "section",
        "chief",
        "chief",
        "chief",
    ]
    for wrong in ({"late": "section"}, {"late_accept": "boss"}):
        with pytest.raises(ValidationError):
            OversightConfig.model_validate({"answerable_by_flag": wrong})


@pytest.mark.rule("SJ-26", "A-26")
def test_what_changed_after_new_information() -> None:
    before = {"category": "供水", "duty_org_id": "a", "solvability": None, "result_type": "resolved"}
    assert difference(before, {"category": "物业", "solvability": "solvable", "result_type": "resolved"}) == {
        "category": ("供水", "物业")
    }
    assert difference(before, {"reply": "x"}) == {}


@pytest.mark.rule("SJ-24", "A-26")
def test_when_a_dispatch_is_disputed() -> None:
    water, roads = uuid4(), uuid4()
    assert not disputed([water], [water])
    assert disputed([water, roads], [])
    assert disputed([], [water, roads])
    assert not disputed([], [water, water])


@pytest.mark.rule("SJ-25", "A-26")
def test_what_speaks_against_a_return() -> None:
    water, roads = uuid4(), uuid4()
    found = contradictions(
        water,
        [{"id": 1, "title": "二次供水", "org_id": water}, {"id": 2, "title": "道路", "org_id": roads}],
        [{"id": 3, "number": "20260101-000001", "org_id": water}],
        [{"id": 4, "number": "口径1", "duty_org_id": roads}],
    )
    assert [(one.kind, one.text) for one in found] == [("item", "二次供水"), ("precedent", "20260101-000001")]


@pytest.mark.rule("SG-11")
def test_the_week_and_its_hour() -> None:
    assert monday(date(2026, 3, 4)) == monday(date(2026, 3, 8)) == date(2026, 3, 2)
    made = week_made_at(date(2026, 3, 4), ZONE, 8)
    assert made.astimezone(UTC) == datetime(2026, 3, 2, 0, tzinfo=UTC)
    assert begin_of(date(2026, 3, 2), ZONE) == datetime(2026, 3, 1, 16, tzinfo=UTC)


@pytest.mark.rule("SG-12")
@pytest.mark.parametrize(
    ("order", "approved", "found"),
    [
        ({"round_no": 1, "reopened": 0, "satisfied": True}, False, False),
        ({"round_no": 2, "reopened": 0, "satisfied": True}, False, True),
        ({"round_no": 1, "reopened": 1, "satisfied": True}, False, True),
        ({"round_no": 2, "reopened": 0, "satisfied": None}, False, False),
        ({"round_no": 1, "reopened": 0, "satisfied": False}, True, True),
    ],
)
def test_who_leaves_the_key_list(order: dict[str, object], approved: bool, found: bool) -> None:
    assert found is may_leave(order, approved)


@pytest.mark.rule("XY-38")
def test_topics_to_be_discussed_together() -> None:
    centre, ids = uuid4(), [uuid4() for _ in range(5)]
    rows = [
        {"id": one, "category": "供水", "place": "桐影路", "centre_org_id": centre, "difficult": n == 0}
        for n, one in enumerate(ids[:3])
    ]
    rows += [{"id": ids[3], "category": "供水", "place": "", "centre_org_id": centre, "difficult": False}]
    rows += [{"id": ids[4], "category": "物业", "place": "桐影路", "centre_org_id": centre, "difficult": True}]
    found = topics(rows, 3)
    assert [one[:3] for one in found] == [
        ("concentrated", "供水", "桐影路"),
        ("difficult", "供水", ""),
        ("difficult", "物业", ""),
    ]
    assert [ids[:3], ids[:1], ids[4:]] == [one.orders for one in found]


@pytest.mark.rule("SJ-07")
def test_the_rate_of_conversion() -> None:
    assert rate(1, 3) == 0.3333
    assert rate(0, 0) is None
