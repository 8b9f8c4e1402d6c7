"""Intrusions over a real database: written down before anything rings, closed by what Asterisk tells."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.core.errors import DomainError, Forbidden
from callcenter.core.ids import LegId
from callcenter.pbx.errors import ActionRefused, OutcomeUnknown
from callcenter.pbx.facts import LinkUp, OriginateAnswered
from callcenter.pbx.snapshot import ChannelSeen, Snapshot
from callcenter.store.pool import Pool
from callcenter.supervision.config import SupervisionConfig
from callcenter.supervision.errors import (
    AlreadyIn,
    NoSuchSession,
    NotAnswered,
    NoTelephone,
    NotWaiting,
    OwnCall,
    SwitchRefused,
)
from callcenter.supervision.events import IntrusionEnded
from callcenter.supervision.modes import Mode
from callcenter.transfers.live_errors import CallsElsewhere, NobodyTalks
from tests.rooms.supervised_rooms import CITIZEN, PBX, hearing, open_supervisors

SPIED = "PJSIP/8001-00000002"


async def test_listening_whispering_barging_and_leaving(pool: Pool) -> None:
    async with open_supervisors(pool) as here:
        bz02, call = here.actors["bz02"], here.talking()
        begun = await here.service.begin(bz02, call, Mode.LISTEN, "质量检查")
        assert (begun.mode, begun.asked) == (None, "listen")
        await here.sends(f"listen 8101 {SPIED} listen")
        assert (here.calls.expected, await here.acts()) == (["spy"], ["call_listened"])
        with pytest.raises(NotAnswered):
            await here.service.switch(bz02, begun.id, Mode.BARGE)
        for mode in (Mode.LISTEN, Mode.WHISPER, Mode.BARGE):
            await here.service.switch(bz02, begun.id, mode) if mode is not Mode.LISTEN else None
            here.spied(begun.id, mode.value)
            await here.row(begun.id, mode=mode.value)
        await here.sends("switch whisper", "switch barge")
        await here.service.leave(bz02, begun.id)
        await here.sends("hang_up own")
        here.hung_up(begun.id)
        row = await here.row(begun.id, outcome="done", mode=None)
        assert (row["reason"], row["spied"], row["call_id"]) == ("质量检查", "8001", call)
        assert await here.acts() == ["call_listened", "call_whispered", "call_barged"]
        (past,) = (await here.service.sessions(bz02, 10)).items
        assert [(one.mode, one.told, one.until is not None) for one in past.modes] == [
            ("listen", False, True),
            ("whisper", True, True),
            ("barge", True, True),
        ]
        assert past.modes[0].until == past.modes[1].since
        assert (past.supervisor, past.agent) == ("用户 bz02", "用户 hw01")
        with pytest.raises(NoSuchSession):
            await here.service.leave(bz02, begun.id)


async def test_the_agent_is_told_as_the_setting_says(pool: Pool) -> None:
    async with open_supervisors(pool, SupervisionConfig(told=(Mode.LISTEN,))) as here:
        begun = await here.service.begin(here.actors["bz02"], here.talking(), Mode.LISTEN, "质量检查")
        assert (await here.service.told(here.actors["hw01"])).items == ()
        here.spied(begun.id, "listen")
        await here.row(begun.id, mode="listen")
        (told,) = (await here.service.told(here.actors["hw01"])).items
        assert (told.supervisor, told.mode) == ("用户 bz02", "listen")
        assert (await here.service.told(here.actors["de01"])).items == ()
        await here.service.switch(here.actors["bz02"], begun.id, Mode.WHISPER)
        here.spied(begun.id, "whisper")
        await here.row(begun.id, mode="whisper")
        assert (await here.service.told(here.actors["hw01"])).items == ()


async def test_who_may_not(pool: Pool) -> None:
    async with open_supervisors(pool) as here:
        call, service = here.talking(), here.service
        with pytest.raises(NoTelephone):
            await service.begin(here.actors["bz01"], call, Mode.LISTEN, "x")
        with pytest.raises(Forbidden):
            await service.begin(here.actors["de02"], call, Mode.LISTEN, "x")
        with pytest.raises(OwnCall):
            await service.begin(here.actors["bz02"], here.talking("8101"), Mode.LISTEN, "x")
        with pytest.raises(NobodyTalks):
            await service.begin(here.actors["bz02"], here.waiting(), Mode.BARGE, "x")
        await service.begin(here.actors["de02"], here.talking("8011"), Mode.LISTEN, "x")
        await service.begin(here.actors["bz02"], call, Mode.LISTEN, "x")
        with pytest.raises(AlreadyIn):
            await service.begin(here.actors["bz02"], call, Mode.WHISPER, "x")
        assert len(here.pbx.sent) == 2
        page = await service.sessions(here.actors["de02"], 10)
        assert [one.agent for one in page.items] == ["用户 de01"]
        with pytest.raises(Forbidden):
            await service.sessions(here.actors["hw01"], 10)


async def test_a_telephone_that_is_not_answered_or_refused_leaves_a_closed_row(pool: Pool) -> None:
    async with open_supervisors(pool) as here:
        bz02, call = here.actors["bz02"], here.talking()
        begun = await here.service.begin(bz02, call, Mode.LISTEN, "x")
        failed = OriginateAnswered(
            at=datetime.now(UTC), pbx=PBX, action_id=f"hl-{begun.id}", success=False, leg=None, reason=3
        )
        here.bus.publish(failed)
        await here.row(begun.id, outcome="unanswered")
        here.pbx.fail_next = [ActionRefused("Originate", "no such endpoint")]
        with pytest.raises(DomainError):
            await here.service.begin(bz02, call, Mode.LISTEN, "x")
        outcomes = await pool.fetch("select outcome from supervision_session order by asked_at")
        assert [row["outcome"] for row in outcomes] == ["unanswered", "refused"]
        await here.service.begin(bz02, call, Mode.LISTEN, "x")


async def test_a_ring_of_unknown_outcome_stays_open_until_somebody_ends_it(pool: Pool) -> None:
    async with open_supervisors(pool) as here:
        bz02, call = here.actors["bz02"], here.talking()
        here.pbx.fail_next = [OutcomeUnknown("Originate")]
        with pytest.raises(OutcomeUnknown):
            await here.service.begin(bz02, call, Mode.LISTEN, "x")
        session = await pool.fetchval("select id from supervision_session")
        with pytest.raises(AlreadyIn):
            await here.service.begin(bz02, call, Mode.LISTEN, "x")
        here.spied(session, "listen")
        await here.row(session, mode="listen")
        here.pbx.gone.add(f"hl-{session}")
        await here.service.leave(bz02, session)
        await here.row(session, outcome="done")


async def test_taking_over_brings_the_caller_before_the_agent_goes(pool: Pool) -> None:
    async with open_supervisors(pool) as here:
        bz02, call = here.actors["bz02"], here.talking()
        begun = await here.service.begin(bz02, call, Mode.LISTEN, "投诉处置")
        here.spied(begun.id, "listen")
        await here.row(begun.id, mode="listen")
        await here.service.switch(bz02, begun.id, Mode.TAKE_OVER)
        await here.sends(f"listen 8101 {SPIED} listen", f"move_in {CITIZEN}")
        here.in_room(begun.id)
        await here.row(begun.id, mode="take_over")
        await here.sends(f"bring PJSIP/carrier-00000001 {CITIZEN}", f"hang_up {SPIED}")
        assert here.calls.expected == ["spy", "takeover"]
        with pytest.raises(SwitchRefused):
            await here.service.switch(bz02, begun.id, Mode.LISTEN)
        here.in_room(begun.id)
        here.hung_up(begun.id)
        await here.row(begun.id, outcome="done")
        assert here.pbx.sent == []
        assert await here.acts() == ["call_listened", "call_taken_over"]


async def test_taking_over_at_once_in_a_room_that_the_caller_is_in(pool: Pool) -> None:
    async with open_supervisors(pool) as here:
        begun = await here.service.begin(here.actors["bz02"], here.talking(), Mode.TAKE_OVER, "应急处置")
        await here.sends(f"enter 8101 {CITIZEN}")
        here.in_room(begun.id, bridge="b1")
        await here.row(begun.id, mode="take_over")
        await here.sends(f"hang_up {SPIED}")


async def test_a_caller_who_has_gone_leaves_no_supervisor_in_an_empty_room(pool: Pool) -> None:
    async with open_supervisors(pool) as here:
        call = here.talking()
        begun = await here.service.begin(here.actors["bz02"], call, Mode.TAKE_OVER, "应急处置")
        del here.calls.open[call]
        here.in_room(begun.id)
        await here.sends(f"enter 8101 {CITIZEN}", "hang_up own")
        here.hung_up(begun.id)
        await here.row(begun.id, outcome="unanswered")


async def test_a_switch_that_the_pbx_refuses_changes_nothing(pool: Pool) -> None:
    async with open_supervisors(pool) as here:
        bz02 = here.actors["bz02"]
        begun = await here.service.begin(bz02, here.talking(), Mode.LISTEN, "x")
        here.spied(begun.id, "listen")
        await here.row(begun.id, mode="listen")
        here.pbx.fail_next = [ActionRefused("Redirect", "no")]
        with pytest.raises(ActionRefused):
            await here.service.switch(bz02, begun.id, Mode.TAKE_OVER)
        here.in_room(begun.id)
        assert (await here.service.switch(bz02, begun.id, Mode.LISTEN)).mode == "listen"
        assert (await here.row(begun.id))["mode"] == "listen"


async def test_intrusions_survive_a_restart_of_the_server(pool: Pool) -> None:
    async with open_supervisors(pool) as here:
        gone = await here.service.begin(here.actors["bz02"], here.talking(), Mode.LISTEN, "x")
        stays = await here.service.begin(here.actors["de02"], here.talking("8011"), Mode.WHISPER, "x")
        here.spied(stays.id, "whisper")
        await here.row(stays.id, mode="whisper")
    again = here.service
    with here.bus.subscribe(IntrusionEnded) as ends:
        async with hearing(again):
            own = LegId(f"hl-{stays.id}")
            seen = ChannelSeen(
                leg=own,
                linked=own,
                channel="PJSIP/8102-00000003",
                state="Up",
                caller_number="",
                context="hl-spy",
                exten="whisper",
                application="ChanSpy",
                bridge="",
                seconds=9,
            )
            at = datetime.now(UTC) + timedelta(seconds=1)
            here.bus.publish(LinkUp(at=at, pbx=PBX, lost_at=None, snapshot=Snapshot(channels=(seen,), taken_at=at)))
            async with asyncio.timeout(10):
                ended = await anext(aiter(ends))
            assert isinstance(ended, IntrusionEnded)
            assert (ended.session, ended.outcome) == (gone.id, "unanswered")
            assert (await here.row(stays.id))["mode"] == "whisper"
    with pytest.raises(CallsElsewhere):
        await again.begin(here.actors["bz02"], here.talking(), Mode.LISTEN, "x")


async def test_a_caller_to_the_front(pool: Pool) -> None:
    async with open_supervisors(pool) as here:
        call = here.waiting()
        await here.service.put_first(here.actors["bz02"], call, "应急处置")
        await here.sends("put_first main PJSIP/carrier-00000001 9")
        assert await here.acts() == ["call_put_first"]
        with pytest.raises(Forbidden):
            await here.service.put_first(here.actors["de02"], call, "x")
        await here.service.put_first(here.actors["de02"], here.waiting("tax"), "x")
        with pytest.raises(NotWaiting):
            await here.service.put_first(here.actors["bz02"], here.talking(), "x")
