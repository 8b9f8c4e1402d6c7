"""`callcenter pbx`: Asterisk's files from the settings, the registry and the seats that operators added."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def callcenter(*words: str, database: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    env |= {"PYTHONPATH": str(ROOT), "HOTLINE_STORE__URL": database, **settings}
    command = [sys.executable, "-m", "callcenter", *words]
    return subprocess.run(command, env=env, input=given, capture_output=True, text=True, check=False, timeout=120)


def test_seats_become_telephones(database_url: str, tmp_path: Path) -> None:
    org = callcenter("add", "org", "city", "本市热线中心", "--level", "1", "--kind", "centre", database=database_url)
    assert (org.returncode, org.stdout.strip()) == (0, "/city/"), org.stderr
    user = ("add", "user", "hw01", "坐席一", "--org", "city", "--role", "agent", "--extension", "8001")
    made = callcenter(*user, "--password", "Correct-Horse-7", database=database_url)
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip().rpartition(" ")[2]
    cache = {"HOTLINE_FLOWS__PROMPT_CACHE": str(tmp_path / "cache"), "HOTLINE_AMI__SECRET": "a" * 24}
    done = callcenter("pbx", str(tmp_path / "pbx"), database=database_url, **cache)
    assert done.returncode == 0, done.stderr
    etc = tmp_path / "pbx" / "etc"
    assert f"password={secret}" in (etc / "pjsip.conf").read_text()
    assert "a" * 24 in (etc / "manager.conf").read_text()
    assert "exten => 12345,1," in (etc / "extensions.conf").read_text()
    assert (tmp_path / "pbx" / "lib" / "sounds" / "zh" / "hotline" / "safe.wav").stat().st_size > 10_000
    assert secret not in done.stdout + done.stderr


def test_a_plan_that_does_not_fit_is_refused_with_a_remedy(database_url: str, tmp_path: Path) -> None:
    done = callcenter("pbx", str(tmp_path), database=database_url, HOTLINE_AMI__SECRET="")
    assert done.returncode == 2
    assert "docs/settings.md" in done.stderr
    assert "Traceback" not in done.stderr
