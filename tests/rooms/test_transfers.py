"""Transfers over the real ledger, gate, order room and database: every means, every way to fail, and what a server that
was away finds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.core.ids import CallId, new_id
from callcenter.numbers.gate import DialRefused
from callcenter.pbx import facts
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown
from callcenter.people.actor import Actor
from callcenter.resources import IVR
from callcenter.seats.experts import NewSlot
from callcenter.store.config import StoreConfig
from callcenter.store.notify import open_listener
from callcenter.store.pool import Pool, open_pool
from callcenter.transfers.attempts import Outcome, Place, TransferId
from callcenter.transfers.attempts_store import AttemptStore, MattersEdited
from callcenter.transfers.live_errors import (
    LineClosed,
    ModeNotAllowed,
    NobodyTalks,
    NoDrill,
    NoSuchTarget,
    NoSuchTransfer,
    NothingToCancel,
    NotOnCall,
    OrderNeeded,
    OtherTransfer,
    SeatBusy,
    TransferUnderWay,
)
from callcenter.transfers.live_events import TransferSettled
from callcenter.transfers.matrix import Means, read_matrix
from callcenter.transfers.targets import Wanted
from tests.rooms.live_house import AGENT, CITIZEN, CLOCK, LiveHouse, open_live
from tests.rooms.town_of_orders import Town, build_town
from tests.simulators.eventually import comes_true, eventually
from tests.simulators.severed_postgres import open_severed
from tests.vaults import VAULT


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


@pytest.fixture
async def house(pool: Pool, town: Town, tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with open_live(pool, tmp_path) as house, house.watching():
        house.desks.extensions[town.people["agent"].user_id] = "8001"
        yield house


@pytest.fixture
def agent(town: Town) -> Actor:
    return town.people["agent"]


def wanted(**given: Any) -> Wanted:
    return Wanted(id=TransferId(new_id()), **given)


async def seat(pool: Pool, user: Actor, extension: str, presence: str = "ready") -> None:
    await pool.execute(
        "insert into agent_seat (user_id, extension, presence, since) values ($1, $2, $3, now())",
        user.user_id,
        extension,
        presence,
    )


@pytest.mark.rule("JC-13", "A-24")
async def test_an_emergency_line_is_fetched_and_the_agent_leaves(house: LiveHouse, agent: Actor) -> None:
    call, live = await house.talk(), house.room.live
    one = await live.transfers.transfer(agent, call, wanted(matter="fire", summary="三楼"))
    assert (one.place, one.target, one.mode, one.emergency, one.keeper) == (
        Place.LINE,
        "119",
        Means.THREE_WAY,
        True,
        "119",
    )
    (sent,) = [fields for name, fields in house.link.sent if name == "Originate"]
    plan = next(v.partition("=")[2] for v in sent["Variable"] if v.startswith("__HL_PLAN="))
    assert plan == f"119|emergency|20|62340119|emergency||hotline/summary-{one.id}|"
    (sound,) = house.sounds.glob(f"zh/hotline/summary-{one.id}.wav")
    ringing = await house.until(one.id, step="target")
    assert ringing.ringing_at is not None
    with house.bus.subscribe(TransferSettled) as told:
        await house.link.answer(one.id)
        answered = await house.until(one.id, outcome=Outcome.ANSWERED)
        event = await anext(aiter(told))
    assert isinstance(event, TransferSettled)
    assert (event.line, event.outcome, event.emergency) == ("119", "answered", True)
    assert answered.time_to_answer is not None
    assert answered.time_to_answer >= timedelta(0)
    noted = await live.transfers.note_case(agent, one.id, "119-07")
    assert noted.remote_case_no == "119-07"
    state = await live.state(agent, call)
    assert {"leave", "cancel"} <= set(state.can)
    assert [party.party for party in state.parties] == ["citizen", "agent", "guest"]
    assert state.attempts[0].state == "answered"
    await live.leave(agent, call)
    assert AGENT not in house.link.channels
    await house.link.over(one.id)
    over = await house.over(one.id)
    assert (over.outcome, over.remote_case_no) == (Outcome.ANSWERED, "119-07")
    await eventually(lambda: not sound.exists())


async def test_a_consultation_holds_the_caller_and_nobody_reached_brings_him_back(
    house: LiveHouse, agent: Actor
) -> None:
    call, live = await house.talk(), house.room.live
    one = await live.transfers.consult(agent, call, wanted(number="13911112222"))
    assert (one.place, one.consult, one.held) == (Place.NUMBER, True, True)
    assert (await live.state(agent, call)).held
    with pytest.raises(TransferUnderWay):
        await live.transfers.consult(agent, call, wanted(number="13911112222"))
    await house.link.over(one.id, "BUSY")
    over = await house.until(one.id, outcome=Outcome.NOT_REACHED)
    assert over.failure == "busy"
    await comes_true(lambda: is_back(house, agent, call))


async def is_back(house: LiveHouse, agent: Actor, call: CallId) -> bool:
    return not (await house.room.live.state(agent, call)).held


async def test_who_was_consulted_goes_and_the_caller_is_back(house: LiveHouse, agent: Actor) -> None:
    call, live = await house.talk(), house.room.live
    one = await live.transfers.consult(agent, call, wanted(number="13911112222"))
    await house.link.answer(one.id)
    await house.until(one.id, outcome=Outcome.ANSWERED)
    assert "merge" in (await live.state(agent, call)).can
    await house.link.over(one.id)
    await comes_true(lambda: is_back(house, agent, call))


async def test_a_consultation_is_merged(house: LiveHouse, agent: Actor) -> None:
    call, live = await house.talk(), house.room.live
    one = await live.transfers.consult(agent, call, wanted(number="13911112222"))
    await house.link.answer(one.id)
    merged = await live.merge(agent, call)
    assert not merged.held
    await house.until(one.id, consult=False, held=False)
    assert not (await live.merge(agent, call)).held
    await live.transfers.cancel(agent, call)
    assert (await house.until(one.id, outcome=Outcome.ANSWERED)).remote_case_no == ""
    await eventually(lambda: not any(str(one.id) in name for name in house.link.channels))


async def test_a_transfer_is_cancelled(house: LiveHouse, agent: Actor, town: Town) -> None:
    call, live = await house.talk(), house.room.live
    with pytest.raises(NothingToCancel):
        await live.transfers.cancel(agent, call)
    one = await live.transfers.consult(agent, call, wanted(number="13911112222"))
    with pytest.raises(NotOnCall):
        await live.transfers.cancel(town.people["agent2"], call)
    await live.transfers.cancel(agent, call)
    await house.until(one.id, outcome=Outcome.CANCELLED)
    assert not (await live.state(agent, call)).held
    two = await live.transfers.transfer(agent, call, wanted(number="13911112222", mode=Means.ONE_KEY))
    await house.link.end(AGENT)
    await live.transfers.cancel(agent, call)
    assert (await house.until(two.id, outcome=Outcome.CANCELLED)).ended_at is not None
    plans = [
        fields["Value"] for name, fields in house.link.sent if name == "Setvar" and fields["Variable"] == "HL_PLAN"
    ]
    assert plans == [
        "13911112222|public|5|||8001||main".replace("|||8001", "||public|8001"),
        "|public|5||public|8001||main",
    ]


@pytest.mark.parametrize(
    ("marks", "outcome", "fallback"),
    [
        ([("target", "ANSWER")], Outcome.ANSWERED, False),
        ([("target", "BUSY"), ("fallback", "RINGING"), ("fallback", "ANSWER")], Outcome.ANSWERED, True),
        ([("target", "CHANUNAVAIL"), ("agent", "RINGING"), ("agent", "ANSWER")], Outcome.BACK_TO_AGENT, False),
        ([("target", "NOANSWER"), ("agent", "NOANSWER"), ("queue", "RINGING")], Outcome.QUEUED, False),
    ],
)
async def test_one_key(
    house: LiveHouse, agent: Actor, marks: list[tuple[str, str]], outcome: Outcome, fallback: bool
) -> None:
    call = await house.talk()
    one = await house.room.live.transfers.transfer(agent, call, wanted(number="13911112222", mode=Means.ONE_KEY))
    assert house.link.channels[CITIZEN].context == "hl-transfer"
    for step, status in marks:
        await house.link.status(one.id, status, step)
    told = await house.until(one.id, outcome=outcome)
    assert told.used_fallback is fallback
    await house.link.end(AGENT)
    await house.link.end(CITIZEN)
    await eventually(lambda: house.room.live.transfers._book.of(call) == [])
    assert (await house.over(one.id)).outcome is outcome
    assert [found.id for found in await house.room.live.transfers.of_call(call)] == [one.id]


async def test_one_key_out_of_a_room_lets_the_agent_go(house: LiveHouse, agent: Actor) -> None:
    call, live = await house.talk(), house.room.live
    await live.hold(agent, call)
    await live.transfers.transfer(agent, call, wanted(number="13911112222", mode=Means.ONE_KEY))
    assert AGENT not in house.link.channels
    assert house.link.channels[CITIZEN].context == "hl-transfer"


@pytest.mark.rule("JC-11")
async def test_a_line_kept_beside_12345_is_a_queue_of_ours(house: LiveHouse, agent: Actor) -> None:
    call = await house.talk()
    one = await house.room.live.transfers.transfer(agent, call, wanted(matter="housing_fund"))
    assert (one.place, one.target, one.mode) == (Place.QUEUE, "12329", Means.ONE_KEY)
    assert house.link.channels[CITIZEN].context == "hl-queue"
    await house.until(one.id, step="target")
    await house.link.end(AGENT)
    await house.answer_by(house.link.channels[CITIZEN], "pbx1-700.1", "PJSIP/8002-00000007", "housing")
    assert (await house.until(one.id, outcome=Outcome.ANSWERED)).answered_at is not None


async def test_a_colleague_must_be_free(house: LiveHouse, agent: Actor, town: Town) -> None:
    call, transfers = await house.talk(), house.room.live.transfers
    await seat(house.pool, agent, "8001")
    await seat(house.pool, town.people["agent2"], "8002", "paused")
    for target in ("seat/8001", "seat/8009"):
        with pytest.raises(NoSuchTarget):
            await transfers.consult(agent, call, wanted(target=target))
    with pytest.raises(SeatBusy, match="8002"):
        await transfers.consult(agent, call, wanted(target="seat/8002"))
    await house.pool.execute("update agent_seat set presence = 'ready' where extension = '8002'")
    offered = await house.room.live.offers.offered(agent, call)
    assert [one.target for one in offered.seats] == ["seat/8001", "seat/8002"]
    one = await transfers.consult(agent, call, wanted(target="seat/8002"))
    assert (one.place, one.fallback) == (Place.SEAT, "")


async def slot(house: LiveHouse, supervisor: Actor, target: str, *, begins: int, skill: str = "main") -> None:
    starts = CLOCK.now() + timedelta(minutes=begins)
    new = NewSlot(
        org="税务局",
        person=f"专家 {target}",
        skill=skill,
        target=target,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
    )
    await house.experts.add(supervisor, new)


@pytest.mark.rule("JC-12")
async def test_experts_are_offered_in_their_slot_when_their_seat_is_free(
    house: LiveHouse, agent: Actor, town: Town
) -> None:
    call, live, people = await house.talk(), house.room.live, town.people
    await seat(house.pool, people["agent2"], "8002")
    for target, begins in (("seat/8002", -30), ("seat/8003", -30), ("seat/8002", 120), ("62000001", -30)):
        await slot(house, people["supervisor"], target, begins=begins)
    offered = await live.offers.offered(agent, call)
    assert [(one.target, one.org, one.skill) for one in offered.experts] == [
        ("seat/8002", "税务局", "main"),
        ("62000001", "税务局", "main"),
    ], "8003 is no free seat"
    assert offered.seats == (), "an expert is not offered twice"
    one = await live.transfers.consult(agent, call, wanted(target=offered.experts[0].target))
    assert (one.place, one.consult) == (Place.SEAT, True)
    await house.pool.execute("update agent_seat set presence = 'talking' where extension = '8002'")
    await house.pool.execute("delete from expert_slot where target = '62000001'")
    assert (await live.offers.offered(agent, call)).experts == ()


async def test_outside_of_the_slot_an_expert_is_a_colleague(house: LiveHouse, agent: Actor, town: Town) -> None:
    call = await house.talk()
    await seat(house.pool, town.people["agent2"], "8002")
    for begins in (-61, 5):
        await slot(house, town.people["supervisor"], "seat/8002", begins=begins)
    offered = await house.room.live.offers.offered(agent, call)
    assert (offered.experts, [one.target for one in offered.seats]) == ((), ["seat/8002"])


async def test_the_same_id_is_the_same_transfer(house: LiveHouse, agent: Actor) -> None:
    call, other = await house.talk(1), CallId(new_id())
    asked = wanted(number="13911112222", mode=Means.ONE_KEY)
    transfers = house.room.live.transfers
    done = await transfers.transfer(agent, call, wanted(matter="tax", mode=Means.GUIDANCE))
    transfers._book.forget(call)
    again = await transfers.transfer(agent, call, replace(wanted(matter="fire"), id=done.id))
    assert again == done, "also when only the database remembers it"
    first, second = await asyncio.gather(*(transfers.transfer(agent, call, asked) for _ in range(2)))
    assert first.id == second.id
    assert house.link.count("Redirect") == 1
    with pytest.raises(OtherTransfer):
        await transfers.transfer(agent, other, asked)


async def test_guidance_is_recorded(house: LiveHouse, agent: Actor) -> None:
    call, sent = await house.talk(), len(house.link.sent)
    one = await house.room.live.transfers.transfer(agent, call, wanted(matter="tax", mode=Means.GUIDANCE))
    assert (one.outcome, one.keeper, len(house.link.sent)) == (Outcome.GUIDED, "12345", sent)
    assert (await house.until(one.id, outcome=Outcome.GUIDED)).target == "12366"


async def test_an_order_is_sent_instead_of_the_call(house: LiveHouse, agent: Actor, town: Town) -> None:
    call, transfers = await house.talk(), house.room.live.transfers
    with pytest.raises(OrderNeeded):
        await transfers.transfer(agent, call, wanted(matter="tax", mode=Means.ORDER))
    order = await town.created()
    waits = await transfers.transfer(agent, call, wanted(matter="tax", mode=Means.ORDER, order=order.id))
    assert (waits.outcome, waits.step) == (Outcome.ORDERED, "to_dispatch"), "there is no org called tax"
    await house.pool.execute("update org set code = 'tax' where code = 'water'")
    refused = await transfers.transfer(agent, call, wanted(matter="tax", mode=Means.ORDER, order=order.id))
    assert refused.step == "to_dispatch", "an agent may not dispatch"


async def test_numbers_pass_the_gate(house: LiveHouse, agent: Actor) -> None:
    call = await house.talk()
    for number in ("16812345", "0085212345678", "999"):
        with pytest.raises(DialRefused):
            await house.room.live.transfers.consult(agent, call, wanted(number=number))
    assert (await house.room.live.state(agent, call)).attempts == ()
    assert not (await house.room.live.state(agent, call)).held


async def test_what_the_line_allows(house: LiveHouse, agent: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    call, transfers = await house.talk(), house.room.live.transfers
    with pytest.raises(ModeNotAllowed):
        await transfers.transfer(agent, call, wanted(target="110", mode=Means.ONE_KEY))
    with pytest.raises(NoDrill, match="12366"):
        await transfers.transfer(agent, call, wanted(matter="tax", mode=Means.THREE_WAY, drill=True))
    link = transfers._registry().find("12366").link  # type: ignore[union-attr]
    monkeypatch.setattr(type(link), "answers_at", lambda self, at: False)
    with pytest.raises(LineClosed, match="12366"):
        await transfers.transfer(agent, call, wanted(matter="tax", mode=Means.THREE_WAY))
    assert not next(line for line in house.room.live.offers.lines("12366")).open
    drill = await transfers.transfer(agent, call, wanted(target="110", drill=True))
    assert (drill.drill, drill.fallback) == (True, "")


@pytest.mark.parametrize("error", [LinkDown("pbx1"), ActionRefused("Originate", "no")])
async def test_a_dial_that_asterisk_refuses(house: LiveHouse, agent: Actor, error: Exception) -> None:
    call, asked = await house.talk(), wanted(number="13911112222")
    house.link.fail_next["Originate"] = [error]  # type: ignore[list-item]
    with pytest.raises(type(error)):
        await house.room.live.transfers.consult(agent, call, asked)
    await house.until(asked.id, outcome=Outcome.NOT_SENT)
    assert not (await house.room.live.state(agent, call)).held
    house.link.fail_next["Setvar"] = [error]  # type: ignore[list-item]
    blind = wanted(number="13911112222", mode=Means.ONE_KEY)
    with pytest.raises(type(error)):
        await house.room.live.transfers.transfer(agent, call, blind)
    await house.until(blind.id, outcome=Outcome.NOT_SENT)


async def test_a_link_that_is_down_leaves_the_call_untouched(house: LiveHouse, agent: Actor) -> None:
    call = await house.talk()
    house.link.connected = False
    with pytest.raises(LinkDown):
        await house.room.live.transfers.transfer(agent, call, wanted(target="110"))
    assert house.link.sent == []
    assert await house.room.live.transfers.of_call(call) == []


async def test_an_answer_that_was_lost_is_looked_up(house: LiveHouse, agent: Actor) -> None:
    call, link = await house.talk(), house.link
    link.lose |= {"Originate", "Setvar"}
    one = await house.room.live.transfers.transfer(agent, call, wanted(target="110"))
    assert one.under_way
    await link.answer(one.id)
    await house.until(one.id, outcome=Outcome.ANSWERED)
    link.lose.clear()
    link.silent = True
    link.fail_next["Originate"] = [OutcomeUnknown("Originate")]
    two = await house.room.live.transfers.transfer(agent, call, wanted(target="119"))
    await house.relink()
    await house.until(two.id, outcome=Outcome.NOT_REACHED)


async def test_a_room_that_does_not_come_about_rings_nobody(house: LiveHouse, agent: Actor) -> None:
    call, asked = await house.talk(), wanted(target="110")
    house.link.silent = True
    with pytest.raises(OutcomeUnknown):
        await house.room.live.transfers.transfer(agent, call, asked)
    await house.until(asked.id, outcome=Outcome.NOT_SENT)
    assert house.link.count("Originate") == 0


async def test_who_gives_up_first_abandons(house: LiveHouse, agent: Actor) -> None:
    call = await house.talk()
    one = await house.room.live.transfers.transfer(agent, call, wanted(target="110"))
    for name in (CITIZEN, AGENT, *[name for name in house.link.channels if str(one.id) in name]):
        await house.link.end(name)
    await house.until(one.id, outcome=Outcome.ABANDONED)


async def test_a_server_that_was_away_finds_what_became_of_it(
    pool: Pool, town: Town, agent: Actor, tmp_path: Path
) -> None:
    async with open_live(pool, tmp_path) as house:
        house.desks.extensions[agent.user_id] = "8001"
        call = await house.talk()
        async with house.watching():
            fetched = await house.room.live.transfers.transfer(agent, call, wanted(target="110"))
        house.link.channels[f"Local/{fetched.id}@hl-reach-1;1"].context = "hl-room-guest"
        async with house.watching():
            await house.relink()
            await house.until(fetched.id, outcome=Outcome.ANSWERED)
            await house.link.over(fetched.id)
            sent = await house.room.live.transfers.transfer(
                agent, call, wanted(number="13911112222", mode=Means.ONE_KEY)
            )
        async with house.watching():
            await house.relink()
            assert (await house.until(sent.id, step="target")).under_way
        house.link.channels[CITIZEN].context = "hl-queue"
        async with house.watching():
            await house.relink()
            await house.until(sent.id, outcome=Outcome.QUEUED)
            await house.answer_by(house.link.channels[CITIZEN], "pbx1-800.1", AGENT)
            last = await house.room.live.transfers.transfer(agent, call, wanted(target="119"))
        house.link.channels.clear()
        async with house.watching():
            await house.relink()
            await house.until(last.id, outcome=Outcome.UNKNOWN)


async def test_an_originate_that_failed_ends_the_transfer(house: LiveHouse, agent: Actor) -> None:
    call = await house.talk()
    house.link.silent = False
    one = await house.room.live.transfers.transfer(agent, call, wanted(target="110"))
    failed = facts.OriginateAnswered(
        pbx="pbx1", at=CLOCK.now(), action_id=str(one.id), success=False, leg=None, reason=0
    )
    house.bus.publish(failed)
    await house.until(one.id, outcome=Outcome.NOT_REACHED)


async def test_case_numbers_after_the_call(house: LiveHouse, agent: Actor, town: Town) -> None:
    call, transfers = await house.talk(), house.room.live.transfers
    one = await transfers.transfer(agent, call, wanted(target="110"))
    for name in list(house.link.channels):
        await house.link.end(name)
    await eventually(lambda: transfers._book.get(one.id) is None)
    with pytest.raises(NotOnCall):
        await transfers.note_case(town.people["agent2"], one.id, "1")
    await transfers.note_case(town.people["supervisor"], one.id, "110-9")
    await house.until(one.id, remote_case_no="110-9")
    with pytest.raises(NoSuchTransfer):
        await transfers.note_case(agent, TransferId(new_id()), "1")


async def test_a_call_without_an_agent_is_not_passed_on(house: LiveHouse, town: Town) -> None:
    call = await house.talk()
    await house.link.end(AGENT)
    with pytest.raises(NobodyTalks):
        await house.room.live.transfers.transfer(town.people["supervisor"], call, wanted(target="110"))


async def test_who_received_it_first_keeps_it(house: LiveHouse, agent: Actor) -> None:
    call = await house.talk()
    await house.ledger.settled()
    await house.pool.execute(
        "insert into link_arrival (call_id, link, how, at) values ($1, '110', 'entry', now())", call
    )
    one = await house.room.live.transfers.transfer(agent, call, wanted(matter="dispute"))
    assert (one.doubtful, one.keeper, one.mode) == (True, "110", Means.THREE_WAY)
    offered = await house.room.live.offers.offered(agent, call, ["邻里纠纷"])
    assert (offered.came_from, [one.matter for one in offered.received]) == ("110", ["in_joint_mediation"])


async def test_what_a_press_offers(house: LiveHouse, agent: Actor, town: Town) -> None:
    call = await house.talk()
    offered = await house.room.live.offers.offered(agent, call, ["家里煤气泄漏，另外问个税"])
    assert [one.target for one in offered.emergency][:4] == ["110", "119", "120", "122"]
    assert [(one.target, one.matter) for one in offered.proposed][:2] == [("119", "gas_leak"), ("12366", "tax")]
    assert offered.matter_version == 1
    assert (await house.room.live.offers.offered(agent, call)).proposed == ()
    with pytest.raises(NotOnCall):
        await house.room.live.offers.offered(town.people["agent2"], call)


async def test_desks_are_woken(house: LiveHouse, agent: Actor, database_url: str) -> None:
    await seat(house.pool, agent, "8001")
    async with open_listener(database_url, "desk") as listener:
        async with asyncio.timeout(10):
            await listener.connected.wait()
            call = await house.talk()
            await house.room.live.hold(agent, call)
            async for _, payload in listener:
                if payload.get("kind") == "call":
                    break
    assert (payload["user"], payload["id"]) == (str(agent.user_id), str(call))


async def test_an_emergency_does_not_wait_for_the_database(
    database_url: str, pool: Pool, town: Town, agent: Actor, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_severed(database_url))
        config = StoreConfig.model_validate({"url": database.url, "pool_max": 8})
        severed = await stack.enter_async_context(open_pool(config))
        house = await stack.enter_async_context(open_live(severed, tmp_path))
        await stack.enter_async_context(house.watching())
        house.desks.extensions[agent.user_id] = "8001"
        call = await house.talk()
        await house.ledger.settled()
        await database.cut()
        transfers = house.room.live.transfers
        assert (await house.room.live.offers.offered(agent, call, ["着火了"])).proposed[0].target == "119"
        one = await transfers.transfer(agent, call, wanted(matter="fire"))
        await house.link.answer(one.id)
        await eventually(lambda: bool(transfers._book.of(call)) and transfers._book.of(call)[0].there)
        await database.mend()
        assert (await house.until(one.id, outcome=Outcome.ANSWERED)).answered_at is not None


async def test_a_list_that_was_taken_up_never_changes(pool: Pool) -> None:
    store, matrix = AttemptStore(pool, VAULT), read_matrix(IVR / "matters.yaml")
    await store.take_up(matrix, CLOCK.now())
    await store.take_up(matrix, CLOCK.now())
    with pytest.raises(MattersEdited, match="version 1"):
        await store.take_up(matrix.model_copy(update={"matters": matrix.matters[1:]}), CLOCK.now())
    assert await store.list_of(1) == matrix
    assert await store.list_of(2) is None
    assert [(version, digest) for version, digest, _ in await store.versions()] == [(1, matrix.digest)]
    for change in ("update matter_list set sha256 = ''", "delete from matter_list"):
        with pytest.raises(Exception, match="never changed"):
            await pool.execute(change)
