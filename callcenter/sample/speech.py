"""What the simulated people say: recorded clips where a folder of them is given, else espeak-ng's Mandarin."""

import subprocess
import tempfile
from pathlib import Path
from typing import Final

from callcenter.core.errors import Misconfigured
from callcenter.sample.rtp import clip

CALLER: Final = "你好，我家住在桐影里小区七号楼，早晚高峰自来水很小，热水器打不着火，已经半年了，请帮忙看看。"
AGENT: Final = "您好，请您说一下具体的楼层，是整栋楼都这样还是只有您一家？我马上为您登记。"


def speech_of(folder: Path | None) -> tuple[bytes, bytes]:
    """Caller's and agent's speech as 8 kHz A-law. The two longest recordings of `folder` are taken."""
    clips = sorted(folder.glob("*.wav"), key=lambda file: file.stat().st_size, reverse=True) if folder else []
    if len(clips) >= 2:
        return clip(clips[0]), clip(clips[1])
    return _synthesised(CALLER), _synthesised(AGENT)


def _synthesised(text: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="hotline-speech-") as folder:
        file = Path(folder) / "speech.wav"
        try:
            subprocess.run(
                ["espeak-ng", "-v", "cmn", "-w", str(file), "--stdin"], input=text.encode(), check=True, timeout=60
            )
        except FileNotFoundError as error:
            raise Misconfigured(cause="espeak-ng is not installed", remedy="run: apt-get install espeak-ng") from error
        return clip(file)
