"""Sealing two real sides into one file: content, repair, missing sides, a full disk, and memory."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from callcenter.media.sealing import StorageFull, seal
from tests.speech_material import Material, Samples, leave_unclosed, read_wav, write_wav


@pytest.fixture(scope="module")
def voices() -> tuple[Samples, Samples]:
    material = Material()
    return material.clip("aishell1_st_audio_0").samples(8000), material.clip("aishell3_SSB00380324").samples(8000)


@pytest.fixture
def sides(tmp_path: Path, voices: tuple[Samples, Samples]) -> tuple[Path, Path]:
    return write_wav(tmp_path / "1-rx.wav", 8000, voices[0]), write_wav(tmp_path / "1-tx.wav", 8000, voices[1])


def test_left_is_the_caller_right_the_agent(
    tmp_path: Path, sides: tuple[Path, Path], voices: tuple[Samples, Samples]
) -> None:
    target = tmp_path / "2026" / "sealed.wav"
    sealed = seal(*sides, target)
    assert sealed is not None
    rate, both = read_wav(target)
    frames = max(map(len, voices))
    assert (8000, frames, 2) == (rate, *both.shape)
    for channel, voice in enumerate(voices):
        assert np.array_equal(voice, both[: len(voice), channel])
        assert not both[len(voice) :, channel].any()
    assert frames / 8000 == sealed.seconds
    assert target.stat().st_size == sealed.bytes
    assert hashlib.sha256(target.read_bytes()).hexdigest() == sealed.sha256
    assert ("", False, set(sides)) == (sealed.faults, sealed.repaired, set(sealed.used))
    assert [target] == list(target.parent.iterdir())


def test_longer_than_a_block(tmp_path: Path) -> None:
    long = np.arange(300_000, dtype=np.int32).astype(np.int16)
    target = tmp_path / "sealed.wav"
    seal(write_wav(tmp_path / "a.wav", 8000, long), write_wav(tmp_path / "b.wav", 8000, long[::-1]), target)
    _, both = read_wav(target)
    assert np.array_equal(np.column_stack([long, long[::-1]]), both)


def test_unclosed_header_is_repaired(tmp_path: Path, sides: tuple[Path, Path], voices: tuple[Samples, Samples]) -> None:
    leave_unclosed(sides[0])
    target = tmp_path / "sealed.wav"
    sealed = seal(*sides, target)
    assert sealed is not None
    assert (sealed.repaired, sealed.faults) == (True, "")
    assert np.array_equal(voices[0], read_wav(target)[1][: len(voices[0]), 0])


@pytest.mark.parametrize("harm", ["missing", "unreadable", "empty"])
@pytest.mark.parametrize("harmed", [0, 1])
def test_one_side_lost_keeps_the_other(
    tmp_path: Path, sides: tuple[Path, Path], voices: tuple[Samples, Samples], harmed: int, harm: str
) -> None:
    match harm:
        case "missing":
            sides[harmed].unlink()
        case "unreadable":
            sides[harmed].write_bytes(b"\x7fELF" + bytes(4000))
        case _:
            sides[harmed].write_bytes(leave_unclosed(sides[harmed]).read_bytes()[:44])
    target = tmp_path / "sealed.wav"
    sealed = seal(*sides, target)
    assert sealed is not None
    assert f"{('caller', 'agent')[harmed]}-{harm}" == sealed.faults
    _, both = read_wav(target)
    kept = 1 - harmed
    assert np.array_equal(voices[kept], both[:, kept])
    assert not both[:, harmed].any()
    assert (sides[harmed] in sealed.used) is (harm == "empty")


def test_both_sides_lost(tmp_path: Path) -> None:
    target = tmp_path / "sealed.wav"
    assert seal(tmp_path / "no-rx.wav", tmp_path / "no-tx.wav", target) is None
    assert not target.exists()


def test_never_bridged_call_is_sealed_empty_without_fault(tmp_path: Path) -> None:
    nothing = np.empty(0, dtype=np.int16)
    sealed = seal(
        write_wav(tmp_path / "a", 8000, nothing), write_wav(tmp_path / "b", 8000, nothing), tmp_path / "s.wav"
    )
    assert sealed is not None
    assert (sealed.seconds, sealed.faults) == (0.0, "")


def test_storage_full_keeps_the_originals(tmp_path: Path, sides: tuple[Path, Path]) -> None:
    """The kernel refuses to write past the limit, as it does on a full disk; the same command fits without it."""
    target = tmp_path / "out" / "sealed.wav"
    before = [side.read_bytes() for side in sides]
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from callcenter.media.sealing import StorageFull, seal\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))\n"
        "try:\n    seal(*map(Path, sys.argv[1:]))\n"
        "except StorageFull as error:\n    print(error.code)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *map(str, (*sides, target))], capture_output=True, text=True, check=True
    )
    assert StorageFull.code == ran.stdout.strip()
    assert before == [side.read_bytes() for side in sides]
    assert not list(target.parent.iterdir())
    assert seal(*sides, target) is not None


def test_memory_is_bounded(tmp_path: Path) -> None:
    """Two hours (115 MB a side, made sparse: the samples are silence), within 30 MB over what importing costs."""
    for name in ("rx", "tx"):
        side = write_wav(tmp_path / f"{name}.wav", 8000, np.zeros(8, dtype=np.int16))
        with leave_unclosed(side).open("r+b") as file:
            file.truncate(44 + 2 * 3600 * 8000 * 2)
    code = (
        "import resource, sys; from pathlib import Path; from callcenter.media.sealing import seal\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "sealed = seal(*map(Path, sys.argv[1:])); assert sealed.seconds == 7200\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    files = [str(tmp_path / name) for name in ("rx.wav", "tx.wav", "sealed.wav")]
    grown = int(subprocess.run([sys.executable, "-c", code, *files], capture_output=True, check=True).stdout)
    assert grown < 30 * 1024  # KiB
