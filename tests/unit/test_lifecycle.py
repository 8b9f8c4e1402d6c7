"""The life cycle: what is possible, who may, and that nothing closes without what XY-02 asks for."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from callcenter.core.errors import DomainError, Forbidden, Refused
from callcenter.core.ids import OrgId, UserId
from callcenter.orders import effects, guards, lifecycle
from callcenter.orders.effects import Moment, effect_of
from callcenter.orders.guards import Side, Standing, decide, open_actions, stands_on, visible
from callcenter.orders.lifecycle import (
    MOVES,
    NEXT,
    Accept,
    Answer,
    Approve,
    Assign,
    CloseUnheard,
    Contact,
    Dispatch,
    ExhaustCallback,
    Move,
    MoveRefused,
    Register,
    Satisfy,
    SendBack,
    Submit,
    TryContact,
    Warn,
    advance,
    callback_move,
    contact_move,
)
from callcenter.orders.places import place_of
from callcenter.orders.privacy import CallerSeen, Sight, caller_seen, sight_of
from callcenter.orders.terms import STAGE_NAMES, ContactOutcome, ResultType, Solvability, Stage
from callcenter.people.actor import Actor, Role

CITY, STREET, UNIT, OTHER = (OrgId(UUID(int=n)) for n in range(1, 5))
PATHS = {CITY: "/c/", STREET: "/c/s/", UNIT: "/c/s/u/", OTHER: "/c/s/o/"}


def person(number: int, org: OrgId, *roles: Role) -> Actor:
    return Actor(
        user_id=UserId(UUID(int=100 + number)),
        username=f"p{number}",
        name="",
        roles=frozenset(roles),
        org_id=org,
        org_path=PATHS[org],
    )


AGENT = person(1, CITY, Role.AGENT)
DISPATCHER = person(2, STREET, Role.DISPATCHER)
OPERATOR = person(3, UNIT, Role.UNIT_OPERATOR)
STRANGER = person(4, OTHER, Role.UNIT_OPERATOR)
REVIEWER = person(5, STREET, Role.REVIEWER)
LEADER = person(6, CITY, Role.LEADER)
ADMIN = person(7, CITY, Role.ADMIN)
PEOPLE = (AGENT, DISPATCHER, OPERATOR, STRANGER, REVIEWER, LEADER, ADMIN)

TAKEN = Standing(
    stage=Stage.PENDING_DISPATCH,
    created_by=AGENT.user_id,
    owner_org_id=STREET,
    owner_org_path=PATHS[STREET],
    intake_org_path=PATHS[CITY],
)
HELD = replace(TAKEN, owner_org_id=UNIT, owner_org_path=PATHS[UNIT])
SUBMISSION = Submit(reply="已处理", solvability=Solvability.SOLVABLE, result=ResultType.RESOLVED)
REACHED = Contact(outcome=ContactOutcome.REACHED, note="")


def test_every_stage_and_move_has_two_names() -> None:
    assert set(Stage) == set(STAGE_NAMES)
    assert all(move.zh and move.en and move.kind for move in MOVES)
    assert set(guards.ACTIONS) <= set(MOVES)


@pytest.mark.parametrize(("stage", "move"), list(product(Stage, MOVES)))
def test_the_table_is_the_only_way(stage: Stage, move: type[Move]) -> None:
    if (stage, move) in NEXT:
        assert NEXT[stage, move] is advance(stage, move)
        return
    with pytest.raises(MoveRefused) as caught:
        advance(stage, move)
    assert STAGE_NAMES[stage][0] in caught.value.text("zh")
    assert move.en in caught.value.text("en")
    assert caught.value.code == "move-refused"


def test_what_a_contact_is() -> None:
    assert isinstance(contact_move(ContactOutcome.REACHED, "", None, 0, 3), Contact)
    assert isinstance(contact_move(ContactOutcome.UNREACHABLE, "", None, 1, 3), TryContact)
    assert isinstance(contact_move(ContactOutcome.UNREACHABLE, "", None, 2, 3), Contact)


@pytest.mark.parametrize(
    ("resolved", "satisfied", "move"),
    [
        (True, True, Satisfy),
        (True, False, Warn),
        (False, True, Warn),
        (False, None, Warn),
        (None, False, Warn),
        (True, None, ExhaustCallback),
        (None, True, ExhaustCallback),
        (None, None, ExhaustCallback),
    ],
)
def test_what_a_callback_means(resolved: bool | None, satisfied: bool | None, move: type[Move]) -> None:
    assert isinstance(callback_move(resolved, satisfied), move)


ALLOWED: list[tuple[Standing, Move, Actor]] = [
    (replace(TAKEN, stage=Stage.NEW), Register(), AGENT),
    (TAKEN, Answer(reply="答"), AGENT),
    (TAKEN, Assign(centre=STREET, reason="属地"), AGENT),
    (TAKEN, Dispatch(unit=UNIT, reason="职责清单"), DISPATCHER),
    (replace(HELD, stage=Stage.DISPATCHED), Accept(), OPERATOR),
    (replace(HELD, stage=Stage.ACCEPTED), REACHED, OPERATOR),
    (replace(HELD, stage=Stage.HANDLING, contacted=True), SUBMISSION, OPERATOR),
    (replace(HELD, stage=Stage.SUBMITTED), Approve(opinion=""), REVIEWER),
    (replace(HELD, stage=Stage.SUBMITTED), SendBack(opinion="补充照片"), REVIEWER),
    (replace(HELD, stage=Stage.CALLBACK, replied=True, contacted=True), Satisfy(), REVIEWER),
    (
        replace(HELD, stage=Stage.CALLBACK, replied=True, contacted=True, callback_exhausted=True),
        CloseUnheard(reason="多次无人接听"),
        REVIEWER,
    ),
    (replace(TAKEN, stage=Stage.ANSWERED, replied=True, contacted=True), CloseUnheard(reason="直接答复"), AGENT),
]


@pytest.mark.parametrize(("order", "move", "actor"), ALLOWED)
def test_allowed(order: Standing, move: Move, actor: Actor) -> None:
    assert advance(order.stage, type(move)) is decide(order, move, actor)
    assert advance(order.stage, type(move)) is decide(order, move, None)


REFUSED: list[tuple[Standing, Move, Actor | None, str]] = [
    (TAKEN, Answer(reply=" "), AGENT, "reply-missing"),
    (TAKEN, Dispatch(unit=UNIT, reason=""), DISPATCHER, "reason-missing"),
    (TAKEN, Dispatch(unit=UNIT, reason="r"), AGENT, "move-needs-role"),
    (TAKEN, Dispatch(unit=UNIT, reason="r"), person(8, OTHER, Role.DISPATCHER), "move-needs-side"),
    (replace(HELD, stage=Stage.DISPATCHED), Accept(), STRANGER, "move-needs-side"),
    (replace(HELD, stage=Stage.DISPATCHED), Accept(), ADMIN, "move-needs-side"),
    (replace(HELD, stage=Stage.DISPATCHED), Accept(), AGENT, "move-needs-role"),
    (replace(HELD, stage=Stage.HANDLING), SUBMISSION, OPERATOR, "contact-missing"),
    (replace(HELD, stage=Stage.HANDLING, contacted=True), replace(SUBMISSION, reply=""), OPERATOR, "reply-missing"),
    (
        replace(HELD, stage=Stage.HANDLING, contacted=True),
        replace(SUBMISSION, solvability=Solvability.HARD_NOW),
        OPERATOR,
        "plan-missing",
    ),
    (
        replace(HELD, stage=Stage.SUBMITTED, handled_by=REVIEWER.user_id),
        Approve(opinion=""),
        REVIEWER,
        "reviewer-is-handler",
    ),
    (replace(HELD, stage=Stage.SUBMITTED), SendBack(opinion=""), REVIEWER, "reason-missing"),
    (replace(HELD, stage=Stage.SUBMITTED), Approve(opinion=""), person(9, UNIT, Role.REVIEWER), "move-needs-side"),
    (replace(HELD, stage=Stage.CALLBACK), Satisfy(), None, "reply-missing"),
    (replace(HELD, stage=Stage.CALLBACK, replied=True), Satisfy(), None, "contact-missing"),
    (
        replace(HELD, stage=Stage.CALLBACK, replied=True, contacted=True),
        CloseUnheard(reason="r"),
        REVIEWER,
        "callback-not-exhausted",
    ),
    (
        replace(HELD, stage=Stage.CALLBACK, replied=True, contacted=True, callback_exhausted=True),
        CloseUnheard(reason=""),
        REVIEWER,
        "reason-missing",
    ),
    (replace(HELD, stage=Stage.CALLBACK), ExhaustCallback(), REVIEWER, "move-needs-role"),
    (replace(HELD, stage=Stage.CLOSED), Accept(), OPERATOR, "move-refused"),
]


@pytest.mark.parametrize(("order", "move", "actor", "code"), REFUSED)
def test_refused(order: Standing, move: Move, actor: Actor | None, code: str) -> None:
    with pytest.raises((Forbidden, Refused)) as caught:
        decide(order, move, actor)
    assert code == caught.value.code
    assert caught.value.text("zh")


def test_rows_are_seen_by_holder_intake_and_creator() -> None:
    assert visible(HELD, OPERATOR)
    assert visible(HELD, REVIEWER)
    assert visible(HELD, LEADER)
    assert not visible(HELD, STRANGER)
    assert visible(replace(HELD, created_by=STRANGER.user_id), STRANGER)
    assert not stands_on(Side.CENTRE, HELD, OPERATOR)


def test_the_buttons_a_desk_shows() -> None:
    assert open_actions(TAKEN, AGENT) == ["answer", "dispatch"]
    assert open_actions(replace(HELD, stage=Stage.DISPATCHED), OPERATOR) == ["accept"]
    assert open_actions(replace(HELD, stage=Stage.HANDLING), OPERATOR) == ["contacts", "submit"]
    assert open_actions(replace(HELD, stage=Stage.SUBMITTED), REVIEWER) == ["review"]
    assert open_actions(replace(HELD, stage=Stage.SUBMITTED, handled_by=REVIEWER.user_id), REVIEWER) == []
    assert open_actions(replace(HELD, stage=Stage.CALLBACK), REVIEWER) == ["callback"]
    exhausted = replace(HELD, stage=Stage.CALLBACK, callback_exhausted=True)
    assert open_actions(exhausted, REVIEWER) == ["callback", "close"]
    assert open_actions(exhausted, STRANGER) == []


def test_how_much_of_the_caller_is_seen() -> None:
    def seen(actor: Actor, *, confidential: bool) -> CallerSeen:
        sight = sight_of(HELD, actor, confidential=confidential)
        return caller_seen(sight, "欧阳某某", "+8613800000000", confidential=confidential)

    assert CallerSeen("欧阳某某", "+8613800000000") == seen(AGENT, confidential=True)
    assert CallerSeen("欧阳某某", "+8613800000000") == seen(REVIEWER, confidential=False)
    assert CallerSeen("欧***", "+8613800000000") == seen(OPERATOR, confidential=False)
    assert CallerSeen("", "") == seen(OPERATOR, confidential=True)
    assert CallerSeen("", "**********0000") == seen(LEADER, confidential=False)
    assert Sight.WHOLE is sight_of(replace(HELD, created_by=LEADER.user_id), LEADER, confidential=True)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("栖岚区云堰街道桐影路88号3栋", "桐影路"),
        ("桐影路 90 号", "桐影路"),
        ("幸福小区3栋", "幸福小区"),
        ("澄湾市栖岚区墨禾镇沙河村12号", "沙河村"),
        ("墨禾镇", ""),
        ("", ""),
    ],
)
def test_the_place_in_an_address(address: str, place: str) -> None:
    assert place == place_of(address)


ORDERED: list[Any] = [
    Register(),
    Answer(reply="答"),
    Answer(reply=""),
    Assign(centre=STREET, reason="r"),
    Dispatch(unit=UNIT, reason="r"),
    Accept(),
    TryContact(note=""),
    REACHED,
    SUBMISSION,
    replace(SUBMISSION, reply=""),
    Approve(opinion=""),
    SendBack(opinion="r"),
    Satisfy(),
    Warn(resolved=False, satisfied=None),
    ExhaustCallback(),
    CloseUnheard(reason="r"),
    CloseUnheard(reason=""),
]


class AnyWalk(RuleBasedStateMachine):
    """Whoever tries whatever in any order: the closed ones have what XY-02 asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.order = replace(TAKEN, stage=Stage.NEW, owner_org_id=CITY, owner_org_path=PATHS[CITY])
        self.replied = self.contacted = self.called_back = self.excused = False

    @rule(move=st.sampled_from(ORDERED), actor=st.sampled_from([None, *PEOPLE]))
    def attempt(self, move: Move, actor: Actor | None) -> None:
        try:
            after = decide(self.order, move, actor)
        except DomainError:
            return
        self.order = replace(self.order, stage=after)
        match move:
            case Dispatch(unit=org) | Assign(centre=org):
                self.order = replace(self.order, owner_org_id=org, owner_org_path=PATHS[org])
            case lifecycle.Contact():
                self.contacted = True
            case Submit():
                self.replied = bool(move.reply)
                self.order = replace(self.order, handled_by=actor.user_id if actor else None)
            case Answer():
                self.replied = self.contacted = True
            case Satisfy():
                self.called_back = True
            case CloseUnheard(reason=reason):
                self.excused = bool(reason)
            case ExhaustCallback():
                self.order = replace(self.order, callback_exhausted=True)
            case _:
                pass
        self.order = replace(self.order, contacted=self.contacted, replied=self.replied)

    @invariant()
    def closed_means_answered(self) -> None:
        if self.order.stage is Stage.CLOSED:
            assert self.replied
            assert self.contacted
            assert self.called_back or self.excused


TestAnyWalk = AnyWalk.TestCase
TestAnyWalk.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_every_move_of_an_order_has_an_effect() -> None:
    assert set(effects._EFFECTS) == set(MOVES) - {Register}


def test_a_contact_is_the_first_only_once() -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    first = effect_of(REACHED, Moment(row={"contacted_at": None}, by=OPERATOR.user_id, at=at))
    again = effect_of(REACHED, Moment(row={"contacted_at": at}, by=OPERATOR.user_id, at=at))
    assert [first.contacts[0]["kind"], again.contacts[0]["kind"]] == ["first_contact", "further"]
