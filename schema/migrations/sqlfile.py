"""Runs the SQL file that stands beside a step, as one script, in the step's transaction."""

from pathlib import Path

from alembic import op
from sqlalchemy.util import await_only


def run(step: str) -> None:
    script = Path(step).with_suffix(".sql").read_text(encoding="utf-8")
    adapted = op.get_bind().connection.dbapi_connection
    await_only(adapted.driver_connection.execute(script))
