"""missed"""

from sqlfile import run

revision = "0009_missed"
down_revision = "0008_messages"


def upgrade() -> None:
    run(__file__)
