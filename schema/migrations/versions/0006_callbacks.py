"""callbacks"""

from sqlfile import run

revision = "0006_callbacks"
down_revision = "0005_orders"


def upgrade() -> None:
    run(__file__)
