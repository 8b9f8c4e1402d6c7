"""clocks"""

from sqlfile import run

revision = "0024_clocks"
down_revision = "0023_outbox"


def upgrade() -> None:
    run(__file__)
