"""The runner over a real socket: the caller goes on whatever the rest of the house does."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from callcenter.flows.conditions import CallerFacts, Moment, QueueFacts
from callcenter.flows.files import read_flows
from callcenter.flows.model import version_of
from callcenter.flows.ports import NewMessage, Outside, Wanted
from callcenter.flows.runner import MOST_STEPS
from callcenter.resources import IVR
from tests.rooms.flow_caller import GONE, NOTHING, Sink, dialogue, flow_of, opening, pressed

FLOWS = read_flows(IVR / "flows")
SHIPPED = FLOWS.values()
SURVEY = opening(name="survey", attempt="a1")
QUEUE = {"kind": "queue", "queue": "home"}
CALLER = "+8613800000000"


class House:
    """Every port, with fixed answers, or one that always fails or never comes."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.asked: list[object] = []
        self.kept: list[NewMessage] = []
        self.wanted: list[Wanted] = []
        self.callers: list[str] = []
        self.chosen: list[tuple[str, str]] = []
        self.discarded: list[str] = []
        self.ready = True
        self.heard = "咨询"
        self.caller = CallerFacts()
        self.word = "handling"

    def outside(self) -> Outside:
        return Outside(
            hours=self,
            greetings=self,
            history=self,
            queues=self,
            orders=self,
            messages=self,
            words=self,
            routes=self,
            callbacks=self,
        )

    async def _fail(self, *asked: object) -> None:
        self.asked.append(asked)
        if self.fault == "broken":
            raise RuntimeError("staged")
        if self.fault == "silent":
            await asyncio.Event().wait()

    def moment(self, at: datetime) -> Moment:
        return Moment("holiday", time(3))

    async def of(self, number: str) -> CallerFacts:
        self.callers.append(number)
        if self.fault:
            await self._fail()
        return self.caller

    async def chose(self, number: str, language: str, at: datetime) -> None:
        self.chosen.append((number, language))

    def greeting_of(self, dialled: str) -> str | None:
        return {"12329": "greeting_housing", "12333": "not_installed"}.get(dialled)

    async def outlook(self, queue: str) -> QueueFacts | None:
        await self._fail(queue)
        return QueueFacts(waiting=1, staffed=True, wait=timedelta(minutes=3))

    async def progress(self, *, number: str, code: str, caller: str) -> str:
        await self._fail(number, code, caller)
        return self.word

    async def keep(self, message: NewMessage) -> None:
        await self._fail()
        self.kept.append(message)

    async def discard(self, file: str) -> None:
        self.discarded.append(file)

    async def recognise(self, file: str, phrases: Sequence[str]) -> str:
        await self._fail(file, *phrases)
        return self.heard

    async def plan(self, target: str, queue: str) -> str | None:
        await self._fail(target, queue)
        return f"{target}|emergency|30|||||{queue}"

    async def accept(self, wanted: Wanted) -> bool:
        await self._fail()
        self.wanted.append(wanted)
        return True


async def run(nodes: dict[str, Any], house: House | None = None, **replies: list[str]) -> tuple[Sink, list[str]]:
    """The flow `main` of these nodes, for a caller of 12345."""
    sink = Sink()
    given = {word.upper(): texts for word, texts in replies.items()}
    opened = opening(name="main", dnis="12345", queue="main")
    outside = house.outside() if house else None
    return sink, await dialogue(sink, [flow_of(nodes)], given, opened=opened, outside=outside)


def said(asked: list[str]) -> list[str]:
    return [line.split()[2].removeprefix("hotline/") for line in asked if line.startswith("STREAM")]


@pytest.mark.parametrize("broken", [False, True], ids=["recorded", "sink-broken"])
async def test_the_main_line_leads_to_its_queue_and_winds_the_switch_before_each_step(broken: bool) -> None:
    sink = Sink(broken=broken)
    asked = await dialogue(sink, SHIPPED, {})
    assert asked == [
        'SET VARIABLE "TIMEOUT(absolute)" 4.000',
        "ANSWER",
        'SET VARIABLE "TIMEOUT(absolute)" 9.100',
        "STREAM FILE hotline/greeting 0123",
        "WAIT FOR DIGIT 100",
        'SET VARIABLE "TIMEOUT(absolute)" 8.000',
        'SET VARIABLE "TIMEOUT(absolute)" 4.000',
        'SET VARIABLE HL_ROUTE "queue:main"',
    ]
    if not broken:
        assert sink.steps == [("main", "greeting", ""), ("main", "agent", "")]
        assert sink.versions == {version_of(FLOWS["main"])}


