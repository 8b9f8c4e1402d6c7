"""Writes docs/settings.md out of the settings themselves: `python -m callcenter.settings_page`."""

import json
import types
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, TypeAdapter
from pydantic.fields import FieldInfo

from callcenter.resources import ROOT
from callcenter.settings import Settings

PAGE: Final = ROOT / "docs" / "settings.md"
HEAD: Final = """# Settings

Made by `python -m callcenter.settings_page` from the program itself; a test keeps it true. Do not edit.

Every setting can be given in two ways; the environment wins:

- in the environment: `HOTLINE_<PART>__<NAME>`, e.g. `HOTLINE_WEB__PORT=9000`;
- in a TOML file that `HOTLINE_CONFIG` names:

```toml
city = "Asia/Shanghai"

[web]
port = 9000
```

`DATABASE_URL` is understood for `HOTLINE_STORE__URL`. Durations are seconds or ISO 8601 (`PT30S`, `PT4H`). A wrong
value stops the start and its name is told; values are never printed.
"""
_KINDS: Final[dict[Any, str]] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Path: "path",
    timedelta: "duration",
    SecretStr: "secret",
}


def kind_of(annotation: Any) -> str:
    """A type in plain words."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if annotation in _KINDS:
        return _KINDS[annotation]
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inside)
    if origin in (Union, types.UnionType):
        return " or ".join(kind_of(one) for one in inside if one is not type(None)) + ", or unset"
    if origin in (tuple, list, frozenset, set):
        return "JSON list"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " or ".join(f"`{member.value}`" for member in annotation)
    return "JSON"


def default_of(field: FieldInfo) -> str:
    """As it would be written in the environment."""
    if field.is_required():
        return "*needed*"
    value = field.get_default(call_default_factory=True)
    match value:
        case None:
            return "unset"
        case SecretStr():
            value = value.get_secret_value()
        case timedelta():
            value = TypeAdapter(timedelta).dump_python(value, mode="json")
        case frozenset() | set():
            value = json.dumps(
                sorted(TypeAdapter[Any](type(value)).dump_python(value, mode="json")), ensure_ascii=False
            )
        case tuple() | list() | dict() | BaseModel():
            value = json.dumps(TypeAdapter[Any](type(value)).dump_python(value, mode="json"), ensure_ascii=False)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if text else "empty"


def rows(prefix: str, model: type[BaseModel]) -> Iterator[str]:
    """One table row for each plain setting, in the order of the code; nested parts follow in place."""
    for name, field in model.model_fields.items():
        nested = field.annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            yield from rows(f"{prefix}{name.upper()}__", nested)
            continue
        cells = (f"`{prefix}{name.upper()}`", kind_of(nested), default_of(field), field.description or "")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page() -> str:
    """The whole page."""
    head = ["| setting | kind | default | what it does |", "|---|---|---|---|"]
    plain, nested = [], {}
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            nested[name] = (field, field.annotation)
        else:
            plain.append(name)
    lines = [HEAD, "## General", "", *head]
    for name in plain:
        field = Settings.model_fields[name]
        lines.append(
            f"| `HOTLINE_{name.upper()}` | {kind_of(field.annotation)} | {default_of(field)} | {field.description} |"
        )
    for name, (field, model) in nested.items():
        lines += ["", f"## `[{name}]` {field.description}", "", *head, *rows(f"HOTLINE_{name.upper()}__", model)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
