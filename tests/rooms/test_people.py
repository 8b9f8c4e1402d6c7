"""Log-ins, sessions, tokens and the org tree against a real PostgreSQL; time is moved, never waited for."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from callcenter.core.errors import NotFound, Unauthenticated
from callcenter.people.actor import ANONYMOUS, Role
from callcenter.people.config import PeopleConfig
from callcenter.people.errors import (
    AgentNeedsExtension,
    ExpiryPast,
    LoginBusy,
    LoginFailed,
    LoginLocked,
    NameTaken,
    NoSuchOrg,
    NoSuchUser,
    NotMachine,
    WeakPassword,
    WrongLevel,
    WrongPassword,
)
from callcenter.people.model import NewOrg, NewToken, NewUser
from callcenter.people.operator import issue_token, set_password
from callcenter.people.passwords import Passwords
from callcenter.people.service import People, open_people
from callcenter.store.pool import Pool
from tests.rooms.people_of_town import PASSWORD, QUICK, MovableClock, Town, build_town


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def people(pool: Pool, clock: MovableClock) -> AsyncIterator[People]:
    async with open_people(pool, clock, QUICK) as people:
        yield people


@pytest.fixture
async def town(people: People) -> Town:
    return await build_town(people)


async def test_log_in_gives_a_session_whose_token_is_stored_only_as_a_hash(
    people: People, town: Town, pool: Pool
) -> None:
    done = await people.authenticate("hw01", PASSWORD)
    assert (await people.session(done.token)).actor == town.users["hw01"].actor
    assert len(done.token) >= 43
    stored = await pool.fetchval("select encode(token_hash, 'escape') || csrf from user_session")
    assert done.token not in stored
    assert done.token not in repr(done)


@pytest.mark.parametrize(("username", "password"), [("hw01", "wrong"), ("nobody", PASSWORD), ("machine", PASSWORD)])
async def test_refused_log_ins_look_alike(people: People, town: Town, username: str, password: str) -> None:
    with pytest.raises(LoginFailed):
        await people.authenticate(username, password)


async def test_unknown_and_known_names_cost_the_same_work(
    people: People, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: whatever the name, one Argon2 verification with the same parameters."""
    seen: list[str] = []
    matches = Passwords._matches

    def counted(self: Passwords, stored: str, password: str) -> bool:
        seen.append(stored.rpartition("$")[0].rpartition("$")[0])
        return matches(self, stored, password)

    monkeypatch.setattr(Passwords, "_matches", counted)
    for username in ("hw01", "nobody", "machine"):
        with pytest.raises(LoginFailed):
            await people.authenticate(username, "wrong")
    assert len(seen) == 3
    assert len(set(seen)) == 1


async def test_sessions_end_when_idle(people: People, town: Town, clock: MovableClock) -> None:
    token = (await people.authenticate("hw01", PASSWORD)).token
    for _ in range(2):
        clock.forward(QUICK.session_idle - timedelta(minutes=1))
        await people.session(token)
    clock.forward(QUICK.session_idle)
    with pytest.raises(Unauthenticated):
        await people.session(token)


async def test_sessions_end_at_last_however_busy(people: People, town: Town, clock: MovableClock) -> None:
    began = clock.now()
    token = (await people.authenticate("hw01", PASSWORD)).token
    while clock.now() + timedelta(hours=1) < began + QUICK.session_lasts:
        clock.forward(timedelta(hours=1))
        await people.session(token)
    clock.forward(timedelta(hours=1))
    with pytest.raises(Unauthenticated):
        await people.session(token)


async def test_log_out_ends_one_session_and_everywhere_ends_all(people: People, town: Town) -> None:
    first, second, third = [(await people.authenticate("hw01", PASSWORD)).token for _ in range(3)]
    other = (await people.authenticate("root", PASSWORD)).token
    await people.logins.log_out(first)
    with pytest.raises(Unauthenticated):
        await people.session(first)
    await people.session(second)
    await people.logins.log_out_everywhere(town.users["hw01"].id)
    for token in (second, third):
        with pytest.raises(Unauthenticated):
            await people.session(token)
    await people.session(other)


async def test_repeated_failures_lock_the_name_and_the_wait_doubles(
    people: People, town: Town, clock: MovableClock
) -> None:
    for _ in range(QUICK.failures_allowed):
        with pytest.raises(LoginFailed):
            await people.authenticate("hw01", "wrong")
    with pytest.raises(LoginLocked) as locked:
        await people.authenticate("hw01", PASSWORD)
    assert locked.value.fields["retry_after"] == 30
    clock.forward(timedelta(seconds=30))
    with pytest.raises(LoginFailed):
        await people.authenticate("hw01", "wrong")
    with pytest.raises(LoginLocked) as locked:
        await people.authenticate("hw01", PASSWORD)
    assert locked.value.fields["retry_after"] == 60
    await people.authenticate("root", PASSWORD)  # others are not touched
    clock.forward(timedelta(seconds=60))
    await people.authenticate("hw01", PASSWORD)
    with pytest.raises(LoginFailed):  # success has cleared the count
        await people.authenticate("hw01", "wrong")