async def test_the_survey_collects_keys_and_hangs_up() -> None:
    sink = Sink()
    replies = {"STREAM": [NOTHING, NOTHING, pressed("1"), NOTHING], "WAIT": [f"200 result={ord('2')}"]}
    asked = await dialogue(sink, SHIPPED, replies, opened=SURVEY)
    assert sink.ends == [({"name": "survey", "attempt": "a1"}, {"resolved": "2", "satisfied": "1"})]
    assert asked[-1] == "SET VARIABLE HL_ROUTE hangup"
    assert "STREAM FILE hotline/survey_resolved 12" in asked


async def test_answers_given_before_the_caller_hangs_up_are_told() -> None:
    sink = Sink()
    await dialogue(sink, SHIPPED, {"STREAM": [NOTHING, pressed("1"), GONE]}, opened=SURVEY)
    assert sink.ends == [({"name": "survey", "attempt": "a1"}, {"resolved": "1"})]


async def test_a_silent_citizen_is_asked_three_times_and_let_go() -> None:
    sink = Sink()
    asked = await dialogue(sink, SHIPPED, {}, opened=SURVEY)
    assert sum("survey_resolved" in line for line in asked) == 3
    assert sink.ends == [({"name": "survey", "attempt": "a1"}, {})]


async def test_an_unknown_flow_gives_the_caller_back_to_the_dialplan() -> None:
    sink = Sink()
    assert await dialogue(sink, SHIPPED, {}, opened=opening(name="nope")) == []
    assert sink.ends == []


async def test_a_caller_who_presses_on_and_on_is_led_to_a_person() -> None:
    again = {"kind": "menu", "prompt": "greeting", "choices": {"9": "a"}, "otherwise": "b"}
    _, asked = await run({"a": again, "b": QUEUE}, stream=[pressed("9")] * 200)
    assert len(said(asked)) == MOST_STEPS
    assert asked[-1] == 'SET VARIABLE HL_ROUTE "queue:main"'


async def test_keys_do_not_cut_short_what_must_be_heard() -> None:
    menu = {"kind": "menu", "prompt": "greeting", "choices": {"1": "b"}, "otherwise": "b", "barge_in": False}
    _, asked = await run({"a": {**menu, "wait": 1}, "b": QUEUE}, wait=[f"200 result={ord('1')}"])
    assert 'STREAM FILE hotline/greeting ""' in asked


async def test_english_is_set_and_another_queue_becomes_the_caller_s_home() -> None:
    house = House()
    asked = await dialogue(Sink(), SHIPPED, {}, opened=opening(name="english", queue="main"), outside=house.outside())
    assert 'SET VARIABLE "CHANNEL(language)" en' in asked
    assert said(asked) == ["english_greeting"]
    assert "SET VARIABLE HL_HOME english" in asked
    assert asked[-1] == 'SET VARIABLE HL_ROUTE "queue:english"'

    assert house.chosen == [(CALLER, "en")]


@pytest.mark.parametrize(
    ("dialled", "greeting"),
    [("12329", "greeting_housing"), ("12333", "dual_greeting"), ("12348", "dual_greeting")],
)
async def test_a_number_greets_as_the_registry_says(dialled: str, greeting: str) -> None:
    opened = opening(name="dual", dnis=dialled, queue="housing")
    asked = await dialogue(Sink(), SHIPPED, {}, opened=opened, outside=House().outside())
    assert said(asked) == [greeting]
    assert said(await dialogue(Sink(), SHIPPED, {}, opened=opened)) == ["dual_greeting"]


@pytest.mark.parametrize("fault", ["", "broken"])
async def test_a_caller_s_history_is_asked_once_a_call(fault: str) -> None:
    house = House(fault)
    case = {"when": [{"kind": "caller", "who": "known"}], "next": "b"}
    await run({"a": {"kind": "branch", "cases": [case], "otherwise": "b"}, "b": QUEUE}, house)
    assert house.callers == [CALLER]


async def test_the_care_list_goes_before_others() -> None:
    house = House()
    house.caller = CallerFacts(care=True)
    _, asked = await run({"a": QUEUE}, house)
    assert asked[-2:] == ["SET VARIABLE HL_PRIO 5", 'SET VARIABLE HL_ROUTE "queue:main"']


async def test_a_place_that_was_earned_before_is_not_lost() -> None:
    _, asked = await run({"a": {**QUEUE, "priority": 3}}, get=["200 result=1 (5)"])
    assert asked[-2:] == ["SET VARIABLE HL_PRIO 5", 'SET VARIABLE HL_ROUTE "queue:main"']


