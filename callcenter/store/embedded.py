"""An embedded PostgreSQL for one machine: our own child process, reached by a Unix socket, gone when we are gone.

The server is a direct child started through `setpriv --pdeathsig`: even when this program is killed with SIGKILL it
shuts down. When the server itself is killed it is started again and recovers from its write-ahead log.
"""

import asyncio
import hashlib
import os
import re
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

import asyncpg
import structlog

from callcenter.core.errors import Misconfigured
from callcenter.store.cluster import ServerAccount, account, ensure_cluster, programs
from callcenter.store.pool import Connection

log = structlog.get_logger(__name__)

READY_WITHIN: Final = timedelta(seconds=60)
"""Crash recovery of a busy cluster takes seconds; a machine that needs longer is ill."""
HANDOVER: Final = timedelta(seconds=8)
"""How long a server that is just stopping may still hold the folder."""
STOP_WITHIN: Final = timedelta(seconds=30)
_SOCKET_LIMIT: Final = 100  # sockaddr_un holds 108 bytes
_NOT_YET: Final = (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError, TimeoutError)
_HELD: Final = re.compile(r'lock file ".*" already exists|still in use')
_FULL: Final = re.compile(r"No space left on device")
# Nothing that was said to the database goes into its log file: statements and key values hold citizens' data.
_QUIET: Final = ("log_min_error_statement=panic", "log_error_verbosity=terse", "log_parameter_max_length_on_error=0")


class _Exited(Exception):
    """The server ended before it was ready; the text is what it said last."""


class EmbeddedServer:
    """`url` is for the database `hotline`; `pid` is that of the running server."""

    def __init__(self, folder: Path, data: Path, who: ServerAccount) -> None:
        self._data, self._who = data, who
        self._log = folder / "postgres.log"
        self._socket = self._socket_folder(folder)
        self._log_start = 0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def url(self) -> str:
        return self._url("hotline")

    def _url(self, database: str) -> str:
        return f"postgresql://hotline@/{database}?host={quote(str(self._socket), safe='/')}"

    def _socket_folder(self, folder: Path) -> Path:
        """Inside the data folder, which only the server's user may enter, unless that path is too long for a socket."""
        if len(os.fsencode(self._data)) + len("/.s.PGSQL.5432") <= _SOCKET_LIMIT:
            return self._data
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        short = Path(tempfile.gettempdir()) / f"hotline-pg-{os.geteuid()}-{name}"
        with suppress(FileExistsError):
            short.mkdir(mode=0o700)
        if short.stat().st_uid not in {os.geteuid(), self._who.uid} or short.is_symlink():
            raise Misconfigured(cause=f"{short} belongs to somebody else", remedy="name a shorter database folder")
        os.chown(short, self._who.uid, self._who.gid)
        return short

    async def start(self) -> None:
        """Raises Misconfigured when another server keeps the folder, the disk is full, or it does not come up."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + HANDOVER.total_seconds()
        while True:
            try:
                return await self._until_ready(await self._spawn())
            except _Exited as error:
                if not _HELD.search(str(error)) or loop.time() > give_up:
                    raise self._explained(str(error)) from error
                await self._pause()

    async def _pause(self) -> None:
        """The other server tells nobody that it has gone; ask again in a moment."""
        await asyncio.sleep(HANDOVER.total_seconds() / 40)

    async def _spawn(self) -> asyncio.subprocess.Process:
        settings = [word for setting in _QUIET for word in ("-c", setting)]
        with self._log.open("ab") as output:  # another server may be writing there
            self._log_start = output.tell()
            self._process = await asyncio.create_subprocess_exec(
                *(self._who.prefix or ("setpriv",)),
                "--pdeathsig=INT",
                str(programs() / "postgres"),
                *("-D", str(self._data), "-k", str(self._socket), "-h", "", *settings),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                cwd="/",
                start_new_session=True,  # Ctrl-C is for us: we stop the server last
            )
        return self._process

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        ended = asyncio.ensure_future(process.wait())
        try:
            async with asyncio.timeout(READY_WITHIN.total_seconds()):
                while not ended.done():
                    with suppress(*_NOT_YET):
                        if self._holder() == process.pid:
                            await self._ensure_database(await asyncpg.connect(self._url("postgres"), timeout=5))
                            return
                    await asyncio.wait({ended}, timeout=0.03)
        except TimeoutError:
            await self._end()
            raise _Exited(f"not ready within {READY_WITHIN.total_seconds():.0f} s") from None
        finally:
            ended.cancel()
        raise _Exited(self._log.read_bytes()[self._log_start :].decode(errors="replace").strip())

    def _holder(self) -> int:
        """The process that the lock file names. Another server's socket would answer as well, so it must be asked."""
        try:
            return int((self._data / "postmaster.pid").read_text().partition("\n")[0] or 0)
        except FileNotFoundError:
            return 0

    async def _ensure_database(self, connection: Connection) -> None:
        try:
            if not await connection.fetchval("select 1 from pg_database where datname = 'hotline'"):
                await connection.execute("create database hotline")
        finally:
            await connection.close()

    def _explained(self, said: str) -> Misconfigured:
        if _HELD.search(said):
            return Misconfigured(
                cause=f"another PostgreSQL (process {self._holder()}) works on {self._data}",
                remedy="stop the other start of this program, or name another folder",
            )
        if _FULL.search(said):
            return Misconfigured(
                cause=f"the disk of {self._data} is full", remedy="free some space (df -h), start again"
            )
        last = next((line for line in reversed(said.splitlines()) if "FATAL" in line or "PANIC" in line), said[-200:])
        return Misconfigured(cause=f"the embedded PostgreSQL did not start: {last}", remedy=f"read {self._log}")

    async def stop(self) -> None:
        """Fast shutdown (nothing committed is lost), then force. Leaves no process and no socket folder."""
        await self._end()
        if self._socket != self._data:
            with suppress(OSError):  # another server may be using it
                self._socket.rmdir()

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        for order, patience in (
            (signal.SIGINT, STOP_WITHIN),
            (signal.SIGQUIT, STOP_WITHIN / 3),
            (signal.SIGKILL, None),
        ):
            with suppress(ProcessLookupError):
                process.send_signal(order)
            with suppress(TimeoutError):
                async with asyncio.timeout(patience.total_seconds() if patience else None):
                    await process.wait()
                    return

    async def keep(self) -> None:
        """Starts the server again whenever it ends by itself, for ever; each failure is logged with its remedy."""
        while self._process is not None:
            status = await self._process.wait()
            log.error("embedded_postgres_ended", status=status)
            try:
                await self.start()
            except Misconfigured as error:
                log.critical("embedded_postgres_away", reason=str(error))
                await self._pause()
            else:
                log.info("embedded_postgres_recovered", pid=self.pid)


@asynccontextmanager
async def open_embedded(folder: Path) -> AsyncIterator[EmbeddedServer]:
    """A running server on `folder` (absolute; made when it is not there), holding an empty or kept database `hotline`.

    Raises Misconfigured, naming cause and remedy."""
    who = await account()
    server = EmbeddedServer(folder, await ensure_cluster(folder, who), who)
    try:
        await server.start()
        log.info("embedded_postgres_started", pid=server.pid)
        keeper = asyncio.create_task(server.keep())
        try:
            yield server
        finally:
            keeper.cancel()
            await asyncio.wait({keeper})
    finally:
        await server.stop()
