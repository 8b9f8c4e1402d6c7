"""Rows of a table become demands (SG-27): which column means what, and what is wrong with a row; pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Final

from openpyxl.utils.datetime import from_excel
from pydantic import ValidationError

from callcenter.channels.incoming import Incoming
from callcenter.channels.kinds import KIND_WORDS
from callcenter.core.phone import parse_number
from callcenter.orders.terms import RequestType, Urgency

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "external_id": ("编号", "工单编号", "对方编号", "外部编号", "gdbh", "id"),
    "title": ("标题", "主题"),
    "content": ("诉求内容", "内容", "问题描述", "反映内容"),
    "request_type": ("诉求类型", "类型", "工单类型"),
    "kind": ("工单种类", "种类", "办理单类型", "bldlx"),
    "urgency": ("紧急程度", "jjcd"),
    "category": ("分类", "事项分类", "类别"),
    "category_code": ("分类编码",),
    "address": ("地址", "事发地址", "事发地点"),
    "happened_at": ("事发时间", "发生时间"),
    "caller_name": ("姓名", "诉求人", "来电人", "诉求人姓名"),
    "caller_number": ("电话", "联系电话", "手机", "手机号", "来电号码"),
    "caller_type": ("诉求主体", "主体类型"),
    "confidential": ("是否保密", "保密"),
    "anonymous": ("是否匿名", "匿名"),
    "upper_ref": ("上级编号",),
    "due_at": ("办结时限", "截止时间", "上级时限"),
    "latitude": ("纬度", "lat"),
    "longitude": ("经度", "lng", "long"),
    "grid": ("坐标系",),
    "grid_code": ("网格", "网格编码", "gridcode"),
    "reported_body": ("被反映单位",),
    "source_hotline": ("来源热线",),
    "tags": ("标签",),
}
"""What a heading is usually called; the field's own name always counts."""

_REQUESTS: Final[Mapping[str, str]] = {
    "咨询": "inquiry",
    "求助": "help",
    "投诉": "complaint",
    "举报": "report",
    "建议": "suggestion",
    "意见建议": "suggestion",
    "表扬": "praise",
    "感谢": "praise",
    **{request.value: request.value for request in RequestType},
}
_URGENCIES: Final[Mapping[str, str]] = {
    "一般": "normal",
    "次紧急": "semi_urgent",
    "紧急": "urgent",
    "特急": "critical",
    **{urgency.value: urgency.value for urgency in Urgency},
}
_CALLERS: Final[Mapping[str, str]] = {"个人": "person", "企业": "enterprise", "其他": "other", "其他组织": "other"}
_YES: Final[Mapping[str, bool]] = {"是": True, "否": False, "true": True, "false": False, "1": True, "0": False}
_GRIDS: Final[Mapping[str, str]] = {"wgs84": "wgs84", "gcj02": "gcj02", "国测局": "gcj02", "高德": "gcj02"}
_WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "request_type": _REQUESTS,
    "kind": {word: kind.value for word, kind in KIND_WORDS.items()},
    "urgency": _URGENCIES,
    "caller_type": {**_CALLERS, **{word: word for word in ("person", "enterprise", "other")}},
    "confidential": _YES,
    "anonymous": _YES,
    "grid": _GRIDS,
}
_TIMES: Final = frozenset({"happened_at", "due_at"})
_DATE: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]*(\d{1,2})[:时点](\d{1,2})?(?:[:分](\d{1,2}))?[分秒]?)?"
)
_HEADING_WITHIN: Final = 10
_SERIAL: Final = (36526, 73051)
"""Numbers of the days of 2000 to 2099 in a table program."""
_A_DAY: Final = timedelta(days=1) - timedelta(seconds=1)
_BROKEN: Final = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
ROW_KEY: Final = "row-"
"""Begins the id of a row that has none of its own: made of its words, so that the same row is the same demand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a row was not taken. `row` counts as a table program shows it, the heading being row 1. Never repeats the
    cell: it may hold a citizen's name."""

    row: int
    column: str
    cause_zh: str
    cause_en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class BadRow(Exception):
    faults: tuple[Fault, ...]


def mapping_of(headings: Sequence[str], given: Mapping[str, str]) -> dict[str, int]:
    """Field → index of its column. `given` is the user's own choice, heading → field; it goes before what headings
    are usually called. A field is taken from the first column that means it."""
    found: dict[str, int] = {}
    usual = {name.lower(): field for field, names in HEADINGS.items() for name in (*names, field)}
    for index, heading in enumerate(headings):
        plain = heading.strip()
        field = given.get(plain) or usual.get(plain.lower(), "")
        if field in HEADINGS and field not in found:
            found[field] = index
    return found


