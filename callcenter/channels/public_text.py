"""What of a demand may be shown to everybody (B-46, B-29): nothing that leads to a person; pure.

Masking by pattern finds what has a pattern. What is confidential, anonymous or a report against somebody is therefore
never published at all (`publishable`), whatever is left of its text.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from callcenter.channels.coordinates import Point, blurred
from callcenter.core.covering import without_numbers
from callcenter.orders.terms import LocationType, RequestType

HIDDEN: Final = "＊＊"
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_RULES: Final = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\s]?[A-HJ-NP-Z0-9]{5,6}"),
    re.compile(r"(?:(?<=微信)|(?<=QQ))号?[：:]?\s*[A-Za-z\d][\w-]{4,}"),
    re.compile(rf"(?:(?<=我叫)|(?<=我是)|(?<=本人)|(?<=联系人)|(?<=姓名))[：:]?\s*[{_SURNAMES}][㐀-鿿]{{1,2}}"),
    re.compile(rf"[{_SURNAMES}][㐀-鿿]{{0,2}}(?=先生|女士|小姐|阿姨|叔叔|大爷|大妈|师傅|老师|医生)"),
)
_DWELLING: Final = re.compile(
    r"[一二三四五六七八九十百\dA-Za-z]+(?:号楼|号院|幢|栋|座|单元|层|楼|室|房|户)(?![上下以])|(?<=[路街巷弄村里])\d+号"
)
_PRIVATE: Final = frozenset({LocationType.ESTATE, LocationType.VILLAGE, LocationType.UNKNOWN})
BLUR: Final = 3
"""Decimal places: about a hundred metres."""


def publishable(row: Mapping[str, Any]) -> bool:
    """Whether an order may appear in public at all; `row` of work_order."""
    return not (row["confidential"] or row["anonymous"] or row["request_type"] == RequestType.REPORT)


def public_text(text: str, caller_name: str = "") -> str:
    """Without numbers of telephones, papers, cars and dwellings, without names that are told as such, and without the
    caller's own."""
    if len(caller_name) > 1:
        text = text.replace(caller_name, HIDDEN)
    for rule in _RULES:
        text = rule.sub(HIDDEN, text)
    return _DWELLING.sub(HIDDEN, without_numbers(text, HIDDEN))


def public_address(address: str, location_type: str) -> str:
    """The street without the dwelling; a shop or a site on the street keeps its number."""
    return _DWELLING.sub("", address).strip("，, ") if location_type in _PRIVATE else address


def public_point(latitude: float | None, longitude: float | None, location_type: str) -> Point | None:
    if latitude is None or longitude is None:
        return None
    exact = Point(latitude, longitude)
    return blurred(exact, BLUR) if location_type in _PRIVATE else exact
