"""What each kind of notice says, in both languages. A slot is a number, a name of an org, a date or a word of the
house: never a citizen's name, number, address or words (XY-12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`must_read`: whoever leaves it unread too long is telephoned (XY-12)."""

    zh: str
    en: str
    must_read: bool = False


WORDS: Final[Mapping[str, Words]] = {
    "notice_unread": Words(
        zh="通知“{kind}”已逾{hours}小时未读，请电话提醒{org}",
        en="the notice “{kind}” has been unread for {hours} hours: please telephone {org}",
    ),
}


def said(kind: str, words: Mapping[str, str], language: str) -> str:
    """The text of a notice. Raises KeyError for an unknown kind or an empty slot: both are faults of the program."""
    of = WORDS[kind]
    return (of.zh if language == "zh" else of.en).format(**words)
