"""Special care, harassment by two persons, remembered languages: what is known of a caller, over a real database."""

from datetime import timedelta

import asyncpg
import pytest

from callcenter.core.errors import Forbidden
from callcenter.core.ids import CallId, new_id
from callcenter.numbers.callers import Caller
from callcenter.numbers.errors import (
    CareComesFirst,
    EntrySettled,
    EvidenceWrong,
    ListedAlready,
    NoSuchEntry,
    NumberNotListable,
    NumberWithheld,
    SameApprover,
    TooLong,
)
from callcenter.numbers.views import Category, Policy
from callcenter.store.pool import Pool
from tests.rooms.lists_of_callers import CALLER, Lists, open_lists
from tests.rooms.town_of_orders import StandingClock, add_people

WITHHELD = ""
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
async def lists(pool: Pool, clock: StandingClock) -> Lists:
    return open_lists(pool, clock, (await add_people(pool))[1])


async def test_a_caller_in_care_comes_first_until_it_expires(lists: Lists, clock: StandingClock) -> None:
    (call,) = await lists.calls(count=1)
    entry = await lists.care.add_caller(lists.people["agent"], call, Category.ELDERLY, "独居", 30)
    assert (entry.number, entry.standing, entry.set_by) == ("**********0007", True, "agent")
    known = await lists.callers.known("138 0000 0007")
    assert (known.care, known.care_note, known.priority) == (Category.ELDERLY, "独居", 5)
    with pytest.raises(ListedAlready):
        await lists.care.add_number(lists.people["supervisor"], CALLER, Category.OTHER, "", 30)
    clock.forward(days=31)
    assert await lists.callers.known(CALLER) == Caller()
    await lists.care.add_number(lists.people["supervisor"], CALLER, Category.DISABLED, "", 30)
    assert (await lists.callers.known(CALLER)).care is Category.DISABLED
    assert await lists.trail("care_entry", entry.id) == ["care_set"]


async def test_a_supervisor_ends_care(lists: Lists) -> None:
    agent, supervisor = lists.people["agent"], lists.people["supervisor"]
    entry = await lists.care.add_number(supervisor, "52340000", Category.CRISIS, "", 30)
    for refused in (lists.care.end(agent, entry.id), lists.care.page(agent, 10)):
        with pytest.raises(Forbidden):
            await refused
    await lists.care.end(supervisor, entry.id)
    with pytest.raises(NoSuchEntry):
        await lists.care.end(supervisor, entry.id)
    assert await lists.callers.known("021-52340000") == Caller()
    (shown,) = (await lists.care.page(supervisor, 10)).items
    assert (shown.standing, shown.region) == (False, "上海市")
    assert await lists.trail("care_entry", entry.id) == ["care_set", "care_ended"]


async def test_who_and_what_can_be_in_care(lists: Lists) -> None:
    supervisor = lists.people["supervisor"]
    with pytest.raises(Forbidden):
        await lists.care.add_number(lists.people["agent"], CALLER, Category.OTHER, "", 30)
    with pytest.raises(Forbidden):
        await lists.care.add_caller(lists.people["water"], CallId(new_id()), Category.OTHER, "", 30)
    with pytest.raises(NumberNotListable):
        await lists.care.add_number(supervisor, "12345", Category.OTHER, "", 30)
    with pytest.raises(TooLong):
        await lists.care.add_number(supervisor, CALLER, Category.OTHER, "", 367)
    (withheld,) = await lists.calls(WITHHELD, 1)
    with pytest.raises(NumberWithheld):
        await lists.care.add_caller(supervisor, withheld, Category.OTHER, "", 30)


async def test_nobody_is_restrained_by_one_person(lists: Lists) -> None:
    agent, supervisor = lists.people["agent"], lists.people["supervisor"]
    entry = await lists.proposed()
    assert await lists.callers.known(CALLER) == Caller()
    with pytest.raises(Forbidden):
        await lists.harassment.decide(agent, entry.id, approved=True, opinion="属实")
    own = await lists.harassment.propose(supervisor, await lists.calls("+8613800000008"), Policy.NOTICE, "骚扰", 7)
    with pytest.raises(SameApprover):
        await lists.harassment.decide(supervisor, own.id, approved=True, opinion="属实")
    approved = await lists.harassment.decide(supervisor, entry.id, approved=True, opinion="属实")
    assert (approved.state, approved.standing, approved.decided_by) == ("approved", True, "supervisor")
    assert approved.expires_at == lists.clock.now() + 30 * DAY
    known = await lists.callers.known(CALLER)
    assert (known.harassment, known.priority) == (Policy.LOWER, -1)
    with pytest.raises(EntrySettled):
        await lists.harassment.decide(supervisor, entry.id, approved=False, opinion="")
    assert await lists.trail("harassment_entry", entry.id) == ["harassment_proposed", "harassment_approved"]


async def test_the_database_too_refuses_one_person(lists: Lists) -> None:
    entry = await lists.proposed()
    with pytest.raises(asyncpg.CheckViolationError):
        await lists.pool.execute(
            "update harassment_entry set decided_by = proposed_by, expires_at = now() where id = $1", entry.id
        )


