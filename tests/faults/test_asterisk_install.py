"""When Asterisk cannot be had: the cause and the remedy are named, and nothing half-built is left or used."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from callcenter.core.errors import Misconfigured
from callcenter.pbx.install import SUITE, find_or_build

Program = Callable[[str, str], None]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts a shell script before everything else on the PATH; no apt-cache, so that nothing is installed here."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "mkdir", "cat", "chroot", "sleep"):
        (folder / name).symlink_to(shutil.which(name) or name)
    monkeypatch.setenv("PATH", str(folder))

    def write(name: str, script: str) -> None:
        file = folder / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    return write


def test_without_a_network_the_cause_is_told_and_nothing_is_left(tmp_path: Path, program: Program) -> None:
    program(
        "mmdebstrap", 'for last; do :; done; mkdir -p "$last/usr"; echo "E: Could not resolve the mirror" >&2; exit 1'
    )
    with pytest.raises(Misconfigured, match="Could not resolve the mirror.*check the network"):
        find_or_build(tmp_path / "cache", print)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["asterisk.lock"]


def test_what_an_interrupted_build_left_is_removed_and_never_used(tmp_path: Path, program: Program) -> None:
    left = tmp_path / "cache" / ".building-1"
    (left / "usr" / "sbin").mkdir(parents=True)
    program("mmdebstrap", "exit 1")
    with pytest.raises(Misconfigured):
        find_or_build(tmp_path / "cache", print)
    assert not left.exists()


def test_a_root_whose_asterisk_does_not_start_is_not_used(tmp_path: Path, program: Program) -> None:
    broken = tmp_path / "cache" / f"asterisk-22.9.0-{SUITE}-{os.uname().machine}"
    broken.mkdir(parents=True)
    program("mmdebstrap", 'for last; do :; done; mkdir -p "$last/etc"; exit 0')
    with pytest.raises(Misconfigured, match="just built does not start"):
        find_or_build(tmp_path / "cache", print)
    assert not list((tmp_path / "cache").glob(".building-*"))


def test_a_full_disk_is_told_before_anything_is_loaded(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("mmdebstrap", "exit 1")
    full = shutil._ntuple_diskusage(10**9, 10**9, 5 * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(Misconfigured, match="the disk is full: 5 MB free"):
        find_or_build(tmp_path / "cache", print)


def test_an_installed_asterisk_of_20_or_newer_is_used_as_it_is(tmp_path: Path, program: Program) -> None:
    program("asterisk", 'echo "Asterisk 20.6.0~dfsg+~cs6.13.40431414-2build5"')
    install = find_or_build(tmp_path / "cache", print)
    assert install.version == (20, 6, 0)
    assert install.prefix == ()


def test_an_older_one_is_not(tmp_path: Path, program: Program) -> None:
    program("asterisk", 'echo "Asterisk 16.28.0~dfsg-0+deb11u3"')
    program("mmdebstrap", 'echo "E: no packages" >&2; exit 1')
    with pytest.raises(Misconfigured, match="no packages"):
        find_or_build(tmp_path / "cache", print)
