"""numbers"""

from sqlfile import run

revision = "0013_numbers"
down_revision = "0012_queues"


def upgrade() -> None:
    run(__file__)
