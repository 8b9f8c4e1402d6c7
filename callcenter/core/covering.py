"""Free text as somebody may read it who may not see the citizen. Pure."""

import re
from typing import Final

_NUMBER: Final = re.compile(r"(?<!\d)\+?\d[\d\- ]{5,}\d(?!\d)")


def without_numbers(text: str) -> str:
    """What could be a telephone or identity number is covered."""
    return _NUMBER.sub("***", text)
