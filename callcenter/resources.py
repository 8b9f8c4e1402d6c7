"""Where the files that ship with the product stand: `schema/`, `ivr/`, `asr_models/`.

In a checkout they are top-level folders; in a wheel they lie under `callcenter/_resources`.
"""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent
_BUNDLED: Final = _PACKAGE / "_resources"
ROOT: Final = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent

SCHEMA: Final = ROOT / "schema"
IVR: Final = ROOT / "ivr"
MODELS: Final = ROOT / "asr_models"
