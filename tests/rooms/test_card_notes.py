"""The card tells what numbers, hotlines and transfers know of the call, and how long each menu step took."""

from datetime import UTC, datetime, timedelta

from callcenter.app.notes import HouseNotes
from callcenter.calls.events import CallArrived, CallQueued, MenuStepped
from callcenter.core.clock import SystemClock
from callcenter.core.ids import CallId, new_id
from callcenter.numbers.callers import Callers
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.ports import SeenNumbers
from callcenter.people.actor import Actor
from callcenter.seats.card import CallNotes, Card, EarlierTransfer
from callcenter.seats.config import SeatsConfig
from callcenter.seats.known_calls import KnownCall, KnownCalls
from callcenter.seats.ports import Notes
from callcenter.seats.screen_pop import ScreenPop
from callcenter.store.pool import Pool
from tests.rooms.desks_of_town import CallSeen, StagedCalls, StagedOrders
from tests.vaults import VAULT

NUMBER = "+8613800000001"
T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class StagedNotes:
    def __init__(self, notes: CallNotes | Exception) -> None:
        self._notes = notes

    async def notes_of(self, call: CallId, number_key: str) -> CallNotes:
        if isinstance(self._notes, Exception):
            raise self._notes
        return self._notes


async def card_of(notes: Notes, caller: str = NUMBER) -> Card:
    calls, call = StagedCalls(), CallId(new_id())
    calls.calls[call] = CallSeen(id=call)
    pop = ScreenPop(calls, StagedOrders(), SeatsConfig(), notes)
    cards = [card async for card in pop.cards(call, "main", T0, KnownCall(caller=caller))]
    return cards[-1]


async def test_what_other_rooms_know_stands_on_the_card() -> None:
    moved = EarlierTransfer(target="12366", mode="warm", outcome="answered", at=T0)
    notes = CallNotes(care="elderly", care_note="听力不好", language="en", remote_case="110-7", transfers=(moved,))
    card = await card_of(StagedNotes(notes))
    assert (card.care, card.care_note, card.language, card.remote_case) == ("elderly", "听力不好", "en", "110-7")
    assert card.transfers == (moved,)
    assert (await card_of(StagedNotes(notes), caller="")).remote_case == "110-7", "a withheld number hides no case"


async def test_a_card_without_notes_says_so() -> None:
    card = await card_of(StagedNotes(RuntimeError("away")))
    assert "notes_unavailable" in card.notes
    assert card.care == ""


def test_each_step_of_the_menu_has_its_seconds() -> None:
    known, call = KnownCalls(), CallId(new_id())
    known.hear(CallArrived(at=T0, call=call, direction="inbound", caller=NUMBER, dialled="12345"))
    for seconds, node, key in ((7, "greeting", ""), (9.5, "menu", "2")):
        known.hear(MenuStepped(at=T0 + seconds * SECOND, call=call, flow="main", node=node, key=key))
    known.hear(CallQueued(at=T0 + 10 * SECOND, call=call, queue="main"))
    assert [(step.node, step.key, step.seconds) for step in known.get(call).menu_path] == [
        ("greeting", "", 7.0),
        ("menu", "2", 2.5),
    ]


async def test_the_house_knows_of_care_language_case_and_transfers(pool: Pool) -> None:
    call, user = CallId(new_id()), new_id()
    async with pool.acquire() as connection:
        await connection.execute("set session_replication_role = replica")  # rows without the people around them
        await connection.execute(
            "insert into link_case (id, link, external, summary, caller_number, machine_id, received_at, expires_at,"
            " call_id, matched_at) values ($1, '110', '110-7', '楼道漏水', $2, $3, now(), now(), $4, now())",
            new_id(),
            NUMBER,
            user,
            call,
        )
        await connection.execute("set session_replication_role = origin")
    clock = SystemClock()
    seen: SeenNumbers = _Nobody()
    house = HouseNotes(pool, Callers(pool, clock, NumbersConfig(), seen, VAULT), VAULT)
    notes = await house.notes_of(call, NUMBER)
    assert (notes.remote_case, notes.remote_summary, notes.care, notes.transfers) == ("110-7", "楼道漏水", "", ())
    assert (
        await HouseNotes(pool, Callers(pool, clock, NumbersConfig(), seen, VAULT), VAULT).notes_of(CallId(new_id()), "")
        == CallNotes()
    )


class _Nobody:
    async def number_of(self, actor: Actor, call: CallId) -> str:
        raise AssertionError("a card asks for no number of a call")
