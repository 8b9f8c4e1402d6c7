"""Reading `ivr/dialling.yaml`."""

from pathlib import Path

from callcenter.core.written import read_written
from callcenter.numbers.rules import DialRules


def read_rules(file: Path) -> DialRules:
    """Raises Misconfigured, naming the place in the file and the remedy."""
    return read_written(file, DialRules, schema="dialling.schema.json")
