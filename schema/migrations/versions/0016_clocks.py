"""clocks"""

from sqlfile import run

revision = "0016_clocks"
down_revision = "0015_order_life"


def upgrade() -> None:
    run(__file__)
