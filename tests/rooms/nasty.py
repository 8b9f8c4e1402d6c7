"""Bodies and parameters that a documented API must survive: made from its own document."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

GARBAGE: Final[list[Any]] = [
    None,
    0,
    "",
    "\u0000",
    "x" * 3000,
    [],
    {"a": {"b": []}},
    True,
    -(10**30),
    1e300,
    "\U0001f600",
]
WORDS: Final = ["\u0000", "a\u0000b", "'; drop table org;--", "%", "\u202e\ufeff", "\U0001f600" * 40, "{0}{x}%s", "\n"]
NUMBERS: Final = [2**31, 2**63, -(2**63), 10**40, 0.5, 1e308]
INSTANTS: Final = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-02-30T00:00:00Z",
    "1e400",
    "2026-03-02T00:00:00",
]
QUERY: Final = ["\x00", "-1", "9" * 40, "x" * 3000, "NaN", "'", str(uuid4()), *INSTANTS]
PATH: Final = ["x", "%00", "%ff%fe", "..%2f..", "9" * 300, "%27%3b--", str(uuid4())]


class Document:
    """An OpenAPI document that makes bodies."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]

    def bodies(self, operation: Any) -> Iterator[Any]:
        """Plain garbage; then a body that fits, with each field in turn replaced."""
        schema = next(iter(operation["requestBody"]["content"].values()))["schema"]
        yield from GARBAGE
        fitting = self.fitting(schema)
        yield fitting
        for field, part in self._resolved(schema).get("properties", {}).items():
            for nasty in [*GARBAGE, *WORDS, *NUMBERS, *INSTANTS]:
                yield {**fitting, field: nasty}
            yield {**fitting, field: self._longest(part)}

    def fitting(self, schema: Any) -> Any:
        schema = self._resolved(schema)
        if "enum" in schema:
            return schema["enum"][0]
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return self.fitting(schema[union][0])
        match schema.get("type"):
            case "object":
                return {name: self.fitting(part) for name, part in schema.get("properties", {}).items()}
            case "array":
                return [self.fitting(schema["items"])]
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return True
        return _word(schema)

    def _longest(self, schema: Any) -> Any:
        return "字" * self._resolved(schema).get("maxLength", 100)

    def _resolved(self, schema: Any) -> Any:
        if "$ref" in schema:
            return self._resolved(self._schemas[schema["$ref"].rpartition("/")[2]])
        return schema


def _word(schema: Any) -> str:
    match schema.get("format"):
        case "uuid":
            return str(uuid4())
        case "date-time":
            return "2026-03-02T08:00:00+08:00"
    return "测试".ljust(schema.get("minLength", 2), "试") if "pattern" not in schema else "8001"
