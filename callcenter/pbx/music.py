"""Music for those who wait: composed here, so that nobody holds rights in it, and made once as 8 kHz WAV."""

import os
import wave
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 8000
FILE: Final = "gentle.wav"
_SOUNDS: Final = frozenset({".wav", ".alaw", ".ulaw", ".sln", ".g722"})
_BEAT: Final = 0.6
"""Seconds: a hundred beats a minute."""
_FADE: Final = 0.5
_PEAK: Final = 0.22
"""Soft: about 13 dB below full scale, so that an announcement stands out."""
_MELODY: Final = (
    *(0, 2, 4, 7, 9, 7, 4, 2, 4, 7, 9, 12, 9, 7, 4, None),
    *(7, 9, 12, 14, 12, 9, 7, 4, 2, 4, 7, 4, 2, 0, None, None),
    *(9, 7, 4, 7, 9, 12, 14, 12, 9, 12, 9, 7, 4, 7, 2, None),
    *(4, 2, 0, 2, 4, 7, 9, 7, 4, 2, 4, 2, 0, -3, 0, None),
)
"""Semitones above C5, a beat each: a pentatonic (五声) tune, in which no two tones clash."""
_BASS: Final = (-24, -15, -20, -17) * 4
"""One tone for each bar of four beats."""


def compose() -> NDArray[np.int16]:
    """38 s that end as softly as they begin, for they are played over and over; 8 kHz."""
    length = int(len(_MELODY) * _BEAT * RATE)
    sound = np.zeros(length)
    for beat, tone in enumerate(_MELODY):
        if tone is not None:
            _strike(sound, beat * _BEAT, tone, seconds=1.4, loudness=1.0)
    for bar, tone in enumerate(_BASS):
        _strike(sound, bar * 4 * _BEAT, tone, seconds=2.6, loudness=0.7)
    ramp = np.linspace(0.0, 1.0, int(_FADE * RATE))
    sound[: len(ramp)] *= ramp
    sound[-len(ramp) :] *= ramp[::-1]
    made: NDArray[np.int16] = (sound * (_PEAK * 32767 / np.max(np.abs(sound)))).astype(np.int16)
    return made


def _strike(sound: NDArray[np.float64], at: float, tone: int, *, seconds: float, loudness: float) -> None:
    """A soft bell: three partials that die away, the higher the sooner."""
    begin = int(at * RATE)
    clock = np.arange(min(int(seconds * RATE), len(sound) - begin)) / RATE
    hertz = 523.25 * 2 ** (tone / 12)
    for partial, strength in ((1, 1.0), (2, 0.35), (3, 0.12)):
        decay = np.exp(-clock * 2.2 * partial) * np.minimum(clock / 0.015, 1.0)
        sound[begin : begin + len(clock)] += loudness * strength * decay * np.sin(2 * np.pi * hertz * partial * clock)


def install_music(folder: Path) -> None:
    """Unless the folder has a sound already: the operator's own music stays. Asterisk may be playing what is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(file.suffix in _SOUNDS for file in folder.iterdir()):
        return
    new = folder / f".{FILE}.{os.getpid()}.new"
    with wave.open(str(new), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(compose().tobytes())
    new.replace(folder / FILE)
