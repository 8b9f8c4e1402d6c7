"""The embedded PostgreSQL: start, keep, stop, and every way in which it cannot start."""

import asyncio
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import psutil
import pytest

from callcenter.core.errors import Misconfigured
from callcenter.store import cluster, embedded
from callcenter.store.embedded import open_embedded
from tests.simulators.eventually import eventually


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hotline-e-", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name) / "pg"


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def _runs(pid: int) -> bool:
    """An orphan that nobody has reaped yet, as in a container without an init, runs no more."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def until_gone(pid: int) -> None:
    await eventually(lambda: not _runs(pid), timedelta(seconds=20))


async def test_what_was_stored_is_there_after_a_second_start_and_no_process_stays(folder: Path) -> None:
    async with open_embedded(folder) as server:
        await ask(server.url, "create table kept as select '热线' as word")
        family = [server.pid, *(child.pid for child in psutil.Process(server.pid).children(recursive=True))]
        assert psutil.Process(server.pid).uids().real != 0
    assert not [pid for pid in family if psutil.pid_exists(pid)]
    async with open_embedded(folder) as server:
        assert await ask(server.url, "select word from kept") == "热线"


async def test_a_killed_server_comes_back_with_what_was_committed(folder: Path) -> None:
    async with open_embedded(folder) as server:
        await ask(server.url, "create table kept as select 12345 as number")
        first = server.pid
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(40):
            while True:
                try:
                    assert await ask(server.url, "select number from kept") == 12345
                    break
                except (OSError, asyncpg.PostgresError):
                    await asyncio.sleep(0)
        assert server.pid != first


async def test_a_killed_program_leaves_no_server_and_the_next_start_works(folder: Path) -> None:
    script = textwrap.dedent(
        f"""
        import asyncio
        from pathlib import Path
        from callcenter.store.embedded import open_embedded
        async def main():
            async with open_embedded(Path({str(folder)!r})) as server:
                print("pid", server.pid, flush=True)
                await asyncio.Event().wait()
        asyncio.run(main())
        """
    )
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    said = b""
    while not said.startswith(b"pid"):
        said = await asyncio.wait_for(child.stdout.readline(), 60)
    pid = int(said.split()[1])
    child.kill()
    await child.wait()
    async with open_embedded(folder) as server:
        assert await ask(server.url, "select 1") == 1
        assert server.pid != pid
    await until_gone(pid)


async def test_a_second_server_on_the_same_folder_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "HANDOVER", embedded.HANDOVER / 10)
    async with open_embedded(folder) as server:
        with pytest.raises(Misconfigured, match=f"process {server.pid}.* works on") as refused:
            async with open_embedded(folder):
                raise AssertionError("two servers on one folder")
        assert "stop the other" in str(refused.value)
        assert await ask(server.url, "select 1") == 1


async def test_a_long_path_still_gets_a_socket(folder: Path) -> None:
    async with open_embedded(folder / ("long-" * 20)) as server:
        assert await ask(server.url, "select current_database()") == "hotline"
        socket = Path(server.url.partition("?host=")[2])
    assert not await asyncio.to_thread(socket.exists)


async def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    (folder / "data.part" / "base").mkdir(parents=True)
    async with open_embedded(folder) as server:
        assert await ask(server.url, "select 1") == 1
    assert not (folder / "data.part").exists()


async def test_a_file_where_the_folder_should_be(folder: Path) -> None:
    await asyncio.to_thread(folder.write_text, "")
    with pytest.raises(Misconfigured, match="cannot be used"):
        async with open_embedded(folder):
            raise AssertionError


async def test_a_cluster_of_another_version_is_not_touched(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(Misconfigured, match="made by PostgreSQL 16"):
        async with open_embedded(folder):
            raise AssertionError


@pytest.mark.parametrize(
    ("megabytes", "needed"), [(8, cluster.NEEDED_BYTES), (24, 0)], ids=["foreseen", "while-making"]
)
def test_a_full_disk_is_named(folder: Path, megabytes: int, needed: int) -> None:
    """On a real small file system, mounted in a namespace of its own."""
    folder.mkdir()
    script = textwrap.dedent(
        f"""
        import asyncio
        from pathlib import Path
        from callcenter.core.errors import Misconfigured
        from callcenter.store import cluster
        from callcenter.store.embedded import open_embedded
        cluster.NEEDED_BYTES = {needed}
        async def main():
            async with open_embedded(Path({str(folder)!r}) / "pg"):
                print("started")
        try:
            asyncio.run(main())
        except Misconfigured as error:
            print(error)
        """
    )
    quoted = shlex.quote(script)
    inside = f"mount -t tmpfs -o size={megabytes}m none {folder} && exec {sys.executable} -c {quoted}"
    namespace = ["--mount"] if os.geteuid() == 0 else ["--user", "--map-current-user", "--keep-caps", "--mount"]
    run = subprocess.run(
        ["unshare", *namespace, "sh", "-c", inside],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ,
    )
    assert "full" in run.stdout or "No space left" in run.stdout, run
