"""How a supervisor is in a call, as tables (line 6 of the telephone side): what may follow what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from callcenter.supervision.errors import SwitchRefused


class Mode(StrEnum):
    """LISTEN: heard by nobody. WHISPER: heard by the agent only. BARGE: heard by both. TAKE_OVER: the supervisor talks
    with the caller, and the agent is out."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"
    TAKE_OVER = "take_over"


SPYING: Final = frozenset({Mode.LISTEN, Mode.WHISPER, Mode.BARGE})
"""Modes in which the call itself stays as it is."""

NEXT: Final[Mapping[Mode, frozenset[Mode]]] = {
    Mode.LISTEN: frozenset({Mode.WHISPER, Mode.BARGE, Mode.TAKE_OVER}),
    Mode.WHISPER: frozenset({Mode.LISTEN, Mode.BARGE, Mode.TAKE_OVER}),
    Mode.BARGE: frozenset({Mode.LISTEN, Mode.WHISPER, Mode.TAKE_OVER}),
    Mode.TAKE_OVER: frozenset(),
}
"""A call that was taken over cannot be given back by a switch: the agent has gone."""

ZH: Final[Mapping[Mode, str]] = {
    Mode.LISTEN: "监听",
    Mode.WHISPER: "耳语",
    Mode.BARGE: "强插",
    Mode.TAKE_OVER: "接管",
}

ACTS: Final[Mapping[Mode, str]] = {
    Mode.LISTEN: "call_listened",
    Mode.WHISPER: "call_whispered",
    Mode.BARGE: "call_barged",
    Mode.TAKE_OVER: "call_taken_over",
}
"""Their names in the audit trail (B-29)."""


def switch(mode: Mode, wanted: Mode) -> Mode:
    """Raises SwitchRefused for what the table does not list; the mode that is already there is no switch."""
    if wanted is not mode and wanted not in NEXT[mode]:
        raise SwitchRefused(mode=mode.value, wanted=wanted.value, mode_zh=ZH[mode], wanted_zh=ZH[wanted])
    return wanted
