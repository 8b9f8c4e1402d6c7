"""order core"""

from sqlfile import run

revision = "0025_order_core"
down_revision = "0024_clock_start"


def upgrade() -> None:
    run(__file__)
