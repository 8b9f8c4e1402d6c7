"""queues"""

from sqlfile import run

revision = "0012_queues"
down_revision = "0011_transfers"


def upgrade() -> None:
    run(__file__)
