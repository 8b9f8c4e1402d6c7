"""supervision"""

from sqlfile import run

revision = "0014_supervision"
down_revision = "0013_numbers"


def upgrade() -> None:
    run(__file__)
