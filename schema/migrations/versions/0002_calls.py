"""calls"""

from sqlfile import run

revision = "0002_calls"
down_revision = "0001_people"


def upgrade() -> None:
    run(__file__)
