"""outbox"""

from sqlfile import run

revision = "0023_outbox"
down_revision = "0022_privacy"


def upgrade() -> None:
    run(__file__)
