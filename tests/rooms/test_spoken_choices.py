"""A spoken choice is recognised by a real model with a grammar of the flow's own words; without one the keys remain."""

import shutil
from pathlib import Path

import pytest

from callcenter.app.flow_answers import SpokenWords
from callcenter.core.errors import Misconfigured
from callcenter.speech.choices import SpokenChoices, open_choices
from callcenter.speech.config import SpeechConfig
from tests.speech_material import Clip, Material, write_wav

NEWS, GROWTH = "新闻 上 都 在 播 呢", "同比 前年 增长 五 成"


@pytest.fixture(scope="module")
def material() -> Material:
    return Material()


def spoken(folder: Path, clip: Clip) -> Path:
    return write_wav(folder / "speech-pbx1-1.0-1.wav", 8000, clip.samples(8000))


async def test_the_phrase_that_was_said_is_found_among_the_others(tmp_path: Path, material: Material) -> None:
    config = SpeechConfig(model_path=material.model)
    choices = SpokenChoices(config, material.model)
    words = SpokenWords(tmp_path)
    try:
        assert not words.ready
        words.choices = choices
        assert not words.ready, "the model is not loaded yet"
        await choices.warm_up()
        assert words.ready
        file = spoken(tmp_path, material.clip("aishell3_SSB00120415"))
        assert await words.recognise(file.stem, [GROWTH, NEWS]) == NEWS
        assert not file.exists(), "what was said is not kept"
        other = spoken(tmp_path, material.clip("aishell1_st_audio_2"))
        assert await words.recognise(other.stem, [GROWTH, NEWS]) == ""
    finally:
        await choices.close()


async def test_without_a_model_nothing_is_started(tmp_path: Path, material: Material) -> None:
    async with open_choices(SpeechConfig(model_path=tmp_path / "none"), wanted=True) as choices:
        assert choices is None
    async with open_choices(SpeechConfig(model_path=material.model), wanted=False) as choices:
        assert choices is None
    words = SpokenWords(tmp_path)
    file = spoken(tmp_path, material.clip("aishell3_SSB00120415"))
    with pytest.raises(Misconfigured):
        await words.recognise(file.stem, [NEWS])
    assert not file.exists()


async def test_a_model_that_cannot_be_loaded_leaves_the_keys(tmp_path: Path, material: Material) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(material.model, broken)
    (broken / "am" / "final.mdl").write_bytes(b"\0" * 1000)
    choices = SpokenChoices(SpeechConfig(model_path=broken), broken)
    await choices.warm_up()
    assert not choices.ready
    await choices.close()
