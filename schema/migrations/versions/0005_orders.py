"""orders"""

from sqlfile import run

revision = "0005_orders"
down_revision = "0004_media"


def upgrade() -> None:
    run(__file__)
