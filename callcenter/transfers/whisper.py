"""The whispered summary (JC-16): a few words that only the answering party hears, spoken by espeak-ng. The sound lies
in Asterisk's folder under the transfer's id until the transfer is over; its name holds nothing of a citizen."""

import asyncio
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from callcenter.core.errors import DomainError
from callcenter.flows.model import Wording
from callcenter.flows.prompts import FOLDER, install_prompts
from callcenter.transfers.attempts import TransferId

log = structlog.get_logger(__name__)

PREFIX: Final = "summary-"
LEFT_OVER: Final = timedelta(hours=1)
"""A sound that is older belongs to a transfer that nobody followed to its end."""
_ENGLISH: Final = "A call is passed on to you."


def summary_text(matter: str, order_number: str, note: str, limit: int) -> str:
    """What is spoken: the matter, the order's number digit by digit, the agent's own words, cut to the limit."""
    parts = [f"12345热线转来{matter}" if matter else "12345热线转来电话"]
    if order_number:
        parts.append("工单号" + " ".join(c for c in order_number if c.isascii() and c.isalnum()))
    if note.strip():
        parts.append(" ".join(note.split()))
    return "。".join(parts)[: limit + 60]


class Whisperer:
    """`sounds` is Asterisk's sounds folder, as this server sees it."""

    def __init__(self, sounds: Path) -> None:
        self._sounds = sounds

    async def speak(self, transfer: TransferId, text: str) -> str:
        """The sound's name for the dialplan; '' when it could not be made, for a call is not held up by its summary."""
        try:
            await asyncio.to_thread(self._speak, _name(transfer), text)
        except DomainError as error:
            log.warning("summary_not_spoken", transfer=str(transfer), code=error.code)
            return ""
        return f"{FOLDER}/{_name(transfer)}"

    async def remove(self, transfer: TransferId) -> None:
        await asyncio.to_thread(self._remove, f"{_name(transfer)}.wav", None)

    async def sweep(self, now: datetime) -> None:
        """Sounds that an earlier run left behind."""
        await asyncio.to_thread(self._remove, f"{PREFIX}*.wav", now - LEFT_OVER)

    def _speak(self, name: str, text: str) -> None:
        with tempfile.TemporaryDirectory(prefix="hotline-summary-") as cache:  # what was said is kept nowhere else
            install_prompts({name: Wording(zh=text, en=_ENGLISH)}, cache=Path(cache), sounds=self._sounds)

    def _remove(self, pattern: str, before: datetime | None) -> None:
        for sound in self._sounds.glob(f"*/{FOLDER}/{pattern}"):
            if before is None or sound.stat().st_mtime < before.timestamp():
                sound.unlink(missing_ok=True)


def _name(transfer: TransferId) -> str:
    return f"{PREFIX}{transfer}"
