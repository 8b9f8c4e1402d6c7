"""Finds an Asterisk of version 20 or newer, installs one, or builds a private root from Debian packages."""

import fcntl
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from callcenter.core.errors import Misconfigured
from callcenter.pbx.tree import HostPaths, Tree

SUITE: Final = "forky"
"""The Debian suite that carries Asterisk 22; Debian 12 and 13 carry none."""
OLDEST: Final = (20, 0, 0)
_ROOM_NEEDED: Final = 900 * 1024 * 1024
_BUILD_SECONDS: Final = 900
_VERSION: Final = re.compile(r"Asterisk (\d+)\.(\d+)\.(\d+)")
_NAMED_FILTERS: Final = {20: (20, 11, 0), 21: (21, 6, 0), 22: (22, 1, 0)}

Version = tuple[int, int, int]
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class AsteriskInstall:
    """A usable Asterisk. `root` is the private root to enter, None where Asterisk is installed on the machine;
    `instances` is the folder that holds the private trees."""

    version: Version
    root: Path | None
    instances: Path

    @property
    def prefix(self) -> tuple[str, ...]:
        """What comes before `asterisk` on the command line."""
        return ("chroot", str(self.root)) if self.root else ()

    def tree(self, name: str) -> Tree:
        """The tree of the instance `name`; it is not created yet."""
        outside = self.instances / name
        top = self.root or Path("/")
        inside = PurePosixPath("/") / outside.relative_to(top)
        return Tree(
            paths=HostPaths(outside),
            inside=inside,
            share=PurePosixPath("/usr/share/asterisk"),
            modules=_modules(top),
            fast_filters=self.version >= _NAMED_FILTERS.get(self.version[0], OLDEST),
        )


def _modules(top: Path) -> PurePosixPath:
    for pattern in ("usr/lib/*/asterisk/modules", "usr/lib/asterisk/modules", "usr/lib64/asterisk/modules"):
        for found in top.glob(pattern):
            return PurePosixPath("/") / found.relative_to(top)
    raise Misconfigured(cause="Asterisk's modules are not where they are expected", remedy="reinstall asterisk")


def default_cache() -> Path:
    """`HOTLINE_CACHE`, else the user's cache folder."""
    given = os.environ.get("HOTLINE_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hotline"


def find_or_build(cache: Path, report: Report) -> AsteriskInstall:
    """Blocks, up to some minutes at the first start; `report` hears one line per step.

    Raises Misconfigured, naming cause and remedy, when no Asterisk can be had.
    """
    cache.mkdir(parents=True, exist_ok=True)
    if found := _installed(cache):
        return found
    with _only_one(cache / "asterisk.lock", report):
        if found := _cached(cache):
            return found
        if _apt_offers_asterisk():
            report("installing the asterisk package of this system")
            _apt_install("asterisk")
            if found := _installed(cache):
                return found
        report(f"building a private Asterisk from Debian {SUITE} packages (once; about 340 MB)")
        return _build(cache, report)


def _version(command: tuple[str, ...]) -> Version | None:
    try:
        shown = subprocess.run([*command, "asterisk", "-V"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.match(shown.stdout)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _installed(cache: Path) -> AsteriskInstall | None:
    if not shutil.which("asterisk"):
        return None
    version = _version(())
    if version is None or version < OLDEST:
        return None
    return AsteriskInstall(version, None, cache.resolve() / "instances")


def _cached(cache: Path) -> AsteriskInstall | None:
    """Only a finished root bears the final name, so a half-built one is never used."""
    newest: AsteriskInstall | None = None
    for root in cache.resolve().glob(f"asterisk-*-{SUITE}-{platform.machine()}"):
        version = _version(("chroot", str(root)))
        if version and version >= OLDEST and (newest is None or version > newest.version):
            newest = AsteriskInstall(version, root, root / "srv")
    if newest and newest.root:
        _name_hosts(newest.root)
    return newest


@contextmanager
def _only_one(lock: Path, report: Report) -> Iterator[None]:
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waiting for another start that is preparing Asterisk")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _apt_offers_asterisk() -> bool:
    if not shutil.which("apt-cache"):
        return False
    shown = subprocess.run(
        ["apt-cache", "policy", "asterisk"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    match = re.search(r"Candidate: (?:\d+:)?(\d+)\.", shown.stdout)
    return bool(match) and int(match[1]) >= OLDEST[0] if match else False


@contextmanager
def _no_services() -> Iterator[None]:
    """Keeps the package from starting its own Asterisk, which would take the SIP port."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


def _apt_install(package: str) -> None:
    if os.geteuid() != 0:
        raise Misconfigured(cause=f"the package {package} is missing", remedy=f"run: sudo apt-get install {package}")
    with _no_services():
        done = subprocess.run(
            ["apt-get", "install", "-y", "--no-install-recommends", package],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    if done.returncode:
        raise Misconfigured(
            cause=f"apt-get could not install {package}: {_last(done.stderr)}",
            remedy=f"check the network and the disk, then run: apt-get update && apt-get install {package}",
        )


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("E:")]
    return (errors or lines or ["no message"])[-1][:300]


def _build(cache: Path, report: Report) -> AsteriskInstall:
    _check_can_build(cache)
    for left in cache.glob(".building-*"):
        report("removing what an interrupted build left")
        shutil.rmtree(left)
    building = cache / f".building-{os.getpid()}"
    try:
        _bootstrap(building)
        version = _version(("chroot", str(building)))
        if version is None:
            raise Misconfigured(cause="the Asterisk just built does not start", remedy="run it again with more memory")
        _name_hosts(building)
        name = f"asterisk-{'.'.join(map(str, version))}-{SUITE}-{platform.machine()}"
        root = (cache / name).resolve()
        building.rename(root)
    finally:
        if building.exists():
            shutil.rmtree(building)
    report(f"Asterisk {'.'.join(map(str, version))} is ready")
    return AsteriskInstall(version, root, root / "srv")


def _check_can_build(cache: Path) -> None:
    if os.geteuid() != 0:
        raise Misconfigured(
            cause="a private Asterisk can only be built and entered by root",
            remedy="run it as root (sudo), or install an Asterisk 20 or newer",
        )
    free = shutil.disk_usage(cache).free
    if free < _ROOM_NEEDED:
        raise Misconfigured(
            cause=f"the disk is full: {free // 1024**2} MB free under the cache, {_ROOM_NEEDED // 1024**2} MB needed",
            remedy="free some space, or point HOTLINE_CACHE at another disk",
        )
    if not shutil.which("mmdebstrap"):
        _apt_install("mmdebstrap")


def _bootstrap(target: Path) -> None:
    command = ["mmdebstrap", "--variant=minbase", '--aptopt=Acquire::Check-Valid-Until "false"']
    command += ["--include=asterisk", "--components=main", SUITE, str(target)]
    try:
        built = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_BUILD_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Misconfigured(
            cause=f"the Debian packages did not arrive within {_BUILD_SECONDS} s", remedy="check the network"
        ) from error
    if built.returncode:
        raise Misconfigured(
            cause=f"Asterisk could not be built from Debian packages: {_last(built.stderr)}",
            remedy="check the network to the Debian mirror and the free disk space, then start again",
        )


def _name_hosts(root: Path) -> None:
    """Without the machine's own name in /etc/hosts every call waits 5 s and more in name look-ups (asterisk.md)."""
    hosts = root / "etc" / "hosts"
    line = f"127.0.0.1 localhost {platform.node()}\n"
    if not hosts.exists() or line not in hosts.read_text():
        hosts.write_text(line)
