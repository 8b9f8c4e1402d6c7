"""Cases of 110, 12366 ... come in once, find their call, and are seen by those whose call it is."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.calls.events import CallArrived
from callcenter.core.ids import CallId, UserId, new_id
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool
from callcenter.transfers.inbound_events import LinkCallKnown
from callcenter.transfers.inbound_views import CaseView, LinkArrival
from callcenter.transfers.registry_errors import CaseDiffers, CaseTaken, NoSuchCase, NoSuchLink, NotYourLink
from tests.rooms.registry_house import RegistryHouse
from tests.rooms.town_of_orders import add_people

CITIZEN = "13900000001"
KEY = "+8613900000001"


@pytest.fixture
async def house(pool: Pool, tmp_path: Path) -> RegistryHouse:
    return RegistryHouse(pool, tmp_path / "hotlines.yaml")


@pytest.fixture
async def people(house: RegistryHouse) -> dict[str, Actor]:
    _, people = await add_people(house.pool)
    for name in ("link-110", "link-12366"):
        user = UserId(new_id())
        await house.pool.execute(
            "insert into app_user (id, username, name, org_id, roles, password_hash, created_at)"
            " values ($1, $2, $2, $3, '{service}', '', now())",
            user, name, people["agent"].org_id,
        )  # fmt: skip
        people[name] = Actor(
            user_id=user,
            username=name,
            name=name,
            roles=frozenset({Role.SERVICE}),
            org_id=people["agent"].org_id,
            org_path="/city/",
        )
    return people


async def hand_in(house: RegistryHouse, by: Actor, number: str = "110", **changed: str) -> tuple[CaseView, bool]:
    given = {"external": "GA-20260304-0007", "summary": "邻里噪声，无人身危险", "caller": CITIZEN}
    return await house.cases.hand_in(by, number, **(given | changed))


async def arrive(house: RegistryHouse, caller: str, dialled: str = "12345", **fields: Any) -> CallId:
    """A call that is under way: its row, and what the ledger tells of it."""
    now = house.clock.now()
    key = caller if len(caller) < 7 else f"+86{caller}"
    call = await house.call_came(dialled, "2026-03-04T10:00:00", caller_number=key, stage="queued", **fields)
    event = CallArrived(at=now, call=call, direction="inbound", caller=caller, dialled=dialled)
    await house.watch.arrived(event)
    return call


async def ring_at(house: RegistryHouse, agent: Actor, call: CallId) -> None:
    await house.pool.execute(
        "insert into call_offer (id, call_id, user_id, card, offered_at) values ($1, $2, $3, '{}', now())",
        new_id(), call, agent.user_id,
    )  # fmt: skip


async def seen_by(house: RegistryHouse, actor: Actor, call: CallId) -> LinkArrival:
    arrival = await house.cases.of_call(actor, call)
    assert arrival is not None
    return arrival


async def test_a_case_waits_for_the_callers_next_call(house: RegistryHouse, people: dict[str, Actor]) -> None:
    case, new = await hand_in(house, people["link-110"])
    assert (new, case.state, case.caller_number) == (True, "waiting", KEY)
    with house.bus.subscribe(LinkCallKnown) as heard:
        call = await arrive(house, CITIZEN)
        assert heard.waiting == 1
    await ring_at(house, people["agent"], call)
    seen = await seen_by(house, people["agent"], call)
    assert (seen.link, seen.how, seen.title and seen.title.zh) == ("110", "case", "热线")
    assert seen.case is not None
    assert (seen.case.external, seen.case.summary, seen.case.state) == (
        "GA-20260304-0007", "邻里噪声，无人身危险", "matched",
    )  # fmt: skip
    viewed = await house.pool.fetchval("select subject_id from audit_log where action = 'link_case_viewed'")
    assert viewed == str(case.id)


async def test_the_same_case_again_changes_nothing(house: RegistryHouse, people: dict[str, Actor]) -> None:
    case, _ = await hand_in(house, people["link-110"])
    again, new = await hand_in(house, people["link-110"])
    assert (again, new) == (case, False)
    with pytest.raises(CaseDiffers):
        await hand_in(house, people["link-110"], summary="另一件事")
    assert await house.pool.fetchval("select count(*) from link_case") == 1
    other, new = await hand_in(house, people["link-12366"], "12366")
    assert new
    assert other.id != case.id


async def test_a_machine_speaks_for_its_own_link_only(house: RegistryHouse, people: dict[str, Actor]) -> None:
    for who in ("link-12366", "supervisor"):
        with pytest.raises(NotYourLink):
            await hand_in(house, people[who])
    with pytest.raises(NotYourLink):
        await hand_in(house, people["link-110"], "119")  # names no machine
    with pytest.raises(NoSuchLink):
        await hand_in(house, people["link-110"], "12345")


async def test_a_case_that_comes_after_its_call_finds_it(house: RegistryHouse, people: dict[str, Actor]) -> None:
    call = await arrive(house, CITIZEN)
    ended = await arrive(house, CITIZEN, ended_at=house.clock.now())
    case, _ = await hand_in(house, people["link-110"])
    assert case.call_id == call
    assert call != ended
    second, _ = await hand_in(house, people["link-110"], external="GA-8")
    assert second.state == "waiting"  # a call has one case


async def test_a_case_that_waited_too_long_takes_no_call(house: RegistryHouse, people: dict[str, Actor]) -> None:
    await hand_in(house, people["link-110"])
    house.clock.forward(minutes=10)
    call = await arrive(house, CITIZEN)
    await ring_at(house, people["agent"], call)
    assert await house.cases.of_call(people["agent"], call) is None
    assert (await house.cases.page("110", limit=5, cursor=None)).items[0].state == "expired"


async def test_a_call_that_presents_the_platforms_number_takes_the_only_case(
    house: RegistryHouse, people: dict[str, Actor]
) -> None:
    await hand_in(house, people["link-110"])
    call = await arrive(house, "110")
    await ring_at(house, people["agent"], call)
    seen = await seen_by(house, people["agent"], call)
    assert seen.how == "caller"
    assert seen.case is not None
    assert seen.case.caller_number == KEY


async def test_of_two_waiting_cases_none_is_guessed(house: RegistryHouse, people: dict[str, Actor]) -> None:
    first, _ = await hand_in(house, people["link-110"])
    await hand_in(house, people["link-110"], external="GA-8", caller="13900000002")
    call = await arrive(house, "110")
    await ring_at(house, people["agent"], call)
    assert (await seen_by(house, people["agent"], call)).case is None
    matched = await house.cases.match(people["agent"], first.id, call)
    assert (matched.state, matched.call_id) == ("matched", call)
    seen = await seen_by(house, people["agent"], call)
    assert (seen.how, seen.case) == ("hand", matched)
    other = await arrive(house, "110")
    await ring_at(house, people["agent"], other)
    with pytest.raises(CaseTaken):
        await house.cases.match(people["agent"], first.id, other)
    with pytest.raises(NoSuchCase):
        await house.cases.match(people["agent"], new_id(), call)


async def test_a_platforms_call_under_way_gets_the_case_that_follows(
    house: RegistryHouse, people: dict[str, Actor]
) -> None:
    call = await arrive(house, "110")
    case, _ = await hand_in(house, people["link-110"], caller="")
    assert case.call_id == call


@pytest.mark.rule("JC-16")
async def test_a_call_back_from_the_tax_office_brings_its_history(
    house: RegistryHouse, people: dict[str, Actor]
) -> None:
    """JC-16: 12345 handed the citizen to 12366, which hands him back by the number that only it dials."""
    earlier = await house.call_came("12345", "2026-03-04T09:40:00", caller_number=KEY)
    await house.call_came("12345", "2026-03-04T09:50:00", caller_number=KEY, purpose="test")
    await house.call_came("12345", "2026-03-04T09:55:00", caller_number="+8613900000002")
    call = await arrive(house, CITIZEN, dialled="62341366")
    await ring_at(house, people["agent"], call)
    seen = await seen_by(house, people["agent"], call)
    assert (seen.link, seen.how, seen.earlier_call_id, seen.case) == ("12366", "entry", earlier, None)


async def test_what_is_long_ago_is_no_earlier_call(house: RegistryHouse, people: dict[str, Actor]) -> None:
    await house.call_came("12345", "2026-03-03T09:40:00", caller_number=KEY)
    call = await arrive(house, CITIZEN, dialled="62341366")
    await ring_at(house, people["agent"], call)
    assert (await seen_by(house, people["agent"], call)).earlier_call_id is None


async def test_an_ordinary_call_comes_from_nowhere(house: RegistryHouse, people: dict[str, Actor]) -> None:
    call = await arrive(house, CITIZEN)
    assert await house.cases.of_call(people["supervisor"], call) is None
    with pytest.raises(NoSuchCase):
        await house.cases.of_call(people["supervisor"], CallId(new_id()))
    withheld = CallArrived(at=house.clock.now(), call=CallId(new_id()), direction="inbound", caller="", dialled="12345")
    await house.watch.arrived(withheld)
    assert await house.pool.fetchval("select count(*) from link_arrival") == 0


@pytest.mark.parametrize(("who", "sees"), [("agent", True), ("agent2", False), ("supervisor", True), ("far", False)])
async def test_a_summary_is_for_those_whose_call_it_is(
    house: RegistryHouse, people: dict[str, Actor], who: str, sees: bool
) -> None:
    case, _ = await hand_in(house, people["link-110"])
    call = await arrive(house, CITIZEN)
    await ring_at(house, people["agent"], call)
    if sees:
        assert (await seen_by(house, people[who], call)).case is not None
    else:
        with pytest.raises(NoSuchCase):
            await seen_by(house, people[who], call)
        with pytest.raises(NoSuchCase):
            await house.cases.match(people[who], case.id, call)


async def test_a_list_hides_numbers_and_turns_pages(house: RegistryHouse, people: dict[str, Actor]) -> None:
    for n in range(3):
        await hand_in(house, people["link-110"], external=f"GA-{n}", caller=f"1390000000{n}")
        house.clock.forward(seconds=1)
    await hand_in(house, people["link-12366"], "12366")
    page = await house.cases.page("110", limit=2, cursor=None)
    assert [case.external for case in page.items] == ["GA-2", "GA-1"]
    assert {case.caller_number[:10] for case in page.items} == {"*" * 10}
    rest = await house.cases.page("110", limit=2, cursor=page.next)
    assert ([case.external for case in rest.items], rest.next) == (["GA-0"], None)
    assert len((await house.cases.page(None, limit=9, cursor=None)).items) == 4
    assert house.clock.now() - datetime.fromisoformat("2026-03-04T10:00+08:00") == timedelta(seconds=3)


async def test_the_agent_whose_phone_rings_sees_it_before_the_card_is_written(
    house: RegistryHouse, people: dict[str, Actor]
) -> None:
    await hand_in(house, people["link-110"])
    call = await arrive(house, CITIZEN)
    await house.pool.execute("update app_user set extension = '8001' where username = 'agent'")
    with pytest.raises(NoSuchCase):
        await house.cases.of_call(people["agent"], call)
    await house.pool.execute(
        "insert into call_leg (pbx, leg, call_id, channel, role, started_at)"
        " values ('pbx1', '1.2', $1, 'PJSIP/8001-00000002', 'agent', now())",
        call,
    )
    assert (await seen_by(house, people["agent"], call)).link == "110"
