"""Reads flows and prompt texts from `ivr/`."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from callcenter.core.errors import Misconfigured
from callcenter.flows.model import Flow
from callcenter.flows.part import Name, Wording

_PROMPTS = TypeAdapter(dict[Name, Wording])


def read_flows(folder: Path) -> dict[str, Flow]:
    """By file name. Raises Misconfigured, naming the file, the place in it and the remedy."""
    found = {file.stem: _flow(file) for file in sorted(folder.glob("*.yaml"))}
    if not found:
        raise Misconfigured(cause=f"no call flow in {folder}", remedy="restore ivr/flows")
    return found


def read_prompts(file: Path) -> dict[str, Wording]:
    """Name → text in every language. Raises Misconfigured."""
    try:
        return _PROMPTS.validate_python(_yaml(file))
    except ValidationError as error:
        raise _wrong(file, error) from error


def _flow(file: Path) -> Flow:
    try:
        return Flow.model_validate(_yaml(file))
    except ValidationError as error:
        raise _wrong(file, error) from error


def _yaml(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "it"
        raise Misconfigured(cause=f"{file.name} is not YAML at {place}", remedy="correct the file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(cause=f"{file.name} cannot be read", remedy="correct the file") from error


def _wrong(file: Path, error: ValidationError) -> Misconfigured:
    wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()[:5])
    return Misconfigured(cause=f"{file.name} is not valid ({wrong})", remedy="correct the file; see its JSON Schema")
