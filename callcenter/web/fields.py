"""Why a field was refused, in Chinese and English, from pydantic's error list. Never repeats the value given."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel

Where = Literal["body", "query", "path"]

# pydantic error type -> Chinese template over the error's context; the types are stable identifiers of pydantic.
ZH: Final[Mapping[str, str]] = {
    "missing": "缺少必填字段",
    "extra_forbidden": "没有这个字段",
    "json_invalid": "不是合法的 JSON",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符：{pattern}",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不得大于 {le}",
    "enum": "应为以下之一：{expected}",
    "literal_error": "应为以下之一：{expected}",
    "uuid_type": "应为 UUID",
    "uuid_parsing": "应为 UUID",
    "datetime_type": "应为日期时间（ISO 8601）",
    "datetime_parsing": "应为日期时间（ISO 8601）",
    "datetime_from_date_parsing": "应为日期时间（ISO 8601）",
    "timezone_aware": "日期时间须带时区",
    "date_type": "应为日期（ISO 8601）",
    "date_parsing": "应为日期（ISO 8601）",
    "date_from_datetime_parsing": "应为日期（ISO 8601）",
    "time_delta_parsing": "应为时长（ISO 8601）",
    "model_type": "应为 JSON 对象",
    "model_attributes_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
    "list_type": "应为列表",
    "set_type": "应为列表",
    "frozen_set_type": "应为列表",
    "tuple_type": "应为列表",
}
EN: Final[Mapping[str, str]] = {
    "json_invalid": "Not valid JSON",
    "uuid_parsing": "Input should be a valid UUID",
    "extra_forbidden": "There is no such field",
}


class FieldProblem(BaseModel):
    """One refused field: `field` is a dotted path, '' for the whole body."""

    where: Where
    field: str
    reason_zh: str
    reason_en: str


def explain(where: Where, errors: Sequence[Mapping[str, Any]]) -> list[FieldProblem]:
    """At most twenty; errors as `ValidationError.errors(include_input=False, include_url=False)` gives them."""
    return [_explain_one(where, error) for error in errors[:20]]


def _explain_one(where: Where, error: Mapping[str, Any]) -> FieldProblem:
    kind, context = str(error["type"]), error.get("ctx", {})
    english = EN.get(kind, str(error["msg"]).removeprefix("Value error, "))
    template = ZH.get(kind)
    try:
        chinese = template.format(**context) if template else f"取值不符合要求（{english}）"
    except KeyError:
        chinese = f"取值不符合要求（{english}）"
    # An unknown field's name is the client's own text: it is given back, but cut.
    name = ".".join(str(part) for part in error["loc"])[:100]
    return FieldProblem(where=where, field=name, reason_zh=chinese, reason_en=english)