def heading_row(rows: Sequence[Sequence[Any]], given: Mapping[str, str]) -> int:
    """The index of the row that holds the headings: the first, or one below a title, an empty row or a note."""
    for index, row in enumerate(rows[:_HEADING_WITHIN]):
        if "content" in mapping_of(headings_of(row), given):
            return index
    return 0


def headings_of(row: Sequence[Any]) -> list[str]:
    return ["" if is_blank(cell) else str(cell).strip() for cell in row]


def is_blank(cell: Any) -> bool:
    """Nothing, white space, or the error that a formula came to."""
    return cell is None or not str(cell).strip() or (isinstance(cell, str) and cell.strip() in _BROKEN)


def incoming_of(row: int, cells: Sequence[Any], columns: Mapping[str, int], zone: tzinfo) -> Incoming:
    """Times without a zone are the city's. Raises BadRow with every fault of the row."""
    faults: list[Fault] = []
    values: dict[str, Any] = {}
    for field, index in columns.items():
        cell = cells[index] if index < len(cells) else None
        if is_blank(cell):
            continue
        try:
            values[field] = _value(field, cell, zone)
        except KeyError:
            allowed = "、".join(word for word in _WORDS[field] if not word.isascii()) or "true、false"
            faults.append(
                _fault(row, field, "不认识的取值", "not a word that is known", f"改为：{allowed}", "use a listed word")
            )
        except ValueError:
            remedy = ("写成 2026-03-04 10:00", "write it like 2026-03-04 10:00")
            faults.append(_fault(row, field, "不是有效的时间", "not a time", *remedy))
    if not faults:
        try:
            found = _with_id(values)
            if found.address or parse_number(found.caller_number).key:
                return found
            faults = [_fault(row, "caller_number", *_NO_WAY)]
        except ValidationError as error:
            faults = [_explained(row, one) for one in error.errors(include_input=False, include_url=False)]
    raise BadRow(tuple(faults))


_NO_WAY: Final = (
    "没有可用的联系电话，也没有地址",
    "neither a number to ring nor an address",
    "补填联系电话或事发地址",
    "give one of both",
)


def _with_id(values: dict[str, Any]) -> Incoming:
    """Raises ValidationError."""
    return Incoming.model_validate({"external_id": ROW_KEY} | values)


def _value(field: str, cell: Any, zone: tzinfo) -> Any:
    """Raises KeyError for a word that is not known, ValueError for what is no time."""
    if field in _TIMES:
        at = _time(cell, zone)
        whole_day = field == "due_at" and at.time() == time()
        return at + _A_DAY if whole_day else at  # a due date without a time ends with its day (B-33)
    text = _text(cell)
    if field in _WORDS:
        return _WORDS[field][text.lower()]
    if field == "tags":
        return tuple(part for part in re.split(r"[,，;；、\s]+", text) if part)
    return text


def _text(cell: Any) -> str:
    """A number in a table of numbers keeps no decimals that nobody wrote."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _time(cell: Any, zone: tzinfo) -> datetime:
    if isinstance(cell, int | float) and _SERIAL[0] <= cell < _SERIAL[1]:
        cell = from_excel(cell)  # a cell that is not formatted as a date holds the day's number
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)
    text = str(cell).strip()
    found = _DATE.fullmatch(text)
    if found is None:
        read = datetime.fromisoformat(text)
        return read if read.tzinfo else read.replace(tzinfo=zone)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


_CAUSES: Final[Mapping[str, Callable[[Mapping[str, Any]], tuple[str, str, str, str]]]] = {
    "missing": lambda _: ("缺少必填内容", "it is missing", "补填此列", "fill it in"),
    "string_too_short": lambda _: ("缺少必填内容", "it is empty", "补填此列", "fill it in"),
    "string_too_long": lambda ctx: (
        f"超过 {ctx['max_length']} 个字符",
        f"longer than {ctx['max_length']} characters",
        "缩短内容",
        "shorten it",
    ),
    "float_parsing": lambda _: ("不是数字", "not a number", "填写十进制度数", "write decimal degrees"),
    "too_long": lambda ctx: (
        f"超过 {ctx['max_length']} 项",
        f"more than {ctx['max_length']} items",
        "减少项数",
        "give fewer",
    ),
}


def _explained(row: int, error: Mapping[str, Any]) -> Fault:
    explain = _CAUSES.get(str(error["type"]))
    said = explain(error.get("ctx", {})) if explain else ("超出允许范围", "out of range", "改正取值", "correct it")
    return _fault(row, str(error["loc"][0]), *said)


def _fault(row: int, field: str, cause_zh: str, cause_en: str, remedy_zh: str, remedy_en: str) -> Fault:
    return Fault(
        row=row,
        column=HEADINGS[field][0],
        cause_zh=cause_zh,
        cause_en=cause_en,
        remedy_zh=remedy_zh,
        remedy_en=remedy_en,
    )
