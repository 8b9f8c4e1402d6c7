"""Callers press keys, speak and leave messages on the real Asterisk, led by the real server; the flows are reloaded
under them. The main number leads to a menu of the shipped flows."""

import asyncio
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import pytest_asyncio
import soundfile
import yaml

from callcenter.pbx.host import AsteriskInstall
from callcenter.resources import IVR
from callcenter.sample.desk import StepFailed
from callcenter.sample.rtp import alaw, similarity
from callcenter.sample.rtp import clip as coded
from callcenter.sample.sipp import Telephone, open_caller, open_citizen
from tests.scenarios.house import SECOND, House, open_house, until
from tests.simulators.tones import tone
from tests.speech_material import Material

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOON: Final = 10 * SECOND
SPOKEN: Final = "aishell3_SSB00120415"
"""2.4 s, said again and again: a caller who is listened to for 5 s is heard to say it whole."""
PHRASE: Final = "新闻 上 都 在 播 呢"
BEGINNING: Final = 12_000
"""Samples of a prompt that tell it from the others: a second and a half."""
SAME: Final = 0.6
"""A prompt is found in what was heard (`rtp.similarity`); another one gives less than 0.3."""
MENU: Final = {"1": "progress", "2": "night", "3": "english", "4": "overflow"}


def menu(prompt: str = "merged_notice", **more: str) -> dict[str, Any]:
    """The main number's flow: keys lead to the shipped flows, to a spoken choice and to the fire brigade."""
    nodes: dict[str, Any] = {
        "offer": {"kind": "menu", "prompt": prompt, "choices": {}, "wait": 20, "retries": 0, "otherwise": "agent"},
        "speak": {"kind": "speak", "prompt": "progress_code", "choices": {"7": "done", "0": "agent"}}
        | {"words": {"7": [PHRASE]}, "retries": 2, "listen": 5, "otherwise": "agent"},
        "done": {"kind": "say", "prompt": "survey_thanks", "next": "goodbye"},
        "goodbye": {"kind": "hang_up"},
        "fire": {"kind": "transfer", "target": "119", "queue": "home"},
        "agent": {"kind": "queue", "queue": "home"},
    }
    for key, flow in MENU.items():
        nodes[flow] = {"kind": "go_to", "flow": flow}
        nodes["offer"]["choices"][key] = flow
    nodes["offer"]["choices"] |= {"5": "speak", "6": "fire", "9": "done", "0": "agent"} | more
    title = {"zh": "试验", "en": "Trial"}
    return {"flow": "main", "version": 1, "title": title, "languages": ["zh"], "start": "offer", "nodes": nodes}