async def test_parallel_guesses_cannot_all_pass_the_count(people: People, town: Town) -> None:
    outcomes = await asyncio.gather(*(people.authenticate("hw01", "wrong") for _ in range(20)), return_exceptions=True)
    assert [type(o) for o in outcomes].count(LoginFailed) == QUICK.failures_allowed
    assert [type(o) for o in outcomes].count(LoginLocked) == 20 - QUICK.failures_allowed


async def test_unknown_names_are_locked_too_and_never_stored_as_typed(people: People, town: Town, pool: Pool) -> None:
    for _ in range(QUICK.failures_allowed):
        with pytest.raises(LoginFailed):
            await people.authenticate("typed-my-password-here", "x")
    with pytest.raises(LoginLocked):
        await people.authenticate("typed-my-password-here", "x")
    stored = await pool.fetch("select encode(name_hash, 'escape') as name from login_failure")
    assert all("typed" not in row["name"] for row in stored)


async def test_a_crowd_is_asked_to_come_again(pool: Pool, clock: MovableClock) -> None:
    config = QUICK.model_copy(update={"hashing_queue": 2, "hashing_threads": 1})
    async with open_people(pool, clock, config) as people:
        outcomes = await asyncio.gather(
            *(people.authenticate(f"name{n}", "x") for n in range(40)), return_exceptions=True
        )
    kinds = {type(outcome) for outcome in outcomes}
    assert kinds == {LoginFailed, LoginBusy}


async def test_hashes_are_renewed_when_the_parameters_change(
    people: People, town: Town, pool: Pool, clock: MovableClock
) -> None:
    stronger = PeopleConfig(argon2_time=2, argon2_memory=128, argon2_lanes=1)
    async with open_people(pool, clock, stronger) as later:
        await later.authenticate("hw01", PASSWORD)
        stored = await pool.fetchval("select password_hash from app_user where username = 'hw01'")
        assert "m=128,t=2,p=1" in stored
        await later.authenticate("hw01", PASSWORD)


async def test_changing_the_password_ends_the_other_sessions(people: People, town: Town) -> None:
    here, there = [(await people.authenticate("hw01", PASSWORD)).token for _ in range(2)]
    actor = town.users["hw01"].actor
    with pytest.raises(WrongPassword):
        await people.logins.change_password(actor, "wrong", "Heron-Harbour-3", keep=here)
    with pytest.raises(WeakPassword):
        await people.logins.change_password(actor, PASSWORD, "short", keep=here)
    await people.logins.change_password(actor, PASSWORD, "Heron-Harbour-3", keep=here)
    await people.session(here)
    with pytest.raises(Unauthenticated):
        await people.session(there)
    with pytest.raises(LoginFailed):
        await people.authenticate("hw01", PASSWORD)
    await people.authenticate("hw01", "Heron-Harbour-3")


async def test_tokens_work_until_they_expire_or_are_revoked(people: People, town: Town, clock: MovableClock) -> None:
    root, machine = town.users["root"].actor, town.users["machine"]
    new = NewToken(user_id=machine.id, name="报表系统", expires_at=clock.now() + timedelta(days=30))
    short, long = [await people.tokens.issue(new, by=root) for _ in range(2)]
    assert await people.actor_of_token(long.secret) == machine.actor
    assert long.secret not in repr(long)
    await people.tokens.revoke(long.token.id, by=root)
    with pytest.raises(Unauthenticated):
        await people.actor_of_token(long.secret)
    await people.actor_of_token(short.secret)
    clock.forward(timedelta(days=30))
    with pytest.raises(Unauthenticated):
        await people.actor_of_token(short.secret)


async def test_tokens_are_only_for_machines_and_a_year(people: People, town: Town, clock: MovableClock) -> None:
    root = town.users["root"].actor
    soon = clock.now() + timedelta(days=1)
    with pytest.raises(NotMachine):
        await people.tokens.issue(NewToken(user_id=town.users["hw01"].id, name="x", expires_at=soon), by=root)
    for expiry in (clock.now(), clock.now() + timedelta(days=400)):
        with pytest.raises(ExpiryPast):
            await people.tokens.issue(NewToken(user_id=town.users["machine"].id, name="x", expires_at=expiry), by=root)
    with pytest.raises(NotFound):  # the machine belongs to the city, not to the east
        await people.tokens.issue(
            NewToken(user_id=town.users["machine"].id, name="x", expires_at=soon), by=town.users["east.admin"].actor
        )


