"""Faults of panoramisk around actions: sent twice, never over, injected, swallowed."""

import asyncio
from datetime import timedelta

import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.ids import LegId
from callcenter.pbx import actions
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown, UnsafeField
from callcenter.pbx.facts import ChannelStarted, LinkLost, LinkUp, OriginateAnswered
from callcenter.pbx.link import AmiLink, open_link
from tests.faults.conftest import Configure
from tests.faults.hearing import Hearing
from tests.simulators.ami_server import AmiServer, Headers, Session, silence

SHORT = timedelta(milliseconds=100)


async def dial(link: AmiLink) -> None:
    await actions.originate(
        link,
        channel="Local/a1@hl-dial/n",
        context="hl-survey",
        exten="s",
        channel_id=LegId("hl-a1"),
        other_channel_id=LegId("hl-a1-2"),
        action_id="a1",
        variables={"__HL_ATTEMPT": "a1", "HL_SURVEY": "satisfaction"},
        caller_id="12345",
        timeout=timedelta(seconds=30),
    )


async def test_a_cut_link_never_sends_an_action_again(ami: AmiServer, configure: Configure) -> None:
    async def cut(session: Session, headers: Headers) -> None:
        session.cut()

    ami.scripts["Originate"] = cut
    async with open_link(configure(), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        with pytest.raises(OutcomeUnknown):
            await dial(link)
        await hearing.until(LinkLost)
        await hearing.until(LinkUp)
        await link.send("Ping")
    assert len(ami.of("Originate")) == 1
    assert len(ami.sessions) == 2


async def test_an_unanswered_action_ends_at_its_deadline(ami: AmiServer, configure: Configure) -> None:
    ami.scripts["Redirect"] = silence
    async with open_link(configure(), SystemClock()) as link:
        await Hearing(link.facts()).until(LinkUp)
        with pytest.raises(OutcomeUnknown) as unknown:
            await link.send("Redirect", {"Channel": "x"}, deadline=SHORT)
        assert unknown.value.code == "pbx-outcome-unknown"
        assert link.connected


async def test_a_late_answer_goes_to_nobody_else(ami: AmiServer, configure: Configure) -> None:
    late: list[Headers] = []

    async def wait(session: Session, headers: Headers) -> None:
        late.append(headers)

    ami.scripts["DBGet"] = wait
    async with open_link(configure(action_deadline=SHORT), SystemClock()) as link:
        await Hearing(link.facts()).until(LinkUp)
        with pytest.raises(OutcomeUnknown):
            await actions.read_db(link, "hlcb", "a1")
        ami.scripts.clear()
        await ami.latest.frame(("Response", "Error"), ("Message", "too late"), to=late[0])
        reply = await link.send("Ping")
    assert reply.fields["Message"] == "done"


@pytest.mark.parametrize("value", ["a\r\nAction: Originate", "a\nb", "a\rb", "a\0b", "x" * 1100])
async def test_a_value_cannot_become_another_action(value: str, ami: AmiServer, configure: Configure) -> None:
    async with open_link(configure(), SystemClock()) as link:
        await Hearing(link.facts()).until(LinkUp)
        before = len(ami.heard)
        with pytest.raises(UnsafeField) as refused:
            await link.send("Setvar", {"Variable": "x", "Value": value})
        with pytest.raises(ValueError, match="name"):
            await link.send("Setvar", {"Value: x\r\nAction": "y"})
        await link.send("Ping")
    assert value not in str(refused.value)
    assert [headers["Action"] for headers in ami.heard[before:]] == ["Ping"]


@pytest.mark.parametrize("action", ["QueueAdd", "AGI", "PlayDTMF", "Atxfer", "Command"])
async def test_actions_that_panoramisk_never_ends_or_dies_of(action: str, ami: AmiServer, configure: Configure) -> None:
    """QueueAdd answers "Added interface to queue", AGI "successfully queued", PlayDTMF "DTMF successfully queued"."""

    async def queued(session: Session, headers: Headers) -> None:
        words = {"QueueAdd": "Added interface to queue"}.get(action, "DTMF successfully queued")
        await session.frame(("Response", "Success"), ("Message", words), to=headers)

    ami.scripts[action] = queued
    async with open_link(configure(), SystemClock()) as link:
        await Hearing(link.facts()).until(LinkUp)
        reply = await link.send(action, {"Channel": "PJSIP/8001-1", "Queue": "main", "Digit": "1"})
        assert reply.fields["Response"] == "Success"
        assert link.connected


async def test_a_list_ends_with_its_end_and_not_before(ami: AmiServer, configure: Configure) -> None:
    ami.lists["CoreShowChannels"] = [
        {"Event": "CoreShowChannel", "Uniqueid": str(n), "Channel": f"PJSIP/{n}"} for n in range(50)
    ]
    async with open_link(configure(), SystemClock()) as link:
        up = await Hearing(link.facts()).until(LinkUp)
        reply = await link.send("CoreShowChannels")
    assert len(reply.events) == 50
    assert [channel.leg for channel in up.snapshot.channels] == [str(n) for n in range(50)]


async def test_a_refusal_says_why(ami: AmiServer, configure: Configure) -> None:
    async def refuse(session: Session, headers: Headers) -> None:
        await session.frame(("Response", "Error"), ("Message", "No such channel"), to=headers)

    ami.scripts["Hangup"] = refuse
    async with open_link(configure(), SystemClock()) as link:
        await Hearing(link.facts()).until(LinkUp)
        with pytest.raises(ActionRefused, match="No such channel"):
            await actions.hang_up(link, "PJSIP/8001-00000001")


async def test_an_event_with_a_pending_action_id_reaches_the_inbox(ami: AmiServer, configure: Configure) -> None:
    """Asterisk may report the result before the answer to Originate is read."""

    async def answer_backwards(session: Session, headers: Headers) -> None:
        await session.frame(
            ("Event", "OriginateResponse"), ("Response", "Failure"), ("Reason", "5"), ("Uniqueid", "<null>"), to=headers
        )
        await session.success(headers)

    ami.scripts["Originate"] = answer_backwards
    async with open_link(configure(), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        await dial(link)
        answered = await hearing.until(OriginateAnswered)
    assert (answered.action_id, answered.success, answered.reason, answered.leg) == ("a1", False, 5, None)


async def test_events_between_the_entries_of_a_list_keep_their_order(ami: AmiServer, configure: Configure) -> None:
    async def interleave(session: Session, headers: Headers) -> None:
        await session.frame(("Response", "Success"), ("EventList", "start"), to=headers)
        await session.event("Newchannel", Uniqueid="7.1", Channel="PJSIP/trunk-1")
        await session.frame(("Event", "QueueMember"), ("Name", "8001"), to=headers)
        await session.event("Newchannel", Uniqueid="7.2", Channel="PJSIP/trunk-2")
        await session.frame(("Event", "QueueStatusComplete"), ("EventList", "Complete"), to=headers)

    async with open_link(configure(), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        ami.scripts["QueueStatus"] = interleave
        reply = await link.send("QueueStatus")
        legs = [(await hearing.until(ChannelStarted)).leg for _ in range(2)]
    assert ([event["Name"] for event in reply.events], legs) == (["8001"], ["7.1", "7.2"])


async def test_nothing_is_sent_while_there_is_no_link(ami: AmiServer, configure: Configure) -> None:
    ami.scripts["Login"] = silence
    async with open_link(configure(), SystemClock()) as link:
        await ami.until("Login")
        with pytest.raises(LinkDown):
            await link.send("Originate")
    assert ami.of("Originate") == []


async def test_many_actions_at_once_each_get_their_own_answer(ami: AmiServer, configure: Configure) -> None:
    async def echo(session: Session, headers: Headers) -> None:
        await session.frame(("Response", "Success"), ("Value", headers["Variable"]), to=headers)

    ami.scripts["Getvar"] = echo
    async with open_link(configure(), SystemClock()) as link:
        await Hearing(link.facts()).until(LinkUp)
        replies = await asyncio.gather(*(link.send("Getvar", {"Variable": f"V{n}"}) for n in range(200)))
    assert [reply.fields["Value"] for reply in replies] == [f"V{n}" for n in range(200)]
