"""fieldwork"""

from sqlfile import run

revision = "0027_fieldwork"
down_revision = "0026_dispatching_lists"


def upgrade() -> None:
    run(__file__)
