"""The revision of the schema that this code expects, without the machinery that brings a database there."""

from typing import Final

from callcenter.core.errors import Misconfigured
from callcenter.resources import SCHEMA

NEWER: Final = "the database belongs to a newer version of this program: run that one"
"""What to do about a revision that is none of ours."""


def steps() -> list[str]:
    """Revisions in order: steps are named for theirs and numbered (a test compares with Alembic). Raises
    Misconfigured."""
    found = sorted(file.stem for file in (SCHEMA / "migrations" / "versions").glob("[0-9]*.py"))
    if not found:
        raise Misconfigured(cause=f"no migrations under {SCHEMA}", remedy="reinstall the program")
    return found


def head() -> str:
    """The revision of a database that is up to date."""
    return steps()[-1]
