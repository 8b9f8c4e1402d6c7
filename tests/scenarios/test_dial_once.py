"""D8 on a real Asterisk: whatever happens to the manager link, a citizen is rung once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from callcenter.callbacks.config import CallbackConfig
from callcenter.callbacks.events import CallbackSettled
from callcenter.callbacks.service import Callbacks
from callcenter.callbacks.survey import Survey
from callcenter.callbacks.telephony import AsteriskTelephony, Dial, leg_of
from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.core.ids import AttemptId, new_id
from callcenter.pbx.config import AmiConfig
from callcenter.pbx.errors import OutcomeUnknown
from callcenter.pbx.facts import ChannelEnded, DialplanMarked, LinkUp
from callcenter.pbx.host import AsteriskHost
from callcenter.pbx.link import AmiLink, open_link
from callcenter.sample.sipp import Exchange, Telephone, open_busy, open_citizen
from callcenter.store.pool import Pool
from tests.faults.hearing import Hearing
from tests.rooms.callback_rooms import NOON, RememberingLedger, RememberingOrders, SetClock, order_in_callback
from tests.rooms.gates import open_gate
from tests.simulators.eventually import comes_true
from tests.simulators.relay import ami_relay
from tests.vaults import VAULT

SOON = timedelta(seconds=15)


def config_of(host: AsteriskHost, port: int | None = None) -> AmiConfig:
    plan = host.plan
    return AmiConfig.model_validate(
        {
            "name": plan.name,
            "port": port or plan.ami_port,
            "username": plan.ami_user,
            "secret": plan.ami_secret,
            "action_deadline": timedelta(seconds=2),
            "backoff_first": timedelta(milliseconds=100),
            "backoff_most": timedelta(milliseconds=300),
        }
    )


@asynccontextmanager
async def citizen(host: AsteriskHost) -> AsyncIterator[Telephone]:
    exchange = Exchange(host=host.plan.address, port=host.plan.sip_port)
    port = host.plan.trunks[0].port
    async with open_citizen(exchange, port=port, speech=b"", hold=timedelta(seconds=1)) as telephone:
        yield telephone


def a_dial() -> Dial:
    return Dial(
        attempt=AttemptId(new_id()),
        number="13900000001",
        group="public",
        survey="survey",
        caller_id="12345",
        ring=timedelta(seconds=20),
    )


async def told(hearing: Hearing, dial: Dial, status: str) -> DialplanMarked:
    """HotlineDial of this attempt with this status."""
    wanted = (("Attempt", str(dial.attempt)), ("Status", status))
    while True:
        marked = await hearing.until(DialplanMarked)
        if marked.mark == "HotlineDial" and marked.fields == wanted:
            return marked


async def gone(hearing: Hearing, dial: Dial) -> None:
    while (await hearing.until(ChannelEnded)).leg != leg_of(dial.attempt):
        pass


async def test_the_same_originate_twice_rings_the_citizen_once(asterisk: AsteriskHost) -> None:
    async with citizen(asterisk) as telephone, open_link(config_of(asterisk), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        telephony, dial = AsteriskTelephony(link), a_dial()
        await telephony.dial(dial)
        await told(hearing, dial, "ANSWER")
        await gone(hearing, dial)
        await telephony.dial(dial)
        await told(hearing, dial, "repeated")
        await gone(hearing, dial)
        assert await telephony.mark_of(dial.attempt) == "ANSWER"
        assert telephone.said.count("offered") == 1


async def test_two_originates_at_the_same_instant_ring_once(asterisk: AsteriskHost) -> None:
    """Channel ids differ here, so that nothing but the dialplan's claim stands between the citizen and two rings."""
    async with citizen(asterisk) as telephone, open_link(config_of(asterisk), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        dial = a_dial()
        await asyncio.gather(*(twin(link, dial, n) for n in range(2)))
        statuses: set[str] = set()
        while len(statuses) < 2:
            marked = await hearing.until(DialplanMarked)
            statuses.update(value for name, value in marked.fields if name == "Status")
        await telephone.until("answered", SOON)
    assert statuses == {"ANSWER", "repeated"}
    assert telephone.said.count("offered") == 1


async def twin(link: AmiLink, dial: Dial, n: int) -> None:
    fields = {
        "Channel": f"Local/{dial.attempt}@hl-dial/n",
        "Context": "hl-survey",
        "Exten": "s",
        "Priority": "1",
        "ChannelId": f"hl-{dial.attempt}-twin{n}",
        "Async": "true",
        "Variable": [f"__HL_ATTEMPT={dial.attempt}", f"__HL_NUMBER={dial.number}", "HL_SURVEY=survey"],
    }
    await link.send("Originate", fields)


async def test_a_link_cut_after_sending_is_looked_up(asterisk: AsteriskHost) -> None:
    async with (
        citizen(asterisk) as telephone,
        ami_relay(asterisk.plan.address, asterisk.plan.ami_port) as relay,
        open_link(config_of(asterisk, relay.port), SystemClock()) as link,
    ):
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        telephony, dial = AsteriskTelephony(link), a_dial()
        relay.cut_after(b"Action: Originate")
        with pytest.raises(OutcomeUnknown):
            await telephony.dial(dial)
        await telephone.until("answered", SOON)
        await hearing.until(LinkUp)

        async def noted() -> bool:
            return await telephony.mark_of(dial.attempt) == "ANSWER"

        await comes_true(noted, SOON)  # the dialplan notes the answer a moment after the telephone
        assert telephone.said.count("offered") == 1


async def test_a_voided_attempt_is_refused_by_the_dialplan(asterisk: AsteriskHost) -> None:
    async with citizen(asterisk) as telephone, open_link(config_of(asterisk), SystemClock()) as link:
        hearing = Hearing(link.facts())
        await hearing.until(LinkUp)
        telephony, dial = AsteriskTelephony(link), a_dial()
        assert await telephony.mark_of(dial.attempt) is None
        await telephony.void(dial.attempt)
        await telephony.dial(dial)
        await told(hearing, dial, "repeated")
        await gone(hearing, dial)
    assert telephone.said.count("offered") == 0


class House:
    """The call-back room on a real PBX; its ledger only passes the facts on."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.bus = Bus()
        self.orders = RememberingOrders(pool)
        self.survey = Survey(pool, self.bus)

    @asynccontextmanager
    async def running(self, link: AmiLink) -> AsyncIterator[None]:
        service = Callbacks(
            pool=self.pool,
            bus=self.bus,
            clock=SetClock(NOON),
            config=CallbackConfig(last_key=timedelta(milliseconds=200)),
            city="Asia/Shanghai",
            telephony=AsteriskTelephony(link),
            ledger=RememberingLedger(),
            orders=self.orders,
            gate=open_gate(self.pool, self.bus, limits={}),
            vault=VAULT,
        )
        tasks = [asyncio.create_task(service.run()), asyncio.create_task(self._pass_on(link))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _pass_on(self, link: AmiLink) -> None:
        async for fact in link.facts():
            self.bus.publish(fact)


async def settled(house: House) -> str:
    with house.bus.subscribe(CallbackSettled) as heard:
        async with asyncio.timeout(40):
            async for event in heard:
                assert isinstance(event, CallbackSettled)
                return event.outcome
    raise AssertionError


async def test_a_cut_while_dialling_settles_by_look_up_and_rings_once(asterisk: AsteriskHost, pool: Pool) -> None:
    await order_in_callback(pool)
    house = House(pool)
    async with (
        citizen(asterisk) as telephone,
        ami_relay(asterisk.plan.address, asterisk.plan.ami_port) as relay,
        open_link(config_of(asterisk, relay.port), SystemClock()) as link,
    ):
        relay.cut_after(b"Action: Originate", stay_away=True)
        async with house.running(link):
            ending = asyncio.create_task(settled(house))
            await telephone.until("offered", SOON)  # looked up before it began, the attempt would be void, and unsent
            relay.mend()
            assert await ending == "no_survey"
        assert telephone.said.count("offered") == 1
    assert relay.count(b"Action: Originate") == 1


async def test_a_busy_citizen_is_recorded_and_tried_later(asterisk: AsteriskHost, pool: Pool) -> None:
    await order_in_callback(pool)
    house = House(pool)
    exchange = Exchange(host=asterisk.plan.address, port=asterisk.plan.sip_port)
    async with (
        open_busy(exchange, port=asterisk.plan.trunks[0].port),
        open_link(config_of(asterisk), SystemClock()) as link,
        house.running(link),
    ):
        assert await settled(house) == "busy"
    assert await pool.fetchval("select next_at from callback") == NOON + CallbackConfig().after_busy


async def test_a_killed_asterisk_leaves_an_unknown_outcome_and_no_second_ring(
    own_asterisk: AsteriskHost, pool: Pool
) -> None:
    await order_in_callback(pool)
    house = House(pool)
    exchange = Exchange(host=own_asterisk.plan.address, port=own_asterisk.plan.sip_port)
    async with (
        open_citizen(
            exchange, port=own_asterisk.plan.trunks[0].port, speech=b"", ring=timedelta(seconds=30)
        ) as telephone,
        open_link(config_of(own_asterisk), SystemClock()) as link,
        house.running(link),
    ):
        await telephone.until("offered", SOON)
        await own_asterisk.kill()
        await own_asterisk.start()
        assert await settled(house) == "unknown"
        assert telephone.said.count("offered") == 1
