"""Custody of recordings: heard, found after a restart, repaired, refused by a full disk; and the sweep of orphans."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
import pytest

from callcenter.calls.events import CallEnded, RecordingBegan
from callcenter.core.bus import Bus, Subscription
from callcenter.core.clock import SystemClock
from callcenter.core.errors import NotFound
from callcenter.core.ids import CallId, LegId, RecordingId, new_id
from callcenter.media.config import MediaConfig
from callcenter.media.custody import Custody
from callcenter.media.events import RecordingLost, RecordingSealed
from callcenter.media.jobs import enqueue_transcriptions
from callcenter.media.reading import RecordingNotReady, Recordings
from callcenter.media.sweep import report_text, sweep
from callcenter.pbx.facts import ChannelEnded
from callcenter.people.actor import Role
from callcenter.store.pool import Pool
from tests.rooms.media_calls import BEGAN, PBX, end_call, leg_named, make_call, make_user, record, source_of
from tests.speech_material import Material, Samples, leave_unclosed, read_wav

CLOCK = SystemClock()
Voices = tuple[Samples, Samples]


@pytest.fixture(scope="module")
def voices() -> Voices:
    material = Material()
    return material.clip("aishell1_st_audio_0").samples(8000), material.clip("aishell3_SSB00380324").samples(8000)


@pytest.fixture
def config(tmp_path: Path) -> MediaConfig:
    return MediaConfig(
        folder=tmp_path / "media",
        monitor_folder=tmp_path / "monitor",
        close_deadline=timedelta(seconds=0.6),
        scan_every=timedelta(seconds=0.2),
        orphan_after=timedelta(0),
    )


@asynccontextmanager
async def custody(pool: Pool, config: MediaConfig, bus: Bus) -> AsyncIterator[Subscription]:
    with bus.subscribe(RecordingSealed, RecordingLost) as told:
        task = asyncio.create_task(Custody(pool, config, CLOCK, PBX).run(bus))
        try:
            await until(lambda: _has_ear(bus))
            yield told
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _has_ear(bus: Bus) -> bool:
    return len(bus._subscriptions) > 1


async def until(true: Callable[[], Awaitable[bool]], within: float = 10.0) -> None:
    """For what shows itself only in rows and files."""
    deadline = asyncio.get_running_loop().time() + within
    while not await true():
        assert asyncio.get_running_loop().time() < deadline, "it did not come about in time"
        await asyncio.sleep(0.01)


async def next_of(told: Subscription) -> Any:
    async with asyncio.timeout(10):
        return await anext(aiter(told))


def began(call: CallId, leg: LegId) -> RecordingBegan:
    return RecordingBegan(at=BEGAN, call=call, leg=leg, file=source_of(leg))


def ended(leg: LegId) -> ChannelEnded:
    return ChannelEnded(at=BEGAN, pbx=PBX, leg=leg, linked=leg, channel="PJSIP/carrier-1", cause=16)


async def row_of(pool: Pool, call: CallId) -> Any:
    return await pool.fetchrow("select * from recording where call_id = $1", call)


async def status_of(pool: Pool, call: CallId) -> str | None:
    status: str | None = await pool.fetchval("select status from recording where call_id = $1", call)
    return status


async def test_recording_is_sealed_when_its_leg_ends(pool: Pool, config: MediaConfig, voices: Voices) -> None:
    leg = leg_named(1)
    call = await make_call(pool, leg)
    bus = Bus()
    async with custody(pool, config, bus) as told:
        bus.publish(began(call, leg))
        bus.publish(began(call, leg))  # heard twice, one row
        originals = record(config.monitor_folder, leg, *voices)
        await until(lambda: _is(pool, call, "recording"))
        bus.publish(ended(leg))
        sealed = await next_of(told)
        row = await row_of(pool, call)
        assert (sealed.recording, sealed.call) == (row["id"], call)
        assert (
            row["status"], row["channels"], row["sample_rate"], row["repaired"], row["fault"],
        ) == ("sealed", 2, 8000, False, "")  # fmt: skip
        _, both = read_wav(config.folder / row["path"])
        assert np.array_equal(both[: len(voices[0]), 0], voices[0])
        assert sealed.seconds == row["seconds"] == len(both) / 8000
        await until(lambda: _gone(*originals))
    assert await pool.fetchval("select status from transcript where recording_id = $1", row["id"]) == "waiting"
    assert await pool.fetchval("select payload from pgqueuer") == str(row["id"]).encode()


async def _is(pool: Pool, call: CallId, status: str) -> bool:
    return await status_of(pool, call) == status


async def _gone(*paths: Path) -> bool:
    return not any(path.exists() for path in paths)


async def test_waits_until_asterisk_has_closed_the_file(pool: Pool, config: MediaConfig, voices: Voices) -> None:
    leg = leg_named(2)
    call = await make_call(pool, leg)
    bus = Bus()
    patient = config.model_copy(update={"close_deadline": timedelta(seconds=30)})
    async with custody(pool, patient, bus) as told:
        bus.publish(began(call, leg))
        originals = record(config.monitor_folder, leg, *voices)
        whole = originals[1].read_bytes()
        leave_unclosed(originals[1])
        await until(lambda: _is(pool, call, "recording"))
        bus.publish(ended(leg))
        await asyncio.sleep(0.3)  # it must not have been sealed in this time
        assert await _is(pool, call, "recording")
        originals[1].write_bytes(whole)
        assert isinstance(await next_of(told), RecordingSealed)
    assert (await row_of(pool, call))["repaired"] is False


async def test_file_of_a_crashed_asterisk_is_repaired(pool: Pool, config: MediaConfig, voices: Voices) -> None:
    leg = leg_named(3)
    call = await make_call(pool, leg)
    bus = Bus()
    for path in record(config.monitor_folder, leg, *voices):
        leave_unclosed(path)
    async with custody(pool, config, bus) as told:
        bus.publish(began(call, leg))
        bus.publish(CallEnded(at=BEGAN, call=call, outcome="unknown", waited=timedelta(0), talked=timedelta(0)))
        await next_of(told)
    row = await row_of(pool, call)
    assert (row["status"], row["repaired"]) == ("sealed", True)
    assert np.array_equal(read_wav(config.folder / row["path"])[1][: len(voices[0]), 0], voices[0])


async def test_growing_file_is_left_alone(pool: Pool, config: MediaConfig, voices: Voices) -> None:
    """The end was reported, yet Asterisk still writes: sealing it now would cut it short."""
    leg = leg_named(4)
    call = await make_call(pool, leg)
    await end_call(pool, call)
    rx, _ = (leave_unclosed(path) for path in record(config.monitor_folder, leg, *voices))
    bus = Bus()
    async with custody(pool, config, bus) as told:
        bus.publish(began(call, leg))
        with rx.open("ab") as file:
            for _ in range(30):
                file.write(bytes(160))
                file.flush()
                await asyncio.sleep(0.05)
        assert await _is(pool, call, "recording")
        assert isinstance(await next_of(told), RecordingSealed)
    assert (await row_of(pool, call))["bytes"] > 44 + 30 * 160 * 2


async def test_found_after_a_restart(pool: Pool, config: MediaConfig, voices: Voices) -> None:
    """Nothing was heard: one recording has a row, of the other only the files tell."""
    calls = []
    for number in (5, 6):
        leg = leg_named(number)
        call = await make_call(pool, leg)
        record(config.monitor_folder, leg, *voices)
        calls.append(call)
        if number == 5:
            await pool.execute(
                "insert into recording (id, call_id, pbx, leg, source, status, started_at)"
                " values ($1, $2, $3, $4, $5, 'recording', $6)",
                new_id(), call, PBX, leg, source_of(leg), BEGAN,
            )  # fmt: skip
        await end_call(pool, call)
    bus = Bus()
    async with custody(pool, config, bus) as told:
        assert {(await next_of(told)).call, (await next_of(told)).call} == set(calls)


async def test_running_call_is_not_sealed_by_a_restart(pool: Pool, config: MediaConfig, voices: Voices) -> None:
    leg = leg_named(7)
    call = await make_call(pool, leg)
    originals = record(config.monitor_folder, leg, *voices)
    bus = Bus()
    async with custody(pool, config, bus) as told:
        bus.publish(began(call, leg))
        await until(lambda: _is(pool, call, "recording"))
        await asyncio.sleep(0.5)  # two scans
        assert (told.waiting, all(path.exists() for path in originals)) == (0, True)


async def test_originals_of_a_sealed_recording_are_removed_later(
    pool: Pool, config: MediaConfig, voices: Voices
) -> None:
    """Killed between the commit and the removal: the next start removes them, unless the sealed file is not there."""
    leg = leg_named(8)
    call = await make_call(pool, leg)
    bus = Bus()
    record(config.monitor_folder, leg, *voices)
    async with custody(pool, config, bus) as told:
        bus.publish(began(call, leg))
        bus.publish(ended(leg))
        await next_of(told)
    originals = record(config.monitor_folder, leg, *voices)
    async with custody(pool, config, bus):
        await until(lambda: _gone(*originals))
    originals = record(config.monitor_folder, leg, *voices)
    (config.folder / (await row_of(pool, call))["path"]).unlink()
    async with custody(pool, config, bus):
        await asyncio.sleep(0.5)
    assert all(path.exists() for path in originals)


async def test_abandoned_call_has_nothing_to_hear(pool: Pool, config: MediaConfig) -> None:
    leg = leg_named(9)
    call = await make_call(pool, leg)
    nothing = np.empty(0, dtype=np.int16)
    originals = record(config.monitor_folder, leg, nothing, nothing)
    bus = Bus()
    async with custody(pool, config, bus):
        bus.publish(began(call, leg))
        bus.publish(ended(leg))
        await until(lambda: _is(pool, call, "empty"))
        await until(lambda: _gone(*originals))
    assert await pool.fetchval("select count(*) from transcript") == 0


async def test_lost_recording_is_told(pool: Pool, config: MediaConfig) -> None:
    leg = leg_named(10)
    call = await make_call(pool, leg)
    bus = Bus()
    async with custody(pool, config, bus) as told:
        bus.publish(began(call, leg))
        bus.publish(ended(leg))
        assert isinstance(await next_of(told), RecordingLost)
    row = await row_of(pool, call)
    assert (row["status"], row["fault"]) == ("missing", "caller-missing agent-missing")


async def test_one_voice_missing_is_damaged_and_kept(pool: Pool, config: MediaConfig, voices: Voices) -> None:
    leg = leg_named(11)
    call = await make_call(pool, leg)
    record(config.monitor_folder, leg, *voices)[1].unlink()
    bus = Bus()
    async with custody(pool, config, bus) as told:
        bus.publish(began(call, leg))
        bus.publish(ended(leg))
        await next_of(told)
    row = await row_of(pool, call)
    assert (row["status"], row["fault"]) == ("damaged", "agent-missing")
    assert np.array_equal(read_wav(config.folder / row["path"])[1][:, 0], voices[0])


async def test_sealing_waits_for_the_storage(pool: Pool, config: MediaConfig, voices: Voices) -> None:
    """The media folder cannot be made, because a file stands in its place: the row says so, nothing is lost, and it is
    sealed as soon as the folder can be made."""
    leg = leg_named(12)
    call = await make_call(pool, leg)
    await end_call(pool, call)
    originals = record(config.monitor_folder, leg, *voices)
    config.folder.write_text("in the way")
    bus = Bus()
    async with custody(pool, config, bus) as told:
        bus.publish(began(call, leg))
        bus.publish(ended(leg))
        await asyncio.sleep(0.5)
        assert (await status_of(pool, call), told.waiting) == ("recording", 0)
        assert all(path.exists() for path in originals)
        config.folder.unlink()
        assert isinstance(await next_of(told), RecordingSealed)


async def test_name_that_leaves_the_folder_is_refused(pool: Pool, config: MediaConfig, tmp_path: Path) -> None:
    leg = leg_named(13)
    call = await make_call(pool, leg)
    bus = Bus()
    async with custody(pool, config, bus):
        for name in ("../../etc/passwd", "20260302/../../x", "20260302//etc/x", ""):
            bus.publish(RecordingBegan(at=BEGAN, call=call, leg=leg, file=name))
        bus.publish(began(call, leg))
        await until(lambda: _is(pool, call, "recording"))
    assert await pool.fetchval("select array_agg(source) from recording") == [source_of(leg)]


async def test_job_is_queued_once_and_readable_by_pgqueuer(pool: Pool, database_url: str) -> None:
    recording = RecordingId(new_id())
    async with pool.acquire() as connection:
        assert await enqueue_transcriptions(connection, [recording]) == 1
        assert await enqueue_transcriptions(connection, [recording]) == 0
        transaction = connection.transaction()
        await transaction.start()
        await enqueue_transcriptions(connection, [RecordingId(new_id())])
        await transaction.rollback()
    raw = await asyncpg.connect(database_url)
    (job,) = await raw.fetch("select payload, headers from pgqueuer")
    assert tuple(job) == (str(recording).encode(), "null")
    await raw.close()


async def test_who_may_see_a_recording(pool: Pool, config: MediaConfig, voices: Voices) -> None:
    owner, other = await make_user(pool, Role.AGENT, "8001"), await make_user(pool, Role.AGENT, "8002")
    supervisor = replace(await make_user(pool, Role.SUPERVISOR), org_path=owner.org_path)
    unit = await make_user(pool, Role.UNIT_HEAD)
    leg = leg_named(14)
    call = await make_call(pool, leg, "8001")
    bus = Bus()
    record(config.monitor_folder, leg, *voices)
    recordings = Recordings(pool, config)
    async with custody(pool, config, bus) as told:
        bus.publish(began(call, leg))
        await until(lambda: _is(pool, call, "recording"))
        (early,) = await recordings.of_call(owner, call)
        with pytest.raises(RecordingNotReady):
            recordings.file(early)
        bus.publish(ended(leg))
        await next_of(told)
    for actor in (owner, supervisor):
        (view,) = await recordings.of_call(actor, call)
        assert await recordings.get(actor, view.id) == view
        assert recordings.file(view).stat().st_size == view.bytes
    for actor in (other, unit):
        with pytest.raises(NotFound):
            await recordings.of_call(actor, call)
        with pytest.raises(NotFound):
            await recordings.get(actor, view.id)
    with pytest.raises(NotFound):
        await recordings.of_call(supervisor, CallId(new_id()))


async def test_orphans_in_both_directions(pool: Pool, config: MediaConfig, voices: Voices) -> None:
    bus = Bus()
    paths = {}
    async with custody(pool, config, bus) as told:
        for number in (15, 16, 17):
            leg = leg_named(number)
            call = await make_call(pool, leg)
            record(config.monitor_folder, leg, *voices)
            bus.publish(began(call, leg))
            bus.publish(ended(leg))
            paths[number] = config.folder / (await _sealed_path(pool, (await next_of(told)).recording))
    assert (await sweep(pool, config, CLOCK.now())).clean
    paths[15].unlink()
    os.truncate(paths[16], 100)
    stray = paths[17].with_name("stray.wav")
    stray.write_bytes(b"x" * 5)
    record(config.monitor_folder, leg_named(99), *voices)
    report = await sweep(pool, config, CLOCK.now())
    assert sorted((row.path, row.fault) for row in report.rows) == sorted(
        [
            (paths[15].relative_to(config.folder).as_posix(), "gone"),
            (paths[16].relative_to(config.folder).as_posix(), "size"),
        ]
    )
    assert sorted(file.path for file in report.files) == sorted(
        [
            stray.relative_to(config.folder).as_posix(),
            *(f"{source_of(leg_named(99))}-{side}.wav" for side in ("rx", "tx")),
        ]
    )
    assert (report.file_count, report.row_count) == (3, 2)
    assert "stray.wav" in report_text(report)
    young = config.model_copy(update={"orphan_after": timedelta(hours=1)})
    assert (await sweep(pool, young, CLOCK.now())).file_count == 0


async def _sealed_path(pool: Pool, recording: RecordingId) -> str:
    path: str = await pool.fetchval("select path from recording where id = $1", recording)
    return path


async def test_database_cut_is_survived(pool: Pool, database_url: str, config: MediaConfig, voices: Voices) -> None:
    """Every connection is cut while calls end: nothing stops, and all recordings are sealed."""
    legs = [leg_named(number) for number in range(20, 26)]
    calls = [await make_call(pool, leg) for leg in legs]
    bus = Bus()
    async with custody(pool, config, bus) as told:
        for call, leg in zip(calls, legs, strict=True):
            record(config.monitor_folder, leg, *voices)
            await end_call(pool, call)
        name = await pool.fetchval("select current_database()")
        cutter = await asyncpg.connect(database_url)
        for call, leg in zip(calls, legs, strict=True):
            bus.publish(began(call, leg))
            bus.publish(ended(leg))
            await cutter.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
                name,
            )
        await cutter.close()
        sealed = {(await next_of(told)).call for _ in calls}
    assert sealed == set(calls)
