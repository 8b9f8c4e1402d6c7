"""How complete a demand is (B-26 five elements; SG-30 what, where, when, who, demand, contact, evidence); pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

WANTED: Final = re.compile(r"希望|要求|请|诉求|建议|咨询|想知道|尽快|查处|处理|解决|[?？]")
CAUSE: Final = re.compile(r"因为|由于|原因|导致|造成|起因|引起|没有|缺|坏|漏|堵|停|占|噪|臭|破|断|不")
COURSE: Final = re.compile(r"后|然后|目前|已经|至今|多次|曾|昨|今|前天|上周|从|自|一直|每天|连续|[0-9]+[天日月年点]")
ENOUGH: Final = 60
"""Points from which a unit can begin without asking the citizen again (SG-30)."""
_LONG: Final = 12
"""Characters below which a text can hardly tell cause and course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was taken down. `contact`: a number, or the call it came by."""

    title: str
    content: str
    address: str = ""
    happened_at: datetime | None = None
    caller_name: str = ""
    anonymous: bool = False
    contact: bool = False
    evidence: int = 0
    located: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    code: str
    points: int
    there: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """`score` 0 … 100. `acceptable`: unclear elements may wait as long as the citizen can be asked (B-26)."""

    score: int
    elements: tuple[Element, ...]
    acceptable: bool

    @property
    def missing(self) -> tuple[Element, ...]:
        return tuple(element for element in self.elements if not element.there)


def completeness(told: Told) -> Completeness:
    text = f"{told.title}\n{told.content}"
    long = len(told.content.strip()) >= _LONG
    elements = (
        Element("who", 15, bool(told.caller_name.strip()) or told.anonymous, "来电人姓名", "caller's name"),
        Element("when", 15, told.happened_at is not None, "时间", "time"),
        Element("where", 20, bool(told.address.strip()) or told.located, "地址", "address"),
        Element("cause", 15, long and bool(CAUSE.search(text)), "事情起因", "cause"),
        Element("course", 10, long and bool(COURSE.search(text)), "事情经过", "course"),
        Element("demand", 10, bool(WANTED.search(text)), "诉求", "what is wanted"),
        Element("contact", 10, told.contact, "联系方式", "a number to ring"),
        Element("evidence", 5, told.evidence > 0, "佐证材料", "evidence"),
    )
    score = sum(element.points for element in elements if element.there)
    return Completeness(score, elements, told.contact or score >= ENOUGH)