async def test_the_evidence_is_calls_of_that_caller(lists: Lists) -> None:
    agent = lists.people["agent"]
    own, other = await lists.calls(count=2), await lists.calls("+8613800000009", 2)
    for evidence in (own[:1], (own[0], own[0]), (*own, other[0]), (own[0], CallId(new_id()))):
        with pytest.raises(EvidenceWrong):
            await lists.harassment.propose(agent, evidence, Policy.NOTICE, "骚扰", 7)
    with pytest.raises(NumberWithheld):
        await lists.harassment.propose(agent, await lists.calls(WITHHELD), Policy.NOTICE, "骚扰", 7)
    with pytest.raises(TooLong):
        await lists.harassment.propose(agent, own, Policy.NOTICE, "骚扰", 91)
    entry = await lists.proposed(own)
    assert set(entry.evidence) == set(own)
    with pytest.raises(ListedAlready):
        await lists.proposed(own)


async def test_an_entry_ends_by_itself_and_must_be_looked_at_again(lists: Lists, clock: StandingClock) -> None:
    supervisor = lists.people["supervisor"]
    entry = await lists.approved()
    with pytest.raises(EntrySettled):
        await lists.harassment.review(supervisor, entry.id, "有效")
    clock.forward(days=30)
    assert await lists.callers.known(CALLER) == Caller()
    (shown,) = (await lists.harassment.page(supervisor, 10)).items
    assert (shown.standing, shown.due_for_review) == (False, True)
    with pytest.raises(ListedAlready):
        await lists.proposed()
    reviewed = await lists.harassment.review(supervisor, entry.id, "未再骚扰")
    assert (reviewed.due_for_review, reviewed.reviewed_by, reviewed.finding) == (False, "supervisor", "未再骚扰")
    assert (await lists.proposed()).state == "proposed"


async def test_one_supervisor_lifts_a_restraint(lists: Lists) -> None:
    supervisor = lists.people["supervisor"]
    entry = await lists.approved()
    ended = await lists.harassment.end(supervisor, entry.id, "误报")
    assert (ended.state, ended.standing) == ("ended", False)
    assert await lists.callers.known(CALLER) == Caller()
    with pytest.raises(EntrySettled):
        await lists.harassment.end(supervisor, entry.id, "误报")
    with pytest.raises(NoSuchEntry):
        await lists.harassment.end(supervisor, new_id(), "误报")
    rejected = await lists.proposed()
    await lists.harassment.decide(supervisor, rejected.id, approved=False, opinion="证据不足")
    assert await lists.callers.known(CALLER) == Caller()


async def test_a_caller_in_care_is_never_refused(lists: Lists) -> None:
    supervisor = lists.people["supervisor"]
    refused = await lists.approved(Policy.REFUSE)
    assert (await lists.callers.known(CALLER)).harassment is Policy.REFUSE
    await lists.care.add_number(supervisor, CALLER, Category.CRISIS, "", 30)
    known = await lists.callers.known(CALLER)
    assert (known.harassment, known.priority) == (Policy.NOTICE, 5)
    await lists.harassment.end(supervisor, refused.id, "改为关爱")
    with pytest.raises(CareComesFirst):
        await lists.proposed(policy=Policy.REFUSE)
    assert (await lists.proposed(policy=Policy.NOTICE)).state == "proposed"


async def test_ringing_often_lists_nobody(lists: Lists) -> None:
    await lists.calls(count=60)
    assert await lists.callers.known(CALLER) == Caller()
    assert await lists.pool.fetchval("select count(*) from harassment_entry") == 0


async def test_a_language_is_remembered_for_a_time(lists: Lists, clock: StandingClock) -> None:
    (call,) = await lists.calls(count=1)
    await lists.callers.remember_language("13800000007", "en", lists.clock.now())
    assert (await lists.callers.notes(lists.people["agent"], call)).language == "en"
    await lists.callers.set_language(lists.people["agent"], call, "ug")
    assert (await lists.callers.known(CALLER)).language == "ug"
    clock.forward(days=181)
    assert await lists.callers.known(CALLER) == Caller()


async def test_an_anonymous_caller_is_served_like_any_other(lists: Lists) -> None:
    await lists.callers.remember_language("anonymous", "en", lists.clock.now())
    assert await lists.callers.known("anonymous") == Caller(anonymous=True)
    assert await lists.pool.fetchval("select count(*) from caller_language") == 0
    (withheld,) = await lists.calls(WITHHELD, 1)
    with pytest.raises(NumberWithheld):
        await lists.callers.set_language(lists.people["agent"], withheld, "en")


async def test_without_the_database_a_caller_is_an_ordinary_one(lists: Lists) -> None:
    await lists.care.add_number(lists.people["supervisor"], CALLER, Category.ELDERLY, "", 30)
    await lists.pool.close()
    assert await lists.callers.known(CALLER) == Caller()
