"""What becomes of voices and logs when their time is over (B-32): over a real database, real files and a clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from callcenter.core.ids import CallId, RecordingId, new_id
from callcenter.media.config import MediaConfig
from callcenter.media.messages import VoiceMail
from callcenter.media.reading import RecordingRemoved, Recordings
from callcenter.media.retention import Retention
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.tolls import forget_refusals
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import StandingClock, Town, build_town
from tests.vaults import VAULT

pytestmark = pytest.mark.rule("B-32", "B-30")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Archive:
    town: Town
    pool: Pool
    clock: StandingClock
    config: MediaConfig
    retention: Retention

    async def recorded(self, ago: timedelta = DAY) -> CallId:
        """A call with a sealed recording and its words."""
        call, one, at = CallId(new_id()), new_id(), self.clock.now() - ago
        await self.pool.execute(
            "insert into call (id, pbx, linked, direction, stage, started_at, ended_at)"
            " values ($1, 'a', $2, 'inbound', 'ended', $3, $3)",
            call,
            str(call),
            at,
        )
        path = f"2026/{one}.wav"
        await self.pool.execute(
            "insert into recording (id, call_id, pbx, leg, source, status, path, started_at, bytes, sha256)"
            " values ($1, $2, 'a', $3, $3, 'sealed', $4, $5, 4, 'f00d')",
            one,
            call,
            str(one),
            path,
            at,
        )
        transcript = await self.pool.fetchval(
            "insert into transcript (id, recording_id, call_id, status, text, created_at)"
            " values (gen_random_uuid(), $1, $2, 'ready', '水管坏了', $3) returning id",
            one,
            call,
            at,
        )
        await self.pool.execute(
            "insert into transcript_segment values ($1, 0, 'caller', 0, 9, '水管坏了', 1)", transcript
        )
        self.written(path)
        return call

    def written(self, path: str) -> Path:
        file = self.config.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"RIFF")
        return file

    async def message(self, state: str) -> Path:
        path = f"messages/{state}.wav"
        await self.pool.execute(
            "insert into voice_message (id, pbx, source, leg, caller_number, flow, node, recorded_at, seconds, path,"
            " bytes, sha256, state) values ($1, 'a', $2, $2, $3, '', '', $4, 1, $5, 4, 'f00d', $2)",
            new_id(),
            state,
            VAULT.seal("+8613800000001"),
            self.clock.now(),
            path,
        )
        return self.written(path)

    async def order_of(self, call: CallId, closed: datetime | None, **columns: object) -> None:
        order = await self.town.created(call_id=call)
        named = {"closed_at": closed, "stage": "closed" if closed else "dispatched", **columns}
        told = ", ".join(f"{name} = ${place}" for place, name in enumerate(named, 2))
        await self.pool.execute(f"update work_order set {told} where id = $1", order.id, *named.values())

    async def left(self) -> set[CallId]:
        return {row["call_id"] for row in await self.pool.fetch("select call_id from recording where path is not null")}


@pytest.fixture
async def archive(pool: Pool, tmp_path: Path) -> Archive:
    town = await build_town(pool)
    config = MediaConfig(folder=tmp_path, keep_recordings=60 * DAY, keep_disputed=400 * DAY)
    retention = Retention(pool, config, town.clock, Audit(town.clock))
    return Archive(town, pool, town.clock, config, retention)


async def test_each_voice_goes_when_its_own_time_is_over(archive: Archive) -> None:
    now = archive.clock.now()
    plain, opened, closed, supervised, unsatisfied = [await archive.recorded() for _ in range(5)]
    await archive.order_of(opened, None)
    await archive.order_of(closed, now + DAY)
    await archive.order_of(supervised, now + DAY, supervisions=1)
    await archive.order_of(unsatisfied, now + DAY, satisfied=False)
    kept = {opened, supervised, unsatisfied}
    assert await archive.retention.remove_over_age() == 0, "a day old"
    archive.clock.forward(days=59, seconds=1)
    assert await archive.retention.remove_over_age() == 2
    assert await archive.left() == kept
    assert len(list(archive.config.folder.rglob("*.wav"))) == 3
    archive.clock.forward(days=341)
    assert await archive.retention.remove_over_age() == 0
    archive.clock.forward(days=2)
    assert await archive.retention.remove_over_age() == 2, "400 days after they were closed"
    assert await archive.left() == {opened}, "whoever works on an order can hear its call"
    trail = await archive.pool.fetch(
        "select subject_id, actor_id, detail from audit_log where action = 'recording_removed'"
    )
    assert {row["detail"]["call"] for row in trail} == {str(one) for one in (plain, closed, supervised, unsatisfied)}
    assert all(row["actor_id"] is None and row["detail"]["kept_days"] == 60 for row in trail)


async def test_what_is_removed_says_so_and_its_words_are_gone(archive: Archive) -> None:
    call = await archive.recorded(61 * DAY)
    row = await archive.pool.fetchrow("select id from recording")
    assert row is not None
    next(archive.config.folder.rglob("*.wav")).unlink()
    assert await archive.retention.remove_over_age() == 1, "who died after the file went is gone after"
    supervisor, recordings = archive.town.people["supervisor"], Recordings(archive.pool, archive.config)
    await archive.pool.execute("update app_user set extension = '8001' where username = 'agent'")
    await archive.pool.execute("update call set extension = '8001' where id = $1", call)
    view = await recordings.get(supervisor, RecordingId(row["id"]))
    assert (view.status, view.path, view.sha256, view.transcript) == ("removed", None, "f00d", "removed")
    with pytest.raises(RecordingRemoved):
        recordings.file(view)
    assert await archive.pool.fetchval("select count(*) from transcript_segment") == 0
    assert await archive.pool.fetchval("select text from transcript") == ""


async def test_a_file_that_cannot_be_removed_keeps_its_row(archive: Archive) -> None:
    call = await archive.recorded(61 * DAY)
    file = next(archive.config.folder.rglob("*.wav"))
    file.unlink()
    file.mkdir()
    with pytest.raises(OSError, match=file.name):
        await archive.retention.remove_over_age()
    assert await archive.left() == {call}
    assert await archive.pool.fetchval("select count(*) from audit_log where action = 'recording_removed'") == 0


async def test_handled_messages_go_and_waiting_ones_stay(archive: Archive) -> None:
    handled, new = await archive.message("handled"), await archive.message("new")
    archive.clock.forward(days=61)
    assert await archive.retention.remove_over_age() == 1
    assert (handled.exists(), new.exists()) == (False, True)
    row = await archive.pool.fetchrow("select id, caller_number from voice_message where state = 'handled'")
    assert row is not None
    assert row["caller_number"] == ""
    audit = Audit(archive.clock)
    mail = VoiceMail(archive.pool, archive.config, archive.clock, audit, VAULT, "a")
    with pytest.raises(RecordingRemoved):
        await mail.hear(archive.town.people["agent"], row["id"])


async def test_the_log_of_refused_dialling_is_kept_for_its_time(archive: Archive) -> None:
    await archive.pool.execute(
        "insert into dial_refusal (id, at, source, purpose, reason, masked, place)"
        " values ($1, $2, 'gate', '', 'toll', '', '')",
        new_id(),
        archive.clock.now(),
    )
    config, audit = NumbersConfig(keep_refusals=183 * DAY), Audit(archive.clock)
    archive.clock.forward(days=183)
    assert await forget_refusals(archive.pool, archive.clock, config, audit) == 0
    archive.clock.forward(seconds=1)
    assert await forget_refusals(archive.pool, archive.clock, config, audit) == 1
    told = await archive.pool.fetchval("select detail from audit_log where action = 'log_removed'")
    assert told["rows"] == 1


def test_nothing_shorter_than_the_floors_can_be_set() -> None:
    for given in ({"keep_recordings": 29 * DAY}, {"keep_recordings": 60 * DAY, "keep_disputed": 59 * DAY}):
        with pytest.raises(ValidationError):
            MediaConfig.model_validate(given)
    with pytest.raises(ValidationError):
        NumbersConfig(keep_refusals=182 * DAY)
