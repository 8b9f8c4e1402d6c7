"""order_life"""

from sqlfile import run

revision = "0015_order_life"
down_revision = "0014_supervision"


def upgrade() -> None:
    run(__file__)
