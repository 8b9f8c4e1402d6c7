"""upset callers"""

from sqlfile import run

revision = "0032_upset_callers"
down_revision = "0031_callers_privacy"


def upgrade() -> None:
    run(__file__)
