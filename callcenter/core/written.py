"""What people write as YAML and a pydantic model reads: call flows, registry, matters, queues, dialling rules."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from callcenter.core.errors import Misconfigured

T = TypeVar("T")
_TOLD = 5


def read_written(file: Path, kind: type[T] | TypeAdapter[T], *, schema: str) -> T:
    """`schema` names the published JSON Schema. Raises Misconfigured, naming file, place and remedy."""
    adapter = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
    try:
        return adapter.validate_python(yaml.safe_load(file.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "it"
        raise Misconfigured(cause=f"{file.name} is not YAML at {place}", remedy="correct the file") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()[:_TOLD])
        raise Misconfigured(cause=f"{file.name} is not valid ({wrong})", remedy=f"correct it; see {schema}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(cause=f"{file.name} cannot be read", remedy="restore the file") from error


def published(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON Schema, as it stands beside the files."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
