"""order core"""

from sqlfile import run

revision = "0025_order_core"
down_revision = "0024_clocks"


def upgrade() -> None:
    run(__file__)
