"""Runs one Asterisk in its private tree and private root: start, readiness, command line, stop."""

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from callcenter.core.errors import Misconfigured, Unavailable
from callcenter.pbx.install import AsteriskInstall, default_cache, find_or_build
from callcenter.pbx.plan import PbxPlan
from callcenter.pbx.render import render
from callcenter.pbx.tree import HostPaths

__all__ = ["AsteriskHost", "AsteriskInstall", "default_cache", "find_or_build"]

log = structlog.get_logger(__name__)

_READY: Final = timedelta(seconds=60)
_STOP: Final = timedelta(seconds=15)
_COMMAND: Final = timedelta(seconds=20)


class AsteriskHost:
    """One instance of an installed Asterisk. The instance is `plan.name` unless another name is given; its AstDB and
    recordings stay from one start to the next until `remove`."""

    def __init__(self, install: AsteriskInstall, plan: PbxPlan, *, instance: str | None = None) -> None:
        self._install = install
        self._tree = install.tree(instance or plan.name)
        self._process: asyncio.subprocess.Process | None = None
        self.plan = plan

    @property
    def paths(self) -> HostPaths:
        return self._tree.paths

    @property
    def pid(self) -> int | None:
        """The running Asterisk's process id."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Returns when every module is loaded. Raises Misconfigured when a port is taken or Asterisk ends early."""
        self._refuse_second()
        _require_free(self.plan)
        render(self.plan, self._tree)
        with _notified() as (ready, address):
            with self.paths.console.open("ab") as console:
                self._process = await asyncio.create_subprocess_exec(
                    *(*self._install.prefix, "asterisk", "-C", str(self._tree.config), "-f"),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=console,
                    stderr=console,
                    env={**os.environ, "NOTIFY_SOCKET": address},
                    start_new_session=True,
                )
            await self._wait_ready(self._process, ready)
        log.info("asterisk_ready", pbx=self.plan.name, pid=self._process.pid)

    async def stop(self) -> None:
        """Hangs up every call and ends the process; does nothing when it has ended."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """Ends the process as a crash would."""
        await self._end(signal.SIGKILL)

    async def command(self, cli: str) -> str:
        """The output of one CLI command."""
        shown = await asyncio.create_subprocess_exec(
            *(*self._install.prefix, "asterisk", "-C", str(self._tree.config), "-rx", cli),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(_COMMAND.total_seconds()):
                output, _ = await shown.communicate()
        except TimeoutError:
            shown.kill()
            await shown.wait()
            raise Unavailable(part="Asterisk", remedy="its command line does not answer; restart it") from None
        if shown.returncode:
            raise Unavailable(part="Asterisk", remedy="it is not running; start it")
        return output.decode(errors="replace")

    async def apply(self, plan: PbxPlan) -> None:
        """Takes over changed seats, trunks, queues and hotlines without dropping a call; ports stay as they were."""
        self.plan = plan
        render(plan, self._tree)
        for module in ("res_musiconhold.so", "res_pjsip.so", "app_queue.so", "pbx_config.so"):
            await self.command(f"module reload {module}")

    def remove(self) -> None:
        """Deletes the instance's tree, recordings included; the instance must have been stopped."""
        if self.pid is not None:
            raise RuntimeError("stop the instance first")
        self._tree.remove()

    def _refuse_second(self) -> None:
        pidfile = self.paths.run / "asterisk.pid"
        if not pidfile.exists():
            return
        try:
            pid = int(pidfile.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return
        if str(self._tree.config).encode() in command:
            raise Misconfigured(
                cause=f"the Asterisk instance {self.plan.name} is already running as process {pid}",
                remedy=f"stop it with: kill {pid}",
            )

    async def _wait_ready(self, process: asyncio.subprocess.Process, ready: socket.socket) -> None:
        loop = asyncio.get_running_loop()

        async def told() -> None:
            while b"READY=1" not in await loop.sock_recv(ready, 4096):
                pass

        waiting = {asyncio.create_task(told()), asyncio.create_task(process.wait())}
        done, pending = await asyncio.wait(waiting, timeout=_READY.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        if process.returncode is not None:
            raise Misconfigured(
                cause=f"Asterisk ended while starting (exit {process.returncode}): {self._last_words()}",
                remedy=f"read {self.paths.logs / 'messages.log'}",
            )
        if not done:
            await self.kill()
            raise Misconfigured(
                cause=f"Asterisk was not ready within {_READY.total_seconds():.0f} s: {self._last_words()}",
                remedy=f"read {self.paths.logs / 'messages.log'}",
            )

    def _last_words(self) -> str:
        said = self.paths.console.read_text(errors="replace").splitlines() if self.paths.console.exists() else []
        return next((line[:300] for line in reversed(said) if line.strip()), "no output")

    async def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(how)
        try:
            async with asyncio.timeout(_STOP.total_seconds()):
                await process.wait()
        except TimeoutError:
            log.warning("asterisk_did_not_stop", pbx=self.plan.name, pid=process.pid)
            process.kill()
            await process.wait()


@contextmanager
def _notified() -> Iterator[tuple[socket.socket, str]]:
    """Asterisk tells its readiness by sd_notify; an abstract address is reachable from a private root."""
    name = f"hotline-{secrets.token_hex(12)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.setblocking(False)
        listening.bind(f"\0{name}")
        yield listening, f"@{name}"


def _require_free(plan: PbxPlan) -> None:
    wanted = (("SIP", socket.SOCK_DGRAM, plan.sip_port), ("AMI", socket.SOCK_STREAM, plan.ami_port))
    for what, kind, port in wanted:
        family = socket.AF_INET6 if ":" in plan.address else socket.AF_INET
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((plan.address, port))
            except OSError as error:
                raise Misconfigured(
                    cause=f"port {port} ({what}) on {plan.address} is taken: {error.strerror}",
                    remedy=f"stop the program that uses it, or set another {what} port",
                ) from error