async def test_the_agent_who_answered_last_is_asked_first() -> None:
    house = House()
    house.caller = CallerFacts(seat="8002")
    _, asked = await run({"a": {**QUEUE, "last_agent": True, "priority": 5}}, house)
    assert asked[-1] == 'SET VARIABLE HL_ROUTE "seat:8002"'
    assert "SET VARIABLE HL_PRIO 5" in asked
    assert house.callers == [CALLER]


async def test_a_branch_asks_the_world_and_leaves_no_step() -> None:
    case = {"when": [{"kind": "day", "among": ["holiday"]}, {"kind": "queue", "queue": "home", "staffed": True}]}
    nodes = {"a": {"kind": "branch", "cases": [{**case, "next": "b"}], "otherwise": "c"}, "b": QUEUE, "c": QUEUE}
    house = House()
    sink, _ = await run(nodes, house)
    assert sink.steps == [("main", "b", "")]
    assert house.asked == [("main",)]
    sink, _ = await run(nodes)
    assert sink.steps == [("main", "c", "")], "what nobody knows does not hold"


@pytest.mark.parametrize("fault", ["broken", "silent"])
async def test_a_house_that_does_not_answer_holds_nobody_up(fault: str) -> None:
    nodes = {
        "a": {"kind": "say_wait", "queue": "home", "next": "b"},
        "b": {"kind": "call_back", "queue": "home", "next": "gone", "otherwise": "c"},
        "c": {"kind": "transfer", "target": "110", "queue": "home"},
        "gone": {"kind": "hang_up"},
    }
    _, asked = await run(nodes, House(fault))
    assert said(asked) == []
    assert asked[-1] == 'SET VARIABLE HL_ROUTE "queue:main"'


async def test_place_and_wait_are_said() -> None:
    _, asked = await run({"a": {"kind": "say_wait", "queue": "home", "next": "b"}, "b": QUEUE}, House())
    assert said(asked) == ["wait_position", "number_2", "wait_place", "wait_about", "number_3", "wait_minutes"]


async def test_a_transfer_gives_the_dialplan_its_plan() -> None:
    house = House()
    sink, asked = await run({"a": {"kind": "transfer", "target": "110", "queue": "home"}}, house)
    assert 'SET VARIABLE HL_PLAN "110|emergency|30|||||main"' in asked
    assert any(line.startswith("SET VARIABLE HL_TRANSFER ") for line in asked)
    assert asked[-1] == "SET VARIABLE HL_ROUTE transfer"
    assert sink.steps == [("main", "a", "")]


CALL_BACK = {
    "a": {"kind": "call_back", "queue": "home", "next": "b", "otherwise": "c"},
    "b": {"kind": "hang_up"},
    "c": QUEUE,
}


async def test_a_call_back_is_promised_to_the_number_that_rang() -> None:
    house = House()
    _, asked = await run(CALL_BACK, house)
    assert asked[-1] == "SET VARIABLE HL_ROUTE hangup"
    (wanted,) = house.wanted
    assert (wanted.number, wanted.queue, wanted.waited) == (CALLER, "main", timedelta())


async def test_nobody_promises_a_call_back_to_a_withheld_number() -> None:
    house = House()
    opened = opening(name="main", queue="main", waited="90").replace(b"13800000000", b"anonymous")
    asked = await dialogue(Sink(), [flow_of(CALL_BACK)], {}, opened=opened, outside=house.outside())
    assert asked[-1] == 'SET VARIABLE HL_ROUTE "queue:main"'
    assert house.asked == []


@pytest.mark.parametrize("word", ["handling", "unknown"])
async def test_the_progress_of_an_order_is_said_by_number_and_code(word: str) -> None:
    house = House()
    house.word = word
    replies = {"GET": ["200 result=20261122000017", "200 result=123456"], "STREAM": [pressed("1")]}
    opened = opening(name="progress", queue="main")
    sink = Sink()
    asked = await dialogue(sink, SHIPPED, replies, opened=opened, outside=house.outside())
    assert house.asked == [("20261122000017", "123456", CALLER)]
    assert said(asked) == ["progress_offer", f"progress_{word}", "progress_more"]
    assert sink.ends[0][1] == {}, "neither number nor code leaves the call"
    assert ("progress", "number", "*" * 14) in sink.steps


