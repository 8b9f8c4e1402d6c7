"""Prompts are made once, fit for 8 kHz, and refused when nobody could hear them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from callcenter.core.errors import Misconfigured
from callcenter.flows.files import read_prompts
from callcenter.flows.part import Wording
from callcenter.flows.prompts import UNUSED_FOR, check_prompt, install_prompts, remove_unused
from callcenter.pbx.host import default_cache
from callcenter.resources import IVR

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
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_call_keeps_the_sounds_it_began_with(tmp_path: Path) -> None:
    cache, sounds = tmp_path / "cache", tmp_path / "sounds"
    before = install_prompts({"hello": TEXT}, cache=cache, sounds=sounds)
    after = install_prompts({"hello": Wording(zh="请按一。", en=TEXT.en)}, cache=cache, sounds=sounds)
    files = [sounds / "zh" / f"{book.sound('hello')}.wav" for book in (before, after)]
    assert len({file.read_bytes() for file in files}) == 2
    assert (sounds / "zh" / "hotline" / "hello.wav").read_bytes() == files[1].read_bytes(), "the dialplan's is the new"
    now = datetime.now(UTC)
    remove_unused(after, sounds, now)
    assert files[0].exists(), "a call may still need it"
    remove_unused(after, sounds, now + UNUSED_FOR + timedelta(minutes=1))
    assert [file.exists() for file in files] == [False, True]


def test_a_recorded_voice_goes_before_espeak_and_is_checked_like_it(tmp_path: Path) -> None:
    recorded = tmp_path / "recorded" / "zh"
    recorded.mkdir(parents=True)
    soundfile.write(recorded / "hello.wav", np.full(12000, 0.3), 8000, subtype="PCM_16")
    places = {"cache": tmp_path / "cache", "sounds": tmp_path / "sounds", "recorded": tmp_path / "recorded"}
    install_prompts({"hello": TEXT}, **places)
    heard = {lang: (tmp_path / "sounds" / lang / "hotline" / "hello.wav").read_bytes() for lang in ("zh", "en")}
    assert heard["zh"] == (recorded / "hello.wav").read_bytes() != heard["en"]
    soundfile.write(recorded / "hello.wav", np.zeros(12000), 8000)
    with pytest.raises(Misconfigured, match="hello.wav is silent"):
        install_prompts({"hello": TEXT}, **places)


def test_a_prompt_without_english_is_made_in_chinese_only(tmp_path: Path) -> None:
    install_prompts({"hello": Wording(zh=TEXT.zh)}, cache=tmp_path / "cache", sounds=tmp_path / "sounds")
    assert (tmp_path / "sounds" / "zh" / "hotline" / "hello.wav").exists()
    assert not (tmp_path / "sounds" / "en").exists()


def test_every_shipped_prompt_is_fit_to_be_heard(tmp_path: Path) -> None:
    """By numbers: 8 kHz mono, loud enough, as long as its text promises (2 to 9 syllables a second)."""
    texts = read_prompts(IVR / "prompts" / "prompts.yaml")
    install_prompts(texts, cache=default_cache() / "prompts", sounds=tmp_path)
    for name, wording in texts.items():
        seconds = check_prompt(tmp_path / "zh" / "hotline" / f"{name}.wav").total_seconds()
        syllables = sum("一" <= sign <= "鿿" for sign in wording.zh)
        if name != "beep":
            assert syllables / 9 <= seconds <= syllables / 2 + 0.5, (name, seconds)


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
