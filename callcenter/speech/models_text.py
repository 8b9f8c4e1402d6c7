"""What `callcenter models` prints: which model is in use, how to install the official one, how a copy verified."""

from pathlib import Path

from callcenter.core.errors import DomainError
from callcenter.resources import MODELS
from callcenter.speech.config import SpeechConfig
from callcenter.speech.models import FileState, LockedModel, ModelVerdict, find_model, read_lock, verify_model

_STATES = {
    FileState.OK: "正确 ok",
    FileState.MISSING: "缺失 missing",
    FileState.WRONG_SIZE: "大小不符 wrong size",
    FileState.WRONG_SHA256: "SHA-256 不符 wrong SHA-256",
}


def explain_models(config: SpeechConfig, models: Path = MODELS) -> str:
    """Chinese first, English beside it. Never raises: a missing or broken model is what it explains."""
    return "\n".join([_present(config, models), "", *map(_install, read_lock().models)])


def _present(config: SpeechConfig, models: Path) -> str:
    try:
        return f"当前语音模型 Model in use: {find_model(config, models)}"
    except DomainError as error:
        return f"当前没有可用的语音模型：{error.text('zh')}\nNo usable speech model: {error.text('en')}"


def _install(model: LockedModel) -> str:
    place = MODELS / model.name
    files = "\n".join(f"    {file.sha256}  {file.size:>10}  {file.path}" for file in model.files)
    return (
        f"安装官方模型 Official model: {model.name}（{model.bytes / 1e6:.0f} MB）\n"
        f"  1. 从官方模型页下载 Download {model.archive} from the official page: {model.source}\n"
        f"     SHA-256 {model.archive_sha256}\n"
        f"  2. 解压到 Unpack it to {place}\n"
        f"     （或设置 or set HOTLINE_SPEECH__MODEL_PATH）\n"
        f"  3. 校验 Verify it: callcenter models --verify {place}\n"
        "     正在等待的录音随后自动转写 Waiting recordings are then transcribed by themselves.\n"
        f"  文件清单 Files (SHA-256, bytes, path):\n{files}"
    )


def verdict_text(folder: Path, verdict: ModelVerdict) -> str:
    lines = [f"缺少 lacks: {part}" for part in verdict.lacking]
    if verdict.official is None:
        lines.append("清单中没有这个模型，只检查了结构 Not in the lock file: only its shape was checked")
    lines += [f"{_STATES[file.state]}  {file.path}" for file in verdict.files]
    lines.append(f"{'校验通过 good' if verdict.good else '校验未通过 not good'}: {folder}")
    return "\n".join(lines)


def verify_command(folder: Path, name: str | None = None) -> tuple[bool, str]:
    """For the command line: whether the copy is good, and the text to print."""
    verdict = verify_model(folder, name)
    return verdict.good, verdict_text(folder, verdict)