RECORD = {"a": {"kind": "record", "prompt": "message_prompt", "next": "b", "otherwise": "c"}} | {
    "b": {"kind": "hang_up"},
    "c": QUEUE,
}
SPOOL = "200 result=1 (/var/spool/asterisk)"


@pytest.mark.parametrize(
    ("ending", "route"),
    [
        (f"200 result={ord('#')} (dtmf) endpos=24000", "SET VARIABLE HL_ROUTE hangup"),
        ("200 result=0 (timeout) endpos=24000", "SET VARIABLE HL_ROUTE hangup"),
        ("200 result=-1 (hangup) endpos=24000", ""),
    ],
    ids=["key", "silence", "hung-up"],
)
async def test_a_message_is_kept_however_it_ended(ending: str, route: str) -> None:
    house = House()
    replies = {"get": [SPOOL], "record": [ending]}
    if not route:
        replies["set"] = [NOTHING] * 4 + [GONE]
    sink, asked = await run(RECORD, house, **replies)
    assert 'RECORD FILE /var/spool/asterisk/monitor/message-pbx-1.0-1 wav # 120000 "s=5"' in asked
    assert said(asked) == ["message_prompt", "beep-0123456789ab"]
    (message,) = house.kept
    assert (message.file, message.caller, message.dialled, message.queue) == (
        "message-pbx-1.0-1",
        CALLER,
        "12345",
        "main",
    )
    assert (message.flow, message.node) == ("main", "a")
    assert not house.discarded
    assert asked[-1] == route if route else sink.ends


async def test_what_is_too_short_is_no_message_and_the_caller_comes_to_a_person() -> None:
    house = House()
    short = "200 result=0 (timeout) endpos=8000"
    _, asked = await run(RECORD, house, get=[SPOOL], record=[short, short])
    assert house.discarded == ["message-pbx-1.0-1", "message-pbx-1.0-2"]
    assert not house.kept
    assert asked[-1] == 'SET VARIABLE HL_ROUTE "queue:main"'


async def test_a_message_that_cannot_be_noted_stays_where_it_is() -> None:
    house = House("broken")
    _, asked = await run(RECORD, house, get=[SPOOL], record=["200 result=0 (timeout) endpos=80000"])
    assert not house.discarded
    assert asked[-1] == "SET VARIABLE HL_ROUTE hangup"


async def test_a_disk_that_takes_no_message_ends_the_dialogue_and_the_dialplan_goes_on() -> None:
    sink, asked = await run(RECORD, House(), get=[SPOOL], record=["200 result=-1 (writefile)"])
    assert asked[-1].startswith("RECORD FILE")
    assert sink.ends


SPEAK = {
    "a": {"kind": "speak", "prompt": "greeting", "choices": {"1": "b", "0": "c"}, "otherwise": "c", "retries": 0}
    | {"words": {"1": ["咨询", "问 一 下"]}},
    "b": {"kind": "hang_up"},
    "c": QUEUE,
}


async def test_a_choice_may_be_spoken() -> None:
    house = House()
    sink, asked = await run(SPEAK, house, get=[SPOOL], record=["200 result=0 (timeout) endpos=8000"])
    assert house.asked == [("speech-pbx-1.0-1", "咨询", "问 一 下")]
    assert sink.steps == [("main", "a", "1")]
    assert asked[-1] == "SET VARIABLE HL_ROUTE hangup"


async def test_a_key_counts_while_one_may_speak() -> None:
    house = House()
    sink, _ = await run(SPEAK, house, get=[SPOOL], record=[f"200 result={ord('0')} (dtmf) endpos=800"])
    assert house.discarded == ["speech-pbx-1.0-1"]
    assert sink.steps[0] == ("main", "a", "0")
    sink, asked = await run(SPEAK, house, stream=[pressed("1")])
    assert sink.steps[0] == ("main", "a", "1")
    assert not any(line.startswith("RECORD") for line in asked)


async def test_what_was_not_understood_leads_to_a_person() -> None:
    house = House()
    house.heard = ""
    _, asked = await run(SPEAK, house, get=[SPOOL], record=["200 result=0 (timeout) endpos=8000"])
    assert asked[-1] == 'SET VARIABLE HL_ROUTE "queue:main"'


async def test_without_a_model_it_is_a_menu_of_keys() -> None:
    house = House()
    house.ready = False
    sink, asked = await run(SPEAK, house, wait=[f"200 result={ord('1')}"])
    assert sink.steps == [("main", "a", "1")]
    assert not any(line.startswith("RECORD") for line in asked)
