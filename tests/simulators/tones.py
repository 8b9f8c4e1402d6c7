"""Sounds that can be told apart."""

import numpy as np
from numpy.typing import NDArray


def tone(hertz: float, seconds: float = 2.0) -> NDArray[np.int16]:
    """A steady tone, 8 kHz."""
    at = np.arange(int(seconds * 8000)) / 8000
    return (8000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16)
