"""The music of those who wait: there, loud and long enough, and without a jump when it begins anew."""

import wave
from pathlib import Path

import numpy as np

from callcenter.pbx.music import FILE, RATE, compose, install_music


def test_it_is_soft_never_silent_and_long() -> None:
    music = compose().astype(np.float64) / 32768
    assert 35 < len(music) / RATE < 60
    assert 0.15 < np.max(np.abs(music)) < 0.3
    seconds = music[: len(music) // RATE * RATE].reshape(-1, RATE)
    assert np.min(np.sqrt(np.mean(seconds**2, axis=1))) > 0.005
    assert abs(music[0]) < 0.001
    assert abs(music[-1]) < 0.001


def test_a_folder_without_sound_gets_it_and_an_operators_own_music_stays(tmp_path: Path) -> None:
    install_music(tmp_path / "new")
    with wave.open(str(tmp_path / "new" / FILE)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "theirs.wav").write_bytes(b"RIFF")
    install_music(tmp_path / "own")
    assert [file.name for file in (tmp_path / "own").iterdir()] == ["theirs.wav"]
