"""What people call the clocks, in both languages; a rule set's own clock goes by its public name."""

from collections.abc import Iterable, Mapping
from typing import Final

CLOCK_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "accept": ("先行接单", "acceptance"),
    "contact": ("先行联系", "first contact"),
    "handle": ("首次处置", "first handling"),
    "handle2": ("再次处置", "handling again"),
    "outer": ("上报时限", "limit towards the district"),
    "upper": ("上级要求时限", "upper platform's limit"),
    "callback": ("回访", "call-back"),
    "phase2": ("第二个五日", "second five days"),
    "return": ("退单", "return"),
    "return_review": ("退单审核", "review of a return"),
    "class_a": ("甲类答复", "reply, class A"),
    "class_b": ("乙类答复", "reply, class B"),
    "class_c": ("丙类答复（市级）", "reply, class C, towards the city"),
    "class_c_internal": ("丙类答复（区内）", "reply, class C, within the district"),
    "qc": ("质控", "quality window"),
}


OWING: Final[Mapping[str, tuple[str, str]]] = {
    "unit": ("承办单位", "the unit"),
    "centre": ("派单中心", "the centre"),
    "street": ("街镇中心", "the street's centre"),
    "district": ("区级中心", "the district's centre"),
    "city": ("市级中心", "the city's centre"),
    "citizen": ("诉求人", "the citizen"),
    "upper": ("上级平台", "the upper platform"),
}
"""Who owes a duty, and to whom."""
STARTS: Final[Mapping[str, tuple[str, str]]] = {
    "intake": ("受理", "intake"),
    "district_dispatch": ("区级派单", "the district's dispatch"),
    "street_dispatch": ("街镇派单", "the street's dispatch"),
    "dispatched": ("派单", "dispatch"),
    "accept": ("接单", "acceptance"),
    "redispatch": ("预警后再派", "the dispatch after a warning"),
    "rehandled": ("预警后再派", "the dispatch after a warning"),
    "submit": ("提交", "submission"),
    "submitted": ("提交", "submission"),
    "return_requested": ("申请退单", "the request to return"),
}
"""What starts a clock; a kind of move that is none of these goes by its own name."""
BASES: Final[Mapping[str, tuple[str, str]]] = {
    "enacted": ("文件载明", "says the document"),
    "published": ("文件落款日期", "date of the document"),
    "assumed": ("暂定", "assumed"),
    "city": ("本市设定", "set by the city"),
    "": ("未注明", "not said"),
}
"""What the first day in force of a rule set rests on."""


def start_words(starts: Iterable[str]) -> tuple[str, str]:
    """In a fixed order, each once."""
    words = dict.fromkeys(STARTS.get(start, (start, start)) for start in sorted(starts))
    return "、".join(zh for zh, _ in words), " or ".join(en for _, en in words)


def clock_name(name: str) -> tuple[str, str]:
    return CLOCK_NAMES.get(name, (name, name))
