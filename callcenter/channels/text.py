"""One written form for what citizens and other platforms write (requirements A-19); pure. The original is kept beside.

Seed 001 is an article turned into traditional characters with Taiwan's terms, seed 003 one with pinyin behind rare
characters: a demand may come like either.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from opencc import OpenCC

TERMS: Final[Mapping[str, str]] = {
    "大資料": "大数据",
    "資料": "数据",
    "資訊": "信息",
    "排程": "调度",
    "名額": "指标",
    "回報": "反馈",
    "實作": "实现",
    "確定": "确保",
    "上司": "领导",
    "社群": "社区",
    "內建": "集成",
    "短闆": "短板",
    "數位": "数字",
    "網路": "网络",
    "軟體": "软件",
    "簡訊": "短信",
    "計程車": "出租车",
    "列印": "打印",
    "從業人員": "工作人员",
}
"""Taiwan's terms as they are written, and the word of the mainland for each."""

_AMBIGUOUS: Final = frozenset({"上司", "排程", "社群"})
"""The same in both scripts: changed only in a text that is traditional for another reason."""

_PINYIN: Final = re.compile(r"(?<=[㐀-鿿])[(（](?=[^)）]{1,8}[)）])[a-zA-ZüÜāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ·]+[)）]")
_TONE: Final = re.compile(r"[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹü]")
_SPACES: Final = re.compile(r"[ \t\f\v]+")
_LINES: Final = re.compile(r"\s*\n\s*")
_BETWEEN_HAN: Final = re.compile(r"(?<=[㐀-鿿，。；：！？、]) (?=[㐀-鿿])")
_DOTS: Final = re.compile(r"(?<=[㐀-鿿])\.{3,}|。{2,}|…+")
_HALF: Final[Mapping[str, str]] = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）"}
_NEAR_HAN: Final = re.compile(r"(?<=[㐀-鿿，。；：！？）”])[,;:!?()]|[()](?=[㐀-鿿])")
_STOP: Final = re.compile(r"(?<=[㐀-鿿])\.(?=\s|$|[㐀-鿿])")
_NO_MARKS: Final = re.compile(r"[^，；：！？（）…]+")
_QUOTES: Final = str.maketrans({"「": "“", "」": "”", "『": "‘", "』": "’"})
_INVISIBLE: Final = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Normalised:
    """`changes` names what was done: width, punctuation, pinyin, script, terms."""

    original: str
    text: str
    changes: tuple[str, ...]


@cache
def _converter() -> Any:
    return OpenCC("t2s")


def normalised(original: str) -> Normalised:
    """Full-width letters and digits become half-width, punctuation beside Chinese full-width, traditional characters
    and Taiwan's terms those of the mainland; `字(zì)` loses its pinyin. Twice is the same as once."""
    done: list[str] = []
    text = original

    def step(name: str, after: str) -> None:
        nonlocal text
        if after != text:
            done.append(name)
            text = after

    step("width", _plain(original))
    step("pinyin", _PINYIN.sub(_unless_word, text))
    step("punctuation", _punctuated(text))
    traditional = _script(text) != text
    step("terms", _with_terms(text, traditional=traditional))
    step("script", _script(text))
    return Normalised(original, text, tuple(done))


def _plain(text: str) -> str:
    """NFKC, but for Chinese punctuation, without what is invisible, line by line."""
    seen = _INVISIBLE.sub("", text).translate(_QUOTES)
    flat = _NO_MARKS.sub(lambda found: unicodedata.normalize("NFKC", found.group(0)), seen)
    return _LINES.sub("\n", _SPACES.sub(" ", flat)).strip()


def _unless_word(found: re.Match[str]) -> str:
    """Pinyin carries its tone: `(APP)` and `(etc)` stay."""
    inside = found.group(0)
    return "" if _TONE.search(inside) else inside


def _punctuated(text: str) -> str:
    before = None
    while before != text:  # a mark beside one that has just become Chinese
        before = text
        text = _STOP.sub("。", _DOTS.sub("……", text))
        text = _closed(_NEAR_HAN.sub(lambda found: _HALF[found.group(0)], text))
        text = _BETWEEN_HAN.sub("", text)
    return text


def _closed(text: str) -> str:
    """Brackets come in pairs of one width."""
    depth = 0
    out: list[str] = []
    for mark in text:
        if mark == "（":
            depth += 1
        elif mark == ")" and depth:
            mark = "）"  # noqa: PLW2901
        if mark == "）" and depth:
            depth -= 1
        out.append(mark)
    return "".join(out)


def _script(text: str) -> str:
    return str(_converter().convert(text))


def _with_terms(text: str, *, traditional: bool) -> str:
    for theirs, ours in TERMS.items():
        if theirs not in _AMBIGUOUS or traditional:
            text = text.replace(theirs, ours)
    return text
