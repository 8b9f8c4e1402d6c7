"""Vosk behind the port. Imported only in recogniser processes: importing vosk loads its library."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import vosk

from callcenter.speech.errors import ModelBroken
from callcenter.speech.recogniser import UNKNOWN, Segment, Word, segment_of


def load_model(path: Path) -> Any:
    """Raises ModelBroken when Vosk refuses the folder. A damaged file can also end the process: Vosk loads a graph that
    it cannot use without a word, so the model is tried before anything is entrusted to it."""
    vosk.SetLogLevel(-1)
    try:
        model = vosk.Model(str(path))
        trial = VoskRecogniser(model, 8000)
        trial.feed(bytes(8000))
        trial.finish()
    except Exception as error:  # vosk raises bare Exception
        raise ModelBroken(name=path.name, reason="Vosk cannot load it") from error
    return model


class VoskRecogniser:
    """One voice: open dictation, or one of the `phrases` only (words parted by blanks, as the model knows them)."""

    def __init__(self, model: Any, rate: int, phrases: Sequence[str] = ()) -> None:
        grammar = (json.dumps([*phrases, UNKNOWN], ensure_ascii=False),) if phrases else ()
        self._kaldi = vosk.KaldiRecognizer(model, rate, *grammar)
        self._kaldi.SetWords(True)

    def feed(self, pcm: bytes) -> Segment | None:
        return _segment(self._kaldi.Result()) if pcm and self._kaldi.AcceptWaveform(pcm) else None

    def finish(self) -> Segment | None:
        return _segment(self._kaldi.FinalResult())


def _segment(result: str) -> Segment | None:
    words = json.loads(result).get("result", [])
    return segment_of([Word(word["word"], word["start"], word["end"], word["conf"]) for word in words])