def write(folder: Path, flow: dict[str, Any]) -> None:
    (folder / "main.yaml").write_text(yaml.safe_dump(flow, allow_unicode=True), encoding="utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def flows(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """The folder of flows that the house reads."""
    folder = tmp_path_factory.mktemp("ivr") / "flows"
    shutil.copytree(IVR / "flows", folder)
    write(folder, menu())
    os.environ["HOTLINE_FLOWS__FOLDER"] = str(folder)
    yield folder
    del os.environ["HOTLINE_FLOWS__FOLDER"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    flows: Path, tmp_path_factory: pytest.TempPathFactory, postgres: str, asterisk_install: AsteriskInstall
) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("house"), postgres, asterisk_install) as house:
        yield house


@asynccontextmanager
async def caller(house: House, number: str, speech: bytes | None = None) -> AsyncIterator[Telephone]:
    """In the menu."""
    said = alaw(tone(440)) if speech is None else speech
    async with open_caller(house.exchange, dial="12345", caller=number, speech=said, hold=90 * SECOND) as phone:
        await phone.until("answered", SOON)
        await phone.voice.hears_speech(SOON)
        yield phone


async def hears(
    house: House, phone: Telephone, prompt: str, language: str = "zh", within: timedelta = 15 * SECOND
) -> None:
    """Returns when the prompt's beginning has been heard since `forget`. Raises AssertionError."""
    file = house.host.paths.sounds / language / "hotline" / f"{prompt}.wav"
    spoken, _ = soundfile.read(file, dtype="int16", frames=BEGINNING)
    likeness = 0.0

    async def alike() -> bool | None:
        nonlocal likeness
        likeness = await asyncio.to_thread(similarity, phone.voice.heard, spoken)
        return likeness >= SAME or None

    try:
        await until(alike, within)
    except TimeoutError:
        raise AssertionError(f"{prompt} was not heard: {likeness:.2f}") from None


async def press(phone: Telephone, keys: str) -> None:
    phone.voice.forget()
    phone.voice.press(keys)


async def path_of(house: House, number: str, node: str) -> list[tuple[str, str, str]]:
    """The caller's path as the ledger has it, as soon as it holds the node."""

    async def look() -> list[dict[str, Any]] | None:
        path = (await house.call_of(number))["menu_path"]
        return path if any(step["node"] == node for step in path) else None

    steps = await until(look)
    assert all(step["seconds"] >= 0 for step in steps)
    return [(step["flow"], step["node"], step["key"]) for step in steps]


async def order_of(house: House) -> tuple[str, str]:
    """Number and query code of a fresh order."""
    async with house.desk("hw01") as desk:
        order = await desk.post(
            "/api/orders",
            {"title": "路灯不亮", "content": "夜间无照明", "request_type": "complaint", "address": "桐影里路"},
        )
        code = await desk.post(f"/api/orders/{order['id']}/query-code", {})
        again = await desk.post(f"/api/orders/{order['id']}/query-code", {})
    assert code == again
    return order["number"].replace("-", ""), code["code"]


async def test_callers_at_the_same_time_help_themselves(house: House) -> None:
    await asyncio.gather(
        an_order_s_progress_is_told_by_number_and_code_only(house),
        messages_are_kept_whether_the_caller_presses_hash_or_hangs_up(house),
    )


async def test_callers_at_the_same_time_are_led_where_their_keys_say(house: House) -> None:
    await asyncio.gather(
        english_is_spoken_to_who_chose_it(house),
        a_place_is_kept_for_who_does_not_want_to_wait(house),
        a_flow_transfers_to_a_number_of_the_registry(house),
        a_choice_may_be_spoken(house),
    )


async def an_order_s_progress_is_told_by_number_and_code_only(house: House) -> None:
    number, code = await order_of(house)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    async with caller(house, "13900001001") as phone:
        await press(phone, "1")
        await hears(house, phone, "progress_offer")
        await press(phone, "1")
        await hears(house, phone, "progress_number")
        await press(phone, f"{number}#")
        await hears(house, phone, "progress_code")
        await press(phone, wrong)
        await hears(house, phone, "progress_unknown")
        await hears(house, phone, "progress_more")
        await press(phone, f"1{number}#")
        await hears(house, phone, "progress_code")
        await press(phone, code)
        await hears(house, phone, "progress_received")
        await phone.hang_up()
    path = await path_of(house, "13900001001", "more")
    assert ("main", "offer", "1") in path
    assert ("progress", "code", "******") in path
    facts = await house.sql.fetch("select body::text from call_fact")
    assert not [fact for fact in facts if code in fact["body"]], "the code stays inside the call"


async def messages_are_kept_whether_the_caller_presses_hash_or_hangs_up(house: House) -> None:
    async with caller(house, "13900001002") as phone, caller(house, "13900001003") as other:
        await asyncio.gather(_leave(house, phone), _leave(house, other))
        await press(phone, "#")
        await hears(house, phone, "message_thanks")
        await other.hang_up()
        await phone.until("bye", SOON)
    async with house.desk("hw01") as desk:

        async def both() -> list[dict[str, Any]] | None:
            items = (await desk.get("/api/messages", {"state": "new"}))["items"]
            return items if len(items) == 2 and all(item["call_id"] for item in items) else None

        listed = await until(both)
        assert {item["caller_number"][-4:] for item in listed} == {"1002", "1003"}
        assert all("*" in item["caller_number"] and item["flow"] == "night" for item in listed)
        await _is_heard(house, listed[0])
        seen = await desk.get(f"/api/messages/{listed[0]['id']}")
        assert seen["caller_number"].startswith("+8613900001")
        done = await desk.post(f"/api/messages/{listed[0]['id']}/handled", {"note": "已回电"})
        assert (done["state"], done["handled_by"], done["note"]) == ("handled", "林一", "已回电")
        with pytest.raises(StepFailed, match="message-handled"):
            await desk.post(f"/api/messages/{listed[0]['id']}/handled", {})
    assert not list(house.host.paths.monitor.glob("message-*"))


async def _leave(house: House, phone: Telephone) -> None:
    await press(phone, "2")
    await hears(house, phone, "night_offer")
    await press(phone, "1")
    await hears(house, phone, "message_prompt")
    await hears(house, phone, "beep")
    await asyncio.sleep(2.5)  # what the caller has to say


async def _is_heard(house: House, message: dict[str, Any]) -> None:
    """By numbers: long enough, and the tone that the caller makes, 440 Hz."""
    row = await house.sql.fetchrow("select path, bytes from voice_message where id = $1", message["id"])
    assert row is not None
    file = house.media / row["path"]
    assert file.stat().st_size == row["bytes"]
    samples, rate = soundfile.read(file, dtype="float32")
    assert rate == 8000
    assert 2 < len(samples) / rate < 20
    loudest = np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples)
    assert abs(loudest - 440) < 5, f"{loudest:.0f} Hz"


