"""media"""

from sqlfile import run

revision = "0004_media"
down_revision = "0003_seats"


def upgrade() -> None:
    run(__file__)
