"""Voice messages over a real database and real files: kept once, taken up when nobody noted them, seen and heard."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callcenter.app.outbound import CallsToRing
from callcenter.calls.reading import CallsReading
from callcenter.calls.views import NoSuchCall
from callcenter.core.ids import LegId
from callcenter.flows.ports import NewMessage
from callcenter.media.config import MediaConfig
from callcenter.media.messages import NotAMessage, VoiceMail
from callcenter.media.sweep import sweep
from callcenter.people.actor import Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.web.messages import message_routes
from tests.rooms.media_calls import PBX, make_call, make_user
from tests.rooms.people_of_town import MovableClock
from tests.rooms.web_of_town import Web, open_web
from tests.speech_material import leave_unclosed, read_wav, write_wav
from tests.vaults import VAULT

VOICE = (6000 * np.sin(np.arange(24_000) / 3)).astype(np.int16)
NUMBER = "+8613900000001"
LEG = "pbx1-1.0"
NAME = f"message-{LEG}-1"
LONG = timedelta(minutes=11)


@dataclass(frozen=True, slots=True)
class Office:
    web: Web
    mail: VoiceMail
    config: MediaConfig
    pool: Pool
    clock: MovableClock

    def spoken(self, name: str = NAME) -> Path:
        """A recording as Asterisk leaves it, at this moment."""
        file = write_wav(self.config.monitor_folder / f"{name}.wav", 8000, VOICE)
        os.utime(file, (self.clock.at.timestamp(),) * 2)
        return file

    def message(self, name: str = NAME) -> NewMessage:
        return NewMessage(
            pbx=PBX,
            leg=LegId(LEG),
            file=name,
            caller=NUMBER,
            dialled="12345",
            queue="main",
            flow="night",
            node="message",
            at=self.clock.now(),
        )

    async def rows(self) -> list[Any]:
        return list(await self.pool.fetch("select * from voice_message order by source"))


@pytest.fixture
async def office(pool: Pool, tmp_path: Path) -> AsyncIterator[Office]:
    config = MediaConfig(folder=tmp_path / "media", monitor_folder=tmp_path / "monitor")
    config.monitor_folder.mkdir()
    clock = MovableClock()
    mail = VoiceMail(pool, config, clock, Audit(clock), VAULT, PBX)
    async with open_web(pool, message_routes(mail)) as web:
        yield Office(web, mail, config, pool, clock)


async def test_a_message_is_kept_once_with_all_its_samples(office: Office) -> None:
    source = office.spoken()
    await office.mail.keep(office.message())
    (row,) = await office.rows()
    assert NUMBER not in str(dict(row))
    assert (row["seconds"], VAULT.open(row["caller_number"]), row["state"]) == (3.0, NUMBER, "new")
    rate, heard = read_wav(office.config.folder / row["path"])
    assert rate == 8000
    assert np.array_equal(heard[:, 0], VOICE)
    assert not source.exists()
    office.spoken()
    await office.mail.keep(office.message())
    assert await office.rows() == [row]


async def test_what_asterisk_could_not_close_is_kept_by_its_size(office: Office) -> None:
    leave_unclosed(office.spoken())
    await office.mail.keep(office.message())
    (row,) = await office.rows()
    assert row["seconds"] == 3.0


@pytest.mark.parametrize("name", ["../message-1-1", "message-", "greeting", "message-a/b-1"])
async def test_only_files_of_messages_are_touched(office: Office, name: str) -> None:
    with pytest.raises(NotAMessage):
        await office.mail.keep(office.message(name))
    with pytest.raises(NotAMessage):
        await office.mail.discard(name)


async def test_an_empty_recording_is_no_message(office: Office) -> None:
    write_wav(office.config.monitor_folder / f"{NAME}.wav", 8000, VOICE[:0])
    with pytest.raises(NotAMessage):
        await office.mail.keep(office.message())
    await office.mail.discard(NAME)
    assert not list(office.config.monitor_folder.iterdir())


async def test_what_nobody_noted_is_taken_up_later_and_spoken_choices_go(office: Office) -> None:
    """The server died while the caller spoke; another caller is speaking now."""
    call = await make_call(office.pool, LEG)
    await office.pool.execute("update call set caller_number = $1, dialled = '12345', queue = 'tax'", NUMBER)
    left = [office.spoken(), office.spoken("speech-pbx1-2.0-1"), office.spoken("message-pbx1-unheard-1")]
    office.clock.forward(LONG)
    now = office.spoken("message-pbx1-3.0-1")
    await office.mail.take_up()
    (row,) = await office.rows()
    assert (row["source"], VAULT.open(row["caller_number"]), row["queue"]) == (NAME, NUMBER, "tax")
    assert row["recorded_at"] == office.clock.at - LONG
    assert [file.exists() for file in (*left, now)] == [False, False, True, True]
    async with office.web.client("hw01") as client:
        _, page = await client.ask("GET", "/api/messages")
    assert [item["call_id"] for item in page["items"]] == [str(call)]


async def test_the_sweep_knows_messages(office: Office) -> None:
    office.spoken()
    await office.mail.keep(office.message())
    config = replace_orphan_age(office.config)
    report = await sweep(office.pool, config, office.clock.now() + timedelta(days=9999))
    assert report.clean
    stray = office.config.folder / "messages" / "stray.wav"
    stray.write_bytes(b"x")
    report = await sweep(office.pool, config, office.clock.now() + timedelta(days=9999))
    assert [file.path for file in report.files] == ["messages/stray.wav"]


def replace_orphan_age(config: MediaConfig) -> MediaConfig:
    return config.model_copy(update={"orphan_after": timedelta(0)})


async def test_agents_see_them_masked_hear_them_and_mark_them_once(office: Office) -> None:
    office.spoken()
    await office.mail.keep(office.message())
    (row,) = await office.rows()
    one = f"/api/messages/{row['id']}"
    async with office.web.client("hw01") as client:
        _, page = await client.ask("GET", "/api/messages", params={"state": "new"})
        assert [item["caller_number"] for item in page["items"]] == ["**********0001"]
        _, seen = await client.ask("GET", one)
        assert seen["caller_number"] == NUMBER
        response = await client.http.get(f"{one}/audio", headers={"Range": "bytes=0-3"})
        assert (response.status, response.content_type, await response.read()) == (206, "audio/wav", b"RIFF")
        status, done = await client.ask("POST", f"{one}/handled", json={"note": "已回电"})
        assert (status, done["state"], done["note"], done["handled_by"]) == (200, "handled", "已回电", "用户 hw01")
        status, refused = await client.ask("POST", f"{one}/handled", json={})
        assert (status, refused["code"]) == (409, "message-handled")
        _, page = await client.ask("GET", "/api/messages", params={"state": "new"})
        assert page["items"] == []
        (office.config.folder / row["path"]).unlink()
        status, refused = await client.ask("GET", f"{one}/audio")
        assert (status, refused["code"]) == (404, "recording-file-gone")
    actions = await office.pool.fetch("select action from audit_log where subject_type = 'voice_message' order by at")
    assert {row["action"] for row in actions} == {"number_viewed", "message_heard", "message_handled"}


async def test_who_may_hear_a_message_may_ring_back(office: Office) -> None:
    office.spoken()
    await office.mail.keep(office.message())
    agent, stranger = await make_user(office.pool, Role.AGENT, "8077"), await make_user(office.pool, Role.UNIT_OPERATOR)
    left, other = await make_call(office.pool, LEG), await make_call(office.pool, "pbx1-2.0")
    await office.pool.execute("update call set caller_number = $1", NUMBER)
    calls = CallsToRing(CallsReading(office.pool, Audit(office.clock), VAULT), office.mail)
    assert await calls.number_of(agent, left) == NUMBER
    for actor, call in ((agent, other), (stranger, left)):
        with pytest.raises(NoSuchCall):
            await calls.number_of(actor, call)
    assert await office.pool.fetchval("select count(*) from audit_log where action = 'number_viewed'") == 1


@pytest.mark.parametrize(("method", "end"), [("GET", ""), ("GET", "/audio"), ("POST", "/handled")])
async def test_a_message_that_is_not_there(office: Office, method: str, end: str) -> None:
    path = f"/api/messages/00000000-0000-7000-8000-000000000000{end}"
    async with office.web.client("hw01") as client:
        status, refused = await client.ask(method, path, **({"json": {}} if method == "POST" else {}))
        assert (status, refused["code"]) == (404, "no-such-message")
    async with office.web.client("west.op") as unit:
        status, refused = await unit.ask(method, path, **({"json": {}} if method == "POST" else {}))
        assert (status, refused["code"]) == (403, "forbidden")
