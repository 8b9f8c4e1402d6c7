"""Sealing loses nothing of a fact, leaves no number in the clear, and is done once."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.calls.identity import fingerprint
from callcenter.calls.replay import rebuild
from callcenter.calls.rows import call_row, fact_row
from callcenter.calls.sealed import LedgerSeal
from callcenter.calls.spool import Batch
from callcenter.calls.wire import fact_of
from callcenter.core.ids import LegId
from callcenter.pbx import facts
from callcenter.pbx.facts import PbxFact
from callcenter.people.keys import fresh_keys
from callcenter.people.vault import Vault
from tests.unit.test_ledger_replay import SCENE_NAMES, shown, stream
from tests.vaults import KEYS, VAULT

NUMBER = "13800000000"
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SEAL = LedgerSeal(VAULT)


def stored(seal: LedgerSeal, fact: PbxFact) -> dict[str, object]:
    """Its row as it comes out of the database."""
    batch = seal.batch({"facts": [fact_row(fact, None, "ami", AT)], "calls": [], "legs": []})
    (row,) = orjson.loads(orjson.dumps(batch))["facts"]
    return dict(row)


def read(row: dict[str, object], fact: PbxFact) -> PbxFact:
    body = row["body"]
    assert isinstance(body, dict)
    return fact_of(str(row["kind"]), fact.pbx, fact.at, SEAL.opened(body))


@pytest.mark.parametrize("name", SCENE_NAMES)
@pytest.mark.rule("B-29")
def test_a_call_is_rebuilt_from_what_is_stored_and_no_number_lies_in_it(name: str) -> None:
    heard = stream(name)
    rows = [stored(SEAL, fact) for fact in heard]
    assert NUMBER.encode() not in orjson.dumps(rows)
    again = rebuild(read(row, fact) for row, fact in zip(rows, heard, strict=True))
    assert {leg: shown(call) for leg, call in again.items()} == {leg: shown(c) for leg, c in rebuild(heard).items()}


@given(pressed=st.lists(st.tuples(st.text(max_size=4), st.text(max_size=8)), max_size=4), number=st.text(max_size=24))
def test_whatever_was_presented_or_answered_comes_back(pressed: list[tuple[str, str]], number: str) -> None:
    """Also what looks sealed, or cannot stand in a JSON text (NUL)."""
    leg, without = LegId("1.1"), str.maketrans("", "", "\0")
    end = facts.FlowFinished(pbx="a", at=AT, leg=leg, flow="survey", answers=tuple(pressed))
    assert read(stored(SEAL, end), end) == facts.FlowFinished(
        pbx="a",
        at=AT,
        leg=leg,
        flow="survey",
        answers=tuple((node.translate(without), key.translate(without)) for node, key in pressed),
    )
    for presented in (number, f"~x~gAAAA{number}"):
        began = facts.ChannelStarted(
            pbx="a", at=AT, leg=leg, linked=leg, channel="c", caller_number=presented, dialled="12345", context=""
        )
        back = read(stored(SEAL, began), began)
        assert isinstance(back, facts.ChannelStarted)
        assert (back.caller_number, back.dialled) == (presented.translate(without), "12345")


def test_a_fingerprint_with_a_number_in_it_is_keyed_and_the_same_for_the_same_fact() -> None:
    began, later = (fact for fact in stream("answered") if isinstance(fact, facts.ChannelStarted))
    other = LedgerSeal(Vault(fresh_keys()))
    assert stored(SEAL, began)["fingerprint"] == stored(LedgerSeal(Vault(KEYS)), began)["fingerprint"]
    assert stored(SEAL, began)["fingerprint"] != stored(SEAL, later)["fingerprint"]
    bare: Batch = {"facts": [fact_row(began, None, "ami", AT)], "calls": [], "legs": []}
    assert SEAL.batch(SEAL.batch(bare)) == SEAL.batch(bare), "sealed and keyed once"
    assert len({stored(seal, began)["fingerprint"] for seal in (SEAL, other)} | {str(fingerprint(began))}) == 3
    ended = next(fact for fact in stream("answered") if isinstance(fact, facts.ChannelEnded))
    assert stored(SEAL, ended)["fingerprint"] == str(fingerprint(ended)), "nothing to guess there"


@pytest.mark.parametrize(("name", "dialled"), [("answered", "12345"), ("called_back", None)])
def test_a_call_s_row_is_sealed_once_and_keyed_by_its_number(name: str, dialled: str | None) -> None:
    (state,) = rebuild(stream(name)).values()
    clear: Batch = {"facts": [], "calls": [call_row(state, lambda _: "")], "legs": []}
    once = SEAL.batch(clear)
    (row,) = once["calls"]
    assert VAULT.open(row["caller_number"]) == f"+86{NUMBER}" != row["caller_number"]
    assert row["caller_key"] == VAULT.key_text(f"+86{NUMBER}")
    assert row["dialled"] == dialled or VAULT.open(row["dialled"]) == NUMBER
    assert SEAL.batch(once) == once
    assert clear["calls"][0]["caller_number"] == f"+86{NUMBER}", "the book compares with clear rows"


def test_facts_without_a_number_are_left_alone() -> None:
    step = facts.FlowStepped(pbx="a", at=AT, leg=LegId("1.1"), flow="main", node="menu", key="1", began_at=AT)
    row = fact_row(step, None, "agi", AT)
    assert SEAL.batch({"facts": [row], "calls": [], "legs": []})["facts"] == [row]
