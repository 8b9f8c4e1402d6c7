"""seats"""

from sqlfile import run

revision = "0003_seats"
down_revision = "0002_calls"


def upgrade() -> None:
    run(__file__)