async def english_is_spoken_to_who_chose_it(house: House) -> None:
    async with caller(house, "13900001004") as phone:
        await press(phone, "3")
        await hears(house, phone, "english_greeting", "en")
        await house.call_of("13900001004", stage="queued")
        await phone.hang_up()
    assert ("english", "agent", "") in await path_of(house, "13900001004", "agent")


async def a_place_is_kept_for_who_does_not_want_to_wait(house: House) -> None:
    async with caller(house, "13900001005") as phone:
        await press(phone, "4")
        await hears(house, phone, "overflow_offer")
        await press(phone, "1")
        await hears(house, phone, "callback_promised")
        await phone.until("bye", SOON)
    key = house.key_of("13900001005")
    kept = await house.sql.fetchrow("select queue, state from kept_place where number_key = $1", key)
    assert kept is not None
    assert kept["queue"] == "main"


async def a_flow_transfers_to_a_number_of_the_registry(house: House) -> None:
    brigade = open_citizen(house.exchange, port=house.state.ports["rescue"], speech=alaw(tone(700)))
    async with brigade as dispatcher, caller(house, "13900001006") as phone:
        await press(phone, "6")
        await dispatcher.until("answered", SOON)
        phone.voice.forget()
        dispatcher.voice.forget()
        await phone.voice.hears_speech(SOON)
        await dispatcher.voice.hears_speech(SOON)
        await phone.hang_up()


async def a_choice_may_be_spoken(house: House) -> None:
    speech = coded(Material().clip(SPOKEN).path)
    async with caller(house, "13900001007", speech) as phone:
        await press(phone, "5")
        await hears(house, phone, "survey_thanks", within=45 * SECOND)  # a try misheard is repeated, twice at most
        await phone.until("bye", SOON)
    assert ("main", "speak", "7") in await path_of(house, "13900001007", "done")
    assert not list(house.host.paths.monitor.glob("speech-*"))


async def test_a_reload_drops_nobody_and_calls_keep_their_version(house: House, flows: Path) -> None:
    async with house.desk("admin") as desk, caller(house, "13900001008") as old:
        before = {line["flow"]: line["version"] for line in (await desk.get("/api/flows"))["items"]}
        write(flows, menu("cancelled_notice", **{"9": "agent", "8": "done"}))
        reloaded = (await desk.post("/api/flows/reload", {}))["items"]
        assert [line["flow"] for line in reloaded if line["changed"]] == ["main"]
        after = {line["flow"]: line["version"] for line in reloaded}
        async with caller(house, "13900001009") as new:
            await hears(house, new, "cancelled_notice")
            await press(new, "8")
            await press(old, "9")
            await asyncio.gather(hears(house, new, "survey_thanks"), hears(house, old, "survey_thanks"))
            await asyncio.gather(old.until("bye", SOON), new.until("bye", SOON))
        for number, version in (("13900001008", before["main"]), ("13900001009", after["main"])):
            call = await house.call_of(number)
            rows = await house.sql.fetch(
                "select body from call_fact where call_id = $1 and kind = 'FlowStepped'", call["id"]
            )
            assert {dict(row["body"]["args"])["version"] for row in rows} == {version}
        noted = await house.sql.fetchval("select count(*) from flow_version where flow = 'main'")
        assert noted == 2
        await _refuses_what_is_faulty(house, flows, desk, after["main"])


async def _refuses_what_is_faulty(house: House, flows: Path, desk: Any, version: str) -> None:
    """Whoever asks: the administrator gets the list, the signal leaves a line in the log. Nothing changes."""
    write(flows, menu("no_such_prompt", **{"7": "nowhere"}))
    with pytest.raises(StepFailed) as refused:
        await desk.post("/api/flows/reload", {})
    for fault in ("flows-faulty", "the prompt no_such_prompt is not there", "offer leads to nowhere"):
        assert fault in str(refused.value)
    house.signal_server(signal.SIGHUP)

    async def told() -> bool | None:
        return "flows_not_reloaded" in house.last_words() or None

    await until(told)
    lines = {line["flow"]: line["version"] for line in (await desk.get("/api/flows"))["items"]}
    assert lines["main"] == version
    write(flows, menu())
    house.signal_server(signal.SIGHUP)

    async def taken() -> bool | None:
        return len(re.findall("flows_reloaded", house.last_words())) >= 2 or None

    await until(taken)
