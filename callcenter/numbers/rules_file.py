"""Reading `ivr/dialling.yaml`."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from callcenter.core.errors import Misconfigured
from callcenter.numbers.rules import DialRules


def read_rules(file: Path) -> DialRules:
    """Raises Misconfigured, naming the place in the file and the remedy."""
    try:
        return DialRules.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "it"
        raise Misconfigured(cause=f"{file.name} is not YAML at {place}", remedy="correct the file") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()[:5])
        raise Misconfigured(cause=f"{file.name} is not valid ({wrong})", remedy="see dialling.schema.json") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(cause=f"{file.name} cannot be read", remedy="restore ivr/dialling.yaml") from error
