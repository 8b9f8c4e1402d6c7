"""people"""

from sqlfile import run

revision = "0001_people"
down_revision = None


def upgrade() -> None:
    run(__file__)
