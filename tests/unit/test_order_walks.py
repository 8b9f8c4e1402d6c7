"""Random walks over the pure table: whoever tries whatever, nothing closes unanswered, and events give the row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from callcenter.core.errors import DomainError
from callcenter.orders import lifecycle as life
from callcenter.orders.effects import Moment, effect_of
from callcenter.orders.guards import decide, follow_up, standing_of
from callcenter.orders.terms import Stage
from callcenter.people.actor import Actor
from tests.unit.people_of_orders import AGENT, ONE_OF_EACH, PATHS, PEOPLE, STREET

pytestmark = pytest.mark.rule("XY-02", "JC-23", "SJ-10")

UNSAID: Final = (
    "handled_by contacted_at reply result_type resolved satisfied close_reason upper_ref assigned_by_org_id "
    "first_org_id call_id closed_at submitted_at replied_at finished_at"
)
START: Final[dict[str, Any]] = {
    "stage": Stage.PENDING_DISPATCH,
    "created_by": AGENT.user_id,
    "owner_org_id": STREET,
    "owner_org_path": PATHS[STREET],
    "intake_org_path": "/c/",
    "centre_org_id": STREET,
    "request_type": "complaint",
    "kind": "ordinary",
    "level": "normal",
    "category_code": "",
    "channel": "upper_level",
    "round_no": 1,
    "barred_path": "",
    "supervisions": 0,
    "missed_contacts": 0,
    "hops": 0,
    "redispatches": 0,
    "reopened": 0,
    "reasonableness": "unreasonable",
    **dict.fromkeys(("callback_exhausted", "again", "locked", "flagged"), False),
    "reasonableness_confirmed": True,
    **dict.fromkeys(UNSAID.split()),
}


class AnyWalk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.row = dict(START)
        self.events: list[dict[str, Any]] = []
        self.at = datetime(2026, 3, 2, tzinfo=UTC)
        self.called_back = self.excused = False

    @rule(move=st.sampled_from(ONE_OF_EACH), actor=st.sampled_from([None, *PEOPLE]), supervise=st.booleans())
    def attempt(self, move: life.Move, actor: Actor | None, supervise: bool) -> None:
        self._try(move, actor)
        audit = supervise  # any rule set may ask for a closing audit, or not
        if (after := follow_up(standing_of(self.row), qc_window=False, closing_audit=audit)) is not None:
            self._try(after, None)

    @rule()
    def go_on(self) -> None:
        """What the table allows here, by the machine, so that walks come to their ends."""
        for move in ONE_OF_EACH:
            if (self.row["stage"], type(move)) in life.NEXT and self._try(move, None):
                return

    def _try(self, asked: life.Move, actor: Actor | None) -> bool:
        before = dict(self.row)
        move = life.fitting(asked, again=before["again"])
        try:
            after = decide(standing_of(before), move, actor)
        except DomainError:
            assert self.row == before
            return False
        self.at += timedelta(hours=1)
        by = actor.user_id if actor else None
        changes = dict(effect_of(move, Moment(row=before, by=by, at=self.at)).changes) | {"stage": after}
        if "owner_org_id" in changes:
            changes["owner_org_path"] = PATHS[changes["owner_org_id"]]
        self.events.append(changes)
        self.row |= changes
        self.called_back = isinstance(move, life.Satisfy) or (
            self.called_back and not isinstance(move, life.Reopen | life.Warn | life.Refuse)
        )
        return True

    @invariant()
    def closed_means_answered(self) -> None:
        if self.row["stage"] is Stage.CLOSED:
            assert self.row["reply"]
            assert self.row["contacted_at"]
            assert self.row["result_type"]
            assert self.called_back or self.row["close_reason"]

    @invariant()
    def events_give_the_row(self) -> None:
        folded = dict(START)
        for changes in self.events:
            folded |= changes
        assert folded == self.row


TestAnyWalk = AnyWalk.TestCase
TestAnyWalk.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


def test_a_warned_order_that_was_once_satisfied_does_not_close_on_that() -> None:
    """The citizen's last word counts: a no after a yes is a no."""
    row = START | {"stage": Stage.CLOSE_PENDING, "reply": "已修", "contacted_at": 1, "result_type": "resolved"}
    assert follow_up(standing_of(row), qc_window=False, closing_audit=False) is None
    heard = standing_of(row | {"resolved": True, "satisfied": True})
    assert follow_up(heard, qc_window=False, closing_audit=False) == life.Close()
    assert follow_up(replace(heard, heard=False), qc_window=False, closing_audit=False) is None