async def test_disabling_ends_sessions_and_tokens(people: People, town: Town, clock: MovableClock) -> None:
    root, machine = town.users["root"].actor, town.users["machine"]
    token = (await people.authenticate("hw01", PASSWORD)).token
    new = NewToken(user_id=machine.id, name="x", expires_at=clock.now() + timedelta(days=1))
    bearer = (await people.tokens.issue(new, by=root)).secret
    for user in (town.users["hw01"], machine):
        await people.directory.disable_user(user.id, by=root)
    with pytest.raises(Unauthenticated):
        await people.session(token)
    with pytest.raises(Unauthenticated):
        await people.actor_of_token(bearer)
    with pytest.raises(LoginFailed):
        await people.authenticate("hw01", PASSWORD)
    assert await people.user_of_extension("8001") is None


async def test_the_tree_is_seen_from_ones_own_place_down(people: People, town: Town) -> None:
    east = town.users["east.admin"].actor
    assert [org.path for org in (await people.directory.orgs(east, 10)).items] == [
        "/city/east/",
        "/city/east/east-water/",
    ]
    assert [user.username for user in (await people.directory.users(east, 10)).items] == ["east.admin", "east.head"]
    first = await people.directory.users(east, 1)
    second = await people.directory.users(east, 1, first.next)
    assert [user.username for user in (*first.items, *second.items)] == ["east.admin", "east.head"]
    assert second.next is None
    with pytest.raises(NotFound):
        await people.directory.user(town.users["west.op"].id, east)
    with pytest.raises(NotFound):
        await people.directory.org(town.orgs["west"].id, east)
    assert not any(ANONYMOUS.sees(org.path) for org in town.orgs.values())


async def test_admins_build_only_within_their_subtree(people: People, town: Town) -> None:
    east = town.users["east.admin"].actor
    new = NewOrg(code="west-gas", parent_id=town.orgs["west"].id, level=4, kind="unit", name="燃气")
    with pytest.raises(NoSuchOrg):
        await people.create_org(new, by=east)
    with pytest.raises(NoSuchOrg):
        await people.create_org(new.model_copy(update={"parent_id": None}), by=east)
    with pytest.raises(WrongLevel):
        await people.create_org(new.model_copy(update={"level": 2}), by=town.users["root"].actor)
    with pytest.raises(NameTaken):
        await people.create_org(new.model_copy(update={"code": "west"}), by=town.users["root"].actor)


async def test_users_are_checked(people: People, town: Town) -> None:
    root = town.users["root"].actor
    new = NewUser(
        username="new.one",
        name="新人",
        org_id=town.orgs["east"].id,
        roles=frozenset({Role.AGENT}),
        extension="8002",
        password=SecretStr(PASSWORD),
    )
    with pytest.raises(AgentNeedsExtension):
        await people.create_user(new.model_copy(update={"extension": None}), by=root)
    with pytest.raises(NameTaken, match="extension"):
        await people.create_user(new.model_copy(update={"extension": "8001"}), by=root)
    with pytest.raises(NameTaken, match="user name"):
        await people.create_user(new.model_copy(update={"username": "hw01"}), by=root)
    with pytest.raises(NoSuchOrg):
        await people.create_user(new, by=town.users["west.op"].actor)
    user = await people.create_user(new, by=root)
    assert await people.user_of_extension("8002") == user


async def test_acts_leave_a_trail_that_the_subtree_may_read(people: People, town: Town, pool: Pool) -> None:
    root, east, west = (town.users[name].actor for name in ("root", "east.admin", "west.op"))
    await people.audit.record(pool, east.user_id, "order_viewed", "order", "o-1", {"fields": ["caller"]})
    for reader in (root, east):
        (entry,) = (await people.audit.trail(pool, reader, "order", "o-1", 10)).items
        assert (entry.action, entry.actor_id, entry.actor_name) == ("order_viewed", east.user_id, east.name)
    assert (await people.audit.trail(pool, west, "order", "o-1", 10)).items == ()


async def test_the_operator_issues_tokens_and_sets_passwords_by_name(people: People, town: Town) -> None:
    secret = await issue_token(people, "machine", "报表系统", timedelta(days=30))
    assert await people.actor_of_token(secret) == town.users["machine"].actor
    for _ in range(QUICK.failures_allowed):
        with pytest.raises(LoginFailed):
            await people.authenticate("hw01", "forgotten")
    await set_password(people, "hw01", "Heron-Harbour-3")
    await people.authenticate("hw01", "Heron-Harbour-3")  # the lock is gone too
    with pytest.raises(NoSuchUser):
        await issue_token(people, "nobody", "x", timedelta(days=1))
