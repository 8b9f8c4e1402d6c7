"""Faults of panoramisk around the connection: half-open, ghost reconnects, hammering, no snapshot."""

import asyncio
from datetime import timedelta

import pytest

from callcenter.core.clock import SystemClock
from callcenter.pbx.backoff import wait_before
from callcenter.pbx.errors import LoginRefused, PbxAway
from callcenter.pbx.facts import LinkLost, LinkUp
from callcenter.pbx.link import AmiLink, LinkState, open_link
from tests.faults.conftest import Configure
from tests.faults.hearing import Hearing
from tests.simulators.ami_server import AmiServer, Headers, Session, silence

SOON = timedelta(milliseconds=60)


async def state_of(link: AmiLink, wanted: LinkState) -> None:
    async with asyncio.timeout(10):
        await link.reaches(wanted)


async def test_unanswered_pings_drop_a_half_open_link(ami: AmiServer, configure: Configure) -> None:
    async with open_link(configure(ping_every=SOON, ping_deadline=SOON), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        ami.scripts["Ping"] = silence
        lost = await hearing.until(LinkLost)
        ami.scripts.clear()
        up = await hearing.until(LinkUp)
    assert lost.reason == "ping unanswered"
    assert up.lost_at is not None
    assert up.lost_at < lost.at


async def test_leaving_during_back_off_really_ends(ami: AmiServer, configure: Configure) -> None:
    async with open_link(configure(backoff_first=SOON, backoff_most=SOON), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        ami.latest.cut()
        await hearing.until(LinkLost)
        await state_of(link, LinkState.WAITING)
    await asyncio.sleep(SOON.total_seconds() * 3)
    assert len(ami.sessions) == 1
    assert link.state is LinkState.CLOSED


async def test_a_refused_log_in_says_the_remedy_and_does_not_hammer(ami: AmiServer, configure: Configure) -> None:
    async with open_link(configure(secret="wrong"), SystemClock()) as link:
        await state_of(link, LinkState.REFUSED)
        await asyncio.sleep(0.3)
        assert len(ami.sessions) == 1
        assert isinstance(link.problem, LoginRefused)
        assert "ami.secret" in str(link.problem)
        assert "wrong" not in str(link.problem)
        assert not link.connected


@pytest.mark.parametrize("asked", ["Ping", "Login", "BridgeList"])
async def test_a_restarting_asterisk_is_away_for_a_moment_and_no_wrong_password(
    ami: AmiServer, configure: Configure, asked: str
) -> None:
    """While it ends, Asterisk refuses every action with these words. A refused log-in would be tried a minute later."""

    async def ending(session: Session, headers: Headers) -> None:
        del ami.scripts[asked]
        await session.frame(("Response", "Error"), ("Message", "Asterisk is shutting down"), to=headers)

    async with open_link(configure(ping_every=SOON, backoff_first=SOON, backoff_most=SOON), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        ami.scripts[asked] = ending
        if asked != "Ping":
            ami.latest.cut()
        await hearing.until(LinkLost)
        await hearing.until(LinkUp)
        assert asked not in ami.scripts


async def test_reconnects_back_off(ami: AmiServer, configure: Configure) -> None:
    async def cut(session: Session, headers: Headers) -> None:
        session.cut()

    ami.scripts["Login"] = cut
    first = timedelta(milliseconds=40)
    async with open_link(configure(backoff_first=first, backoff_most=timedelta(seconds=30)), SystemClock()) as link:
        began = asyncio.get_running_loop().time()
        await ami.until("Login", 4)
        elapsed = asyncio.get_running_loop().time() - began
        assert isinstance(link.problem, PbxAway)
    assert elapsed >= (0.04 + 0.08 + 0.16) / 2


async def test_each_connect_waits_for_boot_and_begins_with_a_snapshot(ami: AmiServer, configure: Configure) -> None:
    async def not_yet(session: Session, headers: Headers) -> None:
        await session.success(headers)

    ami.scripts["Login"] = not_yet
    ami.lists["QueueStatus"] = [
        {"Event": "QueueParams", "Queue": "main"},
        {"Event": "QueueMember", "Queue": "main", "Name": "8001", "Status": "2", "Paused": "1", "PausedReason": "小休"},
        {"Event": "QueueEntry", "Queue": "main", "Position": "1", "Uniqueid": "1.1", "Wait": "12"},
    ]
    ami.lists["DeviceStateList"] = [{"Event": "DeviceStateChange", "Device": "PJSIP/8001", "State": "INUSE"}]
    ami.lists["BridgeList"] = [{"Event": "BridgeListItem", "BridgeUniqueid": "b1", "BridgeNumChannels": "2"}]
    async with open_link(configure(), SystemClock()) as link:
        await ami.until("Login")
        assert not link.connected
        assert ami.of("QueueStatus") == []
        await ami.latest.event("FullyBooted")
        up = await Hearing(link.facts()).until(LinkUp)
    (member,), (caller,) = up.snapshot.queue_members, up.snapshot.queue_callers
    assert (member.member, member.device_state, member.paused, member.pause_reason) == ("8001", 2, True, "小休")
    assert (caller.queue, caller.position, caller.leg, caller.wait_seconds) == ("main", 1, "1.1", 12)
    assert (up.snapshot.devices[0].state, up.snapshot.bridges[0].channels) == ("INUSE", 2)
    assert up.lost_at is None


async def test_a_snapshot_cut_in_the_middle_is_taken_anew(ami: AmiServer, configure: Configure) -> None:
    async def cut(session: Session, headers: Headers) -> None:
        del ami.scripts["BridgeList"]
        await session.frame(("Response", "Success"), ("EventList", "start"), to=headers)
        session.cut()

    ami.scripts["BridgeList"] = cut
    async with open_link(configure(), SystemClock()) as link:
        fact = await Hearing(link.facts()).next()
    assert isinstance(fact, LinkUp)
    assert len(ami.sessions) == 2


async def test_a_stalled_log_in_is_given_up(ami: AmiServer, configure: Configure) -> None:
    async def once(session: Session, headers: Headers) -> None:
        ami.scripts.clear()

    ami.scripts["Login"] = once
    async with open_link(configure(connect_deadline=SOON), SystemClock()) as link:
        await Hearing(link.facts()).until(LinkUp)
    assert len(ami.sessions) == 2


async def test_a_port_that_speaks_another_protocol_is_named(ami: AmiServer, configure: Configure) -> None:
    ami.greeting = b"HTTP/1.1 400 Bad Request\r\n\r\n"
    async with open_link(configure(), SystemClock()) as link:
        await state_of(link, LinkState.WAITING)
        assert "not a manager interface" in str(link.problem)


async def test_nobody_at_the_port_is_told_with_the_remedy(configure: Configure) -> None:
    async with open_link(configure(port=1), SystemClock()) as link:
        await state_of(link, LinkState.WAITING)
        assert isinstance(link.problem, PbxAway)
        assert "start Asterisk" in str(link.problem)


@pytest.mark.parametrize("failures", range(0, 60, 7))
def test_back_off_stays_between_half_and_all_of_its_bound(failures: int) -> None:
    first, most = timedelta(seconds=1), timedelta(seconds=30)
    low = wait_before(failures, first=first, most=most, chance=0.0)
    high = wait_before(failures, first=first, most=most, chance=0.999)
    assert min(most, first * 2 ** min(failures, 9)) / 2 == low
    assert low < high <= most
