"""The install steps, run as a user would meet them: what is missing is named, with the command that mends it."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml

from callcenter import __version__
from callcenter.resources import ROOT

WORDS = "bash cat cut dirname env find grep head mkdir mktemp rm sed sha256sum sort tail tr"
BARE = WORDS.split(" ")


def machine(folder: Path, *programs: str) -> Path:
    """A PATH that holds only some programs of this machine."""
    folder.mkdir()
    for name in (*BARE, *programs):
        found = next((p for p in map(Path, os.get_exec_path()) if (p / name).exists()), None)
        assert found is not None, name
        (folder / name).symlink_to(found / name)
    return folder


def hotline(*words: str, path: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": str(path) if path else os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"} | env
    return subprocess.run(
        ["bash", str(ROOT / "hotline"), *words], env=given, capture_output=True, text=True, check=False, timeout=60
    )


def test_help_names_the_two_commands() -> None:
    done = hotline("help")
    assert done.returncode == 0
    assert "./hotline run" in done.stdout
    assert "./hotline test" in done.stdout


def test_an_unknown_command() -> None:
    done = hotline("rnu")
    assert done.returncode == 1
    assert "unknown command: rnu" in done.stderr
    assert "./hotline help" in done.stderr


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = hotline("run", HOTLINE_CACHE=str(tmp_path / "file" / "cache"))
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "HOTLINE_CACHE=" in done.stderr


def test_nothing_is_installed_when_that_is_forbidden(tmp_path: Path) -> None:
    path = machine(tmp_path / "bin", "apt-get")
    done = hotline("run", path=path, HOTLINE_CACHE=str(tmp_path / "cache"), HOTLINE_NO_INSTALL="1")
    assert done.returncode == 1
    assert "HOTLINE_NO_INSTALL=1" in done.stderr
    assert "sudo apt-get install" in done.stderr
    for package in ("espeak-ng", "ffmpeg", "mmdebstrap", "python3-venv", "sip-tester"):
        assert package in done.stderr


def test_a_system_without_apt_is_told_so(tmp_path: Path) -> None:
    done = hotline("run", path=machine(tmp_path / "bin"), HOTLINE_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 1
    assert "neither Debian nor Ubuntu" in done.stderr


def broken_apt(tmp_path: Path, says: str) -> Path:
    path = machine(tmp_path / "bin")
    for name, text in (("apt-get", f"echo '{says}' >&2; exit 100"), ("sudo", 'shift; exec "$@"')):
        (path / name).write_text(f"#!/usr/bin/env bash\n{text}\n")
        (path / name).chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("says", "cause"),
    [
        ("Temporary failure resolving deb.example", "no network"),
        ("write error - write (28: No space left on device)", "the disk is full"),
        ("E: Could not get lock /var/lib/dpkg/lock-frontend", "another package installation is running"),
        ("E: something new", "failed"),
    ],
)
def test_a_failed_step_says_why(tmp_path: Path, says: str, cause: str) -> None:
    done = hotline("run", path=broken_apt(tmp_path, says), HOTLINE_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 1
    assert cause in done.stderr
    assert "Remedy" in done.stderr
    assert says in done.stderr


def test_an_interruption_ends_the_step_and_its_children(tmp_path: Path) -> None:
    script = f"""
        CACHE={tmp_path}; source {ROOT}/docker/steps.sh
        work() {{ (echo "$BASHPID" >{tmp_path}/pid; exec sleep 300); }}
        step work nothing again work
    """
    heeding = ("env", "--default-signal=INT")  # tests that run in the background inherit that it is ignored
    running = subprocess.Popen(
        [*heeding, "bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    pid = tmp_path / "pid"
    deadline = time.monotonic() + 20
    while not (pid.exists() and pid.read_text().strip()):
        assert time.monotonic() < deadline
    child = psutil.Process(int(pid.read_text()))
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "interrupted" in said
    assert psutil.wait_procs([child], timeout=20)[1] == []


def test_an_old_python_is_named(tmp_path: Path) -> None:
    path = machine(tmp_path / "bin", "apt-get")
    (path / "python3").write_text('#!/usr/bin/env bash\n[[ $1 == -V ]] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    (path / "python3").chmod(0o755)
    script = f"source {ROOT}/docker/steps.sh; source {ROOT}/docker/install.sh; find_python"
    done = subprocess.run(
        ["bash", "-c", script], env={"PATH": str(path)}, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "Python 3.9.2" in done.stderr


def test_a_half_made_venv_is_never_used(tmp_path: Path) -> None:
    """A pip that fails leaves no mark; the next start makes the folder anew."""
    script = f"""
        set -euo pipefail
        CACHE={tmp_path}; source {ROOT}/docker/steps.sh; source {ROOT}/docker/install.sh
        find_python; make_venv run {tmp_path} {tmp_path}/wrong.lock
    """
    (tmp_path / "wrong.lock").write_text("nothing-of-the-kind-12345==1 --hash=sha256:" + "0" * 64 + "\n")
    env = dict(os.environ, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "Remedy" in done.stderr
    assert [path.name for path in tmp_path.glob("venv-*/.complete")] == []


def test_the_lock_files_name_no_registry_and_pin_every_hash() -> None:
    for name in ("run.lock", "test.lock"):
        text = (ROOT / "requirements" / name).read_text()
        assert "://" not in text
        blocks = text.replace("\\\n", "").splitlines()
        assert [line for line in blocks if line and "--hash=sha256:" not in line] == []


def test_the_locks_hold_what_the_project_asks_for() -> None:
    locked = (ROOT / "requirements" / "run.lock").read_text()
    project = (ROOT / "pyproject.toml").read_text()
    wanted = project.partition("dependencies = [")[2].partition("]")[0]
    names = re.findall(r'^\s*"([A-Za-z0-9_-]+)', wanted, re.MULTILINE)
    assert len(names) > 20
    assert [name for name in names if f"\n{name.lower()}==" not in f"\n{locked}"] == []


def test_compose_builds_from_files_that_are_there() -> None:
    compose = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
    example = (ROOT / "docker" / "env.example").read_text()
    for service in compose["services"].values():
        if "build" in service:
            assert (ROOT / service["build"]["dockerfile"]).is_file()
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / "docker" / source).exists()
    needed = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker" / "compose.yaml").read_text()))
    assert {name for name in needed if f"{name}=" not in example} == set()


def test_the_image_of_the_program_is_built_by_its_script(tmp_path: Path) -> None:
    """The script of docker/server.Dockerfile itself, into a folder: the registry's wheels against the locked hashes."""
    script = [str(ROOT / "docker" / "build-server.sh"), str(tmp_path)]
    env = dict(os.environ, HOTLINE_PYTHON=sys.executable)
    built = subprocess.run(script, env=env, capture_output=True, text=True, check=False, timeout=280)
    assert built.returncode == 0, built.stdout + built.stderr
    assert "✓ Python libraries (run)" in built.stdout
    asked = [str(tmp_path / "venv" / "bin" / "python"), "-m", "callcenter", "version"]
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    version = subprocess.run(asked, env=given, capture_output=True, text=True, check=False, timeout=60)
    assert (version.returncode, version.stdout.strip()) == (0, __version__), version.stderr
    again = subprocess.run(script, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (again.returncode, again.stdout) == (0, ""), "a second run has nothing to do"
