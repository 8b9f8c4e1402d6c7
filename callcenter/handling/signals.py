"""Signs that a reply is perfunctory (敷衍, SG-11): a score with its reasons, for people to judge.

Nothing in the house acts on the score by itself; it is shown to the reviewer and to the inspector. Pure.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from callcenter.handling.replies import forward_only, left_open, plain, unedited

SHORT: Final = 20
LIKELY: Final = 40
"""From this score on, the order comes up on the list of replies to look at."""

_TIME: Final = re.compile(r"\d{1,2}\s*[月日时点:：]|上午|下午|今日|当日|昨日|近期|[一二三四五六七八九十]+[月日]")
_PLACE: Final = re.compile(r"[路街道巷弄号楼栋幢室村组社区小区站桥园]|现场|门口|附近")
_MEASURE: Final = re.compile(r"修|清|拆|换|装|查|联系|协调|安排|整改|劝|罚|退|疏|约谈|督促|告知|解释|核")
_SAME: Final = 0.9
_ON_TOPIC: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the judgement rests on. `earlier` are replies to this order's former rounds and to the unit's last orders;
    `resolved` is the citizen's answer, None when there is none yet."""

    text: str
    demand: str
    claimed: str
    earlier: Sequence[str] = ()
    templates: Sequence[str] = ()
    contacts: int = 0
    resolved: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    code: str
    weight: int
    zh: str
    en: str


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters: a measure of what a Chinese text is about."""
    said = plain(text)
    return frozenset(said[i : i + 2] for i in range(len(said) - 1))


def likeness(one: str, other: str) -> float:
    """Jaccard's measure over pairs of characters: 0 nothing in common, 1 the same."""
    a, b = pairs_of(one), pairs_of(other)
    return len(a & b) / len(a | b) if a | b else 0.0


def _vague(reply: Reply) -> bool:
    return not any(sign.search(reply.text) for sign in (_TIME, _PLACE)) or not _MEASURE.search(reply.text)


def _off_topic(reply: Reply) -> bool:
    about = pairs_of(reply.demand)
    return bool(about) and len(about & pairs_of(reply.text)) / len(about) < _ON_TOPIC


_TESTS: Final[Mapping[Signal, Callable[[Reply], bool]]] = {
    Signal(code="short", weight=30, zh="答复过短", en="the reply is very short"): lambda r: len(plain(r.text)) < SHORT,
    Signal(code="template", weight=40, zh="与模板相同或有未填项", en="an unedited template or empty slots"): lambda r: (
        unedited(r.text, r.templates) or bool(left_open(r.text))
    ),
    Signal(code="vague", weight=20, zh="缺少时间、地点或措施", en="no time and place, or no measure"): _vague,
    Signal(code="off_topic", weight=20, zh="与诉求内容不相关", en="not about what was asked"): _off_topic,
    Signal(code="repeated", weight=30, zh="与以前的答复雷同", en="the same as an earlier reply"): lambda r: any(
        likeness(r.text, before) >= _SAME for before in r.earlier
    ),
    Signal(code="forward_only", weight=40, zh="仅说明已转交", en="only says that it was passed on"): lambda r: (
        forward_only(r.text)
    ),
    Signal(
        code="contradicted", weight=40, zh="称已解决而诉求人答未解决", en="says solved, the citizen says not"
    ): lambda r: r.claimed == "resolved" and r.resolved is False,
    Signal(code="no_contact", weight=30, zh="没有与诉求人联系的记录", en="no contact with the citizen"): lambda r: (
        r.contacts == 0
    ),
}


def signals(reply: Reply) -> tuple[Signal, ...]:
    """In the order of the table."""
    return tuple(signal for signal, shows in _TESTS.items() if shows(reply))


def score(found: Sequence[Signal]) -> int:
    """0 to 100; from `LIKELY` on somebody should read the reply."""
    return min(100, sum(signal.weight for signal in found))
