"""dispatching lists"""

from sqlfile import run

revision = "0026_dispatching_lists"
down_revision = "0025_order_core"


def upgrade() -> None:
    run(__file__)
