"""Recordings and transcripts by HTTP: who may, byte ranges, revalidation, and the trail of who listened."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.ids import CallId, new_id
from callcenter.media.config import MediaConfig
from callcenter.media.reading import Recordings
from callcenter.media.transcripts import Transcripts
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.web.recordings import recording_routes
from tests.rooms.media_calls import BEGAN, PBX, leg_named, make_call, source_of
from tests.rooms.web_of_town import Web, open_web
from tests.speech_material import Material, write_wav


@dataclass(frozen=True, slots=True)
class Kept:
    """A sealed recording of a call that hw01 took, with its transcript."""

    call: CallId
    audio: str
    content: bytes
    etag: str
    path: Path


@pytest.fixture
async def web(pool: Pool, tmp_path: Path) -> AsyncIterator[Web]:
    recordings = Recordings(pool, MediaConfig(folder=tmp_path))
    routes = recording_routes(pool, recordings, Transcripts(pool), Audit(SystemClock()))
    async with open_web(pool, routes) as web:
        yield web


@pytest.fixture
async def kept(web: Web, pool: Pool, tmp_path: Path) -> Kept:
    leg = leg_named(1)
    call = await make_call(pool, leg, "8001")
    voice = Material().clip("aishell1_st_audio_4").samples(8000)
    path = write_wav(tmp_path / "kept.wav", 8000, voice, np.flip(voice))
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    recording, transcript = new_id(), new_id()
    await pool.execute(
        "insert into recording (id, call_id, pbx, leg, source, status, path, started_at, bytes, sha256, seconds)"
        " values ($1, $2, $3, $4, $5, 'sealed', 'kept.wav', $6, $7, $8, $9)",
        recording, call, PBX, leg, source_of(leg), BEGAN, len(content), digest, len(voice) / 8000,
    )  # fmt: skip
    await pool.execute(
        "insert into transcript (id, recording_id, call_id, status, text, created_at)"
        " values ($1, $2, $3, 'ready', '让他们参与', $4)",
        transcript, recording, call, BEGAN,
    )  # fmt: skip
    await pool.execute(
        "insert into transcript_segment values ($1, 0, 'caller', 120, 1500, '让他们参与', 0.9)", transcript
    )
    return Kept(call, f"/api/recordings/{recording}/audio", content, f'"{digest}"', path)


async def heard(pool: Pool, action: str = "recording_heard") -> int:
    return int(await pool.fetchval("select count(*) from audit_log where action = $1", action))


async def test_list_names_the_address_and_the_transcript(web: Web, kept: Kept) -> None:
    async with web.client("hw01") as client:
        status, body = await client.ask("GET", f"/api/calls/{kept.call}/recordings")
    assert status == 200
    (recording,) = body["items"]
    assert (recording["audio"], recording["status"], recording["transcript"]) == (kept.audio, "sealed", "ready")
    assert f'"{recording["sha256"]}"' == kept.etag


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [(None, 0, None), ("bytes=0-", 0, None), ("bytes=100-199", 100, 199), ("bytes=-10", -10, None)],
)
async def test_hearing_it(web: Web, pool: Pool, kept: Kept, asked: str | None, first: int, last: int | None) -> None:
    expected = kept.content[first : None if last is None else last + 1]
    async with web.client("hw01") as client:
        response = await client.http.get(kept.audio, headers={"Range": asked} if asked else {})
        assert response.status == (206 if asked else 200)
        assert (response.content_type, response.headers["ETag"]) == ("audio/wav", kept.etag)
        if asked:
            start = first % len(kept.content)
            told = f"bytes {start}-{start + len(expected) - 1}/{len(kept.content)}"
            assert response.headers["Content-Range"] == told
        assert await response.read() == expected
    assert await heard(pool) == 1
    actor = await pool.fetchval(
        "select u.username from audit_log a join app_user u on u.id = a.actor_id where a.action = 'recording_heard'"
    )
    assert actor == "hw01"


async def test_range_behind_the_end(web: Web, pool: Pool, kept: Kept) -> None:
    async with web.client("hw01") as client:
        response = await client.http.get(kept.audio, headers={"Range": f"bytes={len(kept.content)}-"})
        assert (response.status, response.headers["Content-Range"]) == (416, f"bytes */{len(kept.content)}")
    assert await heard(pool) == 0


async def test_conditional_requests(web: Web, kept: Kept) -> None:
    async with web.client("hw01") as client:
        same = await client.http.get(kept.audio, headers={"If-None-Match": kept.etag})
        assert same.status == 304
        other = await client.http.get(kept.audio, headers={"If-None-Match": '"other"'})
        assert other.status == 200
        part = await client.http.get(kept.audio, headers={"Range": "bytes=0-9", "If-Range": kept.etag})
        assert part.status == 206
        whole = await client.http.get(kept.audio, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
        assert (whole.status, await whole.read()) == (200, kept.content)
        head = await client.http.head(kept.audio)
        assert (head.status, head.content_length) == (200, len(kept.content))


@pytest.mark.parametrize("username", ["east.head", "west.op"])
async def test_others_do_not_learn_that_it_exists(web: Web, pool: Pool, kept: Kept, username: str) -> None:
    async with web.client(username) as client:
        for path in (f"/api/calls/{kept.call}/recordings", f"/api/calls/{kept.call}/transcripts", kept.audio):
            status, problem = await client.ask("GET", path)
            assert (status, problem["code"]) == (404, "not-found")
    async with web.client() as stranger:
        assert (await stranger.ask("GET", kept.audio))[0] == 401
    assert await heard(pool) == 0


async def test_file_that_is_gone_and_recording_that_runs(web: Web, pool: Pool, kept: Kept) -> None:
    kept.path.unlink()
    async with web.client("root") as client:
        status, problem = await client.ask("GET", kept.audio)
        assert (status, problem["code"]) == (404, "recording-file-gone")
        await pool.execute("update recording set path = null, status = 'recording'")
        status, problem = await client.ask("GET", kept.audio)
        assert (status, problem["code"]) == (409, "recording-not-ready")


async def test_transcript_is_read_and_that_is_noted(web: Web, pool: Pool, kept: Kept) -> None:
    async with web.client("hw01") as client:
        status, body = await client.ask("GET", f"/api/calls/{kept.call}/transcripts")
    assert status == 200
    (transcript,) = body["items"]
    assert (transcript["status"], transcript["text"]) == ("ready", "让他们参与")
    assert transcript["segments"] == [
        {"party": "caller", "start_ms": 120, "end_ms": 1500, "text": "让他们参与", "confidence": pytest.approx(0.9)}
    ]
    assert await heard(pool, "transcript_read") == 1


async def test_routes_are_documented(web: Web) -> None:
    async with web.client() as client:
        _, document = await client.ask("GET", "/api/openapi.json")
    assert {"/api/calls/{id}/recordings", "/api/recordings/{id}/audio", "/api/calls/{id}/transcripts"} <= set(
        document["paths"]
    )
