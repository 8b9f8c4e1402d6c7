"""Sounds that can be told apart."""

import numpy as np
from numpy.typing import NDArray


def tone(hertz: float, seconds: float = 2.0) -> NDArray[np.int16]:
    """A steady tone, 8 kHz."""
    at = np.arange(int(seconds * 8000)) / 8000
    return (8000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


def strength(heard: NDArray[np.int16], hertz: float) -> float:
    """The amplitude of `hertz` in the last 0.4 s of `heard`, 8 kHz; of other sounds next to nothing."""
    last = heard[-3200:].astype(np.float64)
    if len(last) < 3200:
        return 0.0
    window = np.hanning(len(last))
    turning = np.exp(-2j * np.pi * hertz * np.arange(len(last)) / 8000)
    return float(2 * np.abs(np.sum(last * window * turning)) / np.sum(window))
