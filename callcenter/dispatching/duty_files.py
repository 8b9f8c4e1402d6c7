"""A responsibility list as people bring it: YAML, or CSV with `DutyDraft`'s columns. All of it or nothing. Pure."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import yaml
from pydantic import ValidationError

from callcenter.dispatching.duty import DutyDraft
from callcenter.dispatching.refusals import ListBroken

MOST: Final = 2000
_SEVERAL: Final = frozenset({"keywords", "areas", "co"})
_NAMES: Final[Mapping[str, str]] = {
    "事项编码": "code",
    "事项名称": "title",
    "分类": "category",
    "关键词": "keywords",
    "适用区域": "areas",
    "主办单位": "lead",
    "协办单位": "co",
    "依据": "basis",
    "例外情形": "exceptions",
    "默认等级": "level",
    "职能部门事项": "functional",
    "生效日期": "valid_from",
    "失效日期": "valid_to",
}
_WORDS: Final[Mapping[str, str]] = {
    "一般": "normal",
    "次紧急": "semi_urgent",
    "紧急": "urgent",
    "是": "true",
    "否": "false",
}


def read_list(text: str, form: Literal["csv", "yaml"]) -> list[DutyDraft]:
    """Raises ListBroken, naming the line (CSV) or the place of the item (YAML)."""
    found = _of_csv(text) if form == "csv" else _of_yaml(text)
    if not found or len(found) > MOST:
        raise ListBroken(line=0, reason=f"1 to {MOST} items are expected, {len(found)} found")
    drafts = [_draft(line, raw) for line, raw in found]
    codes: dict[str, int] = {}
    for (line, _), draft in zip(found, drafts, strict=True):
        if draft.code in codes:
            raise ListBroken(line=line, reason=f"{draft.code} stands in line {codes[draft.code]} already")
        codes[draft.code] = line
    return drafts


def _of_csv(text: str) -> list[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return [(number, _row(number, row)) for number, row in enumerate(reader, start=2)]


def _row(line: int, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Cells of several values are parted by ; or 、. An empty cell is the default."""
    if None in row:
        raise ListBroken(line=line, reason="more cells than columns")
    given: dict[str, Any] = {}
    for head, cell in row.items():
        name, value = _NAMES.get(head.strip(), head.strip()), (cell or "").strip()
        if not value:
            continue
        given[name] = _parts(value) if name in _SEVERAL else _WORDS.get(value, value)
    return given


def _parts(value: str) -> list[str]:
    for mark in ("；", "、"):
        value = value.replace(mark, ";")
    return [part for part in map(str.strip, value.split(";")) if part]


def _of_yaml(text: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ListBroken(line=mark.line + 1 if mark else 0, reason="this is not YAML") from error
    items: Any = raw.get("items") if isinstance(raw, dict) else raw
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise ListBroken(line=0, reason="a list of items is expected")
    return list(enumerate(items, start=1))


def _draft(line: int, raw: Mapping[str, Any]) -> DutyDraft:
    try:
        return DutyDraft.model_validate(dict(raw))
    except ValidationError as error:
        raise ListBroken(line=line, reason=_told(error.errors(include_input=False, include_url=False))) from error


def _told(wrong: Sequence[Any]) -> str:
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'item'}: {one['msg']}" for one in wrong[:3])
