"""The link on a real Asterisk: membership, snapshot, originate, AstDB, and what a queue call costs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.ids import LegId
from callcenter.pbx import actions
from callcenter.pbx.config import AmiConfig
from callcenter.pbx.errors import ActionRefused, LoginRefused
from callcenter.pbx.facts import ChannelEnded, ChannelStarted, LinkLost, LinkUp, MemberChanged, OriginateAnswered
from callcenter.pbx.host import AsteriskHost
from callcenter.pbx.link import AmiLink, LinkState, open_link
from tests.faults.hearing import Hearing


def config_of(host: AsteriskHost, **changed: object) -> AmiConfig:
    plan = host.plan
    given = {"name": plan.name, "port": plan.ami_port, "username": plan.ami_user, "secret": plan.ami_secret}
    return AmiConfig.model_validate(given | changed)


@pytest.fixture
async def up(asterisk: AsteriskHost) -> AsyncIterator[tuple[AmiLink, Hearing]]:
    async with open_link(config_of(asterisk), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        yield link, hearing


async def test_a_member_is_added_paused_seen_and_removed(up: tuple[AmiLink, Hearing]) -> None:
    link, hearing = up
    await actions.add_member(link, "main", "8001", paused=True, reason="小休", penalty=2)
    added = await hearing.until(MemberChanged)
    assert (added.queue, added.member, added.paused, added.pause_reason) == ("main", "8001", True, "小休")
    await actions.add_member(link, "main", "8001", paused=False)
    assert (await hearing.until(MemberChanged)).paused is False
    await actions.pause_member(link, "8001", paused=True, reason="acw", queue="main")
    assert (await hearing.until(MemberChanged)).pause_reason == "acw"
    reply = await link.send("QueueStatus", {"Queue": "main"})
    assert [event["Name"] for event in reply.events if event["Event"] == "QueueMember"] == ["8001"]
    await actions.remove_member(link, "main", "8001")
    assert (await hearing.until(MemberChanged)).removed
    await actions.remove_member(link, "main", "8001")


async def test_an_unknown_queue_is_refused_with_asterisks_word(up: tuple[AmiLink, Hearing]) -> None:
    with pytest.raises(ActionRefused, match="No such queue"):
        await actions.add_member(up[0], "nowhere", "8001", paused=False)


async def test_astdb_is_read_and_cleared(asterisk: AsteriskHost, up: tuple[AmiLink, Hearing]) -> None:
    link, key = up[0], str(uuid4())
    assert await actions.read_db(link, "hlcb", key) is None
    await link.send("DBPut", {"Family": "hlcb", "Key": key, "Val": "ANSWER"})
    assert await actions.read_db(link, "hlcb", key) == "ANSWER"
    await actions.delete_db(link, "hlcb", key)
    await actions.delete_db(link, "hlcb", key)
    assert await actions.read_db(link, "hlcb", key) is None


async def test_an_originated_channel_is_seen_answered_listed_and_ended(
    asterisk: AsteriskHost, up: tuple[AmiLink, Hearing]
) -> None:
    link, hearing = up
    attempt = str(uuid4())
    leg = LegId(f"hl-{attempt}")
    await actions.originate(
        link,
        channel="Local/s@hl-safe/n",
        context="hl-queue",
        exten="main",
        channel_id=leg,
        other_channel_id=LegId(f"{leg}-2"),
        action_id=attempt,
        variables={"__HL_ATTEMPT": attempt},
        caller_id="12345",
        timeout=timedelta(seconds=10),
    )
    started = await hearing.until(ChannelStarted)
    assert (started.leg, started.linked) == (leg, leg)
    answered = await hearing.until(OriginateAnswered)
    assert (answered.action_id, answered.success, answered.leg) == (attempt, True, leg)
    reply = await link.send("CoreShowChannels")
    assert leg in {event["Uniqueid"] for event in reply.events}
    async with open_link(config_of(asterisk), SystemClock()) as second:
        seen = await Hearing(second.facts()).until(LinkUp)
    assert leg in {channel.leg for channel in seen.snapshot.channels}
    assert {device.device for device in seen.snapshot.devices} >= {"PJSIP/8001"}
    await actions.hang_up(link, started.channel)
    while (await hearing.until(ChannelEnded)).leg != leg:
        pass


async def test_a_wrong_secret_is_refused_with_the_remedy(asterisk: AsteriskHost) -> None:
    async with open_link(config_of(asterisk, secret="not it"), SystemClock()) as link, asyncio.timeout(10):
        await link.reaches(LinkState.REFUSED)
        assert isinstance(link.problem, LoginRefused)


async def test_a_killed_asterisk_is_lost_and_found_again(own_asterisk: AsteriskHost) -> None:
    quick = {"backoff_first": timedelta(milliseconds=100), "backoff_most": timedelta(milliseconds=200)}
    async with open_link(config_of(own_asterisk, **quick), SystemClock()) as link:
        hearing = Hearing(link.facts())
        first = await hearing.until(LinkUp)
        await own_asterisk.kill()
        await hearing.until(LinkLost)
        await own_asterisk.start()
        again = await hearing.until(LinkUp)
    assert first.lost_at is None
    assert again.lost_at is not None
