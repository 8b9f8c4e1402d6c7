"""What people call the clocks, in both languages; a rule set's own clock goes by its public name."""

from collections.abc import Mapping
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


BASES: Final[Mapping[str, tuple[str, str]]] = {
    "enacted": ("文件载明", "says the document"),
    "published": ("文件落款日期", "date of the document"),
    "assumed": ("暂定", "assumed"),
    "city": ("本市设定", "set by the city"),
    "": ("未注明", "not said"),
}
"""What the first day in force of a rule set rests on."""


def clock_name(name: str) -> tuple[str, str]:
    return CLOCK_NAMES.get(name, (name, name))
