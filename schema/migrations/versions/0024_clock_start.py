"""clock start"""

from sqlfile import run

revision = "0024_clock_start"
down_revision = "0023_outbox"


def upgrade() -> None:
    run(__file__)
