"""Finding, explaining and verifying a speech model, with the real test model and damaged copies of it."""

import hashlib
import shutil
from pathlib import Path

import pytest

from callcenter.core.errors import Misconfigured
from callcenter.speech import models as subject
from callcenter.speech.config import SpeechConfig
from callcenter.speech.errors import ModelBroken, ModelMissing
from callcenter.speech.models import FileState, LockedFile, LockedModel, ModelLock, find_model, lacking, verify_model
from callcenter.speech.models_text import explain_models, verify_command
from tests.speech_material import SHARED, Material

OFFICIAL = "vosk-model-small-cn-0.22"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    copy = tmp_path / "models" / "some-model"
    shutil.copytree(Material().model, copy, copy_function=shutil.copyfile)
    for folder in (copy, *copy.rglob("*")):
        folder.chmod(0o755)
    return copy


def test_setting_comes_first(model: Path, tmp_path: Path) -> None:
    assert find_model(SpeechConfig(model_path=Material().model), model.parent) == Material().model
    with pytest.raises(ModelMissing) as missing:
        find_model(SpeechConfig(model_path=tmp_path / "not-there"), model.parent)
    assert "not-there" in missing.value.text("zh")


def test_any_whole_folder_the_official_name_first(model: Path) -> None:
    config = SpeechConfig()
    assert find_model(config, model.parent) == model
    (model.parent / "a-broken-one").mkdir()
    assert find_model(config, model.parent) == model
    official = model.rename(model.with_name(OFFICIAL))
    shutil.copytree(official, model.with_name("aaa"))
    assert find_model(config, model.parent) == official


def test_nothing_there(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "not-made"):
        with pytest.raises(ModelMissing):
            find_model(SpeechConfig(), folder)


@pytest.mark.parametrize("part", ["am/final.mdl", "conf/fbank.conf", "graph/HCLr.fst", "graph/Gr.fst"])
def test_folder_that_lacks_a_part_is_broken(model: Path, part: str) -> None:
    (model / part).write_bytes(b"")
    assert part in " ".join(lacking(model))
    with pytest.raises(ModelBroken) as broken:
        find_model(SpeechConfig(), model.parent)
    assert part in broken.value.text("en")


def test_mfcc_serves_as_well_as_fbank(model: Path) -> None:
    (model / "conf" / "fbank.conf").rename(model / "conf" / "mfcc.conf")
    assert not lacking(model)


def test_verifying_tells_each_file(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against a lock made of the test model's own files: the official ones are not at hand."""
    files = [file for file in sorted(model.rglob("*")) if file.is_file()]
    locked = tuple(
        LockedFile(
            path=file.relative_to(model).as_posix(),
            size=file.stat().st_size,
            sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        )
        for file in files
    )
    official = LockedModel(name="some-model", language="zh-CN", source="", archive="", archive_sha256="", files=locked)
    monkeypatch.setattr(subject, "read_lock", lambda: ModelLock(models=(official,)))
    assert verify_model(model).good
    (model / "README").unlink()
    (model / "conf" / "model.conf").write_bytes(b"--beam=1\n")
    with (model / "am" / "final.mdl").open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\1\2\3")
    bad = {verdict.path: verdict.state for verdict in verify_model(model).files if verdict.state is not FileState.OK}
    assert bad == {
        "README": FileState.MISSING,
        "conf/model.conf": FileState.WRONG_SIZE,
        "am/final.mdl": FileState.WRONG_SHA256,
    }
    good, text = verify_command(model)
    assert not good
    assert "wrong SHA-256  am/final.mdl" in text


def test_unknown_name_is_checked_by_shape_only(model: Path) -> None:
    verdict = verify_model(model)
    assert (verdict.official, verdict.files, verdict.good) == (None, (), True)
    assert not verify_model(model, OFFICIAL).good


def test_lock_file_holds_the_official_model() -> None:
    (official,) = subject.read_lock().models
    lines = (SHARED / "asr_models" / f"{OFFICIAL}.sha256.txt").read_text().splitlines()
    told = {tuple(line.split()) for line in lines if not line.startswith("#") and ".zip" not in line}
    assert {(file.sha256, str(file.size), file.path) for file in official.files} == told
    assert official.name == OFFICIAL


def test_explanation_names_what_to_install_and_where(tmp_path: Path) -> None:
    text = explain_models(SpeechConfig(), tmp_path)
    assert "当前没有可用的语音模型" in text
    sums = [file.sha256 for file in subject.read_lock().models[0].files]
    assert all(told in text for told in (OFFICIAL, "alphacephei.com/vosk/models", *sums))
    assert str(Material().model) in explain_models(SpeechConfig(model_path=Material().model))


def test_unreadable_lock_file(tmp_path: Path) -> None:
    bad = tmp_path / "models.lock.json"
    bad.write_text('{"models": [{"name": 1}]}')
    with pytest.raises(Misconfigured):
        subject.read_lock(bad)
