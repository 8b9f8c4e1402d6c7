"""The revision of the schema that this code expects, without the machinery that brings a database there."""

from callcenter.core.errors import Misconfigured
from callcenter.resources import SCHEMA


def head() -> str:
    """Steps are named for their revision and numbered, so the last name is the head (a test compares with Alembic)."""
    steps = sorted(file.stem for file in (SCHEMA / "migrations" / "versions").glob("[0-9]*.py"))
    if not steps:
        raise Misconfigured(cause=f"no migrations under {SCHEMA}", remedy="reinstall the program")
    return steps[-1]
