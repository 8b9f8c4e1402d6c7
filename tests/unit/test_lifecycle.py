"""The life cycle as a table: what is possible when, and what the refusals say."""

import re
from itertools import product
from pathlib import Path

import pytest

from callcenter.orders import lifecycle as life
from callcenter.orders import rights
from callcenter.orders.lifecycle import (
    MOVES,
    NEXT,
    OF_LATER_ROUND,
    Contact,
    ExhaustCallback,
    Move,
    MoveRefused,
    Satisfy,
    TryContact,
    Warn,
    advance,
    callback_move,
    contact_move,
    fitting,
)
from callcenter.orders.picture import life_picture
from callcenter.orders.places import place_of
from callcenter.orders.terms import QUEUE, STAGE_NAMES, ContactOutcome, Kind, Stage
from tests.unit.people_of_orders import ONE_OF_EACH

A_STATES = (
    "new answered transferred not_accepted triage returned_up pending_dispatch dispatched accepted return_requested "
    "redispatch sign_pending handling collab submitted reviewed callback warned rehandling ledger close_pending closed"
)
"""The states of A3.2 but the overlays (督办, 不纳入测评) and REOPENED, which is the move that leads to TRIAGE."""


@pytest.mark.rule("A-16", "JC-22")
def test_one_machine_has_the_states_of_the_table() -> None:
    assert set(A_STATES.split()) == {stage.value for stage in Stage}
    assert set(Stage) == set(STAGE_NAMES)
    assert {stage for stage, _ in NEXT} | {Stage.RETURNED_UP} == set(Stage)
    assert set(NEXT.values()) | {Stage.NEW} == set(Stage)


def test_every_move_has_two_names_a_kind_and_a_side() -> None:
    assert all(move.zh and move.en and move.kind for move in MOVES)
    assert set(rights.ACTIONS) <= set(MOVES)
    assert set(MOVES) - set(rights.RIGHTS) == {ExhaustCallback}
    assert {type(move) for move in ONE_OF_EACH} == set(MOVES)


@pytest.mark.parametrize(("stage", "move"), list(product(Stage, MOVES)))
def test_the_table_is_the_only_way(stage: Stage, move: type[Move]) -> None:
    if (stage, move) in NEXT:
        assert NEXT[stage, move] is advance(stage, move)
        return
    with pytest.raises(MoveRefused) as caught:
        advance(stage, move)
    assert STAGE_NAMES[stage][0] in caught.value.text("zh")
    assert move.en in caught.value.text("en")
    for before in (before for before, kind in NEXT if kind is move):
        assert STAGE_NAMES[before][0] in caught.value.text("zh")
        assert STAGE_NAMES[before][1] in caught.value.text("en")
    assert caught.value.code == "move-refused"


@pytest.mark.rule("XY-07", "SG-10", "GH-09")
def test_only_the_ways_of_return_and_signature_lead_from_a_unit_back_to_a_centre() -> None:
    """接单 comes before a return, and the order stays with its unit from there to the close."""
    held = {
        Stage.DISPATCHED,
        Stage.ACCEPTED,
        Stage.RETURN_REQUESTED,
        Stage.HANDLING,
        Stage.COLLAB,
        Stage.SUBMITTED,
        Stage.REVIEWED,
        Stage.CALLBACK,
        Stage.WARNED,
        Stage.REHANDLING,
        Stage.LEDGER,
        Stage.CLOSE_PENDING,
    }
    outside = {after for after in Stage if after not in held | {Stage.CLOSED}}
    leaving = {move.kind for (stage, move), after in NEXT.items() if stage in held and after in outside}
    assert leaving == {life.GrantReturn.kind, life.NeedSign.kind}
    assert [stage for stage, move in NEXT if move is life.RequestReturn] == [Stage.ACCEPTED]


@pytest.mark.rule("SG-08", "SJ-20")
def test_the_close_comes_after_review_and_callback() -> None:
    """派单→核实→办理→审核→回访→结案审核: what a unit handled has one way to the end."""

    def before(after: Stage) -> set[Stage]:
        return {stage for (stage, _), to in NEXT.items() if to is after and stage is not after}

    assert before(Stage.CALLBACK) == {Stage.REVIEWED}
    assert before(Stage.REVIEWED) == {Stage.SUBMITTED}
    assert before(Stage.CLOSED) == {Stage.CLOSE_PENDING, Stage.ANSWERED, Stage.TRANSFERRED, Stage.NOT_ACCEPTED}


@pytest.mark.rule("JC-19")
def test_a_dispatched_order_cannot_miss_the_callback() -> None:
    reached, ways = {Stage.DISPATCHED}, [Stage.DISPATCHED]
    leaders = {life.Explain, life.Hang, life.GrantReturn, life.NeedSign}  # a leader's word, or no unit's order any more
    while ways:
        stage = ways.pop()
        for (here, move), after in NEXT.items():
            if here is stage and after not in reached and move not in leaders and here is not Stage.CALLBACK:
                reached.add(after)
                ways.append(after)
    assert Stage.CALLBACK in reached
    assert Stage.CLOSED not in reached


@pytest.mark.rule("XY-24")
def test_kinds_and_which_is_looked_at_first() -> None:
    assert QUEUE == (Kind.URGENT, Kind.SEMI_URGENT, Kind.CITY_REVIEW, Kind.SNAPSHOT, Kind.ORDINARY)
    assert set(QUEUE) == set(Kind)


def test_a_later_round_has_its_own_moves_back() -> None:
    for first, later in OF_LATER_ROUND.items():
        move = next(move for move in ONE_OF_EACH if type(move) is first)
        assert type(fitting(move, again=True)) is later
        assert fitting(move, again=False) is move
        assert (first.kind, first.zh) == (later.kind, later.zh)
    assert fitting(life.Accept(), again=True) == life.Accept()
    assert fitting(life.SendBack(opinion="补照片"), again=True) == life.SendBackAgain(opinion="补照片")


def test_what_a_contact_is() -> None:
    assert isinstance(contact_move(ContactOutcome.REACHED, "", None, 0, 3), Contact)
    assert isinstance(contact_move(ContactOutcome.UNREACHABLE, "", None, 1, 3), TryContact)
    assert isinstance(contact_move(ContactOutcome.UNREACHABLE, "", None, 2, 3), Contact)


@pytest.mark.rule("A-23")
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


def test_the_picture_in_the_documents_is_the_table() -> None:
    page = Path("docs/orders.md").read_text("utf-8")
    (drawn,) = re.findall(r"```mermaid\n(.*?)```", page, re.DOTALL)
    assert drawn == life_picture()


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
