"""Prompts are made once, fit for 8 kHz, and refused when nobody could hear them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from callcenter.core.errors import Misconfigured
from callcenter.flows.model import Wording
from callcenter.flows.prompts import check_prompt, install_prompts

TEXT = Wording(zh="您好，请稍候。", en="Hello, please hold.")


def test_a_prompt_is_made_in_every_language_and_only_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, sounds = tmp_path / "cache", tmp_path / "sounds"
    book = install_prompts({"hello": TEXT}, cache=cache, sounds=sounds)
    for language in ("zh", "en"):
        length = check_prompt(sounds / language / "hotline" / "hello.wav")
        assert length <= book.length("hello")
    assert len(list(cache.glob("*.wav"))) == 2
    monkeypatch.setenv("PATH", "")
    assert install_prompts({"hello": TEXT}, cache=cache, sounds=sounds) == book
    with pytest.raises(Misconfigured, match="espeak-ng is not installed"):
        install_prompts({"other": Wording(zh="再见。", en="Bye.")}, cache=cache, sounds=sounds)


def test_a_sound_that_is_right_stays_and_a_changed_one_is_replaced_as_a_whole(tmp_path: Path) -> None:
    cache, sounds = tmp_path / "cache", tmp_path / "sounds"
    install_prompts({"hello": TEXT}, cache=cache, sounds=sounds)
    folder = sounds / "zh" / "hotline"
    file = folder / "hello.wav"
    first = file.stat()
    with file.open("rb") as heard_now:
        install_prompts({"hello": TEXT}, cache=cache, sounds=sounds)
        assert (file.stat().st_ino, file.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
        before = file.read_bytes()
        install_prompts({"hello": Wording(zh="请按一。", en=TEXT.en)}, cache=cache, sounds=sounds)
        assert heard_now.read() == before
    assert file.read_bytes() != before
    assert [path.name for path in folder.iterdir()] == ["hello.wav"]


@pytest.mark.parametrize(
    ("samples", "rate", "said"),
    [
        (np.zeros(8000), 8000, "is silent"),
        (np.full(800, 0.3), 8000, "0.1 s long"),
        (np.full(8000 * 61, 0.3), 8000, "61.0 s long"),
        (np.full(16000, 0.3), 16000, "16000 Hz with 1 channels"),
        (np.full((8000, 2), 0.3), 8000, "8000 Hz with 2 channels"),
    ],
)
def test_a_prompt_that_nobody_could_follow_is_refused(tmp_path: Path, samples: object, rate: int, said: str) -> None:
    soundfile.write(tmp_path / "x.wav", samples, rate)
    with pytest.raises(Misconfigured) as refused:
        check_prompt(tmp_path / "x.wav")
    assert said in str(refused.value)


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"RIFF")
    with pytest.raises(Misconfigured, match="cannot be read"):
        check_prompt(tmp_path / "x.wav")
