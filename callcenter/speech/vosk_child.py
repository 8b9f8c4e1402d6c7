"""A recogniser process: `python -m callcenter.speech.vosk_child MODEL`. One model, one recording at a time.

Lines of JSON: in, `{"path"}`, with `"phrases"` where only these may be heard; out, `{"ready"}` once, then per recording
`{"at_ms"}` (alive), `{"segment"}`, and at the end `{"done"}` or `{"error"}`. It ends when its input does, so it cannot
outlive the worker that started it.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from callcenter.core.errors import DomainError
from callcenter.speech.audio import open_audio
from callcenter.speech.recogniser import Recogniser, Segment

Make = Callable[[int, Sequence[str]], Recogniser]
Say = Callable[[dict[str, Any]], None]
NICENESS = 5  # transcripts can wait, calls on the same machine cannot


def recognise(path: Path, phrases: Sequence[str], make: Make, say: Say) -> None:
    """One recogniser per channel, fed side by side, so that memory does not grow with the length."""
    with open_audio(path) as audio:
        voices = [make(audio.rate, phrases) for _ in range(audio.channels)]
        samples = 0
        for block in audio.blocks:
            for channel, (voice, pcm) in enumerate(zip(voices, block, strict=True)):
                _say_segment(say, channel, voice.feed(pcm))
            samples += len(block[0]) // 2
            say({"at_ms": samples * 1000 // audio.rate})
        for channel, voice in enumerate(voices):
            _say_segment(say, channel, voice.finish())
        say({"done": {"seconds": samples / audio.rate, "channels": audio.channels}})


def _say_segment(say: Say, channel: int, segment: Segment | None) -> None:
    if segment:
        say({"segment": {"channel": channel, **asdict(segment)}})


def _error(error: DomainError) -> dict[str, Any]:
    return {"error": {"code": error.code, "fields": {name: str(value) for name, value in error.fields.items()}}}


def serve(make: Make, asked: TextIO, say: Say) -> None:
    for line in asked:
        try:
            wanted = json.loads(line)
            recognise(Path(wanted["path"]), wanted.get("phrases", ()), make, say)
        except DomainError as error:
            say(_error(error))
        except OSError as error:
            say({"error": {"code": "audio-unreadable", "fields": {"reason": type(error).__name__}}})


def main() -> None:
    # Kaldi and ffmpeg may print; the protocol keeps the true standard output for itself.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    os.nice(NICENESS)

    def say(message: dict[str, Any]) -> None:
        out.write(json.dumps(message) + "\n")

    from callcenter.speech.vosk_recogniser import VoskRecogniser, load_model

    try:
        model = load_model(Path(sys.argv[1]))
    except DomainError as error:
        say(_error(error))
        return
    say({"ready": True})
    with suppress(BrokenPipeError, KeyboardInterrupt):
        serve(lambda rate, phrases: VoskRecogniser(model, rate, phrases), sys.stdin, say)


if __name__ == "__main__":
    main()
