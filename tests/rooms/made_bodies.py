"""The smallest body or query that a route's model takes, made from its JSON Schema."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from callcenter.core.clock import Clock


def smallest(model: type[BaseModel], known: UUID, clock: Clock) -> Any:
    """`known` stands wherever an id is asked for."""
    schema = model.model_json_schema()
    return _value(schema, schema.get("$defs", {}), str(known), clock)


def _value(schema: Mapping[str, Any], defs: Mapping[str, Any], known: str, clock: Clock) -> Any:
    if "$ref" in schema:
        return _value(defs[schema["$ref"].rpartition("/")[2]], defs, known, clock)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _value(schema[several][0], defs, known, clock)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", [])
            return {name: _value(schema["properties"][name], defs, known, clock) for name in wanted}
        case "array":
            least = int(schema.get("minItems", 0))
            return [_value(schema["items"], defs, known, clock) for _ in range(least)]
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
        case "null":
            return None
    return _text(schema, known, clock)


def _text(schema: Mapping[str, Any], known: str, clock: Clock) -> str:
    match schema.get("format"):
        case "uuid":
            return known
        case "date-time":
            return clock.now().isoformat()
        case "date":
            return clock.now().date().isoformat()
    return "说明原因" * (1 + int(schema.get("minLength", 1)) // 4)
