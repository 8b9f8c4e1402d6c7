"""clock start"""

from sqlfile import run

revision = "0032_clock_start"
down_revision = "0031_callers_privacy"


def upgrade() -> None:
    run(__file__)
